package microcredential

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"sync"
)

//go:embed codelists/*.json
var listFiles embed.FS

// A List is a code list: which values a coded member may have.
type List struct {
	Name     string // short, as in rule packs: "eqf", "modes"
	Title    string // English
	Scheme   string // address of the concept scheme
	Complete bool   // false: there may be codes that the list does not know
	SHA256   string // of the file, in hexadecimal
	Concepts []Concept

	byID       map[string]int
	byNotation map[string]int
}

// A Concept is one value of a list.
type Concept struct {
	ID       string            `json:"id"`       // what stands in credentials
	Notation string            `json:"notation"` // the code inside the list
	Label    map[string]string `json:"label"`    // by language, official ones only; English where there is any
	Broader  string            `json:"broader"`  // ID of the wider field (ISCED-F)
	EQFLevel string            `json:"eqfLevel"` // ID of the EQF level of the same number (FiNQF)
	Alpha2   string            `json:"iso3166alpha2"`
	BCP47    string            `json:"bcp47"`
}

// Named returns the label in a language, else in English, else the notation,
// and the language that it is in ("" for a notation).
func (c Concept) Named(lang string) (label, in string) {
	for _, l := range [...]string{lang, "en", "fi"} {
		if s := c.Label[l]; s != "" {
			return s, l
		}
	}
	return c.Notation, ""
}

// Find returns the concept with this ID.
func (l *List) Find(id string) (Concept, bool) {
	n, ok := l.byID[id]
	if !ok {
		return Concept{}, false
	}
	return l.Concepts[n], true
}

// ByNotation returns the concept with this code.
func (l *List) ByNotation(code string) (Concept, bool) {
	n, ok := l.byNotation[code]
	if !ok {
		return Concept{}, false
	}
	return l.Concepts[n], true
}

// ListNamed returns an embedded list, by its name.
func ListNamed(name string) (*List, bool) {
	l, ok := lists()[name]
	return l, ok
}

// ListNames returns the names of the embedded lists, sorted.
func ListNames() []string {
	var names []string
	for name := range lists() {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// lists reads what is embedded. That it is what was embedded on purpose is part
// of the program: another byte is a mistake of the build.
var lists = sync.OnceValue(func() map[string]*List {
	var index struct {
		Files []struct{ File, SHA256 string }
	}
	read("index.json", &index)
	all := map[string]*List{}
	for _, f := range index.Files {
		l := &List{SHA256: f.SHA256, byID: map[string]int{}, byNotation: map[string]int{}}
		var body struct {
			List, Title, Scheme string
			Complete            bool
			Concepts            []Concept
		}
		if sum := sha256.Sum256(read(f.File, &body)); hex.EncodeToString(sum[:]) != f.SHA256 {
			panic("microcredential: code list " + f.File + " is not the one of the index")
		}
		l.Name, l.Title, l.Scheme, l.Complete, l.Concepts = body.List, body.Title, body.Scheme, body.Complete, body.Concepts
		for n, c := range l.Concepts {
			l.byID[c.ID] = n
			if _, taken := l.byNotation[c.Notation]; !taken {
				l.byNotation[c.Notation] = n
			}
		}
		all[l.Name] = l
	}
	return all
})

func read(file string, into any) []byte {
	b, err := listFiles.ReadFile("codelists/" + file)
	if err == nil {
		err = json.Unmarshal(b, into)
	}
	if err != nil {
		panic(fmt.Sprintf("microcredential: code list %s: %v", file, err))
	}
	return b
}
