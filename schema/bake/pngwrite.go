package bake

import (
	"bytes"
	"encoding/binary"
	"errors"
	"hash/crc32"

	"merkki/schema"
)

// maxPixels is how wide and how high a picture may be that becomes a badge, by
// what its header says.
const maxPixels = 4096

// IntoPNG returns the PNG with the credential in it: one uncompressed iTXt chunk
// openbadgecredential after the header, which is before the pixels. What follows
// IEND is left out. The credential is a secured one: JSON with an embedded proof,
// or a compact JWS; white space around it is left out too. Faults are those of [FromPNG] and, for the credential, those
// of the parser and format.unsecured; container.two-credentials where the picture
// has one already; container.limit for more than 4,096 pixels either way.
func IntoPNG(image, credential []byte) ([]byte, error) {
	credential = bytes.Trim(credential, xmlSpace)
	if _, err := secured(credential); err != nil {
		return nil, err
	}
	out := bytes.NewBufferString(pngSignature)
	pixels := false
	err := chunks(image, func(c chunk) error {
		out.Write(c.whole)
		switch {
		case c.kind == "IHDR":
			if err := checkDimensions(c.data); err != nil {
				return err
			}
			out.Write(textChunk(credential))
		case c.isCredential():
			return twice()
		}
		pixels = pixels || c.kind == "IDAT"
		return nil
	})
	if err == nil && !pixels {
		err = brokenPNG(0, "no pixels")
	}
	if err != nil {
		return nil, err
	}
	return readBack(out.Bytes(), credential, FromPNG)
}

// CleanPNG returns the PNG without credentials of Open Badges 3.0 and CLR 2.0,
// and without what follows IEND.
func CleanPNG(image []byte) ([]byte, error) {
	out := bytes.NewBufferString(pngSignature)
	err := chunks(image, func(c chunk) error {
		if !c.isCredential() {
			out.Write(c.whole)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

// checkDimensions reads width and height of an IHDR chunk (section 11.2.1).
func checkDimensions(header []byte) error {
	for i := 0; i < 8; i += 4 {
		switch n := binary.BigEndian.Uint32(header[i:]); {
		case n == 0:
			return brokenPNG(0, "header")
		case n > maxPixels:
			return limited("image.pixels", maxPixels, int(n))
		}
	}
	return nil
}

// textChunk makes the iTXt chunk of a credential.
func textChunk(credential []byte) []byte {
	// Keyword; no compression, method 0; no language; no translated keyword.
	data := append([]byte("iTXt"+keywordBadge+"\x00\x00\x00\x00\x00"), credential...)
	out := binary.BigEndian.AppendUint32(nil, uint32(len(data)-4))
	out = append(out, data...)
	return binary.BigEndian.AppendUint32(out, crc32.ChecksumIEEE(data))
}

// secured says whether b is a credential that is worth baking: a compact JWS, or
// a JSON document that has a proof.
func secured(b []byte) (token bool, err error) {
	switch schema.Recognise(b) {
	case schema.FormJWS:
		if bytes.Count(b, []byte(".")) != 2 || bytes.ContainsFunc(b, notInToken) {
			return false, schema.Found("container.jws-malformed", "", nil)
		}
		return true, nil
	case schema.FormJSON, schema.FormEmpty:
	default:
		return false, none(schema.Recognise(b).String())
	}
	doc, err := schema.Parse(b, schema.Limits{})
	if err != nil {
		return false, err
	}
	if f := schema.ForeignDocument(doc.Root()); f != nil {
		return false, f
	}
	_, _, enveloped := schema.Enveloped(doc.Root())
	if _, has := doc.Root().Get("proof"); !has && !enveloped {
		return false, schema.Found("format.unsecured", "", nil)
	}
	return false, nil
}

// notInToken says of a character that it stands in no compact JWS.
func notInToken(r rune) bool {
	return r != '.' && r != '-' && r != '_' && (r < '0' || r > '9') && (r < 'A' || r > 'Z') && (r < 'a' || r > 'z')
}

// readBack returns out if reading finds in it what was written.
func readBack(out, want []byte, read func([]byte) (*Content, error)) ([]byte, error) {
	got, err := read(out)
	if err != nil {
		return nil, err
	}
	if !bytes.Equal(got.Credential, want) || len(got.Warnings) > 0 {
		return nil, errors.New("bake: what was read back is not what was written")
	}
	return out, nil
}
