package pathway_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"merkki/schema/microcredential/pathway"
)

var now = time.Date(2026, 11, 25, 12, 0, 0, 0, time.UTC)

const parts = `"parts":[{"achievement":"a","credits":"2.5"},{"achievement":"b","credits":"3"},{"achievement":"c","credits":"2"},{"achievement":"d","credits":"5"}]`

func parse(t testing.TB, rest string) *pathway.Pathway {
	t.Helper()
	p, err := pathway.Parse([]byte("{" + parts + "," + rest + "}"))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// held makes one credential of North's for each letter, awarded a year ago.
func held(names string) (all []pathway.Held) {
	for _, a := range names {
		all = append(all, pathway.Held{ID: "credential-" + string(a), Achievement: string(a), Issuer: "north", Awarded: now.AddDate(-1, 0, 0)})
	}
	return all
}

func TestJudge(t *testing.T) {
	for _, c := range []struct{ rule, held, want string }{
		{`"rule":{"achievement":"a"}`, "a", "earned with credential-a"},
		{`"rule":{"achievement":"a"}`, "bcd", "missing a"},
		{`"rule":{"achievement":"a"}`, "x", "missing a"},
		{`"rule":{"all":[{"achievement":"a"},{"achievement":"b"},{"achievement":"c"}]}`, "abc", "earned with credential-a, credential-b, credential-c"},
		{`"rule":{"all":[{"achievement":"a"},{"achievement":"b"},{"achievement":"c"}]}`, "b", "missing a, c"},
		{`"rule":{"some":{"n":2,"of":[{"achievement":"a"},{"achievement":"b"},{"achievement":"c"}]}}`, "abc", "earned with credential-a, credential-b"},
		{`"rule":{"some":{"n":2,"of":[{"achievement":"a"},{"achievement":"b"},{"achievement":"c"}]}}`, "c", "missing a"},
		{`"rule":{"credits":{"min":"5"}}`, "ab", "earned with credential-a, credential-b"},
		{`"rule":{"credits":{"min":"5"}}`, "bd", "earned with credential-d"},
		{`"rule":{"credits":{"min":"5"}}`, "a", "missing b"},
		{`"rule":{"credits":{"min":"5","of":["a","c"]}}`, "abcd", "cannot be earned"},
		{`"rule":{"credits":{"min":"4.5","of":["a","c"]}}`, "ac", "earned with credential-a, credential-c"},
		{`"rule":{"all":[{"credits":{"min":"7"}},{"some":{"n":1,"of":[{"achievement":"a"},{"achievement":"c"}]}}]}`, "d", "missing a"},
		// Overlapping parts count once, whichever serves.
		{`"exclude":[["a","b"]],"rule":{"credits":{"min":"5"}}`, "ab", "missing c"},
		{`"exclude":[["a","b"]],"rule":{"all":[{"achievement":"a"},{"achievement":"b"}]}`, "ab", "cannot be earned"},
		{`"exclude":[["a","b"],["c","d"]],"rule":{"credits":{"min":"8"}}`, "abcd", "earned with credential-b, credential-d"},
		// Whose, and how old.
		{`"issuerIn":["south"],"rule":{"achievement":"a"}`, "a", "missing a"},
		{`"issuerIn":["north"],"rule":{"achievement":"a"}`, "a", "earned with credential-a"},
		{`"maxAgeMonths":11,"rule":{"achievement":"a"}`, "a", "missing a"},
		{`"maxAgeMonths":12,"rule":{"achievement":"a"}`, "a", "earned with credential-a"},
	} {
		if got := parse(t, c.rule).Judge(held(c.held), now).String(); got != c.want {
			t.Errorf("%s with %q: %s, want %s", c.rule, c.held, got, c.want)
		}
	}
	again := append(held("a"), pathway.Held{ID: "newer", Achievement: "a", Issuer: "north", Awarded: now.AddDate(0, -1, 0)},
		pathway.Held{ID: "tomorrow", Achievement: "a", Issuer: "north", Awarded: now.AddDate(0, 0, 1)})
	if got := parse(t, `"rule":{"achievement":"a"}`).Judge(again, now).String(); got != "earned with newer" {
		t.Errorf("two of one achievement: %s", got)
	}
}

func TestParse(t *testing.T) {
	for in, want := range map[string]string{
		`{` + parts + `,"rule":{"achievement":"z"}}`:                                                                     "no part",
		`{` + parts + `,"rule":{}}`:                                                                                      "one condition",
		`{` + parts + `,"rule":{"achievement":"a","credits":{"min":"1"}}}`:                                               "one condition",
		`{` + parts + `,"rule":{"some":{"n":2,"of":[{"achievement":"a"}]}}}`:                                             "never be had",
		`{` + parts + `,"rule":{"credits":{"min":"2,5"}}}`:                                                               "decimal",
		`{` + parts + `,"rule":{"credits":{"min":"1","of":["z"]}}}`:                                                      "no part",
		`{` + parts + `,"rule":{"achievement":"a"},"exclude":[["a","b"],["b","c"]]}`:                                     "overlaps twice",
		`{` + parts + `,"rule":{"achievement":"a"},"maxAgeMonths":-1}`:                                                   "negative",
		`{` + parts + `,"rule":{"achievement":"a"},"script":"x"}`:                                                        "unknown field",
		`{"parts":[],"rule":{"achievement":"a"}}`:                                                                        "1 to 50",
		`{"parts":[{"achievement":"a"},{"achievement":"a"}],"rule":{"achievement":"a"}}`:                                 "twice",
		`{` + parts + `,"rule":` + strings.Repeat(`{"all":[`, 9) + `{"achievement":"a"}` + strings.Repeat(`]}`, 9) + `}`: "deep",
	} {
		if _, err := pathway.Parse([]byte(in)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", in, err, want)
		}
	}
}

var rules = rapid.Custom(func(rt *rapid.T) string { return rule(rt, 3) })

func rule(rt *rapid.T, depth int) string {
	part := rapid.SampledFrom([]string{"a", "b", "c", "d"})
	kind := rapid.IntRange(0, 3).Draw(rt, "kind")
	if depth == 0 {
		kind %= 2
	}
	switch kind {
	case 0:
		return fmt.Sprintf(`{"achievement":%q}`, part.Draw(rt, "part"))
	case 1:
		return fmt.Sprintf(`{"credits":{"min":%q}}`, rapid.SampledFrom([]string{"0", "2.5", "5", "7.5", "12.5", "13"}).Draw(rt, "min"))
	}
	n := rapid.IntRange(1, 3).Draw(rt, "conditions")
	var inner []string
	for range n {
		inner = append(inner, rule(rt, depth-1))
	}
	list := strings.Join(inner, ",")
	if kind == 2 {
		return `{"all":[` + list + `]}`
	}
	return fmt.Sprintf(`{"some":{"n":%d,"of":[%s]}}`, rapid.IntRange(1, n).Draw(rt, "n"), list)
}

// TestAwardedExactlyWhenTheRuleHolds: what is used suffices and nothing of it
// can be left out; what is missing suffices and nothing smaller does; order
// changes nothing.
func TestAwardedExactlyWhenTheRuleHolds(t *testing.T) {
	subsets := func(names string) (all []string) {
		for bits := range 1 << len(names) {
			s := ""
			for i, a := range names {
				if bits&(1<<i) != 0 {
					s += string(a)
				}
			}
			all = append(all, s)
		}
		return all
	}
	rapid.Check(t, func(rt *rapid.T) {
		rest := `"rule":` + rules.Draw(rt, "rule")
		if rapid.Bool().Draw(rt, "overlap") {
			rest = `"exclude":[["a","c"]],` + rest
		}
		p := parse(t, rest)
		have := rapid.SampledFrom(subsets("abcd")).Draw(rt, "held")
		credentials := held(have)
		got := p.Judge(credentials, now)
		shuffled := rapid.Permutation(append(credentials, held("x")...)).Draw(rt, "order")
		if again := p.Judge(shuffled, now); again.String() != got.String() {
			rt.Errorf("in another order: %s, then %s", got, again)
		}
		earned := func(names string) bool { return p.Judge(held(names), now).Earned }
		if got.Earned {
			used := strings.ReplaceAll(strings.Join(got.Used, ""), "credential-", "")
			if !earned(used) {
				rt.Errorf("%s, but %q is not enough", got, used)
			}
			for _, a := range used {
				if earned(strings.ReplaceAll(used, string(a), "")) {
					rt.Errorf("%s, and %c can be left out", got, a)
				}
			}
			return
		}
		smallest := -1
		for _, s := range subsets("abcd") {
			if strings.ContainsAny(s, have) && have != "" {
				continue
			}
			if earned(have+s) && (smallest < 0 || len(s) < smallest) {
				smallest = len(s)
			}
		}
		switch {
		case got.Hopeless != (smallest < 0):
			rt.Errorf("%s, and the smallest set has %d", got, smallest)
		case !got.Hopeless && (len(got.Missing) != smallest || !earned(have+strings.Join(got.Missing, ""))):
			rt.Errorf("with %q: %s, and the smallest set has %d", have, got, smallest)
		}
	})
}

// TestManyParts: fifty parts are decided in bounded time, with a set that is
// enough even where there are too many to find the smallest.
func TestManyParts(t *testing.T) {
	var list, all []string
	for i := range pathway.MaxParts {
		list = append(list, fmt.Sprintf(`{"achievement":"p%02d","credits":"1"}`, i))
		all = append(all, fmt.Sprintf(`{"achievement":"p%02d"}`, i))
	}
	p, err := pathway.Parse([]byte(`{"parts":[` + strings.Join(list, ",") + `],"rule":{"some":{"n":25,"of":[` + strings.Join(all, ",") + `]}}}`))
	if err != nil {
		t.Fatal(err)
	}
	if got := p.Judge(nil, now); len(got.Missing) != 25 || got.Missing[0] != "p00" {
		t.Errorf("%s", got)
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte("{" + parts + `,"exclude":[["a","b"]],"rule":{"some":{"n":1,"of":[{"achievement":"a"},{"credits":{"min":"5"}}]}}}`))
	f.Add([]byte(`{}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		if len(b) > 2000 {
			return
		}
		p, err := pathway.Parse(b)
		if err != nil {
			return
		}
		if got := p.Judge(held("abcd"), now); got.Earned == (got.Hopeless || len(got.Missing) > 0) {
			t.Errorf("%+v", got)
		}
	})
}
