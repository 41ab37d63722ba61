package issuer

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"merkki/keys"
	"merkki/keys/did"
	"merkki/proof"
	"merkki/schema"
)

// An Institution is an issuer of this service.
type Institution struct {
	ID      string // 26 characters
	DID     string
	Name    string
	URL     string // its page
	Test    bool   // says TEST wherever it appears
	Lang    string // fi, sv or en
	Added   time.Time
	Profile schema.Value // the Open Badges Profile as it stands in credentials
	// Formats are what it signs with: names of proof formats that are issued,
	// each with a kind of key where it is not the usual one of the format, as in
	// "ecdsa-rdfc-2019:P-384". See [Edit].
	Formats []string
	Look    Look

	suites []suite
}

// institutionBody is how an institution is kept.
type institutionBody struct {
	DID     string          `json:"did"`
	Name    string          `json:"name"`
	URL     string          `json:"url"`
	Test    bool            `json:"test,omitempty"`
	Lang    string          `json:"lang,omitempty"`
	Added   time.Time       `json:"added"`
	Profile json.RawMessage `json:"profile"`
	Formats []string        `json:"formats,omitempty"` // none, as before there was a choice: the default format
	Look    Look            `json:"look,omitzero"`
}

func (i Institution) body() ([]byte, error) {
	return json.Marshal(institutionBody{
		DID: i.DID, Name: i.Name, URL: i.URL, Test: i.Test, Lang: i.Lang, Added: i.Added,
		Profile: schema.Marshal(i.Profile), Formats: i.Formats, Look: i.Look,
	})
}

// institutionOf reads what body wrote.
func institutionOf(t Thing) (Institution, error) {
	var b institutionBody
	if err := json.Unmarshal(t.Body, &b); err != nil {
		return Institution{}, fmt.Errorf("%w: institution %s: %v", ErrDamaged, t.ID, err)
	}
	profile, err := schema.Parse(b.Profile, schema.Limits{})
	if err != nil {
		return Institution{}, fmt.Errorf("%w: institution %s: %v", ErrDamaged, t.ID, err)
	}
	if b.Formats == nil {
		b.Formats = []string{proof.DefaultFormat}
	}
	suites, err := parseFormats(b.DID, b.Formats)
	if err != nil {
		return Institution{}, fmt.Errorf("%w: institution %s: %v", ErrDamaged, t.ID, err)
	}
	return Institution{
		ID: t.ID, DID: b.DID, Name: b.Name, URL: b.URL, Test: b.Test, Lang: b.Lang, Added: b.Added,
		Profile: profile.Root(), Formats: b.Formats, Look: b.Look, suites: suites,
	}, nil
}

const (
	kindInstitution = "institution"
	maxName         = 500 // characters of a name
)

// AddInstitution adds an issuer with keys of its own. method is "web" (or "")
// for a did:web, whose keys can be changed later, or "key" for a did:key, whose
// one key is the identifier. The first did:web of a service is that of its
// host; others have a path.
func (s *Service) AddInstitution(ctx context.Context, a Actor, name, method, lang string, test bool) (Institution, error) {
	if err := a.mayForAll(Publisher); err != nil {
		return Institution{}, err
	}
	if err := checkLanguage("/lang", lang); err != nil {
		return Institution{}, err
	}
	if name = strings.TrimSpace(name); name == "" || len([]rune(name)) > maxName {
		return Institution{}, malformed("/name", "a name of 1 to 500 characters")
	}
	if err := refuse(schema.CheckIssuable(schema.ObjectValue(schema.Member{Name: "name", Value: schema.StringValue(name)}))); err != nil {
		return Institution{}, err
	}
	s.adding.Lock()
	defer s.adding.Unlock()
	inst := Institution{ID: NewID(), Name: name, Test: test, Lang: lang, Added: s.now()}
	if err := s.identify(ctx, &inst, method); err != nil {
		return Institution{}, err
	}
	inst.Profile = schema.ObjectValue(
		schema.Member{Name: "id", Value: schema.StringValue(inst.DID)},
		schema.Member{Name: "type", Value: schema.ArrayValue(schema.StringValue("Profile"))},
		schema.Member{Name: "name", Value: schema.StringValue(inst.Name)},
		schema.Member{Name: "url", Value: schema.StringValue(inst.URL)},
	)
	body, err := inst.body()
	if err != nil {
		return Institution{}, err
	}
	if err := s.store.Add(ctx, Thing{Kind: kindInstitution, ID: inst.ID, Body: body}, s.entry(a, "institution.added", inst.ID)); err != nil {
		return Institution{}, stored(err)
	}
	s.remember(inst)
	return inst, nil
}

// Languages are those that pages can have.
func Languages() []string { return []string{"fi", "sv", "en"} }

