// Package examples has micro-credentials that look like life: templates of
// invented institutions in the fields in which Finnish networks build them
// (health care, technology, safety, teacher training, basic skills, languages),
// in Finnish, Swedish and English. The demo shows them, tests judge them, and an
// author may begin with one.
//
// A template is an Achievement as it will stand in credentials, and three members
// beside it that will not: awardedBy (it moves to the subject of the award),
// notApplicable (elements that are left out, each with the reason), and editions
// (what other languages say where the vocabulary has no language map). Names of
// achievements and bodies are placeholders, urn:example:…, that whoever adds a
// template replaces.
package examples

import (
	"embed"
	"path"
	"slices"
	"strings"

	"merkki/schema"
)

//go:embed *.json
var files embed.FS

// Names returns the names of the templates, sorted: "medication-safety", …
func Names() []string {
	entries, err := files.ReadDir(".")
	if err != nil {
		panic(err) // what is embedded can be listed
	}
	var names []string
	for _, e := range entries {
		if name := strings.TrimSuffix(e.Name(), path.Ext(e.Name())); name != "bodies" {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// Template returns a template as it stands in its file: placeholders, and no
// creator.
func Template(name string) (schema.Value, bool) {
	if !slices.Contains(Names(), name) {
		return schema.Value{}, false
	}
	return read(name), true
}

// Bodies returns the institutions, Profiles with their legal names and Finnish
// identifiers, by placeholder.
func Bodies() map[string]schema.Value {
	all := map[string]schema.Value{}
	for _, b := range read("bodies").GetList("bodies") {
		all[b.GetString("id")] = b
	}
	return all
}

func read(name string) schema.Value {
	b, err := files.ReadFile(name + ".json")
	if err != nil {
		panic(err)
	}
	doc, err := schema.Parse(b, schema.Limits{})
	if err != nil {
		panic("examples: " + name + ": " + err.Error()) // tests read every one
	}
	return doc.Root()
}
