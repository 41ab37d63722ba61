package svg

import (
	"encoding/xml"
	"regexp"
	"slices"
	"strings"
)

// geometry are attributes of elements, paint those that a style may set too.
var (
	geometry = words("x y width height cx cy r rx ry x1 y1 x2 y2 fx fy dx dy offset points d viewBox transform " +
		"gradientTransform gradientUnits spreadMethod clipPathUnits preserveAspectRatio")
	paint = words("fill fill-opacity fill-rule stroke stroke-width stroke-opacity stroke-linecap stroke-linejoin " +
		"stroke-miterlimit stroke-dasharray stroke-dashoffset opacity color stop-color stop-opacity clip-path clip-rule " +
		"display visibility font-size font-weight font-style font-family letter-spacing text-anchor")
)

var (
	harmless   = regexp.MustCompile(`^[A-Za-z0-9#.,+%()\s-]*$`)
	identifier = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_.-]{0,99}$`)
	reference  = regexp.MustCompile(`^url\(\s*['"]?#([A-Za-z_][A-Za-z0-9_.-]{0,99})['"]?\s*\)$`)
)

// local returns the id that a value like url(#a) names.
func local(value string) (id string, ok bool) {
	m := reference.FindStringSubmatch(strings.TrimSpace(value))
	if m == nil {
		return "", false
	}
	return m[1], true
}

// value returns what may stand in an attribute, "" for nothing.
func value(s string) string {
	s = strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(s), "!important"))
	if id, ok := local(s); ok {
		return "url(#" + id + ")"
	}
	if !harmless.MatchString(s) || strings.Contains(strings.ToLower(s), "url") {
		return ""
	}
	return s
}

// attributes keeps what may come through. The class is kept for the rules, and
// never written.
func attributes(all []xml.Attr) map[string]string {
	m := map[string]string{}
	put := func(name, v string) {
		if v != "" {
			m[name] = v
		}
	}
	style := ""
	for _, a := range all {
		switch name := a.Name.Local; {
		case name == "href": // xlink:href says the same
			if id, ok := strings.CutPrefix(a.Value, "#"); ok && identifier.MatchString(id) {
				put("href", "#"+id)
			}
		case a.Name.Space != "":
		case name == "id" && identifier.MatchString(a.Value), name == "class" && len(a.Value) < 1000:
			put(name, a.Value)
		case name == "style":
			style = a.Value
		case geometry[name], paint[name]:
			put(name, value(a.Value))
		}
	}
	for name, v := range declarations(style) {
		put(name, v)
	}
	if style != "" {
		m["style"] = style // stands above rules, until they are applied
	}
	return m
}

// declarations reads "fill:#fff;stroke:none".
func declarations(css string) map[string]string {
	m := map[string]string{}
	for d := range strings.SplitSeq(css, ";") {
		name, v, _ := strings.Cut(d, ":")
		if name = strings.ToLower(strings.TrimSpace(name)); paint[name] && value(v) != "" {
			m[name] = value(v)
		}
	}
	return m
}

// rules are those of style elements whose selectors are one class, one id or one
// name of an element, which is what drawing programs write. Others are left out.
type rules []rule

type rule struct {
	selector string
	set      map[string]string
}

const maxRules = 200

var comment = regexp.MustCompile(`(?s)/\*.*?\*/`)

func (r *rules) add(css string) {
	css = comment.ReplaceAllString(css, "")
	for css != "" && len(*r) < maxRules {
		head, rest, _ := strings.Cut(css, "{")
		body, after, _ := strings.Cut(rest, "}")
		css = after
		set := declarations(body)
		for s := range strings.SplitSeq(head, ",") {
			if s = strings.TrimSpace(s); len(set) > 0 && identifier.MatchString(strings.TrimLeft(s, ".#")) {
				*r = append(*r, rule{s, set})
			}
		}
	}
}

// apply writes the rules into the attributes: names of elements first, then
// classes, then ids, then the element's own style.
func (r rules) apply(n *node) {
	if n.attrs != nil {
		classes := strings.Fields(n.attrs["class"])
		for _, kind := range []string{"", ".", "#"} {
			for _, one := range r {
				name := strings.TrimLeft(one.selector, ".#")
				if one.selector[:len(one.selector)-len(name)] != kind {
					continue
				}
				if kind == "" && name == n.name || kind == "." && slices.Contains(classes, name) || kind == "#" && name == n.attrs["id"] {
					for k, v := range one.set {
						n.attrs[k] = v
					}
				}
			}
		}
		for k, v := range declarations(n.attrs["style"]) {
			n.attrs[k] = v
		}
		delete(n.attrs, "style")
		delete(n.attrs, "class")
	}
	for _, k := range n.kids {
		r.apply(k)
	}
}
