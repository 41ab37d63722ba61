package web_test

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"merkki/internal/many"
)

func init() { otherStates = append(otherStates, manyStates) }

// manyStates are the pages of whoever checks many credentials at once, and of a
// receipt.
func manyStates(t testing.TB, g gallery) []state {
	t.Helper()
	d := desk{g.web}
	self, err := os.ReadFile(filepath.Join("..", "..", "testdata", "selfcontained.json"))
	must(t, err)
	forged := bytes.Replace(g.valid.Credential, []byte("Aino"), []byte("Eino"), 1)
	id, _ := d.table(t, sent{
		files: []many.File{
			{Name: "diploma.json", Bytes: g.valid.Credential}, {Name: "certificate.json", Bytes: forged}, {Name: "screenshot.jpg", Bytes: []byte("\xff\xd8\xff\xe0")},
			{Name: "scan of my certificate, page 1.pdf", Bytes: plainPDF}, {Name: "other-school.json", Bytes: self},
		},
		fields: map[string]string{"text": "Applicant;What\nAino Virtanen;diploma.json\nEino Virtanen;certificate.json\nKátjá Ŋáhkárgeahči;https://www.credly.com/badges/7c1e\n" +
			"Max von und zu Österbottenborg;" + g.long.URL + "\nBo Bergström;" + g.revoked.URL + "\nPäivi Mäkelä;" + g.expired.URL + "\nSaga Holm;lost.pdf"},
	})
	receipt := call(g.web.Public(), ctx, "POST", "/verify/receipt", string(g.valid.Credential), "Content-Type: application/json")
	shown := filepath.Join(t.TempDir(), "receipt.json")
	must(t, os.WriteFile(shown, receipt.Body.Bytes(), 0o600))
	running := d.web.RunningJob()
	return []state{
		{Name: "many", Path: "/verify/many"},
		{Name: "many-empty", Path: "/verify/many", Steps: []step{{Action: "/verify/many"}}},
		{Name: "job-running", Path: "/verify/jobs/" + running},
		{Name: "job-paused", Path: "/verify/jobs/" + running + "?pause=1"},
		{Name: "job", Path: "/verify/jobs/" + id},
		{Name: "job-gone", Path: "/verify/jobs/00000000000000000000000000000000"},
		{Name: "result-platform", Path: "/verify", Steps: []step{{Action: "/verify", Fill: map[string]string{"text": "https://www.credly.com/badges/7c1e"}}}},
		{Name: "receipt", Path: "/verify", Steps: []step{{Action: "/verify", Files: map[string]string{"file": shown}}}},
	}
}
