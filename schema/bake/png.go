package bake

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"unicode/utf8"

	"merkki/schema"
)

const (
	pngSignature = "\x89PNG\r\n\x1a\n" // PNG (Third Edition), section 5.2
	maxChunks    = 10_000
)

// A chunk is a part of a PNG (section 5.3).
type chunk struct {
	kind  string // four letters
	data  []byte
	whole []byte // length, kind, data and CRC
}

// chunks visits the chunks of a PNG up to IEND; what follows is no part of the
// picture. Every length and CRC is checked before the chunk is looked at.
func chunks(b []byte, visit func(chunk) error) error {
	if !bytes.HasPrefix(b, []byte(pngSignature)) {
		return brokenPNG(0, "signature")
	}
	at := len(pngSignature)
	for n := 0; ; n++ {
		if n >= maxChunks {
			return limited("png.chunks", maxChunks, n+1)
		}
		rest := b[at:]
		if len(rest) < 12 {
			return brokenPNG(at, "cut off")
		}
		size := binary.BigEndian.Uint32(rest)
		if uint64(size) > uint64(len(rest)-12) {
			return brokenPNG(at, "length")
		}
		end := 12 + int(size)
		c := chunk{string(rest[4:8]), rest[8 : end-4], rest[:end]}
		switch {
		case crc32.ChecksumIEEE(rest[4:end-4]) != binary.BigEndian.Uint32(rest[end-4:]):
			return brokenPNG(at, "CRC")
		case (n == 0) != (c.kind == "IHDR") || n == 0 && size != 13:
			return brokenPNG(at, "header")
		}
		if err := visit(c); err != nil {
			return err
		}
		if c.kind == "IEND" {
			return nil
		}
		at += end
	}
}

func brokenPNG(offset int, reason string) *schema.Fault {
	return schema.Found("container.png-malformed", "", map[string]any{"offset": offset, "reason": reason})
}

// keyword returns the keyword of a text chunk (section 11.3.3); ok is false for
// chunks of other kinds.
func (c chunk) keyword() (keyword string, rest []byte, ok bool) {
	switch c.kind {
	case "iTXt", "tEXt", "zTXt":
		k, rest, ended := bytes.Cut(c.data, []byte{0})
		return string(k), rest, ended
	}
	return "", nil, false
}

func (c chunk) isCredential() bool {
	k, _, ok := c.keyword()
	return ok && (k == keywordBadge || k == keywordCLR)
}

// FromPNG finds the credential in a PNG. Faults: container.png-malformed,
// container.limit, container.two-credentials, container.compressed,
// container.none, container.legacy-badge. A credential in a tEXt chunk has the
// warning container.text-chunk.
func FromPNG(b []byte) (*Content, error) {
	var found []chunk
	old := false
	err := chunks(b, func(c chunk) error {
		k, _, ok := c.keyword()
		if c.kind == "iTXt" && !ok {
			return brokenPNG(0, "text chunk")
		}
		old = old || k == keywordLegacy
		if c.isCredential() {
			found = append(found, c)
		}
		return nil
	})
	switch {
	case err != nil:
		return nil, err
	case len(found) > 1:
		return nil, twice()
	case len(found) == 1:
		return found[0].content()
	case old:
		return nil, legacy()
	}
	return nil, none("png")
}

// content reads the text of a chunk whose keyword is that of a credential.
func (c chunk) content() (*Content, error) {
	_, rest, _ := c.keyword()
	out := &Content{Place: c.kind}
	switch c.kind {
	case "zTXt":
		return nil, schema.Found("container.compressed", "", nil)
	case "tEXt":
		out.Credential = latin1(rest)
		out.Warnings = []*schema.Fault{schema.Found("container.text-chunk", "", nil)}
	case "iTXt":
		text, err := international(rest)
		if err != nil {
			return nil, err
		}
		out.Credential = text
	}
	if len(bytes.TrimSpace(out.Credential)) == 0 {
		return nil, none("png")
	}
	return out, nil
}

// international returns the text of an iTXt chunk (section 11.3.3.4), given what
// follows the keyword: compression flag and method, language tag, translated
// keyword, text. The method of what is not compressed means nothing.
func international(rest []byte) ([]byte, error) {
	if len(rest) < 2 || rest[0] > 1 {
		return nil, brokenPNG(0, "text chunk")
	}
	parts := bytes.SplitN(rest[2:], []byte{0}, 3)
	if len(parts) < 3 {
		return nil, brokenPNG(0, "text chunk")
	}
	if rest[0] == 1 {
		return nil, schema.Found("container.compressed", "", nil)
	}
	return bytes.Clone(parts[2]), nil
}

// latin1 returns the text of a tEXt chunk as UTF-8. The chunk is Latin-1 by its
// definition; those who put JSON there write UTF-8 as often, which is told apart
// by its form.
func latin1(b []byte) []byte {
	if utf8.Valid(b) {
		return bytes.Clone(b)
	}
	out := make([]byte, 0, 2*len(b))
	for _, c := range b {
		out = utf8.AppendRune(out, rune(c))
	}
	return out
}
