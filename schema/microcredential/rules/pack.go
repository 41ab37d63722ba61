package rules

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"sync"
)

//go:embed packs/*.json
var packFiles embed.FS

// A Pack is a set of rules with a name and a version.
type Pack struct {
	ID      string            `json:"id"`      // address; its last part is the short name
	Version string            `json:"version"` // semantic
	Status  string            `json:"status"`  // "draft" or "published"
	Title   map[string]string `json:"title"`   // by language
	Basis   []Basis           `json:"basis"`   // what it rests on
	Extends []string          `json:"extends,omitempty"`
	Rules   []Rule            `json:"rules"`

	SHA256   string   `json:"-"` // of the file, in hexadecimal
	Silenced []string `json:"-"` // rules of others that it switched off
}

// A Basis is a text that a pack takes its rules from.
type Basis struct {
	Name string `json:"name"`
	URL  string `json:"url,omitempty"`
	Date string `json:"date,omitempty"`
}

// Severities of a rule.
const (
	Error   = "error"   // has to be mended before anything is published
	Warning = "warning" // wants a reason
	Info    = "info"    // worth knowing
)

// A Rule says what has to hold. When says where it applies; nil is everywhere.
type Rule struct {
	ID       string            `json:"id"` // pack/name
	Severity string            `json:"severity"`
	Element  string            `json:"element"` // of Annex I and II, one of Elements
	Award    bool              `json:"award,omitempty"`
	When     *Test             `json:"when,omitempty"`
	Assert   *Test             `json:"assert,omitempty"` // nil only where Disabled
	Message  map[string]string `json:"message,omitempty"`
	Remedy   map[string]string `json:"remedy,omitempty"`
	Disabled bool              `json:"disabled,omitempty"` // silences an inherited rule

	pack string // id@version of the pack that states it
}

// Elements are what a rule can be about, in the order of Annex I; the last is
// the principles of Annex II.
var Elements = []string{
	"learner", "title", "country", "body", "date", "outcomes", "workload", "level", "assessment", "participation", "quality",
	"prerequisites", "supervision", "grade", "stackability", "further", "annex2",
}

// Name is the short name of a pack: "eu-2022".
func (p *Pack) Name() string { return p.ID[strings.LastIndex(p.ID, "/")+1:] }

// Label is how reports name a pack: "eu-2022@1.0.0".
func (p *Pack) Label() string { return p.Name() + "@" + p.Version }

// Named returns an embedded pack by its short name, with what it builds on
// merged in.
func Named(name string) (*Pack, bool) {
	p, ok := embedded()[name]
	return p, ok
}

// Names returns the short names of the embedded packs, sorted.
func Names() []string {
	var names []string
	for name := range embedded() {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// embedded reads the packs of the program. That they are sound is a matter of
// the build.
var embedded = sync.OnceValue(func() map[string]*Pack {
	files, err := fs.Glob(packFiles, "packs/*.json")
	if err != nil {
		panic(err)
	}
	all := map[string]*Pack{}
	for len(all) < len(files) { // a pack comes after what it builds on
		before := len(all)
		for _, f := range files {
			b, err := packFiles.ReadFile(f)
			if err != nil {
				panic(err)
			}
			p, err := ParsePack(b, func(name string) (*Pack, bool) { p, ok := all[name]; return p, ok })
			if errors.Is(err, errBase) {
				continue
			}
			if err != nil {
				panic(fmt.Sprintf("rules: %s: %v", f, err))
			}
			all[p.Name()] = p
		}
		if len(all) == before {
			panic("rules: packs that build on each other in a circle, or on none that is there")
		}
	}
	return all
})

// errBase: a pack builds on one that is not known.
var errBase = errors.New("builds on a pack that is not known")

// maxPack bounds what a pack may be: bytes and rules.
const (
	maxPack  = 1 << 20
	maxRules = 500
)

// ParsePack reads a pack and merges in what it builds on, which base looks up
// by short name. Its errors say what is wrong for whoever wrote the pack.
func ParsePack(b []byte, base func(name string) (*Pack, bool)) (*Pack, error) {
	if len(b) > maxPack {
		return nil, fmt.Errorf("a pack has at most %d bytes", maxPack)
	}
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	p := &Pack{}
	if err := d.Decode(p); err != nil {
		return nil, fmt.Errorf("not a pack of rules: %w", err)
	}
	if d.More() {
		return nil, errors.New("something follows the pack")
	}
	sum := sha256.Sum256(b)
	p.SHA256 = hex.EncodeToString(sum[:])
	if err := p.check(); err != nil {
		return nil, err
	}
	for i := range p.Rules {
		p.Rules[i].pack = p.Label()
	}
	for _, ref := range p.Extends {
		name, version, _ := strings.Cut(ref[strings.LastIndex(ref, "/")+1:], "@")
		from, ok := base(name)
		if !ok || version != "" && version != from.Version && !strings.HasPrefix(from.Version, version+".") {
			return nil, fmt.Errorf("%s %w: %s", p.Label(), errBase, ref)
		}
		p.inherit(from)
	}
	for _, r := range p.Rules {
		if r.Disabled {
			return nil, fmt.Errorf("rule %s silences a rule that is not there", r.ID)
		}
	}
	if len(p.Rules) > maxRules {
		return nil, fmt.Errorf("a pack has at most %d rules", maxRules)
	}
	return p, nil
}

// inherit puts the rules of another pack before those of p; a rule of p with the
// same ID stands for it.
func (p *Pack) inherit(from *Pack) {
	var merged []Rule
	own := p.Rules
	for _, r := range from.Rules {
		n := slices.IndexFunc(own, func(o Rule) bool { return o.ID == r.ID })
		switch {
		case n < 0:
			merged = append(merged, r)
			continue
		case own[n].Disabled:
			p.Silenced = append(p.Silenced, r.ID)
		default:
			merged = append(merged, own[n])
		}
		own = slices.Delete(slices.Clone(own), n, n+1)
	}
	p.Rules = append(merged, own...)
}

// check looks at what a pack says of itself.
func (p *Pack) check() error {
	if p.Name() == "" || p.Version == "" {
		return errors.New("a pack has an id and a version")
	}
	seen := map[string]bool{}
	for _, r := range p.Rules {
		if err := r.check(); err != nil {
			return fmt.Errorf("rule %q: %w", r.ID, err)
		}
		if seen[r.ID] {
			return fmt.Errorf("rule %q stands there twice", r.ID)
		}
		seen[r.ID] = true
	}
	return nil
}

func (r Rule) check() error {
	switch {
	case !strings.Contains(r.ID, "/"):
		return errors.New("its id is the name of its pack, a slash and a name")
	case r.Disabled && r.Assert != nil:
		return errors.New("it is silenced and asserts something")
	case r.Disabled:
		return nil
	case r.Severity != Error && r.Severity != Warning && r.Severity != Info:
		return fmt.Errorf("severity %q is none of error, warning, info", r.Severity)
	case !slices.Contains(Elements, r.Element):
		return fmt.Errorf("element %q is none of %s", r.Element, strings.Join(Elements, ", "))
	case r.Assert == nil:
		return errors.New("it asserts nothing")
	case r.Message["en"] == "" || r.Remedy["en"] == "":
		return errors.New("it has no message and remedy in English")
	}
	if r.When != nil {
		if err := r.When.check(0); err != nil {
			return fmt.Errorf("when: %w", err)
		}
	}
	return r.Assert.check(0)
}
