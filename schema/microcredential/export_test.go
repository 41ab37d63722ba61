package microcredential

// TermsOf returns the terms of a class, for tests that change each of them.
func TermsOf(name string) (names []string) {
	for _, t := range classes[name].terms {
		names = append(names, t.name)
	}
	return names
}

// ClassNames returns the classes of the profile.
func ClassNames() (names []string) {
	for name := range classes {
		names = append(names, name)
	}
	return names
}
