package verifier

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"time"

	"merkki/internal/fetch"
	"merkki/keys"
	"merkki/schema"
	"merkki/schema/jsonld"
)

// Bounds of one verification (security model, section 5).
const (
	maxRequests = 16
	maxTime     = 10 * time.Second
	maxURL      = 2048
	leeway      = 120 * time.Second
)

// A Verifier holds no private key and opens no database. Its fields must not
// change while it works; it is then safe for concurrent use.
type Verifier struct {
	// Contexts are the JSON-LD contexts that exist; required.
	Contexts *jsonld.Register
	// Resolver finds the key behind a verification method; required.
	Resolver keys.Resolver
	// Lists retrieves status lists. Nil: none can be had, so that a
	// credential with a status is at best indeterminate.
	Lists Lists
	// Cache remembers lists between verifications; nil: each is verified anew.
	Cache *ListCache
	// Trust are the lists of issuers that the reader trusts. Empty: nobody.
	Trust []TrustList
	// Own knows the issuers of the service that asks about itself; nil elsewhere.
	Own    Own
	Policy Policy
	// Now is the clock; nil means time.Now.
	Now func() time.Time
	// Limits bound the document; zero fields mean the defaults.
	Limits schema.Limits
}

// A Policy says what a reader insists on; the zero value is the strictest.
type Policy struct {
	AnyIssuer bool // an unlisted issuer is a warning
	Tolerant  bool // status entries with numeric index or foreign list id are read with a warning
	// Refresh asks the refresh service that a credential names for a newer copy,
	// once. It tells whoever runs that service that somebody verifies.
	Refresh bool

	// ConformanceUnsafe judges documents by the W3C's data model alone, leaves
	// unread status entries and lists that cannot be had aside with a warning, and
	// lets anybody present anything. It is for programs that are judged by test
	// suites, whose inputs name types, lists and holders that do not exist.
	ConformanceUnsafe bool
	// ForeignKeyUnsafe takes a credential that is signed by somebody else's key for
	// signed. Whoever sets it lets anybody sign for any issuer.
	ForeignKeyUnsafe bool
}

// Lists retrieves the status list credential at a URL. Its errors are
// *schema.Fault of status.url-refused, status.unreachable or status.limit.
type Lists interface {
	StatusList(ctx context.Context, url string) ([]byte, error)
}

// Own knows the issuers of the service that asks itself. Domain is what the
// reader sees beside the name.
type Own interface {
	OwnIssuer(id string) (name, domain string, ok bool)
}

// A TestOwn is an Own some of whose issuers are for trying things out.
type TestOwn interface {
	Own
	// OwnTestIssuer reports whether an own issuer is one for tests.
	OwnTestIssuer(id string) bool
}

// A Request is one thing to verify.
type Request struct {
	// Input is the bytes as they came, of whatever kind.
	Input []byte
	// At is the moment to judge validity, lists and keys at; zero: now.
	At time.Time
	// Issuer, when set, is the domain or id that the proven issuer must be:
	// issuer.trusted passes if it is and is unknown if it is not, whatever the
	// trust lists say. A domain stands for the DID or https origin of the whole
	// domain, never for a path below it, which may be somebody else's.
	Issuer string
	// Recipient, when set, is whom the credential should be about.
	Recipient *Recipient
	// Presentation says that the input is to be a presentation: what somebody who
	// holds credentials shows for an occasion. Challenge and Domain, where set,
	// are those of the occasion.
	Presentation      bool
	Challenge, Domain string
	// Brief leaves the canonical texts out of the evidence. Their hashes, and what
	// was checked, stay.
	Brief bool
}

// Verify runs every check. The error is about the verifier (its caller went
// away), never about the credential.
func (v *Verifier) Verify(ctx context.Context, q Request) (*Report, error) {
	inner, cancel := context.WithTimeout(fetch.WithBudget(ctx, maxRequests), maxTime)
	defer cancel()
	c := v.open(q)
	if err := c.run(inner, checks); err != nil {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if inner.Err() == nil {
			return nil, err
		}
		c.runOutOfTime()
	}
	r := c.report(q.Input)
	if v.Policy.Refresh {
		r = c.refreshed(inner, r)
	}
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	return r, nil
}

// runOutOfTime ends the list of results: the check that was running could not
// tell, and what follows it was not run.
func (c *caseFile) runOutOfTime() {
	row := checks[len(c.results)]
	c.results = append(c.results, timeIsUp(row).result(row))
	for _, row := range checks[len(c.results):] {
		c.results = append(c.results, notRun(checks[len(c.results)-1].Name).result(row))
	}
}

func (c *caseFile) report(input []byte) *Report {
	sum := sha256.Sum256(input)
	r := &Report{
		Test:        c.test,
		CheckedAt:   c.now,
		EvaluatedAt: c.at,
		Input:       Input{Kind: c.form.String(), SHA256: hex.EncodeToString(sum[:])},
		Checks:      c.results,
		stated:      c.claims,
	}
	r.Verdict, r.Primary = judge(c.results)
	if c.opened != nil && passed(c.status("proof.signature")) && passed(c.status("key.controller")) {
		r.claims, r.signed = c.opened.Claims, true
		r.Credential = schema.Marshal(r.claims)
	}
	return r
}

// seconds is a moment as reports show it.
func seconds(t time.Time) time.Time { return t.UTC().Truncate(time.Second) }

// timeIsUp is the answer of the check that was running when the time of one
// verification ended.
func timeIsUp(row Check) answer {
	finding := "signature.work-limit"
	switch row.Name {
	case "key.resolved":
		finding = "key.unreachable"
	case "credential.status":
		finding = "status.unreachable"
	case "endorsements":
		return answer{faults: []*schema.Fault{warning("endorsements.limit", "", map[string]any{"limit": "verification.time"})}}
	}
	args := map[string]any{"limit": "verification.time", "max": maxTime.String(), "reason": "timeout"}
	return answer{faults: []*schema.Fault{schema.Found(finding, "", args)}}
}