func checkLanguage(pointer, lang string) error {
	if lang != "" && !slices.Contains(Languages(), lang) {
		return malformed(pointer, strings.Join(Languages(), ", "))
	}
	return nil
}

// identify gives an institution its DID, its page and its keys.
func (s *Service) identify(ctx context.Context, inst *Institution, method string) error {
	inst.URL = s.base + "/i/" + inst.ID
	inst.Formats = defaultFormats()
	switch method {
	case "key":
		pair, err := s.keyStore.Generate(ctx, "", keys.Ed25519, keys.Credentials)
		if err != nil {
			return unsignable(err)
		}
		inst.DID = pair.Issuer
		inst.suites, err = parseFormats(inst.DID, inst.Formats)
		return err
	case "", "web":
	default:
		return malformed("/did", "web or key")
	}
	host := strings.ReplaceAll(s.host, ":", "%3A")
	inst.DID = "did:web:" + host
	if _, taken, err := s.ownIssuer(ctx, inst.DID); err != nil {
		return err
	} else if taken {
		inst.DID += ":i:" + inst.ID
	} else {
		inst.URL = s.base
	}
	var err error
	if inst.suites, err = parseFormats(inst.DID, inst.Formats); err != nil {
		return err
	}
	return needed(inst.suites, nil, func(alg keys.Algorithm, role keys.Role) error {
		if _, err := s.keyStore.Generate(ctx, inst.DID, alg, role); err != nil {
			return unsignable(err)
		}
		return nil
	})
}

// Institution returns the institution with an ID or a DID.
func (s *Service) Institution(ctx context.Context, ref string) (Institution, error) {
	if id, err := ParseID(ref); err == nil {
		ref = id
	}
	if i, ok := s.institutions.Load(ref); ok {
		return i.(Institution), nil
	}
	all, err := s.Institutions(ctx)
	if err != nil {
		return Institution{}, err
	}
	for _, i := range all {
		if i.ID == ref || i.DID == ref {
			return i, nil
		}
	}
	return Institution{}, notFound(ref)
}

// Institutions returns all institutions in the order they were added.
func (s *Service) Institutions(ctx context.Context) ([]Institution, error) {
	things, err := s.store.Things(ctx, kindInstitution)
	if err != nil {
		return nil, stored(err)
	}
	all := make([]Institution, len(things))
	for n, t := range things {
		if all[n], err = institutionOf(t); err != nil {
			return nil, err
		}
		s.remember(all[n])
	}
	return all, nil
}

func (s *Service) remember(i Institution) {
	s.institutions.Store(i.ID, i)
	s.institutions.Store(i.DID, i)
}

// ownIssuer looks an issuer of this service up by DID.
func (s *Service) ownIssuer(ctx context.Context, id string) (Institution, bool, error) {
	i, err := s.Institution(ctx, id)
	var fault *schema.Fault
	if errors.As(err, &fault) && fault.Code == schema.CodeNotFound {
		return i, false, nil
	}
	return i, err == nil, err
}

// soleInstitution resolves the institution of a request: the one named, the
// one the actor is bound to, or the only one there is.
func (s *Service) soleInstitution(ctx context.Context, a Actor, ref string) (Institution, error) {
	if ref == "" {
		ref = a.Issuer
	}
	if ref != "" {
		i, err := s.Institution(ctx, ref)
		if err == nil && !a.sees(i.ID) {
			return Institution{}, notFound(ref)
		}
		return i, err
	}
	all, err := s.Institutions(ctx)
	switch {
	case err != nil:
		return Institution{}, err
	case len(all) == 1:
		return all[0], nil
	case len(all) == 0:
		return Institution{}, notFound("issuer")
	}
	return Institution{}, malformed("/issuer", "the ID of one of the issuers: there are several")
}

// DIDDocument returns the document of an institution's did:web, given its ID
// or DID; NOT_FOUND for a did:key, which needs none.
func (s *Service) DIDDocument(ctx context.Context, institution string) (schema.Value, error) {
	i, err := s.Institution(ctx, institution)
	if err != nil {
		return schema.Value{}, err
	}
	if !strings.HasPrefix(i.DID, "did:web:") {
		return schema.Value{}, notFound(institution)
	}
	pairs, err := s.pairs(ctx, i)
	if err != nil {
		return schema.Value{}, err
	}
	return did.Document(i.DID, pairs)
}

// JWKS returns the JWK Set (RFC 7517) with the keys of an institution, given its
// ID or DID, or, for "", of all: where readers of tokens look for them.
func (s *Service) JWKS(ctx context.Context, institution string) (schema.Value, error) {
	pairs, err := s.Keys(ctx, institution)
	if err != nil {
		return schema.Value{}, err
	}
	return did.JWKS("", pairs)
}
