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
	requests int
	keys     map[string]found // by verification method
}

type found struct {
	method *keys.Method
	fault  *schema.Fault
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
	f, ok := c.outside.keys[method]
	if !ok {
		if !isComputed(method) && !c.outside.spend() {
			return nil, exhausted("key.limit", pointer), nil
		}
		m, err := c.v.Resolver.Resolve(ctx, method)
		faults, err := faultsOf(ctx, err, "key.unreachable", pointer)
		if err != nil {
			return nil, nil, err
		}
		if f.method = m; len(faults) > 0 {
			f = found{fault: faults[0]}
		}
		c.outside.keys[method] = f
	}
	return f.method, at(f.fault, pointer), nil
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
