package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/BurntSushi/toml"
)

// A configFile is what merkki.toml says.
type configFile struct {
	values   map[string][]string
	contexts []contextFile
}

func readConfigFile(dir string) (configFile, []error) {
	f := configFile{values: map[string][]string{}}
	if dir == "" {
		return f, nil
	}
	path := filepath.Join(dir, "merkki.toml")
	b, err := os.ReadFile(path)
	if errors.Is(err, os.ErrNotExist) {
		return f, []error{fmt.Errorf("%s does not exist: is this the directory of a service? `merkki init` makes one", path)}
	}
	if err != nil {
		return f, []error{err}
	}
	var raw map[string]any
	if err := toml.Unmarshal(b, &raw); err != nil {
		return f, []error{fmt.Errorf("%s: %w", path, err)}
	}
	var faults []error
	for key, v := range raw {
		if key == "context" {
			faults = append(faults, f.readContexts(dir, path, b)...)
			continue
		}
		i := slices.IndexFunc(settings, func(s setting) bool { return s.key == key })
		if i < 0 {
			faults = append(faults, fmt.Errorf("%s: there is no key %q%s", path, key, didYouMean(key, settingKeys())))
			continue
		}
		values, ok := textValues(v, settings[i])
		if !ok {
			faults = append(faults, fmt.Errorf("%s: %s must be %s", path, key, wanted(settings[i])))
			continue
		}
		f.values[key] = values
	}
	slices.SortFunc(faults, func(a, b error) int { return strings.Compare(a.Error(), b.Error()) })
	return f, faults
}

// readContexts reads the [[context]] tables.
func (f *configFile) readContexts(dir, path string, b []byte) []error {
	var t struct {
		Context []contextFile `toml:"context"`
	}
	md, err := toml.Decode(string(b), &t)
	if err != nil {
		return []error{fmt.Errorf("%s: context: %w", path, err)}
	}
	var faults []error
	for _, key := range md.Undecoded() {
		if len(key) > 1 && key[0] == "context" {
			faults = append(faults, fmt.Errorf("%s: there is no key %q%s", path, key.String(), didYouMean(key[1], []string{"url", "file", "sha256"})))
		}
	}
	for i, c := range t.Context {
		if c.URL == "" || c.File == "" || c.SHA256 == "" {
			faults = append(faults, fmt.Errorf("%s: context %d needs url, file and sha256", path, i+1))
		}
		if !filepath.IsAbs(c.File) {
			t.Context[i].File = filepath.Join(dir, c.File)
		}
	}
	f.contexts = t.Context
	return faults
}

// textValues reads a value of the kind that the setting has.
func textValues(v any, s setting) ([]string, bool) {
	switch v := v.(type) {
	case string:
		return []string{v}, s.one != nil
	case bool:
		return []string{strconv.FormatBool(v)}, s.yes != nil
	case []any:
		out := make([]string, 0, len(v))
		for _, e := range v {
			s, ok := e.(string)
			if !ok {
				return nil, false
			}
			out = append(out, s)
		}
		return out, s.many != nil
	}
	return nil, false
}

func wanted(s setting) string {
	switch {
	case s.many != nil:
		return "a list of texts"
	case s.yes != nil:
		return "true or false"
	}
	return "a text in quotes"
}

func settingKeys() []string {
	keys := []string{"context"}
	for _, s := range settings {
		keys = append(keys, s.key)
	}
	return keys
}

// unknownEnvironment finds variables that look like ours and mean nothing.
func unknownEnvironment(environ []string) []error {
	known := slices.Clone(knownEnvironment)
	for _, s := range settings {
		known = append(known, s.env())
	}
	var faults []error
	for _, kv := range environ {
		name, value, _ := strings.Cut(kv, "=")
		if value != "" && strings.HasPrefix(name, "MERKKI_") && !slices.Contains(known, name) {
			faults = append(faults, fmt.Errorf("the environment has %s, which means nothing%s", name, didYouMean(name, known)))
		}
	}
	return faults
}
