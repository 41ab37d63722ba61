package main

import (
	"context"
	"net/url"
	"strings"

	"github.com/spf13/cobra"

	"merkki/internal/fetch"
)

// sourceFlags say where documents come from that a check needs.
type sourceFlags struct {
	bundles         []string
	offline, online bool
}

func (f *sourceFlags) register(c *cobra.Command) {
	c.Flags().StringArrayVar(&f.bundles, "bundle", nil, "take documents from this bundle.json, folder or zip instead of from the network; may be repeated")
	c.Flags().BoolVar(&f.offline, "offline", false, "ask the network nothing")
	c.Flags().BoolVar(&f.online, "online", false, "ask the network for what the bundles lack")
}

// source stacks bundles over the network. A bundle means that nothing else is
// asked, unless --online says otherwise.
func (p *program) source(f sourceFlags) (fetch.Source, error) {
	if f.offline && f.online {
		return nil, usage("--offline and --online exclude each other")
	}
	var stack []fetch.Source
	for _, path := range f.bundles {
		if !exists(path) {
			return nil, exit(exitNoInput, "%s does not exist", path)
		}
		b, err := fetch.OpenBundle(path)
		if err != nil {
			return nil, exit(exitData, "%w", err)
		}
		stack = append(stack, b)
	}
	if f.offline || len(f.bundles) > 0 && !f.online {
		return fetch.NewStack(fetch.Rules{}, stack...), nil
	}
	return fetch.NewStack(fetch.Rules{}, append(stack, p.network())...), nil
}

// ownDocuments answers addresses under the base URL of a service from the
// service itself, so that a directory is verified without the network.
type ownDocuments struct {
	client  *client
	baseURL string
	others  fetch.Source
}

func (o ownDocuments) Get(ctx context.Context, purpose fetch.Purpose, address string) (fetch.Document, error) {
	path, own := strings.CutPrefix(address, o.baseURL+"/")
	if !own {
		return o.others.Get(ctx, purpose, address)
	}
	u, err := url.Parse("/" + path)
	if err != nil {
		return fetch.Document{}, &fetch.RefusedError{URL: address, Reason: "syntax"}
	}
	r := request{method: "GET", path: u.Path, query: u.Query(), headers: map[string]string{
		"Accept": "application/vc, application/did+json, application/ld+json, application/json",
	}}
	b, err := o.client.raw(ctx, r)
	if err != nil {
		return fetch.Document{}, &fetch.UnreachableError{URL: address, Host: strings.TrimPrefix(o.baseURL, "https://"), Reason: "own-service"}
	}
	return fetch.Document{Bytes: b, MediaType: "application/json"}, nil
}
