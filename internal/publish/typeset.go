package publish

import (
	"strings"

	"golang.org/x/text/unicode/norm"

	"merkki/internal/publish/fonts"
)

// oneLine prepares a text for being set: composed letters, which the fonts have,
// and single spaces.
func oneLine(s string) string {
	return norm.NFC.String(strings.Join(strings.Fields(clipRunes(Visible(s), maxSet)), " "))
}

// maxSet is how many characters of one text are looked at for paper: far more
// than a page has room for.
const maxSet = 2000

// set breaks a text into at most n lines of a width; what does not fit is cut
// off with an ellipsis.
func set(f *fonts.Font, size, width float64, n int, s string) []string {
	lines, whole := breakLines(f, size, width, n, oneLine(s))
	if whole || n == 0 {
		return lines
	}
	last := []rune(lines[n-1])
	for len(last) > 0 && f.Width(string(last)+"…", size) > width {
		last = last[:len(last)-1]
	}
	lines[n-1] = strings.TrimRight(string(last), " ,;:–-") + "…"
	return lines
}

// fit chooses the largest of the sizes at which a text stands whole in n lines;
// at the last one it is cut.
func fit(f *fonts.Font, sizes []float64, width float64, n int, s string) (float64, []string) {
	text := oneLine(s)
	for _, size := range sizes {
		if lines, whole := breakLines(f, size, width, n, text); whole && unbroken(text, lines) {
			return size, balanced(f, size, width, text, lines)
		}
	}
	size := sizes[len(sizes)-1]
	return size, set(f, size, width, n, s)
}

// balanced breaks a text that stands in a width again, in the narrowest width
// that takes no more lines, so that no word is left alone in the last one.
func balanced(f *fonts.Font, size, width float64, text string, lines []string) []string {
	for narrow := 0.96; narrow > 0.5; narrow -= 0.04 {
		closer, whole := breakLines(f, size, width*narrow, len(lines), text)
		if !whole || !unbroken(text, closer) {
			break
		}
		lines = closer
	}
	return lines
}

// unbroken reports whether no word was broken.
func unbroken(text string, lines []string) bool { return strings.Join(lines, " ") == text }

// breakLines breaks between words, and inside one that is longer than a line. It
// stops at n lines; whole says that nothing is left.
func breakLines(f *fonts.Font, size, width float64, n int, s string) (lines []string, whole bool) {
	words := strings.Fields(s)
	for len(words) > 0 {
		if len(lines) == n {
			return lines, false
		}
		line := words[0]
		words = words[1:]
		if f.Width(line, size) > width {
			head, rest := split(f, size, width, line)
			line, words = head, append([]string{rest}, words...)
		} else {
			for len(words) > 0 && f.Width(line+" "+words[0], size) <= width {
				line += " " + words[0]
				words = words[1:]
			}
		}
		lines = append(lines, line)
	}
	return lines, true
}

// split cuts a word where the line ends, after at least one letter.
func split(f *fonts.Font, size, width float64, word string) (head, rest string) {
	letters := []rune(word)
	n := 1
	for n < len(letters)-1 && f.Width(string(letters[:n+1]), size) <= width {
		n++
	}
	return string(letters[:n]), string(letters[n:])
}
