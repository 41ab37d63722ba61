package web

import (
	"encoding/json"
	"errors"
	"io"
	"iter"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"merkki/internal/roster"
	"merkki/issuer"
	"merkki/schema"
)

// batchRoutes are for whole files. They have limits of their own: a file is
// larger than any other request, and progress lasts longer than any other
// answer.
func (s *Server) batchRoutes(e *echo.Echo, local bool) {
	g := e.Group("/api/v1/batches", s.allowance(s.calling, local), private, s.authenticate(local))
	g.POST("", s.startBatch(local), limitBody(roster.MaxBytes+64<<10))
	g.GET("", s.listBatches)
	g.GET("/:id", s.showBatch)
	g.GET("/:id/events", s.batchEvents)
	g.GET("/:id/result.csv", s.batchResult)
	g.GET("/:id/result.jsonl", s.batchResultLines)
	g.GET("/:id/rejects.csv", s.batchRejects)
}

// fileTime is how long a file may take to arrive.
const fileTime = 2 * time.Minute

// startBatch takes a file in: as the body, with the order in the query, or as
// the part "file" of a form, with the order in its fields.
func (s *Server) startBatch(local bool) echo.HandlerFunc {
	return func(c echo.Context) error {
		r := c.Request()
		key := r.Header.Get("Idempotency-Key")
		if (key == "" && !local) || len(key) > 255 {
			return schema.Refusal(schema.CodePreconditionRequired, "", map[string]any{"header": "Idempotency-Key"})
		}
		_ = http.NewResponseController(c.Response()).SetReadDeadline(time.Now().Add(fileTime)) // not every connection has one
		file, fields, err := readFile(r)
		if err != nil {
			return err
		}
		o, how, err := orderOf(fields)
		if err != nil {
			return err
		}
		table, err := roster.Open(file, how)
		if err != nil {
			return err
		}
		if o.Action == "issue" && o.Achievement == "" && !slices.Contains(table.Names, "achievement") {
			return schema.Refusal(schema.CodeMalformedValueError, "/achievement", map[string]any{"problem": "achievement-missing"})
		}
		ctx := r.Context()
		b, err := s.c.Service.StartBatch(ctx, actor(ctx), key, o, table.Heading, batchRows(table))
		if err != nil {
			return err
		}
		c.Response().Header().Set("Location", "/api/v1/batches/"+b.ID)
		return c.JSON(http.StatusAccepted, shapeBatch(b))
	}
}

// fileTypes are the media types of a file that is the whole body.
var fileTypes = []string{
	"text/csv", "application/jsonl", "application/x-ndjson", "application/octet-stream",
	"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}

func readFile(r *http.Request) (file []byte, fields url.Values, err error) {
	t, params, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	switch {
	case t == "multipart/form-data":
		return readForm(multipart.NewReader(r.Body, params["boundary"]))
	case slices.Contains(fileTypes, t):
		file, err = io.ReadAll(r.Body)
		return file, r.URL.Query(), err
	}
	return nil, nil, schema.Refusal(schema.CodeUnsupportedMediaType, "", map[string]any{"found": t, "expected": "multipart/form-data, " + strings.Join(fileTypes, ", ")})
}

// readForm reads one file and a few short fields; the name of the file is not
// looked at.
func readForm(m *multipart.Reader) (file []byte, fields url.Values, err error) {
	fields = url.Values{}
	for n := 0; ; n++ {
		p, err := m.NextPart()
		if errors.Is(err, io.EOF) && file != nil {
			return file, fields, nil
		}
		if err != nil {
			return nil, nil, torn(err)
		}
		if n > 300 {
			return nil, nil, schema.Refusal(schema.CodeLimitExceeded, "", map[string]any{"limit": "form.parts", "max": 300})
		}
		if p.FormName() == "file" && file == nil {
			if file, err = io.ReadAll(p); err != nil {
				return nil, nil, torn(err)
			}
			continue
		}
		v, err := io.ReadAll(io.LimitReader(p, formBody+1))
		if err != nil {
			return nil, nil, torn(err)
		}
		if len(v) > formBody {
			return nil, nil, schema.Refusal(schema.CodeLimitExceeded, "", map[string]any{"limit": "form.bytes", "max": formBody})
		}
		fields.Add(p.FormName(), string(v))
	}
}

// torn is a form that ends in the middle, or has no file.
func torn(err error) error {
	if _, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return err
	}
	return schema.Refusal(schema.CodeParsingError, "", map[string]any{"form": "file"})
}

// orderFields are what a request may say beside the file.
var orderFields = []string{"action", "achievement", "hashedEmail", "mail", "reason", "code", "dryRun", "allOrNothing", "encoding", "map"}

