package roster_test

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"

	"merkki/internal/roster"
	"merkki/schema"
)

// read returns the rows as "line/row column=value …!problem", one a string.
func read(b []byte, o roster.Options) (rows []string, err error) {
	if o.Columns == nil {
		o.Columns = roster.Awards()
	}
	t, err := roster.Open(b, o)
	if err != nil {
		return nil, err
	}
	for row, err := range t.Rows() {
		if err != nil {
			return rows, err
		}
		s := fmt.Sprintf("%d/%d", row.Line, row.Row)
		values := t.Values(row)
		for _, c := range o.Columns {
			if v, ok := values[c.Name]; ok {
				s += " " + c.Name + "=" + v
			}
		}
		for _, f := range row.Faults {
			s += " !" + f.Args["problem"].(string)
		}
		rows = append(rows, s)
	}
	return rows, nil
}

// told is what is said about a file: code, problem and line.
func told(err error) string {
	f, ok := errors.AsType[*schema.Fault](err)
	if !ok {
		return fmt.Sprint(err)
	}
	s := fmt.Sprintf("%s %v", f.Code, f.Args["problem"])
	for _, arg := range []string{"line", "encoding", "kind", "limit", "suggestion", "column"} {
		if v := f.Args[arg]; v != nil && v != "" {
			s += fmt.Sprintf(" %s=%v", arg, v)
		}
	}
	return s
}

func nearest(word string, known []string) string { // enough for the tests
	for _, k := range known {
		if len(k) > 3 && strings.HasPrefix(k, word[:3]) {
			return k
		}
	}
	return ""
}

func TestFiles(t *testing.T) {
	utf16 := "\xff\xfen\x00a\x00m\x00e\x00;\x00e\x00m\x00a\x00i\x00l\x00\n\x00A\x00;\x00a\x00\n\x00"
	for name, c := range map[string]struct {
		file string
		o    roster.Options
		want string
	}{
		"commas":           {"name,email\nAino,a@x.fi\n", roster.Options{}, "2/1 name=Aino email=a@x.fi"},
		"semicolons":       {"name;email;result\nAino;a@x.fi;4,5\n", roster.Options{}, "2/1 name=Aino email=a@x.fi result=4,5"},
		"tabs":             {"name\temail\nAino\ta@x.fi\n", roster.Options{}, "2/1 name=Aino email=a@x.fi"},
		"byte order mark":  {"\ufeffname,email\nAino,a@x.fi", roster.Options{}, "2/1 name=Aino email=a@x.fi"},
		"carriage returns": {"name,email\r\nAino,a@x.fi\r\n", roster.Options{}, "2/1 name=Aino email=a@x.fi"},
		"Finnish heading":  {"Nimi;Sähköposti;Suoritettu;Opintopisteet\nÄiti;a@x.fi;12.5.2026;2,5", roster.Options{}, "2/1 name=Äiti email=a@x.fi completed=12.5.2026 credits=2,5"},
		"Swedish heading":  {"Namn;E-post;Giltig till;Betyg\nBjörn;b@x.fi;31.12.2027;VG", roster.Options{}, "2/1 name=Björn email=b@x.fi valid_until=31.12.2027 result=VG"},
		"quotes":           {"name,email\n\"Ek, \"\"Bo\"\"\",a@x.fi\n", roster.Options{}, `2/1 name=Ek, "Bo" email=a@x.fi`},
		"quote inside":     {"name,email\nBo \"B\" Ek,a@x.fi\n", roster.Options{}, `2/1 name=Bo "B" Ek email=a@x.fi`},
		"lines as a spreadsheet counts them": {
			"name,email\n\"A\nB\",a@x.fi\n\n,\nC,c@x.fi\n", roster.Options{}, "2/1 name=A\nB email=a@x.fi|5/2 name=C email=c@x.fi"},
		"short row":            {"name,email\nAino\n", roster.Options{}, "2/1 name=Aino"},
		"long row":             {"name,email\nAino,a@x.fi,5\n", roster.Options{}, "2/1 name=Aino email=a@x.fi !cells"},
		"long but empty":       {"name,email\nAino,a@x.fi,,\n", roster.Options{}, "2/1 name=Aino email=a@x.fi"},
		"empty heading":        {"name,email,,\nAino,a@x.fi,,\n", roster.Options{}, "2/1 name=Aino email=a@x.fi"},
		"map":                  {"Etunimi,email,Nro\nAino,a@x.fi,7\n", roster.Options{Map: map[string]string{"Etunimi": "name", "nro": "-"}}, "2/1 name=Aino email=a@x.fi"},
		"lenient":              {"name,email,Nro\nAino,a@x.fi,7\n", roster.Options{Lenient: true}, "2/1 name=Aino email=a@x.fi"},
		"Windows-1252":         {"name,email\n\xc4iti,a@x.fi\n", roster.Options{Encoding: "windows-1252"}, "2/1 name=Äiti email=a@x.fi"},
		"UTF-16":               {utf16, roster.Options{Encoding: "utf-16"}, "2/1 name=A email=a"},
		"JSON Lines":           {`{"name":"Aino","email":"a@x.fi","credits":2.5,"result":null}` + "\n\n" + `{"email":"b@x.fi","Nimi":"B"}`, roster.Options{}, "1/1 name=Aino email=a@x.fi credits=2.5|3/2 name=B email=b@x.fi"},
		"JSON value":           {`{"name":["Aino"],"email":"a@x.fi"}`, roster.Options{}, "1/1 email=a@x.fi !json-value"},
		"list without heading": {"7K2M\n7K2N\n", roster.Options{Columns: roster.Changes(), Headless: func(c []string) bool { return c[0] == "7K2M" }}, "1/1 id=7K2M|2/2 id=7K2N"},
		"guarded formulas":     {"name,email,problem\n'=1+1,a@x.fi,none\n'Aino',b@x.fi,\n", roster.Options{}, "2/1 name==1+1 email=a@x.fi problem=none|3/2 name='Aino' email=b@x.fi"},
		"no rows":              {"name,email\n", roster.Options{}, ""},
	} {
		rows, err := read([]byte(c.file), c.o)
		if got := strings.Join(rows, "|"); err != nil || got != c.want {
			t.Errorf("%s: %q, %v, want %q", name, got, err, c.want)
		}
	}
}

