package web_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io/fs"
	"log/slog"
	"mime/multipart"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"merkki/internal/many"
	"merkki/internal/web"
	"merkki/issuer"
	"merkki/keys"
)

// sent is what a form sends: files, and fields.
type sent struct {
	files  []many.File
	fields map[string]string
}

func (f sent) body(t testing.TB) (body, mediaType string) {
	t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	for name, v := range f.fields {
		must(t, w.WriteField(name, v))
	}
	for _, file := range f.files {
		p, err := w.CreateFormFile("file", file.Name)
		must(t, err)
		_, err = p.Write(file.Bytes)
		must(t, err)
	}
	must(t, w.Close())
	return b.String(), w.FormDataContentType()
}

// A desk is where lists are sent and read.
type desk struct {
	web *web.Server
}

func (d desk) send(t testing.TB, f sent, headers ...string) *httptest.ResponseRecorder {
	t.Helper()
	body, mediaType := f.body(t)
	return call(d.web.Public(), ctx, "POST", "/verify/many", body, append(headers, "Content-Type: "+mediaType)...)
}

// table sends a list and waits for its answers.
func (d desk) table(t testing.TB, f sent) (id string, lines []tableLine) {
	t.Helper()
	w := d.send(t, f)
	if w.Code != 202 {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	id = object(t, w)["id"].(string)
	if want := "/verify/jobs/" + id; w.Header().Get("Location") != want || len(id) != 32 {
		t.Errorf("Location %q, want %q", w.Header().Get("Location"), want)
	}
	d.web.AwaitJob(id)
	return id, d.lines(t, id, "en")
}

type tableLine struct {
	Number                                                int
	Name, Applicant, Compared, Recipient, Issuer, Finding string
	Verdict, Sentence, Reason, Next, SHA256               string
}

func (d desk) lines(t testing.TB, id, lang string) []tableLine {
	t.Helper()
	w := d.get("/verify/jobs/"+id, "Accept-Language: "+lang)
	var out struct {
		Done, Total int
		Lines       []tableLine
	}
	must(t, json.Unmarshal(w.Body.Bytes(), &out))
	if w.Code != 200 || out.Done != out.Total || len(out.Lines) != out.Total {
		t.Fatalf("%d: %d of %d done, %d lines", w.Code, out.Done, out.Total, len(out.Lines))
	}
	return out.Lines
}

func (d desk) get(path string, headers ...string) *httptest.ResponseRecorder {
	return call(d.web.Public(), ctx, "GET", path, "", headers...)
}

func lineNamed(t testing.TB, lines []tableLine, name string) tableLine {
	t.Helper()
	i := slices.IndexFunc(lines, func(l tableLine) bool { return l.Name == name })
	if i < 0 {
		t.Fatalf("no line for %s in %+v", name, lines)
	}
	return lines[i]
}

// TestMany: an employer's list of applicants with what they sent.
func TestMany(t *testing.T) {
	g := newGallery(t, false)
	d := desk{g.web}
	forged := bytes.Replace(g.valid.Credential, []byte("Aino"), []byte("Eino"), 1)
	id, lines := d.table(t, sent{
		files: []many.File{{Name: "aino.json", Bytes: g.valid.Credential}, {Name: "forged.json", Bytes: forged}, {Name: "shot.jpg", Bytes: []byte("\xff\xd8\xff\xe0")}, {Name: "other.json", Bytes: g.valid.Credential}},
		fields: map[string]string{"text": "Applicant,What\nAino Virtanen,aino.json\nEino Virtanen,other.json\n" +
			"Bo,https://badges.example/c/" + g.revoked.ID + "\naino@example.org,https://badges.example/c/" + g.valid.ID + "\nCe,https://www.credly.com/badges/1"},
	})
	for name, want := range map[string][]string{ // verdict, finding, compared
		"aino.json":   {"valid", "", "Names the applicant."},
		"forged.json": {"invalid", "signature.mismatch", ""},
		"shot.jpg":    {"indeterminate", "container.none", ""},
		"other.json":  {"invalid", "recipient.differs", "Names somebody else."},
		"https://badges.example/c/" + g.revoked.ID: {"invalid", "status.revocation", "Names somebody else."},
		"https://www.credly.com/badges/1":          {"indeterminate", "", "Not compared."},
	} {
		l := lineNamed(t, lines, name)
		if got := []string{l.Verdict, l.Finding, l.Compared}; !slices.Equal(got, want) {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	if l := lineNamed(t, lines, "https://www.credly.com/badges/1"); !strings.Contains(l.Sentence, "Credly") || !strings.Contains(l.Next, "Open Badges file") {
		t.Errorf("what to ask for of a platform: %+v", l)
	}
	if first, last := lines[0], lines[len(lines)-1]; first.Verdict != "invalid" || last.Verdict != "valid" {
		t.Errorf("sorted from %+v to %+v", first, last)
	}
	page := d.get("/verify/jobs/"+id, "Accept: text/html", "Accept-Language: en")
	for _, want := range []string{"Example University of Applied Sciences · badges.example", "Nobody is proven to have signed", "Aino Virtanen"} {
		if !strings.Contains(page.Body.String(), want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	if page.Header().Get("Cache-Control") != "no-store" || page.Header().Get("Refresh") != "" {
		t.Errorf("headers of a finished list: %v", page.Header())
	}
}

// TestManyIsReloadedUntilDone: without script the page asks again by itself, and the
// reader can stop it.
func TestManyIsReloadedUntilDone(t *testing.T) {
	d := desk{newSite(t, "Example University", "en", false).web}
	id := d.web.RunningJob()
	page := d.get("/verify/jobs/"+id, "Accept: text/html")
	if page.Header().Get("Refresh") != "3" || !strings.Contains(page.Body.String(), "2 of 3 checked") || strings.Contains(page.Body.String(), "<table") {
		t.Errorf("%v %s", page.Header(), page.Body)
	}
	page = d.get("/verify/jobs/"+id+"?pause=1", "Accept: text/html")
	if page.Header().Get("Refresh") != "" || !strings.Contains(page.Body.String(), "<table") {
		t.Errorf("a reader who stopped it: %v %s", page.Header(), page.Body)
	}
}

// TestManyHasTwoPlaces: a third list at once is told when to come back, and a list
// that is refused gives its place back.
func TestManyHasTwoPlaces(t *testing.T) {
	s := newSite(t, "Example University", "en", false)
	d := desk{s.web}
	one, err := s.web.ReserveJob()
	must(t, err)
	two, err := s.web.ReserveJob()
	must(t, err)
	if w := d.send(t, sent{fields: map[string]string{"text": "https://a.example/1"}}); w.Code != 429 || w.Header().Get("Retry-After") != "30" {
		t.Errorf("the third: %d %v", w.Code, w.Header())
	}
	one()
	for range 3 { // more than there are places
		if w := d.send(t, sent{}); w.Code != 400 {
			t.Errorf("an empty list: %d %s", w.Code, w.Body)
		}
	}
	id, lines := d.table(t, sent{fields: map[string]string{"text": "https://a.example/1"}})
	if len(lines) != 1 || lines[0].Verdict != "indeterminate" {
		t.Errorf("%+v", lines)
	}
	two()
	s.pass(31 * time.Minute)
	if w := d.get("/verify/jobs/" + id); w.Code != 404 {
		t.Errorf("after its time: %d", w.Code)
	}
	if w := d.get("/verify/jobs/" + id + ".csv"); w.Code != 404 {
		t.Errorf("after its time, as CSV: %d", w.Code)
	}
}

// TestManyRefuses: what is wrong with a form is said beside the form, and to
// programs as a problem.
func TestManyRefuses(t *testing.T) {
	d := desk{newSite(t, "Example University", "en", false).web}
	for name, c := range map[string]struct {
		f    sent
		code int
		says string
	}{
		"nothing":        {sent{}, 422, "Choose files or paste a list first"},
		"no institution": {sent{fields: map[string]string{"institution": "not a domain", "text": "https://a.example/"}}, 422, "as a web address"},
		"too many links": {sent{fields: map[string]string{"text": strings.Repeat("https://a.example/\n", 501)}}, 413, "More than 500 entries"},
		"too many files": {sent{files: slices.Repeat([]many.File{{Name: "a", Bytes: []byte("{}")}}, 520)}, 413, "More than 500 entries"},
	} {
		w := d.send(t, c.f, "Accept: text/html")
		if w.Code != c.code || !strings.Contains(w.Body.String(), c.says) || !strings.Contains(w.Body.String(), `id="form-error"`) {
			t.Errorf("%s: %d %s", name, w.Code, w.Body)
		}
		if w := d.send(t, c.f); w.Code/100 != 4 || w.Header().Get("Content-Type") != "application/problem+json" {
			t.Errorf("%s, for a program: %d %s", name, w.Code, w.Body)
		}
	}
}

// TestVouching: a reader counts an issuer as known in one list, and no other; the list
// is judged anew without asking anybody, and nothing but that line changes.
func TestVouching(t *testing.T) {
	d := desk{serve(t, newSite(t, "Example University", "en", false), slog.New(slog.DiscardHandler))}
	self, err := os.ReadFile(filepath.Join("..", "..", "testdata", "selfcontained.json"))
	must(t, err)
	forged := bytes.Replace(self, []byte("Aino"), []byte("Eino"), 1)
	if bytes.Equal(forged, self) {
		forged = bytes.Replace(self, []byte(`"name": "`), []byte(`"name": "X`), 1)
	}
	f := sent{files: []many.File{{Name: "a.json", Bytes: self}, {Name: "forged.json", Bytes: forged}}}
	id, lines := d.table(t, f)
	l := lineNamed(t, lines, "a.json")
	if l.Verdict != "indeterminate" || l.Finding != "issuer.unlisted" {
		t.Fatalf("%+v", l)
	}
	page := d.get("/verify/jobs/"+id, "Accept: text/html", "Accept-Language: en").Body.String()
	if !strings.Contains(page, "Do you know this signer?") || !strings.Contains(page, l.Issuer) {
		t.Errorf("the question is missing: %s", page)
	}
	vouch := func(issuer, forget string) int {
		body := "issuer=" + issuer + "&forget=" + forget
		return call(d.web.Public(), ctx, "POST", "/verify/jobs/"+id+"/known", body, "Content-Type: application/x-www-form-urlencoded").Code
	}
	if got := vouch("did:web:somebody.example", ""); got != 404 {
		t.Errorf("an issuer that is not in the list: %d", got)
	}
	if got := vouch(l.Issuer, ""); got != 303 {
		t.Fatalf("vouching: %d", got)
	}
	lines = d.lines(t, id, "en")
	if got := lineNamed(t, lines, "a.json"); got.Verdict != "valid" || got.Reason != "You said that you know this issuer." {
		t.Errorf("%+v", got)
	}
	if got := lineNamed(t, lines, "forged.json"); got.Verdict != "invalid" {
		t.Errorf("knowing somebody made a forgery %+v", got)
	}
	if _, other := d.table(t, f); lineNamed(t, other, "a.json").Verdict != "indeterminate" {
		t.Error("vouching went over into another list")
	}
	if vouch(l.Issuer, "1"); lineNamed(t, d.lines(t, id, "en"), "a.json").Verdict != "indeterminate" {
		t.Error("the word cannot be taken back")
	}
}

// TestManyLeavesNothing: neither names nor contents are in the log or on the disk,
// temporary files included, and nothing of a form is spilt there on the way.
func TestManyLeavesNothing(t *testing.T) {
	temporary := t.TempDir()
	t.Setenv("TMPDIR", temporary)
	var log bytes.Buffer
	s := newSite(t, "Example University", "en", false)
	a := s.add(t, energy, false)
	r := s.award(t, issuer.Draft{Achievement: a.ID, Recipient: aino})
	before := everything(t, filepath.Dir(temporary))
	d := desk{serve(t, s, slog.New(slog.NewJSONHandler(&log, nil)))}
	big := bytes.Repeat([]byte("Päivi Salainen 0123456789 "), 1<<20/26)
	files := []many.File{{Name: "Aino-Virtanen.json", Bytes: r.Credential}}
	for range 40 { // more than the standard library keeps in memory
		files = append(files, many.File{Name: "Päivi.bin", Bytes: big})
	}
	id, lines := d.table(t, sent{files: files, fields: map[string]string{"text": "Aino Virtanen,Aino-Virtanen.json"}})
	d.get("/verify/jobs/" + id + ".csv")
	if len(lines) != 41 {
		t.Fatalf("%d lines", len(lines))
	}
	for _, secret := range []string{"Aino", "Virtanen", "Päivi", "Salainen", id} {
		if strings.Contains(log.String(), secret) {
			t.Errorf("the log says %q: %s", secret, log.String())
		}
	}
	if !strings.Contains(log.String(), "/verify/many") {
		t.Errorf("the log does not even name the route: %s", log.String())
	}
	if after := everything(t, filepath.Dir(temporary)); !slices.Equal(after, before) {
		t.Errorf("files before %v and after %v", before, after)
	}
}

// everything lists the files under a folder with their sizes.
func everything(t testing.TB, folder string) (all []string) {
	t.Helper()
	must(t, filepath.WalkDir(folder, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		info, err := e.Info()
		if err != nil {
			return err
		}
		all = append(all, fmt.Sprint(path, " ", info.Size()))
		return nil
	}))
	return all
}

// TestManyAsCSV: the table as a file is inert in a spreadsheet, whatever names say.
func TestManyAsCSV(t *testing.T) {
	d := desk{newSite(t, "Example University", "en", false).web}
	self, err := os.ReadFile(filepath.Join("..", "..", "testdata", "selfcontained.json"))
	must(t, err)
	id, _ := d.table(t, sent{files: []many.File{{Name: "=cmd.json", Bytes: self}}, fields: map[string]string{"text": "=HYPERLINK(1);=cmd.json"}})
	w := d.get("/verify/jobs/"+id+".csv", "Accept-Language: sv")
	rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(w.Body.String(), "\ufeff"))).ReadAll()
	must(t, err)
	if len(rows) != 2 || rows[0][10] != "Nästa steg" || rows[1][1] != "'=cmd.json" || rows[1][2] != "'=HYPERLINK(1)" {
		t.Errorf("%q", rows)
	}
	if h := w.Header(); h.Get("Content-Type") != "text/csv; charset=utf-8" || !strings.HasPrefix(h.Get("Content-Disposition"), "attachment") {
		t.Errorf("%v", h)
	}
}

// TestSituationsHaveWords: every situation has a sentence or leaves that to the
// report, and every one has a next step; no text is without a situation.
func TestSituationsHaveWords(t *testing.T) {
	known := map[string]bool{}
	for _, sit := range many.Situations() {
		known["situation."+sit.Name], known["situation."+sit.Name+".next"] = true, true
	}
	known["situation.platform"] = true
	for key := range known {
		silent := strings.HasPrefix(key, "situation.platform-") && !strings.HasSuffix(key, ".next") || key == "situation.other-institution"
		if hasText(key) == silent {
			t.Errorf("%s: has a text %v", key, !silent)
		}
	}
	for _, key := range keysUnder("situation.") {
		if !known[key] {
			t.Errorf("%s belongs to no situation", key)
		}
	}
}

// carried finds what a page carries for a receipt.
func carried(t testing.TB, page string) (payload, mac string) {
	t.Helper()
	m := regexp.MustCompile(`name="receipt" value="([^"]+)"><input type="hidden" name="mac" value="([^"]+)"`).FindStringSubmatch(page)
	if m == nil {
		t.Fatalf("the page carries no receipt: %s", page)
	}
	return m[1], m[2]
}

// TestReceiptOfAPage: a result carries what its receipt says, sealed; without the
// credential being sent again it becomes a receipt, signed where there is a key, which
// the verifier reads back. What was changed on the way, or sealed by somebody else, is not
// signed.
func TestReceiptOfAPage(t *testing.T) {
	g := newGallery(t, false)
	_, err := g.NewKey(ctx, local, "", keys.Ed25519, keys.Receipt)
	must(t, err)
	result := g.call("POST", "/verify", string(g.valid.Credential), "Content-Type: application/json", "Accept: text/html", "Accept-Language: en")
	payload, mac := carried(t, result.Body.String())
	plain, err := base64.RawURLEncoding.DecodeString(payload)
	must(t, err)
	if strings.Contains(string(plain), "Aino") || strings.Contains(string(plain), g.valid.ID) {
		t.Errorf("the page carries contents: %s", plain)
	}
	ask := func(payload, mac string) *httptest.ResponseRecorder {
		return g.call("POST", "/verify/receipt", "receipt="+payload+"&mac="+mac, "Content-Type: application/x-www-form-urlencoded")
	}
	w := ask(payload, mac)
	if w.Code != 200 || w.Header().Get("Content-Type") != "application/jwt" || !strings.HasPrefix(w.Header().Get("Content-Disposition"), "attachment") {
		t.Fatalf("%d %v %s", w.Code, w.Header(), w.Body)
	}
	back := g.call("POST", "/verify", w.Body.String(), "Content-Type: application/jwt", "Accept: text/html", "Accept-Language: en")
	if !strings.Contains(back.Body.String(), "Signed by badges.example and unchanged.") {
		t.Errorf("read back: %s", back.Body)
	}
	better := base64.RawURLEncoding.EncodeToString(bytes.Replace(plain, []byte(`"pass"`), []byte(`"warn"`), 1))
	for name, w := range map[string]*httptest.ResponseRecorder{"another payload": ask(better, mac), "another seal": ask(payload, base64.RawURLEncoding.EncodeToString(make([]byte, 32)))} {
		if w.Code != 409 {
			t.Errorf("%s: %d %s", name, w.Code, w.Body)
		}
	}
	elsewhere := serve(t, g.site, slog.New(slog.DiscardHandler)) // another process
	if w := call(elsewhere.Public(), ctx, "POST", "/verify/receipt", "receipt="+payload+"&mac="+mac, "Content-Type: application/x-www-form-urlencoded"); w.Code != 409 {
		t.Errorf("the seal of another process: %d", w.Code)
	}
	// A receipt is no credential, and no credential is signed under its key.
	report := object(t, g.call("POST", "/verify", string(g.valid.Credential), "Content-Type: application/json"))
	if report["verdict"] != "valid" {
		t.Errorf("%v", report["verdict"])
	}
	d := desk{g.web}
	id, lines := d.table(t, sent{files: []many.File{{Name: "a.json", Bytes: g.valid.Credential}, {Name: "b.pdf", Bytes: plainPDF}}, fields: map[string]string{"text": "https://gone.example/"}})
	all := object(t, d.get("/verify/jobs/"+id+"/receipts"))["receipts"].([]any)
	if len(lines) != 3 || len(all) != 2 { // nothing was had from the link
		t.Errorf("%d receipts of %d lines", len(all), len(lines))
	}
	if w := d.get("/verify/jobs/" + d.web.RunningJob() + "/receipts"); w.Code != 409 {
		t.Errorf("receipts of a list at work: %d", w.Code)
	}
}

// TestManyGoesOnAlone: whoever sent a list may go away, and the place of a list
// that is done is free again.
func TestManyGoesOnAlone(t *testing.T) {
	g := newGallery(t, false)
	d := desk{g.web}
	body, mediaType := sent{files: []many.File{{Name: "a.json", Bytes: g.valid.Credential}}}.body(t)
	gone, leave := context.WithCancel(ctx)
	w := call(g.web.Public(), gone, "POST", "/verify/many", body, "Content-Type: "+mediaType)
	leave()
	id := object(t, w)["id"].(string)
	d.web.AwaitJob(id)
	if l := d.lines(t, id, "en"); l[0].Verdict != "valid" {
		t.Errorf("%+v", l)
	}
	for range 3 {
		d.table(t, sent{fields: map[string]string{"text": "https://a.example/"}})
	}
}
