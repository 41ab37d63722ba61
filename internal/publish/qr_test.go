package publish_test

import (
	"bytes"
	"encoding/xml"
	"flag"
	"image"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"merkki/internal/judge"
	"merkki/internal/publish"
)

var update = flag.Bool("update", false, "rewrite the golden files")

const address = "https://merkki.example.fi/c/7K2MQ9D4X1TBN8RWZ03FHJ5V6P"

// runs are the pieces of a drawing's path.
var runs = regexp.MustCompile(`M(\d+) (\d+)h(\d+)v1h-(\d+)z`)

func qr(t testing.TB, address string) *publish.QR {
	t.Helper()
	q, err := publish.NewQR(address)
	if err != nil {
		t.Fatal(err)
	}
	return q
}

// TestQRSize: an address in capitals with a host of up to 24 characters fits
// version 3, 29 modules a side, at level M.
func TestQRSize(t *testing.T) {
	for host, want := range map[string]int{"merkki.example.fi": 29, strings.Repeat("a", 21) + ".fi": 29, strings.Repeat("a", 22) + ".fi": 33} {
		if q := qr(t, "https://"+host+"/c/7K2MQ9D4X1TBN8RWZ03FHJ5V6P"); q.Modules != want || q.Side() != want+8 {
			t.Errorf("%s: %d modules, want %d", host, q.Modules, want)
		}
	}
	if _, err := publish.NewQR("https://" + strings.Repeat("a", 5000)); err == nil {
		t.Error("an address that no code can hold was drawn")
	}
}

// TestQRDrawing: the drawing is well formed, black on white, with nothing in the
// quiet zone and no two runs that touch in a row.
func TestQRDrawing(t *testing.T) {
	q := qr(t, address)
	if err := xml.Unmarshal(q.SVG(), new(any)); err != nil {
		t.Fatal(err)
	}
	end := map[string]int{}
	for _, m := range runs.FindAllStringSubmatch(q.Path(), -1) {
		x, y, w := atoi(m[1]), atoi(m[2]), atoi(m[3])
		if x < publish.QuietZone || y < publish.QuietZone || x+w > q.Side()-publish.QuietZone || y >= q.Side()-publish.QuietZone {
			t.Errorf("a module in the quiet zone: %v", m)
		}
		if last, ok := end[m[2]]; ok && last >= x {
			t.Errorf("runs touch: %v", m)
		}
		end[m[2]] = x + w
	}
	if len(end) != q.Modules {
		t.Errorf("%d rows are drawn of %d", len(end), q.Modules)
	}
	golden(t, "qr.svg", q.SVG())
}

func atoi(s string) (n int) {
	for _, c := range s {
		n = n*10 + int(c-'0')
	}
	return n
}

func TestQRPicture(t *testing.T) {
	q := qr(t, address)
	b, err := q.PNG()
	if err != nil {
		t.Fatal(err)
	}
	img, err := png.Decode(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	if got := img.Bounds().Dx(); got != q.Side()*12 {
		t.Errorf("%d pixels wide, want %d", got, q.Side()*12)
	}
}

// painted paints the runs of the path as the SVG rules say, 8 pixels a module.
func painted(t *testing.T, q *publish.QR) []byte {
	t.Helper()
	const px = 8
	img := image.NewGray(image.Rect(0, 0, q.Side()*px, q.Side()*px))
	for i := range img.Pix {
		img.Pix[i] = 0xff
	}
	for _, m := range runs.FindAllStringSubmatch(q.Path(), -1) {
		x, y, w := atoi(m[1]), atoi(m[2]), atoi(m[3])
		for py := y * px; py < (y+1)*px; py++ {
			clear(img.Pix[py*img.Stride+x*px : py*img.Stride+(x+w)*px])
		}
	}
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// TestQRIsRead: an independent reader decodes picture and drawing to the address,
// also at 20 mm and after a poor print.
func TestQRIsRead(t *testing.T) {
	zbar := judge.Command(t, "zbarimg", "Debian package zbar-tools")
	convert := judge.Command(t, "convert", "Debian package imagemagick")
	q := qr(t, address)
	dir := t.TempDir()
	picture, drawing := filepath.Join(dir, "qr.png"), filepath.Join(dir, "drawn.png")
	b, err := q.PNG()
	if err != nil {
		t.Fatal(err)
	}
	for f, b := range map[string][]byte{picture: b, drawing: painted(t, q)} {
		if err := os.WriteFile(f, b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for name, args := range map[string][]string{
		"picture":               {picture},
		"drawing":               {drawing},
		"20 mm at 150 dpi":      {picture, "-resize", "118x118"},
		"blurred, grey, tilted": {picture, "-resize", "240x240", "-blur", "0x1.2", "+level", "25%,80%", "-background", "gray", "-rotate", "4", "-quality", "35"},
	} {
		out := filepath.Join(dir, "shown.jpg")
		if msg, err := exec.Command(convert, append(args, out)...).CombinedOutput(); err != nil {
			t.Fatalf("%s: %v %s", name, err, msg)
		}
		got, err := exec.Command(zbar, "--raw", "-q", out).Output()
		if err != nil || strings.TrimSpace(string(got)) != strings.ToUpper(address) {
			t.Errorf("%s: read %q (%v)", name, got, err)
		}
	}
}

func TestGroups(t *testing.T) {
	for id, want := range map[string]string{"7K2MQ9D4X1TBN8RWZ03FHJ5V6P": "7K2M-Q9D4-X1TB-N8RW-Z03F-HJ5V-6P", "ABCD": "ABCD", "": ""} {
		if got := publish.Groups(id); got != want {
			t.Errorf("%s: %s", id, got)
		}
	}
}

// golden compares with a file under testdata, which -update rewrites.
func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s differs (go test ./internal/publish -update rewrites it):\n%s", name, got)
	}
}
