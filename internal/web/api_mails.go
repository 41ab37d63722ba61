package web

import (
	"net/http"

	"github.com/labstack/echo/v4"
)

// mailBounced notes that a mail came back, with the status code of the
// notification (RFC 3463) if there is one.
func (s *Server) mailBounced(c echo.Context) error {
	ctx := c.Request().Context()
	b, err := readBody(c.Request(), "code")
	if err != nil {
		return err
	}
	code := b.text(b.root, "", "code", false)
	if err := b.err(); err != nil {
		return err
	}
	if err := s.c.Service.MailBounced(ctx, actor(ctx), c.Param("id"), code); err != nil {
		return err
	}
	return c.NoContent(http.StatusNoContent)
}
