package schema

import (
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
	if conforms(at, v) {
		return nil
	}
	failed := validate(at, v)
	if failed == nil {
		return nil
	}
	folded := foldedPlaces(failed)
	if len(folded) > 0 {
		// Nothing that may be folded holds anything else that may be: once is enough.
		v = unfold(v, nil, folded)
		failed = validate(at, v)
	}
	if failed == nil {
		return compactedWarning(folded)
	}
	return shapeFaults(failed, v, folded)
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
func unfold(v Value, p *place, folded map[string]bool) Value {
	switch v.Kind {
	case Array:
		items := make([]Value, len(v.Items))
		for i, item := range v.Items {
			items[i] = unfold(item, p.at(i), folded)
		}
		v.Items = items
	case Object:
		members := make([]Member, len(v.Members))
		for i, m := range v.Members {
			at := p.in(m.Name)
			members[i] = Member{m.Name, unfold(m.Value, at, folded)}
			if foldable[m.Name] && folded[at.pointer()] {
				members[i].Value = ArrayValue(members[i].Value)
			}
		}
		v.Members = members
	}
	return v
}

// compactedWarning names the first place, in alphabetical order, of which one
// is enough to know.
func compactedWarning(folded map[string]bool) []*Fault {
	first := slices.Sorted(maps.Keys(folded))[0]
	return []*Fault{Found("schema.compacted", first, map[string]any{"member": lastOf(first)})}
}

// maxComplaints bounds how many complaints of the validator are looked at.
const maxComplaints = 2000

// shapeFaults says what is wrong in words of the specification: one fault for
// each cause, none for what follows from another.
func shapeFaults(failed *jsonschema.ValidationError, v Value, folded map[string]bool) []*Fault {
	var faults []*Fault
	for e := range leaves(failed) {
		at := pointerOf(e.InstanceLocation)
		found, _ := Resolve(v, at)
		faults = append(faults, describe(e, foldedPointer(at, folded), found)...)
		if len(faults) >= maxComplaints {
			break
		}
	}
	return faults
}

// foldedPointer takes the place in a list of one, which the document does not
// have, out of a pointer again.
func foldedPointer(pointer string, folded map[string]bool) string {
	for i := range pointer {
		if rest, in := strings.CutPrefix(pointer[i:], "/0"); in && (rest == "" || rest[0] == '/') && folded[pointer[:i]] {
			return pointer[:i] + rest
		}
	}
	return pointer
}

// describe turns one complaint of the validator about v into faults. The
// argument "expected" is a JSON type, a class or value type of the
// specification, a literal value, or "present" and "absent"; it is never a
// sentence.
func describe(e *jsonschema.ValidationError, pointer string, v Value) []*Fault {
	member := lastOf(pointer)
	fault := func(expected, found string) []*Fault { return []*Fault{shapeFault(pointer, member, expected, found)} }
	switch k := e.ErrorKind.(type) {
	case *kind.Type:
		return fault(strings.Join(k.Want, " or "), k.Got)
	case *kind.Required:
		return eachName(k.Missing, func(name string) *Fault { return shapeFault(pointer, name, "present", "absent") })
	case *kind.AdditionalProperties:
		return eachName(k.Properties, func(name string) *Fault {
			return shapeFault(PointerTo(pointer, name), name, "absent", "present")
		})
	case *kind.Const:
		return fault(fmt.Sprint(k.Want), show(v))
	case *kind.Format:
		finding := "schema.time"
		if k.Want == "uri" {
			finding = "schema.identifier"
		}
		return []*Fault{Found(finding, pointer, map[string]any{"member": member, "expected": k.Want, "found": show(v)})}
	case *kind.Contains:
		return fault(strings.Join(wantedTypes(e.SchemaURL), " or "), "absent")
	case *kind.MinItems:
		return fault(fmt.Sprintf("%d items", k.Want), fmt.Sprint(k.Got))
	case *kind.MinProperties:
		return fault("object", "{}")
	}
	return fault(definition(e), show(v)) // of an enumeration, a pattern or a choice the name says most
}

func shapeFault(pointer, member, expected, found string) *Fault {
	return Found("schema.shape", pointer, map[string]any{"member": member, "expected": expected, "found": found})
}

func eachName(names []string, fault func(name string) *Fault) (faults []*Fault) {
	for _, name := range names {
		faults = append(faults, fault(name))
	}
	return faults
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

// show writes a value for an argument: scalars as they are, of others the type.
func show(v Value) string {
	switch v.Kind {
	case Array:
		return "array"
	case Object:
		return "object"
	case String:
		return v.Text
	}
	return string(Marshal(v))
}
