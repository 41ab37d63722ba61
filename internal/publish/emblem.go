package publish

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"image"
	"image/png"
)

// EmblemSVG is the picture of what was achieved as a drawing: the uploaded one,
// pixels put inside a drawing that needs nothing else, or the drawn badge.
func EmblemSVG(own *Image, b Badge) []byte {
	switch {
	case own == nil:
		return b.SVG()
	case own.MediaType == "image/svg+xml":
		return own.Bytes
	}
	var out bytes.Buffer
	fmt.Fprintf(&out, `<?xml version="1.0" encoding="UTF-8"?>
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %g %g" width="%g" height="%g"><image width="%g" height="%g" href="data:image/png;base64,%s"/></svg>
`, own.Width, own.Height, own.Width, own.Height, own.Width, own.Height, base64.StdEncoding.EncodeToString(own.Bytes))
	return out.Bytes()
}

// EmblemPNG is the picture of what was achieved in pixels: the uploaded one, a
// drawing painted 512 pixels wide, or the drawn badge, which also stands for a
// drawing that is not painted ([Image.Unpainted]).
func EmblemPNG(own *Image, b Badge) ([]byte, error) {
	switch {
	case own == nil || own.Unpainted != "":
		return b.PNG()
	case own.MediaType == "image/png":
		return own.Bytes, nil
	}
	px := own.Pixels(side, side)
	if px == nil {
		return b.PNG()
	}
	return encoded(px)
}

func encoded(px image.Image) ([]byte, error) {
	var out bytes.Buffer
	if err := png.Encode(&out, px); err != nil {
		return nil, fmt.Errorf("publish: %w", err)
	}
	return out.Bytes(), nil
}
