package many_test

import (
	"archive/zip"
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"merkki/internal/many"
	"merkki/schema"
)

func archive(t testing.TB, names ...string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, n := range names {
		name, text, _ := strings.Cut(n, "=")
		w, err := z.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// show writes entries as lines: applicant, what, and what it is.
func show(entries []many.Entry) (lines []string) {
	for _, e := range entries {
		what := "file " + string(e.Bytes)
		switch {
		case e.Situation != "":
			what = "situation " + e.Situation
		case e.Link != "":
			what = "link"
		}
		lines = append(lines, e.Applicant+"|"+e.Name+"|"+what)
	}
	return lines
}

// TestGather: what people send, and what comes of it.
func TestGather(t *testing.T) {
	locked := archive(t, "a.json={}")
	locked[6] |= 1                                                // local header
	locked[bytes.Index(locked, []byte("PK\x01\x02"))+8] |= 1      // directory
	damaged := append([]byte("PK\x03\x04"), make([]byte, 100)...) // no directory
	for _, c := range []struct {
		name  string
		files []many.File
		text  string
		want  []string
	}{
		{"files", []many.File{{Name: "a.json", Bytes: []byte("{}")}, {Name: "b", Bytes: []byte("x.y.z")}}, "", []string{"|a.json|file {}", "|b|file x.y.z"}},
		{"an archive", []many.File{{"all.zip", archive(t, "folder/", "folder/ä.json={}", "__MACOSX/._a=x", "b.jwt=1.2.3")}}, "",
			[]string{"|all.zip/folder/ä.json|file {}", "|all.zip/b.jwt|file 1.2.3"}},
		{"an archive inside an archive stays one", []many.File{{Name: "o.zip", Bytes: archive(t, "i.zip="+string(archive(t, "a=1")))}}, "",
			[]string{"|o.zip/i.zip|file " + string(archive(t, "a=1"))}},
		{"names are text", []many.File{{"z.zip", archive(t, "../../etc/passwd={}", "/abs={}")}}, "",
			[]string{"|z.zip/../../etc/passwd|file {}", "|z.zip//abs|file {}"}},
		{"locked", []many.File{{Name: "z.zip", Bytes: locked}}, "", []string{"|z.zip/a.json|situation archive-locked"}},
		{"damaged", []many.File{{Name: "z.zip", Bytes: damaged}}, "", []string{"|z.zip|situation archive-damaged"}},
		{"links", nil, "https://a.example/1\n\n https://a.example/2 \n", []string{"|https://a.example/1|link", "|https://a.example/2|link"}},
		{"a link with a comma", nil, "https://a.example/1,2", []string{"|https://a.example/1,2|link"}},
		{"a table with a heading", nil, "Hakija;Linkki\nAino Virtanen;https://a.example/1\n", []string{"Aino Virtanen|https://a.example/1|link"}},
		{"the other way round, tabs, mark", nil, "\ufeffhttps://a.example/1\tAino", []string{"Aino|https://a.example/1|link"}},
		{"a first line with a link only", nil, "a@b.example,https://a.example/1", []string{"a@b.example|https://a.example/1|link"}},
		{"a table of files", []many.File{{Name: "list.csv", Bytes: []byte("applicant,file\nAino,Ä.pdf\nBo,b.json\n")}, {Name: "A\u0308.pdf", Bytes: []byte("%PDF-")}, {Name: "b.json", Bytes: []byte("{}")}, {Name: "c.json", Bytes: []byte("[]")}}, "",
			[]string{"Aino|Ä.pdf|file %PDF-", "Bo|b.json|file {}", "|c.json|file []"}},
		{"an applicant who is an address", nil, "https://people.example/aino,https://a.example/1", []string{"https://people.example/aino|https://a.example/1|link"}},
		{"a line that names nothing", []many.File{{Name: "b.json", Bytes: []byte("{}")}}, "Aino,missing.pdf\nBo,b.json\n",
			[]string{"|1: Aino · missing.pdf|situation list-line", "Bo|b.json|file {}"}},
		{"two files of one name", []many.File{{"z.zip", archive(t, "1/b.json={}", "2/b.json=[]")}}, "Bo,b.json\nCe,2/b.json",
			[]string{"Bo|b.json|situation list-ambiguous", "Ce|2/b.json|file []", "|z.zip/1/b.json|file {}"}},
		{"a list in another encoding", []many.File{{Name: "l.csv", Bytes: []byte("P\xe4ivi,https://a.example/1\n")}}, "", []string{"|l.csv|situation list-encoding"}},
		{"a credential with links in it is no list", []many.File{{Name: "a.json", Bytes: []byte(`{"id":"https://a.example/1"}`)}}, "", []string{`|a.json|file {"id":"https://a.example/1"}`}},
		{"nothing", nil, " \n", nil},
	} {
		got, err := many.Gather(c.files, c.text)
		if err != nil || !slices.Equal(show(got), c.want) {
			t.Errorf("%s: %v\n got %q\nwant %q", c.name, err, show(got), c.want)
		}
	}
}

// TestBounds: what is over a limit is refused before it is expanded or read on.
func TestBounds(t *testing.T) {
	names := make([]string, many.MaxEntries+1)
	for i := range names {
		names[i] = fmt.Sprintf("%d=x", i)
	}
	links := strings.Repeat("https://a.example/1\n", many.MaxEntries+1)
	bomb := archive(t, "a="+strings.Repeat("0", many.MaxBytes), "b=1")
	if len(bomb) > 1<<20 {
		t.Fatalf("the bomb has %d bytes", len(bomb))
	}
	directory := append(archive(t, "a=x"), bytes.Repeat([]byte("PK\x01\x02"), 5000)...)
	for name, c := range map[string]struct {
		file  []byte
		text  string
		limit string
	}{
		"an archive of too many":     {archive(t, names...), "", "form.entries"},
		"a list of too many":         {nil, links, "form.entries"},
		"a file of too many links":   {[]byte(links), "", "form.entries"},
		"an archive that is a bomb":  {bomb, "", "form.bytes"},
		"a directory that is a bomb": {directory, "", "form.entries"},
	} {
		_, err := many.Gather([]many.File{{Name: "f", Bytes: c.file}}, c.text)
		f, ok := errors.AsType[*schema.Fault](err)
		if !ok || f.Code != schema.CodeLimitExceeded || f.Args["limit"] != c.limit {
			t.Errorf("%s: %v", name, err)
		}
	}
	if got, err := many.Gather([]many.File{{Name: "f", Bytes: archive(t, names[:many.MaxEntries]...)}}, ""); err != nil || len(got) != many.MaxEntries {
		t.Errorf("as many as are allowed: %d, %v", len(got), err)
	}
}

// TestRecipient: whom a line means, by the look of it.
func TestRecipient(t *testing.T) {
	for in, want := range map[string]string{"Aino Virtanen": "name", " aino@example.org ": "emailAddress", "did:key:z6Mk": "id", "https://a.example/me": "id"} {
		if r := (many.Entry{Applicant: in}).Recipient(); r == nil || r.Type != want || r.Value != strings.TrimSpace(in) {
			t.Errorf("%q: %+v", in, r)
		}
	}
	if r := (many.Entry{Applicant: " "}).Recipient(); r != nil {
		t.Errorf("nobody: %+v", r)
	}
}

// TestInert: no cell begins with what a spreadsheet computes, wherever it splits
// a line, and RFC 4180 readers get every other text back.
func TestInert(t *testing.T) {
	rows := [][]string{{"=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"}, {"a;=1+1", "x\n=2", "a; \"=3", "\x00=4", "Aino, \"B\"", "ä ŋ"}}
	var b bytes.Buffer
	if err := many.WriteCSV(&b, rows); err != nil {
		t.Fatal(err)
	}
	text := strings.TrimPrefix(b.String(), "\ufeff")
	for _, separator := range []rune{',', ';', '\t'} {
		r := csv.NewReader(strings.NewReader(text))
		r.Comma, r.LazyQuotes, r.FieldsPerRecord = separator, true, -1
		all, err := r.ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		for _, row := range all {
			for _, cell := range row {
				if cell = strings.TrimLeft(cell, "\" "); cell != "" && strings.ContainsRune("=+-@\t\r", rune(cell[0])) {
					t.Errorf("separated by %q a cell is %q", separator, cell)
				}
			}
		}
	}
	if got := many.Inert("Aino Virtanen; 3-4"); got != "Aino Virtanen; 3-4" {
		t.Errorf("a plain text became %q", got)
	}
}

// TestSituations: hosts are whole hosts, and what a table row says is found.
func TestSituations(t *testing.T) {
	fault := func(reason string) *schema.Fault {
		return schema.Refusal(schema.CodeNoCredentialFound, "/url", map[string]any{"reason": reason})
	}
	for _, c := range []struct {
		link string
		f    *schema.Fault
		want string
	}{
		{"https://www.credly.com/badges/1", fault("media-type"), "platform-credly"},
		{"https://notcredly.com/badges/1", fault("media-type"), "link-page"},
		{"https://credly.com.evil.example/", fault("http-404"), "link-gone"},
		{"https://openbadgepassport.com/app/badge/info/1", fault("http-403"), "platform-passport"},
		{"https://a.example/", fault("http-403"), "link-closed"},
		{"https://a.example/", fault("dns"), "link-dead"},
		{"https://a.example/", schema.Refusal(schema.CodePolicyRefusedURL, "/url", map[string]any{"reason": "not https"}), "link-refused"},
		{"https://a.example/c/1", schema.Refusal(schema.CodeNotFound, "", nil), "not-here"},
		{"https://a.example/", schema.Refusal(schema.CodeRateLimited, "", nil), ""},
	} {
		if got := many.OfFault(c.link, c.f).Name; got != c.want {
			t.Errorf("%s %v: %q, want %q", c.link, c.f, got, c.want)
		}
	}
	if many.Named("list-line").Name != "list-line" || many.Named("nobody").Name != "failed" {
		t.Error("a name is not found")
	}
}

// FuzzGather: whatever is sent is entries within the bounds or a fault, and every
// entry is exactly one of the three kinds.
func FuzzGather(f *testing.F) {
	f.Add(archive(f, "a.json={}", "list.csv=Aino,a.json"), "Aino,f")
	f.Add([]byte("applicant,link\nAino,https://a.example/1"), "https://a.example/2")
	f.Add([]byte("\xff\xfea\x00"), "\"unclosed,https://a.example")
	f.Add([]byte("PK\x05\x06"), ";;;\n\t\t")
	f.Fuzz(func(t *testing.T, file []byte, text string) {
		entries, err := many.Gather([]many.File{{Name: "f", Bytes: file}}, text)
		if err != nil {
			if _, ok := errors.AsType[*schema.Fault](err); !ok {
				t.Fatalf("not a fault: %v", err)
			}
			return
		}
		if len(entries) > many.MaxEntries {
			t.Errorf("%d entries", len(entries))
		}
		for _, e := range entries {
			kinds := 0
			for _, is := range []bool{e.Situation != "", e.Link != "", e.Bytes != nil} {
				if is {
					kinds++
				}
			}
			if kinds > 1 {
				t.Errorf("%+v is several things", e)
			}
		}
	})
}
