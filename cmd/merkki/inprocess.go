package main

import (
	"bytes"
	"io"
	"net/http"
	"os/user"
	"strconv"

	"merkki/internal/web"
	"merkki/issuer"
)

// inProcess is a transport that hands requests to a handler of this process.
type inProcess struct {
	handler http.Handler
	actor   issuer.Actor
}

func (t inProcess) RoundTrip(r *http.Request) (*http.Response, error) {
	a := &answer{header: http.Header{}}
	r = r.Clone(web.WithActor(r.Context(), t.actor))
	if r.Body == nil {
		r.Body = http.NoBody
	}
	r.RequestURI = r.URL.RequestURI()
	r.RemoteAddr = "127.0.0.1:0"
	t.handler.ServeHTTP(a, r)
	if a.status == 0 {
		a.status = http.StatusOK
	}
	return &http.Response{
		StatusCode: a.status, Status: strconv.Itoa(a.status), Header: a.header,
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Request: r,
		Body: io.NopCloser(&a.body), ContentLength: int64(a.body.Len()),
	}, nil
}

// An answer keeps what a handler writes.
type answer struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func (a *answer) Header() http.Header { return a.header }

func (a *answer) WriteHeader(status int) {
	if a.status == 0 {
		a.status = status
	}
}

func (a *answer) Write(b []byte) (int, error) {
	a.WriteHeader(http.StatusOK)
	return a.body.Write(b)
}

// everyRole is what somebody with access to the directory may do anyway: the
// files are theirs.
var everyRole = []string{"registrar", "publisher", "key-custodian", "auditor"}

// localActor is the operating-system user of this process.
func localActor() issuer.Actor {
	name := "unknown"
	if u, err := user.Current(); err == nil {
		name = u.Username
	}
	return issuer.Actor{Name: "local:" + name, Roles: everyRole}
}

// actorOfUser is the operating-system user on the other end of the socket.
func actorOfUser(uid uint32) issuer.Actor {
	name := "uid-" + strconv.FormatUint(uint64(uid), 10)
	if u, err := user.LookupId(strconv.FormatUint(uint64(uid), 10)); err == nil {
		name = u.Username
	}
	return issuer.Actor{Name: "local:" + name, Roles: everyRole}
}
