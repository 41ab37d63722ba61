package web

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"

	"merkki/internal/i18n"
	"merkki/issuer"
	"merkki/schema"
)

// shelf is a catalogue with offers read from definitions.
func shelf(t testing.TB, definitions ...string) (*catalogue, []*offer) {
	t.Helper()
	c := newCatalogue()
	var all []*offer
	for n, text := range definitions {
		d, err := schema.Parse([]byte(text), schema.Limits{})
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, c.read(issuer.Achievement{ID: fmt.Sprint(n), URL: fmt.Sprintf("https://x.example/a/%d/v1", n), Issuer: "one", Definition: d.Root()}))
	}
	return c, all
}

func called(all []*offer) (names []string) {
	for _, o := range all {
		names = append(names, o.Name)
	}
	return names
}

func named(name string) string { return fmt.Sprintf(`{"name": %q}`, name) }

// TestOrder: å, ä and ö are letters after z in Finnish and Swedish, and letters
// with marks in English; numbers count as numbers.
func TestOrder(t *testing.T) {
	c, all := shelf(t, named("Öljy"), named("Zoologi"), named("Ägg"), named("Åbo"), named("Aalto"), named("Osa 10"), named("Osa 9"))
	for lang, want := range map[string]string{
		"fi": "Aalto Osa 9 Osa 10 Zoologi Åbo Ägg Öljy",
		"sv": "Aalto Osa 9 Osa 10 Zoologi Åbo Ägg Öljy",
		"en": "Aalto Åbo Ägg Öljy Osa 9 Osa 10 Zoologi",
	} {
		c.sort(all, lang)
		if got := strings.Join(called(all), " "); got != want {
			t.Errorf("%s: %s, want %s", lang, got, want)
		}
	}
}

// TestSearch: what is written finds what is meant, and nothing else.
func TestSearch(t *testing.T) {
	_, all := shelf(t,
		`{"name": "Lääkehoidon perusteet", "achievementType": "Course", "creditsAvailable": 5, "inLanguage": "fi", "tag": ["hoitotyö"], "fieldOfStudy": "Hoitotyö"}`,
		`{"name": "Vuođđooahput", "achievementType": "MicroCredential", "creditsAvailable": 2.5, "inLanguage": "se", "humanCode": "SA.1"}`,
		`{"name": "Energi", "description": "Mätdata från nät", "achievementType": "MicroCredential", "creditsAvailable": 15, "inLanguage": "sv-FI", "alignment": [{"targetName": "analysera stora data", "targetCode": "S2.7"}]}`,
		`{"name": "Nothing more"}`)
	issuers := map[string]issuer.Institution{"one": {ID: "one", Name: "Yrkeshögskolan Exempel"}}
	for query, want := range map[string][]string{
		"":                                 {"Lääkehoidon perusteet", "Vuođđooahput", "Energi", "Nothing more"},
		"q=laakehoi":                       {"Lääkehoidon perusteet"},
		"q=LÄÄKE+perus":                    {"Lääkehoidon perusteet"},
		"q=vuoddoo":                        {"Vuođđooahput"},
		"q=sa.1":                           {"Vuođđooahput"},
		"q=S2.7":                           {"Energi"},
		"q=stora+nät":                      {"Energi"},
		"q=hogskolan+energi":               {"Energi"},
		"q=hoitotyo":                       {"Lääkehoidon perusteet"},
		"q=unheard":                        nil,
		"type=MicroCredential":             {"Vuođđooahput", "Energi"},
		"language=sv":                      {"Energi"},
		"credits=5":                        {"Lääkehoidon perusteet", "Vuođđooahput"},
		"credits=5&type=Course":            {"Lääkehoidon perusteet"},
		"credits=5&type=Diploma":           nil,
		"tag=hoitoty%C3%B6":                {"Lääkehoidon perusteet"},
		"issuer=two":                       nil,
		"issuer=one&utm_source=newsletter": {"Lääkehoidon perusteet", "Vuođđooahput", "Energi", "Nothing more"},
		"q=" + strings.Repeat("a+", 5000):  {"Lääkehoidon perusteet", "Vuođđooahput", "Energi", "Nothing more"},
	} {
		q, err := url.ParseQuery(query)
		if err != nil {
			t.Fatal(err)
		}
		if got := called(searchOf(q).find(all, issuers).offers); !slices.Equal(got, want) {
			t.Errorf("%.40s: %v, want %v", query, got, want)
		}
	}
}

// TestChoices: each choice says how many there would be if it were taken.
func TestChoices(t *testing.T) {
	var defs []string
	for n := range 60 {
		defs = append(defs, fmt.Sprintf(`{"name": "A%d", "achievementType": %q, "creditsAvailable": %d, "inLanguage": %q, "tag": ["t%d"]}`,
			n, []string{"Course", "Badge"}[n%2], n%20, i18n.Languages[n%3], n%5))
	}
	_, all := shelf(t, defs...)
	for _, base := range []url.Values{{}, {"type": {"Badge"}}, {"type": {"Badge"}, "credits": {"5"}}, {"q": {"a1"}, "language": {"sv"}}} {
		r := searchOf(base).find(all, nil)
		for _, f := range filters {
			for v, n := range r.choices[f.name] {
				q := url.Values{}
				for k, x := range base {
					q[k] = x
				}
				q.Set(f.name, v)
				if got := len(searchOf(q).find(all, nil).offers); got != n || n == 0 {
					t.Errorf("%v: %s=%s promises %d and gives %d", base, f.name, v, n, got)
				}
			}
		}
	}
}

// FuzzSearch: any query is answered, and its own address asks the same again.
func FuzzSearch(f *testing.F) {
	for _, s := range []string{"q=a&type=Badge&page=2", "q=%00", "page=-1", "credits=more", "q=%E2%80%AE", "tag=%22%3E"} {
		f.Add(s)
	}
	_, all := shelf(f, named("a b"), `{"name": "c", "tag": ["x"], "creditsAvailable": 1}`)
	f.Fuzz(func(t *testing.T, query string) {
		q, err := url.ParseQuery(query)
		if err != nil {
			return
		}
		s := searchOf(q)
		first := s.find(all, nil)
		u, err := url.Parse(s.href(s.page))
		if err != nil || u.Path != "/a" {
			t.Fatalf("%q leads to %q", query, s.href(s.page))
		}
		if again := searchOf(u.Query()).find(all, nil); !slices.Equal(called(first.offers), called(again.offers)) {
			t.Errorf("%q finds %v, %q finds %v", query, called(first.offers), u, called(again.offers))
		}
	})
}

// BenchmarkCatalogue is a search through 2,000 achievements.
func BenchmarkCatalogue(b *testing.B) {
	var defs []string
	for n := range 2000 {
		defs = append(defs, fmt.Sprintf(`{"name": "Achievement %d", "description": "Collecting, cleaning and modelling data of kind %d", "tag": ["t%d"]}`, n, n%7, n%40))
	}
	c, all := shelf(b, defs...)
	q := url.Values{"q": {"modelling 3"}, "tag": {"t3"}}
	for b.Loop() {
		c.sort(all, "fi")
		searchOf(q).find(all, nil)
	}
}
