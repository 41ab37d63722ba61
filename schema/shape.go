package schema

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/santhosh-tekuri/jsonschema/v6/kind"
)

// checkShape judges v by an embedded JSON Schema. When v passes only after
// single values were read as lists of one (Open Badges 3.0, Serialization), it
// returns one warning, schema.compacted.
func checkShape(at class, v Value) []*Fault {
	failed := validate(at, v)
	if failed == nil {
		return nil
	}
	folded := foldedPlaces(failed)
	if len(folded) > 0 {
		// Nothing that may be folded holds anything else that may be: once is enough.
		failed = validate(at, unfold(v, "", folded))
	}
	if failed == nil {
		return compactedWarning(folded)
	}
	return shapeFaults(failed, folded)
}

func validate(at class, v Value) *jsonschema.ValidationError {
	err := schemas()[at].Validate(plain(v))
	if err == nil {
		return nil
	}
	failed, ok := errors.AsType[*jsonschema.ValidationError](err)
	if !ok {
		panic("schema: the validator failed: " + err.Error())
	}
	return failed
}

// foldable are the members that may stand without their list.
var foldable = map[string]bool{"type": true, "credentialSchema": true, "termsOfUse": true, "proof": true}

// foldedPlaces are the pointers where the validator missed a list and the
// specification lets one be missing.
func foldedPlaces(failed *jsonschema.ValidationError) map[string]bool {
	places := map[string]bool{}
	for e := range leaves(failed) {
		k, ok := e.ErrorKind.(*kind.Type)
		if !ok || len(k.Want) != 1 || k.Want[0] != "array" || len(e.InstanceLocation) == 0 {
			continue
		}
		if foldable[e.InstanceLocation[len(e.InstanceLocation)-1]] {
			places[pointerOf(e.InstanceLocation)] = true
		}
	}
	return places
}

// unfold puts each value at a folded place into a list of one.
func unfold(v Value, pointer string, folded map[string]bool) Value {
	switch v.Kind {
	case Array:
		items := make([]Value, len(v.Items))
		for i, item := range v.Items {
			items[i] = unfold(item, fmt.Sprint(pointer, "/", i), folded)
		}
		v.Items = items
	case Object:
		members := make([]Member, len(v.Members))
		for i, m := range v.Members {
			members[i] = Member{m.Name, unfold(m.Value, PointerTo(pointer, m.Name), folded)}
		}
		v.Members = members
	}
	if folded[pointer] {
		return ArrayValue(v)
	}
	return v
}

// compactedWarning names the first place, in alphabetical order, of which one
// is enough to know.
func compactedWarning(folded map[string]bool) []*Fault {
	first := slices.Sorted(maps.Keys(folded))[0]
	return []*Fault{Found("schema.compacted", first, map[string]any{"member": lastOf(first)})}
}

// shapeFaults says what is wrong in words of the specification: one fault for
// each cause, none for what follows from another.
func shapeFaults(failed *jsonschema.ValidationError, folded map[string]bool) []*Fault {
	var faults []*Fault
	for e := range leaves(failed) {
		for _, f := range describe(e) {
			f.Pointer = foldedPointer(f.Pointer, folded)
			faults = append(faults, f)
		}
	}
	return faults
}

// foldedPointer takes the place in a list of one, which the document does not
// have, out of a pointer again.
func foldedPointer(pointer string, folded map[string]bool) string {
	for p := range folded {
		if rest, inside := strings.CutPrefix(pointer, p+"/0"); inside && (rest == "" || rest[0] == '/') {
			return p + rest
		}
	}
	return pointer
}

// describe turns one complaint of the validator into faults. The argument
// "expected" is a JSON type, a class or value type of the specification, a
// literal value, or "present" and "absent"; it is never a sentence.
func describe(e *jsonschema.ValidationError) []*Fault {
	pointer := pointerOf(e.InstanceLocation)
	fault := func(finding, member string, expected, found any) *Fault {
		return Found(finding, pointer, map[string]any{"member": member, "expected": expected, "found": found})
	}
	member := lastOf(pointer)
	switch k := e.ErrorKind.(type) {
	case *kind.Type:
		return []*Fault{fault("schema.shape", member, strings.Join(k.Want, " or "), k.Got)}
	case *kind.Required:
		var all []*Fault
		for _, name := range k.Missing {
			all = append(all, fault("schema.shape", name, "present", "absent"))
		}
		return all
	case *kind.AdditionalProperties:
		var all []*Fault
		for _, name := range k.Properties {
			f := fault("schema.shape", name, "absent", "present")
			f.Pointer = PointerTo(pointer, name)
			all = append(all, f)
		}
		return all
	case *kind.Const:
		return []*Fault{fault("schema.shape", member, fmt.Sprint(k.Want), show(k.Got))}
	case *kind.Enum:
		return []*Fault{fault("schema.shape", member, definition(e), show(k.Got))}
	case *kind.Pattern:
		return []*Fault{fault("schema.shape", member, definition(e), k.Got)}
	case *kind.Format:
		finding := "schema.time"
		if k.Want == "uri" {
			finding = "schema.identifier"
		}
		return []*Fault{fault(finding, member, k.Want, show(k.Got))}
	case *kind.Contains:
		return []*Fault{fault("schema.shape", member, strings.Join(wantedTypes(e.SchemaURL), " or "), "absent")}
	case *kind.MinItems:
		return []*Fault{fault("schema.shape", member, fmt.Sprintf("%d items", k.Want), fmt.Sprint(k.Got))}
	case *kind.MinProperties:
		return []*Fault{fault("schema.shape", member, "object", "{}")}
	}
	return []*Fault{fault("schema.shape", member, definition(e), "another form")}
}

// leaves yields the complaints that are causes. Of a choice that failed (anyOf)
// the choice itself is the cause, not the branches.
func leaves(e *jsonschema.ValidationError) func(yield func(*jsonschema.ValidationError) bool) {
	return func(yield func(*jsonschema.ValidationError) bool) { visitLeaves(e, yield) }
}

func visitLeaves(e *jsonschema.ValidationError, yield func(*jsonschema.ValidationError) bool) bool {
	switch e.ErrorKind.(type) {
	case *kind.Schema, *kind.Group, *kind.Reference, *kind.AllOf:
		for _, cause := range e.Causes {
			if !visitLeaves(cause, yield) {
				return false
			}
		}
		return true
	}
	return yield(e)
}

// definition names the value type that a complaint comes from.
func definition(e *jsonschema.ValidationError) string {
	_, path, _ := strings.Cut(e.SchemaURL, "#/$defs/")
	name, _, _ := strings.Cut(path, "/")
	return name
}

func pointerOf(location []string) string {
	pointer := ""
	for _, name := range location {
		pointer = PointerTo(pointer, name)
	}
	return pointer
}

func lastOf(pointer string) string {
	return unescapePointer(pointer[strings.LastIndexByte(pointer, '/')+1:])
}

// show writes a value for an argument, which is cut to size later.
func show(v any) string {
	if s, ok := v.(string); ok {
		return s
	}
	b, err := json.Marshal(v)
	if err != nil {
		return fmt.Sprintf("%T", v)
	}
	return string(b)
}
