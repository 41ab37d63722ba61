package web_test

import (
	"encoding/base64"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/cespare/webtest"

	"merkki/internal/web"
	"merkki/issuer"
	"merkki/keys"
)

// TestScripts runs testdata/*.txt: what strangers, readers, verifiers and programs
// ask, and what they get. Every answer is also held against the OpenAPI document.
// In a script, $VALID and the like stand for what only this run knows.
func TestScripts(t *testing.T) {
	g := newGallery(t, false)
	signedWith := func(formats ...string) issuer.Record {
		_, err := g.EditInstitution(ctx, local, g.inst.ID, issuer.Edit{Formats: formats})
		must(t, err)
		return g.award(t, issuer.Draft{Achievement: g.valid.Achievement, Recipient: aino})
	}
	multi := signedWith("eddsa-rdfc-2022", "eddsa-jcs-2022", "ecdsa-rdfc-2019", "ecdsa-sd-2023", "vc-jwt")
	more := strings.NewReplacer(g.sharing(t)...)
	plain := signedWith("eddsa-rdfc-2022")
	g.award(t, issuer.Draft{Achievement: g.valid.Achievement, Recipient: aino, Mail: true})
	claim := strings.TrimPrefix(g.mail(t)[0].Link, base+"/claim/")
	mailed := g.award(t, issuer.Draft{Achievement: g.valid.Achievement, Recipient: aino, Mail: true})
	waiting, err := g.Read(ctx, local, mailed.ID)
	must(t, err)
	g.working(t)
	batch := g.batch(t, "achievement="+g.valid.Achievement, []byte("name,email\nAino,aino@example.org\nE,=cmd|x\n"))
	token := func(roles ...string) string {
		tok, err := g.NewToken(ctx, local, issuer.Token{Name: "t", Roles: roles})
		must(t, err)
		return tok.Secret
	}
	wrong := g.award(t, issuer.Draft{Achievement: g.valid.Achievement, Recipient: aino})
	ending := g.award(t, issuer.Draft{Achievement: g.valid.Achievement, Recipient: aino, ValidUntil: "2027-12-31"})
	spare := func() string { // signs nothing that is believed
		p, err := g.NewKey(ctx, local, g.inst.ID, keys.Ed25519, keys.Log)
		must(t, err)
		return p.ID
	}
	first, second, third := spare(), spare(), spare()
	fill := strings.NewReplacer(
		"$WRONG", wrong.ID, "$ENDING", ending.ID, "$SPAREKEY", url.QueryEscape(first), "$SPARE", first, "$OTHERSPARE", second, "$THIRDSPARE", third,
		"$CUSTODIANREGISTRAR", token("registrar", "key-custodian"),
		"$VALID", g.valid.ID, "$BATCH", batch.ID, "$MAILED", mailed.ID, "$MAIL", waiting.Mails[0].ID, "$CLAIM", claim, "$MULTI", multi.ID, "$PLAIN", plain.ID, "$valid", strings.ToLower(g.valid.ID), "$EXPIRED", g.expired.ID, "$REVOKED", g.revoked.ID, "$SUSPENDED", g.suspended.ID,
		"$ACHIEVEMENT", strings.Split(strings.TrimPrefix(g.valid.Achievement, base+"/a/"), "/")[0],
		"$ISSUER", g.inst.ID, "$LIST", g.valid.Status[0].List,
		"$REGISTRAR", token("registrar"), "$AUDITOR", token("auditor"), "$PUBLISHER", token("publisher"), "$CUSTODIAN", token("key-custodian"),
		"$TOKEN", string(g.valid.Token), "$ALTEREDTOKEN", altered(g.valid.Token),
		"$CREDENTIAL", string(g.valid.Credential), "$FORGED", strings.Replace(string(g.valid.Credential), "Aino", "Eino", 1),
	)
	d := describe(t, g.site, g.web.Public())
	here := describe(t, g.site, withOwner(g.web.Local()))
	here.seen = d.seen
	for _, c := range []struct {
		glob string
		h    http.Handler
	}{{"*.txt", d}, {"local/*.txt", here}} {
		scripts, err := filepath.Glob(filepath.Join("testdata", c.glob))
		must(t, err)
		dir := t.TempDir()
		for _, f := range scripts {
			b, err := os.ReadFile(f)
			must(t, err)
			must(t, os.WriteFile(filepath.Join(dir, filepath.Base(f)), []byte(more.Replace(fill.Replace(string(b)))), 0o600))
		}
		g.pass(time.Minute) // allowances are full again
		webtest.TestHandler(t, filepath.Join(dir, "*.txt"), c.h)
	}
	for _, item := range published().operations() {
		if !d.seen[item] {
			t.Errorf("no script asks for %s", item)
		}
	}
}

// altered is a token with one character of the learner's name changed.
func altered(token []byte) string {
	parts := strings.Split(string(token), ".")
	payload, _ := base64.RawURLEncoding.DecodeString(parts[1])
	parts[1] = base64.RawURLEncoding.EncodeToString([]byte(strings.Replace(string(payload), "Aino", "Eino", 1)))
	return strings.Join(parts, ".")
}

func withOwner(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h.ServeHTTP(w, r.WithContext(web.WithActor(r.Context(), local)))
	})
}
