package issuer_test

import (
	"cmp"
	"context"
	"fmt"
	"iter"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"merkki/issuer"
	"merkki/schema"
)

// rows makes rows of lines such as "name=Aino email=a@x.fi"; a value with spaces
// has + for them.
func rows(lines ...string) iter.Seq2[issuer.BatchRow, error] {
	return func(yield func(issuer.BatchRow, error) bool) {
		for n, line := range lines {
			values := map[string]string{}
			var cells []string
			for _, word := range strings.Fields(line) {
				name, v, _ := strings.Cut(word, "=")
				values[name] = strings.ReplaceAll(v, "+", " ")
				cells = append(cells, values[name])
			}
			if !yield(issuer.BatchRow{Line: n + 2, Row: n + 1, Values: values, Cells: cells}, nil) {
				return
			}
		}
	}
}

// graduates makes n rows.
func graduates(n int) iter.Seq2[issuer.BatchRow, error] {
	return func(yield func(issuer.BatchRow, error) bool) {
		for i := range n {
			row := issuer.BatchRow{Line: i + 2, Row: i + 1, Values: map[string]string{
				"name": fmt.Sprintf("Aino Virtanen %d", i), "email": fmt.Sprintf("aino%d@example.org", i), "completed": "12.5.2026", "result": "A",
			}}
			if !yield(row, nil) {
				return
			}
		}
	}
}

// working has batches worked through until the test ends.
func (h *house) working(t testing.TB) (stop func()) {
	t.Helper()
	c, cancel := context.WithCancel(ctx)
	done := make(chan struct{})
	s := h.Service
	go func() { s.WorkBatches(c); close(done) }()
	stop = func() { cancel(); <-done }
	t.Cleanup(stop)
	return stop
}

// finished waits for a batch to be final.
func (h *house) finished(t testing.TB, id string) issuer.Batch {
	t.Helper()
	for {
		news := h.BatchNews()
		b, err := h.Batch(ctx, registrar, id)
		must(t, err)
		if b.State.Final() {
			return b
		}
		select {
		case <-news:
		case <-time.After(time.Minute):
			t.Fatalf("a minute without news: %+v", b)
		}
	}
}

// run has rows worked through and returns "outcome problem …" for each.
func (h *house) run(t testing.TB, o issuer.BatchOrder, in iter.Seq2[issuer.BatchRow, error]) (issuer.Batch, []string) {
	t.Helper()
	b, err := h.StartBatch(ctx, registrar, "", o, []string{"name", "email"}, in)
	must(t, err)
	b = h.finished(t, b.ID)
	return b, h.outcomes(t, b.ID)
}

func (h *house) outcomes(t testing.TB, id string) (said []string) {
	t.Helper()
	must(t, h.BatchResults(ctx, registrar, id, func(r issuer.RowResult) error {
		s := string(r.Outcome)
		for _, f := range r.Faults {
			what := cmp.Or(f.Finding, string(f.Code))
			if p, ok := f.Args["problem"].(string); ok {
				what = p
			}
			s += " " + strings.Trim(f.Column+":"+what, ":")
		}
		if (r.ID != "") != (r.Outcome == issuer.RowIssued || r.Outcome == issuer.RowExists || r.Outcome == issuer.RowChanged) && len(r.Faults) == 0 && r.Outcome != issuer.RowReady {
			t.Errorf("row %d is %s with ID %q", r.Row, r.Outcome, r.ID)
		}
		said = append(said, s)
		return nil
	}))
	return said
}

// total counts what was issued.
func (h *house) total(t testing.TB) (n int) {
	t.Helper()
	q := issuer.Query{Limit: 1000, State: issuer.Issued}
	for {
		page, err := h.List(ctx, registrar, q)
		must(t, err)
		n += len(page.Items)
		if q.Cursor = page.Next; q.Cursor == "" {
			return n
		}
	}
}

