package main

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
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
	Contact        string
	ContactUntil   string
	SMTPURL        string
	SMTPPassword   string // path of a file
	MailFrom       string
	InlineContexts bool
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
	yes      func(*config) *bool
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
	{key: "contact", text: "Where people reach you: a mail address or an https address. The accessibility\nstatement and security.txt name it.",
		one: func(c *config) *string { return &c.Contact }},
	{key: "contact_until", text: "The day until which somebody promises to read what is sent there, for example\n2027-06-30, best less than a year ahead: security.txt says so. `merkki doctor` calls it\nto mind a month before.",
		one: func(c *config) *string { return &c.ContactUntil }},
	{key: "smtp_url", text: "The relay that takes mails to learners: smtps://USER@HOST (TLS from the first byte)\nor smtp://HOST:PORT (STARTTLS, which it must offer unless it is on this machine).\nWithout it `merkki issue --mail` is refused.",
		one: func(c *config) *string { return &c.SMTPURL }},
	{key: "smtp_password_file", text: "A file (mode 0600) that holds the password of USER at the relay.",
		one: func(c *config) *string { return &c.SMTPPassword }},
	{key: "mail_from", text: "The address that mails to learners come from, such as badges@example.fi. The name\nbeside it is the issuer's. Where bounces go is for the relay to say; see\n`merkki mail bounced`.",
		one: func(c *config) *string { return &c.MailFrom }},
	{key: "inline_contexts", fallback: "false", text: "Whether to read credentials that define words inside themselves, in an object\nunder @context, as long as they only add words. What such a word means is the\ndocument's own say. true or false.",
		yes: func(c *config) *bool { return &c.InlineContexts }},
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
		case s.yes != nil:
			if *s.yes(c) = values[0] == "true"; values[0] != "true" && values[0] != "false" {
				faults = append(faults, fmt.Errorf("%s (from %s): %q is not true or false", s.key, from, values[0]))
			}
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
	if s.one == nil || !slices.Contains([]string{"tls_cert", "tls_key", "passphrase_file", "identity", "smtp_password_file"}, s.key) {
		return
	}
	if p := s.one(c); *p != "" && !filepath.IsAbs(*p) {
		*p = filepath.Join(dir, *p)
	}
}
