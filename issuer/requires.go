package issuer

// Requires refuses with FORBIDDEN unless the actor has one of the roles: for what
// is asked of the program and not of the service.
func (a Actor) Requires(roles ...string) error { return a.may(roles...) }
