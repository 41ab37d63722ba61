package main

import (
	"context"
	"encoding/json"

	"merkki/internal/i18n"
	"merkki/verifier"
	"merkki/verifier/receipt"
)

// readReceipt prints what a receipt of a check is worth and what it says. The
// verdict is about the receipt.
func (p *program) readReceipt(ctx context.Context, b []byte, v *verifier.Verifier, lang, name string) (verifier.Verdict, error) {
	reading, err := receipt.Read(ctx, b, v.Resolver)
	if err != nil {
		return "", err
	}
	if p.json {
		out, err := json.Marshal(reading)
		if err != nil {
			return "", err
		}
		return reading.Verdict, p.printJSON(out)
	}
	words := i18n.New(lang)
	w := words.Receipt(reading)
	p.line("%s%s", name, verdictWords[lang][reading.Verdict])
	p.line("  %s: %s", words.T("receipt.title"), w.Text)
	p.line("  %s", w.NextStep)
	if w.Says != "" {
		p.line("  %s", w.Says)
		p.line("  SHA-256 %s", reading.Receipt.SHA256)
		for _, list := range reading.Receipt.Trust {
			p.line("  %s: %s", words.T("receipt.trust"), list)
		}
	}
	if f := reading.Fault; f != nil {
		p.line("  %s %s", f.Code, f.Finding)
	}
	return reading.Verdict, nil
}
