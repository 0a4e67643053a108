package duckdb

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"strings"
	"sync"
	"time"

	"yunei/internal/base/errs"
)

// Kind says what a column of the answer may hold besides NULL.
type Kind string

const (
	Int  Kind = "int"  // any int64: counts, scaled decimals, days, microseconds, flags
	Word Kind = "word" // an index into the column's Words
)

// Column is one column of the answer's shape.
type Column struct {
	Name  string   `json:"name"`
	Kind  Kind     `json:"kind"`
	Words []string `json:"words,omitempty"` // the public vocabulary; text outside it cannot leave
}

// Cell is one value of an answer: NULL, an integer, or the index of a word.
type Cell struct {
	Null bool
	N    int64
}

// Param is one bound parameter: int64, string, bool or nil.
type Param = any

// Limits bound one job. Zero values take the defaults of DefaultLimits.
type Limits struct {
	Cells   int           `json:"cells"`   // rows times columns of the answer
	Memory  int64         `json:"memory"`  // bytes DuckDB may plan with; address space is bounded above it
	Temp    int64         `json:"temp"`    // bytes of spill
	Threads int           `json:"threads"` //
	Timeout time.Duration `json:"timeout"` // from start to the last row
}

// DefaultLimits serve a county on a small machine.
var DefaultLimits = Limits{Cells: 1 << 20, Memory: 1 << 30, Temp: 4 << 30, Threads: 2, Timeout: 60 * time.Second}

func (l Limits) withDefaults() Limits {
	d := DefaultLimits
	if l.Cells > 0 {
		d.Cells = l.Cells
	}
	if l.Memory > 0 {
		d.Memory = l.Memory
	}
	if l.Temp > 0 {
		d.Temp = l.Temp
	}
	if l.Threads > 0 {
		d.Threads = l.Threads
	}
	if l.Timeout > 0 {
		d.Timeout = l.Timeout
	}
	return d
}

// Job is one statement with everything it needs.
type Job struct {
	SQL    string
	Params []Param
	Inputs map[string]string // table name in the statement -> Parquet file
	Shape  []Column
	Limits Limits
}

// Options of an Engine. The zero value is the safe one.
type Options struct {
	// AllowMissingWalls runs jobs on a machine that lacks a wall (demonstrations on
	// old kernels). serve sets it only when told so on its command line.
	AllowMissingWalls bool
	None              bool         // the deployment was told to run without an engine: no job ever starts
	Parallel          int          // jobs at a time, the rest wait; default 2
	TempDir           string       // where spill directories are made; default /dev/shm, else the system's
	Log               *slog.Logger // receives what the engine said; default slog.Default()
}

// Engine starts one locked child process per job.
type Engine struct {
	opt   Options
	slots chan struct{} // each job may use all the memory its limits name
}

// New returns an engine. It starts nothing.
func New(opt Options) *Engine {
	if opt.Log == nil {
		opt.Log = slog.Default()
	}
	if opt.TempDir == "" {
		opt.TempDir = spillDir()
	}
	if opt.Parallel <= 0 {
		opt.Parallel = 2
	}
	return &Engine{opt: opt, slots: make(chan struct{}, opt.Parallel)}
}

// spillDir is memory where it can be written to, so that raw values that spill never touch a disk. A container may have
// the folder without the right to use it.
func spillDir() string {
	const memory = "/dev/shm"
	dir, err := os.MkdirTemp(memory, "yunei-try-")
	if err != nil {
		return os.TempDir()
	}
	os.Remove(dir)
	return memory
}

// ErrNotStarted is in the chain of an error when no child process came to life, so
// no row was read: only then may a reservation be voided.
var ErrNotStarted = errors.New("worker process did not start")

// ErrMissingWall is in the chain, beside ErrNotStarted, when the machine lacks a wall.
var ErrMissingWall = errors.New("a wall around the engine is missing")

// ErrNone is in the chain, beside ErrNotStarted, where the deployment was told to run without an engine.
var ErrNone = errors.New("this deployment runs without an engine")

// errFailed is all a tenant ever learns of a run that ended badly: no row count, no
// engine text, no difference between data and machine.
func errFailed() error {
	return errs.New(errs.Unavailable, "本次运行没有完成，已计的披露额度不退回。请在下一个发布时点重新提交；仍未完成的，请联系平台运营方查明原因。")
}

func errNotStarted(why error) error {
	return &errs.Error{Code: errs.Unavailable, Msg: "计算环境没有启动，未读取任何数据，也不计额度。请稍后重试；仍未启动的，请联系平台运营方。",
		Err: fmt.Errorf("%w: %w", ErrNotStarted, why)}
}

// Run executes the job and returns its rows. On failure it returns one sentence for
// the tenant; the cause is logged. errors.Is(err, ErrNotStarted) tells the one case
// in which the reservation may be voided.
func (e *Engine) Run(ctx context.Context, job Job) ([][]Cell, error) {
	rows, _, err := e.RunMetered(ctx, job)
	return rows, err
}

