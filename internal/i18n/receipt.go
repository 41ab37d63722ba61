package i18n

import (
	"merkki/verifier"
	"merkki/verifier/receipt"
)

// ReceiptWords are what is said of a receipt of a check: whether it is one, what
// to do, and what it says itself ("" where that is not its issuer's word).
type ReceiptWords struct {
	Headline
	Says string
}

// Receipt puts the reading of a receipt into words.
func (p *Printer) Receipt(r receipt.Reading) ReceiptWords {
	w := ReceiptWords{Headline: Headline{Tone: Open}}
	issuer := Domain(r.Receipt.Issuer)
	if issuer == "" {
		issuer = r.Receipt.Issuer
	}
	switch {
	case r.Verdict == verifier.Valid:
		w.Tone, w.Text, w.NextStep = Good, p.T("receipt.holds", "issuer", issuer), p.T("receipt.holds.next")
	case r.Verdict == verifier.Invalid:
		w.Tone, w.Text, w.NextStep = Bad, p.T("receipt.altered"), p.T("receipt.altered.next")
	case !r.Signed:
		w.Text, w.NextStep = p.T("receipt.unsigned"), p.T("receipt.unsigned.next")
	default:
		w.Text, w.NextStep = p.T("receipt.unknown"), p.T("receipt.unknown.next")
	}
	if r.Receipt.Test {
		w.Text = p.T("test.word") + ". " + w.Text
		if w.Tone == Good {
			w.Tone = Test
		}
	}
	if x := r.Receipt; x.SHA256 != "" {
		w.Says = p.T("receipt.says", "verdict", p.Verdict(x.Verdict), "date", p.Moment(x.CheckedAt))
		if !x.EvaluatedAt.Equal(x.CheckedAt) {
			w.Says = p.T("receipt.says-then", "verdict", p.Verdict(x.Verdict), "date", p.Moment(x.CheckedAt), "then", p.Moment(x.EvaluatedAt))
		}
	}
	return w
}
