package pdf

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"image"
	"image/png"
	"io"
	"testing"
)

// TestPredictors undoes the filters that the standard library's PNG encoder
// chooses for a picture with something for each of them.
func TestPredictors(t *testing.T) {
	const side = 64
	pixels := image.NewGray(image.Rect(0, 0, side, side))
	state := uint32(1)
	for y := range side {
		for x := range side {
			state = state*1664525 + 1013904223
			shade := []int{x * 4, y * 4, (x + y) * 2, x * y / 16, int(state >> 24)}[y*5/side]
			pixels.Pix[y*side+x] = byte(shade + int(state>>30))
		}
	}
	var file bytes.Buffer
	if err := png.Encode(&file, pixels); err != nil {
		t.Fatal(err)
	}
	var packed []byte
	for b := file.Bytes()[8:]; len(b) > 0; {
		size := binary.BigEndian.Uint32(b)
		if string(b[4:8]) == "IDAT" {
			packed = append(packed, b[8:8+size]...)
		}
		b = b[12+size:]
	}
	z, err := zlib.NewReader(bytes.NewReader(packed))
	if err != nil {
		t.Fatal(err)
	}
	rows, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	used := map[byte]bool{}
	for at := 0; at < len(rows); at += side + 1 {
		used[rows[at]] = true
	}
	if len(used) < 4 {
		t.Errorf("the picture uses only the filters %v", used)
	}
	got, err := unpredict(rows, dict{"Predictor": 15, "Columns": side})
	if err != nil || !bytes.Equal(got, pixels.Pix) {
		t.Error("the rows do not come out as they went in", err)
	}
	for _, wrong := range []dict{{"Predictor": 2}, {"Predictor": 12, "Columns": 1 << 30}, {"Predictor": 12, "Columns": 0}, {"Predictor": 12, "Columns": 5000}} {
		if _, err := unpredict(make([]byte, 65), wrong); err == nil {
			t.Errorf("%v is read", wrong)
		}
	}
}
