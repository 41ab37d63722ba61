package web

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"encoding/hex"
	"html"
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
	packed    []byte // nil for fonts, which are packed in themselves
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
			byName[names[name]] = newAsset(name, b)
		}
	}
	for name, b := range raw { // last, for it names the others
		if path.Ext(name) == ".css" {
			for from, to := range names {
				b = bytes.ReplaceAll(b, []byte("url("+from+")"), []byte("url("+to+")"))
			}
			b = slimSheet(b)
			names[name] = hashed(name, b)
			byName[names[name]] = newAsset(name, b)
		}
	}
	return byName, names
}

var cssComment = regexp.MustCompile(`(?s)/\*.*?\*/`)

// slimSheet leaves out of a style sheet what only its writers read: comments, and the
// ends and beginnings of lines.
func slimSheet(css []byte) []byte {
	var out []byte
	for line := range bytes.Lines(cssComment.ReplaceAll(css, nil)) {
		if line = bytes.TrimSpace(line); len(line) > 0 {
			out = append(append(out, line...), '\n')
		}
	}
	return out
}

func newAsset(name string, b []byte) asset {
	a := asset{mediaType: assetTypes[path.Ext(name)], data: b}
	if path.Ext(name) != ".woff2" {
		a.packed = pack(b)
	}
	return a
}

func assetHref(name string) string { return "/assets/" + assetNames[name] }

func (s *Server) asset(c echo.Context) error {
	a, ok := assets[c.Param("name")]
	if !ok {
		return schema.Refusal(schema.CodeNotFound, "", nil)
	}
	// Nothing in it runs or loads anything: the long policies of pages would be the
	// larger part of a small answer.
	h := c.Response().Header()
	h.Set("Content-Security-Policy", "default-src 'none'")
	h.Del("Permissions-Policy")
	h.Del("Cross-Origin-Opener-Policy")
	const cache = "public, max-age=31536000, immutable"
	if a.packed == nil {
		return writeTagged(c, a.mediaType, cache, a.data)
	}
	return writePacked(c, a.mediaType, cache, a.data, a.packed)
}

var (
	styleLink  = regexp.MustCompile(`<link rel="stylesheet" href="(/[^"]+)">\n?`)
	pictureRef = regexp.MustCompile(`(<img [^>]*src=")(/[^"]+)("[^>]*>)`)
)

// Standalone returns a page that was served as one that needs nothing beside it:
// style sheets, fonts and pictures are put inside. It is how a page becomes a file.
// get fetches what is no asset of every page, by its path; what cannot be had, and
// everything where get is nil, is left out.
func Standalone(page []byte, get func(path string) ([]byte, error)) []byte {
	fetched := func(path []byte) []byte {
		if get == nil {
			return nil
		}
		b, err := get(html.UnescapeString(string(path)))
		if err != nil {
			return nil
		}
		return b
	}
	page = styleLink.ReplaceAllFunc(page, func(link []byte) []byte {
		href := styleLink.FindSubmatch(link)[1]
		css := fetched(href)
		if name, ok := strings.CutPrefix(string(href), "/assets/"); ok && name == assetNames["merkki.css"] {
			css = withFonts(assets[name].data)
		}
		if css == nil {
			return nil
		}
		return bytes.Join([][]byte{[]byte("<style>\n"), css, []byte("</style>\n")}, nil)
	})
	return pictureRef.ReplaceAllFunc(page, func(img []byte) []byte {
		m := pictureRef.FindSubmatch(img)
		b := fetched(m[2])
		mediaType := "image/svg+xml"
		switch {
		case b == nil:
			return nil
		case bytes.HasPrefix(b, []byte("\x89PNG")):
			mediaType = "image/png"
		}
		data := "data:" + mediaType + ";base64," + base64.StdEncoding.EncodeToString(b)
		return bytes.Join([][]byte{m[1], []byte(data), m[3]}, nil)
	})
}

// withFonts puts the fonts into the style sheet.
func withFonts(css []byte) []byte {
	for name, hashed := range assetNames {
		if path.Ext(name) == ".woff2" {
			data := "url(data:font/woff2;base64," + base64.StdEncoding.EncodeToString(assets[hashed].data) + ")"
			css = bytes.ReplaceAll(css, []byte("url("+hashed+")"), []byte(data))
		}
	}
	return css
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
