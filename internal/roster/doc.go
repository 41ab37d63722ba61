// Package roster reads the tables that registrars have: CSV as spreadsheets and
// study systems write it, the first sheet of an XLSX workbook, or JSON Lines.
// What a file is, is decided from its bytes.
//
//	t, err := roster.Open(b, roster.Options{Columns: roster.Awards()})
//	for row, err := range t.Rows() {
//		if err != nil {
//			return err // the file is refused as a whole
//		}
//		use(row.Line, t.Values(row))
//	}
//
// The heading names the columns, in Finnish, Swedish, English or by their own
// names; another heading is refused with the nearest known one, unless
// [Options.Map] says which column it is, or that it is none. A [Row] has the
// number that a spreadsheet shows (Line, the heading included) and that of the
// row among the data (Row, from 1). Rows without any text are passed over.
//
// CSV is RFC 4180 with a comma, a semicolon or a tab between cells, told from
// the heading, and with or without a byte order mark. It is UTF-8, or what
// [Options.Encoding] says: an encoding is named, never guessed. In XLSX a
// number in the format of a date is read as that day, any other as it is shown
// with at most 15 digits; a formula counts by its last value. A line of JSON
// Lines is an object whose members are columns.
//
// A *schema.Fault that ends the sequence is about the whole file; its arguments
// have "problem", for the words of package i18n ("row." and the problem), and
// "line". Faults of one row stand in the row. Everything is bounded: see the
// constants, security model, section 5. Nothing is given out that a bound cuts.
package roster
