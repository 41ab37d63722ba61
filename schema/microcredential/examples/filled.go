package examples

import "merkki/schema"

// Filled returns a template with the institutions of [Bodies] in it: the first of
// them answers for it as creator. It is what an author hands to
// `merkki achievements check`.
func Filled(name string) (schema.Value, bool) {
	v, ok := Template(name)
	if !ok {
		return v, false
	}
	bodies := Bodies()
	by, _ := v.Get("awardedBy")
	var all []schema.Value
	for i, b := range by.GetList("awardingBody") {
		profile := bodies[b.GetString("id")]
		if i == 0 {
			v = v.With("creator", profile.Without("legalNameByLanguage"))
		}
		for _, m := range profile.Members {
			if m.Name != "type" {
				b = b.With(m.Name, m.Value)
			}
		}
		all = append(all, b)
	}
	return v.With("awardedBy", by.With("awardingBody", schema.ArrayValue(all...))), true
}
