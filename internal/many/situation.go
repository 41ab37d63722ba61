package many

import (
	_ "embed"
	"encoding/json"
	"net/url"
	"slices"
	"strings"

	"merkki/schema"
	"merkki/verifier"
)

// A Situation is something that people really send and that is no credential as
// it stands, or a question whose answer needs words of its own. Its sentence is
// the text "situation.NAME", its next step "situation.NAME.next".
type Situation struct {
	Name     string   `json:"name"`
	Platform string   `json:"platform"` // name of the platform, for the texts
	Hosts    []string `json:"hosts"`    // of its pages; subdomains count
	Findings []string `json:"findings"` // of the check that decided
	Inputs   []string `json:"inputs"`   // kinds of input, where they matter
	Argument string   `json:"argument"` // that the finding must have
	Kinds    []string `json:"kinds"`    // what was recognised ([schema.ForeignKinds])
	Reasons  []string `json:"reasons"`  // why an address could not be had; "*": any other
	Codes    []string `json:"codes"`    // of a refusal
}

//go:embed situations.json
var situationsFile []byte

var situations = func() (all []Situation) {
	if err := json.Unmarshal(situationsFile, &all); err != nil {
		panic("many: situations.json: " + err.Error()) // embedded
	}
	return all
}()

// Situations returns the table, in the order in which it is tried.
func Situations() []Situation { return slices.Clone(situations) }

// OfReport returns the situation that a report is in, by where the input came
// from ("" for a file) and what was found; the zero Situation where the report's own
// words say all there is.
func OfReport(link string, r *verifier.Report) Situation {
	if r.Verdict != verifier.Indeterminate || r.Primary == nil {
		return Situation{}
	}
	c := r.Check(r.Primary.Check)
	kind, _ := c.Args["kind"].(string)
	for _, s := range situations {
		switch {
		case len(s.Hosts) > 0 && c.Name == "input.container" && s.isAt(link),
			slices.Contains(s.Kinds, kind),
			slices.Contains(s.Findings, c.Finding) && s.fits(r.Input.Kind, c.Args):
			return s
		}
	}
	return Situation{}
}

func (s Situation) fits(input string, args map[string]any) bool {
	if s.Argument != "" && args[s.Argument] == nil {
		return false
	}
	return len(s.Inputs) == 0 || slices.Contains(s.Inputs, input)
}

// OfFault returns the situation of an address that gave nothing to verify.
func OfFault(link string, f *schema.Fault) Situation {
	reason, _ := f.Args["reason"].(string)
	for _, s := range situations {
		switch {
		case len(s.Hosts) > 0 && f.Code != schema.CodePolicyRefusedURL && s.isAt(link),
			f.Code == schema.CodeNoCredentialFound && (slices.Contains(s.Reasons, reason) || slices.Contains(s.Reasons, "*")),
			slices.Contains(s.Codes, string(f.Code)):
			return s
		}
	}
	return Situation{}
}

// Named returns the situation of a name, for entries that have one from the start.
func Named(name string) Situation {
	i := slices.IndexFunc(situations, func(s Situation) bool { return s.Name == name })
	if i < 0 {
		return Situation{Name: "failed"}
	}
	return situations[i]
}

// isAt says whether a link leads to a host of the situation.
func (s Situation) isAt(link string) bool {
	u, err := url.Parse(link)
	if err != nil || u.Host == "" {
		return false
	}
	host := strings.ToLower(u.Hostname())
	return slices.ContainsFunc(s.Hosts, func(h string) bool { return host == h || strings.HasSuffix(host, "."+h) })
}
