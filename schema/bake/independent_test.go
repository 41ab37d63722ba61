package bake_test

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"merkki/internal/judge"
	"merkki/schema/bake"
)

// readBy writes a file and has a program read it.
func readBy(t *testing.T, program, from, name string, content []byte, args ...string) string {
	t.Helper()
	path := judge.Command(t, program, from)
	file := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(file, content, 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command(path, append(args, file)...).Output()
	if err != nil {
		t.Fatalf("%s: %v", program, err)
	}
	return string(out)
}

// TestPNGInOthersEyes has exiftool read what we bake, and walks its chunks in a
// way of its own: one chunk of the name, before the pixels, uncompressed.
func TestPNGInOthersEyes(t *testing.T) {
	for _, credential := range []string{token, json} {
		b, err := bake.IntoPNG(picture(t, 8, 8), []byte(credential))
		if err != nil {
			t.Fatal(err)
		}
		var order []string
		for rest := b[8:]; len(rest) > 0; {
			size := int(binary.BigEndian.Uint32(rest))
			body := rest[4 : 8+size]
			if crc32.ChecksumIEEE(body) != binary.BigEndian.Uint32(rest[8+size:]) {
				t.Error("CRC of", string(body[:4]))
			}
			if strings.HasPrefix(string(body), "iTXt") && string(body[4:]) != "openbadgecredential\x00\x00\x00\x00\x00"+credential {
				t.Errorf("%q", body)
			}
			order, rest = append(order, string(body[:4])), rest[12+size:]
		}
		if got := strings.Join(order, " "); got != "IHDR iTXt IDAT IEND" {
			t.Error(got)
		}
		out := readBy(t, "exiftool", "Debian package libimage-exiftool-perl", "a.png", b, "-b", "-s3", "-Openbadgecredential")
		if out != credential {
			t.Errorf("exiftool reads %q", out)
		}
	}
}

// TestSVGInOthersEyes has xmllint find what we bake where the specification puts
// it.
func TestSVGInOthersEyes(t *testing.T) {
	const element = `/*[local-name()="svg"]/node()[1][local-name()="credential" and namespace-uri()="https://purl.imsglobal.org/ob/v3p0"]`
	for credential, path := range map[string]string{token: "/@verify", json: "[not(@verify)]"} {
		b, err := bake.IntoSVG([]byte(drawing), []byte(credential))
		if err != nil {
			t.Fatal(err)
		}
		out := readBy(t, "xmllint", "Debian package libxml2-utils", "a.svg", b, "--nonet", "--xpath", "string("+element+path+")")
		if strings.TrimSuffix(out, "\n") != credential {
			t.Errorf("xmllint reads %q", out)
		}
	}
	hard, err := bake.IntoSVG([]byte(drawing), []byte(hostile))
	if err != nil {
		t.Fatal(err)
	}
	out := readBy(t, "xmllint", "Debian package libxml2-utils", "b.svg", hard, "--nonet", "--xpath", "string("+element+")")
	if !sameJSON(t, hostile, strings.TrimSuffix(out, "\n")) {
		t.Errorf("xmllint reads %q", out)
	}
}

// TestPicturesOfOthers reads what other people have baked.
func TestPicturesOfOthers(t *testing.T) {
	b, err := os.ReadFile(judge.Data(t, "openbadges", "validator-ob30", "simple-json.png"))
	if err != nil {
		t.Fatal(err)
	}
	if got, err := bake.FromPNG(b); err != nil || !bytes.HasPrefix(got.Credential, []byte("{")) {
		t.Error(got, err)
	}
	if b, err = os.ReadFile(judge.Data(t, "openbadges", "validator-ob30", "simple-jwt.svg")); err != nil {
		t.Fatal(err)
	}
	if got, err := bake.FromSVG(b); err != nil || got.Place != "verify" || bytes.Count(got.Credential, []byte(".")) != 2 {
		t.Error(got, err)
	}
}
