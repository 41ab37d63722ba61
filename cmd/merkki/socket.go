package main

import (
	"context"
	"errors"
	"net"
	"os"
	"path/filepath"
	"syscall"

	"merkki/internal/web"
)

// maxSocketPath is what fits into the address of a socket on every system.
const maxSocketPath = 100

// A socket is the listener for commands on this machine.
type socket struct {
	net.Listener
	names []string // to remove, link first
}

// listenSocket opens the socket of a directory, mode 0600. Where the path is too
// long the socket lies in a private temporary folder and DIR/merkki.sock is a
// link to it. What a killed server left is replaced: whoever holds the record
// file is the only server.
func listenSocket(dir string) (*socket, error) {
	path, err := filepath.Abs(socketPath(dir))
	if err != nil {
		return nil, err
	}
	s := &socket{names: []string{path}}
	if err := removeStale(path); err != nil {
		return nil, err
	}
	at := path
	if len(path) > maxSocketPath {
		short, err := os.MkdirTemp("", "merkki-")
		if err != nil {
			return nil, err
		}
		at = filepath.Join(short, "sock")
		s.names = append(s.names, at, short)
		if err := os.Symlink(at, path); err != nil {
			return nil, err
		}
	}
	if s.Listener, err = net.Listen("unix", at); err != nil {
		s.remove()
		return nil, err
	}
	if err := os.Chmod(at, 0o600); err != nil {
		s.Close()
		s.remove()
		return nil, err
	}
	return s, nil
}

// removeStale removes a socket, or a link to one, that an earlier server left.
func removeStale(path string) error {
	if to, err := os.Readlink(path); err == nil {
		if filepath.Base(to) == "sock" {
			os.Remove(to)
			os.Remove(filepath.Dir(to))
		}
	}
	if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	return nil
}

func (s *socket) remove() {
	for _, n := range s.names {
		os.Remove(n)
	}
}

// peerContext puts the operating-system user on the other end of a connection
// into the context of its requests.
func peerContext(ctx context.Context, c net.Conn) context.Context {
	uc, ok := c.(*net.UnixConn)
	if !ok {
		return ctx
	}
	uid, err := peerUser(uc)
	if err != nil {
		return ctx
	}
	return web.WithActor(ctx, actorOfUser(uid))
}

func inUse(err error) bool { return errors.Is(err, syscall.EADDRINUSE) }
