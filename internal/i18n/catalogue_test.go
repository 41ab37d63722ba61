package i18n_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"sort"
	"strings"
	"testing"

	"merkki/internal/i18n"
	"merkki/schema"
	mc "merkki/schema/microcredential"
	"merkki/schema/microcredential/finland"
	"merkki/schema/microcredential/rules"
	"merkki/verifier"
)

func catalogue(t *testing.T, lang string) map[string]string {
	t.Helper()
	b, err := os.ReadFile(lang + ".json")
	if err != nil {
		t.Fatal(err)
	}
	m := map[string]string{}
	if err := json.Unmarshal(b, &m); err != nil {
		t.Fatal(err)
	}
	return m
}

var placeholder = regexp.MustCompile(`\{[^}]*\}`)

// TestLanguagesAgree fails on a key that one language lacks and on placeholders
// that differ.
func TestLanguagesAgree(t *testing.T) {
	en := catalogue(t, "en")
	for _, lang := range i18n.Languages {
		m := catalogue(t, lang)
		for k := range m {
			if _, ok := en[k]; !ok {
				t.Errorf("%s: %q is not in English", lang, k)
			}
		}
		for k, text := range en {
			other, ok := m[k]
			if !ok {
				t.Errorf("%s lacks %q", lang, k)
				continue
			}
			if a, b := holes(text), holes(other); !slices.Equal(a, b) {
				t.Errorf("%s: %q has %v, English has %v", lang, k, b, a)
			}
			if strings.Count(other, "[") != strings.Count(other, "]") {
				t.Errorf("%s: %q has an open bracket", lang, k)
			}
			if (text == "") != (other == "") {
				t.Errorf("%s: %q is empty in one language only", lang, k)
			}
		}
	}
}

func holes(text string) []string {
	h := placeholder.FindAllString(text, -1)
	sort.Strings(h)
	return slices.Compact(h)
}

// needed returns every key that the program can ask for: those of the tables of
// checks, findings and codes, those in templates and code.
func needed(t *testing.T) map[string]bool {
	t.Helper()
	need := map[string]bool{}
	for _, v := range []verifier.Verdict{verifier.Valid, verifier.Invalid, verifier.Indeterminate} {
		need["verdict."+string(v)] = true
	}
	for o := schema.NotRun; o <= schema.NotApplicable; o++ {
		need["outcome."+o.String()] = true
	}
	for _, c := range verifier.Checks() {
		need["check."+c.Name] = true
	}
	for _, f := range verifier.Findings() {
		need["finding."+f.Finding] = true
		if f.Check != "" {
			need["check."+f.Check] = true
		}
	}
	for _, c := range schema.Codes() {
		need["code."+string(c)], need["meaning."+string(c)] = true, true
	}
	for _, kind := range schema.ForeignKinds() {
		need["format."+kind] = true
	}
	for _, w := range mc.Wants() {
		need["want."+w] = true
	}
	for _, e := range rules.Elements {
		need["element."+e] = true
	}
	for _, s := range []string{rules.Error, rules.Warning, rules.Info} {
		need["severity."+s] = true
	}
	for _, k := range []string{finland.IdentityCode, finland.LearnerNumber, finland.StudentIDNumber} {
		need["identifier."+k] = true
	}
	said := regexp.MustCompile(`\.[tT](?:ext)?(?: |\()"([a-z][a-z0-9.-]*)"`)
	for _, glob := range []string{"*.go", "../web/*.go", "../web/templates/*.html", "../../cmd/merkki/*.go", "../publish/*.go", "../mail/*.go"} {
		files, _ := filepath.Glob(glob)
		for _, f := range files {
			b, err := os.ReadFile(f)
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range said.FindAllStringSubmatch(string(b), -1) {
				if !strings.HasSuffix(m[1], ".") { // the beginning of a key of a family
					need[m[1]] = true
				}
			}
		}
	}
	for _, m := range problems(t) {
		need["row."+m] = true
	}
	return need
}

// problems returns the names under which readers of files say what is wrong.
func problems(t *testing.T) (names []string) {
	t.Helper()
	said := regexp.MustCompile(`(?:broken\("|[ \t]wrong\("|\bargs\("|rowFault\([a-zA-Z.]+, "|r\.wrong\([^,]+, ")([a-z-]+)"`)
	for _, glob := range []string{"../roster/*.go", "../../issuer/batch*.go"} {
		files, _ := filepath.Glob(glob)
		for _, f := range files {
			b, err := os.ReadFile(f)
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range said.FindAllStringSubmatch(string(b), -1) {
				names = append(names, m[1])
			}
		}
	}
	if len(names) < 20 {
		t.Fatalf("only %q were found: this test looks in the wrong place", names)
	}
	return names
}

// families are keys that are put together at run time; TestHeadlines and the
// tables above say which members there have to be.
var families = regexp.MustCompile(`^(format|headline|next|refusal|kind|language|result-status|question|share\.part|situation)\.`)

func TestEveryKeyHasATextAndAUse(t *testing.T) {
	need := needed(t)
	for k := range need {
		if !i18n.New("en").Has(k) {
			t.Errorf("no text for %q", k)
		}
	}
	for _, k := range i18n.Keys() {
		if !need[strings.TrimSuffix(k, ".one")] && !families.MatchString(k) && !isWeighed(k) {
			t.Errorf("nothing uses %q", k)
		}
	}
}

// isWeighed reports whether a key has the words of a finding for an outcome that
// is not the usual one of it.
func isWeighed(k string) bool {
	for _, f := range schema.Findings() {
		o, ok := strings.CutPrefix(k, "finding."+f.Finding+".")
		if ok && o != f.Outcome.String() && slices.Contains([]string{"fail", "unknown", "warn"}, o) {
			return true
		}
	}
	return false
}

// TestRefusalsNameCodes: a text for a refusal belongs to a code that exists.
func TestRefusalsNameCodes(t *testing.T) {
	codes := map[string]bool{}
	for _, c := range schema.Codes() {
		codes[string(c)] = true
	}
	for _, k := range i18n.Keys() {
		c, ok := strings.CutPrefix(k, "refusal.")
		if c, _, _ = strings.Cut(c, "."); ok && !codes[c] { // a reason may follow
			t.Errorf("%q is no code", c)
		}
	}
}

// TestOptionalParts: a part with a missing argument is left out, and braces in an
// argument are never read as a placeholder.
func TestOptionalParts(t *testing.T) {
	p := i18n.New("en")
	for _, c := range []struct {
		args map[string]any
		want string
	}{
		{nil, "No vocabulary it uses defines this word, so the signature does not cover it."},
		{map[string]any{"term": "ects"}, "No vocabulary it uses defines this word, so the signature does not cover it: ects."},
		{map[string]any{"term": "{term}]["}, "No vocabulary it uses defines this word, so the signature does not cover it: {term}][."},
	} {
		if got := p.Finding("terms.undefined", c.args); got != c.want {
			t.Errorf("%v: %q, want %q", c.args, got, c.want)
		}
	}
}

func TestMatch(t *testing.T) {
	for accept, want := range map[string]string{
		"":                             "fi",
		"sv":                           "sv",
		"sv-FI,fi;q=0.8":               "sv",
		"en-GB,en;q=0.9":               "en",
		"de, fr;q=0.5":                 "fi",
		"de, en;q=0.5":                 "en",
		"*":                            "fi",
		"\x00;;;":                      "fi",
		strings.Repeat("en,", 100_000): "fi",
	} {
		if got := i18n.Match(accept, "fi"); got != want {
			t.Errorf("Accept-Language %.20q: %s, want %s", accept, got, want)
		}
	}
}
