package main

import (
	"fmt"

	"merkki/internal/web"
)

// didYouMean suggests the nearest of the known words, by the same measure as the
// API does, or nothing when none is near.
func didYouMean(word string, known []string) string {
	if best := web.Nearest(word, known); best != "" {
		return fmt.Sprintf(", did you mean %q?", best)
	}
	return ""
}
