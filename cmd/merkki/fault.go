package main

import (
	"errors"

	"merkki/internal/i18n"
	"merkki/schema"
)

// faultError puts a fault of an input into words for the terminal; other
// errors stay what they are. about ("" for none) says which input.
func (p *program) faultError(about string, err error) error {
	f, ok := errors.AsType[*schema.Fault](err)
	if !ok {
		return err
	}
	if about != "" {
		about += ": "
	}
	t := i18n.New("en").Problem(f)
	return exit(statusOf(f.Code), "%s%s", about, findingWords(t.Detail, f.Code, f.Finding, f.Pointer))
}