func TestBatch(t *testing.T) {
	h, a := school(t, false)
	h.working(t)
	order := issuer.BatchOrder{Action: "issue", Achievement: a.ID}
	file := []string{
		"name=Aino+Virtanen email=aino@example.org result=A completed=12.5.2026",
		"name=Björn+Ek email=bjorn@example.org completed=2026-05-12 credits=2,5 narrative=**Well** evidence_url=https://example.org/e language=sv",
		"name=Ánne+Máret email=ANNE@example.org row_key=7 subject_id=did:example:anne valid_until=31.12.2030",
		"name=Aino+Virtanen email=Aino@Example.org result=A completed=12.5.2026",
		"name=Aino+Virtanen email=aino@example.org result=B completed=12.5.2026",
		"email=x@example.org", "name=X", "name=X email=anna@", "name=X email=a@x.fi,b@x.fi", "name=X email=x@x.fi completed=5/12/2026",
		"name=X email=x@x.fi completed=31.2.2026", "name=X email=x@x.fi valid_until=1.1.2020", "name=X email=x@x.fi language=de",
		"name=X email=x@x.fi result=C", "name=X email=x@x.fi credits=five", "name=X email=x@x.fi evidence_url=http://x.fi",
		"name=X email=x@x.fi subject_id=x", "name=X email=x@x.fi achievement=nothing", "name=X\u0007 email=x@x.fi",
		"name=X email=x completed=x result=C", "name=\u202eX email=y@x.fi", "name=X email=z@x.fi subject_id=did:web:badges.example",
	}
	want := []string{
		"issued", "issued", "issued", "duplicate duplicate", "rejected row_key:twice",
		"rejected name:missing", "rejected email:missing", "rejected email:email", "rejected email:email-several", "rejected completed:date",
		"rejected completed:date", "rejected valid_until:MALFORMED_VALUE_ERROR", "rejected language:language",
		"rejected result:result-value", "rejected credits:credits", "rejected evidence_url:url",
		"rejected subject_id:uri", "rejected achievement:achievement-unknown", "rejected name:control",
		"rejected completed:date email:email result:result-value", "rejected name:schema.text", "rejected subject_id:achievement.duplicate-id",
	}
	dry := order
	dry.DryRun = true
	b, said := h.run(t, dry, rows(file...))
	ready := slices.Clone(want)
	ready[0], ready[1], ready[2] = "ready", "ready", "ready"
	if !slices.Equal(said, ready) || h.total(t) != 0 {
		t.Errorf("dry run: %d issued\n got %q\nwant %q", h.total(t), said, ready)
	}
	if b.Done != len(file) || b.Counts[issuer.RowReady] != 3 {
		t.Errorf("dry run: %+v", b)
	}
	all := order
	all.AllOrNothing = true
	if b, _ := h.run(t, all, rows(file...)); b.State != issuer.BatchRefused || h.total(t) != 0 {
		t.Errorf("all or nothing: %s, %d issued", b.State, h.total(t))
	}
	b, said = h.run(t, order, rows(file...))
	if !slices.Equal(said, want) || h.total(t) != 3 {
		t.Errorf("%d issued\n got %q\nwant %q", h.total(t), said, want)
	}
	if b.State != issuer.BatchDone || b.Counts[issuer.RowIssued] != 3 || b.Counts[issuer.RowRejected] != 18 || b.Trouble != "" {
		t.Errorf("%+v", b)
	}
	// Once more: nothing is issued, and what exists is said.
	_, said = h.run(t, order, rows(file[:4]...))
	if want := []string{"exists", "exists", "exists", "duplicate duplicate"}; !slices.Equal(said, want) {
		t.Errorf("again: %q, want %q", said, want)
	}
	// A second award to the same person asks for a key of its own.
	_, said = h.run(t, order, rows("name=Aino+Virtanen email=aino@example.org result=B completed=12.5.2026",
		"name=Aino+Virtanen email=aino@example.org result=B completed=12.5.2026 row_key=second", "name=N email=n@example.org row_key=7"))
	if want := []string{"rejected again", "issued", "rejected again"}; !slices.Equal(said, want) {
		t.Errorf("second award: %q, want %q", said, want)
	}
	if b, _ := h.run(t, all, rows("name=Y email=y@example.org")); b.State != issuer.BatchDone || b.Counts[issuer.RowIssued] != 1 {
		t.Errorf("all: %+v", b)
	}
	h.healthy(t)
}

