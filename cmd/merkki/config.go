package main

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/BurntSushi/toml"

	"merkki/internal/fetch"
	"merkki/internal/i18n"
)

// A config is what a service is told. Each value comes from the first of: a
// flag, the environment (MERKKI_ and the key in capitals), DIR/merkki.toml, the
// default. The table settings is the reference of it.
type config struct {
	BaseURL        string
	Name           string
	Lang           string
	Listen         string
	TLSCert        string
	TLSKey         string
	BehindProxy    []string
	AllowHost      []string
	PassphraseFile string
	Identity       string
	StatusValidity string
	Contexts       []contextFile

	from map[string]string // key → where its value came from
}

// A contextFile is a JSON-LD context that the operator registers: only the
// bytes with this hash will do.
type contextFile struct {
	URL    string `toml:"url"`
	File   string `toml:"file"`
	SHA256 string `toml:"sha256"`
}

// A setting is one key of the configuration.
type setting struct {
	key      string // in merkki.toml; in the environment MERKKI_ and this in capitals
	fallback string
	text     string // what it is, for the reference page and the file that init writes
	one      func(*config) *string
	many     func(*config) *[]string
}

// env returns the name of the environment variable.
func (s setting) env() string { return "MERKKI_" + strings.ToUpper(s.key) }

// settings is the table of the configuration, in the order of the file.
var settings = []setting{
	{key: "base_url", text: "The https origin under which the world reaches this service. It stands in every\ncredential, key and QR code, on paper too: it cannot be changed.",
		one: func(c *config) *string { return &c.BaseURL }},
	{key: "lang", fallback: "en", text: "The language for readers who ask for none: fi, sv or en.",
		one: func(c *config) *string { return &c.Lang }},
	{key: "listen", fallback: "127.0.0.1:8080", text: "The address to listen on. One that others can reach needs TLS or a proxy.",
		one: func(c *config) *string { return &c.Listen }},
	{key: "tls_cert", text: "The certificate chain (PEM) with which to speak TLS ourselves.",
		one: func(c *config) *string { return &c.TLSCert }},
	{key: "tls_key", text: "The private key (PEM) of tls_cert.",
		one: func(c *config) *string { return &c.TLSKey }},
	{key: "behind_proxy", text: "The networks of the proxies that stand in front and speak TLS: only from them\nis X-Forwarded-For believed. In the environment separated by commas.",
		many: func(c *config) *[]string { return &c.BehindProxy }},
	{key: "allow_host", text: "Hosts inside your network that may be asked for keys and status lists all the\nsame, as HOST=NETWORK, for example did.campus=10.20.0.0/16. None by default.",
		many: func(c *config) *[]string { return &c.AllowHost }},
	{key: "passphrase_file", text: "A file (mode 0600) that holds the passphrase of the keys. Without it, and\nwithout MERKKI_PASSPHRASE or identity, it is asked for on the terminal.",
		one: func(c *config) *string { return &c.PassphraseFile }},
	{key: "identity", text: "A file (mode 0600) that holds the age identity of the keys, unencrypted, for a\nmachine that must start alone.",
		one: func(c *config) *string { return &c.Identity }},
	{key: "status_validity", fallback: "24h", text: "How long a signed status list may be relied on by those who keep a copy.",
		one: func(c *config) *string { return &c.StatusValidity }},
}

// knownEnvironment are variables that are no settings: the directory, the
// passphrase itself, and what the tests of this repository are told.
var knownEnvironment = []string{"MERKKI_DIR", "MERKKI_PASSPHRASE", "MERKKI_LONG", "MERKKI_TEST_ALL"}

// loadConfig reads the configuration for a directory (empty: none, no file is
// read). flags holds values that were given on the command line, by key. All
// faults are named at once.
func loadConfig(dir string, flags map[string][]string, getenv func(string) (string, bool), environ []string) (*config, error) {
	c := &config{from: map[string]string{}}
	file, faults := readConfigFile(dir)
	faults = append(faults, unknownEnvironment(environ)...)
	for _, s := range settings {
		values, from := []string{s.fallback}, "default"
		if s.fallback == "" {
			values = nil
		}
		if v, ok := file.values[s.key]; ok {
			values, from = v, "merkki.toml"
		}
		if v, ok := getenv(s.env()); ok && v != "" {
			values, from = splitList(s, v), s.env()
		}
		if v, ok := flags[s.key]; ok {
			values, from = v, "--"+strings.ReplaceAll(s.key, "_", "-")
		}
		c.from[s.key] = from
		switch {
		case s.many != nil:
			*s.many(c) = values
		case len(values) > 0:
			*s.one(c) = values[0]
		}
		if from == "merkki.toml" {
			c.rebase(dir, s)
		}
	}
	c.Contexts = file.contexts
	faults = append(faults, c.check()...)
	if len(faults) > 0 {
		return nil, exit(exitConfiguration, "%w", errors.Join(faults...))
	}
	return c, nil
}

