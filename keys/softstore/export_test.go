package softstore

// Passphrases of tests cost a millisecond instead of a second.
func init() { workFactor = 4 }
