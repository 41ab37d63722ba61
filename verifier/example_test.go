package verifier_test

import (
	"context"
	"fmt"
	"log"

	"merkki/verifier"
	"merkki/verifier/virtual"
)

func Example() {
	campus := virtual.New()
	uni := campus.Web("uni.example")
	list := uni.List("revocation")
	badge := uni.Sign(virtual.WithStatus(uni.Badge(), list, 7))

	v := campus.Verifier(uni) // with the campus's contexts, hosts and clock
	for _, happens := range []func(){
		func() {},
		func() { campus.Down(list.URL()) },
		func() { campus.Up(list.URL()); list.Set(7) },
	} {
		happens()
		report, err := v.Verify(context.Background(), verifier.Request{Input: badge})
		if err != nil {
			log.Fatal(err)
		}
		status := report.Check("credential.status")
		fmt.Println(report.Verdict, status.Status, status.Finding)
	}
	// Output:
	// valid pass status.clear
	// indeterminate unknown status.unreachable
	// invalid fail status.revocation
}
