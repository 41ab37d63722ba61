package microcredential_test

import (
	"strings"
	"testing"

	mc "merkki/schema/microcredential"
)

// TestLists: every list that is embedded can be used, and no code stands on one
// twice.
func TestLists(t *testing.T) {
	names := mc.ListNames()
	if len(names) < 30 {
		t.Fatalf("%d lists are embedded: %v", len(names), names)
	}
	for _, name := range names {
		l, ok := mc.ListNamed(name)
		if !ok || l.Name != name || l.Title == "" || l.Scheme == "" || len(l.SHA256) != 64 || len(l.Concepts) == 0 {
			t.Errorf("list %s: %+v", name, l)
			continue
		}
		seen := map[string]bool{}
		for _, c := range l.Concepts {
			if c.ID == "" || seen[c.ID] {
				t.Errorf("list %s: %q stands there twice, or is empty", name, c.ID)
			}
			seen[c.ID] = true
			if found, ok := l.Find(c.ID); !ok || found.ID != c.ID {
				t.Errorf("list %s: %s is not found", name, c.ID)
			}
			if label, _ := c.Named("sv"); label == "" {
				t.Errorf("list %s: %s has no name", name, c.ID)
			}
		}
	}
	if _, ok := mc.ListNamed("nonsense"); ok {
		t.Error("there is a list called nonsense")
	}
}

func TestConcepts(t *testing.T) {
	eqf, _ := mc.ListNamed("eqf")
	nqf, _ := mc.ListNamed("nqf-finland")
	for _, level := range strings.Split("1 2 3 4 5 6 7 8", " ") {
		c, ok := nqf.ByNotation(level)
		if !ok {
			t.Fatalf("no Finnish level %s", level)
		}
		if e, ok := eqf.Find(c.EQFLevel); !ok || e.Notation != level {
			t.Errorf("Finnish level %s is EQF %q", level, c.EQFLevel)
		}
	}
	field, _ := mc.ListNamed("isced-f-2013")
	c, ok := field.Find("http://data.europa.eu/snb/isced-f/0913")
	if !ok || c.Broader != "http://data.europa.eu/snb/isced-f/091" {
		t.Errorf("nursing is within %q", c.Broader)
	}
	if label, in := c.Named("fi"); in != "en" || label == "" {
		t.Errorf("a field without a Finnish name is called %q in %q: the reader has to see that it is English", label, in)
	}
	if _, ok := field.Find("http://data.europa.eu/snb/isced-f/9914"); ok {
		t.Error("a field that nobody has defined")
	}
}
