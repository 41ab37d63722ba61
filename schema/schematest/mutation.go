package schematest

import (
	"iter"
	"slices"
	"strconv"
	"strings"
	"time"

	"merkki/schema"
)

// Mutations yields every document that differs from v in one changed leaf, one
// removed member or array element, or one member added to an object: first
// "unforeseen", which no context defines, then "description" where there is
// none, which every context does. The text says what was done and where, for
// example "removed /issuer/name". Changed times, numbers and addresses stay
// well formed, so that the change is not caught by its form alone.
func Mutations(v schema.Value) iter.Seq2[string, schema.Value] {
	return func(yield func(string, schema.Value) bool) {
		m := mutator{yield: yield}
		m.mutate("", v, func(changed schema.Value) schema.Value { return changed })
	}
}

type mutator struct {
	yield func(string, schema.Value) bool
	done  bool
}

// mutate goes through v, which stands at the pointer; whole puts a changed v
// back into its document.
func (m *mutator) mutate(pointer string, v schema.Value, whole func(schema.Value) schema.Value) {
	say := func(what, pointer string, changed schema.Value) {
		m.done = m.done || !m.yield(what+" "+pointer, whole(changed))
	}
	switch v.Kind {
	case schema.Object:
		for _, member := range v.Members {
			if m.done {
				return
			}
			at := schema.PointerTo(pointer, member.Name)
			say("removed", at, v.Without(member.Name))
			m.mutate(at, member.Value, func(c schema.Value) schema.Value { return whole(v.With(member.Name, c)) })
		}
		for _, name := range []string{"unforeseen", "description"} {
			if _, there := v.Get(name); !there && !m.done {
				say("added", schema.PointerTo(pointer, name), v.With(name, schema.StringValue("x")))
			}
		}
	case schema.Array:
		for i, item := range v.Items {
			if m.done {
				return
			}
			at := schema.PointerTo(pointer, strconv.Itoa(i))
			say("removed", at, schema.ArrayValue(slices.Delete(slices.Clone(v.Items), i, i+1)...))
			m.mutate(at, item, func(c schema.Value) schema.Value {
				items := slices.Clone(v.Items)
				items[i] = c
				return whole(schema.ArrayValue(items...))
			})
		}
	default:
		if !m.done {
			say("changed", pointer, changeLeaf(v))
		}
	}
}

func changeLeaf(v schema.Value) schema.Value {
	switch v.Kind {
	case schema.Bool:
		return schema.BoolValue(!v.True)
	case schema.Number:
		return schema.NumberValue(changeNumber(v.Text))
	case schema.String:
		return schema.StringValue(changeString(v.Text))
	}
	return schema.StringValue("x")
}

// changeNumber makes 12.25 into 112.25 and -1 into -11, both far from rounding.
func changeNumber(literal string) string {
	if rest, negative := strings.CutPrefix(literal, "-"); negative {
		return "-" + changeNumber(rest)
	}
	return "1" + strings.TrimPrefix(literal, "0")
}

func changeString(s string) string {
	if t, err := schema.ParseTime(s); err == nil {
		return schema.FormatTime(t.Add(time.Second))
	}
	if n, err := strconv.ParseUint(s, 10, 32); err == nil && s[0] != '0' {
		return strconv.FormatUint(n+1, 10)
	}
	return s + "x"
}
