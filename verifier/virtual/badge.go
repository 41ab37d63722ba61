package virtual

import (
	"strconv"
	"strings"

	"merkki/schema"
)

// Badge is a plain achievement credential of the issuer, not signed yet.
func (i *Issuer) Badge() schema.Value {
	return tree(`{
		"@context": ["https://www.w3.org/ns/credentials/v2", "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"],
		"id": "https://campus.example/c/7K2MQ9D4X1TBN8RWZ03FHJ5V6P",
		"type": ["VerifiableCredential", "OpenBadgeCredential"],
		"name": "Soldering for beginners",
		"issuer": {"id": "ISSUER", "type": ["Profile"], "name": "NAME"},
		"validFrom": "2026-05-01T00:00:00Z",
		"credentialSubject": {
			"id": "did:example:learner",
			"type": ["AchievementSubject"],
			"achievement": {
				"id": "https://campus.example/a/1",
				"type": ["Achievement"],
				"name": "Soldering for beginners",
				"description": "Joins two wires so that they stay joined.",
				"criteria": {"narrative": "Solder ten joints; nine hold."}
			}
		}
	}`, "ISSUER", i.id, "NAME", i.Name)
}

// WithStatus adds a status entry for a place in a list. The first is an
// object, more make an array.
func WithStatus(badge schema.Value, l *List, index int) schema.Value {
	entry := tree(`{
		"id": "URL#INDEX", "type": "BitstringStatusListEntry", "statusPurpose": "PURPOSE",
		"statusListIndex": "INDEX", "statusListCredential": "URL"
	}`, "URL", l.url, "PURPOSE", l.purpose, "INDEX", strconv.Itoa(index))
	entries := append(badge.GetList("credentialStatus"), entry)
	if len(entries) == 1 {
		return badge.With("credentialStatus", entry)
	}
	return badge.With("credentialStatus", schema.ArrayValue(entries...))
}

// tree reads a JSON object in which names are replaced by values.
func tree(text string, replace ...string) schema.Value {
	doc, err := schema.Parse([]byte(strings.NewReplacer(replace...).Replace(text)), schema.Limits{})
	if err != nil {
		panic(err)
	}
	return doc.Root()
}
