package virtual

import (
	"strconv"
	"strings"
	"sync"
	"time"

	"merkki/schema"
	"merkki/schema/statuslist"
)

// A List is a status list of an issuer, signed anew whenever somebody asks for
// it. Its fields are mistakes; set them before use.
type List struct {
	// Signer signs it instead of its owner, who is still named as issuer.
	Signer *Issuer
	// Owner is named as its issuer, instead of the issuer that made it.
	Owner *Issuer
	// ID stands in it instead of its address; "-" for none.
	ID string
	// Entries is its size instead of the smallest allowed.
	Entries int
	// From and Until are its period instead of the day around now.
	From, Until time.Time
	// Encoded stands in it instead of the bits.
	Encoded string
	// Year2021 makes it a Status List 2021 instead of a Bitstring Status List.
	Year2021 bool
	// Token makes it a token instead of a document with a proof.
	Token bool

	issuer  *Issuer
	url     string
	purpose string
	mu      sync.Mutex
	set     map[int]bool // guarded by mu
}

// List makes a status list of one purpose and serves it.
func (i *Issuer) List(purpose string) *List {
	i.mu.Lock()
	i.lists++
	n := i.lists
	i.mu.Unlock()
	host := "lists.example"
	if rest, ok := strings.CutPrefix(i.id, "did:web:"); ok {
		host = strings.ReplaceAll(rest, ":", "/")
	}
	if rest, ok := strings.CutPrefix(i.id, "https://"); ok {
		host, _, _ = strings.Cut(rest, "/")
	}
	l := &List{issuer: i, url: "https://" + host + "/status/" + strconv.Itoa(n), purpose: purpose, set: map[int]bool{}}
	i.campus.serve(l.url, l.publish)
	return l
}

// URL is the address of the list.
func (l *List) URL() string { return l.url }

// Set sets an entry, Clear clears it.
func (l *List) Set(index int) { l.put(index, true) }

// Clear clears an entry.
func (l *List) Clear(index int) { l.put(index, false) }

func (l *List) put(index int, on bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.set[index] = on
}

// publish signs the list as it is now.
func (l *List) publish() []byte {
	now := l.issuer.campus.Now()
	from, until := l.From, l.Until
	if from.IsZero() {
		from = now.Add(-time.Hour)
	}
	if until.IsZero() {
		until = now.Add(23 * time.Hour)
	}
	id, owner, signer := l.url, l.issuer, l.issuer
	if l.ID != "" {
		id = l.ID
	}
	if l.Owner != nil {
		owner, signer = l.Owner, l.Owner
	}
	if l.Signer != nil {
		signer = l.Signer
	}
	root := tree(`{
		"@context": ["https://www.w3.org/ns/credentials/v2"],
		"id": "ID", "type": ["VerifiableCredential", "BitstringStatusListCredential"],
		"issuer": "ISSUER", "validFrom": "FROM", "validUntil": "UNTIL",
		"credentialSubject": {"id": "URL#list", "type": "BitstringStatusList", "statusPurpose": "PURPOSE", "encodedList": "BITS"}
	}`, "BITS", l.encode(), "ID", id, "ISSUER", owner.id, "FROM", schema.FormatTime(from), "UNTIL", schema.FormatTime(until),
		"URL", l.url, "PURPOSE", l.purpose)
	if l.Year2021 {
		root = in2021(root)
	}
	if l.ID == "-" {
		root = root.Without("id")
	}
	if l.Token {
		return signer.Token(root)
	}
	return signer.Sign(root)
}

// in2021 rewrites a list as its predecessor has it, over the data model of its
// time.
func in2021(list schema.Value) schema.Value {
	subject, _ := list.Get("credentialSubject")
	bits := strings.TrimPrefix(subject.GetString("encodedList"), "u")
	subject = subject.With("type", schema.StringValue("StatusList2021")).With("encodedList", schema.StringValue(bits))
	from, until := list.GetString("validFrom"), list.GetString("validUntil")
	return list.Without("validFrom", "validUntil").With("credentialSubject", subject).
		With("issuanceDate", schema.StringValue(from)).With("expirationDate", schema.StringValue(until)).
		With("@context", texts("https://www.w3.org/2018/credentials/v1", "https://w3id.org/vc/status-list/2021/v1",
			"https://w3id.org/security/data-integrity/v2")).
		With("type", texts("VerifiableCredential", "StatusList2021Credential"))
}

func texts(all ...string) schema.Value {
	var items []schema.Value
	for _, s := range all {
		items = append(items, schema.StringValue(s))
	}
	return schema.ArrayValue(items...)
}

func (l *List) encode() string {
	if l.Encoded != "" {
		return l.Encoded
	}
	entries := l.Entries
	if entries == 0 {
		entries = statuslist.MinEntries
	}
	bits := statuslist.New(entries)
	l.mu.Lock()
	defer l.mu.Unlock()
	for i, on := range l.set {
		bits.Set(i, on)
	}
	return bits.Encode()
}
