package web

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"encoding/hex"
	"net/http"
	"path"
	"regexp"
	"strings"

	"github.com/labstack/echo/v4"

	"merkki/schema"
)

// The style sheet, the icon and the fonts are ours: a page asks nobody else for
// anything. Fonts: Source Serif 4 and Source Sans 3, SIL Open Font License 1.1.
//
//go:embed assets/merkki.css assets/icon.svg assets/*.woff2
var assetFiles embed.FS

//go:embed openapi.json
var openAPIDocument []byte

var assetTypes = map[string]string{".css": "text/css; charset=utf-8", ".svg": "image/svg+xml", ".woff2": "font/woff2"}

// An asset is served under a name with its hash in it, so that it can be kept for
// ever.
type asset struct {
	mediaType string
	data      []byte
}

var assets, assetNames = loadAssets()

func loadAssets() (map[string]asset, map[string]string) {
	byName, names := map[string]asset{}, map[string]string{}
	entries, err := assetFiles.ReadDir("assets")
	if err != nil {
		panic(err) // embedded
	}
	raw := map[string][]byte{}
	for _, e := range entries {
		if raw[e.Name()], err = assetFiles.ReadFile("assets/" + e.Name()); err != nil {
			panic(err)
		}
	}
	hashed := func(name string, b []byte) string {
		sum := sha256.Sum256(b)
		ext := path.Ext(name)
		return strings.TrimSuffix(name, ext) + "-" + hex.EncodeToString(sum[:6]) + ext
	}
	for name, b := range raw {
		if path.Ext(name) != ".css" {
			names[name] = hashed(name, b)
			byName[names[name]] = asset{assetTypes[path.Ext(name)], b}
		}
	}
	for name, b := range raw { // last, for it names the others
		if path.Ext(name) == ".css" {
			for from, to := range names {
				b = bytes.ReplaceAll(b, []byte("url("+from+")"), []byte("url("+to+")"))
			}
			names[name] = hashed(name, b)
			byName[names[name]] = asset{assetTypes[".css"], b}
		}
	}
	return byName, names
}

func assetHref(name string) string { return "/assets/" + assetNames[name] }

func (s *Server) asset(c echo.Context) error {
	a, ok := assets[c.Param("name")]
	if !ok {
		return schema.Refusal(schema.CodeNotFound, "", nil)
	}
	return writeTagged(c, a.mediaType, "public, max-age=31536000, immutable", a.data)
}

var styleLink = regexp.MustCompile(`<link rel="stylesheet" href="/assets/[^"]+">`)

// Standalone returns a page that was served as one that needs nothing beside it:
// the style sheet and the fonts are put inside. It is how a page becomes a file.
func Standalone(page []byte) []byte {
	css := assets[assetNames["merkki.css"]].data
	for name, hashed := range assetNames {
		if path.Ext(name) == ".woff2" {
			data := "url(data:font/woff2;base64," + base64.StdEncoding.EncodeToString(assets[hashed].data) + ")"
			css = bytes.ReplaceAll(css, []byte("url("+hashed+")"), []byte(data))
		}
	}
	return styleLink.ReplaceAllLiteral(page, bytes.Join([][]byte{[]byte("<style>\n"), css, []byte("</style>")}, nil))
}

type homeView struct {
	view
	FormText, FormError string
}

func (s *Server) home(c echo.Context) error {
	v := homeView{view: s.base(c, "")}
	v.Title = firstOf(v.Brand, v.T("home.verifier-title"))
	c.Response().Header().Add("Vary", "Accept-Language")
	return s.pages.render(c, http.StatusOK, "home", v)
}

// healthz says that the process answers, and depends on nothing: a store that is
// away must not make anybody kill it.
func (s *Server) healthz(c echo.Context) error {
	c.Response().Header().Set("Cache-Control", "no-store")
	return c.JSON(http.StatusOK, map[string]string{"status": "ok"})
}

// readyz says what works: verifying needs the contexts, issuing the store.
func (s *Server) readyz(c echo.Context) error {
	ctx := c.Request().Context()
	c.Response().Header().Set("Cache-Control", "no-store")
	state := map[string]string{"verifying": "ready"}
	status := http.StatusOK
	if _, err := s.c.Verifier(ctx); err != nil {
		state["verifying"], status = "unavailable", http.StatusServiceUnavailable
	}
	if s.c.Service != nil {
		state["issuing"] = "ready"
		if _, err := s.c.Service.Institutions(ctx); err != nil {
			state["issuing"], status = "unavailable", http.StatusServiceUnavailable
		}
	}
	if s.leaving.Load() {
		state["stopping"], status = "yes", http.StatusServiceUnavailable
	}
	return c.JSON(status, state)
}

func (s *Server) openAPI(c echo.Context) error {
	c.Response().Header().Set("Access-Control-Allow-Origin", "*")
	return writeTagged(c, "application/json", "no-cache", openAPIDocument)
}

type problemView struct {
	view
	Problem problem
	Meaning string
}

// problemPage explains a code: it is where the type of a problem leads.
func (s *Server) problemPage(c echo.Context) error {
	for _, code := range schema.Codes() {
		if code.Type() != "/problems/"+c.Param("code") {
			continue
		}
		v := problemView{view: s.base(c, "")}
		t := v.Code(code)
		v.Title, v.Meaning, v.Problem = t.Title, t.Meaning, problem{Code: code}
		c.Response().Header().Add("Vary", "Accept-Language")
		return s.pages.render(c, http.StatusOK, "problem", v)
	}
	return schema.Refusal(schema.CodeNotFound, "", nil)
}
