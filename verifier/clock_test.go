package verifier_test

import "time"

// fixed is a clock that stands still.
func fixed(s string) func() time.Time {
	t := at(s)
	return func() time.Time { return t }
}
