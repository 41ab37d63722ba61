package verifier_test

import (
	"strings"
	"testing"

	"merkki/schema"
	"merkki/verifier"
	"merkki/verifier/virtual"
)

const unsignedList = "https://uni.example/revoked.json"

// inUnsigned is a badge whose status is a list without signature, at url.
func inUnsigned(w *world, url string) []byte {
	return w.uni.Sign(extended(w.uni.Badge(), "credentialStatus", schema.ObjectValue(
		member("id", url), schema.Member{Name: "type", Value: schema.StringValue("1EdTechRevocationList")})))
}

// in2021 is a badge with an entry of Status List 2021.
func in2021(w *world, l *virtual.List, index string) []byte {
	entry := schema.ObjectValue(member("id", l.URL()+"#"+index), schema.Member{Name: "type", Value: schema.StringValue("StatusList2021Entry")},
		member("statusPurpose", "revocation"), member("statusListIndex", index), member("statusListCredential", l.URL()))
	contexts := append(w.uni.Badge().GetList("@context"), schema.StringValue("https://w3id.org/vc/status-list/2021/v1"))
	return w.uni.Sign(w.uni.Badge().With("@context", schema.ArrayValue(contexts...)).With("credentialStatus", entry))
}

func (w *world) list2021() *virtual.List {
	l := w.uni.List("revocation")
	l.Year2021 = true
	return l
}

var olderStatus = []situation{
	{"2021, clear", func(w *world) []byte { return in2021(w, w.list2021(), "7") },
		"valid; credential.status pass status.clear", didDoc + " " + list1},
	{"2021, set", func(w *world) []byte {
		l := w.list2021()
		l.Set(7)
		return in2021(w, l, "7")
	}, "invalid; credential.status fail status.revocation", didDoc + " " + list1},
	{"2021, list of today's kind", func(w *world) []byte { return in2021(w, w.uni.List("revocation"), "7") },
		"indeterminate; credential.status unknown status.list-invalid", didDoc + " " + list1},
	{"2021, an index that is none", func(w *world) []byte { return in2021(w, w.list2021(), "-7") },
		"indeterminate; credential.status unknown status.index-range", didDoc + " " + list1},
	{"2021, list of another issuer", func(w *world) []byte {
		l := w.list2021()
		l.Owner = w.forger
		return in2021(w, l, "7")
	}, "indeterminate; credential.status unknown status.list-invalid", didDoc + " " + list1},

	{"unsigned, not named", func(w *world) []byte {
		w.Serve(unsignedList, []byte(`{"revokedCredential":[{"id":"https://campus.example/c/other"},{"id":"`+w.uni.Badge().GetString("id")+`","revoked":false}]}`))
		return inUnsigned(w, unsignedList)
	}, "valid; credential.status pass status.clear; credential.status also warn status.unsigned", didDoc + " " + unsignedList},
	{"unsigned, named", func(w *world) []byte {
		w.Serve(unsignedList, []byte(`{"issuer":"did:web:uni.example","revokedCredential":[{"id":"`+w.uni.Badge().GetString("id")+`"}]}`))
		return inUnsigned(w, unsignedList)
	}, "invalid; credential.status fail status.revocation; credential.status also warn status.unsigned", didDoc + " " + unsignedList},
	{"unsigned, elsewhere", func(w *world) []byte { return inUnsigned(w, "https://lists.example/revoked.json") },
		"indeterminate; credential.status unknown status.list-invalid", didDoc},
	{"unsigned, away", func(w *world) []byte { return inUnsigned(w, unsignedList) },
		"indeterminate; credential.status unknown status.unreachable", didDoc + " " + unsignedList},
	{"unsigned, another issuer's", func(w *world) []byte {
		w.Serve(unsignedList, []byte(`{"issuer":{"id":"did:web:other.example"},"revokedCredential":[]}`))
		return inUnsigned(w, unsignedList)
	}, "indeterminate; credential.status unknown status.list-invalid", didDoc + " " + unsignedList},
	{"unsigned, something else", func(w *world) []byte {
		w.Serve(unsignedList, []byte(`<html>`))
		return inUnsigned(w, unsignedList)
	}, "indeterminate; credential.status unknown status.list-invalid", didDoc + " " + unsignedList},
}

func TestOlderStatus(t *testing.T) { play(t, olderStatus) }

const newerURL = "https://uni.example/newer"

// refreshable is a badge whose issuer says where a newer copy is.
func refreshable(w *world) schema.Value {
	w.v.Policy.Refresh = true
	return extended(w.uni.Badge(), "refreshService", schema.ObjectValue(
		member("id", newerURL), schema.Member{Name: "type", Value: schema.StringValue("1EdTechCredentialRefresh")}))
}

