package web

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"merkki/internal/i18n"
	"merkki/internal/publish"
	"merkki/schema"
	"merkki/verifier"
	"merkki/verifier/receipt"
)

// A receiptForm carries a finished report's receipt in a page, so that it can be
// signed later without the input: nothing of what was checked is kept here, and
// nothing of a request is signed. The MAC is under a key that lives as long as the
// process; after a restart, or at another process, the reader checks again.
type receiptForm struct{ Payload, MAC string }

// A seal is the key of those MACs.
type seal [32]byte

func newSeal() (k seal) {
	_, _ = rand.Read(k[:]) // never fails since Go 1.24
	return k
}

func (k seal) mac(payload []byte) []byte {
	m := hmac.New(sha256.New, k[:])
	m.Write(payload)
	return m.Sum(nil)
}

func (s *Server) receiptForm(r *verifier.Report, lists []verifier.TrustList) receiptForm {
	b := receipt.Of(r, s.c.BaseURL, lists).Unsigned()
	return receiptForm{base64.RawURLEncoding.EncodeToString(b), base64.RawURLEncoding.EncodeToString(s.seal.mac(b))}
}

// receiptPost gives the receipt of a result: of the page that sends its form, or,
// for a program that sends what it would send to /verify, of a check that is made
// now. It is stored nowhere.
func (s *Server) receiptPost(c echo.Context) error {
	x, err := s.receiptAsked(c)
	if err != nil {
		return err
	}
	b, signed, err := s.receipt(c.Request().Context(), x)
	if err != nil {
		return err
	}
	mediaType, ending := "application/json", ".json"
	if signed {
		mediaType, ending = "application/jwt", ".jwt"
	}
	h := c.Response().Header()
	h.Set("Cache-Control", "no-store")
	h.Set("Content-Disposition", `attachment; filename="merkki-receipt-`+x.SHA256[:12]+ending+`"`)
	return c.Blob(http.StatusOK, mediaType, b)
}

func (s *Server) receiptAsked(c echo.Context) (receipt.Receipt, error) {
	if strings.HasPrefix(c.Request().Header.Get("Content-Type"), "application/x-www-form-urlencoded") {
		return s.receiptCarried(c.FormValue("receipt"), c.FormValue("mac"))
	}
	q, _, err := s.question(c.Request())
	if err != nil {
		if _, empty := err.(emptyForm); empty {
			err = schema.Found("container.empty", "", nil)
		}
		return receipt.Receipt{}, err
	}
	rep, err := s.verify(c.Request().Context(), q)
	if err != nil {
		return receipt.Receipt{}, err
	}
	s.markTest(c.Request().Context(), rep)
	v, err := s.c.Verifier(c.Request().Context())
	if err != nil {
		return receipt.Receipt{}, err
	}
	return receipt.Of(rep, s.c.BaseURL, v.Trust), nil
}

// receiptCarried opens what a page carried.
func (s *Server) receiptCarried(payload, mac string) (receipt.Receipt, error) {
	b, err := base64.RawURLEncoding.DecodeString(payload)
	m, merr := base64.RawURLEncoding.DecodeString(mac)
	if err != nil || merr != nil || !hmac.Equal(m, s.seal.mac(b)) {
		return receipt.Receipt{}, schema.Refusal(schema.CodeConflict, "", map[string]any{"reason": "receipt"})
	}
	return receipt.Parse(b)
}

// receipt signs a receipt where the service has a key for them.
func (s *Server) receipt(ctx context.Context, x receipt.Receipt) (b []byte, signed bool, err error) {
	if s.c.Service == nil {
		return x.Unsigned(), false, nil
	}
	signer, ok, err := s.c.Service.ReceiptSigner(ctx)
	if err != nil || !ok {
		return x.Unsigned(), false, err
	}
	b, err = x.Sign(ctx, signer)
	return b, true, err
}

// signsReceipts says whether there is a key for receipts.
func (s *Server) signsReceipts(ctx context.Context) bool {
	if s.c.Service == nil {
		return false
	}
	_, ok, err := s.c.Service.ReceiptSigner(ctx)
	return err == nil && ok
}

// receiptValue is a receipt in a list, under the name of what was sent.
func receiptValue(b []byte, signed bool, r row) schema.Value {
	v := schema.StringValue(string(b))
	if !signed {
		if d, err := schema.Parse(b, schema.Limits{}); err == nil {
			v = d.Root()
		}
	}
	return schema.ObjectValue(schema.Member{Name: "name", Value: schema.StringValue(r.name)}, schema.Member{Name: "receipt", Value: v})
}

// A receiptView is the page about a receipt that somebody shows.
type receiptView struct {
	view
	Reading receipt.Reading
	Tone    string
	Sign    string
	Words   i18n.ReceiptWords
	Checks  []receiptCheck
	Trust   []string
}

type receiptCheck struct{ Title, State string }

// answerReceipt answers for a receipt that was given to the verifier.
func (s *Server) answerReceipt(c echo.Context, b []byte) error {
	ver, err := s.c.Verifier(c.Request().Context())
	if err != nil {
		return err
	}
	reading, err := receipt.Read(c.Request().Context(), b, ver.Resolver)
	if err != nil {
		return err
	}
	if !wantsHTML(c.Request()) {
		return c.JSON(http.StatusOK, reading)
	}
	v := receiptView{view: s.base(c, ""), Reading: reading}
	v.Title, v.view.Test = v.T("receipt.title"), reading.Receipt.Test
	v.Words = v.Receipt(reading)
	v.Tone, v.Sign = string(v.Words.Tone), toneSigns[v.Words.Tone]
	for _, check := range verifier.Checks() {
		if o, ok := reading.Receipt.Checks[check.Name]; ok {
			v.Checks = append(v.Checks, receiptCheck{v.CheckName(check.Name), v.Outcome(o)})
		}
	}
	for _, l := range reading.Receipt.Trust {
		v.Trust = append(v.Trust, publish.Visible(l))
	}
	return s.pages.render(c, http.StatusOK, "receipt", v)
}
