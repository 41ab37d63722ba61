package main

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// readInput reads a file, or standard input for "-". What is longer than the
// limit is cut one byte above it, so that whoever judges the bytes sees that
// they are too many.
func (p *program) readInput(path string, limit int64) ([]byte, error) {
	if path == "-" {
		return io.ReadAll(io.LimitReader(p.In, limit+1))
	}
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, exit(exitNoInput, "%s does not exist", path)
	}
	if err != nil {
		return nil, err
	}
	defer f.Close()
	if info, err := f.Stat(); err != nil {
		return nil, err
	} else if info.IsDir() {
		return nil, exit(exitNoInput, "%s is a folder, not a file", path)
	}
	b, err := io.ReadAll(io.LimitReader(f, limit+1))
	if err != nil {
		return nil, exit(exitIO, "%s: %w", path, err)
	}
	return b, nil
}

// writeNew writes a file that must not exist yet: beside it first, then under
// its name, so that nobody ever reads half of it.
func writeNew(path string, b []byte, mode fs.FileMode) error {
	if _, err := os.Lstat(path); err == nil {
		return exit(exitCannotCreate, "%s exists already, and is not overwritten", path)
	}
	return writeFile(path, b, mode)
}

// writeFile writes a file in one step, durable on return.
func writeFile(path string, b []byte, mode fs.FileMode) (err error) {
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*")
	if err != nil {
		return exit(exitCannotCreate, "%w", err)
	}
	defer func() {
		if err != nil {
			os.Remove(f.Name())
			err = exit(exitIO, "%s: %w", path, err)
		}
	}()
	if _, err := f.Write(b); err != nil {
		return errors.Join(err, f.Close())
	}
	if err := errors.Join(f.Chmod(mode), f.Sync(), f.Close()); err != nil {
		return err
	}
	if err := os.Rename(f.Name(), path); err != nil {
		return err
	}
	return syncDir(filepath.Dir(path))
}

// syncDir makes the names in a folder durable.
func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// exists reports whether something has that name.
func exists(path string) bool {
	_, err := os.Lstat(path)
	return err == nil
}