var refreshes = []situation{
	{"off", func(w *world) []byte {
		b := w.uni.Sign(refreshable(w))
		w.v.Policy.Refresh = false
		return b
	}, "valid", didDoc},
	{"newer and ended", func(w *world) []byte {
		w.Serve(newerURL, w.uni.Sign(period(refreshable(w), "validUntil", "2026-05-20T00:00:00Z")))
		return w.uni.Sign(refreshable(w))
	}, "invalid; credential.validity fail validity.expired", didDoc + " " + newerURL},
	{"ended, and a newer one holds", func(w *world) []byte {
		w.Serve(newerURL, w.uni.Sign(period(refreshable(w), "validUntil", "2027-05-20T00:00:00Z")))
		return w.uni.Sign(period(refreshable(w), "validUntil", "2026-05-20T00:00:00Z"))
	}, "valid", didDoc + " " + newerURL},
	{"away", func(w *world) []byte { return w.uni.Sign(refreshable(w)) },
		"valid; credential.status also warn status.refresh-failed", didDoc + " " + newerURL},
	{"by somebody else", func(w *world) []byte {
		w.Serve(newerURL, w.forger.Sign(refreshable(w)))
		return w.uni.Sign(refreshable(w))
	}, "valid; credential.status also warn status.refresh-failed", didDoc + " " + newerURL},
	{"another credential", func(w *world) []byte {
		w.Serve(newerURL, w.uni.Sign(refreshable(w).With("id", schema.StringValue("https://campus.example/c/other"))))
		return w.uni.Sign(refreshable(w))
	}, "valid; credential.status also warn status.refresh-failed", didDoc + " " + newerURL},
	{"older", func(w *world) []byte {
		w.Serve(newerURL, w.uni.Sign(period(refreshable(w), "validFrom", "2026-04-01T00:00:00Z")))
		return w.uni.Sign(refreshable(w))
	}, "valid; credential.status also warn status.refresh-failed", didDoc + " " + newerURL},
	{"of what nobody signed", func(w *world) []byte {
		return []byte(strings.Replace(string(w.uni.Sign(refreshable(w))), "nine hold", "ten hold", 1))
	}, "invalid; proof.signature fail signature.mismatch", didDoc},
	{"in the network", func(w *world) []byte {
		return []byte(strings.ReplaceAll(string(w.uni.Sign(refreshable(w))), newerURL, "https://127.0.0.1/newer"))
	}, "invalid", didDoc},
}

func TestRefresh(t *testing.T) { play(t, refreshes) }

// TestRefreshSaysWhichDocumentItIsAbout.
func TestRefreshSaysWhichDocumentItIsAbout(t *testing.T) {
	w := newWorld()
	w.Serve(newerURL, w.uni.Token(refreshable(w)))
	old := w.uni.Sign(refreshable(w))
	r := verify(t, w.v, old)
	w.v.Policy.Refresh = false
	plain := verify(t, w.v, old)
	if r.Refreshed == nil || r.Refreshed.URL != newerURL || r.Refreshed.Input != plain.Input || r.Input == plain.Input {
		t.Errorf("%+v of %+v", r.Refreshed, r.Input)
	}
}

// recipient is a badge for somebody with an address, hashed with a salt.
func addressed(w *world, salt string) schema.Value {
	subject, _ := w.uni.Badge().Get("credentialSubject")
	identity := schema.ObjectValue(schema.Member{Name: "type", Value: schema.StringValue("IdentityObject")},
		schema.Member{Name: "hashed", Value: schema.BoolValue(true)}, member("identityHash", schema.IdentityHash("ada@uni.example", salt)),
		member("identityType", "emailAddress"), member("salt", salt))
	return w.uni.Badge().With("credentialSubject", subject.With("identifier", schema.ArrayValue(identity)))
}

// to asks about a recipient.
func to(kind, value string, make func(w *world) schema.Value) func(w *world) []byte {
	return func(w *world) []byte {
		w.ask.Recipient = &verifier.Recipient{Type: kind, Value: value}
		return w.uni.Sign(make(w))
	}
}

func TestRecipients(t *testing.T) {
	salted := func(w *world) schema.Value { return addressed(w, "0123456789abcdef0123456789abcdef") }
	plain := func(w *world) schema.Value { return w.uni.Badge() }
	play(t, []situation{
		{"nobody", func(w *world) []byte { return w.uni.Sign(salted(w)) }, "valid; recipient.matches not-applicable recipient.not-asked", didDoc},
		{"by id", to("id", "did:example:learner", plain), "valid; recipient.matches pass recipient.same", didDoc},
		{"by another id", to("id", "did:example:Learner", plain), "invalid; recipient.matches fail recipient.differs", didDoc},
		{"by address", to("emailAddress", "ada@uni.example", salted), "valid; recipient.matches pass recipient.same", didDoc},
		{"by address in capitals", to("emailAddress", " Ada@UNI.example ", salted), "valid; recipient.matches pass recipient.same", didDoc},
		{"by another address", to("emailAddress", "bob@uni.example", salted), "invalid; recipient.matches fail recipient.differs", didDoc},
		{"by what it does not say", to("emailAddress", "ada@uni.example", plain), "indeterminate; recipient.matches unknown recipient.not-stated", didDoc},
		{"by nothing", to("id", "", plain), "invalid; recipient.matches fail recipient.differs", didDoc},
		{"weakly hidden", to("emailAddress", "ada@uni.example", func(w *world) schema.Value { return addressed(w, "short") }),
			"valid; recipient.matches pass recipient.same; recipient.matches also warn recipient.weak-hash", didDoc},
	})
}

// TestRecipientIsInNoReport: what the reader knows stays with the reader.
func TestRecipientIsInNoReport(t *testing.T) {
	w := newWorld()
	b := w.uni.Sign(w.uni.Badge())
	r, err := w.v.Verify(t.Context(), verifier.Request{Input: b, Recipient: &verifier.Recipient{Type: "id", Value: "did:example:secret"}})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range r.Checks {
		for _, v := range c.Args {
			if s, _ := v.(string); strings.Contains(s, "secret") {
				t.Errorf("%s: %v", c.Name, c.Args)
			}
		}
	}
}
