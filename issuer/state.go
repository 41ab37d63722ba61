package issuer

// A State is where a credential stands.
type State string

// The states. A credential begins as prepared, becomes issued or voided, and
// from then on moves only as a [StatusChange] says.
const (
	Unsigned  State = "prepared" // numbered and recorded, not signed by the issuer's key
	Issued    State = "issued"
	Suspended State = "suspended"
	Revoked   State = "revoked" // for good
	Voided    State = "voided"  // prepared, never issued; its places in status lists are spent
)
