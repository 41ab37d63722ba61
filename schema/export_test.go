package schema

// ShapeOfAchievementCredential and its neighbours let tests judge a document by
// the JSON Schema of a class, whatever its types and contexts say.
var (
	ShapeOfAchievementCredential   = shapeOf(classAchievementCredential)
	ShapeOfAchievementCredential11 = shapeOf(classAchievementCredential11)
	ShapeOfEndorsementCredential   = shapeOf(classEndorsementCredential)
	ShapeOfEndorsementCredential11 = shapeOf(classEndorsementCredential11)
	ShapeOfProfile                 = shapeOf(classProfile)
)

func shapeOf(c class) func(Value) []*Fault {
	return func(v Value) []*Fault { return inOrder(v, checkShape(c, v)) }
}

// Classes are all that the JSON Schemas are compiled for.
var Classes = classes

// Conforms is what the rules say of a value, Validates what the validator does.
func Conforms(at class, v Value) bool  { return conforms(at, v) }
func Validates(at class, v Value) bool { return validate(at, v) == nil }

// Opaque reports that some rule of a class tells nothing.
func Opaque(at class) bool {
	seen := map[*rule]bool{}
	var visit func(r *rule) bool
	visit = func(r *rule) bool {
		if r == nil || seen[r] {
			return false
		}
		seen[r] = true
		found := r.opaque
		parts := append(append([]*rule{r.ref, r.others, r.items, r.contains, r.cond, r.then, r.other}, r.all...), append(r.any, r.prefix...)...)
		for _, x := range r.properties {
			parts = append(parts, x)
		}
		for _, x := range parts {
			found = visit(x) || found
		}
		return found
	}
	return visit(classRules()[at])
}
