package main

import (
	"context"
	"encoding/json"
	"strings"

	"merkki/schema/jsonld"
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

// OwnTestIssuer implements verifier.TestOwn.
func (o *ownService) OwnTestIssuer(id string) bool { return o.issuers[id].Test }
