package schema

// A DataModel is a version of the W3C Verifiable Credentials Data Model. The
// first context of a document alone decides which one it follows (VC Data Model
// 2.0, Base Context): never its dates, never a later context.
type DataModel uint8

// The data models. Documents over VC11 are read, never issued.
const (
	NoDataModel DataModel = iota // the first context is no base context
	VC11                         // https://www.w3.org/2018/credentials/v1
	VC20                         // https://www.w3.org/ns/credentials/v2
)

// String returns "1.1" or "2.0", and "" for neither.
func (m DataModel) String() string { return [...]string{"", "1.1", "2.0"}[m] }

// DataModelOf returns the data model of a credential or presentation.
func DataModelOf(v Value) DataModel {
	contexts := v.GetList("@context")
	if len(contexts) == 0 {
		return NoDataModel
	}
	switch contexts[0].Text {
	case "https://www.w3.org/2018/credentials/v1":
		return VC11
	case "https://www.w3.org/ns/credentials/v2":
		return VC20
	}
	return NoDataModel
}

// periodNames are the members with which each data model says from when until
// when a credential holds. What has no base context is read as 2.0: that its
// contexts are wrong is said anyway.
var periodNames = map[DataModel][2]string{
	NoDataModel: {"validFrom", "validUntil"},
	VC11:        {"issuanceDate", "expirationDate"},
	VC20:        {"validFrom", "validUntil"},
}

// Period returns the names of the two members that say from when and until when
// a credential of this data model holds.
func (m DataModel) Period() (from, until string) {
	names := periodNames[m]
	return names[0], names[1]
}

// checkPeriod refuses the dates of the other data model, which a reader of this
// one does not look at, and compares what can be read; what cannot is a fault
// already. A period may end in the moment in which it begins (VC Data Model 2.0,
// section 4.9: the same or later).
func checkPeriod(claims Value) (faults []*Fault) {
	model := DataModelOf(claims)
	other := VC11
	if model == VC11 {
		other = VC20
	}
	for _, name := range periodNames[other] {
		if _, there := claims.Get(name); there {
			faults = append(faults, shapeFault(PointerTo("", name), name, "absent", "present"))
		}
	}
	nameFrom, nameUntil := model.Period()
	from, haveFrom := parseTime(claims.GetString(nameFrom))
	until, haveUntil := parseTime(claims.GetString(nameUntil))
	if haveFrom && haveUntil && until.Before(from) {
		faults = append(faults, Found("schema.period", PointerTo("", nameUntil), map[string]any{
			"validFrom": claims.GetString(nameFrom), "validUntil": claims.GetString(nameUntil),
		}))
	}
	return faults
}
