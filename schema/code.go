package schema

import (
	"maps"
	"slices"
	"strings"
)

// The type URLs of the codes that the W3C names.
const (
	prefixVC         = "https://www.w3.org/TR/vc-data-model#"           // VC Data Model 2.0, Problem Details
	prefixSecurity   = "https://w3id.org/security#"                     // VC Data Integrity 1.0 and Controlled Identifiers 1.0, Processing Errors
	prefixStatusList = "https://www.w3.org/ns/credentials/status-list#" // Bitstring Status List 1.0, Processing Errors
	prefixDID        = "https://www.w3.org/ns/did#"                     // DID Resolution
)

// A Code names a problem for programs. It is stable: a code is never reused
// for another meaning.
type Code string

// The codes. Those above the blank line are the W3C's, the others are ours.
const (
	CodeParsingError                             Code = "PARSING_ERROR"
	CodeMalformedValueError                      Code = "MALFORMED_VALUE_ERROR"
	CodeRangeError                               Code = "RANGE_ERROR"
	CodeCryptographicSecurityError               Code = "CRYPTOGRAPHIC_SECURITY_ERROR"
	CodeDataLossDetectionError                   Code = "DATA_LOSS_DETECTION_ERROR"
	CodeProofVerificationError                   Code = "PROOF_VERIFICATION_ERROR"
	CodeProofTransformationError                 Code = "PROOF_TRANSFORMATION_ERROR"
	CodeProofGenerationError                     Code = "PROOF_GENERATION_ERROR"
	CodeInvalidDomainError                       Code = "INVALID_DOMAIN_ERROR"
	CodeInvalidChallengeError                    Code = "INVALID_CHALLENGE_ERROR"
	CodeInvalidVerificationMethodURL             Code = "INVALID_VERIFICATION_METHOD_URL"
	CodeInvalidControlledIdentifierDocument      Code = "INVALID_CONTROLLED_IDENTIFIER_DOCUMENT"
	CodeInvalidControlledIdentifierDocumentID    Code = "INVALID_CONTROLLED_IDENTIFIER_DOCUMENT_ID"
	CodeInvalidVerificationMethod                Code = "INVALID_VERIFICATION_METHOD"
	CodeInvalidRelationshipForVerificationMethod Code = "INVALID_RELATIONSHIP_FOR_VERIFICATION_METHOD"
	CodeStatusRetrievalError                     Code = "STATUS_RETRIEVAL_ERROR"
	CodeStatusVerificationError                  Code = "STATUS_VERIFICATION_ERROR"
	CodeStatusListLengthError                    Code = "STATUS_LIST_LENGTH_ERROR"
	CodeInvalidDID                               Code = "INVALID_DID"
	CodeMethodNotSupported                       Code = "METHOD_NOT_SUPPORTED"

	CodeNoCredentialFound     Code = "NO_CREDENTIAL_FOUND"
	CodeLimitExceeded         Code = "LIMIT_EXCEEDED"
	CodeUnsupportedContext    Code = "UNSUPPORTED_CONTEXT"
	CodeUnsupportedAlgorithm  Code = "UNSUPPORTED_ALGORITHM"
	CodeUnboundKey            Code = "UNBOUND_KEY"
	CodeKeyRetrievalError     Code = "KEY_RETRIEVAL_ERROR"
	CodePolicyRefusedURL      Code = "POLICY_REFUSED_URL"
	CodeKeyRevoked            Code = "KEY_REVOKED"
	CodeKeyExpired            Code = "KEY_EXPIRED"
	CodeExpired               Code = "EXPIRED"
	CodeNotYetValid           Code = "NOT_YET_VALID"
	CodeRevoked               Code = "REVOKED"
	CodeSuspended             Code = "SUSPENDED"
	CodeUnsupportedStatusType Code = "UNSUPPORTED_STATUS_TYPE"
	CodeSchemaUnavailable     Code = "SCHEMA_UNAVAILABLE"
	CodeUntrustedIssuer       Code = "UNTRUSTED_ISSUER"
	CodeIssuerNameMismatch    Code = "ISSUER_NAME_MISMATCH"
	CodeWeakIdentityHash      Code = "WEAK_IDENTITY_HASH"
	CodeRecipientMismatch     Code = "RECIPIENT_MISMATCH"
	CodeHolderMismatch        Code = "HOLDER_MISMATCH"
	CodeUnauthenticated       Code = "UNAUTHENTICATED"
	CodeForbidden             Code = "FORBIDDEN"
	CodeNotFound              Code = "NOT_FOUND"
	CodeMethodNotAllowed      Code = "METHOD_NOT_ALLOWED"
	CodeGone                  Code = "GONE"
	CodeClosed                Code = "CLOSED"
	CodeConflict              Code = "CONFLICT"
	CodeIdempotencyInProgress Code = "IDEMPOTENCY_IN_PROGRESS"
	CodeIdempotencyMismatch   Code = "IDEMPOTENCY_MISMATCH"
	CodePreconditionFailed    Code = "PRECONDITION_FAILED"
	CodePreconditionRequired  Code = "PRECONDITION_REQUIRED"
	CodeUnsupportedMediaType  Code = "UNSUPPORTED_MEDIA_TYPE"
	CodeUnknownField          Code = "UNKNOWN_FIELD"
	CodeRateLimited           Code = "RATE_LIMITED"
	CodeCrossSiteRequest      Code = "CROSS_SITE_REQUEST"
	CodeInternal              Code = "INTERNAL"
	CodeStoreUnavailable      Code = "STORE_UNAVAILABLE"
	CodeReadOnly              Code = "READ_ONLY"
	CodeSignerUnavailable     Code = "SIGNER_UNAVAILABLE"
	CodeStatusListFull        Code = "STATUS_LIST_FULL"
	CodeStorageFull           Code = "STORAGE_FULL"
)

