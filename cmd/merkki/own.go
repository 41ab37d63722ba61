package main

import (
	"context"
	"encoding/json"
	"strings"
	"time"

	"merkki/internal/i18n"
	"merkki/schema"
	"merkki/schema/jsonld"
	"merkki/verifier"
)

// ownService is the service of --dir as a verifier sees it.
type ownService struct {
	client   *client
	baseURL  string
	contexts *jsonld.Register
	issuers  map[string]institution // by DID
}

// own opens the directory and learns who issues there.
func (p *program) own(ctx context.Context) (*ownService, error) {
	c, err := p.config(nil)
	if err != nil {
		return nil, err
	}
	contexts, err := contextsOf(c)
	if err != nil {
		return nil, err
	}
	cl, err := p.client(ctx)
	if err != nil {
		return nil, err
	}
	o := &ownService{client: cl, baseURL: c.BaseURL, contexts: contexts, issuers: map[string]institution{}}
	err = each(ctx, cl, "/api/v1/issuers", nil, func(raw json.RawMessage) error {
		var i institution
		err := json.Unmarshal(raw, &i)
		o.issuers[i.DID] = i
		return err
	})
	if err != nil {
		cl.Close()
		return nil, err
	}
	return o, nil
}

// OwnIssuer implements verifier.Own.
func (o *ownService) OwnIssuer(id string) (name, domain string, ok bool) {
	i, ok := o.issuers[id]
	return i.Name, strings.TrimPrefix(o.baseURL, "https://"), ok
}

// known is what the service knows of a credential of its own beyond the report:
// why and when it was withdrawn or put on hold.
func (o *ownService) known(ctx context.Context, r *verifier.Report) (k i18n.Known) {
	if o == nil {
		return k
	}
	doc, err := schema.Parse(r.Credential, schema.Limits{})
	if err != nil {
		return k // nothing in it may be believed
	}
	id, ours := strings.CutPrefix(doc.Root().GetString("id"), o.baseURL+"/c/")
	if !ours {
		return k
	}
	var rec record
	if o.client.call(ctx, request{method: "GET", path: "/api/v1/credentials/" + id}, &rec) != nil {
		return k // the report stands without it
	}
	k.Reason = rec.Reason
	k.Changed, _ = time.Parse(time.RFC3339, rec.ChangedAt)
	return k
}

// close lets go of the service; there may be none.
func (o *ownService) close() {
	if o != nil {
		o.client.Close()
	}
}

// OwnTestIssuer implements verifier.TestOwn.
func (o *ownService) OwnTestIssuer(id string) bool { return o.issuers[id].Test }
