package web

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"merkki/issuer"
	"merkki/schema"
)

// An archive is everything a learner holds as one zip, which needs this service
// no more: each credential in all its forms, a page to read, and what a verifier
// would ask the network for (`merkki verify --bundle`), as it stood at one moment.
type archive struct {
	s    *Server
	z    *zip.Writer
	held []issuer.Record
	at   time.Time
	// served are the documents of bundle.json.
	served []servedDocument
	issuer map[string]issuer.Institution
}

type servedDocument struct {
	URL       string `json:"url"`
	File      string `json:"file"`
	MediaType string `json:"media_type"`
}

// myArchive streams the archive. The same holdings at the same moment give the
// same bytes.
func (s *Server) myArchive(c echo.Context) error {
	ctx := c.Request().Context()
	d, _ := s.learner(c)
	held, err := s.c.Service.Holdings(ctx, d)
	if err != nil {
		return err
	}
	a := archive{s: s, held: held, at: s.c.Now().UTC().Truncate(time.Second), issuer: map[string]issuer.Institution{}}
	page, err := a.index(c)
	if err != nil {
		return err
	}
	h := c.Response().Header()
	h.Set("Content-Type", "application/zip")
	h.Set("Content-Disposition", `attachment; filename="credentials-`+a.at.Format(time.DateOnly)+`.zip"`)
	c.Response().WriteHeader(http.StatusOK)
	a.z = zip.NewWriter(c.Response())
	if err := a.write(ctx, page); err != nil {
		// The status has been sent: an archive without its end is one that no
		// program opens.
		s.logError(ctx, err, problemOf(err, "", s.printer(c)), c.Response().Header().Get("X-Request-Id"))
		return nil
	}
	return a.z.Close()
}

// add writes one file. What is compressed already is stored.
func (a *archive) add(name string, b []byte) error {
	method := zip.Deflate
	if strings.HasSuffix(name, ".png") || strings.HasSuffix(name, ".pdf") {
		method = zip.Store
	}
	w, err := a.z.CreateHeader(&zip.FileHeader{Name: name, Method: method, Modified: a.at})
	if err != nil {
		return err
	}
	_, err = w.Write(b)
	return err
}

// serve writes a document that a verifier asks for.
func (a *archive) serve(url, name, mediaType string, b []byte) error {
	a.served = append(a.served, servedDocument{url, name, mediaType})
	return a.add(name, b)
}

func (a *archive) write(ctx context.Context, page []byte) error {
	if err := a.add("index.html", page); err != nil {
		return err
	}
	for _, r := range a.held {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err := a.credential(ctx, r); err != nil {
			return err
		}
	}
	if err := a.asked(ctx); err != nil {
		return err
	}
	if err := a.json("bundle.json", map[string]any{"serve": a.served}); err != nil {
		return err
	}
	return a.json("trust.json", a.trust())
}

func (a *archive) json(name string, v any) error {
	b, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		return err
	}
	return a.add(name, append(b, '\n'))
}

// credential writes all forms of one, in a folder named by its ID.
func (a *archive) credential(ctx context.Context, r issuer.Record) error {
	for _, suffix := range forms {
		f, err := a.s.formFor(ctx, r, suffix)
		if isMissing(err) {
			continue
		}
		if err != nil {
			return err
		}
		name := r.ID + "/" + f.name + "." + strings.TrimPrefix(suffix, "sd-base.")
		if suffix == "json" {
			err = a.serve(r.URL, name, f.mediaType, f.bytes)
		} else {
			err = a.add(name, f.bytes)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// asked writes the key documents of the issuers and the status lists.
func (a *archive) asked(ctx context.Context) error {
	listed := map[string]bool{}
	for _, r := range a.held {
		if err := a.keys(ctx, r.Issuer); err != nil {
			return err
		}
		for _, ref := range r.Status {
			if listed[ref.List] {
				continue
			}
			listed[ref.List] = true
			b, err := a.s.c.Service.StatusList(ctx, ref.List)
			if err != nil {
				return err
			}
			if err := a.serve(a.s.c.BaseURL+"/status/"+ref.List, "bundle/status-"+ref.List+".json", "application/vc", b); err != nil {
				return err
			}
		}
	}
	return nil
}

// keys writes the key document of an institution once. A did:key has none.
func (a *archive) keys(ctx context.Context, id string) error {
	if _, ok := a.issuer[id]; ok {
		return nil
	}
	inst, err := a.s.c.Service.Institution(ctx, id)
	if err != nil {
		return err
	}
	a.issuer[id] = inst
	doc, err := a.s.c.Service.DIDDocument(ctx, id)
	if isMissing(err) {
		return nil
	}
	if err != nil {
		return err
	}
	url := a.s.c.BaseURL + "/i/" + inst.ID + "/did.json"
	if inst.DID == a.s.hostDID() {
		url = a.s.c.BaseURL + "/.well-known/did.json"
	}
	return a.serve(url, "bundle/did-"+inst.ID+".json", "application/did+json", schema.Marshal(doc))
}

// trust lists the issuers, in the order of the credentials: who opens the archive
// knows already from whom they have them.
func (a *archive) trust() []any {
	all, seen := []any{}, map[string]bool{}
	for _, r := range a.held {
		inst := a.issuer[r.Issuer]
		if seen[inst.ID] {
			continue
		}
		seen[inst.ID] = true
		entry := map[string]any{"issuer": inst.DID, "name": inst.Name}
		if inst.Test {
			entry["test"] = true
		}
		all = append(all, entry)
	}
	return all
}

// An archiveView is the page inside the archive.
type archiveView struct {
	view
	Credentials []heldView
	At          string // the moment, for people
	Command     string
}

// index is the page to read: it needs nothing beside it but the files it leads to.
func (a *archive) index(c echo.Context) ([]byte, error) {
	v := archiveView{view: a.s.base(c, "")}
	v.Title, v.At = v.T("my.zip.title"), v.Moment(a.at)
	for _, r := range a.held {
		h, err := a.s.heldView(c.Request().Context(), v.view, r)
		if err != nil {
			return nil, err
		}
		v.Credentials = append(v.Credentials, h)
	}
	if len(a.held) > 0 {
		v.Command = "merkki verify --bundle bundle.json --trust trust.json --at " + a.at.Format(time.RFC3339) + " " + a.held[0].ID + "/credential.json"
	}
	var b bytes.Buffer
	if err := a.s.pages.t.ExecuteTemplate(&b, "archive", v); err != nil {
		return nil, err
	}
	return Standalone(b.Bytes(), nil), nil
}
