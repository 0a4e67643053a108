package duckdb

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/parquet-go/parquet-go"

	"yunei/internal/base/errs"
)

func TestMain(m *testing.M) {
	MaybeWorker()
	os.Exit(m.Run())
}

// lockedBuffer collects the internal log.
type lockedBuffer struct {
	mu sync.Mutex
	bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.Buffer.Write(p)
}

func testEngine(t testing.TB) (*Engine, *lockedBuffer) {
	t.Helper()
	if missing := Missing(Walls()); len(missing) > 0 {
		t.Logf("THIS MACHINE LACKS WALLS %v: %v", missing, Walls())
	}
	log := &lockedBuffer{}
	return New(Options{AllowMissingWalls: true, Log: slog.New(slog.NewTextHandler(log, nil)), TempDir: t.TempDir()}), log
}

type testRow struct {
	Sid    string `parquet:"sid"`
	Region string `parquet:"region,optional"`
	Amount *int64 `parquet:"amount,optional"`
}

func writeInput(t testing.TB, n int) string {
	t.Helper()
	rows := make([]testRow, n)
	for i := range rows {
		a := int64(i)
		rows[i] = testRow{Sid: fmt.Sprintf("%08x", i), Region: []string{"east", "west", "it's"}[i%3], Amount: &a}
		if i%10 == 0 {
			rows[i].Amount = nil
		}
	}
	path := filepath.Join(t.TempDir(), "in.parquet")
	if err := parquet.WriteFile(path, rows); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestWalls(t *testing.T) {
	for _, w := range Walls() {
		t.Logf("%-8s present=%v %s", w.Name, w.Present, w.Why)
		if !w.Present && os.Getenv("YUNEI_TEST_REQUIRE_WALLS") != "" {
			t.Errorf("wall %s is missing: %s", w.Name, w.Why)
		}
	}
}

func TestRun_OK(t *testing.T) {
	e, log := testEngine(t)
	got, err := e.Run(t.Context(), Job{
		SQL:    `SELECT region, count(*), sum(amount), max($1::BIGINT), bool_or(amount > $2) FROM visits WHERE region <> $3 GROUP BY region ORDER BY region`,
		Params: []Param{int64(7), int64(90), "none"},
		Inputs: map[string]string{"visits": writeInput(t, 99)},
		Shape: []Column{{Name: "region", Kind: Word, Words: []string{"west", "it's", "east"}}, {Name: "n", Kind: Int}, {Name: "s", Kind: Int},
			{Name: "p", Kind: Int}, {Name: "b", Kind: Int}},
	})
	if err != nil {
		t.Fatalf("%v\n%s", err, log)
	}
	sum := map[int]int64{}
	for i := range 99 {
		if i%10 != 0 {
			sum[i%3] += int64(i)
		}
	}
	want := [][]Cell{ // in the order of the text: east, it's, west
		{{N: 2}, {N: 33}, {N: sum[0]}, {N: 7}, {N: 1}},
		{{N: 1}, {N: 33}, {N: sum[2]}, {N: 7}, {N: 1}},
		{{N: 0}, {N: 33}, {N: sum[1]}, {N: 7}, {N: 1}},
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("rows (-want +got):\n%s", d)
	}
}

// TestRun_Hostile runs what a renderer would never write: it stands for an engine bug
// or a crafted value. Whatever it does, the tenant reads one sentence.
func TestRun_Hostile(t *testing.T) {
	dir := t.TempDir()
	secret := filepath.Join(dir, "secret.csv")
	if err := os.WriteFile(secret, []byte("a\n42\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	other := writeInput(t, 10)
	one := []Column{{Name: "x", Kind: Int}}
	for _, c := range []struct{ name, sql string }{
		{"reads a file", fmt.Sprintf("SELECT a FROM read_csv('%s')", secret)},
		{"reads a file as text", fmt.Sprintf("SELECT length(content) FROM read_text('%s')", secret)},
		{"reads passwd", "SELECT count(*) FROM read_text('/etc/passwd')"},
		{"reads another snapshot", fmt.Sprintf("SELECT count(*) FROM read_parquet('%s')", other)},
		{"reads a file by replacement", fmt.Sprintf("SELECT a FROM '%s'", secret)},
		{"lists files", "SELECT count(*) FROM glob('/etc/*')"},
		{"writes a file", fmt.Sprintf("COPY (SELECT 1) TO '%s'", filepath.Join(dir, "out.csv"))},
		{"attaches a file", fmt.Sprintf("ATTACH '%s'", filepath.Join(dir, "x.db"))},
		{"installs", "INSTALL httpfs"},
		{"loads", "LOAD httpfs"},
		{"reaches the network", "SELECT count(*) FROM read_csv('http://127.0.0.1:1/x')"},
		{"opens the doors again", "SET enable_external_access=true"},
		{"unlocks", "SET lock_configuration=false"},
		{"raises its memory", "SET memory_limit='100GB'"},
		{"logs to a file", fmt.Sprintf("CALL enable_logging(storage='file', storage_path='%s')", filepath.Join(dir, "log"))},
		{"runs two statements", "SELECT 1; SELECT 2"},
		{"hides a call before a select", "CALL enable_logging(); SELECT 1"},
		{"sets a variable", "SET VARIABLE x = 1"},
		{"attaches memory", "ATTACH ':memory:' AS m"},
		{"turns profiling on", "PRAGMA enable_profiling"},
		{"answers with text", "SELECT 'raw text'"},
		{"answers with a fraction", "SELECT 0.5::DOUBLE"},
		{"answers with a list", "SELECT [1,2,3]"},
		{"answers with more columns", "SELECT 1, 2"},
		{"answers beyond 64 bits", "SELECT 9223372036854775808::HUGEINT"},
		{"answers without end", "SELECT * FROM range(100000000)"},
		{"is not SQL", "SELEKT 1 FROM visits WHERE name = '张三'"},
		{"divides by text", "SELECT CAST('张三' AS BIGINT)"},
	} {
		t.Run(c.name, func(t *testing.T) {
			e, log := testEngine(t)
			rows, err := e.Run(t.Context(), Job{SQL: c.sql, Inputs: map[string]string{"visits": writeInput(t, 10)}, Shape: one, Limits: Limits{Cells: 1000}})
			if err == nil {
				t.Fatalf("%s ran and gave %v", c.sql, rows)
			}
			if got, want := err.Error(), errFailed().Error(); got != want {
				t.Errorf("the tenant reads %q, want %q", got, want)
			}
			if errors.Is(err, ErrNotStarted) {
				t.Error("a started run must not look voidable")
			}
			// The statement itself was refused, not something before it.
			if said := log.String(); !strings.Contains(said, `said="query:`) && !strings.Contains(said, `said="rows:`) {
				t.Errorf("the internal log says %q, want the engine's refusal", said)
			}
		})
	}
	left, _ := os.ReadDir(dir)
	if len(left) != 1 {
		t.Errorf("files were written: %v", left)
	}
}

func TestRun_MemoryBomb(t *testing.T) {
	e, log := testEngine(t)
	_, err := e.Run(t.Context(), Job{SQL: `select max(length(repeat('x',20000000)||range)) from range(400)`, Shape: []Column{{Name: "n", Kind: Int}},
		Limits: Limits{Memory: 256 << 20, Timeout: 30 * time.Second}})
	if err == nil || err.Error() != errFailed().Error() {
		t.Errorf("memory bomb: got %v, want the one sentence", err)
	}
	if strings.Contains(log.String(), "deadline exceeded") {
		t.Errorf("the bomb was ended by the deadline, want by its own memory: %s", log)
	}
	t.Log(log)
}

func TestRun_Deadline(t *testing.T) {
	e, _ := testEngine(t)
	started := time.Now()
	_, err := e.Run(t.Context(), Job{SQL: `SELECT count(*) FROM range(1000000000000) a`, Shape: []Column{{Name: "n", Kind: Int}},
		Limits: Limits{Timeout: time.Second}})
	if err == nil || err.Error() != errFailed().Error() {
		t.Errorf("endless query: got %v, want the one sentence", err)
	}
	if took := time.Since(started); took > 4*time.Second {
		t.Errorf("the deadline of 1 s took effect after %v", took)
	}
}

func TestRun_Canceled(t *testing.T) {
	e, _ := testEngine(t)
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(300*time.Millisecond, cancel)
	started := time.Now()
	if _, err := e.Run(ctx, Job{SQL: `SELECT count(*) FROM range(1000000000000) a`, Shape: []Column{{Name: "n", Kind: Int}}}); err == nil {
		t.Error("a canceled run gave an answer")
	}
	if took := time.Since(started); took > 4*time.Second {
		t.Errorf("cancel took effect after %v", took)
	}
}

// TestRun_Killed kills the child in mid-run, as an out-of-memory killer would.
func TestRun_Killed(t *testing.T) {
	c, err := start(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer c.stop()
	time.AfterFunc(300*time.Millisecond, func() { c.cmd.Process.Kill() })
	_, err = c.talk(frame{Mode: modeRun, SQL: `SELECT count(*) FROM range(1000000000000) a`, Shape: []Column{{Name: "n", Kind: Int}},
		Limits: DefaultLimits, Temp: t.TempDir()})
	if err == nil {
		t.Error("a killed child gave an answer")
	}
}

// TestRun_WaitsItsTurn: a job that never got its turn has not started.
func TestRun_WaitsItsTurn(t *testing.T) {
	e := New(Options{AllowMissingWalls: true, Parallel: 1, TempDir: t.TempDir(), Log: slog.New(slog.DiscardHandler)})
	e.slots <- struct{}{}
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if _, err := e.Run(ctx, Job{SQL: "SELECT 1", Shape: []Column{{Name: "n", Kind: Int}}}); !errors.Is(err, ErrNotStarted) {
		t.Errorf("got %v, want ErrNotStarted", err)
	}
	<-e.slots
	if _, err := e.Run(t.Context(), Job{SQL: "SELECT 1", Shape: []Column{{Name: "n", Kind: Int}}}); err != nil {
		t.Errorf("with a free turn: %v", err)
	}
}

// TestRun_ParentKilled: a server that is killed leaves no engine with raw data behind.
func TestRun_ParentKilled(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("the death signal is a facility of Linux")
	}
	endless := frame{Mode: modeRun, SQL: `SELECT count(*) FROM range(1000000000000) a`, Shape: []Column{{Name: "n", Kind: Int}}, Limits: DefaultLimits, Temp: t.TempDir()}
	if os.Getenv("DUCKDB_TEST_PARENT") != "" {
		c, err := start(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		fmt.Println("child", c.cmd.Process.Pid)
		c.talk(endless)
		return
	}
	parent := exec.Command(os.Args[0], "-test.run=^TestRun_ParentKilled$", "-test.v")
	parent.Env = append(os.Environ(), "DUCKDB_TEST_PARENT=1")
	out, err := parent.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := parent.Start(); err != nil {
		t.Fatal(err)
	}
	pid := 0
	for lines := bufio.NewScanner(out); pid == 0 && lines.Scan(); {
		fmt.Sscanf(lines.Text(), "child %d", &pid)
	}
	time.Sleep(200 * time.Millisecond)
	parent.Process.Kill()
	parent.Wait()
	if pid == 0 {
		t.Fatal("the parent started no child")
	}
	for range 100 {
		if stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid)); err != nil || bytes.Contains(stat, []byte(") Z ")) {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	t.Errorf("the engine (process %d) outlived its server by five seconds", pid)
}

func TestRun_LeavesNothing(t *testing.T) {
	temp := t.TempDir()
	e := New(Options{AllowMissingWalls: true, TempDir: temp, Log: slog.New(slog.DiscardHandler)})
	for _, sql := range []string{"SELECT 1", "SELECT nothing"} {
		e.Run(t.Context(), Job{SQL: sql, Shape: []Column{{Name: "n", Kind: Int}}})
	}
	if left, _ := os.ReadDir(temp); len(left) != 0 {
		t.Errorf("spill directories left behind: %v", left)
	}
}

// TestRun_Spills proves that the walls leave the one directory DuckDB may write.
func TestRun_Spills(t *testing.T) {
	if testing.Short() {
		t.Skip("sorts 20 million rows")
	}
	e, log := testEngine(t)
	rows, err := e.Run(t.Context(), Job{SQL: `SELECT count(*) FROM (SELECT md5(range::VARCHAR) AS k FROM range(4000000) ORDER BY k LIMIT 3900000)`,
		Shape: []Column{{Name: "n", Kind: Int}}, Limits: Limits{Memory: 128 << 20}})
	if err != nil || rows[0][0].N != 3900000 {
		t.Errorf("got %v, %v, want 3900000\n%s", rows, err, log)
	}
}

// TestRun_MissingWall: an engine that was not told otherwise refuses.
func TestRun_MissingWall(t *testing.T) {
	missing := Missing(Walls())
	e := New(Options{Log: slog.New(slog.DiscardHandler), TempDir: t.TempDir()})
	_, err := e.Run(t.Context(), Job{SQL: "SELECT 1", Shape: []Column{{Name: "n", Kind: Int}}})
	switch {
	case len(missing) == 0 && err != nil:
		t.Errorf("all walls stand, got %v", err)
	case len(missing) > 0 && !(errors.Is(err, ErrMissingWall) && errors.Is(err, ErrNotStarted) && errs.Is(err, errs.Unavailable)):
		t.Errorf("walls %v are missing, got %v, want ErrMissingWall", missing, err)
	}
}

func TestReader_Hostile(t *testing.T) {
	shape := []Column{{Name: "w", Kind: Word, Words: []string{"a", "b"}}, {Name: "n", Kind: Int}}
	good := appendCell(appendCell(nil, Word, Cell{N: 1}), Int, Cell{N: -5})
	message := func(kind byte, body []byte) []byte {
		var b bytes.Buffer
		writeMessage(&b, kind, body)
		return b.Bytes()
	}
	end := message(msgEnd, []byte{0})
	for _, c := range []struct {
		name string
		in   []byte
		ok   bool
	}{
		{"a good row", append(message(msgRow, good), end...), true},
		{"no end", message(msgRow, good), false},
		{"a failed end", message(msgEnd, []byte{byte(statusEngine)}), false},
		{"words after the end", append(append([]byte{}, end...), 'x'), false},
		{"text", []byte("张三, 350000199001011234\n"), false},
		{"a huge length", []byte{0xff, 0xff, 0xff, 0xff, msgRow}, false},
		{"an unknown word", append(message(msgRow, appendCell(appendCell(nil, Word, Cell{N: 2}), Int, Cell{})), end...), false},
		{"an integer for a word", append(message(msgRow, appendCell(appendCell(nil, Int, Cell{N: 1}), Int, Cell{})), end...), false},
		{"a short row", append(message(msgRow, good[:9]), end...), false},
		{"a long row", append(message(msgRow, append(good, 0)), end...), false},
		{"a second hello", append(message(msgHello, []byte("[]")), end...), false},
		{"too many rows", append(bytes.Repeat(message(msgRow, good), 6), end...), false},
	} {
		r := &reader{r: bytes.NewReader(c.in), shape: shape, cells: 10}
		rows, err := r.rows()
		if (err == nil) != c.ok {
			t.Errorf("%s: got %v, %v, want ok=%v", c.name, rows, err, c.ok)
		}
	}
}

// FuzzReader: whatever a child says, the parent ends with rows of the shape or an error.
func FuzzReader(f *testing.F) {
	var b bytes.Buffer
	writeMessage(&b, msgRow, appendCell(appendCell(nil, Word, Cell{N: 1}), Int, Cell{Null: true}))
	writeMessage(&b, msgEnd, []byte{0})
	f.Add(b.Bytes())
	f.Add([]byte{0, 0, 0, 2, msgEnd, 0})
	f.Fuzz(func(t *testing.T, in []byte) {
		r := &reader{r: bytes.NewReader(in), shape: []Column{{Name: "w", Kind: Word, Words: []string{"a", "b"}}, {Name: "n", Kind: Int}}, cells: 100}
		rows, err := r.rows()
		if err != nil {
			return
		}
		if len(rows) > 50 {
			t.Errorf("%d rows of two columns passed a limit of 100 cells", len(rows))
		}
		for _, row := range rows {
			if len(row) != 2 || !row[0].Null && (row[0].N < 0 || row[0].N > 1) {
				t.Errorf("row %v is not of the shape", row)
			}
		}
	})
}

func BenchmarkRun_Nothing(b *testing.B) {
	e, _ := testEngine(b)
	for b.Loop() {
		if _, err := e.Run(b.Context(), Job{SQL: "SELECT 42", Shape: []Column{{Name: "n", Kind: Int}}}); err != nil {
			b.Fatal(err)
		}
	}
}
