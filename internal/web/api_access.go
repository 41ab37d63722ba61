package web

import (
	"context"
	"slices"

	"merkki/issuer"
	"merkki/schema"
)

// readable returns a record that the actor may see. A record of another issuer
// is as absent as one that never was.
func (s *Server) readable(ctx context.Context, id string) (issuer.Record, error) {
	a := actor(ctx)
	if err := needs(a, "registrar", "auditor"); err != nil {
		return issuer.Record{}, err
	}
	r, err := s.c.Service.Get(ctx, id)
	if err != nil {
		return r, err
	}
	if a.Issuer != "" && a.Issuer != r.Issuer {
		return issuer.Record{}, schema.Refusal(schema.CodeNotFound, "", nil)
	}
	return r, nil
}

// needs asks for one of several roles. The service checks the roles for what it
// changes itself; reading routes ask here.
func needs(a issuer.Actor, roles ...string) error {
	for _, r := range roles {
		if slices.Contains(a.Roles, r) {
			return nil
		}
	}
	return schema.Refusal(schema.CodeForbidden, "", map[string]any{"role": roles[0]})
}
