package netlog

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"syscall"
	"time"

	"yunei/internal/base/clock"
	"yunei/internal/base/workday"
)

const (
	writeEvery = time.Second
	nudgeAt    = 256 << 10 // bytes waiting at which the writer is woken before its second is over
	maxWaiting = 8 << 20   // bytes waiting beyond which lines are counted instead of kept
)

// Log is the folder of the days.
type Log struct {
	dir   string
	clock clock.Clock
	wake  chan struct{}

	mu      sync.Mutex // guards what follows; held for no I/O
	waiting []batch
	bytes   int
	last    time.Time
	lost    int64 // since the last line that told of it
	lostAll int64

	writing sync.Mutex // guards what follows: one writer at a time
	day     workday.Date
	file    *os.File
	size    int64 // of what is known to be whole lines
	failing bool
}

// batch is what waits to be written to the file of one day.
type batch struct {
	day  workday.Date
	text []byte
}

// Open opens the folder; it is made with the first line. After a restart, too, no line is stamped before the end of a packed day.
func Open(dir string, c clock.Clock) *Log {
	l := &Log{dir: dir, clock: c, wake: make(chan struct{}, 1)}
	packed, err := l.Packed()
	if err != nil {
		slog.Error("network log: which days are packed is not known", "err", err)
	}
	if n := len(packed); n > 0 {
		l.last = packed[n-1].End()
	}
	return l
}

// Add puts a line down. It never waits for the disk.
func (l *Log) Add(line Line) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if now := l.clock.Now(); now.After(l.last) { // a clock that is set back must not reopen a day that is over
		l.last = now
	}
	line.At = l.last
	if l.bytes > maxWaiting {
		l.lost++
		l.lostAll++
		return
	}
	l.put(line)
	if l.bytes > nudgeAt {
		select {
		case l.wake <- struct{}{}:
		default:
		}
	}
}

func (l *Log) put(line Line) {
	text, err := json.Marshal(line)
	if err != nil {
		panic(err) // strings, numbers and one time
	}
	day := workday.DateOf(line.At)
	if n := len(l.waiting); n == 0 || l.waiting[n-1].day != day {
		l.waiting = append(l.waiting, batch{day: day})
	}
	b := &l.waiting[len(l.waiting)-1]
	b.text = append(append(b.text, text...), '\n')
	l.bytes += len(text) + 1
}

// Lost is how many lines could not be kept since the start.
func (l *Log) Lost() int64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.lostAll
}

// Run writes what waits, about every second, until ctx ends.
func (l *Log) Run(ctx context.Context) {
	tick := time.NewTicker(writeEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		case <-l.wake:
		}
		l.Tell(l.Flush())
	}
}

// Tell says once that lines cannot be written, and once that they can again.
func (l *Log) Tell(err error) {
	l.writing.Lock()
	was := l.failing
	l.failing = err != nil
	l.writing.Unlock()
	switch {
	case err != nil && !was:
		slog.Error("network log cannot be written; requests go on, lines wait in memory", "err", err)
	case err == nil && was:
		slog.Info("network log is written again", "lost", l.Lost())
	}
}

// Close writes what waits and closes the file.
func (l *Log) Close() error {
	err := l.Flush()
	l.writing.Lock()
	defer l.writing.Unlock()
	return errors.Join(err, l.shut())
}

// Flush writes what waits to the disk. What could not be written waits on.
func (l *Log) Flush() error {
	l.writing.Lock()
	defer l.writing.Unlock()
	l.mu.Lock()
	if l.lost > 0 && l.bytes <= maxWaiting {
		l.put(Line{At: l.last, Lost: l.lost})
		l.lost = 0
	}
	todo := l.waiting
	l.waiting, l.bytes = nil, 0
	l.mu.Unlock()
	for i, b := range todo {
		if err := l.write(b); err != nil {
			l.back(todo[i:])
			return fmt.Errorf("write network log: %w", err)
		}
	}
	return nil
}

// back puts what could not be written before what has come since.
func (l *Log) back(rest []batch) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, b := range rest {
		l.bytes += len(b.text)
	}
	if n := len(rest); len(l.waiting) > 0 && rest[n-1].day == l.waiting[0].day {
		rest[n-1].text = append(rest[n-1].text, l.waiting[0].text...)
		l.waiting = l.waiting[1:]
	}
	l.waiting = append(rest, l.waiting...)
}

