package web

import (
	"bytes"
	"net/http"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"merkki/internal/i18n"
	"merkki/internal/many"
	"merkki/schema"
	"merkki/verifier"
	"merkki/verifier/receipt"
)

// reloadAfter is how long a page waits before it asks how far a job is, in seconds.
const reloadAfter = 3

// A jobView is the page of a job: how far it is, or its table.
type jobView struct {
	view
	ID          string
	Done, Total int
	Running     bool
	Paused      bool // the reader asked not to be reloaded
	Good, Look  int  // lines that need nothing more, and lines to look at
	Groups      []groupView
	Lists       []string
	When        string // it was checked
	Ends        string // and when it is forgotten
	Asked       string // the institution that all should come from
}

// job answers for a job in the form that is asked for: page, JSON, or ID.csv.
func (s *Server) job(c echo.Context) error {
	id, csv := strings.CutSuffix(c.Param("id"), ".csv")
	j, ok := s.desk.find(id)
	if !ok {
		return errNoJob
	}
	c.Response().Header().Set("Cache-Control", "no-store")
	c.Response().Header().Set("X-Robots-Tag", "noindex")
	switch {
	case csv:
		return s.jobCSV(c, j)
	case !wantsHTML(c.Request()):
		return s.jobJSON(c, j)
	}
	return s.jobPage(c, j)
}

func (s *Server) jobPage(c echo.Context, j *job) error {
	rows, done := j.snapshot()
	v := jobView{view: s.base(c, ""), ID: j.id, Done: done, Total: j.total, Running: done < j.total, Paused: c.QueryParam("pause") != "", Asked: j.asked}
	v.NoIndex, v.Test = true, false
	v.Lists, v.When, v.Ends = listNames(v.Printer, j.lists), v.T("verdict.when", "date", v.Moment(j.made)), v.Moment(j.made.Add(jobLife))
	if v.Title = v.T("job.title", "n", j.total); v.Running {
		v.Title = v.T("job.running", "done", done, "n", j.total)
	}
	if v.Running && !v.Paused {
		// As a header and not in the page: it is a matter of this answer, and whoever does not
		// want it has a page without (WCAG 2.2.2, 2.2.4).
		c.Response().Header().Set("Refresh", strconv.Itoa(reloadAfter))
		return s.pages.render(c, http.StatusOK, "job", v)
	}
	lines := s.tableOf(v.Printer, rows)
	for _, l := range lines {
		if l.rank == rankOf[i18n.Good] {
			v.Good++
		}
	}
	v.Look = len(lines) - v.Good
	v.Groups = groupsOf(v.Printer, lines, j.vouched())
	return s.pages.render(c, http.StatusOK, "job", v)
}

// A lineShape is a line of the table for programs.
type lineShape struct {
	Number      int              `json:"number"`
	Name        string           `json:"name"`
	Applicant   string           `json:"applicant,omitempty"`
	Compared    string           `json:"compared,omitempty"`
	Recipient   string           `json:"recipient,omitempty"`
	Achievement string           `json:"achievement,omitempty"`
	Issuer      string           `json:"issuer,omitempty"` // id, as proven
	Verdict     verifier.Verdict `json:"verdict"`
	Finding     string           `json:"finding,omitempty"`
	Sentence    string           `json:"sentence"`
	Reason      string           `json:"reason"`
	Next        string           `json:"next"`
	SHA256      string           `json:"sha256,omitempty"`
}

func (s *Server) jobJSON(c echo.Context, j *job) error {
	rows, done := j.snapshot()
	lines := s.tableOf(s.printer(c), rows)
	out := struct {
		Done  int         `json:"done"`
		Total int         `json:"total"`
		Lines []lineShape `json:"lines"`
	}{done, j.total, make([]lineShape, 0, len(lines))}
	for _, l := range lines {
		out.Lines = append(out.Lines, lineShape{l.Number, l.Name, l.Applicant, l.Compared, l.About, l.What, l.issuer, l.Code, l.Finding, l.Sentence, l.Reason, l.Next, l.SHA256})
	}
	return c.JSON(http.StatusOK, out)
}

// columns heads the table as a file.
func columns(p *i18n.Printer) []string {
	return []string{
		p.T("many.column.number"), p.T("many.column.sent"), p.T("many.column.applicant"), p.T("many.column.compared"),
		p.T("many.column.about"), p.T("many.column.what"), p.T("many.column.issuer"), p.T("many.column.verdict"),
		p.T("many.column.sentence"), p.T("many.column.reason"), p.T("many.column.next"),
		p.T("many.column.code"), p.T("many.column.finding"), "SHA-256", p.T("many.column.checked"),
	}
}

func (s *Server) jobCSV(c echo.Context, j *job) error {
	p := s.printer(c)
	rows, _ := j.snapshot()
	table := [][]string{columns(p)}
	for _, l := range s.tableOf(p, rows) {
		table = append(table, []string{strconv.Itoa(l.Number), l.Name, l.Applicant, l.Compared, l.About, l.What, l.Issuer, l.Verdict, l.Sentence, l.Reason, l.Next,
			string(l.Code), l.Finding, l.SHA256, l.Checked})
	}
	var b bytes.Buffer
	if err := many.WriteCSV(&b, table); err != nil {
		return err
	}
	c.Response().Header().Set("Content-Disposition", `attachment; filename="merkki-`+j.id[:8]+`.csv"`)
	return c.Blob(http.StatusOK, "text/csv; charset=utf-8", b.Bytes())
}

// jobKnown counts an issuer as known in a list, on its reader's word, and judges
// the list anew. Nobody is asked anything for it.
func (s *Server) jobKnown(c echo.Context) error {
	j, ok := s.desk.find(c.Param("id"))
	if !ok {
		return errNoJob
	}
	if err := j.vouch(c.FormValue("issuer"), c.FormValue("forget") != ""); err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, "/verify/jobs/"+j.id)
}

// jobReceipts gives the receipts of all that was checked, as one file.
func (s *Server) jobReceipts(c echo.Context) error {
	j, ok := s.desk.find(c.Param("id"))
	if !ok {
		return errNoJob
	}
	rows, done := j.snapshot()
	if done < j.total {
		return schema.Refusal(schema.CodeConflict, "", map[string]any{"state": "running"})
	}
	lists := j.lists
	for _, id := range j.vouched() {
		lists = append(lists[:len(lists):len(lists)], verifier.TrustList{Name: "reader: " + id})
	}
	items := []schema.Value{}
	for _, r := range rows {
		if r.report == nil {
			continue
		}
		b, signed, err := s.receipt(c.Request().Context(), receipt.Of(r.report, s.c.BaseURL, lists))
		if err != nil {
			return err
		}
		items = append(items, receiptValue(b, signed, r))
	}
	c.Response().Header().Set("Cache-Control", "no-store")
	c.Response().Header().Set("Content-Disposition", `attachment; filename="merkki-receipts-`+j.id[:8]+`.json"`)
	return c.Blob(http.StatusOK, "application/json", schema.Marshal(schema.ObjectValue(schema.Member{Name: "receipts", Value: schema.ArrayValue(items...)})))
}
