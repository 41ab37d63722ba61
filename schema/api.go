package schema

// The classes of the REST API of Open Badges 3.0 that are neither credentials
// nor profiles.

// CheckProfile judges a Profile that stands alone: what a client puts, what an
// address of an issuer serves.
func CheckProfile(v Value) []*Fault {
	faults := checkShape(classProfile, v)
	faults = append(faults, checkIdentifiers(v, faults)...)
	return inOrder(v, append(faults, checkDuplicates(v)...))
}

// CheckCredentialsResponse judges a GetOpenBadgeCredentialsResponse. Its
// credentials may follow either data model. They are judged by shape;
// whether they can be verified is another question.
func CheckCredentialsResponse(v Value) []*Fault {
	return inOrder(v, checkShape(classCredentialsResponse, v))
}

// CheckStatusInfo judges an Imsx_StatusInfo.
func CheckStatusInfo(v Value) []*Fault { return inOrder(v, checkShape(classStatusInfo, v)) }

// A CredentialsResponse is the answer of getCredentials.
type CredentialsResponse struct {
	Credential       []Value  // secured by embedded proofs
	CompactJWSString []string // secured as VC-JWT
}

// CredentialsResponseOf returns the typed view of a GetOpenBadgeCredentialsResponse.
func CredentialsResponseOf(v Value) CredentialsResponse {
	return CredentialsResponse{Credential: v.GetList("credential"), CompactJWSString: v.texts("compactJwsString")}
}

// Value writes the answer. A list without elements is left out, as the
// serialisation of Open Badges asks.
func (r CredentialsResponse) Value() Value {
	v := ObjectValue()
	if len(r.Credential) > 0 {
		v = v.With("credential", ArrayValue(r.Credential...))
	}
	if len(r.CompactJWSString) > 0 {
		var tokens []Value
		for _, s := range r.CompactJWSString {
			tokens = append(tokens, StringValue(s))
		}
		v = v.With("compactJwsString", ArrayValue(tokens...))
	}
	return v
}

// A StatusInfo is the body of an answer that is an error, Imsx_StatusInfo.
type StatusInfo struct {
	CodeMajor   string // success, processing, failure or unsupported
	Severity    string // status, warning or error
	Description string
	CodeMinor   []CodeMinorField
}

// A CodeMinorField says which part of a service answers, and what: a value of
// the enumeration of Imsx_CodeMinorField, such as not_found.
type CodeMinorField struct{ Name, Value string }

// StatusInfoOf returns the typed view of an Imsx_StatusInfo.
func StatusInfoOf(v Value) StatusInfo {
	return StatusInfo{
		CodeMajor:   v.GetString("imsx_codeMajor"),
		Severity:    v.GetString("imsx_severity"),
		Description: v.GetString("imsx_description"),
		CodeMinor: each(v.member("imsx_codeMinor"), "imsx_codeMinorField", func(f Value) CodeMinorField {
			return CodeMinorField{f.GetString("imsx_codeMinorFieldName"), f.GetString("imsx_codeMinorFieldValue")}
		}),
	}
}

// Value writes the answer.
func (s StatusInfo) Value() Value {
	v := ObjectValue(
		Member{"imsx_codeMajor", StringValue(s.CodeMajor)},
		Member{"imsx_severity", StringValue(s.Severity)})
	if s.Description != "" {
		v = v.With("imsx_description", StringValue(s.Description))
	}
	if len(s.CodeMinor) > 0 {
		var fields []Value
		for _, f := range s.CodeMinor {
			fields = append(fields, ObjectValue(
				Member{"imsx_codeMinorFieldName", StringValue(f.Name)},
				Member{"imsx_codeMinorFieldValue", StringValue(f.Value)}))
		}
		v = v.With("imsx_codeMinor", ObjectValue(Member{"imsx_codeMinorField", ArrayValue(fields...)}))
	}
	return v
}
