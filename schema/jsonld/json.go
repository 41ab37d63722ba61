package jsonld

import (
	"strconv"

	"merkki/schema"
	"merkki/schema/jcs"
)

// canonicalJSON writes a value in the form of RFC 8785 (JCS), which is the
// lexical form of a JSON literal (JSON-LD 1.1 API, section 8.6). What has no such
// form is written as it came.
func canonicalJSON(v schema.Value) string {
	b, err := jcs.Marshal(v)
	if err != nil {
		b = schema.Marshal(v)
	}
	return string(b)
}

// canonicalNumber writes a number as ECMAScript does (RFC 8785, section 3.2.2.3).
func canonicalNumber(f float64) string {
	return canonicalJSON(schema.NumberValue(strconv.FormatFloat(f, 'g', -1, 64)))
}
