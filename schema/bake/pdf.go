package bake

import (
	"bytes"
	"encoding/base64"
	"slices"
	"strings"

	"merkki/schema"
	"merkki/schema/bake/pdf"
)

// FromPDF finds the credential among the files attached to a PDF: one of a media
// type of credentials, or one that is JSON or a token by its name or type and
// holds a credential. Faults: container.none (kind "pdf", or "pdf-encrypted" and
// "pdf-damaged" where no attachments could be seen), container.limit,
// container.two-credentials.
func FromPDF(b []byte) (*Content, error) {
	files, err := pdf.Attachments(b)
	if err != nil {
		return nil, err
	}
	var found [][]byte
	for _, f := range files {
		certain := slices.Contains(credentialTypes, f.MediaType)
		if !certain && !mayBeCredential(f) {
			continue
		}
		content, err := f.Read()
		if err != nil {
			return nil, err
		}
		if certain || isCredential(content) {
			found = append(found, content)
		}
	}
	switch {
	case len(found) > 1:
		return nil, twice()
	case len(found) == 1 && len(bytes.TrimSpace(found[0])) > 0:
		return &Content{Credential: bytes.Clone(found[0]), Place: "attachment"}, nil
	}
	return nil, none("pdf")
}

// credentialTypes are the media types of credentials, today's and former ones.
var credentialTypes = []string{
	"application/vc", "application/vc+jwt",
	"application/vc+ld+json", "application/vc+ld+json+jwt", "application/vc-ld+jwt", "application/vc+ld+jwt",
}

// mayBeCredential goes by name and media type. Programs that attach files give
// them the type of their ending, or none.
func mayBeCredential(f pdf.File) bool {
	name := strings.ToLower(f.Name)
	for _, ending := range []string{".json", ".jsonld", ".jwt", ".jws"} {
		if strings.HasSuffix(name, ending) {
			return true
		}
	}
	return slices.Contains([]string{"application/json", "application/ld+json", "application/jwt"}, f.MediaType)
}

// maxCredential is how large a file may be that does not call itself a credential.
const maxCredential = 1 << 20

// isCredential says whether a file is a credential by its form.
func isCredential(b []byte) bool {
	if len(b) > maxCredential {
		return false
	}
	if schema.Recognise(b) == schema.FormJWS {
		parts := bytes.Split(bytes.TrimSpace(b), []byte("."))
		header, err := base64.RawURLEncoding.DecodeString(string(parts[0]))
		doc, errHeader := schema.Parse(header, schema.Limits{})
		return err == nil && errHeader == nil && len(parts) == 3 && doc.Root().GetString("alg") != ""
	}
	doc, err := schema.Parse(b, schema.Limits{})
	if err != nil {
		return false
	}
	types, _ := doc.Root().Get("type")
	for _, t := range types.List() {
		if t.Text == "VerifiableCredential" || t.Text == "EnvelopedVerifiableCredential" {
			return true
		}
	}
	return false
}
