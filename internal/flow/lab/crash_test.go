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

// TestService_Run_killed kills a process with SIGKILL between the start of a run and its finish. The next process finds the
// run with its charge, calls it lost when its time is over, and the bank can ask again.
func TestService_Run_killed(t *testing.T) {
	if dir := os.Getenv("LAB_TEST_DIR"); dir != "" {
		w := town.At(t, dir)
		r, err := w.Lab.Begin(w.As("bank"), os.Getenv("LAB_TEST_SPACE"), os.Getenv("LAB_TEST_VERSION"))
		town.Must(t, err)
		fmt.Println("started", r.ID)
		select {} // until it is killed
	}
	dir := t.TempDir()
	var g town.Granted
	t.Run("before", func(t *testing.T) { g = town.At(t, dir).Grants("bank", share) })
	if t.Failed() {
		return
	}

	c := exec.Command(os.Args[0], "-test.run=^TestService_Run_killed$")
	c.Env = append(os.Environ(), "LAB_TEST_DIR="+dir, "LAB_TEST_SPACE="+g.Space.ID, "LAB_TEST_VERSION="+g.Table.ID)
	out, err := c.StdoutPipe()
	town.Must(t, err)
	town.Must(t, c.Start())
	run := ""
	for lines := bufio.NewScanner(out); run == "" && lines.Scan(); {
		run, _ = strings.CutPrefix(lines.Text(), "started ")
		if !strings.HasPrefix(run, "run_") {
			run = ""
		}
	}
	town.Must(t, c.Process.Signal(syscall.SIGKILL))
	_ = c.Wait()
	if run == "" {
		t.Fatal("the other process started no run")
	}

	w := town.At(t, dir)
	if got := load(w, run); got.State != lab.Running || charged(t, w) != g.Table.Rho {
		t.Fatalf("after the kill: %s, charged %d; want running and %d: nothing acknowledged is lost", got.State, charged(t, w), g.Table.Rho)
	}
	w.Clock.Advance(lab.LostAfter + time.Minute)
	town.Must(t, w.Lab.Sweep(access.With(t.Context(), access.System())))
	if got := load(w, run); got.State != lab.Lost || charged(t, w) != g.Table.Rho {
		t.Errorf("after the sweep: %s, charged %d; want lost, and the charge stands", got.State, charged(t, w))
	}
	if again, err := w.Lab.Run(w.As("bank"), g.Space.ID, g.Table.ID); err != nil || again.State != lab.Done {
		t.Errorf("asking again = %+v, %v, want done", again, err)
	}
	w.Fsck()
}
