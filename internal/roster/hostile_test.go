package roster_test

import (
	"archive/zip"
	"bytes"
	"encoding/csv"
	"io"
	"os"
	"runtime"
	"slices"
	"strings"
	"testing"

	"merkki/internal/roster"
)

// workbook makes an XLSX file with one sheet of this XML; more parts replace
// those of the same name.
func workbook(t testing.TB, sheet string, more map[string]string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	parts := map[string]string{
		"xl/workbook.xml":            `<workbook xmlns:r="r"><sheets><sheet name="A" sheetId="1" r:id="rId1"/></sheets></workbook>`,
		"xl/_rels/workbook.xml.rels": `<Relationships><Relationship Id="rId1" Target="worksheets/sheet1.xml"/></Relationships>`,
		"xl/worksheets/sheet1.xml":   `<worksheet><sheetData>` + sheet + `</sheetData></worksheet>`,
	}
	for name, text := range more {
		parts[name] = text
	}
	for name, text := range parts {
		w, err := z.Create(name)
		if err == nil {
			_, err = io.WriteString(w, text)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

const titles = `<row r="1"><c t="str"><v>name</v></c><c t="str"><v>email</v></c></row>`

func TestHostileWorkbooks(t *testing.T) {
	row := func(cells string) string { return titles + `<row r="2">` + cells + `</row>` }
	for name, c := range map[string]struct {
		file []byte
		want string
	}{
		"a million columns": {workbook(t, row(strings.Repeat(`<c><v>1</v></c>`, 1_000_000)), nil), "LIMIT_EXCEEDED limit line=2 limit=columns"},
		"a column far away": {workbook(t, row(`<c r="XFD2"><v>1</v></c>`), nil), "LIMIT_EXCEEDED limit line=2 limit=columns"},
		"a giant cell":      {workbook(t, row(`<c t="str"><v>`+strings.Repeat("A", 70_000)+`</v></c>`), nil), "LIMIT_EXCEEDED limit limit=cell.bytes"},
		"a giant text":      {workbook(t, titles, map[string]string{"xl/sharedStrings.xml": `<sst><si>` + strings.Repeat("<t>AAAAAAAAAA</t>", 10_000) + `</si></sst>`}), "LIMIT_EXCEEDED limit limit=cell.bytes"},
		"a giant attribute": {workbook(t, row(`<c r="`+strings.Repeat("A", 8<<20)+`"/>`), nil), "LIMIT_EXCEEDED limit limit=cell.bytes"},
		"too many texts":    {workbook(t, titles, map[string]string{"xl/sharedStrings.xml": `<sst>` + strings.Repeat("<si/>", 700_000) + `</sst>`}), "LIMIT_EXCEEDED limit limit=texts"},
		"one text everywhere": {workbook(t, titles+strings.Repeat(`<row>`+strings.Repeat(`<c t="s"><v>0</v></c>`, 200)+`</row>`, 10),
			map[string]string{"xl/sharedStrings.xml": `<sst><si><t>` + strings.Repeat("A", 65_000) + `</t></si></sst>`}), "LIMIT_EXCEEDED limit line=5 limit=text.bytes"},
		"a bomb":               {workbook(t, titles+strings.Repeat("<row></row>", 5<<20), nil), "LIMIT_EXCEEDED limit limit=workbook.bytes"},
		"deep":                 {workbook(t, titles+strings.Repeat("<a>", 1<<20), nil), "PARSING_ERROR workbook"},
		"a document type":      {workbook(t, `<!DOCTYPE a [<!ENTITY b "c">]>`+titles, nil), "PARSING_ERROR workbook"},
		"CDATA":                {workbook(t, row(`<c t="str"><v><![CDATA[A]]></v></c>`), nil), "PARSING_ERROR workbook"},
		"an instruction":       {workbook(t, titles+`<?a b?>`, nil), "PARSING_ERROR workbook"},
		"rows that go back":    {workbook(t, titles+`<row r="1"><c t="str"><v>A</v></c></row>`, nil), "PARSING_ERROR workbook line=1"},
		"a sheet that is gone": {workbook(t, titles, map[string]string{"xl/_rels/workbook.xml.rels": `<R><Relationship Id="rId1" Target="../../etc/passwd"/></R>`}), "PARSING_ERROR workbook"},
	} {
		if _, err := read(c.file, roster.Options{}); told(err) != c.want {
			t.Errorf("%s: %s, want %s", name, told(err), c.want)
		}
	}
	rows, err := read(workbook(t, row(`<c t="s"><v>7</v></c><c t="s"><v>-1</v></c>`), nil), roster.Options{})
	if err != nil || len(rows) != 1 || rows[0] != "2/1 !cell-error !cell-error" {
		t.Errorf("texts that are not there: %q, %v", rows, err)
	}
}

// TestMemory: what a hostile file costs stays near its own size, whatever it
// would unpack to.
func TestMemory(t *testing.T) {
	const most = 150 << 20 // allocated in all, not at once
	for name, b := range map[string][]byte{
		"columns":   []byte("name,email\n" + strings.Repeat(",", 4<<20)),
		"quotes":    []byte("name,email\n\"" + strings.Repeat(`""`, 4<<20)),
		"members":   []byte("{" + strings.Repeat(`"a":1,`, 1_000_000)),
		"attribute": workbook(t, titles+`<row r="`+strings.Repeat("1", 8<<20)+`">`, nil),
		"deep":      workbook(t, titles+strings.Repeat("<a>", 1<<20), nil),
	} {
		var before, after runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&before)
		if _, err := read(b, roster.Options{}); err == nil {
			t.Errorf("%s: accepted", name)
		}
		runtime.ReadMemStats(&after)
		if grown := after.HeapInuse - min(before.HeapInuse, after.HeapInuse); grown > 64<<20 {
			t.Errorf("%s: the heap grew by %d MiB", name, grown>>20)
		}
		if after.TotalAlloc-before.TotalAlloc > most {
			t.Errorf("%s: %d MiB were allocated", name, (after.TotalAlloc-before.TotalAlloc)>>20)
		}
	}
}

// FuzzCSV holds the scanner against encoding/csv: where that reads a table, both
// read the same one. Ours also takes what spreadsheets take.
func FuzzCSV(f *testing.F) {
	for _, s := range []string{"name,email\nA,b\n", "name;email\n\"A;\"\"\nB\";b\r\n\r\nC;d", "name,email\n,\n\"\",x", "name,email\nA\r,b\r\n"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		o := roster.Options{Columns: roster.Awards(), Lenient: true}
		o.Columns[0].Required, o.Columns[1].Required = false, false
		tab, err := roster.Open(b, o)
		if err != nil || bytes.HasPrefix(b, []byte("PK")) || bytes.HasPrefix(bytes.TrimLeft(b, "\ufeff \t\r\n"), []byte("{")) {
			return
		}
		var ours [][]string
		for row, err := range tab.Rows() {
			if err != nil {
				return
			}
			if row.Line < 1 || row.Row != len(ours)+1 || len(row.Cells) > roster.MaxColumns {
				t.Fatalf("%q: row %+v", b, row)
			}
			ours = append(ours, row.Cells)
		}
		for _, sep := range ",;\t" {
			if slices.EqualFunc(ours, theirs(b, sep), slices.Equal) {
				return
			}
		}
		if bytes.ContainsAny(b, "\"\r") || bytes.Contains(b, []byte("\ufeff")) {
			return // what that reader treats in its own way
		}
		t.Errorf("%q: %q, encoding/csv reads %q, %q or %q", b, ours, theirs(b, ','), theirs(b, ';'), theirs(b, '\t'))
	})
}

// theirs are the rows after the heading that have something in them.
func theirs(b []byte, sep rune) (rows [][]string) {
	r := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(b, []byte("\ufeff"))))
	r.Comma, r.FieldsPerRecord = sep, -1
	all, _ := r.ReadAll()
	for _, cells := range all {
		if strings.TrimSpace(strings.Join(cells, "")) != "" {
			rows = append(rows, cells)
		}
	}
	return rows[min(1, len(rows)):]
}

