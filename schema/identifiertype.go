package schema

import (
	"slices"
	"strings"
)

// identifierTypes are the terms of IdentifierTypeEnum (Open Badges 3.0, section
// B.2): how the recipient of a credential can be known.
var identifierTypes = []string{
	"name", "sourcedId", "systemId", "productId", "userName", "accountId", "emailAddress", "nationalIdentityNumber", "isbn", "issn",
	"lisSourcedId", "oneRosterSourcedId", "sisSourcedId", "ltiContextId", "ltiDeploymentId", "ltiToolId", "ltiPlatformId", "ltiUserId",
	"identifier",
}

// IdentifierTypes returns the terms of IdentifierTypeEnum. The slice is the
// caller's.
func IdentifierTypes() []string { return slices.Clone(identifierTypes) }

// IsIdentifierType reports whether s is a term of IdentifierTypeEnum or a name
// of its extension, which begins with "ext:".
func IsIdentifierType(s string) bool {
	rest, extension := strings.CutPrefix(s, "ext:")
	return slices.Contains(identifierTypes, s) || extension && rest != ""
}
