package finland_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"merkki/schema/microcredential/finland"
)

func TestParseOID(t *testing.T) {
	for _, c := range []struct {
		in       string
		err      error
		person   bool
		doubtful bool
	}{
		{in: "1.2.246.562.24.74973773005", person: true},
		{in: "1.2.246.562.24.92333381381", person: true},
		{in: "1.2.246.562.24.12345612345", person: true},
		{in: "1.2.246.562.24.12345678907", person: true},
		{in: "1.2.246.562.24.74973773004", err: finland.ErrCheckDigit},
		{in: "1.2.246.562.24.7497377300", err: finland.ErrForm},
		{in: "1.2.246.562.24.749737730050", err: finland.ErrForm},
		{in: "1.2.246.562.98.74973773004", person: true},
		{in: "1.2.246.562.10.52251087186"},
		{in: "1.2.246.562.10.56753942459"},
		{in: "1.2.246.562.10.39218317368"},
		{in: "1.2.246.562.10.91392558028"},
		{in: "1.2.246.562.10.00000000001", doubtful: true},
		{in: "1.2.246.562.13.00000000000000003847"},
		{in: "1.2.246.562.15.12345678901"},
		{in: "1.2.246.563.10.52251087186", err: finland.ErrForm},
		{in: "1.2.246.562.10.52251087186 ", err: finland.ErrForm},
		{in: "1x2x246x562x10x52251087186", err: finland.ErrForm},
		{in: "", err: finland.ErrForm},
	} {
		o, err := finland.ParseOID(c.in)
		if !errors.Is(err, c.err) || c.err == nil && err != nil {
			t.Errorf("ParseOID(%q): %v, want %v", c.in, err, c.err)
			continue
		}
		if err == nil && (o.String() != c.in || o.IsPerson() != c.person || o.IsDoubtful() != c.doubtful) {
			t.Errorf("ParseOID(%q) = %v, person %v, doubtful %v", c.in, o, o.IsPerson(), o.IsDoubtful())
		}
	}
}

// TestOneWrongDigit: a check digit is there for the mistakes that people make.
func TestOneWrongDigit(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		good := rapid.SampledFrom([]string{"74973773005", "92333381381", "12345612345"}).Draw(rt, "number")
		at := rapid.IntRange(0, 10).Draw(rt, "place")
		digit := byte('0' + (int(good[at]-'0')+rapid.IntRange(1, 9).Draw(rt, "off by"))%10) // another one
		bad := finland.Root + "24." + good[:at] + string(digit) + good[at+1:]
		if _, err := finland.ParseOID(bad); !errors.Is(err, finland.ErrCheckDigit) {
			rt.Errorf("ParseOID(%s): %v, want ErrCheckDigit", bad, err)
		}
	})
}

func TestParseStudentIdentifier(t *testing.T) {
	for in, want := range map[string]finland.StudentIdentifier{
		"urn:schac:personalUniqueCode:int:esi:fi:ABC123":    {Country: "fi", Code: "ABC123"},
		"urn:schac:personalUniqueCode:int:esi:jamk.fi:0456": {Organisation: "jamk.fi", Code: "0456"},
		"urn:schac:PersonalUniqueCode:int:ESI:jamk.fi:0456": {Organisation: "jamk.fi", Code: "0456"},
		"urn:schac:PersonalUniqueCode:hr:ESI:123":           {},
		"urn:schac:personalUniqueCode:int:esi::x":           {},
		"urn:schac:personalUniqueCode:int:esi:fi:":          {},
		"urn:schac:personalUniqueCode:int:esi:fi:a b":       {},
	} {
		got, err := finland.ParseStudentIdentifier(in)
		if got != want || (err == nil) != (want != finland.StudentIdentifier{}) {
			t.Errorf("ParseStudentIdentifier(%q) = %+v, %v, want %+v", in, got, err, want)
		}
		if err == nil {
			if again, err := finland.ParseStudentIdentifier(got.String()); err != nil || again != got {
				t.Errorf("%v is read back as %v, %v", got, again, err)
			}
		}
	}
	const written = "urn:schac:personalUniqueCode:int:esi:jamk.fi:0456"
	if e, _ := finland.ParseStudentIdentifier("urn:schac:PersonalUniqueCode:int:ESI:JAMK.fi:0456"); e.String() != written {
		t.Errorf("written as %s, want %s", e, written)
	}
}

