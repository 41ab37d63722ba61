package web_test

import (
	"bytes"
	"mime/multipart"
	"strings"
	"testing"
)

// form makes a multipart body from name, value pairs; a name with "@" is a file.
func form(t *testing.T, pairs ...string) (body, contentType string) {
	t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	for i := 0; i < len(pairs); i += 2 {
		name, file := strings.CutPrefix(pairs[i], "@")
		if file {
			p, err := w.CreateFormFile(name, "../../etc/passwd")
			must(t, err)
			_, err = p.Write([]byte(pairs[i+1]))
			must(t, err)
			continue
		}
		must(t, w.WriteField(name, pairs[i+1]))
	}
	must(t, w.Close())
	return b.String(), w.FormDataContentType()
}

// TestForm is the page's form: a file, a link, an id, pasted text, a day.
func TestForm(t *testing.T) {
	g := newGallery(t, false)
	valid := string(g.valid.Credential)
	eleven := make([]string, 0, 22)
	for range 11 {
		eleven = append(eleven, "x", "y")
	}
	const confirmed = "Confirmed by Example University of Applied Sciences at badges.example. "
	for name, c := range map[string]struct {
		pairs []string
		code  int
		want  string
	}{
		"file":           {[]string{"@file", valid}, 200, confirmed + "Unchanged and in force."},
		"pasted":         {[]string{"text", "  " + valid + "\n"}, 200, confirmed + "Unchanged and in force."},
		"id":             {[]string{"text", g.valid.ID}, 200, confirmed},
		"id in groups":   {[]string{"text", strings.ToLower(groups(g.valid.ID))}, 200, confirmed},
		"link":           {[]string{"text", strings.ToUpper(g.valid.URL)}, 200, confirmed},
		"link to a page": {[]string{"text", g.valid.URL + ".html"}, 200, confirmed},
		"for a day":      {[]string{"text", g.valid.URL, "at", "2026-11-27"}, 200, confirmed + "Unchanged, and in force on 27 November 2026."},
		"for a past day": {[]string{"text", g.expired.URL, "at", "2026-11-25"}, 200, "We could not ask whether it has been withdrawn."}, // the list of that day is gone
		"token":          {[]string{"@file", string(g.valid.Token)}, 200, confirmed},
		"her name":       {[]string{"text", g.valid.ID, "recipient-type", "name", "recipient", "aino virtanen"}, 200, confirmed},
		"another's name": {[]string{"text", g.valid.ID, "recipient-type", "name", "recipient", "Eino Virtanen"}, 200, "not issued to this person"},
		"nobody's name":  {[]string{"text", g.valid.ID, "recipient-type", "name", "recipient", " "}, 200, confirmed},
		"no such type":   {[]string{"text", g.valid.ID, "recipient-type", "mail", "recipient", "a@example.org"}, 422, "RANGE_ERROR"},
		"endless name":   {[]string{"text", g.valid.ID, "recipient-type", "name", "recipient", strings.Repeat("a", 1001)}, 422, "LIMIT_EXCEEDED"},
		"file over text": {[]string{"text", "x", "@file", valid}, 200, confirmed},
		"empty":          {[]string{"text", "", "@file", ""}, 422, "Choose a file or paste something first."},
		"two files":      {[]string{"@file", "{}", "@file", "{}"}, 413, "LIMIT_EXCEEDED"},
		"many parts":     {eleven, 413, "LIMIT_EXCEEDED"},
		"no such day":    {[]string{"text", "x", "at", "2026-02-30"}, 422, "schema.time"},
		"foreign link":   {[]string{"text", "https://elsewhere.example/c/1"}, 422, `id="form-error"`},
		"id of nothing":  {[]string{"text", "00000000000000000000000000"}, 404, "NOT_FOUND"},
		"no credential":  {[]string{"text", "hello"}, 200, "this file is damaged"},
	} {
		t.Run(name, func(t *testing.T) {
			body, ct := form(t, c.pairs...)
			w := g.call("POST", "/verify", body, "Content-Type: "+ct, "Accept: text/html", "Accept-Language: en")
			if w.Code != c.code || !strings.Contains(w.Body.String(), c.want) {
				t.Errorf("%d, want %d and %q in\n%.3000s", w.Code, c.code, c.want, w.Body)
			}
			if strings.Contains(w.Body.String(), "passwd") {
				t.Error("the name of a file was used")
			}
			if w.Header().Get("Cache-Control") != "no-store" {
				t.Error("an answer about somebody's credential may be cached")
			}
		})
	}
	body, ct := form(t, "@file", valid)
	w := g.call("POST", "/verify", body[:len(body)/2], "Content-Type: "+ct, "Accept: application/json")
	if w.Code != 400 {
		t.Errorf("a form that was cut short: %d", w.Code)
	}
}
