package main

import (
	"encoding/json"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"
)

// setfield FILE MEMBER VARIABLE puts a text member of the first JSON object of a
// file (or of stdout) into a variable of the script.
func setfield(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 3 {
		ts.Fatalf("usage: setfield FILE MEMBER VARIABLE")
	}
	var object map[string]json.RawMessage
	ts.Check(json.NewDecoder(strings.NewReader(ts.ReadFile(args[0]))).Decode(&object))
	var text string
	if err := json.Unmarshal(object[args[1]], &text); err != nil || text == "" {
		ts.Fatalf("%s has no text member %s", args[0], args[1])
	}
	ts.Setenv(args[2], text)
}
