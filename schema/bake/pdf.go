package bake

// FromPDF finds the credential attached to a PDF.
func FromPDF(b []byte) (*Content, error) { return nil, none("pdf") }
