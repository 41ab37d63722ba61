package schema_test

import (
	"testing"

	"merkki/schema"
)

func TestIdentityHash(t *testing.T) {
	for _, c := range []struct{ identifier, salt, want string }{ // Open Badges 3.0 and its implementation guide
		{"a@example.com", "Kosher", "sha256$b5809d8a92f8858436d7e6b87c12ebc0ae1eac4baecc2c0b913aee2c922ef399"},
		{"jjefferson18@example.com", "FleurDeSel", "sha256$658625b25ab3d75d613ca97d9a5a77f70e2192feca5557f4ad09a4d4f121f5fc"},
	} {
		if got := schema.IdentityHash(c.identifier, c.salt); got != c.want {
			t.Errorf("%s: %s, want %s", c.identifier, got, c.want)
		}
	}
}

// longSalt holds 128 bits.
const longSalt = "0123456789abcdef"

func TestMatchIdentity(t *testing.T) {
	hashed := func(identifier, salt string) schema.IdentityObject {
		return schema.IdentityObject{Hashed: true, IdentityHash: schema.IdentityHash(identifier, salt), Salt: salt}
	}
	plain := func(s string) schema.IdentityObject { return schema.IdentityObject{IdentityHash: s} }
	for _, c := range []struct {
		name  string
		entry schema.IdentityObject
		known string
		match schema.IdentityMatch
		weak  bool
	}{
		{"equal", hashed("Aino.Virta@Koulu.Example", longSalt), "Aino.Virta@Koulu.Example", schema.MatchExact, false},
		{"upper case hexadecimal", schema.IdentityObject{
			Hashed: true, Salt: "Kosher",
			IdentityHash: "sha256$B5809D8A92F8858436D7E6B87C12EBC0AE1EAC4BAECC2C0B913AEE2C922EF399",
		}, "a@example.com", schema.MatchExact, true},
		{"spaces", hashed("aino@koulu.example", longSalt), " aino@koulu.example\n", schema.MatchTrimmed, false},
		{"composed", hashed("\u00e4ino@koulu.example", longSalt), "a\u0308ino@koulu.example", schema.MatchNormalised, false},
		{"domain in capitals", hashed("Aino@koulu.example", longSalt), "Aino@KOULU.example", schema.MatchDomain, false},
		{"all in capitals", hashed("aino@koulu.example", longSalt), "AINO@koulu.example", schema.MatchLowerCase, false},
		{"somebody else", hashed("aino@koulu.example", longSalt), "eino@koulu.example", schema.MatchNone, false},
		{"another salt", schema.IdentityObject{Hashed: true, Salt: "another salt, 16", IdentityHash: schema.IdentityHash("a@b.example", longSalt)}, "a@b.example", schema.MatchNone, false},
		{"no salt", hashed("a@b.example", ""), "a@b.example", schema.MatchExact, true},
		{"MD5", schema.IdentityObject{Hashed: true, IdentityHash: "md5$0cc175b9c0f1b6a831c399e269772661"}, "a", schema.MatchExact, true},
		{"unknown algorithm", schema.IdentityObject{Hashed: true, Salt: longSalt, IdentityHash: "sha1$86f7e437faa5a7fce15d1ddcb9eaeaea377667b8"}, "a", schema.MatchNone, true},
		{"hash without algorithm", schema.IdentityObject{Hashed: true, Salt: longSalt, IdentityHash: "x"}, "x", schema.MatchNone, true},
		{"plain", plain("Aino Virta"), "Aino Virta", schema.MatchExact, false},
		{"plain that looks like a hash", plain("sha256$00"), "sha256$00", schema.MatchExact, false},
		{"short salt", hashed("a@b.example", "FleurDeSel"), "a@b.example", schema.MatchExact, true},
		{"spelled SHA256", schema.IdentityObject{Hashed: true, Salt: longSalt, IdentityHash: "SHA256" + schema.IdentityHash("a", longSalt)[6:]}, "a", schema.MatchExact, false},
		{"plain, in capitals in the badge", plain("Aino@Koulu.EXAMPLE"), "aino@koulu.example", schema.MatchLowerCase, false},
		{"plain, decomposed in the badge", plain("A\u0308ino "), "\u00c4ino", schema.MatchNormalised, false},
		{"plain, nothing asked", plain(""), "", schema.MatchNone, false},
		{"plain, only a space", plain(" "), "\t", schema.MatchNone, false},
		{"plain, other", plain("Aino Virta"), "Eino Virta", schema.MatchNone, false},
		{"plain, empty", plain(""), "Aino", schema.MatchNone, false},
	} {
		match, weak := schema.MatchIdentity(c.entry, c.known)
		if match != c.match || weak != c.weak {
			t.Errorf("%s: %q weak %v, want %q weak %v", c.name, match, weak, c.match, c.weak)
		}
	}
}
