package verifier_test

import (
	"bytes"
	"context"
	"image"
	"image/png"
	"strings"
	"testing"
	"time"

	"merkki/internal/fetch"
	"merkki/proof"
	"merkki/schema"
	"merkki/schema/bake"
	"merkki/verifier"
	"merkki/verifier/virtual"
)

// A situation is a campus brought into some state and a file that somebody
// shows; want is what the report has to say.
type situation struct {
	name string
	// show makes the file; it may change the verifier and the request.
	show func(w *world) []byte
	want string // verdict, then "check outcome finding" of what matters
	asks string // addresses asked for, joined by spaces
}

type world struct {
	*virtual.Campus
	uni, forger *virtual.Issuer
	v           *verifier.Verifier
	ask         verifier.Request
}

func newWorld() *world {
	c := virtual.New()
	w := &world{Campus: c, uni: c.Web("uni.example"), forger: c.Key("forger")}
	w.v = c.Verifier(w.uni)
	return w
}

const (
	didDoc = "https://uni.example/.well-known/did.json"
	list1  = "https://uni.example/status/1"
	list2  = "https://uni.example/status/2"
)

func at(s string) time.Time {
	t, err := schema.ParseTime(s)
	if err != nil {
		panic(err)
	}
	return t
}

// period sets a member to a time.
func period(v schema.Value, name, t string) schema.Value { return v.With(name, schema.StringValue(t)) }