// TestBatchCredential: what a row says stands in the credential, and it verifies.
func TestBatchCredential(t *testing.T) {
	h, a := school(t, false)
	h.working(t)
	b, _ := h.run(t, issuer.BatchOrder{Action: "issue", Achievement: a.ID, HashedEmail: true}, rows(
		"name=Björn+Ek email=bjorn@example.org completed=12.5.2026 credits=2,5 narrative=**Well**+done evidence_url=https://example.org/e result=B language=sv valid_until=2030-12-31 subject_id=did:example:b"))
	var id string
	must(t, h.BatchResults(ctx, registrar, b.ID, func(r issuer.RowResult) error { id = r.ID; return nil }))
	r, err := h.Get(ctx, id)
	must(t, err)
	if v := h.verify(t, r.Credential).Verdict; v != "valid" {
		t.Errorf("it is %s", v)
	}
	for pointer, want := range map[string]string{
		"/awardedDate": "2026-05-12T00:00:00Z", "/validUntil": "2030-12-31T23:59:59Z", "/credentialSubject/creditsEarned": "2.5",
		"/credentialSubject/narrative": "**Well** done", "/evidence/0/id": "https://example.org/e", "/credentialSubject/id": "did:example:b",
		"/credentialSubject/result/0/value": "B", "/credentialSubject/result/0/resultDescription": a.URL + "#grade",
		"/credentialSubject/identifier/1/identityType": "emailAddress",
	} {
		if v, _ := schema.Resolve(parse(t, string(r.Credential)), pointer); v.Text != want {
			t.Errorf("%s is %q, want %q", pointer, v.Text, want)
		}
	}
	if r.Language != "sv" || r.Recipient.Email != "bjorn@example.org" {
		t.Errorf("%+v", r)
	}
}

// TestBatchResumes stops a batch in the middle, and goes on with it in another
// process. Each row has one credential; no place is used twice.
func TestBatchResumes(t *testing.T) {
	h, a := school(t, false)
	const n = 700
	order := issuer.BatchOrder{Action: "issue", Achievement: a.ID}
	b, err := h.StartBatch(ctx, registrar, "", order, nil, graduates(n))
	must(t, err)
	for round := 0; ; round++ {
		before := h.total(t)
		stop := h.working(t)
		for h.total(t) < min(n, before+200) {
			select {
			case <-h.BatchNews():
			case <-time.After(5 * time.Millisecond):
			}
		}
		stop()
		must(t, h.Close())
		h.open(t)
		now, err := h.Batch(ctx, registrar, b.ID)
		must(t, err)
		if now.State.Final() {
			t.Logf("%d rows in %d starts", n, round+1)
			break
		}
		same, err := h.StartBatch(ctx, registrar, "", order, nil, graduates(n)) // the command typed again
		must(t, err)
		if same.ID != b.ID {
			t.Fatalf("a second batch %s beside %s", same.ID, b.ID)
		}
	}
	said := h.outcomes(t, b.ID)
	if len(said) != n || slices.ContainsFunc(said, func(s string) bool { return s != "issued" }) || h.total(t) != n {
		t.Errorf("%d credentials, %d outcomes", h.total(t), len(said))
	}
	h.healthy(t)
}

