package netlog

import (
	"bufio"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"yunei/internal/base/workday"
)

// Day is a packed file.
type Day struct {
	Day    workday.Date     `json:"day"`
	Lines  int64            `json:"lines"`
	Lost   int64            `json:"lost" doc:"Requests that left no line, as the lines tell"`
	Size   int64            `json:"size" doc:"Bytes before packing"`
	Packed int64            `json:"packed" doc:"Bytes of the file"`
	Digest string           `json:"digest" doc:"sha256:<hex> of the file"`
	Orgs   map[string]int64 `json:"-"` // lines of each organization
}

// Pack packs a day that is over. The unpacked file stays until Drop. It may be done again.
func (l *Log) Pack(day workday.Date) (d Day, err error) {
	l.mu.Lock()
	if l.last.Before(day.End()) { // nothing has come since; a clock that is set back now must not reopen it
		l.last = day.End()
	}
	l.mu.Unlock()
	if err := l.Flush(); err != nil {
		return d, err
	}
	l.writing.Lock()
	defer l.writing.Unlock()
	if l.day == day {
		if err := l.shut(); err != nil {
			return d, err
		}
	}
	d = Day{Day: day, Orgs: map[string]int64{}}
	in, _, err := l.whole(day, 0)
	if err != nil {
		return d, fmt.Errorf("pack network log: %w", err)
	}
	defer in.Close()
	part := l.packed(day) + ".part"
	out, err := os.OpenFile(part, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return d, fmt.Errorf("pack network log: %w", err)
	}
	sum := sha256.New()
	count := &counter{w: io.MultiWriter(out, sum)}
	zip := gzip.NewWriter(count)
	err = eachLine(in, func(text []byte) error {
		var line Line
		if err := json.Unmarshal(text, &line); err != nil {
			return fmt.Errorf("line %d: %w", d.Lines+1, err)
		}
		d.Lines++
		d.Size += int64(len(text)) + 1
		d.Lost += line.Lost
		if line.Org != "" {
			d.Orgs[line.Org]++
		}
		_, err := zip.Write(text)
		if err == nil {
			_, err = zip.Write([]byte{'\n'})
		}
		return err
	})
	err = errors.Join(err, zip.Close())
	if err == nil {
		err = out.Sync()
	}
	err = errors.Join(err, out.Close())
	if err == nil {
		err = os.Rename(part, l.packed(day))
	}
	if err != nil {
		return d, errors.Join(fmt.Errorf("pack network log of %s: %w", day, err), os.Remove(part))
	}
	d.Packed, d.Digest = count.n, "sha256:"+hex.EncodeToString(sum.Sum(nil))
	return d, nil
}

type counter struct {
	w io.Writer
	n int64
}

func (c *counter) Write(b []byte) (int, error) {
	n, err := c.w.Write(b)
	c.n += int64(n)
	return n, err
}

// Drop removes the unpacked file of a day whose packed one is on record, after looking whether that lies here and the unpacked one still
// is what was packed: several nodes of one database have a folder each.
func (l *Log) Drop(d Day) error {
	f, err := os.Open(l.raw(d.Day))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	size, _, err := wholeLines(f)
	if err = errors.Join(err, f.Close()); err != nil {
		return err
	}
	digest, err := l.Digest(d.Day)
	if err != nil {
		return err
	}
	if digest != d.Digest {
		return fmt.Errorf("network log of %s: this folder has no packed file with the digest on record, %s, so the unpacked one stays; "+
			"where another node of this database keeps the day, take %s into safe keeping, else restore the packed file from a backup", d.Day, d.Digest, l.raw(d.Day))
	}
	if size != d.Size {
		return fmt.Errorf("network log of %s has %d bytes, %d were packed; it stays where it is", d.Day, size, d.Size)
	}
	return os.Remove(l.raw(d.Day))
}

// Remove removes the files of a day, the packed one last: as long as it is there, the day is known to be unfinished.
func (l *Log) Remove(day workday.Date) error {
	for _, file := range []string{l.raw(day), l.packed(day)} {
		if err := os.Remove(file); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}

// Digest is that of the packed file of a day as it lies there now; "" where there is none.
func (l *Log) Digest(day workday.Date) (string, error) {
	f, err := os.Open(l.packed(day))
	if errors.Is(err, fs.ErrNotExist) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	defer f.Close()
	sum := sha256.New()
	if _, err := io.Copy(sum, f); err != nil {
		return "", err
	}
	return "sha256:" + hex.EncodeToString(sum.Sum(nil)), nil
}

// ErrStop ends Read without being an error.
var ErrStop = errors.New("netlog: enough")

// Read gives the lines of a day from a number on, in their order, as text and decoded by whoever wants to. A day without a file has none.
func (l *Log) Read(ctx context.Context, day workday.Date, from int64, each func(number int64, text []byte) error) error {
	r, err := l.reader(day)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("read network log of %s: %w", day, err)
	}
	defer r.Close()
	number := int64(-1)
	err = eachLine(r, func(text []byte) error {
		if number++; number%4096 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		if number < from {
			return nil
		}
		return each(number, text)
	})
	if errors.Is(err, ErrStop) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("read network log of %s: %w", day, err)
	}
	return nil
}

// reader opens a day: the packed file, or the one that is written to, up to what is whole.
func (l *Log) reader(day workday.Date) (io.ReadCloser, error) {
	f, err := os.Open(l.packed(day))
	if err == nil {
		zip, err := gzip.NewReader(f)
		if err != nil {
			return nil, errors.Join(err, f.Close())
		}
		return file{zip, f}, nil
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	if f, err = os.Open(l.raw(day)); err != nil {
		return nil, err
	}
	whole, _, err := wholeLines(f)
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return file{io.LimitReader(f, whole), f}, nil
}

type file struct {
	io.Reader
	io.Closer
}

func eachLine(r io.Reader, each func(text []byte) error) error {
	s := bufio.NewScanner(r)
	s.Buffer(make([]byte, 64<<10), 1<<20)
	for s.Scan() {
		if err := each(s.Bytes()); err != nil {
			return err
		}
	}
	return s.Err()
}
