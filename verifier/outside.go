package verifier

import (
	"context"

	"merkki/keys"
	"merkki/schema"
)

// outside is what one verification, its status lists included, has asked of the
// world. What was answered once is not asked again: a second answer could be
// another one.
type outside struct {
	requests     int
	keys         map[string]found     // by verification method, or by issuer and name
	lists        map[string]retrieved // by URL
	values       int                  // that documents taken out of tokens inside may still have
	statements   int                  // made by documents inside
	endorsements int                  // seen, at all levels
}

type found struct {
	method *keys.Method
	fault  *schema.Fault
}

type retrieved struct {
	bytes []byte
	fault *schema.Fault
}

func newOutside() *outside {
	return &outside{keys: map[string]found{}, lists: map[string]retrieved{}, values: maxInnerValues}
}

// spend counts a request and reports whether it may be made.
func (o *outside) spend() bool {
	o.requests++
	return o.requests <= maxRequests
}

// exhausted is the fault of a request that was not made.
func exhausted(finding, pointer string) *schema.Fault {
	return schema.Found(finding, pointer, map[string]any{"limit": "verification.requests", "max": maxRequests})
}

// key finds the key behind a verification method. The error is about us.
func (c *caseFile) key(ctx context.Context, method, pointer string) (*keys.Method, *schema.Fault, error) {
	m, fault, err := c.outside.key(ctx, method, isComputed(method), func() (*keys.Method, error) {
		return c.v.Resolver.Resolve(ctx, method)
	})
	return m, at(fault, pointer), err
}

// key looks for a key once. Looking asks somebody unless it is free.
func (o *outside) key(ctx context.Context, name string, free bool, look func() (*keys.Method, error)) (*keys.Method, *schema.Fault, error) {
	f, ok := o.keys[name]
	if !ok {
		if !free && !o.spend() {
			return nil, exhausted("key.limit", ""), nil
		}
		m, err := look()
		faults, err := faultsOf(ctx, err, "key.unreachable", "")
		if err != nil {
			return nil, nil, err
		}
		if f.method = m; len(faults) > 0 {
			f = found{fault: faults[0]}
		}
		o.keys[name] = f
	}
	return f.method, f.fault, nil
}

// at returns a fault that points somewhere else.
func at(f *schema.Fault, pointer string) *schema.Fault {
	if f == nil {
		return nil
	}
	g := *f
	g.Pointer = pointer
	return &g
}
