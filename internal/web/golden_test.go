package web_test

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"merkki/internal/i18n"
)

var rewrite = flag.Bool("update", false, "rewrite the golden files")

// TestWhatPeopleRead holds the words of a credential in every state, in each
// language, as golden files: what a reader of the page, of the card and of a
// result sees, before anything is unfolded for experts.
func TestWhatPeopleRead(t *testing.T) {
	g := newGallery(t, false)
	all := append([]state{
		{Name: "valid", Path: "/c/" + g.valid.ID}, {Name: "expired", Path: "/c/" + g.expired.ID},
		{Name: "revoked", Path: "/c/" + g.revoked.ID}, {Name: "suspended", Path: "/c/" + g.suspended.ID},
	}, credentialStates(t, g)...)
	tests := newGallery(t, true)
	for _, lang := range i18n.Languages {
		var b strings.Builder
		for _, s := range all {
			b.WriteString("== " + s.Name + "\n" + read(t, g.visit(t, s, lang)) + "\n")
		}
		b.WriteString("== test\n" + read(t, tests.visit(t, state{Path: "/c/" + tests.valid.ID}, lang)))
		path := filepath.Join("testdata", "golden", "credential."+lang+".txt")
		if *rewrite {
			must(t, os.WriteFile(path, []byte(b.String()), 0o644))
		}
		want, err := os.ReadFile(path)
		must(t, err)
		if got := b.String(); got != string(want) {
			t.Errorf("%s: what people read has changed (go test ./internal/web -run WhatPeopleRead -update rewrites it):\n%s", path, difference(string(want), got))
		}
	}
}

// difference is the first line in which two texts differ, with the one before.
func difference(want, got string) string {
	w, g := strings.Split(want, "\n"), strings.Split(got, "\n")
	for i := range max(len(w), len(g)) {
		a, b := lineAt(w, i), lineAt(g, i)
		if a != b {
			return lineAt(w, i-1) + "\n- " + a + "\n+ " + b
		}
	}
	return ""
}

func lineAt(all []string, i int) string {
	if i < 0 || i >= len(all) {
		return "(nothing)"
	}
	return all[i]
}

// read writes the article of a page, or the card, as lines of text: one for each
// block, without what is folded for experts, forms, and what changes from one
// run to the next.
func read(t *testing.T, page string) string {
	t.Helper()
	var b strings.Builder
	for n := range parsePage(t, page).Descendants() {
		if band := n.DataAtom == atom.P && attribute(n, "class") == "testband"; band || n.DataAtom == atom.Main {
			say(&b, n)
		}
	}
	var lines []string
	for _, l := range strings.Split(b.String(), "\n") {
		if l = strings.Join(strings.Fields(l), " "); l != "" {
			lines = append(lines, l)
		}
	}
	return strings.Join(lines, "\n") + "\n"
}

// blocks begin and end a line.
var blocks = map[atom.Atom]bool{atom.P: true, atom.H1: true, atom.H2: true, atom.H3: true, atom.Li: true, atom.Dt: true, atom.Summary: true, atom.Br: true, atom.Blockquote: true}

func say(b *strings.Builder, n *html.Node) {
	class := attribute(n, "class")
	switch {
	case n.Type == html.TextNode:
		b.WriteString(strings.ReplaceAll(n.Data, "\n", " "))
		return
	case n.DataAtom == atom.Form, class == "expert", class == "url", class == "groups", class == "checks", class == "receipt":
		return
	case n.DataAtom == atom.Dd:
		b.WriteString(": ")
	case blocks[n.DataAtom]:
		b.WriteString("\n")
	}
	for c := range n.ChildNodes() {
		say(b, c)
	}
	if blocks[n.DataAtom] && n.DataAtom != atom.Dt {
		b.WriteString("\n")
	}
}
