package pdf

import (
	"strings"
)

// A collector gathers attached files from where a PDF can name them.
type collector struct {
	doc   *document
	seen  map[any]bool // references to nodes, specifications and streams
	files []File
}

// dictionary resolves a value to a dictionary; one that was there before, or is
// none, is nil.
func (c *collector) dictionary(v any) (dict, error) {
	if r, ok := v.(ref); ok {
		if c.seen[r] {
			return nil, nil
		}
		c.seen[r] = true
	}
	return c.look(v)
}

// look resolves a value to a dictionary, each time.
func (c *collector) look(v any) (dict, error) {
	v, err := c.doc.resolve(v)
	d, _ := v.(dict)
	return d, err
}

// catalogue begins where everything does (section 7.7.2).
func (c *collector) catalogue() error {
	root, err := c.look(c.doc.trailer["Root"])
	if err != nil || root == nil {
		return firstOf(err)
	}
	names, err := c.look(root["Names"])
	if err != nil {
		return err
	}
	if err := c.names(names["EmbeddedFiles"], 0); err != nil {
		return err
	}
	if err := c.specifications(root["AF"]); err != nil {
		return err
	}
	return c.pages(root["Pages"], 0)
}

// names walks a name tree (section 7.9.6).
func (c *collector) names(v any, depth int) error {
	node, err := c.dictionary(v)
	if err != nil || node == nil {
		return err
	}
	if depth > maxDepth {
		return limited("pdf.depth", maxDepth)
	}
	pairs, err := c.doc.resolve(node["Names"])
	if err != nil {
		return err
	}
	list, _ := pairs.(array)
	for i := 1; i < len(list); i += 2 {
		if err := c.specification(list[i]); err != nil {
			return err
		}
	}
	return c.children(node, func(v any) error { return c.names(v, depth+1) })
}

func (c *collector) children(node dict, visit func(any) error) error {
	kids, err := c.doc.resolve(node["Kids"])
	if err != nil {
		return err
	}
	list, _ := kids.(array)
	for _, kid := range list {
		if err := visit(kid); err != nil {
			return err
		}
	}
	return nil
}

// pages walks the tree of pages for associated files and file annotations
// (section 12.5.6.15).
func (c *collector) pages(v any, depth int) error {
	node, err := c.dictionary(v)
	if err != nil || node == nil {
		return err
	}
	if depth > maxDepth {
		return limited("pdf.depth", maxDepth)
	}
	if err := c.specifications(node["AF"]); err != nil {
		return err
	}
	annotations, err := c.doc.each(node["Annots"])
	if err != nil {
		return err
	}
	for _, a := range annotations {
		if a, ok := a.(dict); ok && a["Subtype"] == name("FileAttachment") {
			if err := c.specification(a["FS"]); err != nil {
				return err
			}
		}
	}
	return c.children(node, func(v any) error { return c.pages(v, depth+1) })
}

func (c *collector) specifications(v any) error {
	v, err := c.doc.resolve(v)
	if err != nil {
		return err
	}
	list, _ := v.(array)
	for _, s := range list {
		if err := c.specification(s); err != nil {
			return err
		}
	}
	return nil
}

// specification takes the embedded files of a file specification (section
// 7.11.3): one, or several that are to be the same for different systems.
func (c *collector) specification(v any) error {
	spec, err := c.dictionary(v)
	if err != nil || spec == nil {
		return err
	}
	embedded, err := c.look(spec["EF"])
	if err != nil {
		return err
	}
	for _, key := range []name{"UF", "F", "Unix", "Mac", "DOS"} {
		if err := c.file(c.nameOf(spec), embedded[key]); err != nil {
			return err
		}
	}
	return nil
}

// nameOf is the name that a specification gives, in Unicode if there is one.
func (c *collector) nameOf(spec dict) string {
	for _, key := range []name{"UF", "F"} {
		if t, ok := spec[key].(text); ok {
			return t.String()
		}
	}
	return ""
}

func (c *collector) file(fileName string, v any) error {
	r, ok := v.(ref) // a stream is always an object of its own
	if !ok || c.seen[r] {
		return nil
	}
	c.seen[r] = true
	v, err := c.doc.resolve(r)
	if err != nil {
		return err
	}
	s, ok := v.(stream)
	if !ok {
		return nil
	}
	if len(c.files) >= maxFiles {
		return limited("pdf.files", maxFiles)
	}
	mediaType, _ := s.dict["Subtype"].(name)
	short, _, _ := strings.Cut(strings.ToLower(string(mediaType)), ";")
	c.files = append(c.files, File{fileName, strings.TrimSpace(short), c.doc, s})
	return nil
}
