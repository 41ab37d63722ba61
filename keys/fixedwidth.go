package keys

import (
	"encoding/asn1"
	"errors"
	"math/big"
)

// FixedWidth turns an ECDSA signature in ASN.1, which is what a [Signer] makes,
// into r ‖ s of width bytes each, as credentials and JOSE write it (RFC 7518,
// section 3.4).
func FixedWidth(der []byte, width int) ([]byte, error) {
	var v struct{ R, S *big.Int }
	rest, err := asn1.Unmarshal(der, &v)
	if err != nil || len(rest) > 0 || v.R.Sign() <= 0 || v.S.Sign() <= 0 || v.R.BitLen() > 8*width || v.S.BitLen() > 8*width {
		return nil, errors.New("keys: the signer did not return an ECDSA signature")
	}
	out := make([]byte, 2*width)
	v.R.FillBytes(out[:width])
	v.S.FillBytes(out[width:])
	return out, nil
}
