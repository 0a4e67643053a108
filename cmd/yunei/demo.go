package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"yunei/internal/base/clock"
	"yunei/internal/base/errs"
	"yunei/internal/base/workday"
	"yunei/internal/core/access"
	"yunei/internal/core/query/duckdb"
	"yunei/internal/gate/node"
	"yunei/internal/test/story"
)

type demoFlags struct {
	once, asJSON bool
	until        string
	day          string
	regime       string
}

func demoCommand(cfg *Config) *cobra.Command {
	var f demoFlags
	cmd := &cobra.Command{
		Use:   "demo",
		Short: "演示 (tell one city's story on real data, then serve it with ready accounts)",
		Long: `Opens a fresh platform in a folder of its own under one regulation, tells its story over the API as its roles, and serves
what came of it. The clock starts on 2025-09-24 (or --day) and moves forward where the law counts hours and days.

With --once it stops when the story is told; the exit status says whether every step did what it should. With --until
it tells the story up to a step (catalog … audit; none tells nothing) and serves that; a day typed into the terminal then
moves the clock forward to it.`,
		Example: `  yunei demo                                   tell Quanzhou's story, then serve it
  yunei demo --once --json                     tell it headless and print the facts
  yunei demo --regime guizhou --day 2026-09-28 another regulation, another day
  yunei demo --packs ./town-2026-01-01         with rules of one's own beside the city's
  yunei demo --until catalog                   stop after the departments' part and go on by hand`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return demo(cmd, cfg, f) },
	}
	cmd.Flags().BoolVar(&f.once, "once", false, "stop when the story is told")
	cmd.Flags().BoolVar(&f.asJSON, "json", false, "print the facts as JSON")
	cmd.Flags().StringVar(&f.until, "until", "", "last step to tell, or none")
	cmd.Flags().StringVar(&f.regime, "regime", "", "whose story ("+strings.Join(story.Names(), ", ")+"; default the first)")
	cmd.Flags().StringVar(&f.day, "day", "", "day on which the story begins (default 2025-09-24)")
	return cmd
}

// demo runs the platform on a listener of its own while the story is told against it.
func demo(cmd *cobra.Command, cfg *Config, f demoFlags) (err error) {
	city, err := story.Find(f.regime)
	if err != nil {
		return err
	}
	start := city.Opening
	if f.day != "" {
		day, err := workday.Parse(f.day)
		if err != nil {
			return errs.New(errs.Invalid, "日期 %q 须写成 2025-09-24 这样, 请改正 --day: %w", f.day, err)
		}
		start = day.Time().Add(9 * time.Hour)
	}
	dir, err := os.MkdirTemp("", "yunei-demo-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	clk := clock.NewSet(start)
	if cfg.Wire == "" && !f.once {
		cfg.Wire = "127.0.0.1:0"
	}
	door, err := cfg.wireDoor()
	if err != nil {
		return err
	}
	listen := cfg.Listen
	if f.once {
		listen = "127.0.0.1:0"
	}
	listener, err := net.Listen("tcp", listen)
	if err != nil {
		return errs.New(errs.Unavailable, "监听 %s 失败, 请换一个 --listen: %w", listen, err)
	}
	base := "http://" + listener.Addr().String()
	packs := []string{city.Pack}
	if cmd.Flags().Changed("packs") { // rules of one's own beside the city's, or a new version of the city's in its place
		packs = append(packs, cfg.Packs...)
	}
	options := node.Options{Wire: door.address(), URL: base, Data: dir, DB: "sqlite:" + filepath.Join(dir, "yunei.db"), Heads: filepath.Join(dir, "heads"), Packs: packs, Clock: clk, NoWalls: missingWalls(cmd)}
	n, err := node.Open(cmd.Context(), options)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, n.Close()) }()
	if err := city.Prepare(cmd.Context(), n); err != nil {
		return err
	}
	teller := &story.Teller{City: city, Base: base, Clock: clk, Anchor: n.Keys.Anchor(), Ledger: &auditor{node: n, options: options}, Tick: func(ctx context.Context) { n.Sweep(access.With(ctx, access.System())) }}
	if !f.asJSON {
		teller.Say = func(t story.Told) { say1(cmd.OutOrStdout(), t) }
	}
	kit := filepath.Join(dir, "kit")
	if err := teller.WriteKit(kit); err != nil {
		return err
	}
	ctx, stop := context.WithCancel(cmd.Context())
	defer stop()
	told := make(chan error, 1)
	go func() {
		err := tell(ctx, cmd.OutOrStdout(), teller, f)
		if err == nil && f.until == "" {
			err = teller.Leave(ctx, kit)
		}
		told <- err
		if f.once {
			stop()
		}
	}()
	announce := func(context.Context) error { return nil }
	if !f.once {
		announce = func(ctx context.Context) error {
			select {
			case <-ctx.Done():
				return nil
			case err := <-told:
				if err != nil {
					return err
				}
				invite(cmd.OutOrStdout(), city, base, kit)
				go turnClock(ctx, cmd.InOrStdin(), cmd.OutOrStdout(), clk, teller.Tick)
				<-ctx.Done()
				return nil
			}
		}
	}
	if err := run(ctx, listener, n.Handler(), n.Run, door.serve(n), announce); err != nil {
		return err
	}
	if f.once {
		return <-told
	}
	return nil
}

