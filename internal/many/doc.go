// Package many reads what somebody sends who checks many credentials at once:
// files, ZIP archives of files, lists of links, and tables with a line for each
// applicant. It turns them into entries and judges none of them; every entry goes
// through the same verifier as everybody's.
//
//	entries, err := many.Gather(files, text)
//	for _, e := range entries {
//		switch {
//		case e.Situation != "": // nothing to verify: say so, with its next step
//		case e.Link != "":      // retrieve it, then verify
//		default:                // verify e.Bytes
//		}
//	}
//
// What a thing is, is decided from its bytes, never from its name. Names of files
// are text to show, and to find the file that a line of a table means; nothing is
// ever opened or written under one. Everything is bounded before it is expanded:
// [MaxEntries] entries, [MaxBytes] as sent and as expanded, no archive inside
// another (it stays an entry, which the verifier names as an archive).
//
// Package many also knows what people really send ([Situation]): the page of a
// badge platform, a picture with nothing but a code in it. Those are data, a row
// each in situations.json, with words and a next step in the catalogues of
// internal/i18n under "situation.NAME" and "situation.NAME.next". And it writes
// the answer as a table for a spreadsheet ([WriteCSV]), inert.
package many
