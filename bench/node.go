package main

import (
	"bufio"
	"crypto"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"merkki/internal/judge"
	"merkki/schema"
	"merkki/schema/jsonld"
)

// ed25519Hash says that a message is signed as it is.
const ed25519Hash = crypto.Hash(0)

// A node is a Node process with Digital Bazaar's packages, which measures itself.
type node struct {
	cmd *exec.Cmd
	in  io.WriteCloser
	out *bufio.Reader
}

func startNode() (*node, error) {
	n := &node{cmd: exec.Command("node", "bench.mjs")}
	n.cmd.Dir = filepath.Join(judge.Root(), "testdata", "peers")
	n.cmd.Stderr = os.Stderr
	var err error
	if n.in, err = n.cmd.StdinPipe(); err != nil {
		return nil, err
	}
	out, err := n.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	n.out = bufio.NewReaderSize(out, 1<<20)
	if err := n.cmd.Start(); err != nil {
		return nil, fmt.Errorf("node and the packages of testdata/peers (npm ci there) are needed: %w", err)
	}
	r := jsonld.Embedded()
	contexts := map[string][]byte{}
	for _, u := range r.URLs() {
		contexts[u], _ = r.Context(u)
	}
	return n, json.NewEncoder(n.in).Encode(judge.Documents(contexts))
}

func (n *node) stop() error { return errors.Join(n.in.Close(), n.cmd.Wait()) }

// An answer of the script.
type answer struct {
	Nanoseconds int64
	Credentials []json.RawMessage
	Error       string
}

func (n *node) ask(task map[string]any) (a answer, err error) {
	if err = json.NewEncoder(n.in).Encode(task); err != nil {
		return a, err
	}
	line, err := n.out.ReadBytes('\n')
	if err != nil {
		return a, err
	}
	if err = json.Unmarshal(line, &a); err == nil && a.Error != "" {
		err = errors.New("node: " + a.Error)
	}
	return a, err
}

// turn is a turn of the script at a task.
func (n *node) turn(task map[string]any, documents int) turn {
	return func() (time.Duration, error) {
		a, err := n.ask(task)
		return time.Duration(a.Nanoseconds) / time.Duration(documents), err
	}
}

// issuing is the task of signing documents.
func issuing(docs []schema.Value, suite string, secret map[string]any) map[string]any {
	credentials := make([]json.RawMessage, len(docs))
	for i, v := range docs {
		credentials[i] = schema.Marshal(v)
	}
	task := map[string]any{"issue": credentials, "suite": suite, "created": schema.FormatTime(created)}
	for name, v := range secret {
		task[name] = v
	}
	return task
}

// verifying is the task of verifying documents, which the script gets as text.
func verifying(signed [][]byte) map[string]any {
	texts := make([]string, len(signed))
	for i, b := range signed {
		texts[i] = string(b)
	}
	return map[string]any{"verify": texts, "now": schema.FormatTime(created)}
}
