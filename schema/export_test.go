package schema

// ShapeOfAchievementCredential and its neighbour let tests judge a document by
// the JSON Schema of a class, whatever its types say.
func ShapeOfAchievementCredential(v Value) []*Fault {
	return inOrder(v, checkShape(classAchievementCredential, v))
}

func ShapeOfEndorsementCredential(v Value) []*Fault {
	return inOrder(v, checkShape(classEndorsementCredential, v))
}
