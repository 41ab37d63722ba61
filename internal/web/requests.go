package web

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"merkki/issuer"
	"merkki/schema"
)

// A requestShape is a correction request as the API shows it.
type requestShape struct {
	ID         string `json:"id"`
	Credential string `json:"credential"`
	State      string `json:"state"`
	Made       string `json:"made"`
	Decided    string `json:"decided,omitempty"`
	Wrong      string `json:"wrong"`
	Right      string `json:"right"`
	Reason     string `json:"reason,omitempty"`
}

func shapeRequest(q issuer.Request) requestShape {
	return requestShape{q.ID, q.Credential, q.State, wire(q.Made), wire(q.Decided), q.Wrong, q.Right, q.Reason}
}

// listRequests answers with the open requests, or with all about one credential.
func (s *Server) listRequests(c echo.Context) error {
	ctx := c.Request().Context()
	all, err := s.c.Service.Requests(ctx, actor(ctx), c.QueryParam("credential"))
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, listOf(all, "", shapeRequest))
}

func (s *Server) showRequest(c echo.Context) error {
	ctx := c.Request().Context()
	q, err := s.c.Service.Request(ctx, actor(ctx), c.Param("id"))
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, shapeRequest(q))
}

func (s *Server) decideRequest(c echo.Context) error {
	ctx := c.Request().Context()
	b, err := readBody(c.Request(), "decision", "reason")
	if err != nil {
		return err
	}
	decision, reason := b.text(b.root, "", "decision", true), b.text(b.root, "", "reason", true)
	if b.err() == nil && decision != "accept" && decision != "decline" {
		b.fault(schema.Refusal(schema.CodeRangeError, "/decision", map[string]any{"member": "decision", "found": decision, "expected": "accept, decline"}))
	}
	if err := b.err(); err != nil {
		return err
	}
	q, err := s.c.Service.DecideRequest(ctx, actor(ctx), c.Param("id"), decision == "accept", reason)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, shapeRequest(q))
}
