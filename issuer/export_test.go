package issuer

import "bytes"

// DestroySlot overwrites the key of the n-th slot of a file of learners' keys.
func DestroySlot(b []byte, n int) []byte {
	b = bytes.Clone(b)
	copy(b[n*slotSize:], slot(Digest(b[n*slotSize:n*slotSize+32]), [32]byte{}))
	return b
}
