package many

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// A line is a line of a list with its fields; number counts from 1, as a
// spreadsheet does.
type line struct {
	number int
	fields []string
}

const (
	maxList   = 1 << 20 // bytes of one list: 500 links of the longest kind
	maxFields = 32
)

// readList reads a text as a list: links one a line, or a table whose separator
// is a comma, a semicolon or a tab. Nil for what cannot be one. A text that is
// something else as well (JSON, a token, markup) is no list.
func readList(b []byte) []line {
	text := bytes.TrimPrefix(b, []byte("\ufeff"))
	text = bytes.TrimLeft(text, " \t\r\n")
	if len(text) == 0 || len(text) > maxList || !utf8.Valid(text) || bytes.IndexByte(text, 0) >= 0 || strings.ContainsRune("{[<%", rune(text[0])) {
		return nil
	}
	skipped := bytes.Count(b[:len(b)-len(text)], []byte("\n"))
	r := csv.NewReader(bytes.NewReader(text))
	r.Comma, r.LazyQuotes, r.FieldsPerRecord, r.TrimLeadingSpace = separator(text), true, -1, true
	var lines []line
	for {
		record, err := r.Read()
		if errors.Is(err, io.EOF) {
			return lines
		}
		if err != nil || len(record) > maxFields || len(lines) > MaxEntries+1 {
			// One more than there may be: whoever counts them refuses the list.
			return lines
		}
		number, _ := r.FieldPos(0)
		l := line{number: number + skipped}
		for _, f := range record {
			if f = strings.TrimSpace(f); f != "" {
				l.fields = append(l.fields, f)
			}
		}
		if len(l.fields) > 0 {
			lines = append(lines, l)
		}
	}
}

// separator is the candidate that the first line has most of. An address may
// hold one, so a line that is an address as a whole is split only before another.
func separator(text []byte) rune {
	cut, _, _ := strings.Cut(string(text), "\n")
	first := strings.TrimSpace(cut)
	best, most := '\t', 0
	for _, c := range "\t;," {
		fields := strings.Split(first, string(c))
		if n := len(fields) - 1; n > most && (!isLink(first) || slices.ContainsFunc(fields[1:], isLink)) {
			best, most = c, n
		}
	}
	return best
}

// isLink says whether a field is an address of the web. Whether it may be asked
// is decided by whoever asks.
func isLink(s string) bool {
	low := strings.ToLower(s[:min(len(s), 8)])
	return (strings.HasPrefix(low, "https://") || strings.HasPrefix(low, "http://")) && !strings.ContainsAny(s, " \t\r\n")
}

// names says whether a list names anything: a link, or a file that was sent.
func names(lines []line, index fileIndex) bool {
	return slices.ContainsFunc(lines, func(l line) bool { return l.names(index, 0) })
}

// names says whether a field from a place on names something to check.
func (l line) names(index fileIndex, from int) bool {
	return slices.ContainsFunc(l.fields[from:], func(f string) bool { return isLink(f) || len(index.find(f)) > 0 })
}

// beside returns the first field that is not the one at i: whom it should belong
// to.
func (l line) beside(i int) string {
	for j, f := range l.fields {
		if j != i {
			return f
		}
	}
	return ""
}

// isHeading recognises the line that says what the columns are: words alone,
// without what addresses, names of files and numbers have.
func (l line) isHeading() bool {
	return !strings.ContainsAny(strings.Join(l.fields, ""), ".@:/0123456789")
}

// isOtherEncoding recognises a list in an encoding that is not read: the CSV
// of a spreadsheet on Windows. It is named, never guessed.
func isOtherEncoding(b []byte) bool {
	if bytes.HasPrefix(b, []byte{0xff, 0xfe}) && len(b) <= maxList {
		return true
	}
	return len(b) <= maxList && !utf8.Valid(b) && bytes.IndexByte(b, 0) < 0 &&
		!bytes.HasPrefix(b, []byte("%PDF-")) && bytes.Contains(bytes.ToLower(b), []byte("https://"))
}

// A fileIndex finds the files that a name may mean: those whose name, as it was
// sent, ends with it, whole folders only. Case does not count, nor how a letter
// with marks is put together.
type fileIndex map[string][]int

// maxFolders is how many folders of a name are told apart.
const maxFolders = 8

func newIndex(files []File) fileIndex {
	index := fileIndex{}
	for i, f := range files {
		parts := strings.Split(folded(f.Name), "/")
		for n := 1; n <= min(len(parts), maxFolders); n++ {
			end := strings.Join(parts[len(parts)-n:], "/")
			index[end] = append(index[end], i)
		}
	}
	return index
}

func (index fileIndex) find(name string) []int { return index[folded(name)] }

func folded(name string) string {
	return strings.ToLower(norm.NFC.String(strings.ReplaceAll(strings.ToValidUTF8(name, "\ufffd"), `\`, "/")))
}
