package issuer

import (
	"strconv"

	"merkki/schema"
	"merkki/schema/microcredential/finland"
)

// refusePersonal refuses identifiers of persons in what people get to see, free
// text included: a Finnish personal identity code, a national learner number, a
// European Student Identifier. Credentials are shown around, kept and copied, and
// each of these joins everything else that is known about somebody. The fault
// names the place and the kind, and never repeats the identifier.
//
// A code whose control character does not match is most likely no code, and
// passes; a mistyped learner number is still one.
func (d Draft) refusePersonal() error {
	for _, part := range [...]struct{ pointer, text string }{
		{"/recipient/name", d.Recipient.Name}, {"/recipient/email", d.Recipient.Email},
		{"/recipient/subjectId", d.Recipient.SubjectID}, {"/narrative", d.Narrative},
	} {
		if err := impersonal(part.pointer, part.text); err != nil {
			return err
		}
	}
	if err := impersonalAll("/result", d.Result); err != nil {
		return err
	}
	return impersonalAll("/evidence", d.Evidence)
}

func impersonalAll(pointer string, all []schema.Value) error {
	for i, v := range all {
		if err := impersonalValue(schema.PointerTo(pointer, strconv.Itoa(i)), v); err != nil {
			return err
		}
	}
	return nil
}

// impersonalValue looks at every string of a value, and at the names of members.
func impersonalValue(pointer string, v schema.Value) error {
	if v.Kind == schema.String {
		return impersonal(pointer, v.Text)
	}
	for _, m := range v.Members {
		if err := impersonal(pointer, m.Name); err != nil {
			return err
		}
		if err := impersonalValue(schema.PointerTo(pointer, m.Name), m.Value); err != nil {
			return err
		}
	}
	return impersonalAll(pointer, v.Items)
}

func impersonal(pointer, text string) error {
	for _, f := range finland.FindPersonal(text) {
		if f.Certain || f.Kind != finland.IdentityCode {
			return schema.Refusal(schema.CodeMalformedValueError, pointer, map[string]any{"reason": "personal", "identifier": f.Kind})
		}
	}
	return nil
}
