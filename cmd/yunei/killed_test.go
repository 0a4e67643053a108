package main

import (
	"bufio"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"yunei/internal/base/errs"
	"yunei/internal/gate/node"
	"yunei/internal/test/story"
)

// program is yunei serve as a process of its own, which can be killed.
type program struct {
	base string
	cmd  *exec.Cmd
	done chan error
	said *strings.Builder
}

// start runs the program over the data folder of cfg; limit bounds the size of any file it writes, in KiB, as a full disk
// would. It returns once the program answers.
func start(t *testing.T, cfg *Config, limit int) *program {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := l.Addr().String()
	l.Close()
	shell := `exec yunei serve --no-walls "$@"`
	if limit > 0 {
		shell = fmt.Sprintf("ulimit -f %d; ", limit) + shell
	}
	p := &program{base: "http://" + address, done: make(chan error, 1), said: &strings.Builder{}}
	// testscript.Main put a yunei that is this test binary on PATH.
	p.cmd = exec.Command("bash", "-c", shell, "serve", "--data", cfg.Data, "--heads", cfg.Heads, "--listen", address)
	p.cmd.Stderr = p.said
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() { p.done <- p.cmd.Wait() }()
	t.Cleanup(func() { p.cmd.Process.Kill() })
	for deadline := time.Now().Add(30 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		res, err := http.Get(p.base + "/healthz")
		if err == nil {
			res.Body.Close()
			if res.StatusCode == http.StatusOK {
				return p
			}
		}
		select {
		case err := <-p.done:
			t.Fatalf("serve ended at its start: %v\n%s", err, p.said)
		default:
		}
		if time.Now().After(deadline) {
			t.Fatalf("serve does not answer: %v\n%s", err, p.said)
		}
	}
}

// end sends a signal and waits for the process to be gone.
func (p *program) end(t *testing.T, signal os.Signal) error {
	t.Helper()
	if err := p.cmd.Process.Signal(signal); err != nil && !errors.Is(err, os.ErrProcessDone) {
		t.Fatal(err)
	}
	select {
	case err := <-p.done:
		return err
	case <-time.After(30 * time.Second):
		t.Fatalf("still running 30 s after %v", signal)
		return nil
	}
}

// prepared is a data folder with the accounts of the story.
func prepared(t *testing.T) *Config {
	t.Helper()
	cfg := settings(t, "var")
	if err := cfg.prepare(); err != nil {
		t.Fatal(err)
	}
	n, err := node.Open(t.Context(), cfg.options())
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(story.Prepare(t.Context(), n), n.Log.Seal(t.Context()), n.Close()); err != nil {
		t.Fatal(err)
	}
	return cfg
}

// busy does acts as several people at once until one fails, and gives the receipts of those that were acknowledged.
func busy(ctx context.Context, base string, acknowledged chan<- int64) error {
	var wg sync.WaitGroup
	logins := []string{"bureau", "operator", "finance", "expert1"}
	failures := make([]error, len(logins))
	for i, login := range logins {
		wg.Go(func() {
			client, err := story.SignIn(ctx, base, login, story.Password)
			for n := 0; err == nil; n++ {
				key := fmt.Sprintf("%-16s%16d", login, n) // 32 bytes, another each time
				err = client.Post(ctx, "/v1/me/signing-keys", map[string]string{"public": base64.StdEncoding.EncodeToString([]byte(key))}, nil)
				if err == nil {
					acknowledged <- client.Receipt
				}
			}
			failures[i] = err
		})
	}
	wg.Wait()
	close(acknowledged)
	return errors.Join(failures...)
}

// recorded is the numbers of all entries that the ledger holds, after both of its checks have passed.
func recorded(t *testing.T, cfg *Config) map[int64]bool {
	t.Helper()
	mustYunei(t, cfg, "ledger", "verify")
	mustYunei(t, cfg, "ledger", "fsck")
	file := filepath.Join(t.TempDir(), "all.jsonl")
	mustYunei(t, cfg, "ledger", "export", file)
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	seqs := map[int64]bool{}
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var entry struct{ Seq int64 }
		if err := json.Unmarshal(lines.Bytes(), &entry); err == nil && entry.Seq > 0 {
			seqs[entry.Seq] = true
		}
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
	return seqs
}

// nothingLost restarts over what is left, stops as an operator would, and looks for each acknowledged act.
func nothingLost(t *testing.T, cfg *Config, receipts []int64) {
	t.Helper()
	again := start(t, cfg, 0)
	if err := again.end(t, os.Interrupt); err != nil {
		t.Errorf("stopping after the restart: %v\n%s", err, again.said)
	}
	have := recorded(t, cfg)
	for _, seq := range receipts {
		if !have[seq] {
			t.Errorf("act #%d was acknowledged and is lost", seq)
		}
	}
}

// TestServe_Killed: whatever was acknowledged before kill -9 is there afterwards, and nothing is half-done.
func TestServe_Killed(t *testing.T) {
	t.Parallel()
	cfg := prepared(t)
	p := start(t, cfg, 0)
	acknowledged := make(chan int64)
	go busy(t.Context(), p.base, acknowledged)
	var receipts []int64
	for seq := range acknowledged {
		if receipts = append(receipts, seq); len(receipts) == 300 {
			p.end(t, syscall.SIGKILL)
		}
	}
	if len(receipts) < 300 {
		t.Fatalf("only %d acts were acknowledged before the kill\n%s", len(receipts), p.said)
	}
	nothingLost(t, cfg, receipts)
}

// TestServe_FullDisk: when nothing more can be written, acts fail with a sentence, none is acknowledged and lost, and the
// server goes on as soon as there is room.
func TestServe_FullDisk(t *testing.T) {
	t.Parallel()
	cfg := prepared(t)
	info, err := os.Stat(filepath.Join(cfg.Data, sqliteName))
	if err != nil {
		t.Fatal(err)
	}
	p := start(t, cfg, int(info.Size()>>10)+1500)
	acknowledged := make(chan int64)
	failed := make(chan error, 1)
	go func() { failed <- busy(t.Context(), p.base, acknowledged) }()
	var receipts []int64
	for seq := range acknowledged {
		receipts = append(receipts, seq)
	}
	problem, ok := errors.AsType[*story.Problem](<-failed)
	if !ok || problem.Code != errs.Unavailable && problem.Code != errs.Internal {
		t.Errorf("with a full disk the act failed with %v, want a problem that says so", problem)
	}
	if len(receipts) == 0 {
		t.Error("the disk was full before the first act")
	}
	p.end(t, os.Interrupt)
	nothingLost(t, cfg, receipts)
}
