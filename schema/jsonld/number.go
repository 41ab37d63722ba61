package jsonld

import (
	"math"
	"strconv"
	"strings"
)

const (
	xsd        = "http://www.w3.org/2001/XMLSchema#"
	xsdBoolean = xsd + "boolean"
	xsdDouble  = xsd + "double"
	xsdInteger = xsd + "integer"
	xsdString  = xsd + "string"
)

// numberLiteral writes a JSON number as a literal (JSON-LD 1.1 API, section
// 8.5): an integral value as digits, others and every xsd:double in the
// canonical form of a double. datatype is the coerced one, or "".
func numberLiteral(f float64, datatype string) (text, typ string) {
	if f == math.Trunc(f) && math.Abs(f) < 1e21 && datatype != xsdDouble {
		if f == 0 {
			f = 0 // and never -0
		}
		return strconv.FormatFloat(f, 'f', -1, 64), or(datatype, xsdInteger)
	}
	return canonicalDouble(f), or(datatype, xsdDouble)
}

// canonicalDouble is the canonical lexical form of xsd:double with fifteen
// digits after the point, as the JSON-LD API asks: 5.5E0, 1.0E-6.
func canonicalDouble(f float64) string {
	mantissa, exponent, _ := strings.Cut(strconv.FormatFloat(f, 'E', 15, 64), "E")
	mantissa = strings.TrimRight(mantissa, "0")
	if strings.HasSuffix(mantissa, ".") {
		mantissa += "0"
	}
	n, _ := strconv.Atoi(exponent)
	return mantissa + "E" + strconv.Itoa(n)
}

func or(a, b string) string {
	if a != "" {
		return a
	}
	return b
}