// FuzzWorkbook: an archive never panics the reader and never gets past a bound.
func FuzzWorkbook(f *testing.F) {
	for _, name := range []string{"exceljs.xlsx", "sheetjs.xlsx", "from1904.xlsx"} {
		b, err := os.ReadFile("testdata/" + name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	f.Add(workbook(f, titles, nil))
	f.Fuzz(bounded)
}

// FuzzSheet is FuzzWorkbook for the XML inside, which bytes of an archive rarely
// reach.
func FuzzSheet(f *testing.F) {
	f.Add(titles, `<sst><si><r><t>A</t></r><rPh><t>B</t></rPh></si></sst>`, `<styleSheet><cellXfs><xf numFmtId="14"/></cellXfs></styleSheet>`)
	f.Add(titles+`<row><c t="s" s="0"><v>0</v></c><c s="0"><v>46154.5</v></c><c t="inlineStr"><is><t>x</t></is></c></row>`, ``, ``)
	f.Fuzz(func(t *testing.T, sheet, shared, styles string) {
		bounded(t, workbook(t, sheet, map[string]string{"xl/sharedStrings.xml": shared, "xl/styles.xml": styles}))
	})
}

// FuzzLines is the same for JSON Lines.
func FuzzLines(f *testing.F) {
	f.Add([]byte(`{"name":"Aino","email":"a@x.fi","credits":2.5}` + "\n" + `{"name":[]}`))
	f.Fuzz(bounded)
}

func bounded(t *testing.T, b []byte) {
	o := roster.Options{Columns: roster.Awards(), Lenient: true}
	tab, err := roster.Open(b, o)
	if err != nil {
		if told(err) == err.Error() {
			t.Errorf("an error without a code: %v", err)
		}
		return
	}
	last := 0
	for row, err := range tab.Rows() {
		if err != nil {
			if told(err) == err.Error() {
				t.Errorf("an error without a code: %v", err)
			}
			return
		}
		if row.Line <= last || len(row.Cells) > roster.MaxColumns {
			t.Fatalf("row %d after line %d, %d cells", row.Line, last, len(row.Cells))
		}
		last = row.Line
		for _, c := range row.Cells {
			if len(c) > roster.MaxCell {
				t.Fatalf("a cell of %d bytes", len(c))
			}
		}
	}
}
