package main

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"merkki/keys"
)

// commands are ours beside those of testscript.
var commands = map[string]func(*testscript.TestScript, bool, []string){
	"exits":    exits,
	"setfield": setfield,
	"freeport": freeport,
	"await":    await,
	"get":      get,
	"post":     post,
	"signlist": signlist,
	"pin":      pin,
}

// freeport VARIABLE chooses an address of this machine that nobody listens on.
func freeport(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: freeport VARIABLE")
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	ts.Check(err)
	ts.Setenv(args[0], l.Addr().String())
	ts.Check(l.Close())
}

// await ADDRESS waits until a server in the background listens.
func await(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: await ADDRESS")
	}
	for end := time.Now().Add(20 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		c, err := net.Dial("tcp", args[0])
		if err == nil {
			c.Close()
			return
		}
		if time.Now().After(end) {
			ts.Fatalf("nobody listens on %s: %v", args[0], err)
		}
	}
}

// get STATUS URL FILE [NAME:VALUE…] sends a GET request with headers, keeps the
// answer in a file, and fails unless it has the status.
func get(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 3 {
		ts.Fatalf("usage: get STATUS URL FILE [NAME:VALUE…]")
	}
	ask(ts, "GET", args[0], args[1], args[2], nil, args[3:])
}

// post STATUS URL JSONFILE FILE [NAME:VALUE…] is get with a body.
func post(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 4 {
		ts.Fatalf("usage: post STATUS URL JSONFILE FILE [NAME:VALUE…]")
	}
	body := strings.NewReader(ts.ReadFile(args[2]))
	ask(ts, "POST", args[0], args[1], args[3], body, append(args[4:], "Content-Type:application/json", "Accept:application/json"))
}

func ask(ts *testscript.TestScript, method, status, url, file string, body io.Reader, headers []string) {
	req, err := http.NewRequest(method, url, body)
	ts.Check(err)
	for _, h := range headers {
		name, value, _ := strings.Cut(h, ":")
		req.Header.Set(name, value)
	}
	resp, err := http.DefaultClient.Do(req)
	ts.Check(err)
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	ts.Check(err)
	if strconv.Itoa(resp.StatusCode) != status {
		ts.Fatalf("%s answered %d, want %s: %s", url, resp.StatusCode, status, b)
	}
	ts.Check(os.WriteFile(ts.MkAbs(file), b, 0o600))
}

// setfield FILE MEMBER VARIABLE puts a text member of the first JSON object of a
// file (or of stdout) into a variable of the script. A member inside another is
// written outer.inner; of an array the first element counts.
func setfield(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 3 {
		ts.Fatalf("usage: setfield FILE MEMBER VARIABLE")
	}
	var object map[string]json.RawMessage
	ts.Check(json.NewDecoder(strings.NewReader(ts.ReadFile(args[0]))).Decode(&object))
	var text string
	path := strings.Split(args[1], ".")
	for _, outer := range path[:len(path)-1] {
		raw, list := object[outer], []json.RawMessage{}
		if json.Unmarshal(raw, &list) == nil && len(list) > 0 {
			raw = list[0]
		}
		object = nil
		ts.Check(json.Unmarshal(raw, &object))
	}
	if err := json.Unmarshal(object[path[len(path)-1]], &text); err != nil || text == "" {
		ts.Fatalf("%s has no text member %s", args[0], args[1])
	}
	ts.Setenv(args[2], text)
}

// signlist PAYLOAD LIST KEY signs a trust list with a fresh key, whose public
// half it writes down.
func signlist(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 3 {
		ts.Fatalf("usage: signlist PAYLOAD LIST KEY")
	}
	public, private, err := ed25519.GenerateKey(nil)
	ts.Check(err)
	jwk, err := keys.JWK(public, "")
	ts.Check(err)
	text := base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"EdDSA"}`)) + "." +
		base64.RawURLEncoding.EncodeToString([]byte(ts.ReadFile(args[0])))
	text += "." + base64.RawURLEncoding.EncodeToString(ed25519.Sign(private, []byte(text)))
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), []byte(text+"\n"), 0o600))
	ts.Check(os.WriteFile(ts.MkAbs(args[2]), jwk, 0o600))
}

// pin CONFIGURATION URL FILE registers a context with the hash that it has now.
func pin(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 3 {
		ts.Fatalf("usage: pin CONFIGURATION URL FILE")
	}
	text := ts.ReadFile(args[0]) + fmt.Sprintf("\n[[context]]\nurl = %q\nfile = %q\nsha256 = \"%x\"\n",
		args[1], ts.MkAbs(args[2]), sha256.Sum256([]byte(ts.ReadFile(args[2]))))
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(text), 0o600))
}
