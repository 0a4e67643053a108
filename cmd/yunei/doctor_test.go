package main

import (
	"os"
	"strings"
	"testing"
	"time"

	"yunei/internal/core/query/duckdb"
)

func TestDoctor(t *testing.T) {
	cfg, _ := city(t)
	state := func(what string) (Finding, bool) {
		for _, f := range examine(t.Context(), cfg) {
			if f.What == what {
				return f, true
			}
		}
		return Finding{}, false
	}
	if f, ok := state("控制库"); !ok || f.State != fine {
		t.Errorf("beside an open database: got %+v, want ok", f)
	}
	if err := os.Chmod(cfg.Data, 0o755); err != nil {
		t.Fatal(err)
	}
	if f, _ := state("数据目录"); f.State != warn || !strings.Contains(f.Say, "chmod 700") {
		t.Errorf("a data folder that others may enter: got %+v, want a warning that says chmod 700", f)
	}
	cfg.DB = "sqlite:" + cfg.Heads // a file that is no database
	if f, _ := state("控制库"); f.State != fail {
		t.Errorf("a file that is no database: got %+v, want fail", f)
	}
}

func TestDoctor_Disk(t *testing.T) {
	for free, want := range map[uint64]string{0: fail, noDisk - 1: fail, noDisk: warn, littleDisk - 1: warn, littleDisk: fine} {
		if got := judgeDisk(free); got.State != want {
			t.Errorf("%d bytes free: got %s, want %s", free, got.State, want)
		}
	}
}

func TestDoctor_Clock(t *testing.T) {
	if got := examineClock(time.Date(1970, 1, 1, 0, 0, 0, 0, time.UTC)); got.State != fail {
		t.Errorf("a clock in 1970: got %+v, want fail", got)
	}
}

func TestDoctor_Wall(t *testing.T) {
	for _, c := range []struct {
		stands, mayLack bool
		want            string
	}{{true, false, fine}, {true, true, fine}, {false, false, fail}, {false, true, warn}} {
		if got := examineWall(duckdb.Wall{Name: "landlock", Present: c.stands}, c.mayLack); got.State != c.want {
			t.Errorf("wall stands %t, may lack %t: got %+v, want %s", c.stands, c.mayLack, got, c.want)
		}
	}
}