func TestCheckIdentifier(t *testing.T) {
	for _, c := range []struct {
		kind, value string
		err         error
	}{
		{"ext:Y-tunnus", "0313471-7", nil},
		{"ext:Y-tunnus", "2228357-4", nil},
		{"ext:Y-tunnus", "0245894-7", nil},
		{"ext:Y-tunnus", "2285733-9", nil},
		{"ext:Y-tunnus", "2630644-6", nil},
		{"ext:Y-tunnus", "2553871-2", nil},
		{"ext:Y-tunnus", "2553871-3", finland.ErrCheckDigit},
		{"ext:Y-tunnus", "2553817-2", finland.ErrCheckDigit},
		{"ext:Y-tunnus", "0000006-0", finland.ErrCheckDigit}, // a rest of 1: never given out
		{"ext:Y-tunnus", "25538712", finland.ErrForm},
		{"ext:oppilaitosnumero", "10076", nil},
		{"ext:oppilaitosnumero", "1007", finland.ErrForm},
		{"ext:OID", "1.2.246.562.10.56753942459", nil},
		{"ext:OID", "1.2.246.562.24.74973773005", finland.ErrForm}, // a person is no organisation
		{"ext:schacHomeOrganization", "aalto.fi", nil},
		{"ext:schacHomeOrganization", "Aalto University", finland.ErrForm},
		{"ext:eIDAS", "VATFI-22283574", nil},
		{"ext:eIDAS", "VATFI-22283575", finland.ErrCheckDigit},
		{"ext:eIDAS", "NTRFI-2228357-4", nil},
		{"ext:eIDAS", "VATSE-556703748501", nil},
		{"ext:eIDAS", "22283574", finland.ErrForm},
	} {
		known, err := finland.CheckIdentifier(c.kind, c.value)
		if !known || !errors.Is(err, c.err) || c.err == nil && err != nil {
			t.Errorf("CheckIdentifier(%s, %s): %v, %v, want %v", c.kind, c.value, known, err, c.err)
		}
	}
	if known, err := finland.CheckIdentifier("ext:ROR", "anything"); known || err != nil {
		t.Errorf("an unknown type: %v, %v", known, err)
	}
}

func TestFindPersonal(t *testing.T) {
	certain, doubtful := finland.Finding{Kind: finland.IdentityCode, Certain: true}, finland.Finding{Kind: finland.IdentityCode}
	learner := finland.Finding{Kind: finland.LearnerNumber, Certain: true}
	student := finland.Finding{Kind: finland.StudentIDNumber, Certain: true}
	for _, c := range []struct {
		text string
		want []finland.Finding
	}{
		{"010190-020A", []finland.Finding{certain}},
		{"231158-467R", []finland.Finding{certain}},
		{"010190-020B", []finland.Finding{doubtful}},
		{"Hetu: 010190-020a.", []finland.Finding{certain}},
		{"010190\u2013020A with a dash", []finland.Finding{certain}},
		{"010190\u2212020A", []finland.Finding{certain}},
		{"01\u200b0190-020A", []finland.Finding{certain}},
		{"０１０１９０-020A in wide digits", []finland.Finding{certain}},
		{"x010190-020A", nil},
		{"010190-020AB", nil},
		{"2026010190-020A", nil},
		{"320190-020A", nil},
		{"011390-020A", nil},
		{"lot 1.2.246.562.24.74973773005,", []finland.Finding{learner}},
		{"1.2.246.562.98.74973773004", []finland.Finding{learner}},
		{"1.2.246.562.10.56753942459", nil},
		{"see urn:schac:personalUniqueCode:int:esi:fi:ABC123.", []finland.Finding{student}},
		{"010190-020A and 231158-467R", []finland.Finding{certain, certain}},
		{"Completed 12.5.2026, 5 op, grade 4", nil},
		{"", nil},
	} {
		if got := finland.FindPersonal(c.text); !slices.Equal(got, c.want) {
			t.Errorf("FindPersonal(%q) = %v, want %v", c.text, got, c.want)
		}
	}
	// Temporary numbers, and the separators of later centuries and since 2023.
	for _, text := range []string{"311299-999E", "010190A020A", "010190Y020A", "010190F020A", "010190+020A"} {
		if got := finland.FindPersonal(text); len(got) != 1 || got[0].Kind != finland.IdentityCode {
			t.Errorf("FindPersonal(%q) = %v, want one identity code", text, got)
		}
	}
}

// TestEveryCodeIsFound: whatever stands around a code, it does not hide it.
func TestEveryCodeIsFound(t *testing.T) {
	around := rapid.StringOf(rapid.SampledFrom([]rune(" .,;:()/\"'\n-+§!?")))
	rapid.Check(t, func(rt *rapid.T) {
		text := around.Draw(rt, "before") + "231158-467R" + around.Draw(rt, "after")
		if got := finland.FindPersonal(text); len(got) == 0 || !got[0].Certain {
			rt.Errorf("FindPersonal(%q) = %v", text, got)
		}
	})
}

func FuzzFindPersonal(f *testing.F) {
	for _, s := range []string{"010190-020A", "1.2.246.562.24.74973773005", "urn:schac:personalUniqueCode:int:esi:fi:x", "\xff０１"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		alone := finland.FindPersonal(s)
		if again := finland.FindPersonal(s); !slices.Equal(alone, again) {
			t.Errorf("%v, then %v", alone, again)
		}
		if !strings.ContainsAny(s, "0123456789") && len(s) < 40 && isASCII(s) && len(alone) > 0 {
			t.Errorf("%q has no digit, and %v", s, alone)
		}
	})
}

func isASCII(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return r > 127 }) < 0
}
