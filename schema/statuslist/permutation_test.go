package statuslist_test

import (
	"crypto/sha256"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"merkki/schema/statuslist"
)

func TestPermutationIsABijection(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 300).Draw(t, "n")
		key := sha256.Sum256(rapid.SliceOfN(rapid.Byte(), 8, 8).Draw(t, "key"))
		p, seen := statuslist.NewPermutation(key, n), make([]bool, n)
		for i := range n {
			at := p.Index(i)
			if at < 0 || at >= n || seen[at] {
				t.Fatalf("counter %d of %d leads to %d: beyond the list, or given already", i, n, at)
			}
			seen[at] = true
		}
	})
}

func TestPermutationOfAWholeList(t *testing.T) {
	p, seen := statuslist.NewPermutation([32]byte{1}, statuslist.MinEntries), make([]bool, statuslist.MinEntries)
	fixed, neighbours, last := 0, 0, -2
	for i := range seen {
		at := p.Index(i)
		if seen[at] {
			t.Fatalf("place %d is given twice", at)
		}
		seen[at] = true
		if at == i {
			fixed++
		}
		if at == last+1 {
			neighbours++
		}
		last = at
	}
	// Of a random permutation one of each is expected, and more than 20 never.
	if fixed > 20 || neighbours > 20 {
		t.Errorf("%d entries stay in place, %d follow their predecessor", fixed, neighbours)
	}
}

// The places are a wire format: they have been given out, and a program that
// gave others would use one twice. These were computed by another program, in
// Python, from the description of Permutation.
func TestPermutationIsFrozen(t *testing.T) {
	key := sha256.Sum256([]byte("merkki"))
	for _, c := range []struct {
		n    int
		want []int
	}{
		{statuslist.MinEntries, []int{103172, 97167, 91368, 129819, 66478, 29857, 44072, 101690}},
		{1000, []int{419, 535, 698, 95, 203, 913, 111, 290}},
		{1, []int{0}},
	} {
		p := statuslist.NewPermutation(key, c.n)
		got := make([]int, len(c.want))
		for i := range got {
			got[i] = p.Index(i)
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("the first places of %d: %v, want %v", c.n, got, c.want)
		}
	}
}

func TestKeysGiveOtherOrders(t *testing.T) {
	order := func(key byte, n int) []int {
		p := statuslist.NewPermutation([32]byte{key}, n)
		places := make([]int, 100)
		for i := range places {
			places[i] = p.Index(i)
		}
		return places
	}
	if slices.Equal(order(1, 1000), order(2, 1000)) {
		t.Error("two keys give one order")
	}
	if slices.Equal(order(1, 1000), order(1, 1001)) {
		t.Error("two sizes give one order")
	}
}

func BenchmarkPermutation(b *testing.B) {
	p := statuslist.NewPermutation([32]byte{1}, statuslist.MinEntries)
	i := 0
	for b.Loop() {
		p.Index(i % statuslist.MinEntries)
		i++
	}
}
