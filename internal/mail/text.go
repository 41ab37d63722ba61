package mail

import "strings"

// textWidth is how wide a line of the text part gets.
const textWidth = 72

// text is the text part.
func (c content) text() string {
	var b strings.Builder
	say := func(s string) {
		if s != "" {
			b.WriteString(wrap(s) + "\n\n")
		}
	}
	if c.Test != "" {
		say(c.TestWord + " · " + c.Test)
	}
	say(c.Heading)
	say(c.Greeting)
	say(c.Lead)
	for _, f := range c.Facts {
		b.WriteString(wrap(f.Label+": "+f.Text) + "\n")
	}
	if len(c.Facts) > 0 {
		b.WriteString("\n")
	}
	b.WriteString(c.Button + ":\n" + c.Href + "\n\n")
	say(c.Ends)
	b.WriteString("-- \n") // what follows is the signature (RFC 3676, section 4.3)
	say(c.Sender)
	say(c.Why)
	say(c.Stop)
	say(c.Quiet)
	for _, o := range c.Others {
		b.WriteString(o.Name + ": " + o.Href + "\n")
	}
	return b.String()
}

// wrap breaks a line at spaces. A word that is longer stands on a line of its
// own.
func wrap(s string) string {
	var b strings.Builder
	width := 0
	for _, word := range strings.Fields(s) {
		n := len([]rune(word))
		switch {
		case width == 0:
		case width+1+n > textWidth:
			b.WriteString("\n")
			width = 0
		default:
			b.WriteString(" ")
			width++
		}
		b.WriteString(word)
		width += n
	}
	return b.String()
}
