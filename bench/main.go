// Command bench measures what the promises cost: each guarded way of doing something beside the bare way, in turns, in one
// run on one machine. It prints ratios, because absolute times are the machine's. It is no test: nothing passes or fails.
//
//	go run -tags sqlite_fts5 ./bench [-rounds 9] [-only act]
//
// With YUNEI_TEST_POSTGRES set (scripts/postgres.sh start prints it) the acts are measured on PostgreSQL too.
package main

import (
	"context"
	"flag"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"runtime"
	"runtime/pprof"
	"strings"

	"yunei/internal/core/query/duckdb"
)

func main() {
	duckdb.MaybeWorker()
	rounds := flag.Int("rounds", 9, "how often each pair is measured, in turns")
	only := flag.String("only", "", "measure only pairs whose name contains this")
	profile := flag.String("cpuprofile", "", "write a CPU profile to this file")
	flag.Parse()
	// The measured programs log as in production; only what went wrong is worth reading here.
	slog.SetDefault(slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelError})))
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if *profile != "" {
		f, err := os.Create(*profile)
		if err != nil {
			fmt.Fprintln(os.Stderr, "bench:", err)
			os.Exit(1)
		}
		defer f.Close()
		if err := pprof.StartCPUProfile(f); err != nil {
			fmt.Fprintln(os.Stderr, "bench:", err)
			os.Exit(1)
		}
		defer pprof.StopCPUProfile()
	}
	if err := bench(ctx, *rounds, *only); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func bench(ctx context.Context, rounds int, only string) error {
	tmp, err := os.MkdirTemp("", "yunei-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(tmp)
	fmt.Println(machine())
	fmt.Println()
	fmt.Println("| guarded | bare | guarded, each | bare, each | ratio | range of ratios |")
	fmt.Println("|---|---|---|---|---|---|")
	for _, group := range []func(context.Context, string) ([]pair, func(), error){acts, aggregates, calls} {
		pairs, done, err := group(ctx, tmp)
		if err != nil {
			return err
		}
		for _, p := range pairs {
			if !strings.Contains(p.guarded+p.bare, only) {
				continue
			}
			result, err := p.measure(ctx, rounds)
			if err != nil {
				done()
				return fmt.Errorf("%s: %w", p.guarded, err)
			}
			fmt.Println(result)
		}
		done()
	}
	return nil
}

// machine says where this was measured, for docs/performance.md.
func machine() string {
	model := "unknown processor"
	if raw, err := os.ReadFile("/proc/cpuinfo"); err == nil {
		for line := range strings.Lines(string(raw)) {
			if name, value, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(name) == "model name" {
				model = strings.TrimSpace(value)
				break
			}
		}
	}
	return fmt.Sprintf("%s, %d CPUs, %s/%s, %s", model, runtime.NumCPU(), runtime.GOOS, runtime.GOARCH, runtime.Version())
}
