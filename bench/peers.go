package main

import (
	"bufio"
	"context"
	_ "embed"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"time"

	"yunei/data"
	"yunei/internal/core/query"
	"yunei/internal/core/query/duckdb"
	"yunei/internal/core/query/guard"
	"yunei/internal/core/query/noise"
	"yunei/internal/core/query/querytest"
	"yunei/internal/core/query/release"
	"yunei/internal/core/query/render"
	"yunei/internal/core/query/snapshot"
)

//go:embed peers/peers.py
var peersScript []byte

const ourselves = "Yunei"

// peerQuestions are asked of everybody: 7 levels of education by 4 bands of age.
var peerQuestions = []struct{ name, value string }{
	{"counts", "COUNT(*)"}, {"sums", "SUM(limit_bal)"}, {"averages", "AVG(limit_bal)"},
}

// peerBudgets are what one question may cost in all: epsilon 1 and 0.1 as rho = epsilon^2/2.
var peerBudgets = []string{"0.5", "0.005"}

// largeCell is from how many people on a cell counts as large: over the real accounts most cells are tiny, and there every
// mechanism is mostly noise.
const largeCell = 500

// peerCell names a cell; an answer is one released table, NaN where a cell has no value.
type peerCell struct{ education, band int }

type peerAnswer map[peerCell]float64

// truth is what nobody is told, and how many people it is about.
type truth struct {
	people int
	values map[string]peerAnswer
}

// peerFile is one file that everybody reads.
type peerFile struct {
	name, path string
	policy     query.Table
	truth      truth
}

// newPeerFile writes the real accounts, as often as asked, each with a person of its own.
func newPeerFile(b *bench, times int) (*peerFile, error) {
	raw, err := data.Open("credit_default.csv")
	if err != nil {
		return nil, err
	}
	lines, err := csv.NewReader(raw).ReadAll()
	if err != nil {
		return nil, err
	}
	columns := []string{"limit_bal", "education", "age"}
	rows := make([][]int64, len(lines)-1)
	for i, line := range lines[1:] {
		for _, at := range []int{0, 2, 4} {
			v, err := strconv.ParseFloat(line[at], 64) // a million is written 1.00E+06
			if err != nil {
				return nil, err
			}
			rows[i] = append(rows[i], int64(v))
		}
	}
	f := &peerFile{path: filepath.Join(b.tmp, fmt.Sprintf("peers-%d.parquet", times)), policy: querytest.CreditDefault()}
	n := times * len(rows)
	f.name, f.policy.Units = fmt.Sprintf("%d accounts", n), int64(n)
	f.truth = newTruth(rows, times)
	refs := []query.ColumnRef{{Name: f.policy.SubjectKey, Type: query.Number(0)}}
	for _, c := range columns {
		refs = append(refs, query.ColumnRef{Name: c, Type: query.Number(0)})
	}
	return f, snapshot.Stream(f.path, refs, func(row func([]query.Value) error) error {
		for i := range n {
			r := rows[i%len(rows)]
			if err := row([]query.Value{query.IntValue(int64(i)), query.IntValue(r[0]), query.IntValue(r[1]), query.IntValue(r[2])}); err != nil {
				return err
			}
		}
		return nil
	})
}

func newTruth(rows [][]int64, times int) truth {
	counts, sums, averages := peerAnswer{}, peerAnswer{}, peerAnswer{}
	for _, r := range rows {
		band := min(max(r[2]/10-2, 0), 3)
		cell := peerCell{int(r[1]), int(band)}
		counts[cell] += float64(times)
		sums[cell] += float64(times) * float64(r[0])
	}
	for cell, n := range counts {
		averages[cell] = sums[cell] / n
	}
	return truth{times * len(rows), map[string]peerAnswer{"counts": counts, "sums": sums, "averages": averages}}
}

