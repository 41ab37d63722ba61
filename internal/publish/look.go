package publish

import (
	"math"

	"merkki/internal/i18n"
	"merkki/internal/publish/draw"
	"merkki/schema"
)

// A Look is how an institution appears on paper and on badges.
type Look struct {
	Colour     draw.Colour // black, the zero value, for none
	Logo       *Image      // nil for none
	Landscape  bool
	Second     *i18n.Printer // language of one more line; nil for none
	Signatures []Signature
}

// A Signature is who signs a certificate: in words, and with a picture of a hand
// where there is one, which proves nothing.
type Signature struct {
	Name, Title string
	Image       *Image // nil for none
}

// The grounds of the pages, as the style sheet has them: those on which a colour
// is hardest to read, with what to mix in when it is not.
var (
	LightGround = draw.Colour{R: 0xf3, G: 0xf1, B: 0xea}
	DarkGround  = draw.Colour{R: 0x1a, G: 0x21, B: 0x1f}
)

// CheckColour judges a colour in which links and signs stand on a ground: it needs
// a contrast of 4.5 (WCAG 2.2, 1.4.3), which is more than the 3 of signs
// (1.4.11). The fault is RANGE_ERROR with the figure and the nearest colour of the
// same hue that would do.
func CheckColour(pointer, hex string, ground draw.Colour) (draw.Colour, error) {
	c, err := draw.ParseColour(hex)
	if err != nil {
		return c, schema.Refusal(schema.CodeMalformedValueError, pointer, map[string]any{"expected": "#1d4d4f", "found": hex})
	}
	if ratio := c.Contrast(ground); ratio < minContrast {
		near := Readable(c, ground)
		return c, schema.Refusal(schema.CodeRangeError, pointer, map[string]any{
			"reason": "colour-contrast", "found": hundredths(ratio), "min": minContrast,
			"ground": ground.String(), "nearest": near.String(), "would": hundredths(near.Contrast(ground)),
		})
	}
	return c, nil
}

// Readable returns the colour itself where it has a contrast of 4.5 with a ground,
// else the nearest one that has on its way to white, or to black, whichever is
// farther from the ground.
func Readable(c, ground draw.Colour) draw.Colour {
	to := draw.Black
	if ground.Contrast(draw.White) > ground.Contrast(draw.Black) {
		to = draw.White
	}
	for share := 0.0; ; share += 1. / 256 {
		if m := c.Mixed(to, min(share, 1)); share >= 1 || m.Contrast(ground) >= minContrast {
			return m
		}
	}
}

// hundredths rounds down, so that a figure never claims more than there is.
func hundredths(v float64) float64 { return math.Floor(v*100) / 100 }
