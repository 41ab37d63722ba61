package web

import (
	"strconv"

	"merkki/internal/publish"
	"merkki/issuer"
)

// A credentialKind is an achievement in the words of schema.org
// (EducationalOccupationalCredential), for those who gather offers of learning.
// It stands as a data block in the page of an achievement and nowhere else: of
// people nothing is said in that way. A block of data is no script, so the
// content security policy has nothing to allow.
type credentialKind struct {
	Context      string      `json:"@context"`
	Type         string      `json:"@type"`
	ID           string      `json:"@id"`
	URL          string      `json:"url"`
	Name         string      `json:"name"`
	Description  string      `json:"description,omitempty"`
	Language     string      `json:"inLanguage,omitempty"`
	Category     string      `json:"credentialCategory,omitempty"`
	Identifier   string      `json:"identifier,omitempty"`
	Version      string      `json:"version"`
	Published    string      `json:"datePublished"`
	Keywords     []string    `json:"keywords,omitempty"`
	About        string      `json:"about,omitempty"`
	RecognizedBy *namedThing `json:"recognizedBy,omitempty"`
	Alignment    []alignedTo `json:"educationalAlignment,omitempty"`
}

type namedThing struct {
	Type string `json:"@type"`
	ID   string `json:"@id"`
	Name string `json:"name"`
	URL  string `json:"url,omitempty"`
}

type alignedTo struct {
	Type      string `json:"@type"`
	Name      string `json:"targetName,omitempty"`
	URL       string `json:"targetUrl,omitempty"`
	Framework string `json:"educationalFramework,omitempty"`
}

func (s *Server) credentialKindOf(a issuer.Achievement, f publish.Achievement, inst *issuer.Institution) *credentialKind {
	k := &credentialKind{
		Context: "https://schema.org", Type: "EducationalOccupationalCredential", ID: a.URL, URL: s.c.BaseURL + "/a/" + a.ID,
		Name: f.Name, Description: f.Description, Language: f.Language, Identifier: f.Code,
		Version: strconv.Itoa(a.Version), Published: a.Added.UTC().Format("2006-01-02"), Keywords: f.Tags, About: f.Field,
	}
	if len(f.Types) > 0 {
		k.Category = f.Types[0]
	}
	if inst != nil {
		k.RecognizedBy = &namedThing{"EducationalOrganization", inst.DID, inst.Name, s.c.BaseURL + "/i/" + inst.ID}
	}
	for _, al := range f.Alignments {
		k.Alignment = append(k.Alignment, alignedTo{"AlignmentObject", al.Name, al.Target.Href, al.Framework})
	}
	return k
}

func versionRef(id string, n int) string { return id + "/v" + strconv.Itoa(n) }
