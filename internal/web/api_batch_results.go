package web

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"merkki/internal/i18n"
	"merkki/internal/many"
	"merkki/issuer"
	"merkki/schema"
)

type batchShape struct {
	ID           string                 `json:"id"`
	Action       string                 `json:"action"`
	Achievement  string                 `json:"achievement,omitempty"`
	DryRun       bool                   `json:"dryRun,omitempty"`
	AllOrNothing bool                   `json:"allOrNothing,omitempty"`
	State        issuer.BatchState      `json:"state"`
	Rows         int                    `json:"rows"`
	Done         int                    `json:"done"`
	Counts       map[issuer.Outcome]int `json:"counts"`
	Created      string                 `json:"created"`
	Finished     string                 `json:"finished,omitempty"`
	Expires      string                 `json:"expires"`
	Trouble      schema.Code            `json:"trouble,omitempty"`
}

func shapeBatch(b issuer.Batch) batchShape {
	return batchShape{
		ID: b.ID, Action: b.Order.Action, Achievement: b.Order.Achievement, DryRun: b.Order.DryRun, AllOrNothing: b.Order.AllOrNothing,
		State: b.State, Rows: b.Rows, Done: b.Done, Counts: b.Counts,
		Created: wire(b.Created), Finished: wire(b.Finished), Expires: wire(b.Expires), Trouble: b.Trouble,
	}
}

// A rowShape is what came of a row, with the sentences that say why.
type rowShape struct {
	issuer.RowResult
	Errors []rowFaultShape `json:"errors,omitempty"`
}

type rowFaultShape struct {
	issuer.RowFault
	Detail string `json:"detail"`
}

func shapeRow(r issuer.RowResult, p *i18n.Printer) rowShape {
	out := rowShape{RowResult: r}
	for _, f := range r.Faults {
		out.Errors = append(out.Errors, rowFaultShape{f, p.Problem(f.Fault()).Detail})
	}
	return out
}

// batchResultLines answers with a JSON object for each row.
func (s *Server) batchResultLines(c echo.Context) error {
	ctx := c.Request().Context()
	p := s.printer(c)
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	err := s.c.Service.BatchResults(ctx, actor(ctx), c.Param("id"), func(r issuer.RowResult) error { return enc.Encode(shapeRow(r, p)) })
	if err != nil {
		return err
	}
	return c.Blob(http.StatusOK, "application/jsonl", b.Bytes())
}

// batchResult answers with a table: a line for each row, or one for each thing
// that is wrong with it.
func (s *Server) batchResult(c echo.Context) error {
	ctx := c.Request().Context()
	p := s.printer(c)
	table := [][]string{{"row", "line", "outcome", "row_key", "name", "achievement", "id", "address", "column", "value", "problem"}}
	err := s.c.Service.BatchResults(ctx, actor(ctx), c.Param("id"), func(r issuer.RowResult) error {
		head := []string{strconv.Itoa(r.Row), strconv.Itoa(r.Line), string(r.Outcome), r.Key, r.Name, r.Achievement, r.ID, r.URL}
		if len(r.Faults) == 0 {
			table = append(table, append(head, "", "", ""))
		}
		for _, f := range r.Faults {
			table = append(table, append(head[:len(head):len(head)], f.Column, f.Value, p.Problem(f.Fault()).Detail))
		}
		return nil
	})
	if err != nil {
		return err
	}
	return answerTable(c, table)
}

// batchRejects answers with the rows that were rejected, as they stood in the
// file, and what is wrong with each: to be corrected and sent again.
func (s *Server) batchRejects(c echo.Context) error {
	ctx := c.Request().Context()
	p := s.printer(c)
	var table [][]string
	err := s.c.Service.BatchRejects(ctx, actor(ctx), c.Param("id"), func(row issuer.BatchRow, r issuer.RowResult) error {
		if row.Row == 0 {
			table = append(table, append(row.Cells, "problem"))
			return nil
		}
		var said []string
		for _, f := range r.Faults {
			detail := p.Problem(f.Fault()).Detail
			if f.Column != "" {
				detail = f.Column + ": " + detail
			}
			said = append(said, detail)
		}
		cells := make([]string, len(table[0]))
		copy(cells, row.Cells)
		cells[len(cells)-1] = strings.Join(said, " ")
		table = append(table, cells)
		return nil
	})
	if err != nil {
		return err
	}
	return answerTable(c, table)
}

func answerTable(c echo.Context, table [][]string) error {
	var b bytes.Buffer
	if err := many.WriteCSV(&b, table); err != nil {
		return err
	}
	return c.Blob(http.StatusOK, "text/csv; charset=utf-8", b.Bytes())
}