// write appends whole lines or nothing: what was half written is taken back.
func (l *Log) write(b batch) error {
	if l.file == nil || l.day != b.day {
		if err := l.open(b.day); err != nil {
			return err
		}
	}
	_, err := l.file.WriteAt(b.text, l.size)
	if err == nil {
		err = l.file.Sync()
	}
	if err != nil {
		return errors.Join(err, l.file.Truncate(l.size))
	}
	l.size += int64(len(b.text))
	return nil
}

func (l *Log) open(day workday.Date) error {
	if err := l.shut(); err != nil {
		return err
	}
	if err := os.MkdirAll(l.dir, 0o700); err != nil {
		return err
	}
	if _, err := os.Stat(l.packed(day)); err == nil {
		return fmt.Errorf("the day %s is packed already: was the clock set back?", day)
	}
	f, size, err := l.whole(day, os.O_CREATE)
	if err != nil {
		return err
	}
	l.day, l.file, l.size = day, f, size
	return nil
}

// whole opens the unpacked file of a day for this process alone and takes away the end of a line that was not written whole.
func (l *Log) whole(day workday.Date, flag int) (f *os.File, size int64, err error) {
	if f, err = os.OpenFile(l.raw(day), os.O_RDWR|flag, 0o600); err != nil {
		return nil, 0, err
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		return nil, 0, errors.Join(fmt.Errorf("another process writes to the network log of %s: %w", day, err), f.Close())
	}
	size, torn, err := wholeLines(f)
	if err == nil && torn > 0 {
		slog.Warn("network log: the end of a line that was not written whole is taken away", "day", day, "bytes", torn)
		err = f.Truncate(size)
	}
	if err != nil {
		return nil, 0, errors.Join(err, f.Close())
	}
	return f, size, nil
}

func (l *Log) shut() error {
	if l.file == nil {
		return nil
	}
	err := l.file.Close()
	l.file, l.day = nil, ""
	return err
}

// wholeLines is how long a file is up to its last line end, and how much stands behind it.
func wholeLines(f *os.File) (size, torn int64, err error) {
	info, err := f.Stat()
	if err != nil {
		return 0, 0, err
	}
	end := info.Size()
	buf := make([]byte, 64<<10)
	for at := end; at > 0; {
		n := min(at, int64(len(buf)))
		if _, err := f.ReadAt(buf[:n], at-n); err != nil && !errors.Is(err, io.EOF) {
			return 0, 0, err
		}
		for i := n - 1; i >= 0; i-- {
			if buf[i] == '\n' {
				size = at - n + i + 1
				return size, end - size, nil
			}
		}
		at -= n
	}
	return 0, end, nil
}

const (
	rawSuffix    = ".ndjson"
	packedSuffix = ".ndjson.gz"
)

func (l *Log) raw(day workday.Date) string    { return filepath.Join(l.dir, day.String()+rawSuffix) }
func (l *Log) packed(day workday.Date) string { return filepath.Join(l.dir, day.String()+packedSuffix) }

// Over lists the days that are over and not yet dropped in their unpacked form, oldest first.
func (l *Log) Over() ([]workday.Date, error) { return l.days(rawSuffix, workday.DateOf(l.clock.Now())) }

// Unpacked reports whether a day has its unpacked file.
func (l *Log) Unpacked(day workday.Date) bool {
	_, err := os.Stat(l.raw(day))
	return err == nil
}

// Packed lists the days of which there is a packed file.
func (l *Log) Packed() ([]workday.Date, error) { return l.days(packedSuffix, "") }

func (l *Log) days(suffix string, before workday.Date) ([]workday.Date, error) {
	list, err := os.ReadDir(l.dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("list network log: %w", err)
	}
	var days []workday.Date
	for _, e := range list {
		if n := len(e.Name()) - len(suffix); n > 0 && e.Name()[n:] == suffix {
			if day := workday.Date(e.Name()[:n]); day.Valid() && (before == "" || day.Before(before)) {
				days = append(days, day)
			}
		}
	}
	return days, nil
}
