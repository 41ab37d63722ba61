package issuer_test

import (
	"context"
	"fmt"
	"log"
	"os"
	"path/filepath"

	"merkki/issuer"
	"merkki/issuer/store/bolt"
	"merkki/keys/softstore"
	"merkki/schema"
	"merkki/verifier"
)

// From an empty directory to a credential that verifies.
func Example() {
	ctx := context.Background()
	dir, err := os.MkdirTemp("", "merkki")
	check(err)
	defer os.RemoveAll(dir)

	identity := filepath.Join(dir, "identity")
	check(softstore.NewIdentity(identity))
	keys, err := softstore.Create(filepath.Join(dir, "keys"), softstore.IdentityFile(identity))
	check(err)
	store, err := bolt.Open(filepath.Join(dir, "merkki.db"))
	check(err)
	s, err := issuer.Open(ctx, issuer.Config{BaseURL: "https://badges.example", Store: store, Keys: keys, Dir: dir})
	check(err)
	defer s.Close()

	me := issuer.Actor{Name: "local:me", Roles: issuer.AllRoles()}
	school, err := s.AddInstitution(ctx, me, "Example School", "web", "en", false)
	check(err)
	definition, err := schema.Parse([]byte(`{
		"id": "urn:example:welding", "type": ["Achievement"], "name": "Welding basics",
		"description": "Joining steel safely.", "criteria": {"narrative": "Pass the practical test."}
	}`), schema.Limits{})
	check(err)
	welding, err := s.AddAchievement(ctx, me, school.ID, definition.Root(), false)
	check(err)

	prepared, err := s.Prepare(ctx, me, issuer.Draft{
		Achievement: welding.ID,
		Recipient:   issuer.Recipient{Name: "Aino Virtanen", Email: "aino@example.org"},
	})
	check(err)
	record, err := s.Issue(ctx, prepared)
	check(err)

	report, err := s.Verifier(nil, nil, nil).Verify(ctx, verifier.Request{Input: record.Credential})
	check(err)
	fmt.Println(record.State, report.Verdict)

	_, err = s.ChangeStatus(ctx, me, record.ID, issuer.StatusChange{Action: "revoke", Reason: "awarded to the wrong person"})
	check(err)
	report, err = s.Verifier(nil, nil, nil).Verify(ctx, verifier.Request{Input: record.Credential})
	check(err)
	fmt.Println(report.Verdict, report.Primary.Code)
	// Output:
	// issued valid
	// invalid REVOKED
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
