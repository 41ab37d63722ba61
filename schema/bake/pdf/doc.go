// Package pdf finds the files that are attached to a PDF (ISO 32000-1), and
// nothing else: no page is drawn, no font, script or action is looked at.
//
// [Attachments] reads cross-reference tables and streams, hybrid files, object
// streams, incremental updates and linearised files; it follows the name tree of
// embedded files, associated files and file annotations. The newest revision
// counts: what an update deleted or replaced is not there.
//
// The work is bounded whatever the file says (security model, section 5): objects,
// values, bytes read and expanded, nesting, files. A PDF is not repaired: one whose
// table is wrong is answered with that it cannot be read.
package pdf

import (
	"merkki/schema"
)

// Bounds on what is read.
const (
	maxObjects  = 100_000
	maxExpanded = 16 << 20 // of all streams together
	maxRead     = 32 << 20 // bytes looked at or expanded; the same one twice counts twice
	maxValues   = 1_000_000
	maxString   = 1 << 20
	maxDepth    = 64 // of arrays and dictionaries, and of trees
	maxSections = 1_000
	maxFiles    = 1_000
)

// Two reasons why a PDF cannot be read, as kinds of the finding container.none.
var (
	errDamaged   = schema.Found("container.none", "", map[string]any{"kind": "pdf-damaged"})
	errEncrypted = schema.Found("container.none", "", map[string]any{"kind": "pdf-encrypted"})
)

func limited(limit string, maximum int) *schema.Fault {
	return schema.Found("container.limit", "", map[string]any{"limit": limit, "max": maximum})
}

// A File is an attached file.
type File struct {
	Name      string // as the PDF gives it: for telling kinds apart, never a path
	MediaType string // lower case, "" where the PDF does not say

	doc  *document
	data stream
}

// Read returns what is in the file. The error is a [*schema.Fault] of
// container.none (damaged, or packed in a way that is not read) or
// container.limit.
func (f File) Read() ([]byte, error) { return f.doc.expand(f.data) }

// Attachments returns the files attached to a PDF, in its order, each once. The
// error is a [*schema.Fault]: container.none with kind "pdf-encrypted" or
// "pdf-damaged", or container.limit.
func Attachments(b []byte) ([]File, error) {
	d, err := open(b)
	if err != nil {
		return nil, err
	}
	c := collector{doc: d, seen: map[any]bool{}}
	if err := c.catalogue(); err != nil {
		return nil, err
	}
	return c.files, nil
}
