package lab

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"

	"yunei/internal/base/errs"
	"yunei/internal/base/id"
	"yunei/internal/base/sqldb"
	"yunei/internal/base/workday"
	"yunei/internal/core/act"
	"yunei/internal/core/query"
	"yunei/internal/core/query/duckdb"
	"yunei/internal/core/query/interp"
	"yunei/internal/core/query/noise"
	"yunei/internal/core/query/release"
	"yunei/internal/core/query/render"
	"yunei/internal/core/query/synth"
)

const (
	sampleRows  = 200    // rows of a sample table that are shown
	trialRows   = 20_000 // rows that a trial runs on
	trialPeople = 20     // people a class B trial asks about
)

// Sample (样例数据) are synthetic rows of one resource, made from its policy alone: no real row was read for them.
type Sample struct {
	Resource string     `json:"resource"`
	Table    string     `json:"table"`
	Columns  []string   `json:"columns"`
	Rows     [][]string `json:"rows"`
	Note     string     `json:"note"`
}

// Samples are the synthetic rows of a resource of the space.
func (s *Service) Samples(ctx context.Context, spaceID, resource string) (Sample, error) {
	var t query.Table
	err := s.Acts.View(ctx, func(tx *sqldb.Tx) error {
		_, sc, err := s.tenantSpace(ctx, tx, spaceID, ToolSamples)
		if err != nil {
			return err
		}
		tables, err := s.tables(ctx, tx, sc)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(tables, func(t query.Table) bool { return t.Resource == resource })
		if i < 0 {
			return errs.New(errs.NotFound, "本场景没有申请这个资源, 请从左侧列表选择")
		}
		t = tables[i]
		return nil
	})
	if err != nil {
		return Sample{}, err
	}
	if err := s.looked(ctx, spaceID, ToolSamples, resource); err != nil {
		return Sample{}, err
	}
	rows := synth.Rows(&t, sampleRows)
	return Sample{Resource: resource, Table: t.Name, Columns: rows.Columns, Rows: print(rows.Rows), Note: "样例数据按目录的数据项规定合成, 不含任何真实记录"}, nil
}

func print(rows [][]query.Value) [][]string {
	out := make([][]string, len(rows))
	for i, row := range rows {
		for _, v := range row {
			out[i] = append(out[i], v.Text())
		}
	}
	return out
}

// Trial is what a model gives on synthetic rows: a table for class A, answers about some made-up people for class B.
type Trial struct {
	Table   *release.Table `json:"table,omitempty"`
	Columns []string       `json:"columns,omitempty"`
	Rows    [][]string     `json:"rows,omitempty"`
	Agreed  bool           `json:"agreed" doc:"Engine and interpreter gave the same exact cells"`
	Note    string         `json:"note"`
}

// Try compiles a text and runs it on synthetic rows. It is recorded, and charges nothing: there is nobody in the data.
func (s *Service) Try(ctx context.Context, spaceID, class, text string) (Trial, error) {
	var c *compiled
	var refused error
	err := s.Acts.View(ctx, func(tx *sqldb.Tx) error {
		if _, _, err := s.space(ctx, tx, spaceID); err != nil {
			return err
		}
		c, refused = s.compileIn(ctx, tx, spaceID, class, text, 0)
		return nil
	})
	if err != nil {
		return Trial{}, err
	}
	_, err = s.Acts.Do(ctx, act.Call{Act: "lab.run.sample"}, func(ctx context.Context, tx *act.Tx) error {
		if refused != nil {
			return refused
		}
		sp, sc, err := s.tenantSpace(ctx, tx.Tx, spaceID, ToolTry)
		if err != nil {
			return err
		}
		if err := tx.Judge(ctx, map[string]string{"org": sc.Org, "plan": sc.ID}); err != nil {
			return err
		}
		return s.did(ctx, tx, sp, ToolTry, c.model.Hash())
	})
	if err != nil {
		return Trial{}, err
	}
	out, used, err := s.trial(ctx, c)
	if err != nil || used == (Usage{}) {
		return out, err
	}
	return out, s.DB.Do(ctx, func(tx *sqldb.Tx) error {
		return putUsage(ctx, tx, id.New("use", tx.Now()), spaceID, "trial", monthOf(workday.DateOf(tx.Now())), used)
	})
}

// trial runs a compiled model on synthetic rows, and says what of the engine it used.
func (s *Service) trial(ctx context.Context, c *compiled) (Trial, Usage, error) {
	data, cat := interp.Data{}, c.catalog
	for _, t := range c.model.Tables {
		if policy, ok := cat.Table(t.Name); ok {
			data[t.Name] = synth.Rows(policy, trialRows)
		}
	}
	program, err := interp.Compile(c.model)
	if err != nil {
		return Trial{}, Usage{}, err
	}
	if c.model.Class.Own() {
		out, err := tryPeople(c.model, program, data)
		return out, Usage{}, err
	}
	begun := time.Now()
	out, cpu, err := s.tryTable(ctx, c, program, data)
	return out, Usage{CPU: cpu.Microseconds(), Wall: time.Since(begun).Microseconds(), Rows: int64(trialRows * len(c.model.Tables))}, err
}