func TestRefusedFiles(t *testing.T) {
	heading := "name,email\n"
	for name, c := range map[string]struct {
		file string
		o    roster.Options
		want string
	}{
		"nothing":                   {"", roster.Options{}, "PARSING_ERROR empty"},
		"blank lines":               {"\n;;\n", roster.Options{}, "PARSING_ERROR empty"},
		"Windows-1252":              {heading + "Aino,a@x.fi\n\xc4iti,b@x.fi\n", roster.Options{}, "PARSING_ERROR encoding line=3 encoding=windows-1252"},
		"Windows-1252 heading":      {"S\xe4hk\xf6posti,name\n", roster.Options{}, "PARSING_ERROR encoding line=1 encoding=windows-1252"},
		"line of a cell with lines": {heading + "\"A\nB\",a@x.fi\n\xc4,b@x.fi\n", roster.Options{}, "PARSING_ERROR encoding line=3 encoding=windows-1252"},
		"no encoding we know":       {heading + "\x81\xff,b@x.fi\n", roster.Options{}, "PARSING_ERROR encoding line=2"},
		"UTF-16":                    {"\xff\xfen\x00a\x00", roster.Options{}, "PARSING_ERROR encoding line=1 encoding=utf-16"},
		"unknown encoding":          {heading, roster.Options{Encoding: "latin9"}, "RANGE_ERROR encoding-unknown"},
		"unknown heading":           {"name,emial\n", roster.Options{Nearest: func(string, []string) string { return "e_mail" }}, "UNKNOWN_FIELD heading suggestion=email"},
		"heading twice":             {"name,email,Nimi\n", roster.Options{}, "MALFORMED_VALUE_ERROR heading-twice column=name"},
		"no name":                   {"email,result\n", roster.Options{}, "MALFORMED_VALUE_ERROR heading-missing column=name"},
		"map of nothing":            {heading, roster.Options{Map: map[string]string{"namn": "name"}, Nearest: nearest}, "MALFORMED_VALUE_ERROR map-heading suggestion=name"},
		"map to nothing":            {heading, roster.Options{Map: map[string]string{"name": "namme"}, Nearest: nearest}, "MALFORMED_VALUE_ERROR map-column suggestion=name"},
		"open quote":                {heading + "\"Aino,a@x.fi\n", roster.Options{}, "PARSING_ERROR quotes line=2"},
		"text after a quote":        {heading + "\"Aino\" V,a@x.fi\n", roster.Options{}, "PARSING_ERROR quotes line=2"},
		"PDF":                       {"%PDF-1.7\n", roster.Options{}, "PARSING_ERROR kind kind=pdf"},
		"broken JSON":               {`{"name":"A","email":"a@x.fi"}` + "\n{\"name\":}", roster.Options{}, "PARSING_ERROR json line=2"},
		"unknown member":            {`{"nmae":"A"}`, roster.Options{}, "UNKNOWN_FIELD heading line=1"},
		"torn workbook":             {"PK\x03\x04nothing", roster.Options{}, "PARSING_ERROR workbook"},
		"giant cell":                {heading + strings.Repeat("A", 70_000) + ",a@x.fi\n", roster.Options{}, "LIMIT_EXCEEDED limit line=2 limit=cell.bytes"},
		"giant quoted cell":         {heading + `"` + strings.Repeat("A\n", 70_000) + `",a@x.fi`, roster.Options{}, "LIMIT_EXCEEDED limit line=2 limit=cell.bytes"},
		"quotes without end":        {heading + `"` + strings.Repeat(`""`, 1<<20), roster.Options{}, "LIMIT_EXCEEDED limit line=2 limit=cell.bytes"},
		"a million columns":         {heading + strings.Repeat(",", 1_000_000) + "\n", roster.Options{}, "LIMIT_EXCEEDED limit line=2 limit=columns"},
		"a million headings":        {strings.Repeat("a,", 1_000_000) + "\n", roster.Options{}, "LIMIT_EXCEEDED limit line=1 limit=columns"},
		"a million members":         {"{" + strings.Repeat(`"a":1,`, 1_000_000) + `"b":1}`, roster.Options{}, "LIMIT_EXCEEDED limit line=1 limit=line.bytes"},
		"too many rows":             {heading + strings.Repeat("A,a@x.fi\n", roster.MaxRows+1), roster.Options{}, "LIMIT_EXCEEDED limit line=50002 limit=rows"},
		"too large":                 {strings.Repeat("A", roster.MaxBytes+1), roster.Options{}, "LIMIT_EXCEEDED limit limit=file.bytes"},
	} {
		if _, err := read([]byte(c.file), c.o); told(err) != c.want {
			t.Errorf("%s: %s, want %s", name, told(err), c.want)
		}
	}
}

