package schema

// A Profile is a person or an organisation: the issuer, a creator, an assessor
// (Open Badges 3.0, Profile).
type Profile struct {
	ID               string
	Type             []string
	Name             string
	URL              string
	Phone            string
	Description      string
	Endorsement      []Credential
	EndorsementJWT   []string
	Image            Image
	Email            string
	Address          Address
	OtherIdentifier  []IdentifierEntry
	Official         string
	ParentOrg        *Profile
	FamilyName       string
	GivenName        string
	AdditionalName   string
	PatronymicName   string
	HonorificPrefix  string
	HonorificSuffix  string
	FamilyNamePrefix string
	DateOfBirth      string // YYYY-MM-DD
	Source           Value
}

// An Image is a picture at an address, which may be a data URI.
type Image struct {
	ID      string
	Caption string
	Source  Value
}

// An IdentifierEntry is a further identifier of an organisation or achievement.
type IdentifierEntry struct {
	Identifier     string
	IdentifierType string
	Source         Value
}

// Evidence supports the award.
type Evidence struct {
	ID          string
	Type        []string
	Narrative   string // Markdown
	Name        string
	Description string
	Genre       string
	Audience    string
	Source      Value
}

// An Address is a postal address; Latitude and Longitude are those of geo.
type Address struct {
	Type                []string
	AddressCountry      string
	AddressCountryCode  string // ISO 3166-1 alpha-2
	AddressRegion       string
	AddressLocality     string
	StreetAddress       string
	PostOfficeBoxNumber string
	PostalCode          string
	Latitude            string
	Longitude           string
	Source              Value
}

// ProfileOf returns the typed view of a profile. Of a string, the form that
// Open Badges allow for an issuer alone, it has the ID.
func ProfileOf(v Value) Profile {
	if v.Kind == String {
		return Profile{ID: v.Text, Source: v}
	}
	p := Profile{
		ID:               v.GetString("id"),
		Type:             v.texts("type"),
		Name:             v.text("name"),
		URL:              v.GetString("url"),
		Phone:            v.GetString("phone"),
		Description:      v.text("description"),
		Endorsement:      each(v, "endorsement", CredentialOf),
		EndorsementJWT:   v.texts("endorsementJwt"),
		Image:            imageOf(v.member("image")),
		Email:            v.GetString("email"),
		Address:          addressOf(v.member("address")),
		OtherIdentifier:  each(v, "otherIdentifier", identifierEntryOf),
		Official:         v.GetString("official"),
		FamilyName:       v.GetString("familyName"),
		GivenName:        v.GetString("givenName"),
		AdditionalName:   v.GetString("additionalName"),
		PatronymicName:   v.GetString("patronymicName"),
		HonorificPrefix:  v.GetString("honorificPrefix"),
		HonorificSuffix:  v.GetString("honorificSuffix"),
		FamilyNamePrefix: v.GetString("familyNamePrefix"),
		DateOfBirth:      v.GetString("dateOfBirth"),
		Source:           v,
	}
	if m := v.member("parentOrg"); m.Kind == Object {
		parent := ProfileOf(m)
		p.ParentOrg = &parent
	}
	return p
}

// imageOf reads an Image; a plain address, as VC 1.1 and JSON-LD allow, too.
func imageOf(v Value) Image {
	if v.Kind == String {
		return Image{ID: v.Text, Source: v}
	}
	return Image{ID: v.GetString("id"), Caption: v.GetString("caption"), Source: v}
}

func identifierEntryOf(v Value) IdentifierEntry {
	return IdentifierEntry{
		Identifier:     v.GetString("identifier"),
		IdentifierType: v.GetString("identifierType"),
		Source:         v,
	}
}

func evidenceOf(v Value) Evidence {
	return Evidence{
		ID:          v.GetString("id"),
		Type:        v.texts("type"),
		Narrative:   v.GetString("narrative"),
		Name:        v.GetString("name"),
		Description: v.GetString("description"),
		Genre:       v.GetString("genre"),
		Audience:    v.GetString("audience"),
		Source:      v,
	}
}

func addressOf(v Value) Address {
	geo := v.member("geo")
	return Address{
		Type:                v.texts("type"),
		AddressCountry:      v.GetString("addressCountry"),
		AddressCountryCode:  v.GetString("addressCountryCode"),
		AddressRegion:       v.GetString("addressRegion"),
		AddressLocality:     v.GetString("addressLocality"),
		StreetAddress:       v.GetString("streetAddress"),
		PostOfficeBoxNumber: v.GetString("postOfficeBoxNumber"),
		PostalCode:          v.GetString("postalCode"),
		Latitude:            geo.number("latitude"),
		Longitude:           geo.number("longitude"),
		Source:              v,
	}
}