// tryPeople asks a class B model about some of the made-up people.
func tryPeople(m *query.Model, program *interp.Program, data interp.Data) (Trial, error) {
	out := Trial{Agreed: true, Note: "以下均为合成人员, 结果不涉及任何真实的人"}
	out.Columns = append(out.Columns, "subject")
	for _, o := range m.Outputs {
		out.Columns = append(out.Columns, o.Name)
	}
	for i := range trialPeople {
		sid := synth.SID(m.Unit, i)
		answer, err := program.Subject(sid, of(m, data, sid))
		if err != nil {
			return out, fmt.Errorf("try on person %d: %w", i, err)
		}
		row := []string{fmt.Sprintf("样例人员 %d", i+1)}
		for _, v := range answer.Values {
			row = append(row, v.Text())
		}
		out.Rows = append(out.Rows, row)
	}
	return out, nil
}

// of picks one subject's rows.
func of(m *query.Model, data interp.Data, sid string) interp.Data {
	out := interp.Data{}
	for _, t := range m.Tables {
		rows := data[t.Name]
		key := slices.Index(rows.Columns, t.SubjectKey)
		own := interp.Rows{Columns: rows.Columns}
		for _, r := range rows.Rows {
			if key >= 0 && r[key].S == sid {
				own.Rows = append(own.Rows, r)
			}
		}
		out[t.Name] = own
	}
	return out
}

// tryTable runs a class A model in the engine and in the interpreter, compares the exact cells, and shows the table as
// a release would: with noise and threshold.
func (s *Service) tryTable(ctx context.Context, c *compiled, program *interp.Program, data interp.Data) (Trial, time.Duration, error) {
	salt := rand.Text()
	if len(c.model.Selects()) > 0 {
		trial, err := tryGroups(c, program, data, salt)
		return trial, 0, err
	}
	cells, err := program.Aggregate(data, interp.SaltedChoice(salt))
	if err != nil {
		return Trial{}, 0, err
	}
	exact := make([]release.Exact, 0, len(cells))
	for _, cell := range cells {
		exact = append(exact, release.Exact{Index: cell.Index, Units: cell.Units, Vectors: cell.Vectors})
	}
	out := Trial{Note: "在合成数据上运行, 已按正式发布的方式加噪并设显示门槛"}
	engine, cpu, err := s.tryEngine(ctx, c.model, c.catalog, salt)
	switch {
	case errors.Is(err, duckdb.ErrMissingWall):
		out.Note += "; 本机缺少隔离措施, 仅由解释器计算"
	case err != nil:
		return Trial{}, 0, err
	default:
		if out.Agreed = same(exact, engine); !out.Agreed {
			return Trial{}, 0, fmt.Errorf("engine and interpreter disagree about model %s", c.model.Hash())
		}
	}
	table, _, err := release.Collect(c.model, c.preview.Plan, exact, noise.New(), release.Options{})
	out.Table = &table
	return out, cpu, err
}

// tryGroups shows the groups of a private domain as a release would: selected, then noised. Samples hold texts where a
// space's copies hold tokens, so only the interpreter runs here.
func tryGroups(c *compiled, program *interp.Program, data interp.Data, salt string) (Trial, error) {
	named := newTokens(c.model, []byte(salt))
	groups, err := program.Groups(data, salt, func(value string) int64 {
		n, _ := named.token(0, value)
		return n
	})
	if err != nil {
		return Trial{}, err
	}
	var exact []release.Exact
	for _, g := range groups {
		x := release.Exact{Index: g.Cell, Units: g.Units, Vectors: g.Vectors}
		for i, v := range g.Values {
			n, _ := named.token(i, v)
			x.Tokens = append(x.Tokens, n)
		}
		exact = append(exact, x)
	}
	table, _, err := release.Collect(c.model, c.preview.Plan, exact, noise.New(), release.Options{Resolve: named.resolve})
	return Trial{Note: "在合成数据上由解释器计算, 分组已按正式发布的方式遴选并加噪", Table: &table}, err
}

func (s *Service) tryEngine(ctx context.Context, m *query.Model, cat query.Catalog, salt string) (exact []release.Exact, cpu time.Duration, err error) {
	dir, err := os.MkdirTemp(s.Dir, "try-")
	if err != nil {
		return nil, 0, err
	}
	defer os.RemoveAll(dir)
	files := map[string]string{}
	for _, t := range m.Tables {
		policy, ok := cat.Table(t.Name)
		if !ok {
			return nil, 0, fmt.Errorf("table %s is not in reach", t.Name)
		}
		files[t.Name] = filepath.Join(dir, t.Name+".parquet")
		if err := synth.Write(files[t.Name], policy, trialRows); err != nil {
			return nil, 0, err
		}
	}
	statement, err := render.Model(m, render.Options{Salt: salt})
	if err != nil {
		return nil, 0, err
	}
	task, err := statement.Job(files, duckdb.Limits{})
	if err != nil {
		return nil, 0, err
	}
	rows, cpu, err := s.Engine.RunMetered(ctx, task)
	if err != nil {
		return nil, 0, err
	}
	exact, err = release.FromEngine(m, rows)
	return exact, cpu, err
}

// same compares exact cells; a cell that nothing fell into may be left out.
func same(a, b []release.Exact) bool {
	byIndex := map[int]release.Exact{}
	for _, x := range b {
		byIndex[x.Index] = x
	}
	for _, x := range a {
		y, ok := byIndex[x.Index]
		if !ok {
			y = release.Exact{Vectors: make([]int64, len(x.Vectors))}
		}
		if x.Units != y.Units || !slices.Equal(x.Vectors, y.Vectors) {
			return false
		}
	}
	return true
}