// ours answers the whole way: text, guard, plan, statement, locked engine, noise. The threshold that hides small cells is
// left out, because the peers hide none.
func (f *peerFile) ours(ctx context.Context, engine *duckdb.Engine, value, budget string) (peerAnswer, error) {
	text := `SELECT education, bucket(age, 30, 40, 50) AS band, ` + value + ` AS v FROM credit_default GROUP BY education, bucket(age, 30, 40, 50)`
	m, refusals := guard.Compile(text, query.A, query.Catalog{Tables: []query.Table{f.policy}})
	if m == nil {
		return nil, fmt.Errorf("the guard refused: %+v", refusals)
	}
	rho, err := release.ParseRho(budget)
	if err != nil {
		return nil, err
	}
	plan, err := release.NewPlan(m, release.Ask{Rho: rho, K: 1, Units: f.policy.Units})
	if err != nil {
		return nil, err
	}
	table := m.Tables[0].Name
	statement, err := render.Model(m, render.Options{Measured: map[string]render.Measured{table: {Most: 1}}, Salt: "0123456789abcdef0123456789abcdef"})
	if err != nil {
		return nil, err
	}
	job, err := statement.Job(map[string]string{table: f.path}, duckdb.Limits{})
	if err != nil {
		return nil, err
	}
	rows, err := engine.Run(ctx, job)
	if err != nil {
		return nil, err
	}
	exact, err := release.FromEngine(m, rows)
	if err != nil {
		return nil, err
	}
	_, e, err := release.Collect(m, plan, exact, noise.New(), release.Options{})
	if err != nil {
		return nil, err
	}
	return noisyCells(m, e), nil
}

// noisyCells reads the output v of every cell, as a release does where it shows the cell.
func noisyCells(m *query.Model, e release.Evidence) peerAnswer {
	o, out := &m.Outputs[len(m.Outputs)-1], peerAnswer{}
	// The guard puts keys into an order of its own; the last one runs fastest.
	place := func(c, key int) int {
		for k := len(m.Root.Keys) - 1; k > key; k-- {
			c /= m.Root.Keys[k].Size()
		}
		return c % m.Root.Keys[key].Size()
	}
	for c := range m.Cells() {
		v := float64(e.Noisy[o.Index][c])
		if o.Kind == query.OutRatio {
			a, n := &m.Root.Aggs[o.Index], float64(e.Noisy[o.Over][c])
			if v = v/n + float64(o.Plus); n <= 0 {
				v = math.NaN()
			}
			v = min(max(v, float64(a.Lo-a.Center+o.Plus)), float64(a.Hi-a.Center+o.Plus))
		}
		// The codes of education are 0 to 6, so a place is its code.
		out[peerCell{place(c, m.Outputs[0].Index), place(c, m.Outputs[1].Index)}] = v
	}
	return out
}

// against is the relative errors of an answer, of all cells that have people and of the large ones. A cell without a value
// is wrong by all of it.
func (t *truth) against(question string, got peerAnswer) (all, large []float64) {
	for cell, want := range t.values[question] {
		v, ok := got[cell]
		off := math.Abs(v-want) / want
		if !ok || math.IsNaN(v) {
			off = 1
		}
		all = append(all, off)
		if t.values["counts"][cell] >= largeCell {
			large = append(large, off)
		}
	}
	return all, large
}

// peerProcess is a Python that answers with the peers' libraries, as long as the bench needs it.
type peerProcess struct {
	cmd *exec.Cmd
	in  io.WriteCloser
	out *bufio.Reader
}

type peerReply struct {
	Versions map[string]string `json:"versions"`
	Seconds  float64           `json:"seconds"`
	Cells    [][3]*float64     `json:"cells"`
}

func startPeers(ctx context.Context, b *bench) (*peerProcess, error) {
	script := filepath.Join(b.tmp, "peers.py")
	if err := os.WriteFile(script, peersScript, 0o600); err != nil {
		return nil, err
	}
	p := &peerProcess{cmd: exec.CommandContext(ctx, b.python, script)}
	p.cmd.Stderr = os.Stderr
	in, err := p.cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	p.in, p.out = in, bufio.NewReader(out)
	return p, p.cmd.Start()
}

func (p *peerProcess) close() error { return errors.Join(p.in.Close(), p.cmd.Wait()) }

func (p *peerProcess) ask(request map[string]any) (r peerReply, err error) {
	if err := json.NewEncoder(p.in).Encode(request); err != nil {
		return r, err
	}
	line, err := p.out.ReadBytes('\n')
	if err != nil {
		return r, fmt.Errorf("no answer to %v, its error stands above: %w", request, err)
	}
	return r, json.Unmarshal(line, &r)
}

