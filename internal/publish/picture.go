package publish

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"image"
	"image/png"
	"math"
	"sync"

	xdraw "golang.org/x/image/draw"

	"merkki/internal/publish/draw"
	"merkki/internal/publish/svg"
	"merkki/schema"
)

// An Image is a picture that somebody sent, made harmless: a PNG decoded and
// written anew, so that no chunk of the file is left, or an SVG written anew from
// an allow-list (package svg).
type Image struct {
	MediaType     string // image/png or image/svg+xml
	Bytes         []byte
	Width, Height float64 // pixels, or units of the drawing
	// Unpainted says what keeps a drawing from pixels and from paper, as
	// [svg.UnpaintedError] names it; "" for nothing.
	Unpainted string

	pixels  *image.NRGBA  // of a PNG
	picture *draw.Picture // of a drawing
	sum     [sha256.Size]byte
}

// Bounds on a picture from outside (security model, section 5).
const (
	MaxPicture      = 512 << 10 // bytes as sent
	maxPictureSide  = 4096      // pixels by the header, before anything is decoded
	keptPictureSide = 1024      // pixels of what is kept: larger ones are made smaller
)

// decoding is taken by whoever decodes pixels: a small file may have many, and one
// after the other is soon enough.
var decoding sync.Mutex

// ReadImage reads a picture from outside. What it wrote itself it reads again, to
// the same bytes. Faults: MALFORMED_VALUE_ERROR for what is neither PNG nor SVG or
// is broken, LIMIT_EXCEEDED for one that is too large.
func ReadImage(pointer string, b []byte) (*Image, error) {
	if len(b) > MaxPicture {
		return nil, pictureLimit(pointer, "picture.bytes", MaxPicture, len(b))
	}
	var im *Image
	var err error
	switch {
	case bytes.HasPrefix(b, []byte("\x89PNG\r\n\x1a\n")):
		im, err = readPNG(pointer, b)
	case bytes.HasPrefix(bytes.TrimLeft(bytes.TrimPrefix(b, []byte("\ufeff")), " \t\r\n"), []byte("<")):
		im, err = readSVG(pointer, b)
	default:
		return nil, schema.Refusal(schema.CodeMalformedValueError, pointer, map[string]any{"reason": "picture-kind"})
	}
	if err != nil {
		return nil, err
	}
	im.sum = sha256.Sum256(im.Bytes)
	return im, nil
}

func pictureLimit(pointer, limit string, most, found int) error {
	return schema.Refusal(schema.CodeLimitExceeded, pointer, map[string]any{"reason": "picture", "limit": limit, "max": most, "found": found})
}

func brokenPicture(pointer string) error {
	return schema.Refusal(schema.CodeMalformedValueError, pointer, map[string]any{"reason": "picture-broken"})
}

func readPNG(pointer string, b []byte) (*Image, error) {
	head, err := png.DecodeConfig(bytes.NewReader(b))
	if err != nil {
		return nil, brokenPicture(pointer)
	}
	if side := max(head.Width, head.Height); side > maxPictureSide {
		return nil, pictureLimit(pointer, "picture.pixels", maxPictureSide, side)
	}
	decoding.Lock()
	defer decoding.Unlock()
	full, err := png.Decode(bytes.NewReader(b))
	if err != nil {
		return nil, brokenPicture(pointer)
	}
	px := reduced(full)
	var out bytes.Buffer
	if err := (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(&out, px); err != nil {
		return nil, err
	}
	s := px.Bounds().Size()
	return &Image{MediaType: "image/png", Bytes: out.Bytes(), Width: float64(s.X), Height: float64(s.Y), pixels: px}, nil
}

// reduced copies a picture with eight bits a channel, made smaller where it is
// larger than what is kept.
func reduced(from image.Image) *image.NRGBA {
	size := from.Bounds().Size()
	if most := max(size.X, size.Y); most > keptPictureSide {
		k := float64(keptPictureSide) / float64(most)
		size = image.Pt(max(1, int(math.Round(float64(size.X)*k))), max(1, int(math.Round(float64(size.Y)*k))))
		px := image.NewNRGBA(image.Rectangle{Max: size})
		xdraw.CatmullRom.Scale(px, px.Bounds(), from, from.Bounds(), xdraw.Src, nil)
		return px
	}
	px := image.NewNRGBA(image.Rectangle{Max: size})
	xdraw.Draw(px, px.Bounds(), from, from.Bounds().Min, xdraw.Src)
	return px
}

func readSVG(pointer string, b []byte) (*Image, error) {
	d, err := svg.Read(b)
	if err != nil {
		if f, ok := errors.AsType[*schema.Fault](err); ok && f.Code == schema.CodeLimitExceeded {
			max, _ := f.Args["max"].(int)
			found, _ := f.Args["found"].(int)
			return nil, pictureLimit(pointer, "svg.elements", max, found)
		}
		return nil, brokenPicture(pointer)
	}
	im := &Image{MediaType: "image/svg+xml", Bytes: d.Bytes()}
	im.Width, im.Height = d.Size()
	if len(im.Bytes) > MaxPicture { // numbers and rules may grow when they are written out
		return nil, pictureLimit(pointer, "picture.bytes", MaxPicture, len(im.Bytes))
	}
	if im.picture, err = d.Picture(); err != nil {
		if u, ok := errors.AsType[*svg.UnpaintedError](err); ok {
			im.Unpainted = u.Feature
			return im, nil
		}
		return nil, err
	}
	return im, nil
}

// Fitted returns the size of the picture inside a rectangle.
func (im *Image) Fitted(width, height float64) (w, h float64) {
	k := min(width/im.Width, height/im.Height)
	return im.Width * k, im.Height * k
}

// Pixels returns the picture at most so many pixels wide and high; nil for a
// drawing that is not painted.
func (im *Image) Pixels(width, height int) image.Image {
	w, h := im.Fitted(float64(width), float64(height))
	if im.picture != nil {
		px, err := im.picture.Paint(max(1, int(w)))
		if err != nil {
			return nil
		}
		return px
	}
	if im.pixels == nil {
		return nil
	}
	if int(w) >= im.pixels.Rect.Dx() {
		return im.pixels
	}
	px := image.NewNRGBA(image.Rect(0, 0, max(1, int(w)), max(1, int(h))))
	xdraw.CatmullRom.Scale(px, px.Bounds(), im.pixels, im.pixels.Bounds(), xdraw.Src, nil)
	return px
}
