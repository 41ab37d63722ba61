package verifier

import (
	"slices"
	"time"

	"merkki/schema"
)

// A TrustList is a list of issuers that a reader trusts.
type TrustList struct {
	// Name, Source, Version and Date say in reports where an answer comes from.
	Name, Source, Version string
	Date                  time.Time
	// Signer is who signed the list, "" for a list that nobody signed. After
	// Expires, if it is set, the list names nobody.
	Signer  string
	Expires time.Time
	Entries []TrustEntry
}

// isCurrent says whether a list may be believed at a moment.
func (l *TrustList) isCurrent(at time.Time) bool { return l.Expires.IsZero() || at.Before(l.Expires) }

// A TrustEntry names an issuer.
type TrustEntry struct {
	Issuer     string    // id, compared byte by byte
	Name       string    // to show beside a positive verdict; "" if the list has none
	Keys       []string  // pinned: Multikeys, JWK thumbprints of RSA keys; empty: any key of the issuer
	ValidFrom  time.Time // zero: always
	ValidUntil time.Time // zero: for ever
	// Withdrawn says that the issuer was listed and may not be trusted any more.
	Withdrawn bool
	// Test says that the issuer is one for trying things out.
	Test bool
	// Scopes limit the entry to purposes. This program understands none, so
	// that an entry with a scope does not apply.
	Scopes []string
}

// A listing is an entry with the list it stands in.
type listing struct {
	list  *TrustList
	entry *TrustEntry
}

// find returns the entries that apply to an issuer with a proven key at a
// moment, in the order of the lists, or the first that withdraws it.
func (v *Verifier) find(issuer, multikey string, at time.Time) (listed []listing, withdrawn *listing) {
	for i := range v.Trust {
		if !v.Trust[i].isCurrent(at) {
			continue
		}
		for j := range v.Trust[i].Entries {
			l := listing{&v.Trust[i], &v.Trust[i].Entries[j]}
			switch {
			case l.entry.Issuer != issuer || !l.entry.applies(at):
			case l.entry.Withdrawn:
				return nil, &l
			case len(l.entry.Keys) == 0 || slices.Contains(l.entry.Keys, multikey):
				listed = append(listed, l)
			}
		}
	}
	return listed, nil
}

// applies says whether an entry is in force at a moment and is about anything
// that this program does.
func (e *TrustEntry) applies(at time.Time) bool {
	return len(e.Scopes) == 0 && !e.ValidFrom.After(at) && (e.ValidUntil.IsZero() || at.Before(e.ValidUntil))
}

// describe adds what a reader may want to know about the source of an answer.
func (l *listing) describe(args map[string]any) {
	args["list"] = l.list.Name
	if l.list.Name == "" {
		args["list"] = l.list.Source
	}
	if l.entry.Name != "" {
		args["name"] = l.entry.Name
	}
	if l.list.Signer != "" {
		args["signer"] = l.list.Signer
	}
	if l.list.Version != "" {
		args["version"] = l.list.Version
	}
	if !l.list.Date.IsZero() {
		args["date"] = schema.FormatTime(l.list.Date)
	}
}
