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