func TestBatchKeys(t *testing.T) {
	h, a := school(t, false)
	h.working(t)
	order := issuer.BatchOrder{Action: "issue", Achievement: a.ID}
	one := "name=Aino email=aino@example.org"
	first, err := h.StartBatch(ctx, registrar, "k", order, nil, rows(one))
	must(t, err)
	h.finished(t, first.ID)
	again, err := h.StartBatch(ctx, registrar, "k", order, nil, rows(one))
	must(t, err)
	if again.ID != first.ID || again.State != issuer.BatchDone {
		t.Errorf("%+v", again)
	}
	_, err = h.StartBatch(ctx, registrar, "k", order, nil, rows("name=B email=b@example.org"))
	refusedWith(t, err, schema.CodeIdempotencyMismatch, "")
	other := issuer.Actor{Name: "other", Roles: issuer.AllRoles()}
	theirs, err := h.StartBatch(ctx, other, "k", order, nil, rows(one))
	must(t, err)
	if theirs.ID == first.ID {
		t.Error("two callers share a key")
	}
	_, err = h.StartBatch(ctx, issuer.Actor{Roles: []string{issuer.Auditor}}, "", order, nil, rows(one))
	refusedWith(t, err, schema.CodeForbidden, "")
	elsewhere := issuer.Actor{Name: "clerk", Issuer: "00000000000000000000000000", Roles: issuer.AllRoles()}
	_, err = h.Batch(ctx, elsewhere, first.ID)
	refusedWith(t, err, schema.CodeNotFound, "")
	_, err = h.StartBatch(ctx, registrar, "", order, nil, rows())
	refusedWith(t, err, schema.CodeParsingError, "")
	_, err = h.StartBatch(ctx, registrar, "", issuer.BatchOrder{Action: "erase"}, nil, rows(one))
	refusedWith(t, err, schema.CodeMalformedValueError, "/action")
}

// TestBatchStatus: bulk revocation, suspension and reinstatement.
func TestBatchStatus(t *testing.T) {
	h, a := school(t, true)
	h.working(t)
	b, _ := h.run(t, issuer.BatchOrder{Action: "issue", Achievement: a.ID}, graduates(3))
	var ids []string
	must(t, h.BatchResults(ctx, registrar, b.ID, func(r issuer.RowResult) error { ids = append(ids, r.ID); return nil }))
	lines := []string{"id=" + ids[0], "id=https://badges.example/c/" + ids[1], "id=" + ids[0], "id=nothing", "id=" + ids[2] + " reason="}
	for _, c := range []struct {
		o    issuer.BatchOrder
		want string
	}{
		{issuer.BatchOrder{Action: "suspend", Reason: "x", DryRun: true}, "ready|ready|duplicate duplicate|rejected id:NOT_FOUND|ready"},
		{issuer.BatchOrder{Action: "suspend"}, "rejected reason:MALFORMED_VALUE_ERROR|rejected reason:MALFORMED_VALUE_ERROR|duplicate duplicate|rejected id:NOT_FOUND|rejected reason:MALFORMED_VALUE_ERROR"},
		{issuer.BatchOrder{Action: "suspend", Reason: "Under review."}, "changed|changed|duplicate duplicate|rejected id:NOT_FOUND|changed"},
		{issuer.BatchOrder{Action: "suspend", Reason: "Under review."}, "exists|exists|duplicate duplicate|rejected id:NOT_FOUND|exists"},
		{issuer.BatchOrder{Action: "reinstate", Reason: "Reviewed."}, "changed|changed|duplicate duplicate|rejected id:NOT_FOUND|changed"},
		{issuer.BatchOrder{Action: "revoke", Reason: "Issued in error.", Code: "issued-in-error"}, "changed|changed|duplicate duplicate|rejected id:NOT_FOUND|changed"},
		{issuer.BatchOrder{Action: "reinstate", Reason: "Oops."}, "rejected id:CONFLICT|rejected id:CONFLICT|duplicate duplicate|rejected id:NOT_FOUND|rejected id:CONFLICT"},
	} {
		if _, said := h.run(t, c.o, rows(lines...)); strings.Join(said, "|") != c.want {
			t.Errorf("%+v: %q, want %s", c.o, said, c.want)
		}
	}
	h.healthy(t)
}