var situations = []situation{
	{"genuine", func(w *world) []byte { return w.uni.Sign(w.uni.Badge()) },
		"valid; key.controller pass key.bound; credential.status not-applicable status.none; issuer.trusted pass issuer.listed", didDoc},
	{"did:key issuer asks nobody", func(w *world) []byte {
		w.v = w.Verifier(w.forger)
		return w.forger.Sign(w.forger.Badge())
	}, "valid; key.resolved pass key.found", ""},
	{"a changed word", func(w *world) []byte {
		return []byte(strings.Replace(string(w.uni.Sign(w.uni.Badge())), "nine hold", "ten hold", 1))
	}, "invalid; proof.signature fail signature.mismatch; credential.validity not-run check.not-run; issuer.trusted not-run check.not-run", didDoc},

	// Whose key.
	{"a stranger", func(w *world) []byte { return w.forger.Sign(w.forger.Badge()) },
		"indeterminate; proof.signature pass signature.holds; key.controller pass key.bound; issuer.trusted unknown issuer.unlisted", ""},
	{"a stranger, any issuer will do", func(w *world) []byte {
		w.v.Policy.AnyIssuer = true
		return w.forger.Sign(w.forger.Badge())
	}, "valid; issuer.trusted warn issuer.unlisted", ""},
	{"in another's name, own did:key", func(w *world) []byte { return w.forger.Sign(w.uni.Badge()) },
		"invalid; proof.signature pass signature.holds; key.controller fail key.unbound; issuer.trusted not-run check.not-run", ""},
	{"in another's name, own host: not even asked", func(w *world) []byte { return w.Web("forger.example").Sign(w.uni.Badge()) },
		"invalid; key.resolved not-run check.not-run; key.controller fail key.unbound; proof.signature not-run check.not-run", ""},
	{"own key under the victim's address", func(w *world) []byte { return w.forger.SignAs(w.uni.ID()+"#key-1", w.uni.Badge()) },
		"invalid; key.resolved fail key.not-listed; proof.signature not-run check.not-run", didDoc},
	{"the host is down", func(w *world) []byte {
		w.Down(didDoc)
		return w.uni.Sign(w.uni.Badge())
	}, "indeterminate; key.resolved unknown key.unreachable; proof.signature not-run check.not-run", didDoc},
	{"the stranger's proof beside the issuer's", func(w *world) []byte {
		return w.forger.Sign(parse(w.uni.Sign(w.uni.Badge())))
	}, "valid; key.controller pass key.bound; key.controller also warn key.unbound", didDoc},
	{"beside it a proof whose host is not asked", func(w *world) []byte {
		return w.Web("notary.example").Sign(parse(w.uni.Sign(w.uni.Badge())))
	}, "valid; key.controller pass key.bound; key.controller also warn key.unbound", didDoc},
	{"beside it a proof that does not hold", func(w *world) []byte {
		b := w.forger.Sign(w.uni.Badge())
		other := parse(w.forger.Sign(period(w.uni.Badge(), "validFrom", "2026-05-02T00:00:00Z")))
		proofs := append(parse(w.uni.Sign(w.uni.Badge())).GetList("proof"), other.GetList("proof")...)
		return schema.Marshal(parse(b).With("proof", schema.ArrayValue(proofs...)))
	}, "invalid; proof.signature fail signature.mismatch", didDoc},
	{"the issuer's key cannot be had, a stranger's proof is there", func(w *world) []byte {
		w.Down(didDoc)
		return w.forger.Sign(parse(w.uni.Sign(w.uni.Badge())))
	}, "indeterminate; key.resolved unknown key.unreachable; key.controller not-run check.not-run", didDoc},

	{"a chain: countersigned, then signed over that", func(w *world) []byte {
		v := w.forger.Prove(w.uni.Badge(), member("id", "urn:proof:witness"))
		return schema.Marshal(w.uni.Prove(v, member("previousProof", "urn:proof:witness")))
	}, "valid; key.controller also warn key.unbound", didDoc},
	{"a chain whose first proof was replaced", func(w *world) []byte {
		v := w.forger.Prove(w.uni.Badge(), member("id", "urn:proof:witness"))
		signed := w.uni.Prove(v, member("previousProof", "urn:proof:witness")).GetList("proof")[1]
		other := w.forger.Prove(w.uni.Badge(), member("id", "urn:proof:witness"), member("created", "2026-05-31T00:00:00Z"))
		return schema.Marshal(other.With("proof", schema.ArrayValue(other.GetList("proof")[0], signed)))
	}, "invalid; proof.signature fail signature.mismatch", didDoc},
	{"a chain that rests on somebody whom we do not ask", func(w *world) []byte {
		v := w.Web("notary.example").Prove(w.uni.Badge(), member("id", "urn:proof:witness"))
		return schema.Marshal(w.uni.Prove(v, member("previousProof", "urn:proof:witness")))
	}, "indeterminate; key.resolved unknown key.url-refused; proof.signature not-run check.not-run", didDoc},

	// Kinds of identifiers.
	{"a method that is no address", func(w *world) []byte { return remethod(w, "key-1") },
		"invalid; key.resolved fail key.identifier; key.controller not-run check.not-run", ""},
	{"a method without a fragment", func(w *world) []byte { return remethod(w, w.uni.ID()) },
		"invalid; key.resolved fail key.identifier", ""},
	{"another's did:key without a fragment", func(w *world) []byte {
		signed := parse(w.forger.SignAs(w.forger.ID(), w.uni.Badge()))
		return schema.Marshal(signed)
	}, "invalid; key.resolved pass key.found; key.resolved also warn key.identifier; key.controller fail key.unbound; proof.signature pass signature.holds", ""},
	{"one's own did:key without a fragment", func(w *world) []byte {
		return w.forger.SignAs(w.forger.ID(), w.forger.Badge())
	}, "invalid; key.resolved fail key.identifier; proof.signature not-run check.not-run", ""},
	{"a method without end", func(w *world) []byte { return remethod(w, w.uni.ID()+"#"+strings.Repeat("x", 2048)) },
		"indeterminate; key.resolved unknown key.did-length", ""},
	{"an issuer of a kind that we do not know", func(w *world) []byte {
		return []byte(strings.ReplaceAll(string(w.uni.Sign(w.uni.Badge())), w.uni.ID(), "did:ion:abc"))
	}, "indeterminate; key.resolved unknown key.did-method", ""},

	// Windows.
	{"a proof that has ended", func(w *world) []byte {
		return schema.Marshal(w.uni.Prove(w.uni.Badge(), member("expires", "2026-06-01T12:00:00Z")))
	}, "invalid; proof.purpose fail purpose.expired; proof.signature pass signature.holds", didDoc},
	{"a key that has ended", func(w *world) []byte {
		b := w.uni.Sign(w.uni.Badge())
		doc := string(w.document(didDoc))
		w.Serve(didDoc, []byte(strings.Replace(doc, `"publicKeyMultibase"`, `"expires":"2026-06-01T12:00:00Z","publicKeyMultibase"`, 1)))
		return b
	}, "invalid; key.window fail key.expired; proof.signature pass signature.holds", didDoc},
	{"a key for logging in only", func(w *world) []byte {
		b := w.uni.Sign(w.uni.Badge())
		w.Serve(didDoc, []byte(strings.Replace(string(w.document(didDoc)), `"assertionMethod"`, `"authentication"`, 1)))
		return b
	}, "invalid; key.controller fail key.relationship; credential.validity not-run check.not-run", didDoc},
	{"a retired key", func(w *world) []byte {
		b := w.uni.Sign(w.uni.Badge())
		w.uni.Rotate()
		return b
	}, "valid", didDoc},
	{"a compromised key, whatever the proof's date says", func(w *world) []byte {
		b := w.uni.SignWith(w.uni.Badge(), proof.Options{Created: at("2026-05-02T00:00:00Z")})
		w.uni.Revoke(at("2026-05-30T00:00:00Z"))
		return b
	}, "invalid; key.window fail key.revoked; proof.signature pass signature.holds", didDoc},
	{"judged before it was compromised", func(w *world) []byte {
		b := w.uni.SignWith(w.uni.Badge(), proof.Options{Created: at("2026-05-02T00:00:00Z")})
		w.uni.Revoke(at("2026-05-30T00:00:00Z"))
		w.ask.At = at("2026-05-10T00:00:00Z")
		return b
	}, "valid; key.window pass key.in-force", didDoc},

	// Purpose and period.
	{"made to log in", func(w *world) []byte {
		return w.uni.SignWith(w.uni.Badge(), proof.Options{Purpose: "authentication", Created: w.Now()})
	}, "invalid; proof.purpose fail purpose.differs", didDoc},
	{"made tomorrow", func(w *world) []byte {
		return w.uni.SignWith(w.uni.Badge(), proof.Options{Created: w.Now().Add(24 * time.Hour)})
	}, "invalid; proof.purpose fail purpose.future", didDoc},
	{"clocks may differ by two minutes", func(w *world) []byte {
		return w.uni.SignWith(period(w.uni.Badge(), "validFrom", "2026-06-01T12:02:00Z"), proof.Options{Created: w.Now().Add(120 * time.Second)})
	}, "valid", didDoc},
	{"and not by more", func(w *world) []byte { return w.uni.Sign(period(w.uni.Badge(), "validFrom", "2026-06-01T12:02:01Z")) },
		"invalid; credential.validity fail validity.not-yet", didDoc},
	{"in force to the last second", func(w *world) []byte { return w.uni.Sign(period(w.uni.Badge(), "validUntil", "2026-06-01T12:00:00Z")) },
		"valid", didDoc},
	{"expired", func(w *world) []byte { return w.uni.Sign(period(w.uni.Badge(), "validUntil", "2026-06-01T11:59:59Z")) },
		"invalid; credential.validity fail validity.expired; proof.signature pass signature.holds", didDoc},
	{"expired, judged for a day on which it was not", func(w *world) []byte {
		w.ask.At = at("2026-05-20T00:00:00Z")
		return w.uni.Sign(period(w.uni.Badge(), "validUntil", "2026-05-31T00:00:00Z"))
	}, "valid", didDoc},

	// Trust.
	{"the issuer asked for, by domain", func(w *world) []byte {
		w.v.Trust, w.ask.Issuer = nil, "uni.example"
		return w.uni.Sign(w.uni.Badge())
	}, "valid; issuer.trusted pass issuer.asked", didDoc},
	{"the issuer asked for, by id", func(w *world) []byte {
		w.v.Trust, w.ask.Issuer = nil, w.uni.ID()
		return w.uni.Sign(w.uni.Badge())
	}, "valid; issuer.trusted pass issuer.asked", didDoc},
	{"another issuer was asked for", func(w *world) []byte {
		w.ask.Issuer = "other.example"
		return w.uni.Sign(w.uni.Badge())
	}, "indeterminate; issuer.trusted unknown issuer.unlisted", didDoc},
	{"a path of a domain is not the domain", func(w *world) []byte {
		tenant := w.Web("uni.example", "people", "eve")
		w.v.Trust, w.ask.Issuer = nil, "uni.example"
		return tenant.Sign(tenant.Badge())
	}, "indeterminate; issuer.trusted unknown issuer.unlisted", "https://uni.example/people/eve/did.json"},
	{"it calls itself something else", func(w *world) []byte {
		w.v.Trust[0].Entries[0].Name = "University of Example"
		return w.uni.Sign(w.uni.Badge())
	}, "valid; issuer.trusted pass issuer.listed; issuer.trusted also warn issuer.name-differs", didDoc},
	{"withdrawn", func(w *world) []byte {
		w.v.Trust[0].Entries[0].Withdrawn = true
		return w.uni.Sign(w.uni.Badge())
	}, "invalid; issuer.trusted fail issuer.withdrawn", didDoc},
	{"not yet listed", func(w *world) []byte {
		w.v.Trust[0].Entries[0].ValidFrom = at("2026-06-02T00:00:00Z")
		return w.uni.Sign(w.uni.Badge())
	}, "indeterminate; issuer.trusted unknown issuer.unlisted", didDoc},
	{"no longer listed", func(w *world) []byte {
		w.v.Trust[0].Entries[0].ValidUntil = at("2026-06-01T12:00:00Z")
		return w.uni.Sign(w.uni.Badge())
	}, "indeterminate; issuer.trusted unknown issuer.unlisted", didDoc},
	{"listed for a purpose that we do not know", func(w *world) []byte {
		w.v.Trust[0].Entries[0].Scopes = []string{"driving licences"}
		return w.uni.Sign(w.uni.Badge())
	}, "indeterminate; issuer.trusted unknown issuer.unlisted", didDoc},
	{"listed with another key", func(w *world) []byte {
		w.v.Trust[0].Entries[0].Keys = []string{strings.TrimPrefix(w.forger.ID(), "did:key:")}
		return w.uni.Sign(w.uni.Badge())
	}, "indeterminate; key.controller pass key.bound; issuer.trusted unknown issuer.unlisted", didDoc},
	{"a pinned key binds without a key document", func(w *world) []byte {
		w.v.Trust[0].Entries[0].Keys = []string{strings.TrimPrefix(w.forger.ID(), "did:key:")}
		return w.forger.Sign(w.uni.Badge())
	}, "valid; key.controller pass key.bound; issuer.trusted pass issuer.listed", ""},

	// Status.
	{"not revoked", func(w *world) []byte {
		return w.uni.Sign(virtual.WithStatus(w.uni.Badge(), w.uni.List("revocation"), 7))
	}, "valid; credential.status pass status.clear", didDoc + " " + list1},
	{"revoked", func(w *world) []byte {
		l := w.uni.List("revocation")
		l.Set(7)
		return w.uni.Sign(virtual.WithStatus(w.uni.Badge(), l, 7))
	}, "invalid; credential.status fail status.revocation; proof.signature pass signature.holds", didDoc + " " + list1},
	{"on hold", func(w *world) []byte {
		revoked, held := w.uni.List("revocation"), w.uni.List("suspension")
		held.Set(9)
		return w.uni.Sign(virtual.WithStatus(virtual.WithStatus(w.uni.Badge(), revoked, 7), held, 9))
	}, "invalid; credential.status fail status.suspension", didDoc + " " + list1 + " " + list2},
	{"one list for two entries is asked for once", func(w *world) []byte {
		l := w.uni.List("revocation")
		return w.uni.Sign(virtual.WithStatus(virtual.WithStatus(w.uni.Badge(), l, 7), l, 8))
	}, "valid; credential.status pass status.clear", didDoc + " " + list1},
	{"list not to be had", func(w *world) []byte {
		w.Down(list1)
		return w.uni.Sign(virtual.WithStatus(w.uni.Badge(), w.uni.List("revocation"), 7))
	}, "indeterminate; credential.status unknown status.unreachable", didDoc + " " + list1},
	{"revoked in one list, the other not to be had", func(w *world) []byte {
		l, down := w.uni.List("revocation"), w.uni.List("suspension")
		l.Set(7)
		w.Down(list2)
		return w.uni.Sign(virtual.WithStatus(virtual.WithStatus(w.uni.Badge(), down, 9), l, 7))
	}, "invalid; credential.status fail status.revocation; credential.status also unknown status.unreachable", didDoc + " " + list2 + " " + list1},
	{"list of somebody else", func(w *world) []byte {
		l := w.uni.List("revocation")
		l.Owner = w.forger
		return w.uni.Sign(virtual.WithStatus(w.uni.Badge(), l, 7))
	}, "indeterminate; credential.status unknown status.list-invalid", didDoc + " " + list1},
	{"set bit in a list of somebody else", func(w *world) []byte {
		l := w.uni.List("revocation")
		l.Owner = w.forger
		l.Set(7)
		return w.uni.Sign(virtual.WithStatus(w.uni.Badge(), l, 7))
	}, "indeterminate; credential.status unknown status.list-invalid", didDoc + " " + list1},
	{"list signed by somebody else in the issuer's name", func(w *world) []byte {
		l := w.uni.List("revocation")
		l.Signer = w.forger
		l.Set(7)
		return w.uni.Sign(virtual.WithStatus(w.uni.Badge(), l, 7))
	}, "indeterminate; credential.status unknown status.list-invalid", didDoc + " " + list1},
	{"outdated list", func(w *world) []byte {
		l := w.uni.List("revocation")
		l.From, l.Until = at("2026-05-01T00:00:00Z"), at("2026-05-02T00:00:00Z")
		return w.uni.Sign(virtual.WithStatus(w.uni.Badge(), l, 7))
	}, "indeterminate; credential.status unknown status.list-invalid", didDoc + " " + list1},
	{"a set bit counts in an outdated list", func(w *world) []byte {
		l := w.uni.List("revocation")
		l.From, l.Until = at("2026-05-01T00:00:00Z"), at("2026-05-02T00:00:00Z")
		l.Set(7)
		return w.uni.Sign(virtual.WithStatus(w.uni.Badge(), l, 7))
	}, "invalid; credential.status fail status.revocation; credential.status also unknown status.list-invalid", didDoc + " " + list1},
	{"short list", func(w *world) []byte {
		l := w.uni.List("revocation")
		l.Entries = 131064
		return w.uni.Sign(virtual.WithStatus(w.uni.Badge(), l, 7))
	}, "indeterminate; credential.status unknown status.list-short", didDoc + " " + list1},
	{"a set bit counts in a short list", func(w *world) []byte {
		l := w.uni.List("revocation")
		l.Entries = 800
		l.Set(7)
		return w.uni.Sign(virtual.WithStatus(w.uni.Badge(), l, 7))
	}, "invalid; credential.status fail status.revocation", didDoc + " " + list1},
	{"list under another id", func(w *world) []byte {
		l := w.uni.List("revocation")
		l.ID = "https://uni.example/status/other"
		return w.uni.Sign(virtual.WithStatus(w.uni.Badge(), l, 7))
	}, "indeterminate; credential.status unknown status.list-invalid", didDoc + " " + list1},
	{"list under another id, read tolerantly", func(w *world) []byte {
		l := w.uni.List("revocation")
		l.ID = "https://uni.example/status/other"
		w.v.Policy.Tolerant = true
		return w.uni.Sign(virtual.WithStatus(w.uni.Badge(), l, 7))
	}, "valid; credential.status pass status.clear; credential.status also warn status.list-invalid", didDoc + " " + list1},
	{"list without an id", func(w *world) []byte {
		l := w.uni.List("revocation")
		l.ID = "-"
		return w.uni.Sign(virtual.WithStatus(w.uni.Badge(), l, 7))
	}, "valid; credential.status pass status.clear", didDoc + " " + list1},
	{"list of another purpose, bit set", func(w *world) []byte {
		l := w.uni.List("suspension")
		l.Set(7)
		return w.uni.Sign(retarget(virtual.WithStatus(w.uni.Badge(), l, 7), "statusPurpose", schema.StringValue("revocation")))
	}, "indeterminate; credential.status unknown status.list-invalid", didDoc + " " + list1},
	{"bits that do not decode", func(w *world) []byte {
		l := w.uni.List("revocation")
		l.Encoded = "uH4sIAAAAAAAA"
		return w.uni.Sign(virtual.WithStatus(w.uni.Badge(), l, 7))
	}, "indeterminate; credential.status unknown status.list-encoding", didDoc + " " + list1},
	{"one beyond the list", func(w *world) []byte {
		return w.uni.Sign(virtual.WithStatus(w.uni.Badge(), w.uni.List("revocation"), 131072))
	}, "indeterminate; credential.status unknown status.index-range", didDoc + " " + list1},
	{"an index that no list can have", func(w *world) []byte {
		v := virtual.WithStatus(w.uni.Badge(), w.uni.List("revocation"), 7)
		return w.uni.Sign(retarget(v, "statusListIndex", schema.StringValue("99999999999999999999")))
	}, "indeterminate; credential.status unknown status.index-range", didDoc + " " + list1},
	{"index as a number", func(w *world) []byte {
		v := virtual.WithStatus(w.uni.Badge(), w.uni.List("revocation"), 7)
		return w.uni.Sign(retarget(v, "statusListIndex", schema.NumberValue("7")))
	}, "invalid; document.schema fail schema.status-entry; proof.format not-run check.not-run", ""},
	{"index as a number, read tolerantly", func(w *world) []byte {
		w.v.Policy.Tolerant = true
		v := virtual.WithStatus(w.uni.Badge(), w.uni.List("revocation"), 7)
		return w.uni.Sign(retarget(v, "statusListIndex", schema.NumberValue("7")))
	}, "valid; document.schema warn schema.status-entry; credential.status pass status.clear", didDoc + " " + list1},
	{"another purpose", func(w *world) []byte {
		return w.uni.Sign(virtual.WithStatus(w.uni.Badge(), w.uni.List("message"), 7))
	}, "indeterminate; credential.status unknown status.type-unknown", didDoc},
	{"another type of entry", func(w *world) []byte {
		return w.uni.Sign(extended(w.uni.Badge(), "credentialStatus", schema.ObjectValue(
			member("id", "https://uni.example/revoked"), schema.Member{Name: "type", Value: schema.StringValue("1EdTechCredentialRefresh")})))
	}, "indeterminate; credential.status unknown status.type-unknown", didDoc},
	{"entries of two bits", func(w *world) []byte {
		v := virtual.WithStatus(w.uni.Badge(), w.uni.List("revocation"), 7)
		return w.uni.Sign(retarget(v, "statusSize", schema.NumberValue("2")))
	}, "indeterminate; credential.status unknown status.type-unknown", didDoc},
	{"nowhere to ask", func(w *world) []byte {
		w.v.Lists = nil
		return w.uni.Sign(virtual.WithStatus(w.uni.Badge(), w.uni.List("revocation"), 7))
	}, "indeterminate; credential.status unknown status.unreachable", didDoc},
	{"a list that is no list", func(w *world) []byte {
		l := w.uni.List("revocation")
		w.Serve(list1, w.uni.Sign(w.uni.Badge()))
		return w.uni.Sign(virtual.WithStatus(w.uni.Badge(), l, 7))
	}, "indeterminate; credential.status unknown status.list-invalid", didDoc + " " + list1},
	{"a list that is no document", func(w *world) []byte {
		l := w.uni.List("revocation")
		w.Serve(list1, []byte("<html>"))
		return w.uni.Sign(virtual.WithStatus(w.uni.Badge(), l, 7))
	}, "indeterminate; credential.status unknown status.list-invalid", didDoc + " " + list1},
	{"a list without end", func(w *world) []byte {
		l := w.uni.List("revocation")
		w.Serve(list1, []byte(`{"a":"`+strings.Repeat("x", 2<<20)+`"}`))
		return w.uni.Sign(virtual.WithStatus(w.uni.Badge(), l, 7))
	}, "indeterminate; credential.status unknown status.limit", didDoc + " " + list1},
	{"a list is shown itself", func(w *world) []byte {
		w.uni.List("revocation")
		return w.document(list1)
	}, "valid; credential.status not-applicable status.none; achievement.consistent not-applicable achievement.none", didDoc},
	{"a newer credential is to be had", func(w *world) []byte {
		revoked, newer := w.uni.List("revocation"), w.uni.List("refresh")
		newer.Set(9)
		return w.uni.Sign(virtual.WithStatus(virtual.WithStatus(w.uni.Badge(), revoked, 7), newer, 9))
	}, "valid; credential.status pass status.clear; credential.status also warn status.refresh", didDoc + " " + list1 + " " + list2},
	{"a list of newer credentials decides nothing", func(w *world) []byte {
		w.Down(list1)
		return w.uni.Sign(virtual.WithStatus(w.uni.Badge(), w.uni.List("refresh"), 9))
	}, "valid; credential.status pass status.clear", didDoc + " " + list1},
	{"list inside the network", func(w *world) []byte {
		v := virtual.WithStatus(w.uni.Badge(), w.uni.List("revocation"), 7)
		return w.uni.Sign(retarget(v, "statusListCredential", schema.StringValue("https://localhost/status/1")))
	}, "indeterminate; credential.status unknown status.url-refused", didDoc},
	{"judged for an earlier day, a list of today", func(w *world) []byte {
		w.ask.At = at("2026-05-20T00:00:00Z")
		return w.uni.Sign(virtual.WithStatus(w.uni.Badge(), w.uni.List("revocation"), 7))
	}, "valid; credential.status pass status.clear", didDoc + " " + list1},
	{"judged for an earlier day, a suspension may have been lifted since", func(w *world) []byte {
		w.ask.At = at("2026-05-20T00:00:00Z")
		return w.uni.Sign(virtual.WithStatus(w.uni.Badge(), w.uni.List("suspension"), 7))
	}, "indeterminate; credential.status unknown status.list-invalid", didDoc + " " + list1},

	// Things that are no credential that we read.
	{"nothing", func(*world) []byte { return nil }, "invalid; input.container fail container.empty", ""},
	{"a picture", func(*world) []byte { return picture() }, "indeterminate; input.container unknown container.none", ""},
	{"a damaged picture", func(*world) []byte { return picture()[:40] },
		"invalid; input.container fail container.png-malformed; document.syntax not-run check.not-run", ""},
	{"a baked picture", func(w *world) []byte { return baked(bake.IntoPNG, picture(), w.uni.Sign(w.uni.Badge())) },
		"valid; input.container pass container.baked", didDoc},
	{"a baked drawing", func(w *world) []byte { return baked(bake.IntoSVG, drawing, w.uni.Sign(w.uni.Badge())) },
		"valid; input.container pass container.baked", didDoc},
	{"an altered credential in a picture", func(w *world) []byte {
		return baked(bake.IntoPNG, picture(), []byte(strings.Replace(string(w.uni.Sign(w.uni.Badge())), "Soldering for beginners", "Soldering for beginners II", 1)))
	}, "invalid; input.container pass container.baked; proof.signature fail signature.mismatch", didDoc},
	{"a picture with something else in it", func(w *world) []byte {
		b := baked(bake.IntoSVG, drawing, []byte("e30.e30.c2ln"))
		return []byte(strings.Replace(string(b), "e30.e30.c2ln", "https://koulu.example/b/1", 1))
	}, "indeterminate; input.container unknown container.none", ""},
	{"too much in a picture", func(w *world) []byte {
		b := baked(bake.IntoSVG, drawing, []byte("e30.e30.c2ln"))
		return []byte(strings.Replace(string(b), "c2ln", strings.Repeat("A", 1<<20), 1))
	}, "indeterminate; input.size unknown size.too-large; input.container not-run check.not-run", ""},
	{"a token that says nothing", func(*world) []byte { return []byte("eyJhbGciOiJFUzI1NiIsImtpZCI6IjEifQ.e30.AAAA") },
		"invalid; input.container pass container.envelope; document.contexts fail contexts.missing; proof.format not-run check.not-run", ""},
	{"too much", func(*world) []byte { return []byte(`{"a":"` + strings.Repeat("x", 1<<20) + `"}`) },
		"indeterminate; input.size unknown size.too-large; input.container not-run check.not-run", ""},
	{"without a proof", func(w *world) []byte { return schema.Marshal(w.uni.Badge()) },
		"invalid; proof.format fail format.unsecured; proof.signature not-run check.not-run", ""},
	{"a proof type that no context defines", func(w *world) []byte {
		return []byte(strings.Replace(string(w.uni.Sign(w.uni.Badge())), "DataIntegrityProof", "SomeProofType", 1))
	}, "invalid; proof.format fail format.proof-terms", ""},
	{"a purpose that no context defines", func(w *world) []byte {
		return []byte(strings.Replace(string(w.uni.Sign(w.uni.Badge())), `"assertionMethod"`, `"assertion"`, 1))
	}, "invalid; proof.signature not-run check.not-run; proof.purpose fail purpose.differs", didDoc},
	{"a term of the proof that is lost in expansion", func(w *world) []byte {
		return []byte(strings.Replace(string(w.uni.Sign(w.uni.Badge())), `"cryptosuite"`, `"id":"urn:x y","cryptosuite"`, 1))
	}, "invalid; proof.format fail format.proof-terms; key.resolved not-run check.not-run; proof.signature not-run check.not-run", didDoc},
	{"a suite that we do not read", func(w *world) []byte {
		return []byte(strings.Replace(string(w.uni.Sign(w.uni.Badge())), "eddsa-rdfc-2022", "bbs-2023", 1))
	}, "indeterminate; proof.format unknown format.algorithm-unknown; key.resolved not-run check.not-run", ""},
}

