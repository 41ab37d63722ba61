package roster

import (
	"archive/zip"
	"encoding/xml"
	"math"
	"strconv"
	"strings"
	"time"
)

// readStyles finds the styles that show dates. Cells name a style by its place
// among cellXfs, and a style a format by number.
func (w *workbook) readStyles(z *zip.Reader) error {
	w.dates = map[int]bool{}
	formats := map[string]string{}
	styles, inside := 0, false
	return w.each(z, "xl/styles.xml", func(_ *part, e xml.StartElement) error {
		switch e.Name.Local {
		case "numFmt":
			if len(formats) < 1000 {
				formats[attribute(e, "numFmtId")] = attribute(e, "formatCode")
			}
		case "cellXfs":
			inside = true
		case "cellStyles", "dxfs":
			inside = false
		case "xf":
			if !inside {
				return nil
			}
			if id := attribute(e, "numFmtId"); isDate(id, formats[id]) {
				w.dates[styles] = true
			}
			styles++
		}
		return nil
	})
}

// isDate reports whether a format shows a number as a date: one of those that
// every program has, or one with a day or a year in it.
func isDate(id, format string) bool {
	if format == "" {
		n, _ := strconv.Atoi(id)
		return 14 <= n && n <= 17 || n == 22 || 27 <= n && n <= 36 || 50 <= n && n <= 58
	}
	quoted, bracket := false, false
	for n := 0; n < len(format); n++ {
		switch c := format[n]; {
		case c == '\\' || c == '_' || c == '*':
			n++ // the next character is shown as it is, or as room
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '[':
			bracket = true
		case c == ']':
			bracket = false
		case bracket:
		case strings.IndexByte("dDyY", c) >= 0:
			return true
		}
	}
	return false
}

// number writes a number as a cell shows it: a day, or at most the 15 digits
// that spreadsheets keep. A moment of a day comes without a zone, as it is.
func (w *workbook) number(value string, date bool) string {
	f, err := strconv.ParseFloat(value, 64)
	if err != nil || math.IsInf(f, 0) || math.IsNaN(f) {
		return value
	}
	if date {
		return w.day(f, value)
	}
	if short, err := strconv.ParseFloat(strconv.FormatFloat(f, 'g', 15, 64), 64); err == nil {
		f = short
	}
	if math.Abs(f) >= 1e21 || f != 0 && math.Abs(f) < 1e-9 {
		return value
	}
	return strconv.FormatFloat(f, 'f', -1, 64)
}

// day turns a serial number into a date. Day 60 of the usual count is
// 29 February 1900, which never was: days before it count one less.
func (w *workbook) day(serial float64, value string) string {
	if serial < 1 || serial > 2958465 { // 9999-12-31
		return value
	}
	epoch := time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC)
	switch {
	case w.is1904:
		epoch = time.Date(1904, 1, 1, 0, 0, 0, 0, time.UTC)
	case serial < 60:
		epoch = epoch.AddDate(0, 0, 1)
	}
	whole, part := math.Modf(serial)
	t := epoch.AddDate(0, 0, int(whole))
	if seconds := math.Round(part * 86400); seconds > 0 {
		return t.Add(time.Duration(seconds) * time.Second).Format("2006-01-02T15:04:05")
	}
	return t.Format(time.DateOnly)
}