func (p *peerProcess) answer(peer, question, budget string) (peerAnswer, time.Duration, error) {
	rho, err := strconv.ParseFloat(budget, 64)
	if err != nil {
		return nil, 0, err
	}
	r, err := p.ask(map[string]any{"peer": peer, "question": question, "rho": rho})
	if err != nil {
		return nil, 0, err
	}
	out := peerAnswer{}
	for _, c := range r.Cells {
		if c[0] != nil && c[1] != nil && c[2] != nil {
			out[peerCell{int(*c[0]), int(*c[1])}] = *c[2]
		}
	}
	return out, time.Duration(r.Seconds * 1e9), nil
}

// peerResult is one question at one budget, answered by one of all.
type peerResult struct {
	File     string  `json:"file"`
	Question string  `json:"question"`
	Rho      string  `json:"rho"`
	Who      string  `json:"who"`
	Rounds   int     `json:"rounds"`
	All      float64 `json:"median_relative_error"`
	Large    float64 `json:"median_relative_error_of_large_cells"`
	P50      float64 `json:"p50_us"`
	Ratio    float64 `json:"p50_to_ours"`
}

// peers asks us and the peers the same questions at the same cost, in turns.
func peers(ctx context.Context, b *bench) (err error) {
	if b.python == "" {
		b.report.note("The peers are left out: bench/peers/run.sh installs them and runs this group.")
		return nil
	}
	p, err := startPeers(ctx, b)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, p.close()) }()
	hello, err := p.ask(map[string]any{})
	if err != nil {
		return err
	}
	var names []string
	for name, version := range hello.Versions {
		names = append(names, name)
		b.report.note("%s %s", name, version)
	}
	slices.Sort(names)
	guard.WarmUp()
	engine := duckdb.New(duckdb.Options{AllowMissingWalls: true})
	for _, size := range []struct{ times, rounds int }{{1, b.sized(20, 5)}, {b.sized(copies, 5), b.sized(7, 3)}} {
		f, err := newPeerFile(b, size.times)
		if err != nil {
			return err
		}
		for _, name := range names {
			r, err := p.ask(map[string]any{"peer": name, "file": f.path})
			if err != nil {
				return err
			}
			b.report.note("%s, %s: made ready, once, in %.2f s.", f.name, name, r.Seconds)
		}
		for _, q := range peerQuestions {
			for _, budget := range peerBudgets {
				answer := func(who string) (peerAnswer, time.Duration, error) {
					if who != ourselves {
						return p.answer(who, q.name, budget)
					}
					began := time.Now()
					a, err := f.ours(ctx, engine, q.value, budget)
					return a, time.Since(began), err
				}
				if err := b.besidePeers(f, q.name, budget, append([]string{ourselves}, names...), size.rounds, answer); err != nil {
					return fmt.Errorf("%s, %s: %w", f.name, q.name, err)
				}
			}
		}
	}
	return nil
}

func (b *bench) besidePeers(f *peerFile, question, budget string, who []string, rounds int, answer func(string) (peerAnswer, time.Duration, error)) error {
	all, large, took := map[string][]float64{}, map[string][]float64{}, map[string][]float64{}
	for n := range rounds + 1 {
		for _, name := range who {
			a, t, err := answer(name)
			if err != nil {
				return fmt.Errorf("%s: %w", name, err)
			}
			if n == 0 {
				continue // warms up
			}
			x, y := f.truth.against(question, a)
			all[name], large[name] = append(all[name], x...), append(large[name], y...)
			took[name] = append(took[name], float64(t)/1e3)
		}
	}
	for _, name := range who {
		r := peerResult{File: f.name, Question: question, Rho: budget, Who: name, Rounds: rounds,
			All: quantile(all[name], 0.5), Large: quantile(large[name], 0.5), P50: quantile(took[name], 0.5)}
		r.Ratio = r.P50 / quantile(took[ourselves], 0.5)
		b.report.addPeer(r)
	}
	return nil
}

func (r *report) addPeer(x peerResult) {
	r.Peers = append(r.Peers, x)
	r.table("file", "question", "rho", "who", "n", "median relative error, all cells", fmt.Sprintf("cells of %d and more", largeCell), "p50", "p50 to ours")
	r.print("| %s | %s | %s | %s | %d | %.3g%% | %.3g%% | %s | %s |\n", x.File, x.Question, x.Rho, x.Who, x.Rounds, 100*x.All, 100*x.Large, micros(x.P50), figure(x.Ratio))
}