// remethod names another verification method in the proof.
func remethod(w *world, method string) []byte {
	signed := parse(w.uni.Sign(w.uni.Badge()))
	return schema.Marshal(signed.With("proof", signed.GetList("proof")[0].With("verificationMethod", schema.StringValue(method))))
}

// document is what an address answers.
func (w *world) document(url string) []byte {
	doc, err := w.Source().Get(context.Background(), fetch.Key, url)
	if err != nil {
		panic(err)
	}
	return doc.Bytes
}

// retarget changes a member of the only status entry.
func retarget(v schema.Value, name string, val schema.Value) schema.Value {
	entry, _ := v.Get("credentialStatus")
	return v.With("credentialStatus", entry.With(name, val))
}

// extended sets a member of a type that only the extension context defines.
func extended(badge schema.Value, name string, v schema.Value) schema.Value {
	contexts := append(badge.GetList("@context"), schema.StringValue("https://purl.imsglobal.org/spec/ob/v3p0/extensions.json"))
	return badge.With("@context", schema.ArrayValue(contexts...)).With(name, v)
}

func parse(b []byte) schema.Value {
	doc, err := schema.Parse(b, schema.Limits{Bytes: 4 << 20})
	if err != nil {
		panic(err)
	}
	return doc.Root()
}

func TestSituations(t *testing.T) { play(t, situations) }

