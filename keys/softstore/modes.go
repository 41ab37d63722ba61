package softstore

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// checkModes refuses a folder or file that others than its owner can read or
// write: somebody may have done so already.
func checkModes(dir string) error {
	info, err := os.Stat(dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("there is no key folder %s; merkki init makes one", dir)
	case err != nil:
		return fmt.Errorf("the key folder cannot be read: %w", err)
	case !info.IsDir():
		return fmt.Errorf("%s is not a folder", dir)
	}
	if err := checkMode(dir, info, 0o077, "chmod 700"); err != nil {
		return err
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return fmt.Errorf("the key folder cannot be read: %w", err)
	}
	for _, e := range entries {
		path := filepath.Join(dir, e.Name())
		info, err := os.Lstat(path)
		switch {
		case err != nil:
			return fmt.Errorf("%s cannot be looked at: %w", path, err)
		case !info.Mode().IsRegular():
			return fmt.Errorf("%s is not a file; nothing else belongs into a key folder", path)
		}
		if err := checkMode(path, info, 0o077, "chmod 600"); err != nil {
			return err
		}
	}
	return nil
}

func checkMode(path string, info fs.FileInfo, forbidden fs.FileMode, remedy string) error {
	if mode := info.Mode().Perm(); mode&forbidden != 0 {
		return fmt.Errorf("%s is open to other users (mode %04o): consider the keys read by them, and close it with %s %s", path, mode, remedy, path)
	}
	return nil
}
