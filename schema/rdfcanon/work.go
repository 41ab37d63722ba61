package rdfcanon

import (
	"context"
	"fmt"
)

// The bounds before and during canonicalisation. The last two grow with n, the
// number of blank nodes that share their first-degree hash with another.
const (
	maxQuads      = 20_000
	maxBlankNodes = 2_000

	callsBase, callsEach               = 1_000, 4
	permutationsBase, permutationsEach = 10_000, 40
)

// MaxBytes bounds the text of a dataset: a long name that many statements share
// stands in each of them.
const MaxBytes = 16 << 20

// A WorkError says that canonicalising a dataset would take more work than
// allowed. Being refused is a property of the dataset, not of the machine.
type WorkError struct {
	Limit string // "rdf.quads", "rdf.blankNodes", "rdf.bytes", "rdfc.calls", "rdfc.permutations"
	Max   int
}

func (e *WorkError) Error() string {
	return fmt.Sprintf("rdfcanon: more work than allowed: %s above %d", e.Limit, e.Max)
}

// A budget counts calls of Hash N-Degree Quads and permutations over one run.
// Both cost one each for what occurs in practice; a call on a node with very
// many neighbours or long predicates, and a permutation of a very long list,
// cost more, because otherwise few of them could take very long.
type budget struct {
	ctx                       context.Context
	calls, permutations       int
	maxCalls, maxPermutations int
}

func newBudget(ctx context.Context, shared int) *budget {
	return &budget{
		ctx:             ctx,
		maxCalls:        callsBase + callsEach*shared,
		maxPermutations: permutationsBase + permutationsEach*shared,
	}
}

// call counts one call on a node with so many neighbours, whose predicates have
// so many bytes together.
func (b *budget) call(neighbours, bytes int) error {
	b.calls += 1 + neighbours/16 + bytes/4096
	if b.calls > b.maxCalls {
		return &WorkError{"rdfc.calls", b.maxCalls}
	}
	return b.ctx.Err()
}

// permutation counts one permutation of a list, with what has labels already.
func (b *budget) permutation(length int) error {
	b.permutations += 1 + length/8
	if b.permutations > b.maxPermutations {
		return &WorkError{"rdfc.permutations", b.maxPermutations}
	}
	return b.ctx.Err()
}
