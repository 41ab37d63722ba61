package schema

import (
	"strconv"
	"strings"
)

var (
	pointerEscapes   = strings.NewReplacer("~", "~0", "/", "~1")
	pointerUnescapes = strings.NewReplacer("~1", "/", "~0", "~")
)

// PointerTo appends a member name or an index to an RFC 6901 JSON pointer.
func PointerTo(parent, name string) string { return parent + "/" + pointerEscapes.Replace(name) }

func unescapePointer(name string) string { return pointerUnescapes.Replace(name) }

// Resolve returns what stands at a pointer, and whether anything does.
func Resolve(v Value, pointer string) (Value, bool) {
	if pointer == "" {
		return v, true
	}
	if pointer[0] != '/' {
		return Value{}, false
	}
	for name := range strings.SplitSeq(pointer[1:], "/") {
		name = unescapePointer(name)
		var ok bool
		if v.Kind == Array {
			i, err := strconv.Atoi(name)
			// "01" and "+1" are no indices (RFC 6901, section 4).
			if ok = err == nil && i >= 0 && i < len(v.Items) && strconv.Itoa(i) == name; ok {
				v = v.Items[i]
			}
		} else {
			v, ok = v.Get(name)
		}
		if !ok {
			return Value{}, false
		}
	}
	return v, true
}
