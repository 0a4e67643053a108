// Package blob keeps files (文件): attachments, data snapshots and exports, each under the digest of its own bytes, in one folder.
//
// Invariants: a file that has a name in the store is complete and on the disk (written beside, flushed, renamed, folder flushed); its
// name is the SHA-256 of its bytes, so the same bytes are one file and a changed file no longer answers to its name (Verify); a file
// is never changed, only put and deleted. What is not finished has no digest and is swept away at the next start.
//
// It does not know what a file means or who may read it: rows in the control database say so, and decide when a file is deleted.
package blob

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"yunei/internal/base/errs"
)

const (
	scheme = "sha256:"
	tmpDir = "tmp"
	// abandoned is the age at which an unfinished file belongs to a process that has died.
	abandoned = 24 * time.Hour
	// DefaultLimit is the size limit of one file when the store is opened without one.
	DefaultLimit = 1 << 30
)

// Ref names one stored file.
type Ref struct {
	Digest string `json:"digest" doc:"sha256:<hex> of the bytes"`
	Size   int64  `json:"size"`
}

// Store is a folder of files named by their digest.
type Store struct {
	dir   string
	limit int64
}

// Open opens the store in dir, making the folder when it is missing, and removes what a process that died left unfinished.
// A limit of zero or less is DefaultLimit.
func Open(dir string, limit int64) (*Store, error) {
	if limit <= 0 {
		limit = DefaultLimit
	}
	tmp := filepath.Join(dir, tmpDir)
	if err := os.MkdirAll(tmp, 0o700); err != nil {
		return nil, fmt.Errorf("open file store %s: %w", dir, err)
	}
	left, err := os.ReadDir(tmp)
	if err != nil {
		return nil, fmt.Errorf("open file store %s: %w", dir, err)
	}
	for _, e := range left {
		if info, err := e.Info(); err == nil && time.Since(info.ModTime()) > abandoned {
			os.Remove(filepath.Join(tmp, e.Name()))
		}
	}
	return &Store{dir: dir, limit: limit}, nil
}

// Dir is the folder of the store; the engine's child process is allowed to read snapshots below it.
func (s *Store) Dir() string { return s.dir }

// Put stores everything that r gives. Nothing is stored when r fails, when the limit is passed or when the disk is full.
func (s *Store) Put(ctx context.Context, r io.Reader) (Ref, error) {
	d, err := s.Draft()
	if err != nil {
		return Ref{}, err
	}
	defer d.Discard()
	if _, err := io.Copy(d, readerOf(ctx, r)); err != nil {
		return Ref{}, err
	}
	return d.Commit()
}

// Draft begins a file that is written piece by piece. The caller defers Discard, which does nothing after Commit.
func (s *Store) Draft() (*Draft, error) {
	f, err := os.CreateTemp(filepath.Join(s.dir, tmpDir), "draft-")
	if err != nil {
		return nil, failure("begin file", err)
	}
	return &Draft{store: s, file: f, hash: sha256.New()}, nil
}

// Draft is a file on its way into the store.
type Draft struct {
	store *Store
	file  *os.File
	hash  hash.Hash
	size  int64
	err   error
	done  bool
}

func (d *Draft) Write(p []byte) (int, error) {
	if d.err != nil {
		return 0, d.err
	}
	if d.size+int64(len(p)) > d.store.limit {
		d.err = errs.New(errs.TooLarge, "文件超过 %d MiB 的上限, 请拆分后分批提交", d.store.limit>>20)
		return 0, d.err
	}
	n, err := d.file.Write(p)
	d.hash.Write(p[:n])
	d.size += int64(n)
	if err != nil {
		d.err = failure("write file", err)
		return n, d.err
	}
	return n, nil
}