// codeRows says for each code the prefix of its type URL (empty for ours) and
// the HTTP status it has as the error of an issuing, importing or
// administrative request; 0 where it only ever stands in a report.
var codeRows = map[Code]struct {
	prefix string
	status int
}{
	CodeParsingError:                             {prefixVC, 400},
	CodeMalformedValueError:                      {prefixVC, 422},
	CodeRangeError:                               {prefixVC, 422},
	CodeCryptographicSecurityError:               {prefixVC, 422},
	CodeDataLossDetectionError:                   {prefixSecurity, 422},
	CodeProofVerificationError:                   {prefixSecurity, 422},
	CodeProofTransformationError:                 {prefixSecurity, 422},
	CodeProofGenerationError:                     {prefixSecurity, 500},
	CodeInvalidDomainError:                       {prefixSecurity, 422},
	CodeInvalidChallengeError:                    {prefixSecurity, 422},
	CodeInvalidVerificationMethodURL:             {prefixSecurity, 422},
	CodeInvalidControlledIdentifierDocument:      {prefixSecurity, 422},
	CodeInvalidControlledIdentifierDocumentID:    {prefixSecurity, 422},
	CodeInvalidVerificationMethod:                {prefixSecurity, 422},
	CodeInvalidRelationshipForVerificationMethod: {prefixSecurity, 422},
	CodeStatusRetrievalError:                     {prefixStatusList, 502},
	CodeStatusVerificationError:                  {prefixStatusList, 422},
	CodeStatusListLengthError:                    {prefixStatusList, 422},
	CodeInvalidDID:                               {prefixDID, 422},
	CodeMethodNotSupported:                       {prefixDID, 422},
	CodeNoCredentialFound:                        {"", 422},
	CodeLimitExceeded:                            {"", 422},
	CodeUnsupportedContext:                       {"", 422},
	CodeUnsupportedAlgorithm:                     {"", 422},
	CodeUnboundKey:                               {"", 422},
	CodeKeyRetrievalError:                        {"", 502},
	CodePolicyRefusedURL:                         {"", 422},
	CodeKeyRevoked:                               {"", 422},
	CodeKeyExpired:                               {"", 422},
	CodeExpired:                                  {"", 0},
	CodeNotYetValid:                              {"", 0},
	CodeRevoked:                                  {"", 0},
	CodeSuspended:                                {"", 0},
	CodeUnsupportedStatusType:                    {"", 422},
	CodeSchemaUnavailable:                        {"", 0},
	CodeUntrustedIssuer:                          {"", 0},
	CodeIssuerNameMismatch:                       {"", 0},
	CodeWeakIdentityHash:                         {"", 422},
	CodeRecipientMismatch:                        {"", 0},
	CodeHolderMismatch:                           {"", 0},
	CodeUnauthenticated:                          {"", 401},
	CodeForbidden:                                {"", 403},
	CodeNotFound:                                 {"", 404},
	CodeMethodNotAllowed:                         {"", 405},
	CodeGone:                                     {"", 410},
	CodeClosed:                                   {"", 403},
	CodeConflict:                                 {"", 409},
	CodeIdempotencyInProgress:                    {"", 409},
	CodeIdempotencyMismatch:                      {"", 422},
	CodePreconditionFailed:                       {"", 412},
	CodePreconditionRequired:                     {"", 428},
	CodeUnsupportedMediaType:                     {"", 415},
	CodeUnknownField:                             {"", 422},
	CodeRateLimited:                              {"", 429},
	CodeCrossSiteRequest:                         {"", 403},
	CodeInternal:                                 {"", 500},
	CodeStoreUnavailable:                         {"", 503},
	CodeReadOnly:                                 {"", 503},
	CodeSignerUnavailable:                        {"", 503},
	CodeStatusListFull:                           {"", 503},
	CodeStorageFull:                              {"", 507},
}

// Type returns the RFC 9457 type of c: an absolute URL for W3C codes, a
// reference relative to the root of the installation for ours.
func (c Code) Type() string {
	if p := codeRows[c].prefix; p != "" {
		return p + string(c)
	}
	return "/problems/" + strings.ReplaceAll(strings.ToLower(string(c)), "_", "-")
}

// Status returns the HTTP status of c as the error of a request, 422 for codes
// that only reports use, and 500 for a code that does not exist.
func (c Code) Status() int {
	row, ok := codeRows[c]
	switch {
	case !ok:
		return 500
	case row.status == 0:
		return 422
	}
	return row.status
}

// Codes yields every code in alphabetical order, for documentation and tests.
func Codes() []Code { return slices.Sorted(maps.Keys(codeRows)) }
