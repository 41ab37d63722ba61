package web

import (
	"crypto/sha256"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"merkki/issuer"
	"merkki/schema"
)

// maxPage is the most records that one page of a list holds.
const maxPage = 500

func (s *Server) issue(local bool) echo.HandlerFunc {
	return func(c echo.Context) error {
		b, err := readBody(c.Request(), "achievement", "issuer", "recipient", "awardedDate", "validUntil",
			"language", "result", "evidence", "hashedEmail", "mail")
		if err != nil {
			return err
		}
		d := draftOf(b)
		key := c.Request().Header.Get("Idempotency-Key")
		if (key == "" && !local) || len(key) > 255 {
			b.fault(schema.Refusal(schema.CodePreconditionRequired, "", map[string]any{"header": "Idempotency-Key"}))
		}
		if err := b.err(); err != nil {
			return err
		}
		r, err := s.issueOnce(c, key, b.raw, d)
		if err != nil {
			return err
		}
		c.Response().Header().Set("Location", "/api/v1/credentials/"+r.ID)
		return c.JSON(http.StatusCreated, r)
	}
}

func (s *Server) issueOnce(c echo.Context, key string, raw []byte, d issuer.Draft) (issuer.Record, error) {
	ctx := c.Request().Context()
	if key == "" {
		p, err := s.c.Service.Prepare(ctx, actor(ctx), d)
		if err != nil {
			return issuer.Record{}, err
		}
		return s.c.Service.Issue(ctx, p)
	}
	return s.c.Service.IssueOnce(ctx, actor(ctx), key, sha256.Sum256(raw), d)
}

func draftOf(b *body) issuer.Draft {
	d := issuer.Draft{
		Achievement: b.text(b.root, "", "achievement", true),
		Issuer:      b.text(b.root, "", "issuer", false),
		AwardedDate: b.text(b.root, "", "awardedDate", false),
		ValidUntil:  b.text(b.root, "", "validUntil", false),
		Language:    b.text(b.root, "", "language", false),
		Result:      b.list(b.root, "", "result"),
		Evidence:    b.list(b.root, "", "evidence"),
		HashedEmail: b.flag(b.root, "", "hashedEmail"),
		Mail:        b.flag(b.root, "", "mail"),
	}
	r, ok := b.root.Get("recipient")
	if !ok || r.Kind != schema.Object {
		b.fault(schema.Found("schema.shape", "/recipient", map[string]any{"member": "recipient", "rule": "required", "expected": "object"}))
		return d
	}
	b.known(r, "/recipient", "name", "email", "subjectId")
	d.Recipient = issuer.Recipient{
		Name:      b.text(r, "/recipient", "name", true),
		Email:     b.text(r, "/recipient", "email", true),
		SubjectID: b.text(r, "/recipient", "subjectId", false),
	}
	return d
}

func (s *Server) listCredentials(c echo.Context) error {
	ctx := c.Request().Context()
	q := issuer.Query{
		Limit: 100, Cursor: c.QueryParam("cursor"), Achievement: c.QueryParam("achievement"),
		State: issuer.State(c.QueryParam("state")), Issuer: c.QueryParam("issuer"),
	}
	for name := range c.QueryParams() {
		if allowed := []string{"limit", "cursor", "achievement", "state", "issuer"}; !slices.Contains(allowed, name) {
			return schema.Refusal(schema.CodeUnknownField, "", map[string]any{"member": name, "suggestion": Nearest(name, allowed)})
		}
	}
	if l := c.QueryParam("limit"); l != "" {
		n, err := strconv.Atoi(l)
		if err != nil || n < 1 || n > maxPage {
			return schema.Refusal(schema.CodeRangeError, "", map[string]any{"member": "limit", "min": 1, "max": maxPage})
		}
		q.Limit = n
	}
	page, err := s.c.Service.List(ctx, actor(ctx), q)
	if err != nil {
		return err
	}
	if page.Next != "" {
		v := c.QueryParams()
		v.Set("cursor", page.Next)
		c.Response().Header().Set("Link", "</api/v1/credentials?"+url.Values(v).Encode()+`>; rel="next"`)
	}
	return c.JSON(http.StatusOK, listOf(page.Items, page.Next, func(r issuer.Record) issuer.Record {
		return r
	}))
}

func (s *Server) showCredential(c echo.Context) error {
	ctx := c.Request().Context()
	form := c.QueryParam("form")
	switch form {
	case "", formDocument, formPaper, issuer.FormToken:
	case issuer.FormBase:
		return s.baseCopy(c)
	default:
		return schema.Refusal(schema.CodeRangeError, "", map[string]any{"member": "form", "found": form,
			"expected": strings.Join([]string{formDocument, formPaper, issuer.FormToken, issuer.FormBase}, ", ")})
	}
	r, err := s.c.Service.Read(ctx, actor(ctx), c.Param("id"))
	switch {
	case err != nil:
		return err
	case form == formDocument:
		return c.Blob(http.StatusOK, jsonTypes[0], r.Credential)
	case form == formPaper:
		b, err := s.paperOf(ctx, r, formPaper)
		if err != nil {
			return err
		}
		return c.Blob(http.StatusOK, paper[formPaper].mediaType, b)
	case form == issuer.FormToken && r.Token == nil:
		return schema.Refusal(schema.CodeNotFound, "", map[string]any{"id": r.ID})
	case form == issuer.FormToken:
		return c.Blob(http.StatusOK, tokenTypes[0], r.Token)
	}
	return c.JSON(http.StatusOK, r)
}

// formDocument is the credential as it was signed, alone; formPaper the
// certificate. The API has both whatever the public address shows.
const (
	formDocument = "vc"
	formPaper    = "pdf"
)

// baseCopy answers with the copy from which the holder derives what to show. It
// is handed out to registrars alone, who give it to the holder: whoever has it
// can show everything.
func (s *Server) baseCopy(c echo.Context) error {
	ctx := c.Request().Context()
	b, err := s.c.Service.BaseCopy(ctx, actor(ctx), c.Param("id"))
	if err != nil {
		return err
	}
	return c.Blob(http.StatusOK, "application/vc", b)
}

func (s *Server) changeStatus(c echo.Context) error {
	ctx := c.Request().Context()
	b, err := readBody(c.Request(), "action", "reason", "code")
	if err != nil {
		return err
	}
	ch := issuer.StatusChange{
		Action: b.text(b.root, "", "action", true),
		Reason: b.text(b.root, "", "reason", true),
		Code:   b.text(b.root, "", "code", false),
	}
	if err := b.err(); err != nil {
		return err
	}
	r, err := s.c.Service.ChangeStatus(ctx, actor(ctx), c.Param("id"), ch)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, r)
}
