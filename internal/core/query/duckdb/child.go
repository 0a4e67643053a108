package duckdb

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"sync"
	"sync/atomic"
	"time"
)

// canWork becomes true when MaybeWorker has been called. Without that call the child
// would run the whole program again instead of the worker, and start children itself.
var workerCalled atomic.Bool

func canWork() bool { return workerCalled.Load() }

// child is a running worker seen from the parent.
type child struct {
	cmd    *exec.Cmd
	in     io.WriteCloser
	out    io.ReadCloser
	said   words
	walls  []Wall
	once   sync.Once
	cancel context.CancelFunc
}

// start brings a worker to life in namespaces of its own where the machine allows it.
// Namespaces are tried from the strongest set down; what is missing then shows in the
// child's own report of its walls.
func start(ctx context.Context) (*child, error) {
	var first error
	for _, spaces := range namespaces() {
		c, err := startIn(ctx, spaces)
		if err == nil {
			return c, nil
		}
		if first == nil {
			first = err
		}
		if ctx.Err() != nil {
			break
		}
	}
	return nil, first
}

func startIn(ctx context.Context, spaces namespace) (*child, error) {
	ctx, cancel := context.WithCancel(ctx)
	cmd, err := command(ctx)
	if err != nil {
		cancel()
		return nil, err
	}
	spaces.apply(cmd)
	c := &child{cmd: cmd, cancel: cancel}
	cmd.Stderr = &c.said
	if c.in, err = cmd.StdinPipe(); err == nil {
		c.out, err = cmd.StdoutPipe()
	}
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		cancel()
		return nil, err
	}
	return c, nil
}

// talk sends the frame and reads the answer. Any error leaves the child for stop to kill.
func (c *child) talk(f frame) ([][]Cell, error) {
	// A child that stops reading must not hold the parent: the frame is written beside
	// the reading, and ends with the child.
	go func() {
		json.NewEncoder(c.in).Encode(f)
		c.in.Close()
	}()
	r := &reader{r: bufio.NewReaderSize(c.out, 64<<10), shape: f.Shape, cells: f.Limits.Cells}
	walls, err := r.hello()
	if err != nil {
		return nil, err
	}
	c.walls = walls
	if missing := Missing(walls); f.NeedWalls && len(missing) > 0 {
		return nil, &missingWallError{missing}
	}
	return r.rows()
}

// stop kills what still lives and returns what the child said for the log.
func (c *child) stop() string {
	c.once.Do(func() {
		c.cancel()
		io.Copy(io.Discard, c.out)
		err := c.cmd.Wait()
		if err != nil && !errors.Is(err, context.Canceled) {
			fmt.Fprintf(&c.said, " [%v]", err)
		}
	})
	return c.said.String()
}

// cpu is the processor time of a child that was stopped.
func (c *child) cpu() time.Duration {
	if c.cmd.ProcessState == nil {
		return 0
	}
	return c.cmd.ProcessState.UserTime() + c.cmd.ProcessState.SystemTime()
}

// words keeps the first 4 KiB written to it: where a crash says what it was about.
type words struct {
	mu sync.Mutex
	b  []byte
}

func (t *words) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.b = append(t.b, p[:min(len(p), 4096-len(t.b))]...)
	return len(p), nil
}

func (t *words) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return string(t.b)
}
