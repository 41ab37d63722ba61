package pdf

import (
	"fmt"
	"image"
)

// A usedImage is a picture that a document has, once, however often it is shown.
type usedImage struct {
	px   *image.NRGBA
	key  string
	name string // resource name
}

// Image puts pixels into a rectangle. Pictures with the same key are the same
// picture, and are written once.
func (p *Page) Image(px *image.NRGBA, key string, x, y, w, h float64) {
	u := p.d.image(px, key)
	// The square of an image stands on its feet, while the page hangs from its top.
	fmt.Fprintf(&p.content, "q %s 0 0 -%s %s %s cm /%s Do Q\n", number(w), number(h), number(x), number(y+h), u.name)
}

func (d *Document) image(px *image.NRGBA, key string) *usedImage {
	for _, u := range d.images {
		if u.key == key {
			return u
		}
	}
	u := &usedImage{px, key, fmt.Sprintf("I%d", len(d.images)+1)}
	d.images = append(d.images, u)
	return u
}

// write writes an image of eight bits a channel, and its transparency as a mask
// (ISO 32000-1, sections 8.9.5 and 11.6.5.3).
func (u *usedImage) write(w *writer) int {
	size := u.px.Bounds().Size()
	rgb, alpha := make([]byte, 0, 3*size.X*size.Y), make([]byte, 0, size.X*size.Y)
	for y := range size.Y {
		row := u.px.Pix[y*u.px.Stride:]
		for x := range size.X {
			rgb = append(rgb, row[4*x:4*x+3]...)
			alpha = append(alpha, row[4*x+3])
		}
	}
	head := fmt.Sprintf("/Type /XObject /Subtype /Image /Width %d /Height %d /BitsPerComponent 8", size.X, size.Y)
	mask := ""
	if !u.px.Opaque() {
		mask = fmt.Sprintf(" /SMask %d 0 R", w.stream(head+" /ColorSpace /DeviceGray", alpha))
	}
	return w.stream(head+" /ColorSpace /DeviceRGB"+mask, rgb)
}
