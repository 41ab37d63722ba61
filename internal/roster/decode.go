package roster

import (
	"bytes"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"

	"merkki/schema"
)

// encodings are what a caller may say that a text is.
var encodings = []struct {
	name string
	is   encoding.Encoding // nil: UTF-8
}{
	{"utf-8", nil},
	{"windows-1252", charmap.Windows1252},
	{"iso-8859-15", charmap.ISO8859_15},
	{"utf-16", unicode.UTF16(unicode.LittleEndian, unicode.UseBOM)},
}

// Encodings returns the names that [Options.Encoding] takes.
func Encodings() []string {
	var names []string
	for _, e := range encodings {
		names = append(names, e.name)
	}
	return names
}

var byteOrderMark = []byte("\ufeff")

// decode makes UTF-8 of a text in the encoding that the caller named. What is
// not valid in UTF-8 is found later, with its line.
func decode(b []byte, name string) ([]byte, error) {
	if name == "" {
		if other := marked(b); other != "" {
			return nil, broken("encoding", 1, "encoding", other)
		}
		return bytes.TrimPrefix(b, byteOrderMark), nil
	}
	for _, e := range encodings {
		if !strings.EqualFold(e.name, name) {
			continue
		}
		if e.is == nil {
			return bytes.TrimPrefix(b, byteOrderMark), nil
		}
		text, err := e.is.NewDecoder().Bytes(b)
		if err != nil {
			return nil, broken("encoding", 1)
		}
		if text = bytes.TrimPrefix(text, byteOrderMark); len(text) > 2*MaxBytes {
			return nil, tooMuch("file.bytes", 2*MaxBytes, 0)
		}
		return text, nil
	}
	return nil, schema.Refusal(schema.CodeRangeError, "", args("encoding-unknown", []any{"found", name, "expected", strings.Join(Encodings(), ", ")}))
}

// marked recognises UTF-16 by its byte order mark, or by the zero bytes of
// Latin letters.
func marked(b []byte) string {
	if len(b) < 4 {
		return ""
	}
	if bytes.HasPrefix(b, []byte{0xff, 0xfe}) || bytes.HasPrefix(b, []byte{0xfe, 0xff}) || b[1] == 0 && b[3] == 0 || b[0] == 0 && b[2] == 0 {
		return "utf-16"
	}
	return ""
}

// misread names the encoding that bytes which are not UTF-8 most likely have:
// Windows-1252, unless they hold one of the five bytes that it leaves undefined.
func misread(b []byte) string {
	for _, c := range b {
		switch c {
		case 0x81, 0x8d, 0x8f, 0x90, 0x9d:
			return ""
		}
	}
	return "windows-1252"
}

// readable refuses a row with bytes that are not UTF-8.
func readable(line int, piece, whole []byte) error {
	if utf8.Valid(piece) {
		return nil
	}
	return broken("encoding", line, "encoding", misread(whole))
}
