package issuer

import (
	"archive/tar"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"merkki/schema"
	"merkki/verifier"
)

// sampleEvery is how many records there are to each that a backup verifies,
// besides the newest.
const sampleEvery = 100

// A manifest is the first file of a backup.
type manifest struct {
	Format  int    `json:"format"`
	Program string `json:"program"`
	BaseURL string `json:"baseUrl"`
	Made    string `json:"made"`
	Records int    `json:"records"`
	Checked int    `json:"checked"` // how many of them were opened and verified in the copy
}

// Backup writes a consistent copy to a path that does not exist, while the
// service runs: a tar archive of manifest.json, merkki.db, highwater and
// published/. The keys of the learners go into a second file, path+".learners",
// which is to be kept apart and replaced by the next one, so that erasing a
// learner reaches the backups. Signing keys are in neither.
//
// The copy of the database is reopened, checked page by page, and the newest
// record and every hundredth are opened and verified, before either file gets
// its name.
func (s *Service) Backup(ctx context.Context, a Actor, path string) (err error) {
	if err := a.mayForAll(KeyCustodian); err != nil {
		return err
	}
	learnersPath := path + ".learners"
	if !filepath.IsAbs(path) {
		return malformed("/path", "an absolute path")
	}
	if errors.Join(absent(path), absent(learnersPath)) != nil {
		return schema.Refusal(schema.CodeConflict, "/path", map[string]any{"path": path, "reason": "exists"})
	}
	work, err := os.MkdirTemp(filepath.Dir(path), ".merkki-backup-*")
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, fs.ErrPermission) {
		return fmt.Errorf("%w: %w", malformed("/path", "a new file in a folder that can be written to"), err)
	}
	if err != nil {
		return stored(full(err))
	}
	defer func() { err = errors.Join(err, os.RemoveAll(work)) }()
	db := filepath.Join(work, "merkki.db")
	m, err := s.snapshot(ctx, db)
	if err != nil {
		return stored(err)
	}
	// Everything else only grows, so what is read after the database covers it.
	part := filepath.Join(work, "backup.tar")
	if err := s.archive(part, db, m); err != nil {
		return stored(full(err))
	}
	if err := s.learners.copyTo(learnersPath); err != nil {
		return stored(err)
	}
	if err := os.Rename(part, path); err != nil {
		return errors.Join(err, os.Remove(learnersPath))
	}
	return syncDir(filepath.Dir(path))
}

// snapshot copies the database and verifies the copy.
func (s *Service) snapshot(ctx context.Context, path string) (m manifest, err error) {
	m = manifest{Format: 1, Program: "merkki", BaseURL: s.base, Made: schema.FormatTime(s.now())}
	copied, err := s.store.Snapshot(ctx, path)
	if err != nil {
		return m, err
	}
	defer func() { err = errors.Join(err, copied.Close()) }()
	complaints, err := copied.Check(ctx)
	if err != nil {
		return m, err
	}
	if len(complaints) > 0 {
		return m, fmt.Errorf("%w: %s: %s", ErrDamaged, complaints[0].Check, complaints[0].Detail)
	}
	v := s.Verifier(nil, nil, nil)
	var newest StoredRecord
	for r, err := range copied.All(ctx) {
		if err != nil {
			return m, err
		}
		if m.Records%sampleEvery == 0 {
			if err := s.sample(ctx, v, r); err != nil {
				return m, err
			}
			m.Checked++
		}
		m.Records++
		newest = r
	}
	if newest.ID != "" {
		m.Checked++
		return m, s.sample(ctx, v, newest)
	}
	return m, nil
}

// sample opens a record of the copy and checks its signature. Its status may
// have changed since the copy was made.
func (s *Service) sample(ctx context.Context, v *verifier.Verifier, r StoredRecord) error {
	if r.State == Unsigned || r.State == Voided {
		return nil
	}
	part, err := s.unseal(r)
	if errors.Is(err, errErased) {
		return nil
	}
	if err != nil {
		return err
	}
	report, err := v.Verify(ctx, verifier.Request{Input: part.Credential})
	if err != nil {
		return err
	}
	if report.Check("proof.signature").Status != schema.Pass {
		return fmt.Errorf("%w: record %s does not verify in the copy", ErrDamaged, r.ID)
	}
	return nil
}

// archive writes the tar file and syncs it.
func (s *Service) archive(path, db string, m manifest) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	defer f.Close()
	t := tar.NewWriter(f)
	head, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		return err
	}
	if err := writeMember(t, "manifest.json", head); err != nil {
		return err
	}
	names := map[string]string{"merkki.db": db, "highwater": s.highwater.path}
	for _, name := range []string{"merkki.db", "highwater"} {
		if err := copyMember(t, name, names[name]); err != nil {
			return err
		}
	}
	lists, err := os.ReadDir(s.published)
	if err != nil {
		return err
	}
	for _, l := range lists {
		if filepath.Ext(l.Name()) != ".json" {
			continue
		}
		if err := copyMember(t, "published/"+l.Name(), filepath.Join(s.published, l.Name())); err != nil {
			return err
		}
	}
	if err := t.Close(); err != nil {
		return err
	}
	return f.Sync()
}

func writeMember(t *tar.Writer, name string, b []byte) error {
	if err := t.WriteHeader(&tar.Header{Name: name, Mode: 0o600, Size: int64(len(b))}); err != nil {
		return err
	}
	_, err := t.Write(b)
	return err
}

// copyMember adds a file; one that is not there (no list yet) is left out.
func copyMember(t *tar.Writer, name, path string) error {
	f, err := os.Open(path)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	if err := t.WriteHeader(&tar.Header{Name: name, Mode: 0o600, Size: info.Size()}); err != nil {
		return err
	}
	_, err = io.Copy(t, f)
	return err
}