// play brings about each situation and compares the report with what is wanted.
func play(t *testing.T, all []situation) {
	for _, s := range all {
		t.Run(s.name, func(t *testing.T) {
			w := newWorld()
			w.ask.Input = s.show(w)
			w.Asked()
			r, err := w.v.Verify(t.Context(), w.ask)
			if err != nil {
				t.Fatal(err)
			}
			expect(t, r, s.want)
			if asked := strings.Join(w.Asked(), " "); asked != s.asks {
				t.Errorf("asked for %q, want %q", asked, s.asks)
			}
			consistent(t, r)
		})
	}
}

// expect compares a report with "verdict; check outcome finding; …", where a
// check may be followed by "also".
func expect(t *testing.T, r *verifier.Report, want string) {
	t.Helper()
	parts := strings.Split(want, "; ")
	if string(r.Verdict) != parts[0] {
		t.Errorf("verdict %s, want %s (primary %+v)", r.Verdict, parts[0], r.Primary)
	}
	for _, p := range parts[1:] {
		f := strings.Fields(p)
		c := r.Check(f[0])
		got := c.Status.String() + " " + c.Finding
		if f[1] == "also" {
			f, got = f[1:], ""
			for _, a := range c.Also {
				if a.Finding == f[2] {
					got = a.Outcome.String() + " " + a.Finding
				}
			}
		}
		if got != f[1]+" "+f[2] {
			t.Errorf("%s: got %q %v, want %q", c.Name, got, c.Args, p)
		}
	}
}

