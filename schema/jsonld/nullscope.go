package jsonld

import (
	"strings"

	"merkki/schema"
)

// restateScoped changes a context for json-gold 0.9.1 so that it means there what
// it means by the specification. json-gold looks the container of a term up in
// the term's own scoped context (JSON-LD 1.1 API, section 5.1.2, takes the active
// one, steps 13.5 and 13.12), where it is gone when that is null: the credentials
// of a presentation were no graphs of their own. The scoped context then defines
// the term again after the null.
//
// Inside such a value the term is thereby defined for json-gold where it is not;
// the reader, which decides what is refused, has the context as it came.
func restateScoped(v schema.Value) schema.Value {
	switch v.Kind {
	case schema.Array:
		items := make([]schema.Value, len(v.Items))
		for i, item := range v.Items {
			items[i] = restateScoped(item)
		}
		v.Items = items
	case schema.Object:
		members := make([]schema.Member, len(v.Members))
		for i, m := range v.Members {
			members[i] = schema.Member{Name: m.Name, Value: restateTerm(m.Name, restateScoped(m.Value))}
		}
		v.Members = members
	}
	return v
}

func restateTerm(name string, definition schema.Value) schema.Value {
	scoped, has := definition.Get("@context")
	_, contained := definition.Get("@container")
	if !has || scoped.Kind != schema.Null || !contained || !strings.Contains(definition.GetString("@id"), "://") {
		return definition
	}
	again := schema.ObjectValue(schema.Member{Name: name, Value: definition.Without("@context")})
	return definition.With("@context", schema.ArrayValue(schema.Value{}, again))
}
