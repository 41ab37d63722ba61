package schema

import (
	"hash/maphash"
	"slices"
	"strings"
)

// checkDuplicates refuses an element that stands twice in an array. A signature
// over RDF covers a set of statements, so that anybody could have added the
// second one; a reader who counts would be deceived. Objects without an id are
// different nodes each, the signature counts them, and they may be equal.
func checkDuplicates(v Value) []*Fault {
	d := duplicates{seed: maphash.MakeSeed()}
	d.look(v, nil)
	return d.faults
}

// duplicates walks a tree once, from the leaves up, so that no depth makes it
// look at a value again: equal values have equal sums, and whatever has equal
// sums is compared.
type duplicates struct {
	seed   maphash.Seed
	faults []*Fault
}

// look returns the sum of v, which the order of members does not change.
func (d *duplicates) look(v Value, p *place) (sum uint64) {
	switch v.Kind {
	case Array:
		seen := make(map[uint64]int, len(v.Items))
		for i, item := range v.Items {
			one := d.look(item, p.at(i))
			sum = maphash.Comparable(d.seed, [2]uint64{sum, one})
			if before, again := seen[one]; !again {
				seen[one] = i
			} else if len(d.faults) < maxFaults && isNamed(item) && sameKey(item) == sameKey(v.Items[before]) {
				d.faults = append(d.faults, Found("schema.duplicate-item", p.at(i).pointer(), map[string]any{"found": show(item)}))
			}
		}
	case Object:
		for _, m := range v.Members {
			sum += maphash.Comparable(d.seed, [2]uint64{maphash.String(d.seed, m.Name), d.look(m.Value, p.in(m.Name))})
		}
	default:
		sum = maphash.String(d.seed, v.Text)
		if v.True {
			sum++
		}
	}
	return maphash.Comparable(d.seed, [2]uint64{uint64(v.Kind), sum})
}

// isNamed says whether saying v twice says no more than once: a scalar, a value
// object, a list of such, an object with an id.
func isNamed(v Value) bool {
	switch v.Kind {
	case Object:
		_, id := v.Get("id")
		_, value := v.Get("@value")
		return id || value
	case Array:
		return !slices.ContainsFunc(v.Items, func(item Value) bool { return !isNamed(item) })
	}
	return true
}

// sameKey is equal for values that differ only in the order of members.
func sameKey(v Value) string {
	switch v.Kind {
	case Array:
		keys := make([]string, len(v.Items))
		for i, item := range v.Items {
			keys[i] = sameKey(item)
		}
		return "[" + strings.Join(keys, ",") + "]"
	case Object:
		keys := make([]string, len(v.Members))
		for i, m := range v.Members {
			keys[i] = string(Marshal(StringValue(m.Name))) + ":" + sameKey(m.Value)
		}
		slices.Sort(keys)
		return "{" + strings.Join(keys, ",") + "}"
	}
	return string(Marshal(v))
}