// TestBatchForgets: after thirty days rows and results are gone, and their key
// with them; the credentials stay.
func TestBatchForgets(t *testing.T) {
	h, a := school(t, false)
	stop := h.working(t)
	b, _ := h.run(t, issuer.BatchOrder{Action: "issue", Achievement: a.ID}, rows("name=Aino email=aino@example.org", "name=B email=b"))
	var rejects []string
	must(t, h.BatchRejects(ctx, registrar, b.ID, func(row issuer.BatchRow, r issuer.RowResult) error {
		rejects = append(rejects, fmt.Sprint(row.Row, row.Cells))
		return nil
	}))
	if want := []string{"0 [name email]", "2 [B b]"}; !slices.Equal(rejects, want) {
		t.Errorf("rejects %q, want %q", rejects, want)
	}
	stop()
	h.pass(31 * 24 * time.Hour)
	h.reopen(t)
	h.working(t)
	next, _ := h.run(t, issuer.BatchOrder{Action: "issue", Achievement: a.ID}, rows("name=C email=c@example.org"))
	h.run(t, issuer.BatchOrder{Action: "issue", Achievement: a.ID}, rows("name=D email=d@example.org"))
	_, err := h.Batch(ctx, registrar, b.ID)
	refusedWith(t, err, schema.CodeNotFound, "")
	all, err := h.Batches(ctx, registrar)
	must(t, err)
	if len(all) != 2 || all[1].ID != next.ID || h.total(t) != 3 {
		t.Errorf("%d batches, %d credentials", len(all), h.total(t))
	}
	h.healthy(t)
}

// TestBatchCodes finds achievements by their codes.
func TestBatchCodes(t *testing.T) {
	h, _ := school(t, false)
	h.working(t)
	for _, code := range []string{"7", "8", "8"} {
		_, err := h.AddAchievement(ctx, registrar, "", parse(t, strings.Replace(welding, `"name": "Welding basics"`, `"name":"Welding","humanCode":"`+code+`"`, 1)), false)
		must(t, err)
	}
	_, said := h.run(t, issuer.BatchOrder{Action: "issue"}, rows("name=A email=a@x.fi achievement=7", "name=A email=a@x.fi achievement=8", "name=A email=a@x.fi"))
	if want := []string{"issued", "rejected achievement:achievement-ambiguous", "rejected achievement:achievement-missing"}; !slices.Equal(said, want) {
		t.Errorf("%q, want %q", said, want)
	}
}

// BenchmarkBatch is 10,000 rows from memory to the disk, with the proof alone and
// with the token that an institution makes beside it by default. CPU time is that
// of the process, over all cores.
func BenchmarkBatch(b *testing.B) {
	const n = 10_000
	for name, formats := range map[string][]string{"document": {"eddsa-rdfc-2022"}, "document and token": {"eddsa-rdfc-2022", "vc-jwt"}} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				h, a := school(b, false)
				_, err := h.EditInstitution(ctx, registrar, a.Issuer, issuer.Edit{Formats: formats})
				must(b, err)
				stop := h.working(b)
				begun, used := time.Now(), cpu(b)
				batch, err := h.StartBatch(ctx, registrar, "", issuer.BatchOrder{Action: "issue", Achievement: a.ID}, nil, graduates(n))
				must(b, err)
				if batch = h.finished(b, batch.ID); batch.Counts[issuer.RowIssued] != n {
					b.Fatal(batch.Counts)
				}
				b.ReportMetric(n/time.Since(begun).Seconds(), "rows/s")
				b.ReportMetric(float64((cpu(b)-used).Microseconds())/n, "cpu-µs/row")
				stop()
			}
		})
	}
}

// cpu is the time that this process has used.
func cpu(b *testing.B) time.Duration {
	var u syscall.Rusage
	must(b, syscall.Getrusage(syscall.RUSAGE_SELF, &u))
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