// turnClock moves the clock forward to each day that somebody types, at nine in the morning, and does what is due by then: periods in
// public end, deadlines pass.
func turnClock(ctx context.Context, in io.Reader, out io.Writer, clk *clock.Set, sweep func(context.Context)) {
	for lines := bufio.NewScanner(in); lines.Scan() && ctx.Err() == nil; {
		text := strings.TrimSpace(lines.Text())
		if text == "" {
			continue
		}
		day, err := workday.Parse(text)
		ahead := day.Time().Add(9 * time.Hour).Sub(clk.Now())
		switch {
		case err != nil:
			fmt.Fprintf(out, "日期 %q 须写成 2025-10-09 这样\n", text)
		case ahead <= 0:
			fmt.Fprintf(out, "时钟只能向前, 现在是 %s\n", workday.DateOf(clk.Now()))
		default:
			clk.Advance(ahead)
			sweep(ctx)
			fmt.Fprintf(out, "时钟已到 %s\n", day)
		}
	}
}

// missingWalls names the walls this machine lacks and says whether to go on without them: a demonstration does.
func missingWalls(cmd *cobra.Command) bool {
	missing := false
	for _, w := range duckdb.Walls() {
		if !w.Present {
			missing = true
			fmt.Fprintf(cmd.ErrOrStderr(), "这台机器缺少隔离措施 %s (%s); 演示数据照常运行, 正式部署前请补上\n", w.Title, w.Why)
		}
	}
	return missing
}

// tell tells the story and prints what every step left.
func tell(ctx context.Context, w io.Writer, teller *story.Teller, f demoFlags) error {
	if f.until == "none" {
		return nil
	}
	began := time.Now()
	steps, err := teller.Tell(ctx, f.until)
	if f.asJSON {
		out := struct {
			OK      bool         `json:"ok"`
			Seconds float64      `json:"seconds"`
			Steps   []story.Told `json:"steps"`
		}{err == nil, time.Since(began).Seconds(), steps}
		e := json.NewEncoder(w)
		e.SetIndent("", "  ")
		err = errors.Join(err, e.Encode(out))
	}
	if err != nil {
		slog.Error("the story failed", "err", err)
		return errs.New(errs.Conflict, "故事没有讲完, 请看上面的失败步骤: %w", err)
	}
	return nil
}

func say1(w io.Writer, t story.Told) {
	mark := "✓"
	if t.Error != "" {
		mark = "✗"
	}
	fmt.Fprintf(w, "%s %s (%.1f 秒)\n", mark, t.Title, t.Took)
	if t.Error != "" {
		fmt.Fprintf(w, "    %s\n", t.Error)
	}
}

// invite prints where to look and as whom.
func invite(w io.Writer, city story.City, base, kit string) {
	fmt.Fprintf(w, "\n域内已启动: %s (%s)\n口令均为 %s, 可用账号:\n", base, city.Title, story.Password)
	for _, s := range append(city.Seats, city.Guests...) {
		fmt.Fprintf(w, "  %-12s %s  %s\n", s.Login, s.Name, s.Title)
	}
	if city.Leave != nil {
		fmt.Fprintf(w, "kit: %s\n  其中有法定代表人和本人的证书 (.pem), 以及可在“实时查询”页提交的授权书 (document-身份号码.json)\n", kit)
	}
	fmt.Fprintln(w, "输入一个日期 (如 2025-10-09) 并回车, 时钟前移到那天 9 时; 公示期满、逾期等随之发生。")
	fmt.Fprintln(w, "按 Ctrl+C 停止; 演示数据随之删除。")
}
