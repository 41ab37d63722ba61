package schema

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
)

// inOrder sorts faults by the table of findings and then by the document, takes
// out those that say what another has said, and keeps the first of very many.
func inOrder(root Value, faults []*Fault) []*Fault {
	if len(faults) < 2 {
		return faults
	}
	order := make([]ordered, len(faults))
	for i, f := range faults {
		order[i] = ordered{f, Rank(f.Finding), positions(root, f.Pointer)}
	}
	slices.SortStableFunc(order, func(a, b ordered) int {
		return cmp.Or(
			cmp.Compare(a.rank, b.rank),
			slices.Compare(a.positions, b.positions),
			cmp.Compare(argument(a.fault, "member"), argument(b.fault, "member")),
			cmp.Compare(argument(a.fault, "expected"), argument(b.fault, "expected")))
	})
	order = slices.CompactFunc(order, func(a, b ordered) bool {
		return a.fault.Finding == b.fault.Finding && a.fault.Pointer == b.fault.Pointer &&
			argument(a.fault, "member") == argument(b.fault, "member") && argument(a.fault, "expected") == argument(b.fault, "expected")
	})
	sorted := make([]*Fault, 0, min(len(order), maxFaults))
	for _, o := range order[:cap(sorted)] {
		sorted = append(sorted, o.fault)
	}
	return sorted
}

type ordered struct {
	fault     *Fault
	rank      int
	positions []int
}

func argument(f *Fault, name string) string {
	s, _ := f.Args[name].(string)
	return s
}

// positions says where a pointer leads: for each step, how many siblings come
// before.
func positions(v Value, pointer string) (at []int) {
	for name := range strings.SplitSeq(strings.TrimPrefix(pointer, "/"), "/") {
		i := -1
		if v.Kind == Array {
			if i, _ = strconv.Atoi(name); i < len(v.Items) {
				v = v.Items[max(i, 0)]
			}
		} else {
			name = unescapePointer(name)
			if i = slices.IndexFunc(v.Members, func(m Member) bool { return m.Name == name }); i >= 0 {
				v = v.Members[i].Value
			}
		}
		at = append(at, i)
	}
	return at
}
