package issuer_test

import (
	"testing"

	"merkki/issuer"
	"merkki/schema"
)

func TestTrust(t *testing.T) {
	h, _ := school(t, false)
	_, err := h.AddTrust(ctx, registrar, issuer.TrustSource{JSON: []byte(`{`)})
	if err == nil {
		t.Error("a trust list that is no JSON was taken")
	}
	kept, err := h.AddTrust(ctx, registrar, issuer.TrustSource{Name: "Schools", Source: "schools.json", JSON: []byte(`["did:web:a.example"]`)})
	must(t, err)
	h.reopen(t)
	all, err := h.Trust(ctx)
	must(t, err)
	if len(all) != 1 || all[0].Name != "Schools" || string(all[0].JSON) != `["did:web:a.example"]` || !all[0].Added.Equal(h.clock()) {
		t.Errorf("trust %+v", all)
	}
	must(t, h.RemoveTrust(ctx, registrar, kept.ID))
	refusedWith(t, h.RemoveTrust(ctx, registrar, kept.ID), schema.CodeNotFound, "")
}
