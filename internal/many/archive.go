package many

import (
	"archive/zip"
	"bytes"
	"io"
	"strings"
)

// isArchive recognises a ZIP by its first bytes: a member, or the end of an empty
// directory.
func isArchive(b []byte) bool {
	return bytes.HasPrefix(b, []byte("PK\x03\x04")) || bytes.HasPrefix(b, []byte("PK\x05\x06"))
}

// maxMembers bounds how many entries of a directory are read at all: folders, and
// the shadows that macOS puts beside each file, count for nothing.
const maxMembers = 4 * MaxEntries

// unpack takes the files out of an archive, in memory. The directory is counted
// before it is read, because reading it costs more than its bytes; a member is
// never trusted to be as large as it says.
func (g *gathering) unpack(f File) error {
	if bytes.Count(f.Bytes, []byte("PK\x01\x02")) > maxMembers {
		return tooMuch("form.entries", MaxEntries)
	}
	z, err := zip.NewReader(bytes.NewReader(f.Bytes), int64(len(f.Bytes)))
	if err != nil {
		return g.odds(f.Name, "archive-damaged")
	}
	for _, m := range z.File {
		if m.FileInfo().IsDir() || strings.HasPrefix(m.Name, "__MACOSX/") {
			continue
		}
		if err := g.member(f.Name+"/"+m.Name, m); err != nil {
			return err
		}
	}
	return nil
}

const encrypted = 1 << 0 // general purpose flag (APPNOTE 4.4.4)

func (g *gathering) member(name string, m *zip.File) error {
	if m.Flags&encrypted != 0 {
		return g.odds(name, "archive-locked")
	}
	r, err := m.Open()
	if err != nil {
		return g.odds(name, "archive-damaged")
	}
	defer r.Close()
	b, err := io.ReadAll(io.LimitReader(r, g.left+1))
	switch {
	case int64(len(b)) > g.left:
		return tooMuch("form.bytes", MaxBytes)
	case err != nil: // cut short, or not what its checksum says
		return g.odds(name, "archive-damaged")
	}
	g.left -= int64(len(b))
	g.files = append(g.files, File{Name: name, Bytes: b})
	return g.count()
}

// odds is a part that cannot be unpacked, and stays a line of the answer.
func (g *gathering) odds(name, situation string) error {
	g.odd = append(g.odd, Entry{Name: name, Situation: situation})
	return g.count()
}

func (g *gathering) count() error {
	if len(g.files)+len(g.odd) > MaxEntries {
		return tooMuch("form.entries", MaxEntries)
	}
	return nil
}
