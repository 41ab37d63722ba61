// Package i18n speaks: it turns codes and arguments into sentences in Finnish,
// Swedish and English. The rest of the program holds no sentences for readers.
//
// A catalogue is one file of this package (fi.json, sv.json, en.json): a flat
// object from message keys to texts. A fourth language is a fourth file. In a
// text, {name} is an argument; a part in square brackets is left out as a whole
// when one of its arguments is missing; a key that ends in ".one" is the
// singular of the key without it, chosen by the argument n. The tests of this
// package fail on a key that one language lacks, on placeholders that differ,
// on a key that nothing uses, and on a check, finding or code without a text.
//
//	p := i18n.New("sv")
//	h := p.Headline(report)       // the verdict sentence
//	line := p.Check(report.Checks[3]) // what one check found
package i18n

import (
	"embed"
	"encoding/json"
	"fmt"
	"strings"

	"golang.org/x/text/language"
)

// Languages are those there is a catalogue for, in the order in which a reader
// is offered them.
var Languages = []string{"fi", "sv", "en"}

//go:embed fi.json sv.json en.json
var files embed.FS

var catalogues = load()

func load() map[string]map[string]string {
	all := map[string]map[string]string{}
	for _, lang := range Languages {
		b, err := files.ReadFile(lang + ".json")
		if err != nil {
			panic(err) // embedded: cannot happen in a binary that was built
		}
		m := map[string]string{}
		if err := json.Unmarshal(b, &m); err != nil {
			panic(fmt.Sprintf("i18n: %s.json: %v", lang, err))
		}
		all[lang] = m
	}
	return all
}

// A Printer writes one language. It is safe for concurrent use.
type Printer struct {
	lang  string
	texts map[string]string
}

// New returns the printer of a language ("fi", "sv", "en"); a language without
// a catalogue gives English.
func New(lang string) *Printer {
	if _, ok := catalogues[lang]; !ok {
		lang = "en"
	}
	return &Printer{lang, catalogues[lang]}
}

// Speaks reports whether there is a catalogue for lang.
func Speaks(lang string) bool { _, ok := catalogues[lang]; return ok }

var matcher = language.NewMatcher([]language.Tag{language.Finnish, language.Swedish, language.English})

// Match chooses a language from the value of an Accept-Language header
// (RFC 9110, section 12.5.4); fallback when none of its languages is ours.
func Match(accept, fallback string) string {
	if len(accept) > 1024 { // a header is hostile input; no reader has so many languages
		return fallback
	}
	tags, _, err := language.ParseAcceptLanguage(accept)
	if err != nil || len(tags) == 0 {
		return fallback
	}
	_, i, sure := matcher.Match(tags...)
	if sure == language.No {
		return fallback
	}
	return Languages[i]
}

// Lang returns the language of the printer.
func (p *Printer) Lang() string { return p.lang }

// Has reports whether a key has a text.
func (p *Printer) Has(key string) bool { _, ok := p.texts[key]; return ok }

// T returns the text of a key with its arguments, given as name, value pairs.
// A key without a text comes back in double angle brackets, so that it is seen.
func (p *Printer) T(key string, pairs ...any) string {
	args := make(map[string]any, len(pairs)/2)
	for i := 0; i+1 < len(pairs); i += 2 {
		args[fmt.Sprint(pairs[i])] = pairs[i+1]
	}
	return p.text(key, args)
}

func (p *Printer) text(key string, args map[string]any) string {
	if one, ok := p.texts[key+".one"]; ok && fmt.Sprint(args["n"]) == "1" {
		return fill(one, args)
	}
	t, ok := p.texts[key]
	if !ok {
		return "⟪" + key + "⟫"
	}
	return fill(t, args)
}

// fill puts arguments into a text. It reads the text once, so that braces in an
// argument are never taken for a placeholder.
func fill(text string, args map[string]any) string {
	var out, part strings.Builder
	to, missing := &out, false
	for text != "" {
		i := strings.IndexAny(text, "{[]")
		if i < 0 {
			to.WriteString(text)
			break
		}
		to.WriteString(text[:i])
		switch c := text[i]; c {
		case '[':
			part.Reset()
			to, missing, text = &part, false, text[i+1:]
		case ']':
			if !missing {
				out.WriteString(part.String())
			}
			to, text = &out, text[i+1:]
		default:
			end := strings.IndexByte(text[i:], '}')
			if end < 0 {
				to.WriteString(text[i:])
				return out.String()
			}
			v, ok := args[text[i+1:i+end]]
			if s := fmt.Sprint(v); ok && s != "" {
				to.WriteString(s)
			} else {
				missing = true
			}
			text = text[i+end+1:]
		}
	}
	return out.String()
}
