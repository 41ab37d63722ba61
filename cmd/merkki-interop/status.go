package main

import (
	"context"
	"net/http"
	"strconv"

	"merkki/proof"
	"merkki/schema"
	"merkki/schema/jsonld"
	"merkki/schema/statuslist"
)

const listName = "1" // the one list there is

func (s *server) listURL() string { return s.base + "/status/" + listName }

// nextEntry is a place in the list that nobody has had. Members that the suite
// and the specification understand differently are left out (statusSize,
// statusMessage).
func (s *server) nextEntry() schema.Value {
	n := (s.given.Add(1) - 1) % statuslist.MinEntries
	index := strconv.Itoa(s.places.Index(int(n)))
	return schema.ObjectValue(
		member("id", schema.StringValue(s.listURL()+"#"+index)),
		member("type", schema.StringValue("BitstringStatusListEntry")),
		member("statusPurpose", schema.StringValue("revocation")),
		member("statusListIndex", schema.StringValue(index)),
		member("statusListCredential", schema.StringValue(s.listURL())),
		member("statusReference", schema.StringValue(s.base+"/interop/issuers.json")),
	)
}

// statusList answers with the list credential.
func (s *server) statusList(r *http.Request, values map[string]string) reply {
	if values["list"] != listName {
		return s.refuse(schema.Refusal(schema.CodeNotFound, "", nil)).with(http.StatusNotFound)
	}
	b, err := s.StatusList(r.Context(), s.listURL())
	if err != nil {
		return s.refuse(err)
	}
	return reply{status: http.StatusOK, mediaType: "application/vc", body: b}
}

// StatusList implements [verifier.Lists]: the own list, and no request for any
// other.
func (s *server) StatusList(ctx context.Context, url string) ([]byte, error) {
	if url != s.listURL() {
		return nil, schema.Found("status.unreachable", "", map[string]any{"url": url, "reason": "offline"})
	}
	p := s.profiles["status"]
	doc, err := proof.Secure(ctx, s.contexts, s.list(p), p.signer, proof.Options{Format: p.format, Created: s.now()})
	if err != nil {
		return nil, err
	}
	return doc.Raw(), nil
}

// list is the list credential without its proof. No route sets a bit.
func (s *server) list(p profile) schema.Value {
	return schema.ObjectValue(
		member("@context", schema.ArrayValue(schema.StringValue(jsonld.BaseV2))),
		member("id", schema.StringValue(s.listURL())),
		member("type", schema.ArrayValue(schema.StringValue("VerifiableCredential"), schema.StringValue("BitstringStatusListCredential"))),
		member("issuer", schema.StringValue(p.signer.did)),
		member("credentialSubject", schema.ObjectValue(
			member("id", schema.StringValue(s.listURL()+"#list")),
			member("type", schema.StringValue("BitstringStatusList")),
			member("statusPurpose", schema.StringValue("revocation")),
			member("encodedList", schema.StringValue(statuslist.New(statuslist.MinEntries).Encode())),
		)),
	)
}
