package draw

import (
	"encoding/hex"
	"fmt"
	"image/color"
	"math"
	"strings"
)

// A Colour is sRGB, opaque.
type Colour struct{ R, G, B uint8 }

// The colours without a hue.
var (
	White = Colour{255, 255, 255}
	Black = Colour{}
)

// ParseColour reads "#1d4d4f".
func ParseColour(s string) (Colour, error) {
	b, err := hex.DecodeString(strings.TrimPrefix(s, "#"))
	if err != nil || len(b) != 3 || s[0] != '#' {
		return Colour{}, fmt.Errorf("draw: %q is no colour of the form #1d4d4f", s)
	}
	return Colour{b[0], b[1], b[2]}, nil
}

// String writes "#1d4d4f".
func (c Colour) String() string { return fmt.Sprintf("#%02x%02x%02x", c.R, c.G, c.B) }

// RGBA makes a Colour one of package image/color.
func (c Colour) RGBA() (r, g, b, a uint32) { return color.RGBA{c.R, c.G, c.B, 255}.RGBA() }

// Mixed returns the colour with a share of another, from 0 to 1.
func (c Colour) Mixed(o Colour, share float64) Colour {
	mix := func(a, b uint8) uint8 { return uint8(math.Round(float64(a) + (float64(b)-float64(a))*share)) }
	return Colour{mix(c.R, o.R), mix(c.G, o.G), mix(c.B, o.B)}
}

// Contrast is the ratio of WCAG 2.2 between two colours, from 1 to 21.
func (c Colour) Contrast(o Colour) float64 {
	a, b := c.luminance(), o.luminance()
	return (max(a, b) + 0.05) / (min(a, b) + 0.05)
}

// luminance is the relative luminance of WCAG 2.2.
func (c Colour) luminance() float64 {
	f := func(v uint8) float64 {
		s := float64(v) / 255
		if s <= 0.04045 {
			return s / 12.92
		}
		return math.Pow((s+0.055)/1.055, 2.4)
	}
	return 0.2126*f(c.R) + 0.7152*f(c.G) + 0.0722*f(c.B)
}
