package main

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strings"

	"merkki/internal/i18n"
	"merkki/schema"
	"merkki/schema/jsonld"
	"merkki/verifier"
)

// A reply is what goes back, always JSON.
type reply struct {
	status    int
	mediaType string // "" means application/json
	allow     string
	body      []byte
}

// with returns the reply under another status.
func (r reply) with(status int) reply {
	r.status = status
	return r
}

func (r reply) write(w http.ResponseWriter) {
	h := w.Header()
	h.Set("X-Merkki-Mode", "interop")
	h.Set("Cache-Control", "no-store")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Content-Type", "application/json")
	if r.mediaType != "" {
		h.Set("Content-Type", r.mediaType)
	}
	if r.allow != "" {
		h.Set("Allow", r.allow)
	}
	w.WriteHeader(r.status)
	w.Write(r.body)
}

// answer is a reply whose body is a document.
func answer(status int, v schema.Value) reply { return reply{status: status, body: schema.Marshal(v)} }

// member is short for a member of an object.
func member(name string, v schema.Value) schema.Member { return schema.Member{Name: name, Value: v} }

// A problem is an RFC 9457 object, with our members beside.
type problem struct {
	Type    string         `json:"type"`
	Title   string         `json:"title"`
	Detail  string         `json:"detail"`
	Status  int            `json:"status,omitempty"`
	Code    schema.Code    `json:"code"`
	Check   string         `json:"check,omitempty"`
	Finding string         `json:"finding,omitempty"`
	Pointer string         `json:"pointer,omitempty"`
	Args    map[string]any `json:"args,omitempty"`
}

var english = i18n.New("en")

// problemOf puts a fault into the form of suites. The type is always a URL.
func (s *server) problemOf(f *schema.Fault) problem {
	text := english.Problem(f)
	t := f.Code.Type()
	if strings.HasPrefix(t, "/") {
		t = s.base + t
	}
	return problem{Type: t, Title: text.Title, Detail: text.Detail, Code: f.Code,
		Check: checkOf(f.Finding), Finding: f.Finding, Pointer: f.Pointer, Args: f.Args}
}

// checkOf returns the check of which a finding is.
func checkOf(finding string) string {
	for _, row := range schema.Findings() {
		if row.Finding == finding {
			return row.Check
		}
	}
	return ""
}

// refuse says why nothing was made: 400 for whatever is wrong with what came,
// 500 for a fault of our own.
func (s *server) refuse(err error) reply {
	f, status := faultOf(err), http.StatusBadRequest
	if f.Code == schema.CodeInternal {
		status = http.StatusInternalServerError
	}
	p := s.problemOf(f)
	p.Status = status
	b, err := json.Marshal(p)
	if err != nil {
		panic(err) // strings, numbers and lists of them
	}
	return reply{status: status, mediaType: "application/problem+json", body: b}
}

// faultOf finds what of an error is about the input.
func faultOf(err error) *schema.Fault {
	if many, ok := errors.AsType[jsonld.Faults](err); ok && len(many) > 0 {
		return many[0]
	}
	if one, ok := errors.AsType[*schema.Fault](err); ok {
		return one
	}
	return schema.Refusal(schema.CodeInternal, "", nil)
}

// A verdict is the answer of the routes that verify.
type verdict struct {
	Verified bool      `json:"verified"`
	Problems []problem `json:"problemDetails"`
}

// tell puts a verdict into the form of suites, which read it from the status.
func tell(v verdict) reply {
	status := http.StatusOK
	if !v.Verified {
		status = http.StatusBadRequest
	}
	if v.Problems == nil {
		v.Problems = []problem{}
	}
	b, err := json.Marshal(v)
	if err != nil {
		panic(err) // as above
	}
	return reply{status: status, body: b}
}

// deny is the verdict on what could not even be tried.
func (s *server) deny(faults ...*schema.Fault) reply {
	var v verdict
	for _, f := range faults {
		v.Problems = append(v.Problems, s.problemOf(f))
	}
	return tell(v)
}

// judge asks the verifier and translates its report.
func (s *server) judge(ctx context.Context, v *verifier.Verifier, q verifier.Request) reply {
	report, err := v.Verify(ctx, q)
	if err != nil {
		return s.deny(faultOf(err))
	}
	return tell(s.verdictOf(report))
}

// verdictOf lists what kept a report from being valid. A securing mechanism that
// did not hold is a CRYPTOGRAPHIC_SECURITY_ERROR besides (VC Data Model 2.0,
// section 7.1).
func (s *server) verdictOf(r *verifier.Report) verdict {
	v := verdict{Verified: r.Verdict == verifier.Valid}
	if v.Verified {
		return v
	}
	unsecured := false
	for _, c := range r.Checks {
		if c.Status != schema.Fail && c.Status != schema.Unknown {
			continue
		}
		v.Problems = append(v.Problems, s.problemOf(&schema.Fault{Outcome: c.Status, Code: c.Code, Finding: c.Finding, Pointer: c.Pointer, Args: c.Args}))
		unsecured = unsecured || strings.HasPrefix(c.Name, "proof.") && c.Code != schema.CodeCryptographicSecurityError
	}
	if unsecured {
		v.Problems = append(v.Problems, s.problemOf(schema.Refusal(schema.CodeCryptographicSecurityError, "", nil)))
	}
	return v
}
