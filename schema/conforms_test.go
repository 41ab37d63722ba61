package schema_test

import (
	"math/rand/v2"
	"os"
	"testing"

	"merkki/schema"
)

// The rules accept what the validator accepts and nothing else, for every class
// and over generated and disturbed documents of all of them. What they may leave
// to it are endorsements, whose class depends on what they stand in.
func TestRulesDecideLikeTheValidator(t *testing.T) {
	documents := 60 // of each comparison
	if os.Getenv("MERKKI_LONG") == "1" {
		documents = 5_000
	}
	tally := map[string]int{}
	for _, c := range comparisons {
		for seed := range documents {
			rnd := rand.New(rand.NewPCG(uint64(seed), 11))
			v := c.make(rnd)
			for range rnd.IntN(3) {
				v = disturb(rnd, v)
			}
			for _, at := range schema.Classes {
				quick, full := schema.Conforms(at, v), schema.Validates(at, v)
				switch {
				case quick && !full:
					t.Errorf("%s: the rules accept and the validator refuses\n%s", at, schema.Marshal(v))
				case full && !quick && !schema.Opaque(at):
					t.Errorf("%s: the rules leave to the validator what it accepts\n%s", at, schema.Marshal(v))
				case full && !quick:
					tally["left to the validator"]++
				case full:
					tally["accepted"]++
				default:
					tally["refused"]++
				}
			}
		}
	}
	if tally["accepted"] < documents/2 || tally["refused"] < documents || tally["left to the validator"] > tally["accepted"] {
		t.Errorf("the comparison says too little: %v", tally)
	}
	t.Logf("%v", tally)
}
