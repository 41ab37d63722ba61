package issuer

import (
	"crypto/sha256"
	"encoding/json"
	"time"
)

// A LogEntry says that somebody did something. Entries form a chain: each
// holds the sum of the one before, so that whoever knows a later sum sees
// every change, removal and reordering before it. They hold no personal data,
// because nothing is ever taken out of the log.
type LogEntry struct {
	// Number counts from 1 without gaps. The store sets it.
	Number uint64 `json:"number"`
	// At is the moment by the service's clock, whole seconds in UTC.
	At time.Time `json:"at"`
	// Actor is the name of a token or "local:USER".
	Actor string `json:"actor"`
	// Action is what was done: "credential.prepared", "credential.issued", …
	Action string `json:"action"`
	// Subject is the ID of what it was done to.
	Subject string `json:"subject"`
	// Document is the SHA-256 of the signed bytes, where the action made some.
	Document Digest `json:"document,omitzero"`
	// Token and Base are those of the other forms that were signed with it.
	Token Digest `json:"token,omitzero"`
	Base  Digest `json:"base,omitzero"`
	// Previous is the sum of the entry before; zero for the first. The store
	// sets it.
	Previous Digest `json:"previous,omitzero"`
}

// Bytes is the one spelling of e: the leaf of a later Merkle log as well.
func (e LogEntry) Bytes() []byte {
	e.At = e.At.UTC().Truncate(time.Second)
	b, err := json.Marshal(e)
	if err != nil {
		panic(err) // strings, numbers and times marshal
	}
	return b
}

// Sum is what the next entry holds as Previous.
func (e LogEntry) Sum() Digest {
	return sha256.Sum256(append([]byte("merkki log entry 1\n"), e.Bytes()...))
}

// Follow returns e as the entry after a last one with this number and sum.
func (e LogEntry) Follow(number uint64, sum Digest) LogEntry {
	e.Number, e.Previous = number+1, sum
	return e
}
