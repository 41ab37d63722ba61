package schema_test

import (
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"

	"merkki/schema"
)

// Documents at the limits of the parser, shaped so that a careless check would
// copy or compare the same part again and again. What is allocated is counted:
// it is the same on every machine.
func TestHostileDocumentsCostLittle(t *testing.T) {
	const most = 64 << 20 // one verification, security model, section 5
	long := strings.Repeat("n", 500_000)
	nested := strings.Repeat("[1,1,", 60) + `"` + long + `"` + strings.Repeat("]", 60)
	twins := func(n int, item string) string {
		return "[" + strings.TrimSuffix(strings.Repeat(item+",", n), ",") + "]"
	}
	var bads, results strings.Builder
	for i := range 1_900 {
		fmt.Fprintf(&bads, `{"id":"bad %d"},`, i)
		fmt.Fprintf(&results, `{"type":"Result","value":%d,"status":5},`, i)
	}
	records := strings.Repeat(`{"type":["ClrCredential"],"credentialSubject":{"verifiableCredential":[`, 19) +
		strings.Trim(twins(60, `{"type":"OpenBadgeCredential","credentialSubject":{"achievement":`+twins(250, `"x"`)+`}}`), "[]") + strings.Repeat(`]}}`, 19)
	for name, members := range map[string]string{
		"a long name over many values":   `"` + long + `":` + twins(19_000, "[]"),
		"long names over each other":     `"` + long[:200_000] + `":{"` + long[:200_000] + `":{"` + long[:200_000] + `":` + twins(1_900, "{}") + `}}`,
		"many bad ids under a long name": `"` + long + `":[` + bads.String() + `{}]`,
		"records in records":             `"id":"x",` + records[1:len(records)-1],
		"lists in lists":                 `"a":` + nested,
		"many equal strings":             `"a":` + twins(19_000, `"x"`),
		"many equal objects with an id":  `"a":` + twins(1_900, `{"id":"urn:a:b","x":1}`),
		"many types that name no class":  `"credentialSubject":{"type":"AchievementSubject","achievement":{"alignment":` + twins(1_900, `{"type":["x"]}`) + `}}`,
		"many wrong results":             `"credentialSubject":{"type":"AchievementSubject","achievement":{},"result":[` + results.String() + `{}]}`,
		"long strange texts":             `"a":[` + strings.Repeat(`"`+long[:8_000]+`\u0000",`, 100) + `1]`,
	} {
		t.Run(name, func(t *testing.T) {
			in := []byte(`{"type":["VerifiableCredential","OpenBadgeCredential"],` + members + `}`)
			if strings.Contains(members, "ClrCredential") {
				in = []byte(`{` + members + `}`)
			}
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			began := time.Now()
			d, err := schema.Parse(in, schema.Limits{})
			if err != nil {
				t.Fatal(err)
			}
			for _, check := range []func(schema.Value) []*schema.Fault{schema.CheckCredential, schema.CheckConsistency, schema.CheckIssuable} {
				faults := check(d.Root())
				if len(faults) > 64 {
					t.Errorf("%d faults", len(faults))
				}
				for _, f := range faults {
					if len(f.Pointer) > 1_100 {
						t.Errorf("a pointer of %d bytes", len(f.Pointer))
					}
				}
			}
			runtime.ReadMemStats(&after)
			if n := after.TotalAlloc - before.TotalAlloc; n > most {
				t.Errorf("%d MiB allocated", n>>20)
			} else {
				t.Logf("%d MiB, %v", n>>20, time.Since(began))
			}
		})
	}
}
