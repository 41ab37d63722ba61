package main

import (
	"encoding/json"
	"os"
)

// A result is the one line that the command-line suites read.
type result struct {
	Result string `json:"result"` // success, failure or indeterminate
	Data   string `json:"data"`
}

func succeeded(data string) result { return result{"success", data} }

func failed(err error) result { return result{"failure", err.Error()} }

// unsupported answers what was not looked at. It is neither of the two answers
// that a suite could count as right.
func unsupported(why string) result { return result{"indeterminate", why} }

// write writes the result file.
func (r result) write(path string) error {
	b, err := json.Marshal(r)
	if err != nil {
		return err
	}
	return os.WriteFile(path, append(b, '\n'), 0o644)
}
