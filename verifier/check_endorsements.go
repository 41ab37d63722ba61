package verifier

import (
	"context"
	"strconv"
	"time"

	"merkki/schema"
)

// Bounds of endorsements (security model, section 5).
const (
	maxEndorsements = 64 // at all levels
	maxNesting      = 3
)

// checkEndorsements verifies what others say about the credential, its issuer
// or its achievement, each as a document of its own with its own report. None
// of it decides about the credential: the worst is a warning.
func checkEndorsements(ctx context.Context, c *caseFile) (answer, error) {
	found := &endorsementSearch{ids: map[string]bool{}}
	found.walk(c.opened.Claims, nil)
	if len(found.all) == 0 {
		return notApplicable("endorsements.none", nil), nil
	}
	a := pass("endorsements.hold", map[string]any{"count": len(found.all)})
	reports := []*Report{}
	inTime, cancel := halfOfTheTime(ctx)
	defer cancel()
	for _, e := range found.all {
		if c.outside.endorsements++; c.outside.endorsements > maxEndorsements || c.depth >= maxNesting {
			a.faults = append(a.faults, warning("endorsements.limit", e.pointer(), map[string]any{"limit": "endorsement", "max": maxEndorsements}))
			break
		}
		r, sub, err := c.inner(inTime, e.value, e.pointer(), Request{})
		if err != nil {
			if ctx.Err() != nil || inTime.Err() == nil {
				return answer{}, err
			}
			a.faults = append(a.faults, warning("endorsements.limit", e.pointer(), map[string]any{"limit": "verification.time"}))
			break
		}
		reports = append(reports, r)
		if f := found.doubt(r, sub); f != nil {
			a.faults = append(a.faults, f)
		}
	}
	a.evidence = map[string]any{"reports": reports}
	return a, nil
}

// halfOfTheTime leaves the checks that follow the other half: an endorser whose
// host does not answer must not make the credential one that nobody can judge.
func halfOfTheTime(ctx context.Context) (context.Context, context.CancelFunc) {
	deadline, ok := ctx.Deadline()
	if !ok {
		return context.WithCancel(ctx)
	}
	return context.WithTimeout(ctx, time.Until(deadline)/2)
}

func warning(finding, pointer string, args map[string]any) *schema.Fault {
	return &schema.Fault{Outcome: schema.Warn, Finding: finding, Pointer: pointer, Args: schema.ClipArgs(args)}
}

// doubt says why an endorsement is not shown as one: it is not valid by itself,
// it is another kind of credential, or it speaks of something else.
func (s *endorsementSearch) doubt(r *Report, sub *caseFile) *schema.Fault {
	args := map[string]any{"verdict": string(r.Verdict)}
	if p := r.Primary; p != nil {
		args["check"], args["because"] = p.Check, p.Finding
	}
	if r.Verdict != Valid {
		return warning("endorsements.unconfirmed", r.Pointer, args)
	}
	if !hasType(r.claims, "EndorsementCredential") {
		args["because"] = "type"
		return warning("endorsements.unconfirmed", r.Pointer, args)
	}
	for _, subject := range sub.opened.Claims.GetList("credentialSubject") {
		if id := subject.GetString("id"); !s.ids[id] {
			return warning("endorsements.of-another", r.Pointer, map[string]any{"id": id})
		}
	}
	return nil
}

// An endorsementSearch finds the endorsements of a document and what there is
// in it to endorse. It does not look into endorsements or other credentials.
type endorsementSearch struct {
	all []endorsement
	ids map[string]bool // of everything but the endorsements
}

type endorsement struct {
	value schema.Value
	place *step
}

// A step is one step of the way to a value. Pointers are written only for what
// was found: written for every value they would be as long as the document is
// deep and wide.
type step struct {
	above *step
	name  string
}

func (e endorsement) pointer() string {
	pointer := ""
	var names []string
	for s := e.place; s != nil; s = s.above {
		names = append(names, s.name)
	}
	for i := len(names) - 1; i >= 0; i-- {
		pointer = schema.PointerTo(pointer, names[i])
	}
	return pointer
}

func (s *endorsementSearch) walk(v schema.Value, here *step) {
	for i, item := range v.Items {
		s.walk(item, &step{here, strconv.Itoa(i)})
	}
	for _, m := range v.Members {
		below := &step{here, m.Name}
		switch m.Name {
		case "endorsement", "endorsementJwt":
			for i, e := range m.Value.List() {
				place := below
				if m.Value.Kind == schema.Array {
					place = &step{below, strconv.Itoa(i)}
				}
				s.all = append(s.all, endorsement{e, place})
			}
		case "verifiableCredential", "@context":
		case "id":
			s.ids[m.Value.Text] = true
		default:
			s.walk(m.Value, below)
		}
	}
}
