// Package mail writes to learners and hands the letters to a relay.
//
// [Compose] turns an [issuer.Letter] into a [Message]: a text and an HTML part
// that say the same, in the learner's language, with one button. A letter loads
// nothing and reports nothing; every text that comes from people is one line of
// visible characters before it stands in a header or in the text, and is escaped
// in the HTML. [Relay] hands messages over by SMTP, under TLS unless the relay is
// on this machine. It is an [issuer.Courier]:
//
//	r, err := mail.ParseRelay("smtps://merkki@smtp.example.fi", password)
//	post := &mail.Post{Relay: r, From: "badges@example.fi", BaseURL: "https://badges.example.fi"}
//	next, err := service.Deliver(ctx, post)
//
// Signing (DKIM, RFC 6376) is the relay's. The Message-ID of a mail is its ID in
// the outbox @ the host of the base URL, the same each time it is tried.
package mail