// RunMetered is Run that also tells the processor time the child took, whatever came of it.
func (e *Engine) RunMetered(ctx context.Context, job Job) (rows [][]Cell, cpu time.Duration, err error) {
	job.Limits = job.Limits.withDefaults()
	if e.opt.None {
		return nil, 0, &errs.Error{Code: errs.Unavailable, Msg: "本部署不设执行引擎，不运行汇总模型。请到设有执行引擎的部署办理，或请平台运营方去掉 --no-engine 后重新启动。",
			Err: fmt.Errorf("%w: %w", ErrNotStarted, ErrNone)}
	}
	if !canWork() {
		return nil, 0, errNotStarted(errors.New("the program did not call duckdb.MaybeWorker first"))
	}
	select {
	case e.slots <- struct{}{}:
		defer func() { <-e.slots }()
	case <-ctx.Done():
		return nil, 0, errNotStarted(fmt.Errorf("waiting for a turn: %w", ctx.Err()))
	}
	temp, err := os.MkdirTemp(e.opt.TempDir, "yunei-run-")
	if err != nil {
		return nil, 0, errNotStarted(err)
	}
	defer os.RemoveAll(temp)

	ctx, cancel := context.WithTimeout(ctx, job.Limits.Timeout)
	defer cancel()
	child, err := start(ctx)
	if err != nil {
		return nil, 0, errNotStarted(err)
	}
	rows, err = child.talk(frame{Mode: modeRun, SQL: job.SQL, Params: encodeParams(job.Params), Inputs: job.Inputs,
		Shape: job.Shape, Limits: job.Limits, Temp: temp, NeedWalls: !e.opt.AllowMissingWalls})
	said := child.stop()
	cpu = child.cpu()
	if err == nil {
		return rows, cpu, nil
	}
	e.opt.Log.Error("engine run failed", "cause", err, "deadline", ctx.Err(), "said", said)
	if missing, ok := errors.AsType[*missingWallError](err); ok {
		titles := make([]string, len(missing.names))
		for i, name := range missing.names {
			titles[i] = wallTitles[name]
		}
		return nil, cpu, &errs.Error{Code: errs.Unavailable,
			Msg: "这台机器缺少隔离措施（" + strings.Join(titles, "、") + "），不在原始数据上运行模型。请平台运营方运行 yunei doctor 查看缺少的一项并补上。",
			Err: fmt.Errorf("%w: %w", ErrNotStarted, ErrMissingWall)}
	}
	return nil, cpu, errFailed()
}

// Wall is one barrier between the engine and the rest of the machine.
type Wall struct {
	Name    string `json:"name"`
	Title   string `json:"title"` // 名称
	Present bool   `json:"present"`
	Why     string `json:"why"` // what it holds back, or why it is missing
}

var probed = sync.OnceValues(func() ([]Wall, error) {
	if !canWork() {
		return nil, errors.New("the program did not call duckdb.MaybeWorker first")
	}
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	temp, err := os.MkdirTemp("", "yunei-probe-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(temp)
	child, err := start(ctx)
	if err != nil {
		return nil, err
	}
	defer child.stop()
	if _, err := child.talk(frame{Mode: modeProbe, Limits: DefaultLimits, Temp: temp}); err != nil {
		return nil, fmt.Errorf("%w; the child said: %s", err, child.stop())
	}
	return child.walls, nil
})

// Walls starts one child, lets it try every wall and reports what it found. The
// answer is remembered for the life of the process.
func Walls() []Wall {
	walls, err := probed()
	if err != nil {
		missing := make([]Wall, len(wallNames))
		for i, name := range wallNames {
			missing[i] = Wall{Name: name, Title: wallTitles[name], Why: "没有试验成功：" + err.Error()}
		}
		return missing
	}
	return walls
}

// Missing lists the walls that do not stand.
func Missing(walls []Wall) []string {
	var names []string
	for _, w := range walls {
		if !w.Present {
			names = append(names, w.Name)
		}
	}
	return names
}

type missingWallError struct{ names []string }

func (e *missingWallError) Error() string { return "missing walls: " + strings.Join(e.names, ", ") }

// The walls, in the order the child puts them up.
const (
	wallMemory  = "memory"  // RLIMIT_AS: memory_limit is no wall, one repeat() took 7.9 GB under 512 MB
	wallNetwork = "network" // an empty network namespace
	wallFiles   = "files"   // Landlock: the job's inputs and its spill directory
	wallCalls   = "calls"   // seccomp: no sockets, no programs, no other process
	wallPrivs   = "privs"   // no_new_privs
)

var wallNames = []string{wallMemory, wallNetwork, wallFiles, wallCalls, wallPrivs}

var wallTitles = map[string]string{wallMemory: "内存上限", wallNetwork: "网络隔离", wallFiles: "文件白名单", wallCalls: "系统调用白名单", wallPrivs: "禁止提权"}

// command prepares the child: this binary under another name, with an environment of
// its own so that no secret of the server's is inherited.
func command(ctx context.Context) (*exec.Cmd, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	cmd := exec.CommandContext(ctx, self)
	cmd.Args = []string{workerName}
	cmd.Env = []string{workerEnv + "=1", "LC_ALL=C", "TZ=UTC", "GOTRACEBACK=none"}
	cmd.Dir = "/"
	cmd.WaitDelay = 2 * time.Second
	return cmd, nil
}
