package output_test

import (
	"fmt"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"

	"yunei/internal/core/matter"
	"yunei/internal/flow/output"
	"yunei/internal/test/town"
)

// TestService_killed kills the process right after each step on a result's way out, once it was acknowledged. The next process
// stands where the last one stood and goes on; nothing is charged twice, and what leaves is what was decided on.
func TestService_killed(t *testing.T) {
	steps := []struct {
		name  string
		state string
		do    func(w *town.Town, r output.Release) error
	}{
		{"submitted", output.InReview, func(w *town.Town, r output.Release) error {
			_, err := w.Output.Submit(w.As("bank"), output.Ask{Run: os.Getenv("OUTPUT_TEST_RUN"), Purpose: "检验产品定价的合理性", Recipient: "本行风险管理部", Retention: "一年"})
			return err
		}},
		{"checked", output.InReview, func(w *town.Town, r output.Release) error {
			return w.Decide("operator", r.Matter, "check", matter.Pass)
		}},
		{"reviewed once", output.InReview, func(w *town.Town, r output.Release) error { return w.Decide("bureau", r.Matter, "review", matter.Pass) }},
		{"reviewed twice", output.Approved, func(w *town.Town, r output.Release) error {
			return w.Decide("bureau2", r.Matter, "review", matter.Pass)
		}},
		{"exported", output.Exported, func(w *town.Town, r output.Release) error {
			_, _, err := w.Output.Export(w.As("bank"), r.ID)
			return err
		}},
	}
	if dir := os.Getenv("OUTPUT_TEST_DIR"); dir != "" {
		w := town.At(t, dir)
		for _, s := range steps {
			if s.name == os.Getenv("OUTPUT_TEST_STEP") {
				town.Must(t, s.do(w, only(w)))
				fmt.Println("acknowledged")
				town.Must(t, syscall.Kill(os.Getpid(), syscall.SIGKILL))
				select {}
			}
		}
	}
	dir, run := t.TempDir(), ""
	t.Run("before", func(t *testing.T) {
		_, r := ran(town.At(t, dir))
		run = r.ID
	})
	charges := int64(0)
	for i, s := range steps {
		if t.Failed() {
			return
		}
		t.Run(s.name, func(t *testing.T) {
			c := exec.Command(os.Args[0], "-test.run=^TestService_killed$", "-test.v")
			c.Env = append(os.Environ(), "OUTPUT_TEST_DIR="+dir, "OUTPUT_TEST_RUN="+run, "OUTPUT_TEST_STEP="+s.name)
			said, err := c.CombinedOutput()
			if err == nil || !strings.Contains(err.Error(), "killed") || !strings.Contains(string(said), "acknowledged") {
				t.Fatalf("the other process ended with %v:\n%s", err, said)
			}
			w := town.At(t, dir)
			if r := only(w); r.State != s.state {
				t.Errorf("after the kill the release is %s, want %s", r.State, s.state)
			}
			n := w.Count(`SELECT CAST(SUM(rho) AS BIGINT) FROM disclosure_charge`)
			if i > 0 && n != charges {
				t.Errorf("charges changed from %d to %d", charges, n)
			}
			charges = n
			w.Fsck()
		})
	}
	w := town.At(t, dir)
	if r, file, err := w.Output.Export(w.As("bank"), only(w).ID); err != nil || r.Exports != 2 || len(file) == 0 {
		t.Errorf("exporting after the last kill = %d exports, %d bytes, %v; want the second of the same", r.Exports, len(file), err)
	}
}

// only is the one release there is; none before it was asked for.
func only(w *town.Town) output.Release {
	w.T.Helper()
	list, err := w.Output.List(w.As("bureau"), "", 10)
	town.Must(w.T, err)
	if len(list) == 0 {
		return output.Release{}
	}
	return list[0]
}
