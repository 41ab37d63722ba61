package main

import (
	"fmt"
	"math/rand/v2"

	"merkki/schema"
	"merkki/schema/schematest"
)

// A corpus is a set of documents without proof, all by one issuer.
type corpus struct {
	name string
	make func(i int, did string) schema.Value
}

// corpora are what occurs: many learners of one achievement, whose credentials
// have one shape, and documents no two of which have the same.
var corpora = []corpus{
	{"one achievement", graduate},
	{"ever other shapes", stranger},
}

func (c corpus) documents(n int, did string) []schema.Value {
	docs := make([]schema.Value, n)
	for i := range docs {
		docs[i] = c.make(i, did)
	}
	return docs
}

// graduate is the credential of one of many learners, written as the service
// writes them.
func graduate(i int, did string) schema.Value {
	const credential = `{"@context":["https://www.w3.org/ns/credentials/v2","https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json","https://purl.imsglobal.org/spec/ob/v3p0/extensions.json"],
"id":"https://badges.koulu.example/c/%026d","type":["VerifiableCredential","AchievementCredential"],"name":"Introduction to data protection",
"issuer":{"id":"%s","type":["Profile"],"name":"Example University of Applied Sciences","url":"https://koulu.example/","email":"registry@koulu.example"},
"validFrom":"2026-06-12T09:%02d:%02dZ","awardedDate":"2026-06-12T00:00:00Z",
"credentialSubject":{"id":"urn:uuid:0b2f7f52-1f0e-4bd5-9e4e-%012d","type":["AchievementSubject"],
"identifier":[{"type":"IdentityObject","identityHash":"Learner Number %d","identityType":"name","hashed":false},
{"type":"IdentityObject","identityHash":"sha256$%064x","identityType":"emailAddress","hashed":true,"salt":"%016x"}],
"achievement":{"id":"https://badges.koulu.example/a/7K2MQ9D4X1TBN8RWZ03FHJ5V6P/v1","type":["Achievement"],"name":"Introduction to data protection",
"description":"What personal data is, who may use it for what, and what the learner has to do about it at work.",
"achievementType":"Course","creditsAvailable":5,"inLanguage":"en","humanCode":"DP-101",
"criteria":{"narrative":"Attendance of two thirds of the lessons, an essay that was accepted, and a written examination."},
"alignment":[{"type":["Alignment"],"targetName":"information security","targetUrl":"http://data.europa.eu/esco/skill/8088750d-8388-4170-a76f-48354c469c44","targetType":"ext:EscoSkill"}],
"resultDescription":[{"id":"https://badges.koulu.example/a/7K2MQ9D4X1TBN8RWZ03FHJ5V6P/v1#grade","type":["ResultDescription"],"name":"Grade","resultType":"ext:Arvosana","valueMin":"0","valueMax":"5"}]},
"result":[{"type":["Result"],"resultDescription":"https://badges.koulu.example/a/7K2MQ9D4X1TBN8RWZ03FHJ5V6P/v1#grade","value":"%d"}]},
"credentialSchema":[{"id":"https://purl.imsglobal.org/spec/ob/v3p0/schema/json/ob_v3p0_achievementcredential_schema.json","type":"1EdTechJsonSchemaValidator2019"}],
"credentialStatus":{"id":"https://badges.koulu.example/status/3F6K9M2P5R8T1V4X7Z0B3D6G9J#%d","type":"BitstringStatusListEntry","statusPurpose":"revocation","statusListIndex":"%d","statusListCredential":"https://badges.koulu.example/status/3F6K9M2P5R8T1V4X7Z0B3D6G9J"}}`
	doc, err := schema.Parse(fmt.Appendf(nil, credential, i, did, i/60%60, i%60, i, i, i*7919, i*104729, 1+i%5, i*31, i*31), schema.Limits{})
	if err != nil {
		panic(err) // the text above is no JSON
	}
	return doc.Root()
}

// stranger is a generated credential of a shape of its own, which never expires.
func stranger(i int, did string) schema.Value {
	v := schematest.Credential(rand.New(rand.NewPCG(2026, uint64(i))))
	profile, _ := v.Get("issuer")
	return v.Without("validUntil").With("issuer", profile.With("id", schema.StringValue(did)))
}