// Commit flushes the file to the disk and gives it its name. A write that failed before fails the commit too.
func (d *Draft) Commit() (Ref, error) {
	if d.err != nil {
		return Ref{}, d.err
	}
	if err := d.file.Sync(); err != nil {
		return Ref{}, failure("flush file", err)
	}
	if err := d.file.Close(); err != nil {
		return Ref{}, failure("close file", err)
	}
	ref := Ref{Digest: scheme + hex.EncodeToString(d.hash.Sum(nil)), Size: d.size}
	final, _ := d.store.Path(ref.Digest)
	folder := filepath.Dir(final)
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return Ref{}, failure("name file", err)
	}
	if err := os.Chmod(d.file.Name(), 0o400); err != nil {
		return Ref{}, failure("name file", err)
	}
	if err := os.Rename(d.file.Name(), final); err != nil {
		return Ref{}, failure("name file", err)
	}
	// The name is as durable as the bytes only once the folders are flushed; the outer one may have got a new folder.
	for _, dir := range []string{folder, d.store.dir} {
		if err := syncDir(dir); err != nil {
			return Ref{}, failure("flush folder", err)
		}
	}
	d.done = true
	return ref, nil
}

// Discard drops a file that was not committed.
func (d *Draft) Discard() {
	if d.done {
		return
	}
	d.done = true
	d.file.Close()
	os.Remove(d.file.Name())
}

// Open opens a stored file for reading.
func (s *Store) Open(digest string) (*os.File, error) {
	path, err := s.Path(digest)
	if err != nil {
		return nil, err
	}
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, errs.New(errs.NotFound, "文件不存在, 请核对文件摘要")
	}
	return f, err
}

// Path is where the file with this digest is or would be.
func (s *Store) Path(digest string) (string, error) {
	sum, ok := strings.CutPrefix(digest, scheme)
	raw, err := hex.DecodeString(sum)
	if !ok || err != nil || len(raw) != sha256.Size || sum != strings.ToLower(sum) {
		return "", errs.New(errs.Invalid, "文件摘要 %q 格式不正确, 应为 sha256: 加 64 位小写十六进制", digest)
	}
	return filepath.Join(s.dir, sum[:2], sum), nil
}

// Has reports whether the file is stored.
func (s *Store) Has(digest string) bool {
	path, err := s.Path(digest)
	if err != nil {
		return false
	}
	_, err = os.Stat(path)
	return err == nil
}

// Verify reads the file and compares its bytes with its name.
func (s *Store) Verify(ctx context.Context, digest string) error {
	f, err := s.Open(digest)
	if err != nil {
		return err
	}
	defer f.Close()
	sum := sha256.New()
	if _, err := io.Copy(sum, readerOf(ctx, f)); err != nil {
		return fmt.Errorf("verify file %s: %w", digest, err)
	}
	if got := scheme + hex.EncodeToString(sum.Sum(nil)); got != digest {
		return fmt.Errorf("file %s was changed: its bytes now have the digest %s", digest, got)
	}
	return nil
}

// Delete removes a file; deleting what is not there is no error, so that an interrupted cleaning can be repeated.
func (s *Store) Delete(digest string) error {
	path, err := s.Path(digest)
	if err != nil {
		return err
	}
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("delete file %s: %w", digest, err)
	}
	return syncDir(filepath.Dir(path))
}

// Sweep deletes every stored file that keep does not know and that is older than age: what an errand wrote and did not live to
// record. Young files are spared, because the row that will name them may not be committed yet.
func (s *Store) Sweep(age time.Duration, keep func(digest string) bool) (deleted int, err error) {
	err = filepath.WalkDir(s.dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if e.IsDir() {
			if e.Name() == tmpDir {
				return fs.SkipDir
			}
			return nil
		}
		info, err := e.Info()
		if err != nil || time.Since(info.ModTime()) < age || keep(scheme+e.Name()) {
			return nil
		}
		deleted++
		return os.Remove(path)
	})
	return deleted, err
}

func syncDir(dir string) error {
	f, err := os.Open(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	defer f.Close()
	return f.Sync()
}

// failure tells a full disk, which an operator can mend, from every other fault.
func failure(doing string, err error) error {
	if errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) || errors.Is(err, syscall.EFBIG) {
		return errs.New(errs.Unavailable, "存储空间不足, 文件没有保存, 请联系平台运营单位扩容后重试: %w", err)
	}
	return fmt.Errorf("%s: %w", doing, err)
}

// readerOf stops reading when ctx ends, so that a caller who has gone does not keep a copy running.
func readerOf(ctx context.Context, r io.Reader) io.Reader { return &reader{ctx: ctx, r: r} }

type reader struct {
	ctx context.Context
	r   io.Reader
}

func (r *reader) Read(p []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	return r.r.Read(p)
}