// TestSpreadsheets reads what other programs wrote: ExcelJS 4 and SheetJS 0.18,
// with a hidden sheet before the visible one, dates in two forms and counts, rich
// text, a formula, an error, and a sum that binary numbers do not have.
func TestSpreadsheets(t *testing.T) {
	four := "2/1 name=Aino Virtanen email=aino@example.org completed=2026-05-12 result=4.5 credits=5|" +
		"4/2 name=Björn Ek email=bjorn@example.org completed=2026-05-13 result=3 credits=0.3|" +
		"5/3 name=Ánne Máret email=anne@example.org completed=14.5.2026 result=5 credits=2.5"
	for file, want := range map[string]string{
		"exceljs.xlsx":  four + "|6/4 name=Ville Niemi email=ville@example.org completed=2026-05-15T08:30:00 result=#N/A !cell-error",
		"sheetjs.xlsx":  four,
		"from1904.xlsx": "2/1 name=Aino Virtanen email=aino@example.org completed=2026-05-12",
	} {
		b, err := os.ReadFile("testdata/" + file)
		if err != nil {
			t.Fatal(err)
		}
		rows, err := read(b, roster.Options{})
		if got := strings.Join(rows, "|"); err != nil || got != want {
			t.Errorf("%s: %v\n got %q\nwant %q", file, err, got, want)
		}
	}
	for file, want := range map[string]string{"old.xls": "xls", "table.ods": "ods"} {
		b, err := os.ReadFile("testdata/" + file)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := read(b, roster.Options{}); told(err) != "PARSING_ERROR kind kind="+want {
			t.Errorf("%s: %s", file, told(err))
		}
	}
}
