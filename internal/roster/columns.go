package roster

import (
	"slices"
	"strings"

	"merkki/schema"
)

// A Column is something that a file can say about each row.
type Column struct {
	Name string
	// Required columns must be there in a file with a heading; a cell may be
	// empty all the same, which is for the one who uses it to judge.
	Required bool
	// Also are headings that mean it, spelt as plain makes them.
	Also []string
}

// Awards returns the columns of a file of awards.
func Awards() []Column {
	return []Column{
		{"name", true, []string{"nimi", "koko_nimi", "full_name", "namn", "learner", "oppija", "opiskelija", "student", "studerande"}},
		{"email", true, []string{"e_mail", "mail", "e_mail_address", "email_address", "sähköposti", "sähköpostiosoite", "e_post", "epost", "e_postadress"}},
		{"achievement", false, []string{"osaamismerkki", "suoritus", "koodi", "code", "human_code", "humancode", "prestation", "kod", "kurskod"}},
		{"row_key", false, []string{"key", "avain", "suoritustunnus", "completion_id", "nyckel"}},
		{"subject_id", false, []string{"did", "subject", "oppijan_tunniste"}},
		{"completed", false, []string{"awarded", "awarded_date", "date", "suoritettu", "suorituspäivä", "suorituspvm", "päivämäärä", "pvm", "avlagd", "datum"}},
		{"valid_until", false, []string{"expires", "valid_to", "voimassa", "voimassa_asti", "voimassaolo_päättyy", "giltig_till", "giltig_till_och_med"}},
		{"language", false, []string{"lang", "kieli", "språk"}},
		{"result", false, []string{"grade", "score", "tulos", "arvosana", "resultat", "betyg", "vitsord"}},
		{"credits", false, []string{"ects", "op", "opintopisteet", "laajuus", "sp", "studiepoäng", "hp", "högskolepoäng"}},
		{"narrative", false, []string{"description", "kuvaus", "beskrivning"}},
		{"evidence_url", false, []string{"evidence", "näyttö", "bevis"}},
		problem,
	}
}

// Changes returns the columns of a file that names credentials.
func Changes() []Column {
	return []Column{
		{"id", true, []string{"credential", "address", "url", "tunnus", "osoite", "adress"}},
		{"reason", false, []string{"syy", "peruste", "orsak"}},
		{"code", false, []string{"reason_code"}},
		problem,
	}
}

// problem is what stands in a file of rejected rows beside each. It may be left
// there when the file is corrected and sent again.
var problem = Column{"problem", false, []string{"ongelma", "fel"}}

// plain makes one spelling of a heading: small letters, words joined with _.
func plain(heading string) string {
	return strings.Join(strings.FieldsFunc(strings.ToLower(heading), func(r rune) bool {
		return strings.ContainsRune(" \t\u00a0-_./:", r)
	}), "_")
}

// understand finds the column of each heading.
func understand(headings []string, o Options) ([]string, error) {
	names := make([]string, len(headings))
	seen := map[string]string{}
	for n, h := range headings {
		if strings.TrimSpace(h) == "" {
			continue
		}
		name, fault := columnOf(h, o)
		if fault != nil {
			return nil, fault
		}
		if before, twice := seen[name]; twice && name != "" {
			return nil, wrong("heading-twice", "", "column", name, "found", before, "also", h)
		}
		names[n], seen[name] = name, h
	}
	for heading, column := range o.Map {
		if !listed(headings, heading) {
			return nil, wrong("map-heading", "", "found", heading, "suggestion", nearest(o, heading, headings))
		}
		if column != "" && column != "-" && find(column, o.Columns) == "" {
			return nil, wrong("map-column", "", "found", column, "suggestion", nearest(o, column, known(o.Columns)))
		}
	}
	for _, c := range o.Columns {
		if _, there := seen[c.Name]; c.Required && !there {
			return nil, wrong("heading-missing", "", "column", c.Name, "found", strings.Join(headings, ", "))
		}
	}
	return names, nil
}

// columnOf returns the column that a heading means; "" where the caller leaves
// it out.
func columnOf(heading string, o Options) (string, *schema.Fault) {
	for h, column := range o.Map {
		if plain(h) != plain(heading) {
			continue
		}
		if column == "" || column == "-" {
			return "", nil
		}
		if name := find(column, o.Columns); name != "" {
			return name, nil
		}
		return "", wrong("map-column", "", "found", column, "suggestion", nearest(o, column, known(o.Columns)))
	}
	if name := find(heading, o.Columns); name != "" || o.Lenient {
		return name, nil
	}
	return "", schema.Refusal(schema.CodeUnknownField, "", args("heading", []any{
		"member", heading, "suggestion", suggest(o, heading), "expected", strings.Join(known(o.Columns), ", "),
	}))
}

// suggest finds the column whose name, or another heading of it, is nearest.
func suggest(o Options, heading string) string {
	var all []string
	for _, c := range o.Columns {
		all = append(append(all, c.Name), c.Also...)
	}
	return find(nearest(o, plain(heading), all), o.Columns)
}

func nearest(o Options, word string, words []string) string {
	if o.Nearest == nil {
		return ""
	}
	return o.Nearest(word, words)
}

// find returns the name of the column that has this name or heading.
func find(heading string, columns []Column) string {
	want := plain(heading)
	if want == "" {
		return ""
	}
	for _, c := range columns {
		if want == c.Name || slices.Contains(c.Also, want) {
			return c.Name
		}
	}
	return ""
}

func known(columns []Column) (names []string) {
	for _, c := range columns {
		if c.Name != problem.Name {
			names = append(names, c.Name)
		}
	}
	return names
}

func listed(headings []string, heading string) bool {
	return slices.ContainsFunc(headings, func(h string) bool { return plain(h) == plain(heading) })
}
