package pdf

import (
	"bytes"
)

// A document is a PDF whose cross-reference has been read.
type document struct {
	b       []byte
	places  map[int]place
	objects map[int]any // what was read; nil is null
	packs   map[int]*pack
	busy    map[int]bool // being read: an object that needs itself is null
	trailer dict         // of the newest section, with the root of any
	left    budget
	inflate int // bytes that may yet be expanded
}

// A place is where an object stands: at an offset, or as the index-th of those
// packed in a stream.
type place struct {
	kind  int // 0 free, 1 offset, 2 packed
	where int
	index int
}

// A pack is an object stream (section 7.5.7), expanded.
type pack struct {
	data    []byte
	first   int
	offsets map[int]int // by number of object
}

// object returns an object by its number; one that does not exist is null.
func (d *document) object(num int) (any, error) {
	if v, ok := d.objects[num]; ok {
		return v, nil
	}
	if d.busy[num] {
		return nil, nil
	}
	if len(d.busy) > maxDepth {
		return nil, errDamaged
	}
	d.busy[num] = true
	defer delete(d.busy, num)
	var v any
	var err error
	switch at := d.places[num]; at.kind {
	case 1:
		v, err = d.objectAt(at.where, num)
	case 2:
		v, err = d.packed(at.where, num)
	}
	if err != nil {
		return nil, err
	}
	d.objects[num] = v
	return v, nil
}

// resolve follows a reference.
func (d *document) resolve(v any) (any, error) {
	for range maxDepth {
		r, ok := v.(ref)
		if !ok {
			return v, nil
		}
		var err error
		if v, err = d.object(int(r)); err != nil {
			return nil, err
		}
	}
	return nil, nil
}

func (d *document) parser(b []byte, at int) *parser { return &parser{b: b, at: at, left: &d.left} }

// objectAt reads an object that stands by itself (section 7.3.10). num < 0 takes
// any number.
func (d *document) objectAt(at, num int) (any, error) {
	if at < 0 || at >= len(d.b) {
		return nil, errDamaged
	}
	p := d.parser(d.b, at)
	var head [3]any
	for i := range head {
		var err error
		if head[i], err = p.value(0); err != nil {
			return nil, err
		}
	}
	if n, ok := head[0].(int); !ok || num >= 0 && n != num || head[2] != word("obj") {
		return nil, errDamaged
	}
	v, err := p.value(0)
	if err != nil {
		return nil, err
	}
	dictionary, ok := v.(dict)
	if !ok {
		return v, nil
	}
	if follows, err := p.follows("stream"); err != nil || !follows {
		return v, err
	}
	return d.streamAt(dictionary, p.at+len("stream"))
}

// streamAt reads the bytes of a stream (section 7.3.8), which its dictionary says
// the length of and the word endstream follows.
func (d *document) streamAt(head dict, at int) (any, error) {
	switch rest := d.b[at:]; {
	case bytes.HasPrefix(rest, []byte("\r\n")):
		at += 2
	case bytes.HasPrefix(rest, []byte("\n")):
		at++
	default:
		return nil, errDamaged
	}
	v, err := d.resolve(head["Length"])
	if err != nil {
		return nil, err
	}
	length, ok := v.(int)
	if !ok || length < 0 || length > len(d.b)-at {
		return nil, errDamaged
	}
	if ends, err := d.parser(d.b, at+length).follows("endstream"); err != nil || !ends {
		return nil, firstOf(err)
	}
	return stream{head, d.b[at : at+length]}, nil
}

// packed reads an object out of an object stream, which is never packed itself.
func (d *document) packed(in, num int) (any, error) {
	k, ok := d.packs[in]
	if !ok {
		var err error
		if k, err = d.openPack(in); err != nil {
			return nil, err
		}
		d.packs[in] = k
	}
	offset, ok := k.offsets[num]
	if !ok {
		return nil, nil
	}
	return d.parser(k.data, k.first+offset).value(0)
}

func (d *document) openPack(num int) (*pack, error) {
	if d.places[num].kind != 1 {
		return nil, errDamaged
	}
	v, err := d.object(num)
	if err != nil {
		return nil, err
	}
	s, ok := v.(stream)
	if !ok {
		return nil, errDamaged
	}
	n, okN := s.dict["N"].(int)
	first, okFirst := s.dict["First"].(int)
	if !okN || !okFirst || n < 0 || n > maxObjects || first < 0 {
		return nil, errDamaged
	}
	data, err := d.expand(s)
	if err != nil {
		return nil, err
	}
	if first > len(data) {
		return nil, errDamaged
	}
	k := &pack{data: data, first: first, offsets: map[int]int{}}
	p := d.parser(data[:first], 0)
	for range n {
		var pair [2]int
		for i := range pair {
			v, err := p.value(0)
			if pair[i], ok = v.(int); err != nil || !ok {
				return nil, firstOf(err)
			}
		}
		if pair[1] < 0 || pair[1] > len(data)-first {
			return nil, errDamaged
		}
		k.offsets[pair[0]] = pair[1]
	}
	return k, nil
}
