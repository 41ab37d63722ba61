package web

import (
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"merkki/internal/i18n"
	"merkki/issuer"
	"merkki/schema"
	"merkki/schema/microcredential/rules"
)

// checkAchievement says what a micro-credential lacks, before anybody adds it or
// after somebody got it: problems of the profile and of rule packs together. The
// body is an Achievement or a credential; nothing is kept of it.
func (s *Server) checkAchievement(c echo.Context) error {
	ctx := c.Request().Context()
	if err := actor(ctx).Requires(issuer.Publisher, issuer.Auditor); err != nil {
		return err
	}
	b, err := readObject(c.Request())
	if err != nil {
		return err
	}
	packs, err := packsOf(c.QueryParams()["pack"], b.root)
	if err != nil {
		return err
	}
	found, err := rules.Review(b.root, packs, s.c.Now())
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, shapeReview(s.printer(c), packs, found))
}

// packsOf returns the packs that somebody named, or those that apply.
func packsOf(names []string, root schema.Value) ([]*rules.Pack, error) {
	if len(names) == 0 {
		return rules.PacksFor(root), nil
	}
	var packs []*rules.Pack
	for _, name := range names {
		p, ok := rules.Named(name)
		if !ok {
			return nil, schema.Refusal(schema.CodeRangeError, "", map[string]any{
				"member": "pack", "found": name, "expected": strings.Join(rules.Names(), ", "),
			})
		}
		packs = append(packs, p)
	}
	return packs, nil
}

// A reviewShape is what a check of a micro-credential answers.
type reviewShape struct {
	Conforms bool           `json:"conforms"`
	Packs    []string       `json:"packs"` // id@version
	Findings []findingShape `json:"findings"`
}

type findingShape struct {
	rules.Finding
	Message string `json:"message"`
	Remedy  string `json:"remedy"`
}

func shapeReview(p *i18n.Printer, packs []*rules.Pack, found []rules.Finding) reviewShape {
	r := reviewShape{Conforms: rules.Conforms(found), Packs: []string{}, Findings: []findingShape{}}
	for _, pack := range packs {
		r.Packs = append(r.Packs, pack.Label())
	}
	for _, f := range found {
		message, remedy := p.Rule(f)
		r.Findings = append(r.Findings, findingShape{f, message, remedy})
	}
	return r
}
