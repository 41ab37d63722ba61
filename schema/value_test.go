package schema_test

import (
	"reflect"
	"strconv"
	"testing"

	"pgregory.net/rapid"

	"merkki/schema"
)

// anyValue draws trees within the rules of the parser.
func anyValue(depth int) *rapid.Generator[schema.Value] {
	kinds := []*rapid.Generator[schema.Value]{
		rapid.Just(schema.Value{}),
		rapid.Map(rapid.Bool(), schema.BoolValue),
		rapid.Map(rapid.String(), schema.StringValue),
		rapid.Map(rapid.Int64Range(-1<<53+1, 1<<53-1), func(n int64) schema.Value { return schema.NumberValue(strconv.FormatInt(n, 10)) }),
		rapid.Map(rapid.StringMatching(`-?(0|[1-9][0-9]{0,5})\.[0-9]{1,6}`), schema.NumberValue),
	}
	if depth > 0 {
		kinds = append(kinds,
			rapid.Map(rapid.SliceOfN(anyValue(depth-1), 1, 4), func(items []schema.Value) schema.Value { return schema.ArrayValue(items...) }),
			anyObject(depth-1))
	}
	return rapid.OneOf(kinds...)
}

func anyObject(depth int) *rapid.Generator[schema.Value] {
	member := rapid.Custom(func(t *rapid.T) schema.Member {
		return schema.Member{Name: rapid.String().Draw(t, "name"), Value: anyValue(depth).Draw(t, "value")}
	})
	return rapid.Map(rapid.SliceOfNDistinct(member, 1, 5, func(m schema.Member) string { return m.Name }),
		func(ms []schema.Member) schema.Value { return schema.ObjectValue(ms...) })
}

func TestWhatIsBuiltIsReadBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v := anyObject(3).Draw(t, "object")
		d, err := schema.Build(v)
		if err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(d.Root(), v) {
			t.Fatalf("built %s\nread  %s", schema.Marshal(v), schema.Marshal(d.Root()))
		}
	})
}

func TestValuesAreNotChangedInPlace(t *testing.T) {
	v := parsed(`{"a":1,"b":{"c":[1,2]}}`)
	before := string(schema.Marshal(v))
	if got := string(schema.Marshal(v.With("a", schema.StringValue("x")).With("d", schema.Value{}).Without("b"))); got != `{"a":"x","d":null}` {
		t.Errorf("got %s", got)
	}
	if after := string(schema.Marshal(v)); after != before {
		t.Errorf("changed to %s", after)
	}
}

func TestLists(t *testing.T) {
	v := parsed(`{"one":"x","many":["x","y"],"none":[]}`)
	for name, want := range map[string]int{"one": 1, "many": 2, "none": 0, "absent": 0, "One": 0} {
		if got := v.GetList(name); len(got) != want {
			t.Errorf("%s has %d elements, want %d", name, len(got), want)
		}
	}
}
