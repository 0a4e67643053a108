package lab_test

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"yunei/internal/core/access"
	"yunei/internal/flow/lab"
	"yunei/internal/test/town"
)

// TestService_Run_killed kills a process with SIGKILL at each stage of a run: charged, its engine at work, its table noised, its
// result stored. Whatever was under way, the next process finds the run with its charge, calls it lost when its time is
// over, and the bank can ask again, at a charge of its own; a run that had ended stays what it was and is served again for
// nothing.
func TestService_Run_killed(t *testing.T) {
	if dir := os.Getenv("LAB_TEST_DIR"); dir != "" {
		w := town.At(t, dir)
		t.Fatal("not killed:", w.Lab.RunTo(w.As("bank"), os.Getenv("LAB_TEST_SPACE"), os.Getenv("LAB_TEST_VERSION"), os.Getenv("LAB_TEST_STAGE"), func(id string) {
			fmt.Println("started", id)
			if err := syscall.Kill(os.Getpid(), syscall.SIGKILL); err != nil {
				t.Fatal(err)
			}
			select {}
		}))
	}
	dir := t.TempDir()
	var g town.Granted
	t.Run("before", func(t *testing.T) { g = town.At(t, dir).Grants("bank", 60_000_000_000) })
	if t.Failed() {
		return
	}
	var spent int64
	for _, stage := range lab.Stages {
		t.Run(stage, func(t *testing.T) {
			run := killed(t, dir, g, stage)
			w := town.At(t, dir)
			spent += g.Table.Rho
			if stage == lab.StageDone {
				if got := load(w, run); got.State != lab.Done || charged(t, w) != spent {
					t.Fatalf("after the kill: %s, charged %d; want done and %d", got.State, charged(t, w), spent)
				}
				again, err := w.Lab.Run(w.As("bank"), g.Space.ID, g.Table.ID)
				if err != nil || again.Reused != run || charged(t, w) != spent {
					t.Errorf("asking again = %+v, %v, charged %d; want the stored result for nothing", again, err, charged(t, w))
				}
				w.Fsck()
				return
			}
			if got := load(w, run); got.State != lab.Running || got.Result != "" || charged(t, w) != spent {
				t.Fatalf("after the kill: %s, charged %d; want running and %d: nothing acknowledged is lost", got.State, charged(t, w), spent)
			}
			w.Clock.Advance(lab.LostAfter + time.Minute)
			for range 2 { // the second time there is nothing left to settle
				town.Must(t, w.Lab.Sweep(access.With(t.Context(), access.System())))
			}
			if got := load(w, run); got.State != lab.Lost || got.Result != "" || charged(t, w) != spent {
				t.Errorf("after the sweep: %s with result %q, charged %d; want lost, no result, and the charge stands", got.State, got.Result, charged(t, w))
			}
			w.Fsck()
		})
		if t.Failed() {
			return
		}
	}
}

// killed is the run that a process of its own had started when it was killed.
func killed(t *testing.T, dir string, g town.Granted, stage string) (run string) {
	t.Helper()
	c := exec.Command(os.Args[0], "-test.run=^TestService_Run_killed$")
	c.Env = append(os.Environ(), "LAB_TEST_DIR="+dir, "LAB_TEST_SPACE="+g.Space.ID, "LAB_TEST_VERSION="+g.Table.ID, "LAB_TEST_STAGE="+stage)
	c.Stderr = os.Stderr
	out, err := c.StdoutPipe()
	town.Must(t, err)
	town.Must(t, c.Start())
	var said []string
	for lines := bufio.NewScanner(out); lines.Scan(); {
		said = append(said, lines.Text())
		if id, ok := strings.CutPrefix(lines.Text(), "started "); ok {
			run = id
		}
	}
	if err := c.Wait(); run == "" || err == nil || !strings.Contains(err.Error(), "killed") {
		t.Fatalf("the other process ended with %v before its stage:\n%s", err, strings.Join(said, "\n"))
	}
	return run
}
