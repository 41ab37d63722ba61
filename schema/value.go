package schema

import "slices"

// A Kind says which of the six JSON types a Value has.
type Kind uint8

// The JSON types.
const (
	Null Kind = iota
	Bool
	Number
	String
	Array
	Object
)

// A Value is a JSON value as the strict parser read it: members in the order
// of the text, numbers as they were spelled. The struct view and the JSON-LD
// view are both made from it, so they cannot disagree. Values are immutable:
// functions that change one return a copy that shares what did not change.
type Value struct {
	Kind Kind
	// True is the value of a Bool.
	True bool
	// Text is the decoded string of a String, the literal of a Number.
	Text string
	// Items are the elements of an Array.
	Items []Value
	// Members are those of an Object, names unique.
	Members []Member
}

// A Member is a name and a value of an object.
type Member struct {
	Name  string
	Value Value
}

// Get returns the member of an object, and whether it is there.
func (v Value) Get(name string) (Value, bool) {
	for i := range v.Members {
		if v.Members[i].Name == name {
			return v.Members[i].Value, true
		}
	}
	return Value{}, false
}

// GetString returns the text of a string member, or "" when there is none.
func (v Value) GetString(name string) string {
	if m, ok := v.Get(name); ok && m.Kind == String {
		return m.Text
	}
	return ""
}

// List returns the elements of an array, or the value itself as a list of
// one: the compacted form in which JSON-LD may write single values. A zero
// Value that stands for an absent member gives an empty list only through
// [Value.GetList].
func (v Value) List() []Value {
	if v.Kind == Array {
		return v.Items
	}
	return []Value{v}
}

// GetList returns the elements of a member in array or compacted form, nil
// when it is absent.
func (v Value) GetList(name string) []Value {
	if m, ok := v.Get(name); ok {
		return m.List()
	}
	return nil
}

// With returns a copy of the object in which the member has the value; a new
// member comes last.
func (v Value) With(name string, val Value) Value {
	ms := make([]Member, 0, len(v.Members)+1)
	done := false
	for _, m := range v.Members {
		if m.Name == name {
			m.Value, done = val, true
		}
		ms = append(ms, m)
	}
	if !done {
		ms = append(ms, Member{name, val})
	}
	v.Members = ms
	return v
}

// Without returns a copy of the object that lacks the named members.
func (v Value) Without(names ...string) Value {
	if !slices.ContainsFunc(v.Members, func(m Member) bool { return slices.Contains(names, m.Name) }) {
		return v
	}
	ms := make([]Member, 0, len(v.Members))
next:
	for _, m := range v.Members {
		for _, n := range names {
			if m.Name == n {
				continue next
			}
		}
		ms = append(ms, m)
	}
	v.Members = ms
	return v
}

// StringValue makes a string.
func StringValue(s string) Value { return Value{Kind: String, Text: s} }

// BoolValue makes a boolean.
func BoolValue(b bool) Value { return Value{Kind: Bool, True: b} }

// NumberValue makes a number from its literal, for example "2.5".
func NumberValue(literal string) Value { return Value{Kind: Number, Text: literal} }

// ArrayValue makes an array.
func ArrayValue(items ...Value) Value { return Value{Kind: Array, Items: items} }

// ObjectValue makes an object from members in order.
func ObjectValue(members ...Member) Value { return Value{Kind: Object, Members: members} }
