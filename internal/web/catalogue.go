package web

import (
	"bytes"
	"context"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
	"unicode"

	"golang.org/x/text/collate"
	"golang.org/x/text/language"
	"golang.org/x/text/unicode/norm"

	"merkki/internal/i18n"
	"merkki/internal/publish"
	"merkki/issuer"
	"merkki/schema"
)

// An offer is an achievement in the catalogue: what the list shows of its newest
// version, and what it is found by.
type offer struct {
	ID, URL                     string
	Name, Description, Language string
	Added                       time.Time
	Issuer                      string // ID of the institution
	Type, Field, Code           string
	Tags                        []string
	Credits                     string // decimal literal, "" where none are given
	credits                     float64
	title, text                 string            // folded, for the search
	order                       map[string][]byte // where the name stands in the alphabet of each language
}

// A catalogue remembers what was read of achievements. A version of an
// achievement never changes, so nothing here goes stale.
type catalogue struct {
	mu      sync.Mutex
	offers  map[string]*offer            // by address; guarded by mu
	letters map[string]*collate.Collator // by language; guarded by mu
}

func newCatalogue() *catalogue {
	c := &catalogue{offers: map[string]*offer{}, letters: map[string]*collate.Collator{}}
	for _, lang := range i18n.Languages {
		// In Finnish and Swedish å, ä and ö are letters of their own, after z.
		c.letters[lang] = collate.New(language.MustParse(lang), collate.Numeric)
	}
	return c
}

// newest reads the newest version of each achievement.
func (c *catalogue) newest(ctx context.Context, svc *issuer.Service) ([]*offer, error) {
	all, err := svc.Achievements(ctx)
	if err != nil {
		return nil, err
	}
	last := map[string]issuer.Achievement{}
	for _, a := range all {
		if a.Version > last[a.ID].Version {
			last[a.ID] = a
		}
	}
	out := make([]*offer, 0, len(last))
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, a := range all {
		if last[a.ID].Version != a.Version {
			continue
		}
		e, ok := c.offers[a.URL]
		if !ok {
			e = c.read(a)
			c.offers[a.URL] = e
		}
		out = append(out, e)
	}
	return out, nil
}

// read makes an offer; mu is held.
func (c *catalogue) read(a issuer.Achievement) *offer {
	d := schema.AchievementOf(a.Definition)
	e := &offer{
		ID: a.ID, URL: a.URL, Added: a.Added, Name: publish.Visible(d.Name), Description: publish.Visible(d.Description),
		Language: languageBase(d.InLanguage), Issuer: a.Issuer, Type: publish.Visible(d.AchievementType),
		Field: publish.Visible(d.FieldOfStudy), Code: publish.Visible(d.HumanCode), Credits: d.CreditsAvailable,
	}
	for _, t := range d.Tag {
		e.Tags = append(e.Tags, publish.Visible(t))
	}
	if n, err := strconv.ParseFloat(e.Credits, 64); err == nil {
		e.credits = n
	} else {
		e.Credits = ""
	}
	e.title = fold(e.Name)
	parts := []string{e.Name, e.Description, e.Field, e.Code, publish.Visible(d.Specialization), strings.Join(e.Tags, "\n")}
	for _, al := range d.Alignment {
		parts = append(parts, publish.Visible(al.TargetName), publish.Visible(al.TargetCode))
	}
	e.text = fold(strings.Join(parts, "\n"))
	e.order = map[string][]byte{}
	for lang, letters := range c.letters {
		var b collate.Buffer
		e.order[lang] = bytes.Clone(letters.KeyFromString(&b, e.Name))
	}
	return e
}

// sort orders offers by name as the language does.
func (c *catalogue) sort(offers []*offer, lang string) {
	slices.SortStableFunc(offers, func(a, b *offer) int { return bytes.Compare(a.order[lang], b.order[lang]) })
}

// languageBase is the first part of a BCP 47 tag: sv of sv-FI.
func languageBase(tag string) string {
	base, _, _ := strings.Cut(strings.ToLower(tag), "-")
	return publish.Visible(base)
}

// apart are letters that fall apart into no base letter and mark.
var apart = strings.NewReplacer("ø", "o", "đ", "d", "ð", "d", "ŋ", "n", "ŧ", "t", "ł", "l", "ı", "i", "æ", "ae", "œ", "oe", "ß", "ss", "þ", "th")

// fold writes a text as it is searched in: small letters without marks, so that
// "aurinko" is found by "AURINKÖ" and "lääkäri" by "laakari".
func fold(s string) string {
	marked := norm.NFKD.String(strings.ToLower(s))
	return apart.Replace(strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Mn, r) {
			return -1
		}
		return r
	}, marked))
}