// consistent asserts what holds of every report: all checks in order, no line
// against the verdict, nothing asserted about what nobody is known to have
// signed.
func consistent(t *testing.T, r *verifier.Report) {
	t.Helper()
	rows := verifier.Checks()
	if len(r.Checks) != len(rows) {
		t.Fatalf("%d checks reported, %d exist", len(r.Checks), len(rows))
	}
	known := map[string]bool{}
	for _, f := range verifier.Findings() {
		known[f.Finding] = true
	}
	ok := true
	for i, c := range r.Checks {
		if c.Name != rows[i].Name || c.Citation == "" || c.Args == nil || !known[c.Finding] {
			t.Errorf("line %d is not in order: %+v", i, c)
		}
		switch c.Status {
		case schema.Pass, schema.NotApplicable, schema.Warn:
		case schema.NotRun:
			if ok = false; len(c.Needs) == 0 {
				t.Errorf("%s was not run and does not say why", c.Name)
			}
		default:
			ok = false
			if c.Code == "" {
				t.Errorf("%s %s has no code", c.Name, c.Status)
			}
		}
		if (c.Status == schema.Pass || c.Status == schema.NotRun) && c.Code != "" {
			t.Errorf("%s %s has a code", c.Name, c.Status)
		}
	}
	if ok != (r.Verdict == verifier.Valid) || ok != (r.Primary == nil) {
		t.Errorf("verdict %s, primary %+v contradict the checks", r.Verdict, r.Primary)
	}
	believed := r.Check("proof.signature").Status == schema.Pass && r.Check("key.controller").Status == schema.Pass
	if _, signed := r.Claims(); signed != believed || (r.Credential != nil) != believed {
		t.Errorf("credential shown: %v, signed by its issuer: %v", r.Credential != nil, believed)
	}
}

// picture is a PNG without a credential.
func picture() []byte {
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, 8, 8))); err != nil {
		panic(err)
	}
	return b.Bytes()
}

var drawing = []byte(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 8"/>`)

func baked(into func(image, credential []byte) ([]byte, error), image, credential []byte) []byte {
	b, err := into(image, credential)
	if err != nil {
		panic(err)
	}
	return b
}
