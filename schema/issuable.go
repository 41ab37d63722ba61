package schema

import (
	"fmt"
	"strings"
)

// CheckIssuable says what a credential may hold when others sign it, but not
// when Merkki does: text that reads differently from what it is, empty lists,
// subjects nobody can be matched with, weak identity hashes, one id for two
// things. It adds to [CheckCredential] and [CheckConsistency], which it does
// not call. Every fault is of outcome Fail.
func CheckIssuable(claims Value) []*Fault {
	faults := checkTexts(claims)
	subject := claims.member("credentialSubject")
	if CredentialOf(claims).IsAchievement() {
		faults = append(faults, checkSubject(subject)...)
		faults = append(faults, checkCriteria(subject.member("achievement"), "/credentialSubject/achievement")...)
	}
	faults = append(faults, checkIdentityHashes(subject)...)
	faults = append(faults, checkRoles(claims)...)
	return inOrder(claims, faults)
}

// CheckAchievement judges an achievement that is to be defined, before anybody
// has earned it: its schema, its result descriptions, and what [CheckIssuable]
// asks. It may lack an id, which the service gives. Pointers are into def.
func CheckAchievement(def Value) []*Fault {
	if _, there := def.Get("id"); !there {
		def = def.With("id", StringValue("urn:uuid:00000000-0000-0000-0000-000000000000"))
	}
	faults := checkShape(classAchievement, def)
	faults = append(faults, checkIdentifiers(def, faults)...)
	faults = append(faults, checkDuplicates(def)...)
	faults = append(faults, checkDescriptions(def, "")...)
	faults = append(faults, checkTexts(def)...)
	faults = append(faults, checkCriteria(def, "")...)
	return inOrder(def, faults)
}

// checkTexts looks at every string and name, and for empty lists, which Open
// Badges 3.0 (Serialization) leaves out.
func checkTexts(v Value) (faults []*Fault) {
	say := func(p *place, member, why string) {
		if why != "" {
			faults = append(faults, Found("schema.text", p.pointer(), map[string]any{"member": member, "found": why}))
		}
	}
	visit(v, nil, func(v Value, p *place) bool {
		switch {
		case v.Kind == String:
			if why := unprintable(v.Text); why != "" {
				say(p, lastOf(p.pointer()), why)
			}
		case v.Kind == Array && len(v.Items) == 0:
			faults = append(faults, shapeFault(p.pointer(), lastOf(p.pointer()), "1 items", "0"))
		}
		for _, m := range v.Members {
			say(p, m.Name, unprintable(m.Name))
		}
		return len(faults) < maxFaults
	})
	return faults
}

// unprintable names the first thing in s that must not be issued: a control
// character other than tab, LF and CR, a noncharacter, or a bidirectional
// control whose pair is missing, which would turn around the text after it.
func unprintable(s string) string {
	var open []rune
	for _, r := range s {
		switch {
		case r < ' ' && r != '\t' && r != '\n' && r != '\r', 0x7f <= r && r < 0xa0,
			0xfdd0 <= r && r <= 0xfdef, r&0xfffe == 0xfffe:
			return codePoint(r)
		}
		switch r {
		case 0x202a, 0x202b, 0x202d, 0x202e: // embeddings and overrides, closed by PDF
			open = append(open, 0x202c)
		case 0x2066, 0x2067, 0x2068: // isolates, closed by PDI
			open = append(open, 0x2069)
		case 0x202c, 0x2069:
			if len(open) == 0 || open[len(open)-1] != r {
				return codePoint(r)
			}
			open = open[:len(open)-1]
		}
	}
	if len(open) > 0 {
		return codePoint(open[len(open)-1]) + " missing"
	}
	return ""
}

func codePoint(r rune) string { return fmt.Sprintf("U+%04X", r) }

func checkSubject(subject Value) []*Fault {
	if subject.Kind == Object && subject.GetString("id") == "" && len(subject.GetList("identifier")) == 0 {
		return []*Fault{shapeFault("/credentialSubject", "id", "present", "absent")}
	}
	return nil
}

func checkCriteria(achievement Value, pointer string) []*Fault {
	criteria, there := achievement.Get("criteria")
	if there && criteria.Kind == Object && criteria.GetString("id") == "" && criteria.GetString("narrative") == "" {
		return []*Fault{shapeFault(PointerTo(pointer, "criteria"), "narrative", "present", "absent")}
	}
	return nil
}

// minSalt is the length of 128 random bits in base64url without padding, the
// shortest usual spelling.
const minSalt = 22

// checkIdentityHashes asks for SHA-256 and a salt that cannot be guessed
// (Open Badges 3.0, IdentityHash, and the security model).
func checkIdentityHashes(subject Value) (faults []*Fault) {
	forEachObject(subject, "identifier", "/credentialSubject", func(v Value, pointer string) {
		identity := identityOf(v)
		digest, ok := strings.CutPrefix(identity.IdentityHash, "sha256$")
		strong := ok && len(digest) == 64 && strings.Trim(digest, "0123456789abcdef") == "" && len(identity.Salt) >= minSalt
		if identity.Hashed && !strong {
			faults = append(faults, Found("recipient.weak-hash", pointer, map[string]any{"type": identity.IdentityType}).Weighing(Fail))
		}
	})
	return faults
}

// checkRoles refuses one id for two different things. The same person or
// organisation may be issuer and creator.
func checkRoles(claims Value) (faults []*Fault) {
	seen := map[string]bool{}
	for _, pointer := range []string{"/id", "/issuer/id", "/credentialSubject/id", "/credentialSubject/achievement/id"} {
		id, _ := Resolve(claims, pointer)
		if id.Kind == String && seen[id.Text] {
			faults = append(faults, Found("achievement.duplicate-id", pointer, map[string]any{"member": "id", "found": id.Text}))
		}
		seen[id.Text] = true
	}
	return faults
}
