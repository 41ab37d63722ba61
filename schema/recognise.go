package schema

import "bytes"

// A Form is what kind of thing a sequence of bytes is, decided from the bytes
// alone (security model, section 6.1). A declared media type never chooses a
// parser; a caller that demands a form compares.
type Form uint8

// The forms, in the order in which they are tried.
const (
	FormEmpty Form = iota
	FormPNG
	FormSVG
	FormPDF
	FormJWS // compact JWS
	FormJSON
)

var formNames = [...]string{"empty", "png", "svg", "pdf", "jws", "json"}

// String returns the name that reports use as the kind of an input.
func (f Form) String() string { return formNames[f] }

const pngSignature = "\x89PNG\r\n\x1a\n" // PNG (Third Edition), section 5.2

// Recognise says what b is. It looks at no more than it needs and never fails:
// what nothing else fits is JSON, and the JSON parser says what is wrong.
func Recognise(b []byte) Form {
	if len(b) == 0 {
		return FormEmpty
	}
	if bytes.HasPrefix(b, []byte(pngSignature)) {
		return FormPNG
	}
	text := bytes.TrimLeft(b, jsonSpace)
	switch {
	case bytes.HasPrefix(bytes.TrimPrefix(text, []byte("\ufeff")), []byte("<")): // XML may have the mark
		return FormSVG
	case bytes.HasPrefix(b, []byte("%PDF-")):
		return FormPDF
	case len(text) > 0 && (text[0] == '.' || isBase64URL(text[0])) && bytes.IndexByte(text, '.') >= 0:
		return FormJWS
	}
	return FormJSON
}

func isBase64URL(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || isDigit(c) || c == '-' || c == '_'
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }
