package web

import (
	"net/http"

	"merkki/internal/many"
)

// Routes are the patterns of what can be read, as the world sees them.
func (s *Server) Routes() (patterns []string) {
	for _, r := range s.routes(false).Routes() {
		if r.Method == http.MethodGet {
			patterns = append(patterns, r.Path)
		}
	}
	return patterns
}

// LinkedIn is for tests of the address.
var LinkedIn = linkedIn

// AwaitJob waits until a list is checked.
func (s *Server) AwaitJob(id string) {
	if j, ok := s.desk.find(id); ok {
		<-j.finished
	}
}

// RunningJob is the address of a list that two of three entries are checked
// of, for as long as anybody looks.
func (s *Server) RunningJob() string {
	j := newJob([]many.Entry{{Name: "a.json"}, {Name: "b.json"}, {Name: "c.pdf"}}, "", nil, func() {})
	for i := range 2 {
		j.rows[i].done, j.rows[i].situation = true, many.Named("png-without")
	}
	j.done = 2
	s.desk.keep(j)
	return j.id
}

// ReserveJob takes a place to work in.
func (s *Server) ReserveJob() (func(), error) { return s.desk.reserve() }
