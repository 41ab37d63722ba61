package web

import (
	"html/template"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"merkki/issuer"
	"merkki/schema"
)

// The card is as wide as a column of text wants it and never narrower than it can
// be read.
const (
	cardWidth, cardLeast = 560, 260
	cardHeight           = 232
)

// An embedding is an answer of oEmbed (oembed.com, section 2.3.4, rich).
type embedding struct {
	Version      string `json:"version"`
	Type         string `json:"type"`
	Title        string `json:"title"`
	ProviderName string `json:"provider_name"`
	ProviderURL  string `json:"provider_url"`
	CacheAge     int    `json:"cache_age"`
	HTML         string `json:"html"`
	Width        int    `json:"width"`
	Height       int    `json:"height"`
	Thumbnail    string `json:"thumbnail_url,omitempty"`
	ThumbWidth   int    `json:"thumbnail_width,omitempty"`
	ThumbHeight  int    `json:"thumbnail_height,omitempty"`
}

func (s *Server) oembedOf(r issuer.Record) string {
	return s.c.BaseURL + "/oembed?url=" + url.QueryEscape(r.URL)
}

var embedFrame = template.Must(template.New("").Parse(
	`<iframe src="{{.Src}}" width="{{.Width}}" height="{{.Height}}" title="{{.Title}}" loading="lazy" referrerpolicy="no-referrer"></iframe>`))

// oembed answers a site that wants to show a credential of ours within its own
// pages (oembed.com). What may not be shown there is not found.
func (s *Server) oembed(c echo.Context) error {
	if f := c.QueryParam("format"); f != "" && f != "json" {
		return c.NoContent(http.StatusNotImplemented) // oEmbed, section 2.3.2: its word for another format
	}
	width, err := limitOf(c, "maxwidth", cardWidth)
	if err != nil {
		return err
	}
	height, err := limitOf(c, "maxheight", cardHeight)
	if err != nil {
		return err
	}
	id, ok := s.ownCredential(c.QueryParam("url"))
	if !ok {
		return schema.Refusal(schema.CodeNotFound, "", nil)
	}
	ctx := c.Request().Context()
	r, err := s.published(ctx, id)
	if err != nil {
		return err
	}
	v, err := s.previewOf(ctx, r)
	if err != nil {
		return err
	}
	e := embedding{Version: "1.0", Type: "rich", Title: v.Title + " · " + v.Issuer, ProviderName: v.Issuer, ProviderURL: s.c.BaseURL + "/",
		CacheAge: 3600, Width: max(width, cardLeast), Height: height}
	if !c.QueryParams().Has("maxwidth") && !c.QueryParams().Has("maxheight") { // a thumbnail has to keep to them, too
		e.Thumbnail, e.ThumbWidth, e.ThumbHeight = s.c.BaseURL+"/c/"+r.ID+".preview.png", 1200, 630
	}
	var b strings.Builder
	if err := embedFrame.Execute(&b, map[string]any{"Src": s.c.BaseURL + "/c/" + r.ID + ".card.html", "Width": e.Width, "Height": e.Height, "Title": e.Title}); err != nil {
		return err
	}
	e.HTML = b.String()
	c.Response().Header().Set("X-Robots-Tag", "noindex")
	return c.JSON(http.StatusOK, e)
}

// limitOf reads how wide or high the asking site has room, at most what we want.
func limitOf(c echo.Context, name string, want int) (int, error) {
	text := c.QueryParam(name)
	if text == "" {
		return want, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 {
		return 0, schema.Refusal(schema.CodeMalformedValueError, "/"+name, map[string]any{"expected": "1, 2, 3 …", "found": text})
	}
	return min(n, want), nil
}
