package issuer

import (
	"encoding/hex"
	"maps"
	"net/mail"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"merkki/schema"
)

// A Look is how an institution appears: on its pages, on badges, on paper. Its
// pictures lie beside it ([Service.Picture]). Whether a colour can be read and
// whether a picture is harmless is judged before it comes here, by package
// publish, which also draws with it.
type Look struct {
	// Colour is "#1d4d4f", for light grounds, and Dark the one for dark grounds;
	// both are "" where the service's own are used.
	Colour string `json:"colour,omitempty"`
	Dark   string `json:"dark,omitempty"`
	Logo   string `json:"logo,omitempty"` // name of a picture; "" for none
	// Texts are what the institution says of itself, Markdown by language.
	Texts map[string]string `json:"texts,omitempty"`
	// Contact is an address for questions: of mail, or of a page (https).
	Contact string `json:"contact,omitempty"`
	// Landscape lays certificates across.
	Landscape bool `json:"landscape,omitempty"`
	// Second is the language of one more line on certificates, "" for none.
	Second string `json:"second,omitempty"`
	// Signatures stand on certificates.
	Signatures []Signature `json:"signatures,omitempty"`
}

// A Signature is who signs on paper. It proves nothing, with or without a
// picture of somebody's hand; the name is what a reader can ask about.
type Signature struct {
	Name  string `json:"name"`
	Title string `json:"title,omitempty"`
	Image string `json:"image,omitempty"` // name of a picture; "" for none
}

// A LookEdit changes a look; what is nil stays as it is, and what is empty is
// taken away.
type LookEdit struct {
	Colour, Dark, Contact, Second *string
	Logo                          *[]byte // a picture as package publish made it
	Landscape                     *bool
	Texts                         map[string]string // of the languages named; "" takes one away
	Signatures                    *[]SignatureEdit
}

// A SignatureEdit is a signature with its picture, nil for none.
type SignatureEdit struct {
	Name, Title string
	Image       []byte
}

// Bounds on a look.
const (
	maxLookText   = 4000 // characters of a text in one language
	maxSignatures = 3    // that a certificate has room for
	maxSignatory  = 100  // characters of a name or a title
)

// edited returns the look with an edit, and the pictures that it brings.
func (l Look) edited(e LookEdit) (Look, [][]byte, error) {
	var pictures [][]byte
	set := func(to *string, from *string) {
		if from != nil {
			*to = *from
		}
	}
	set(&l.Colour, e.Colour)
	set(&l.Dark, e.Dark)
	set(&l.Contact, e.Contact)
	set(&l.Second, e.Second)
	keep := func(b []byte) string {
		if len(b) == 0 {
			return ""
		}
		pictures = append(pictures, b)
		return pictureName(b)
	}
	if e.Logo != nil {
		l.Logo = keep(*e.Logo)
	}
	if e.Landscape != nil {
		l.Landscape = *e.Landscape
	}
	l.Texts = maps.Clone(l.Texts)
	for lang, text := range e.Texts {
		if l.Texts == nil {
			l.Texts = map[string]string{}
		}
		if l.Texts[lang] = text; text == "" {
			delete(l.Texts, lang)
		}
	}
	if len(l.Texts) == 0 {
		l.Texts = nil
	}
	if e.Signatures != nil {
		l.Signatures = nil
		for _, s := range *e.Signatures {
			l.Signatures = append(l.Signatures, Signature{s.Name, s.Title, keep(s.Image)})
		}
	}
	return l, pictures, l.check()
}

// check judges the words of a look.
func (l Look) check() error {
	for at, c := range map[string]string{"/colour": l.Colour, "/dark": l.Dark} {
		if b, err := hex.DecodeString(strings.TrimPrefix(c, "#")); c != "" && (err != nil || len(b) != 3 || c[0] != '#') {
			return malformed(at, "#1d4d4f")
		}
	}
	if err := checkLanguage("/secondLanguage", l.Second); err != nil {
		return err
	}
	for _, lang := range slices.Sorted(maps.Keys(l.Texts)) {
		at := "/text/" + lang
		if !slices.Contains(Languages(), lang) {
			return malformed("/text", strings.Join(Languages(), ", "))
		}
		if err := plain(at, l.Texts[lang], maxLookText); err != nil {
			return err
		}
	}
	if l.Contact != "" && !contactable(l.Contact) {
		return malformed("/contact", "studies@example.fi, https://example.fi/studies")
	}
	if len(l.Signatures) > maxSignatures {
		return schema.Refusal(schema.CodeRangeError, "/signatures", map[string]any{"member": "signatures", "max": maxSignatures, "found": len(l.Signatures)})
	}
	for n, s := range l.Signatures {
		at := "/signatures/" + strconv.Itoa(n)
		if strings.TrimSpace(s.Name) == "" {
			return schema.Found("schema.shape", at, map[string]any{"member": "name", "rule": "required"})
		}
		if err := plain(at+"/name", s.Name, maxSignatory); err != nil {
			return err
		}
		if err := plain(at+"/title", s.Title, maxSignatory); err != nil {
			return err
		}
	}
	return nil
}

// plain takes text of a length that holds nothing that could not be issued.
func plain(at, s string, most int) error {
	if n := utf8.RuneCountInString(s); n > most {
		return schema.Refusal(schema.CodeRangeError, at, map[string]any{"max": most, "found": n})
	}
	faults := schema.CheckIssuable(schema.ObjectValue(schema.Member{Name: "text", Value: schema.StringValue(s)}))
	for _, f := range faults {
		f.Pointer = at
	}
	return refuse(faults)
}

// contactable takes one plain address of mail, or of a page.
func contactable(s string) bool {
	if len(s) > 254 {
		return false
	}
	if u, err := url.Parse(s); err == nil && u.Scheme == "https" && u.Host != "" && u.User == nil {
		return true
	}
	a, err := mail.ParseAddress(s)
	return err == nil && a.Address == s
}

// profile puts the logo into the profile that stands in credentials.
func (i Institution) profile(base string) schema.Value {
	if i.Look.Logo == "" {
		return i.Profile.Without("image")
	}
	return i.Profile.With("image", imageAt(base+"/i/"+i.ID+"/logo", ""))
}
