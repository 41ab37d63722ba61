package bake_test

import (
	"os"
	"runtime"
	"strings"
	"testing"
	"time"

	"merkki/internal/judge"
	"merkki/schema/bake"
)

// fill repeats part up to a size.
func fill(part string, size int) string { return strings.Repeat(part, size/len(part)) }

// TestCost bounds what reading the most costly files takes: the CPU time of a
// verification (security model, section 5), and all that is ever allocated, most of
// which is garbage at once. The long form takes the largest files that are read,
// the short one a tenth of them and no stopwatch.
func TestCost(t *testing.T) {
	long := os.Getenv("MERKKI_LONG") == "1"
	largestImage, largestPDF := 1<<20, 2<<20
	if long {
		largestImage, largestPDF = 10<<20, 20<<20
	}
	const svg = `<svg xmlns="http://www.w3.org/2000/svg">`
	many := strings.Builder{}
	for many.WriteString(svg); many.Len() < largestImage; {
		many.WriteString("<g" + fill(` abcd=""`, 60<<10) + "/>")
	}
	for name, c := range map[string]struct {
		in   string
		from func([]byte) (*bake.Content, error)
	}{
		"elements":         {svg + fill("<g/>", largestImage), bake.FromSVG},
		"wide elements":    {svg + fill(`<g a="" b="" c="" d="" e="" f="" g="" h=""/>`, largestImage), bake.FromSVG},
		"attributes":       {many.String(), bake.FromSVG},
		"one tag":          {svg + "<g " + fill(`a="" `, largestImage) + "/>", bake.FromSVG},
		"one value":        {svg + `<g a="` + fill("x", largestImage-100) + `"/></svg>`, bake.FromSVG},
		"one text":         {svg + fill("x", largestImage-100) + "</svg>", bake.FromSVG},
		"one character":    {svg + fill("&#65;", largestImage-100) + "</svg>", bake.FromSVG},
		"comments":         {svg + fill("<!---->", largestImage-100) + "</svg>", bake.FromSVG},
		"large credential": {svg + `<credential xmlns="https://purl.imsglobal.org/ob/v3p0">` + fill("<![CDATA[x]]>", largestImage-200) + "</credential></svg>", bake.FromSVG},
		"chunks":           {string(withChunks(t, fill(part("tEXt", "a\x00"), largestImage))), bake.FromPNG},
		"one chunk":        {string(withChunks(t, part("tEXt", "openbadgecredential\x00"+fill("\xff", largestImage)))), bake.FromPNG},
		"values":           {document("[" + fill("0 ", largestPDF) + "]"), bake.FromPDF},
		"references":       {document("<</Pages 2 0 R>>", "<</Kids["+fill("2 0 R ", largestPDF)+"]>>"), bake.FromPDF},
		"comment":          {document("<</Pages 2 0 R>>", fill("%", largestPDF)), bake.FromPDF},
		"string":           {document("<</Pages(" + fill("a", largestPDF-500) + ")>>"), bake.FromPDF},
		"table":            {"%PDF-1.7\nxref\n1 90000\n" + strings.Repeat("0000000009 00000 n \n", 90_000) + "trailer<</Root 1 0 R>>\nstartxref\n9\n", bake.FromPDF},
		"bomb":             {document(catalogue, spec("x", 4), nothing, streamOf(asVC+"/Filter/FlateDecode", deflated(strings.Repeat(" ", 15<<20)))), bake.FromPDF},
	} {
		in := []byte(c.in)
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		spent := judge.CPUTime(func() { _, _ = c.from(in) })
		runtime.ReadMemStats(&after)
		allocated := (after.TotalAlloc - before.TotalAlloc) >> 20
		t.Logf("%-18s %5d ms, %4d MiB allocated in all", name, spent.Milliseconds(), allocated)
		if long && spent > 250*time.Millisecond || allocated > 300 {
			t.Errorf("%s costs too much", name)
		}
	}
}
