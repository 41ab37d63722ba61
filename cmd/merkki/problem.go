package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"merkki/schema"
)

// A problem is an error answer of the API (RFC 9457) as far as the command
// line uses it.
type problem struct {
	Code    schema.Code    `json:"code"`
	Finding string         `json:"finding"`
	Title   string         `json:"title"`
	Detail  string         `json:"detail"`
	Pointer string         `json:"pointer"`
	Args    map[string]any `json:"args"`
	Errors  []struct {
		Pointer string      `json:"pointer"`
		Code    schema.Code `json:"code"`
		Finding string      `json:"finding"`
		Detail  string      `json:"detail"`
	} `json:"errors"`
}

func (p *problem) Error() string {
	var b strings.Builder
	b.WriteString(p.Title)
	if p.Detail != "" && p.Detail != p.Title {
		b.WriteString("\n" + p.Detail)
	}
	fmt.Fprintf(&b, "\n(%s", p.Code)
	if p.Finding != "" {
		fmt.Fprintf(&b, ", %s", p.Finding)
	}
	if p.Pointer != "" {
		fmt.Fprintf(&b, ", at %s", p.Pointer)
	}
	b.WriteString(")")
	for _, e := range p.Errors {
		fmt.Fprintf(&b, "\n  %s  %s", e.Pointer, firstOf(e.Detail, e.Finding, string(e.Code)))
	}
	return b.String()
}

func firstOf(texts ...string) string {
	for _, t := range texts {
		if t != "" {
			return t
		}
	}
	return ""
}

// problemOf reads an error answer and says how the program ends with it.
func problemOf(status int, b []byte) error {
	p := &problem{}
	if err := json.Unmarshal(b, p); err != nil || p.Code == "" {
		return exit(exitInternal, "the service answered %d %s", status, http.StatusText(status))
	}
	return &exitError{statusOf(p.Code), p}
}

// statusOf is the exit status of a code of the API.
func statusOf(c schema.Code) int {
	switch {
	case slices.Contains([]schema.Code{schema.CodeUnauthenticated, schema.CodeForbidden}, c):
		return exitNotPermitted
	case slices.Contains([]schema.Code{schema.CodeRateLimited, schema.CodeIdempotencyInProgress, schema.CodeReadOnly, schema.CodeStoreUnavailable}, c):
		return exitTryAgain
	case slices.Contains([]schema.Code{schema.CodeSignerUnavailable, schema.CodeKeyRetrievalError, schema.CodeStatusRetrievalError}, c):
		return exitUnavailable
	case slices.Contains([]schema.Code{schema.CodeStorageFull, schema.CodeStatusListFull}, c):
		return exitIO
	case c.Status() >= 500:
		return exitInternal
	}
	return exitData
}
