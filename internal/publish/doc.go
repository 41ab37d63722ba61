// Package publish makes what the world sees out of signed documents: the facts
// that a page shows, QR codes, safe markup, the certificate on paper, the badge of
// an achievement without a picture. Its functions are pure, they ask
// nobody and keep nothing, so that golden files can judge them.
//
// Everything in a credential is hostile in every channel, also when we signed it
// ourselves: names come from registries and forms. Texts come out of here with
// control characters made visible and clipped, addresses judged ([NewLink]),
// Markdown sanitised ([Markdown]). Nothing signed is ever changed or stored
// "cleaned". Words for readers are not made here but in package i18n.
//
//	facts := publish.Credential(signed.Root())
//	code, err := publish.NewQR(record.URL)
//	file, err := publish.Certificate{Facts: facts, …}.PDF()
//	badge := publish.BadgeOf(facts.Achievement, facts.IssuerID, false).SVG()
package publish
