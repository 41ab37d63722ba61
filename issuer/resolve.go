package issuer

import (
	"context"
	"crypto"
	"errors"
	"strings"

	"merkki/keys"
	"merkki/schema"
	"merkki/verifier"
)

// Verifier returns a verifier that resolves this service's own issuers and
// status lists without the network and asks others and lists for everything
// else; nil for both means that nothing else is to be had. On an issuer's own
// service issuer.trusted is not applicable: the reader asks the issuer itself.
func (s *Service) Verifier(others keys.Resolver, lists verifier.Lists, trust []verifier.TrustList) *verifier.Verifier {
	return &verifier.Verifier{
		Contexts: s.contexts,
		Resolver: s.resolver(others),
		Lists:    ownLists{s, lists},
		Cache:    s.proven,
		Trust:    trust,
		Own:      s,
		Now:      s.clock,
	}
}

// OwnIssuer implements verifier.Own.
func (s *Service) OwnIssuer(id string) (name, domain string, ok bool) {
	i, ok, err := s.ownIssuer(context.Background(), id)
	if err != nil || !ok {
		return "", "", false
	}
	return i.Name, s.host, true
}

// OwnTestIssuer implements verifier.TestOwn: reports about what a test issuer
// signed say TEST.
func (s *Service) OwnTestIssuer(id string) bool {
	i, ok, err := s.ownIssuer(context.Background(), id)
	return err == nil && ok && i.Test
}

// A resolver answers for the service's own issuers from the key store.
type resolver struct {
	s      *Service
	others keys.Resolver
	lint   map[string]crypto.PublicKey // throw-away keys by the method they stand in for; nil but in a rehearsal
}

func (s *Service) resolver(others keys.Resolver) resolver { return resolver{s: s, others: others} }

// Resolve implements keys.Resolver.
func (r resolver) Resolve(ctx context.Context, method string) (*keys.Method, error) {
	id, _, _ := strings.Cut(method, "#")
	i, own, err := r.s.ownIssuer(ctx, id)
	if err != nil {
		return nil, err
	}
	if !own {
		if r.others == nil {
			return nil, schema.Found("key.unreachable", "", map[string]any{"reason": "offline"})
		}
		return r.others.Resolve(ctx, method)
	}
	all, err := r.methods(ctx, i)
	if err != nil {
		return nil, err
	}
	for _, m := range all {
		if m.ID == method {
			return m, nil
		}
	}
	return nil, schema.Found("key.not-listed", "", map[string]any{"method": method})
}

// IssuerKeys implements keys.IssuerKeys.
func (r resolver) IssuerKeys(ctx context.Context, id string) ([]*keys.Method, error) {
	i, own, err := r.s.ownIssuer(ctx, id)
	if err != nil {
		return nil, err
	}
	if own {
		return r.methods(ctx, i)
	}
	if others, ok := r.others.(keys.IssuerKeys); ok {
		return others.IssuerKeys(ctx, id)
	}
	return nil, schema.Found("key.unreachable", "", map[string]any{"reason": "offline"})
}

// methods says of the keys of an own issuer what its published documents say.
func (r resolver) methods(ctx context.Context, i Institution) ([]*keys.Method, error) {
	pairs, err := r.s.pairs(ctx, i)
	if err != nil {
		return nil, err
	}
	all := make([]*keys.Method, len(pairs))
	for n, p := range pairs {
		m := &keys.Method{ID: p.ID, Controller: i.DID, Key: p.Public, Revoked: p.Revoked, KeyID: p.ID, For: i.DID}
		if p.Role == keys.Credentials || p.Role == keys.StatusLists { // what others sign is no credential
			m.Relationships = []string{"assertionMethod"}
		}
		if stand, ok := r.lint[p.ID]; ok {
			m.Key = stand
		}
		all[n] = m
	}
	return all, nil
}

// ownLists answers for the service's own status lists.
type ownLists struct {
	s      *Service
	others verifier.Lists
}

// StatusList implements verifier.Lists.
func (o ownLists) StatusList(ctx context.Context, url string) ([]byte, error) {
	id, own := strings.CutPrefix(url, o.s.base+"/status/")
	if !own {
		if o.others == nil {
			return nil, schema.Found("status.unreachable", "", map[string]any{"reason": "offline"})
		}
		return o.others.StatusList(ctx, url)
	}
	b, err := o.s.StatusList(ctx, id)
	var fault *schema.Fault
	if err != nil && (!errors.As(err, &fault) || fault.Finding == "") && ctx.Err() == nil {
		return nil, schema.Found("status.unreachable", "", map[string]any{"reason": "not-published"})
	}
	return b, err
}

// rehearsal returns the verifier that judges what throw-away keys signed: it
// takes them for the ones they stand in for, and differs in nothing else.
// The one key of a did:key signs the status lists as well, so that they are
// signed anew for it.
func (s *Service) rehearsal(i Institution, lint []signing, known map[string]crypto.PublicKey) *verifier.Verifier {
	v := s.Verifier(nil, nil, nil)
	v.Resolver = resolver{s: s, lint: known}
	if strings.HasPrefix(i.DID, "did:key:") {
		v.Lists, v.Cache = rehearsedLists{ownLists{s, nil}, lint}, nil
	}
	return v
}

// rehearsedLists signs the service's lists with throw-away keys.
type rehearsedLists struct {
	own  ownLists
	lint []signing
}

// StatusList implements verifier.Lists.
func (r rehearsedLists) StatusList(ctx context.Context, url string) ([]byte, error) {
	b, err := r.own.StatusList(ctx, url)
	if err != nil {
		return nil, err
	}
	doc, err := schema.Parse(b, schema.Limits{})
	if err != nil {
		return nil, err
	}
	d, err := r.own.s.secure(ctx, doc.Root().Without("proof"), embedded(r.lint))
	return d.document, err
}
