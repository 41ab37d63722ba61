package main

import (
	"bytes"
	"encoding/base64"
	"slices"
	"strconv"
	"strings"

	"github.com/mr-tron/base58"

	"merkki/schema"
	"merkki/schema/jsonld"
)

// published are the digests of resources as their addresses serve them, in the
// form of Subresource Integrity. The copies that the program reads contexts from
// say the same in other bytes. The base context changed on 2025-02-24; a suite that
// has an earlier digest is refused, because nobody can get what it is of.
var published = map[string][]string{
	jsonld.BaseV2: {
		"sha256-WZVc7WaX1h4D8rJVb+vlMIqxaEKEb1tYbX8fet7JJzQ=",
		"sha384-l/HrjlBCNWyAX91hr6LFV2Y3heB5Tcr6IeE4/Tje8YyzYBM8IhqjHWiWpr8+ZbYU",
		"sha512-XVVFK9Lc+KKfWikEc+skKxxft31OaPGgqoe6pNuiaUhS1l7GPUisBKmdlW+fcVO5QG+E0tBMdIabAsI5odgTBQ==",
	},
}

// checkDigests compares the digests of related resources with those that are
// known (VC Data Model 2.0, section 5.3). Nothing is retrieved, so others stay
// unknown.
func checkDigests(credential schema.Value) *schema.Fault {
	member, _ := credential.Get("relatedResource")
	for i, r := range member.List() {
		known, ok := published[r.GetString("id")]
		if !ok {
			continue
		}
		at := "/relatedResource"
		if member.Kind == schema.Array {
			at = schema.PointerTo(at, strconv.Itoa(i))
		}
		for _, form := range []struct {
			name    string
			matches func(said string, known []string) bool
		}{{"digestSRI", isAmong}, {"digestMultibase", matchesMultibase}} {
			if said, there := r.Get(form.name); there && !form.matches(said.Text, known) {
				return schema.Refusal(schema.CodeCryptographicSecurityError, schema.PointerTo(at, form.name), map[string]any{"found": said.Text})
			}
		}
	}
	return nil
}

func isAmong(said string, known []string) bool { return slices.Contains(known, said) }

// matchesMultibase compares with a SHA-256 multihash, and, because a suite has
// one, with a bare SHA-256.
func matchesMultibase(said string, known []string) bool {
	const longest = 128 // decoding base58 is quadratic
	if said == "" || len(said) > longest {
		return false
	}
	decode := base64.RawURLEncoding.DecodeString
	if said[0] == 'z' {
		decode = base58.Decode
	}
	found, err := decode(said[1:])
	if err != nil || said[0] != 'z' && said[0] != 'u' {
		return false
	}
	found = bytes.TrimPrefix(found, []byte{0x12, 0x20})
	return slices.ContainsFunc(known, func(k string) bool {
		digest, is := strings.CutPrefix(k, "sha256-")
		sum, err := base64.StdEncoding.DecodeString(digest)
		return is && err == nil && bytes.Equal(sum, found)
	})
}
