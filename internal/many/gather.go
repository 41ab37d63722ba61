package many

import (
	"fmt"
	"strings"

	"merkki/schema"
	"merkki/verifier"
)

// Limits of one list (all counted, none a matter of time).
const (
	MaxEntries = 500
	MaxBytes   = 50 << 20 // of all files together, as sent, and again as expanded
)

// A File is a file as it was sent. Its name is text.
type File struct {
	Name  string
	Bytes []byte
}

// An Entry is one thing to check. One of Bytes, Link and Situation is set.
type Entry struct {
	Name      string // of the file, or the link: for people, never used
	Applicant string // to whom it should belong; "" where the sender did not say
	Bytes     []byte // of a file
	Link      string // to retrieve it from
	Situation string // why there is nothing to verify: a name of [Situations]
}

// Recipient returns what the entry's applicant is asked as: an e-mail address, an
// identifier or a name, by the look of it. Nil where nobody was named.
func (e Entry) Recipient() *verifier.Recipient {
	switch a := strings.TrimSpace(e.Applicant); {
	case a == "":
		return nil
	case strings.HasPrefix(a, "did:") || isLink(a):
		return &verifier.Recipient{Type: "id", Value: a}
	case strings.Contains(a, "@"):
		return &verifier.Recipient{Type: "emailAddress", Value: a}
	default:
		return &verifier.Recipient{Type: "name", Value: a}
	}
}

// Gather makes entries of what was sent: files, of which some may be archives or
// lists, and the text of a list. The error is a [*schema.Fault] with LIMIT_EXCEEDED and
// "limit" form.entries or form.bytes; what is wrong with one part alone is an
// entry that says so.
func Gather(files []File, text string) ([]Entry, error) {
	g := gathering{left: MaxBytes}
	for _, f := range files {
		if err := g.add(f); err != nil {
			return nil, err
		}
	}
	if strings.TrimSpace(text) != "" {
		g.lists = append(g.lists, readList([]byte(text)))
	}
	return g.entries()
}

// A gathering is what has been unpacked so far.
type gathering struct {
	left   int64 // bytes that may still be expanded
	files  []File
	odd    []Entry // what cannot be unpacked
	lists  [][]line
	listed []bool // files that turned out to be lists
}

// add takes a file, or the files of an archive.
func (g *gathering) add(f File) error {
	if isArchive(f.Bytes) {
		return g.unpack(f)
	}
	if g.left -= int64(len(f.Bytes)); g.left < 0 {
		return tooMuch("form.bytes", MaxBytes)
	}
	g.files = append(g.files, f)
	return g.count()
}

// entries puts lists and files together: a line of a list stands for the link or
// the file that it names, a file that no line names for itself.
func (g *gathering) entries() ([]Entry, error) {
	index := newIndex(g.files)
	g.listed = make([]bool, len(g.files))
	lists := g.lists
	for i, f := range g.files {
		if lines := readList(f.Bytes); names(lines, index) {
			g.listed[i] = true
			lists = append(lists, lines)
		}
	}
	used := make([]bool, len(g.files))
	var out []Entry
	for _, lines := range lists {
		for i, l := range lines {
			e, ok := g.entry(l, index, used, i == 0)
			if ok {
				out = append(out, e)
			}
			if len(out) > MaxEntries {
				return nil, tooMuch("form.entries", MaxEntries)
			}
		}
	}
	for i, f := range g.files {
		switch {
		case used[i] || g.listed[i]:
		case isOtherEncoding(f.Bytes):
			out = append(out, Entry{Name: f.Name, Situation: "list-encoding"})
		default:
			out = append(out, Entry{Name: f.Name, Bytes: f.Bytes})
		}
	}
	if out = append(out, g.odd...); len(out) > MaxEntries {
		return nil, tooMuch("form.entries", MaxEntries)
	}
	return out, nil
}

// entry is what a line of a list stands for; false for a heading.
func (g *gathering) entry(l line, index fileIndex, used []bool, first bool) (Entry, bool) {
	e := Entry{}
	for i, field := range l.fields {
		if isLink(field) && (i > 0 || len(l.fields) == 1 || !l.names(index, i+1)) {
			e.Name, e.Link, e.Applicant = field, field, l.beside(i)
			return e, true
		}
		found := index.find(field)
		if len(found) == 0 {
			continue
		}
		e.Name, e.Applicant = field, l.beside(i)
		if len(found) > 1 {
			e.Situation = "list-ambiguous"
			return e, true
		}
		if !g.listed[found[0]] {
			used[found[0]], e.Bytes = true, g.files[found[0]].Bytes
			return e, true
		}
	}
	if first && l.isHeading() {
		return e, false
	}
	e.Name, e.Situation = fmt.Sprintf("%d: %s", l.number, strings.Join(l.fields, " · ")), "list-line"
	return e, true
}

// tooMuch is the fault of a limit; "reason" chooses its words.
func tooMuch(limit string, most int) *schema.Fault {
	args := map[string]any{"limit": limit, "max": most, "reason": strings.TrimPrefix(limit, "form.")}
	if limit == "form.bytes" {
		args["megabytes"] = most >> 20
	}
	return schema.Refusal(schema.CodeLimitExceeded, "", args)
}
