// Command bench measures what the promises cost: each guarded way of doing something beside the bare way, in turns, in one
// run on one machine. It prints ratios, because absolute times are the machine's. It is no test: nothing passes or fails;
// where the design names a target, the target stands beside what was measured.
//
//	go run -tags sqlite_fts5 ./bench [-short] [-json] [-only acts,aggregates,calls,tpch,judge,log,parts,audit,peers,inbox]
//
// With YUNEI_TEST_POSTGRES set the acts are measured on PostgreSQL too; make bench starts a throwaway cluster for them.
package main

import (
	"context"
	"flag"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"os/signal"
	"runtime/debug"
	"runtime/pprof"
	"slices"
	"strings"
	"syscall"
	"time"

	"yunei/internal/core/query/duckdb"
)

func main() {
	duckdb.MaybeWorker()
	b := &bench{}
	flag.IntVar(&b.rounds, "rounds", 9, "how often each pair is measured, in turns")
	flag.BoolVar(&b.short, "short", false, "fewer rounds on smaller tables, in under a minute on a quiet machine")
	only := flag.String("only", "", "measure only these groups, separated by commas: "+strings.Join(groupNames(), ", "))
	asJSON := flag.Bool("json", false, "print one JSON document at the end instead of tables")
	flag.Float64Var(&b.scale, "sf", 0.1, "scale factor of TPC-H")
	profile := flag.String("cpuprofile", "", "write a CPU profile to this file")
	flag.BoolVar(&b.inboxFull, "inbox-full", false, "fill the inbox with 1,000,000 open and 10,000,000 closed tasks; takes minutes and 8 GB")
	flag.StringVar(&b.python, "python", "", "a Python with what bench/peers/requirements.txt lists; without it the peers are left out")
	flag.Parse()
	// The measured programs log as in production; only what went wrong is worth reading here.
	slog.SetDefault(slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelError})))
	// Eight clients of one host would otherwise open and close connections, and that would be measured.
	http.DefaultTransport.(*http.Transport).MaxIdleConnsPerHost = 64
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := profiled(*profile, func() error { return b.run(ctx, *only, *asJSON) })
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func profiled(path string, do func() error) error {
	if path == "" {
		return do()
	}
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	defer f.Close()
	if err := pprof.StartCPUProfile(f); err != nil {
		return err
	}
	defer pprof.StopCPUProfile()
	return do()
}

// group is a family of measurements with a scene of its own.
type group struct {
	name, title string
	do          func(ctx context.Context, b *bench) error
}

// groups come in this order because the parts look at the ledger that the calls filled.
var groups = []group{
	{"acts", "An act with its ledger entry beside the same statements without", acts},
	{"aggregates", "A guarded table beside the same question as raw SQL, same engine, same walls", aggregates},
	{"calls", "A consent-verified query beside an indexed read, same HTTP server", calls},
	{"tpch", "TPC-H: guarded beside raw, same engine, same walls", tpchBench},
	{"judge", "The law's word on one act, every pack in force", judges},
	{"log", "A request that leaves a line in the network log beside the same without", logged},
	{"parts", "What the parts take", parts},
	{"audit", "Exact figures: the audits of all that has left", exactAudits},
	{"peers", "Us and other programs: the same questions at the same privacy cost", peers},
	{"inbox", "What a clerk waits for before a full inbox", inbox},
}

func groupNames() []string {
	names := make([]string, len(groups))
	for i, g := range groups {
		names[i] = g.name
	}
	return names
}

// choose finds groups by the beginnings of their names; nothing named is all.
func choose(only string) ([]group, error) {
	var wanted []group
	names := strings.Split(only, ",")
	for _, g := range groups {
		if slices.ContainsFunc(names, func(n string) bool { return strings.HasPrefix(g.name, n) }) {
			wanted = append(wanted, g)
		}
	}
	if len(wanted) == 0 {
		return nil, fmt.Errorf("-only %s names no group: choose from %s", only, strings.Join(groupNames(), ", "))
	}
	return wanted, nil
}

// bench is one run.
type bench struct {
	rounds    int
	short     bool
	scale     float64 // of TPC-H
	inboxFull bool
	python    string // has the peers installed
	tmp       string
	report    report
	city      *city // told when the first measurement needs it
}

// patience is how long one pair may be measured, at least minRounds rounds; it shrinks when the machine is so busy that
// the run would otherwise take more than five minutes.
const (
	patience  = 12 * time.Second
	late      = 2 * time.Minute
	minRounds = 3
)

func (b *bench) patience() time.Duration {
	if b.short || time.Since(b.report.began) > late {
		return patience / 6
	}
	return patience
}

// sized is a count for the long run or, in a short one, a smaller one.
func (b *bench) sized(long, short int) int {
	if b.short {
		return short
	}
	return long
}

func (b *bench) run(ctx context.Context, only string, asJSON bool) (err error) {
	wanted, err := choose(only)
	if err != nil {
		return err
	}
	b.rounds = max(min(b.rounds, b.sized(b.rounds, minRounds)), minRounds)
	if b.tmp, err = os.MkdirTemp("", "yunei-bench-"); err != nil {
		return err
	}
	defer os.RemoveAll(b.tmp)
	defer func() { b.city.close() }()
	b.report = newReport(os.Stdout, asJSON, b.short)
	for _, g := range wanted {
		debug.FreeOSMemory()
		b.report.begin(g)
		if err := g.do(ctx, b); err != nil {
			return fmt.Errorf("%s: %w", g.name, err)
		}
	}
	return b.report.end()
}
