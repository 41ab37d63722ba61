package publish

import (
	"bytes"
	"html"
	"strings"
	"sync"

	"github.com/microcosm-cc/bluemonday"
	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/renderer"
	ghtml "github.com/yuin/goldmark/renderer/html"
	"github.com/yuin/goldmark/util"
)

// SafeHTML is markup that this package made or sanitised; nothing else may be
// turned into it.
type SafeHTML string

// maxMarkdown is the longest text that is rendered; a longer one is shown as it
// is. Rendering is linear within it but for pathological nesting, which the
// bound keeps below a few milliseconds.
const maxMarkdown = 64 << 10

// markdown renders CommonMark without raw HTML and without images: nothing of a
// stranger's is loaded, neither by us nor by the reader's browser.
var markdown = sync.OnceValue(func() goldmark.Markdown {
	return goldmark.New(
		goldmark.WithParser(parser.NewParser(
			parser.WithBlockParsers(parser.DefaultBlockParsers()...),
			parser.WithInlineParsers(parser.DefaultInlineParsers()...),
			parser.WithParagraphTransformers(parser.DefaultParagraphTransformers()...),
		)),
		goldmark.WithRenderer(renderer.NewRenderer(renderer.WithNodeRenderers(
			util.Prioritized(ghtml.NewRenderer(), 1000)))),
	)
})

// policy is our own: bluemonday's UGCPolicy lets pictures through.
var policy = sync.OnceValue(func() *bluemonday.Policy {
	p := bluemonday.NewPolicy()
	p.AllowElements("p", "br", "hr", "em", "strong", "code", "pre", "blockquote", "ul", "ol", "li", "h3", "h4", "h5", "h6")
	p.AllowAttrs("href").OnElements("a")
	p.AllowURLSchemes("https")
	p.RequireParseableURLs(true)
	p.AllowRelativeURLs(false)
	p.RequireNoFollowOnLinks(true)
	return p
})

// Markdown renders a signed text that may hold Markdown. Every such text is
// hostile, ours too. Headings sink below those of the page.
func Markdown(text string) SafeHTML {
	text = Visible(text)
	if len(text) > maxMarkdown {
		return plain(clipRunes(text, maxShown))
	}
	var b bytes.Buffer
	if err := markdown().Convert([]byte(text), &b); err != nil {
		return plain(clipRunes(text, maxShown))
	}
	return SafeHTML(policy().SanitizeBytes(sink(b.Bytes())))
}

// sink lowers headings by two: the page has its own h1 and h2.
func sink(b []byte) []byte {
	r := strings.NewReplacer("<h4", "<h6", "</h4", "</h6", "<h3", "<h5", "</h3", "</h5", "<h2", "<h4", "</h2", "</h4", "<h1", "<h3", "</h1", "</h3",
		"<h5", "<h6", "</h5", "</h6")
	return []byte(r.Replace(string(b)))
}

func plain(text string) SafeHTML {
	return SafeHTML("<p>" + strings.ReplaceAll(html.EscapeString(text), "\n", "<br>") + "</p>")
}
