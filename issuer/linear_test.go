package issuer_test

import (
	"crypto/sha256"
	"fmt"
	"math/rand/v2"
	"os"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/anishathalye/porcupine"

	"merkki/issuer"
	"merkki/schema"
)

// An asked is one question to the service about the credential that a key makes:
// an action of StatusChange, "issue" under the key, or "read". An answered is what
// came back: the credential and where it stands, or the code of the refusal.
type asked struct {
	key    int
	action string
}

type answered struct {
	id    string
	state issuer.State
	code  schema.Code
}

// transitions is where an action leads; what is not here is refused.
var transitions = map[string]map[issuer.State]issuer.State{
	"revoke":    {issuer.Issued: issuer.Revoked, issuer.Suspended: issuer.Revoked},
	"suspend":   {issuer.Issued: issuer.Suspended},
	"reinstate": {issuer.Suspended: issuer.Issued},
}

// oneAtATime is what the service has to look like: as if it answered one question
// after another, each at some moment between question and answer. No credential
// depends on another, so a history is judged credential by credential.
var oneAtATime = porcupine.Model{
	Init: func() any { return answered{} },
	Step: func(state, question, answer any) (bool, any) {
		return step(state.(answered), question.(asked), answer.(answered))
	},
	Partition: func(history []porcupine.Operation) [][]porcupine.Operation {
		byKey := map[int][]porcupine.Operation{}
		for _, o := range history {
			key := o.Input.(asked).key
			byKey[key] = append(byKey[key], o)
		}
		var parts [][]porcupine.Operation
		for _, part := range byKey {
			parts = append(parts, part)
		}
		return parts
	},
	DescribeOperation: func(question, answer any) string { return fmt.Sprintf("%v → %v", question, answer) },
}

// step says whether an answer fits what stands, and what stands then.
func step(now answered, q asked, a answered) (bool, any) {
	if q.action == "issue" {
		switch {
		case a.code == schema.CodeIdempotencyInProgress: // somebody else is at it, or was a moment ago
			return true, now
		case a.code != "":
			return false, now
		case now.id == "":
			return true, answered{id: a.id, state: issuer.Issued}
		}
		return a.id == now.id, now // the first answer, whatever became of it
	}
	if now.id == "" || a.id != now.id {
		return false, now
	}
	if q.action == "read" {
		return a.code == "" && a.state == now.state, now
	}
	next, allowed := transitions[q.action][now.state]
	if !allowed {
		return a.code == schema.CodeConflict, now
	}
	return a.code == "" && a.state == next, answered{id: now.id, state: next}
}

// TestOneAtATime asks from many sides at once, about few credentials at a time so
// that they meet, and looks for an order in which every answer is right.
func TestOneAtATime(t *testing.T) {
	questions := 3_000
	if os.Getenv("MERKKI_LONG") == "1" {
		questions = 100_000
	}
	// Questions about one credential; credentials asked about at a time; askers. More
	// of them at one credential would give an order that takes for ever to find.
	const each, meet, hands = 75, 16, 32
	h, a := school(t, true)
	h.issue(t, issuer.Draft{Achievement: a.ID})                // what is made once, is made
	made := make([]atomic.Value, (questions/each/meet+1)*meet) // the ID that a key made
	history := make([]porcupine.Operation, questions)
	began := time.Now()
	var next atomic.Int64
	var wg sync.WaitGroup
	for client := range hands {
		wg.Go(func() {
			for {
				n := int(next.Add(1)) - 1
				if n >= questions {
					return
				}
				// Those who ask at the same time ask about one of a few credentials.
				q := asked{key: n/each/meet*meet + rand.IntN(meet), action: anAction()}
				id, _ := made[q.key].Load().(string)
				if id == "" {
					q.action = "issue"
				}
				o := porcupine.Operation{ClientId: client, Input: q, Call: int64(time.Since(began))}
				got, err := ask(h, a, q, id)
				o.Return, o.Output = int64(time.Since(began)), got
				history[n] = o
				if err != nil {
					t.Errorf("%v: %v", q, err)
					return
				}
				if q.action == "issue" && got.id != "" {
					made[q.key].Store(got.id)
				}
			}
		})
	}
	wg.Wait()
	if t.Failed() {
		return
	}
	asking := time.Since(began)
	if got := porcupine.CheckOperationsTimeout(oneAtATime, history, 10*time.Minute); got != porcupine.Ok {
		t.Fatalf("no order explains the answers: %s", got)
	}
	met := spoil(history)
	if met == "" {
		t.Fatal("nothing was read: nothing was tested")
	}
	if porcupine.CheckOperationsTimeout(oneAtATime, history, time.Minute) != porcupine.Illegal {
		t.Errorf("with one answer changed (%s) the history is explained all the same", met)
	}
	t.Logf("%d questions from %d sides about %d credentials in %v: linearizable", questions, hands, len(oneAtATime.Partition(history)), asking.Round(time.Millisecond))
}

func anAction() string {
	switch n := rand.IntN(300); {
	case n == 0:
		return "revoke" // for good: seldom
	case n < 70:
		return "suspend"
	case n < 140:
		return "reinstate"
	case n < 150:
		return "issue"
	}
	return "read"
}

// ask puts a question; the error is one that no caller could foresee.
func ask(h *house, a issuer.Achievement, q asked, id string) (answered, error) {
	var r issuer.Record
	var err error
	switch q.action {
	case "issue":
		body := fmt.Sprintf("learner %d", q.key)
		r, err = h.IssueOnce(ctx, registrar, fmt.Sprint(q.key), sha256.Sum256([]byte(body)),
			issuer.Draft{Achievement: a.ID, Recipient: issuer.Recipient{Name: body, Email: fmt.Sprintf("l%d@example.org", q.key)}})
		if err == nil {
			id = r.ID
		}
	case "read":
		r, err = h.Get(ctx, id)
	default:
		r, err = h.ChangeStatus(ctx, registrar, id, issuer.StatusChange{Action: q.action, Reason: "to see"})
	}
	f := faultOf(err)
	if err != nil && (f == nil || f.Code != schema.CodeConflict && f.Code != schema.CodeIdempotencyInProgress) {
		return answered{}, err
	}
	if f != nil {
		return answered{id: id, code: f.Code}, nil
	}
	return answered{id: r.ID, state: r.State}, nil
}

// spoil changes one answer of a history to one that cannot be: a credential that
// was issued is read as voided.
func spoil(history []porcupine.Operation) string {
	for i := range history {
		if q, a := history[i].Input.(asked), history[i].Output.(answered); q.action == "read" {
			a.state = issuer.Voided
			history[i].Output = a
			return fmt.Sprint(q)
		}
	}
	return ""
}