// orderOf reads what is to be done, and how the file is to be read. "map" is
// HEADING=COLUMN, as often as need be.
func orderOf(fields url.Values) (o issuer.BatchOrder, how roster.Options, err error) {
	var faults joined
	for name := range fields {
		if !slices.Contains(orderFields, name) {
			faults = append(faults, schema.Refusal(schema.CodeUnknownField, "/"+escapePointer(name), map[string]any{"member": name, "suggestion": Nearest(name, orderFields)}))
		}
	}
	flag := func(name string) bool {
		v := fields.Get(name)
		if v != "" && v != "true" && v != "false" {
			faults = append(faults, schema.Refusal(schema.CodeMalformedValueError, "/"+name, map[string]any{"expected": "true, false"}))
		}
		return v == "true"
	}
	o = issuer.BatchOrder{
		Action: fields.Get("action"), Achievement: fields.Get("achievement"), Reason: fields.Get("reason"), Code: fields.Get("code"),
		HashedEmail: flag("hashedEmail"), Mail: flag("mail"), DryRun: flag("dryRun"), AllOrNothing: flag("allOrNothing"),
	}
	if o.Action == "" {
		o.Action = "issue"
	}
	how = roster.Options{Columns: roster.Awards(), Encoding: fields.Get("encoding"), Map: map[string]string{}, Nearest: Nearest}
	if o.Action != "issue" {
		how.Columns, how.Lenient, how.Headless = roster.Changes(), true, isIDs
	}
	for _, m := range fields["map"] {
		at := strings.LastIndexByte(m, '=')
		if at <= 0 {
			faults = append(faults, schema.Refusal(schema.CodeMalformedValueError, "/map", map[string]any{"expected": "HEADING=COLUMN"}))
			continue
		}
		how.Map[m[:at]] = m[at+1:]
	}
	if len(faults) > 0 {
		return o, how, faults
	}
	return o, how, nil
}

// isIDs reports whether the first row of a file names a credential already.
func isIDs(first []string) bool {
	id := strings.TrimSpace(first[0])
	_, err := issuer.ParseID(id[strings.LastIndexByte(id, '/')+1:])
	return err == nil
}

// batchRows gives the rows of a table to the service.
func batchRows(t *roster.Table) iter.Seq2[issuer.BatchRow, error] {
	return func(yield func(issuer.BatchRow, error) bool) {
		for row, err := range t.Rows() {
			if err != nil {
				yield(issuer.BatchRow{}, err)
				return
			}
			out := issuer.BatchRow{Line: row.Line, Row: row.Row, Values: t.Values(row), Cells: row.Cells}
			for _, f := range row.Faults {
				column := strings.TrimPrefix(f.Pointer, "/")
				out.Faults = append(out.Faults, issuer.RowFaultOf(f, column, out.Values[column]))
			}
			if !yield(out, nil) {
				return
			}
		}
	}
}

func (s *Server) listBatches(c echo.Context) error {
	ctx := c.Request().Context()
	all, err := s.c.Service.Batches(ctx, actor(ctx))
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, listOf(all, "", shapeBatch))
}

func (s *Server) showBatch(c echo.Context) error {
	ctx := c.Request().Context()
	b, err := s.c.Service.Batch(ctx, actor(ctx), c.Param("id"))
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, shapeBatch(b))
}

// Events come at every change, but not more often than anybody can read, and now
// and then without one, so that nothing on the way takes the connection for dead.
const (
	eventGap   = 200 * time.Millisecond
	eventPause = 15 * time.Second
)

// batchEvents tells progress as server-sent events: "progress" with the batch as
// data, and "end" with the batch as it ended.
func (s *Server) batchEvents(c echo.Context) error {
	ctx := c.Request().Context()
	w := c.Response()
	control := http.NewResponseController(w)
	for begun := false; ; begun = true {
		news := s.c.Service.BatchNews()
		b, err := s.c.Service.Batch(ctx, actor(ctx), c.Param("id"))
		if err != nil {
			if begun {
				return nil // it is too late for a status
			}
			return err
		}
		if !begun {
			w.Header().Set("Content-Type", "text/event-stream")
			w.WriteHeader(http.StatusOK)
		}
		name := "progress"
		if b.State.Final() {
			name = "end"
		}
		data, err := json.Marshal(shapeBatch(b))
		if err != nil {
			return err
		}
		_ = control.SetWriteDeadline(time.Now().Add(2 * eventPause))
		if _, err := w.Write([]byte("event: " + name + "\ndata: " + string(data) + "\n\n")); err != nil || b.State.Final() {
			return nil // the reader is gone, or has read the end
		}
		_ = control.Flush()
		if !wait(c, eventGap, nil) || !wait(c, eventPause, news) {
			return nil
		}
	}
}

// wait returns at news or after a while; false when the client is gone.
func wait(c echo.Context, most time.Duration, news <-chan struct{}) bool {
	t := time.NewTimer(most)
	defer t.Stop()
	select {
	case <-c.Request().Context().Done():
		return false
	case <-news:
	case <-t.C:
	}
	return true
}
