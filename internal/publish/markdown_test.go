package publish_test

import (
	"net/url"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"merkki/internal/publish"
)

func TestMarkdown(t *testing.T) {
	for in, want := range map[string]string{
		"plain":                         "<p>plain</p>\n",
		"# One\n\n## Two":               "<h3>One</h3>\n<h4>Two</h4>\n",
		"###### Six":                    "<h6>Six</h6>\n",
		"* a\n* **b**":                  "<ul>\n<li>a</li>\n<li><strong>b</strong></li>\n</ul>\n",
		"[x](https://a.example/)":       `<p><a href="https://a.example/" rel="nofollow">x</a></p>` + "\n",
		"[x](javascript:alert(1))":      "<p>x</p>\n",
		"[x](java&#115;cript:alert(1))": "<p>x</p>\n",
		"[x](http://a.example/)":        "<p>x</p>\n",
		"[x](/relative)":                "<p>x</p>\n",
		"<https://a.example/>":          `<p><a href="https://a.example/" rel="nofollow">https://a.example/</a></p>` + "\n",
		"<mailto:a@example.org>":        "<p>mailto:a@example.org</p>\n",
		"![p](https://t.example/p.png)": "<p></p>\n",
		"a\x00b\x1b[31m":                "<p>a\uFFFDb\uFFFD[31m</p>\n",
		"1 < 2 & 3":                     "<p>1 &lt; 2 &amp; 3</p>\n",
	} {
		if got := string(publish.Markdown(in)); got != want {
			t.Errorf("%q:\n%q, want\n%q", in, got, want)
		}
	}
	if got := string(publish.Markdown("<script>alert(1)</script>\n\n<b onclick=x>bold</b>")); strings.Contains(got, "script>") || strings.Contains(got, "onclick") {
		t.Errorf("raw HTML came through: %q", got)
	}
}

// FuzzMarkdown: whatever the text, the markup is of the allowed elements, its
// links lead to https and nothing else, and it is no longer than it may be.
func FuzzMarkdown(f *testing.F) {
	for _, s := range []string{"# x", "[a](javascript:x)", "<svg/onload=x>", "[a]: https://x\n[a]", "&#x6A;", strings.Repeat("[", 100), strings.Repeat("> ", 50), "![a][b]\n\n[b]: data:x"} {
		f.Add(s)
	}
	allowed := strings.Fields("p br hr em strong code pre blockquote ul ol li h3 h4 h5 h6 a")
	f.Fuzz(func(t *testing.T, in string) {
		z := html.NewTokenizer(strings.NewReader(string(publish.Markdown(in))))
		for z.Next() != html.ErrorToken {
			tok := z.Token()
			if tok.Type != html.StartTagToken && tok.Type != html.SelfClosingTagToken {
				continue
			}
			if !slices.Contains(allowed, tok.Data) {
				t.Fatalf("%q gives a <%s>", in, tok.Data)
			}
			for _, a := range tok.Attr {
				u, err := url.Parse(a.Val)
				if a.Key != "rel" && (a.Key != "href" || err != nil || u.Scheme != "https") {
					t.Fatalf("%q gives %s=%q", in, a.Key, a.Val)
				}
			}
		}
	})
}

func TestLongMarkdownIsText(t *testing.T) {
	got := string(publish.Markdown(strings.Repeat("**x** ", 20_000)))
	if strings.Contains(got, "<strong>") || len(got) > 50_000 {
		t.Errorf("%d characters, rendered", len(got))
	}
}

func TestLinks(t *testing.T) {
	for in, host := range map[string]string{
		"https://a.example/x": "a.example", "https://a.example:8443/": "a.example",
		"http://a.example/": "", "javascript:alert(1)": "", "https://user@a.example/": "", "//a.example": "", "https:": "",
		"https://a.example/\n": "", "data:text/html,x": "", "https://" + strings.Repeat("a", 3000): "",
	} {
		l := publish.NewLink(in)
		if l.Host != host || (l.Href == "") != (host == "") {
			t.Errorf("%.60q: %+v", in, l)
		}
	}
}