func splitList(s setting, v string) []string {
	if s.many == nil {
		return []string{v}
	}
	return strings.Split(v, ",")
}

// rebase makes paths that stand in DIR/merkki.toml relative to DIR.
func (c *config) rebase(dir string, s setting) {
	if s.one == nil || !slices.Contains([]string{"tls_cert", "tls_key", "passphrase_file", "identity"}, s.key) {
		return
	}
	if p := s.one(c); *p != "" && !filepath.IsAbs(*p) {
		*p = filepath.Join(dir, *p)
	}
}

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
		values, ok := textValues(v, settings[i].many != nil)
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

func textValues(v any, many bool) ([]string, bool) {
	switch v := v.(type) {
	case string:
		return []string{v}, !many
	case []any:
		out := make([]string, 0, len(v))
		for _, e := range v {
			s, ok := e.(string)
			if !ok {
				return nil, false
			}
			out = append(out, s)
		}
		return out, many
	}
	return nil, false
}

func wanted(s setting) string {
	if s.many != nil {
		return "a list of texts"
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

// check judges each value by itself and all of them together.
func (c *config) check() []error {
	var faults []error
	fault := func(key, format string, args ...any) {
		faults = append(faults, fmt.Errorf("%s (from %s): %w", key, c.from[key], fmt.Errorf(format, args...)))
	}
	if c.BaseURL != "" {
		if err := checkBaseURL(c.BaseURL); err != nil {
			fault("base_url", "%w", err)
		}
	}
	if !i18n.Speaks(c.Lang) {
		fault("lang", "%q is not one of %s", c.Lang, strings.Join(i18n.Languages, ", "))
	}
	if _, err := splitListen(c.Listen); err != nil {
		fault("listen", "%w", err)
	}
	if (c.TLSCert == "") != (c.TLSKey == "") {
		fault("tls_cert", "tls_cert and tls_key need each other")
	}
	for _, n := range c.BehindProxy {
		if _, err := netip.ParsePrefix(n); err != nil {
			fault("behind_proxy", "%q is not a network such as 10.1.2.0/24 or 127.0.0.1/32", n)
		}
	}
	if _, err := c.rules(); err != nil {
		fault("allow_host", "%w", err)
	}
	if _, err := c.statusValidity(); err != nil {
		fault("status_validity", "%w", err)
	}
	return faults
}

// originHost is the host of a base URL: labels of small letters, digits and
// hyphens.
var originHost = regexp.MustCompile(`^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$`)

// checkBaseURL accepts an https origin and nothing more: ids, QR codes and the
// DID are made of it.
func checkBaseURL(s string) error {
	host, ok := strings.CutPrefix(s, "https://")
	if !ok || !originHost.MatchString(host) {
		return fmt.Errorf("%q must be an https origin such as https://badges.example.org: small letters, no port, no path, no final slash", s)
	}
	return nil
}

// splitListen checks an address to listen on and returns its host.
func splitListen(s string) (string, error) {
	host, port, err := net.SplitHostPort(s)
	if err != nil {
		return "", fmt.Errorf("%q is not an address such as 127.0.0.1:8080", s)
	}
	if n, err := strconv.Atoi(port); err != nil || n < 0 || n > 65535 {
		return "", fmt.Errorf("%q is not a port", port)
	}
	return host, nil
}

// rules are the outbound rules with the operator's exceptions.
func (c *config) rules() (fetch.Rules, error) {
	var r fetch.Rules
	for _, s := range c.AllowHost {
		a, err := fetch.ParseAllowed(s)
		if err != nil {
			return r, err
		}
		r.Allow = append(r.Allow, a)
	}
	return r, nil
}

// statusValidity bounds how long lists are valid: less than the interval at
// which they are signed anew would leave gaps.
func (c *config) statusValidity() (time.Duration, error) {
	d, err := time.ParseDuration(c.StatusValidity)
	if err != nil || d < 13*time.Hour || d > 90*24*time.Hour {
		return 0, fmt.Errorf("%q is not a duration between 13h and 2160h", c.StatusValidity)
	}
	return d, nil
}
