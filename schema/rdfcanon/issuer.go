package rdfcanon

import "strconv"

// An issuer gives out temporary labels b0, b1, … (RDFC-1.0, 4.5).
type issuer struct {
	number []int32 // by node, -1 where none
	order  []int32 // nodes in the order in which they got their labels
}

// newIssuer returns an empty issuer, if possible one that was released.
func (d *run) newIssuer() *issuer {
	if k := len(d.free); k > 0 {
		s := d.free[k-1]
		d.free = d.free[:k-1]
		return s
	}
	s := &issuer{number: make([]int32, len(d.nodes))}
	for i := range s.number {
		s.number[i] = -1
	}
	return s
}

func (d *run) copyIssuer(from *issuer) *issuer {
	s := d.newIssuer()
	s.order = append(s.order, from.order...)
	for i, n := range s.order {
		s.number[n] = int32(i)
	}
	return s
}

// release takes back an issuer that nobody uses any more.
func (d *run) release(s *issuer) {
	for _, n := range s.order {
		s.number[n] = -1
	}
	s.order = s.order[:0]
	d.free = append(d.free, s)
}

func (s *issuer) has(n int32) bool { return s.number[n] >= 0 }

func (s *issuer) issue(n int32) {
	s.number[n] = int32(len(s.order))
	s.order = append(s.order, n)
}

func (s *issuer) append(b []byte, n int32) []byte {
	return strconv.AppendInt(append(b, "_:b"...), int64(s.number[n]), 10)
}
