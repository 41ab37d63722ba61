// Package bake puts credentials into pictures and takes them out again (Open
// Badges 3.0, section 5.3, Baked Badge), and finds them among the files attached
// to a PDF. It works on bytes alone: nothing is asked for, no pixel is decoded,
// nothing is inflated but the structure of a PDF, and what is read is bounded
// (security model, sections 5 and 6.4).
//
// Reading is tolerant and never rewrites: [FromPNG], [FromSVG] and [FromPDF]
// return the credential as it stands in its container, or a [*schema.Fault] of
// the check input.container. It is JSON or a compact JWS only as far as its
// container says; [schema.Recognise] decides, and nothing has been verified.
//
//	PNG   the text chunk openbadgecredential or clrcredential, anywhere before
//	      IEND; in a tEXt chunk with a warning; never compressed
//	SVG   the element credential of a namespace of Open Badges 3.0 or CLR 2.0,
//	      anywhere: its attribute verify, or what it holds
//	PDF   an attached file of a media type of credentials, or whose name says
//	      JSON or JWT and which holds a credential
//
// More than one is refused, because two readers would choose differently. A
// picture with nothing but a badge of Open Badges 1 or 2 is told apart.
//
// Writing is strict: [IntoPNG] and [IntoSVG] write the one form that the
// specification describes, read it back and compare. They refuse a picture that
// has a credential in it; [CleanPNG] and [CleanSVG] take it out first.
package bake

import (
	"merkki/schema"
)

// Content is what was found in a container.
type Content struct {
	// Credential is JSON or a compact JWS, as it stands in the container.
	Credential []byte
	// Place is where it stood: "iTXt", "tEXt", "verify" (the attribute),
	// "credential" (the element) or "attachment".
	Place string
	// Warnings are faults of outcome Warn.
	Warnings []*schema.Fault
}

// From reads a credential out of b, which has been recognised to be of a form.
// Of forms that contain nothing the fault is container.none.
func From(form schema.Form, b []byte) (*Content, error) {
	switch form {
	case schema.FormPNG:
		return FromPNG(b)
	case schema.FormSVG:
		return FromSVG(b)
	case schema.FormPDF:
		return FromPDF(b)
	}
	return nil, none(form.String())
}

// none says that there is no credential in a container of this kind.
func none(kind string) *schema.Fault {
	return schema.Found("container.none", "", map[string]any{"kind": kind})
}

// legacy says that there is a badge of Open Badges 1 or 2 and nothing newer.
func legacy() *schema.Fault {
	return schema.Found("container.legacy-badge", "", map[string]any{"kind": "open-badges-2"})
}

func twice() *schema.Fault { return schema.Found("container.two-credentials", "", nil) }

// limited says that a container has more of something than is read.
func limited(limit string, maximum, found int) *schema.Fault {
	return schema.Found("container.limit", "", map[string]any{"limit": limit, "max": maximum, "found": found})
}

// The names by which containers mark what they hold.
const (
	keywordBadge  = "openbadgecredential"
	keywordCLR    = "clrcredential"
	keywordLegacy = "openbadges"

	namespaceBadge  = "https://purl.imsglobal.org/ob/v3p0"
	namespaceCLR    = "https://purl.imsglobal.org/clr/v2p0"
	namespaceLegacy = "http://openbadges.org"
)
