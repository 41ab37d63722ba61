package schema

import "slices"

// A FindingRow is one situation a check can meet, with the one answer it gets.
type FindingRow struct {
	Check   string // name of the check that reports it
	Finding string // message code
	Code    Code
	Outcome Outcome
}

// findings is the table of situations in the order in which a check looks;
// checks stand in report order. Texts, documentation, tests and reports are
// made from it. The order decides which of several findings of one check is
// the primary one.
var findings = []FindingRow{
	{"input.size", "size.too-large", CodeLimitExceeded, Unknown},
	{"input.container", "container.empty", CodeParsingError, Fail},
	{"input.container", "container.png-malformed", CodeParsingError, Fail},
	{"input.container", "container.svg-malformed", CodeParsingError, Fail},
	{"input.container", "container.limit", CodeLimitExceeded, Unknown},
	{"input.container", "container.two-credentials", CodeMalformedValueError, Fail},
	{"input.container", "container.compressed", CodeMalformedValueError, Fail},
	{"input.container", "container.none", CodeNoCredentialFound, Unknown},
	{"input.container", "container.legacy-badge", CodeNoCredentialFound, Unknown},
	{"input.container", "container.unread", CodeNoCredentialFound, Unknown},
	{"input.container", "container.jws-malformed", CodeParsingError, Fail},
	{"input.container", "container.envelope-malformed", CodeMalformedValueError, Fail},
	{"input.container", "container.text-chunk", CodeMalformedValueError, Warn},
	{"document.syntax", "syntax.encoding", CodeParsingError, Fail},
	{"document.syntax", "syntax.depth", CodeLimitExceeded, Unknown},
	{"document.syntax", "syntax.values", CodeLimitExceeded, Unknown},
	{"document.syntax", "syntax.not-json", CodeParsingError, Fail},
	{"document.syntax", "syntax.duplicate-name", CodeParsingError, Fail},
	{"document.syntax", "syntax.number-range", CodeParsingError, Fail},
	{"document.syntax", "syntax.trailing-data", CodeParsingError, Fail},
	{"document.syntax", "syntax.not-an-object", CodeParsingError, Fail},
	{"document.syntax", "syntax.count", CodeLimitExceeded, Unknown},
	{"document.contexts", "contexts.missing", CodeMalformedValueError, Fail},
	{"document.contexts", "contexts.order", CodeMalformedValueError, Fail},
	{"document.contexts", "contexts.inline", CodeUnsupportedContext, Fail},
	{"document.contexts", "contexts.nested", CodeUnsupportedContext, Fail},
	{"document.contexts", "contexts.contradict", CodeMalformedValueError, Fail},
	{"document.contexts", "contexts.broken", CodeUnsupportedContext, Unknown},
	{"document.contexts", "contexts.unregistered", CodeUnsupportedContext, Unknown},
	{"document.terms", "terms.null", CodeDataLossDetectionError, Fail},
	{"document.terms", "terms.empty-name", CodeDataLossDetectionError, Fail},
	{"document.terms", "terms.keyword", CodeDataLossDetectionError, Fail},
	{"document.terms", "terms.language", CodeDataLossDetectionError, Fail},
	{"document.terms", "terms.invalid-iri", CodeDataLossDetectionError, Fail},
	{"document.terms", "terms.relative-iri", CodeDataLossDetectionError, Fail},
	{"document.terms", "terms.undefined", CodeDataLossDetectionError, Fail},
	{"document.schema", "schema.identifier", CodeMalformedValueError, Fail},
	{"document.schema", "schema.shape", CodeMalformedValueError, Fail},
	{"document.schema", "schema.duplicate-item", CodeMalformedValueError, Fail},
	{"document.schema", "schema.time", CodeMalformedValueError, Fail},
	{"document.schema", "schema.period", CodeMalformedValueError, Fail},
	{"document.schema", "schema.status-entry", CodeMalformedValueError, Fail},
	{"document.schema", "schema.claims-type", CodeMalformedValueError, Fail},
	{"document.schema", "schema.claims-forbidden", CodeMalformedValueError, Fail},
	{"document.schema", "schema.claims-differ", CodeMalformedValueError, Fail},
	{"document.schema", "schema.claims-missing", CodeMalformedValueError, Fail},
	{"document.schema", "schema.text", CodeMalformedValueError, Fail},
	{"document.schema", "schema.compacted", CodeMalformedValueError, Warn},
	{"document.schema", "schema.not-checked", CodeSchemaUnavailable, Warn},
	{"document.schema", "microcredential.missing", CodeMalformedValueError, Warn},
	{"document.schema", "microcredential.form", CodeMalformedValueError, Warn},
	{"document.schema", "microcredential.code", CodeMalformedValueError, Warn},
	{"document.schema", "microcredential.reference", CodeMalformedValueError, Warn},
	{"document.schema", "microcredential.differs", CodeMalformedValueError, Warn},
	{"document.schema", "microcredential.number", CodeMalformedValueError, Warn},
	{"proof.format", "format.unsecured", CodeParsingError, Fail},
	{"proof.format", "format.proof-shape", CodeParsingError, Fail},
	{"proof.format", "format.member-missing", CodeProofVerificationError, Fail},
	{"proof.format", "format.member-malformed", CodeProofVerificationError, Fail},
	{"proof.format", "format.algorithm-unknown", CodeUnsupportedAlgorithm, Unknown},
	{"proof.format", "format.algorithm-forbidden", CodeUnsupportedAlgorithm, Fail},
	{"proof.format", "format.proof-terms", CodeDataLossDetectionError, Fail},
	{"proof.format", "format.proof-value-length", CodeLimitExceeded, Unknown},
	{"proof.format", "format.proof-value", CodeProofVerificationError, Fail},
	{"proof.format", "format.chain", CodeProofVerificationError, Fail},
	{"proof.format", "format.header", CodeMalformedValueError, Fail},
	{"proof.format", "format.type", CodeMalformedValueError, Fail},
	{"key.resolved", "key.identifier", CodeInvalidVerificationMethodURL, Fail},
	{"key.resolved", "key.did-length", CodeLimitExceeded, Unknown},
	{"key.resolved", "key.did", CodeInvalidDID, Fail},
	{"key.resolved", "key.did-method", CodeMethodNotSupported, Unknown},
	{"key.resolved", "key.url-refused", CodePolicyRefusedURL, Unknown},
	{"key.resolved", "key.unreachable", CodeKeyRetrievalError, Unknown},
	{"key.resolved", "key.limit", CodeLimitExceeded, Unknown},
	{"key.resolved", "key.document", CodeInvalidControlledIdentifierDocument, Fail},
	{"key.resolved", "key.document-id", CodeInvalidControlledIdentifierDocumentID, Fail},
	{"key.resolved", "key.not-listed", CodeInvalidVerificationMethod, Fail},
	{"key.resolved", "key.controller-differs", CodeInvalidVerificationMethod, Fail},
	{"key.resolved", "key.unusable", CodeInvalidVerificationMethod, Fail},
	{"key.controller", "key.unbound", CodeUnboundKey, Fail},
	{"key.controller", "key.relationship", CodeInvalidRelationshipForVerificationMethod, Fail},
	{"key.window", "key.revoked", CodeKeyRevoked, Fail},
	{"key.window", "key.expired", CodeKeyExpired, Fail},
	{"proof.signature", "signature.mismatch", CodeCryptographicSecurityError, Fail},
	{"proof.signature", "signature.work-limit", CodeLimitExceeded, Unknown},
	{"proof.signature", "signature.transform", CodeProofTransformationError, Fail},
	{"proof.purpose", "purpose.differs", CodeProofVerificationError, Fail},
	{"proof.purpose", "purpose.expired", CodeProofVerificationError, Fail},
	{"proof.purpose", "purpose.future", CodeProofVerificationError, Fail},
	{"credential.validity", "validity.expired", CodeExpired, Fail},
	{"credential.validity", "validity.not-yet", CodeNotYetValid, Fail},
	{"credential.status", "status.type-unknown", CodeUnsupportedStatusType, Unknown},
	{"credential.status", "status.url-refused", CodePolicyRefusedURL, Unknown},
	{"credential.status", "status.unreachable", CodeStatusRetrievalError, Unknown},
	{"credential.status", "status.list-invalid", CodeStatusVerificationError, Unknown},
	{"credential.status", "status.list-encoding", CodeMalformedValueError, Unknown},
	{"credential.status", "status.limit", CodeLimitExceeded, Unknown},
	{"credential.status", "status.list-short", CodeStatusListLengthError, Unknown},
	{"credential.status", "status.index-range", CodeRangeError, Unknown},
	{"credential.status", "status.revocation", CodeRevoked, Fail},
	{"credential.status", "status.suspension", CodeSuspended, Fail},
	{"issuer.trusted", "issuer.unlisted", CodeUntrustedIssuer, Unknown},
	{"issuer.trusted", "issuer.withdrawn", CodeUntrustedIssuer, Fail},
	{"issuer.trusted", "issuer.name-differs", CodeIssuerNameMismatch, Warn},
	{"achievement.consistent", "achievement.result-reference", CodeMalformedValueError, Fail},
	{"achievement.consistent", "achievement.status-missing", CodeMalformedValueError, Fail},
	{"achievement.consistent", "achievement.level-unknown", CodeMalformedValueError, Fail},
	{"achievement.consistent", "achievement.value-not-allowed", CodeMalformedValueError, Fail},
	{"achievement.consistent", "achievement.duplicate-id", CodeMalformedValueError, Fail},
	{"recipient.matches", "recipient.differs", CodeRecipientMismatch, Fail},
	{"recipient.matches", "recipient.not-stated", CodeRecipientMismatch, Unknown},
	{"recipient.matches", "recipient.weak-hash", CodeWeakIdentityHash, Warn},
	{"presentation.binding", "presentation.challenge", CodeInvalidChallengeError, Fail},
	{"presentation.binding", "presentation.domain", CodeInvalidDomainError, Fail},
	{"presentation.binding", "presentation.holder", CodeHolderMismatch, Fail},
}

var findingRows, findingRank = indexFindings()

func indexFindings() (map[string]FindingRow, map[string]int) {
	rows, rank := map[string]FindingRow{}, map[string]int{}
	for i, r := range findings {
		rows[r.Finding], rank[r.Finding] = r, i
	}
	return rows, rank
}

// Findings returns a copy of the table, for documentation, texts and tests.
func Findings() []FindingRow { return slices.Clone(findings) }

// Rank orders findings as the table does; a finding that is not in the table
// comes last.
func Rank(finding string) int {
	if i, ok := findingRank[finding]; ok {
		return i
	}
	return len(findings)
}
