package lab

import (
	"cmp"
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
	"yunei/internal/core/query/snapshot"
	"yunei/internal/core/query/synth"
)

const (
	sampleRows  = 200    // rows of a sample table that are shown
	trialRows   = 20_000 // rows that a trial runs on
	trialPeople = 20     // people a class B trial asks about
)

// Sample (样例数据) are synthetic rows of one resource: made from its policy alone (S0), or drawn from a set that was
// learned with noise and charged (S1, S2). No real row is in them.
type Sample struct {
	Resource string     `json:"resource"`
	Table    string     `json:"table"`
	Level    string     `json:"level" enum:"S0,S1,S2"`
	Columns  []string   `json:"columns"`
	Rows     [][]string `json:"rows"`
	Note     string     `json:"note"`
}

var sampleNotes = map[string]string{
	synth.LevelS0: "样例数据按目录的数据项规定合成, 不含任何真实记录",
	synth.LevelS1: "各数据项的分布按加噪统计合成, 数据项之间的关系不保留; 不含任何真实记录, 不得当作统计结果使用",
	synth.LevelS2: "按加噪统计合成, 保留主要的相关关系; 不含任何真实记录, 不得当作统计结果使用",
}

// Samples are the synthetic rows of a resource of the space.
func (s *Service) Samples(ctx context.Context, spaceID, resource, level string) (out Sample, err error) {
	err = s.Acts.View(ctx, func(tx *sqldb.Tx) (err error) {
		out, err = s.sample(ctx, tx, spaceID, resource, level, sampleRows)
		return err
	})
	if err != nil {
		return Sample{}, err
	}
	return out, s.looked(ctx, spaceID, ToolSamples, resource)
}

func (s *Service) sample(ctx context.Context, tx *sqldb.Tx, spaceID, resource, level string, n int) (Sample, error) {
	_, sc, err := s.tenantSpace(ctx, tx, spaceID, ToolSamples)
	if err != nil {
		return Sample{}, err
	}
	tables, err := s.tables(ctx, tx, sc)
	if err != nil {
		return Sample{}, err
	}
	i := slices.IndexFunc(tables, func(t query.Table) bool { return t.Resource == resource })
	if i < 0 {
		return Sample{}, errs.New(errs.NotFound, "本场景没有申请这个资源, 请从左侧列表选择")
	}
	t := &tables[i]
	if level == "" {
		level = synth.LevelS0
	}
	data, used, err := s.made(ctx, tx, []query.Table{*t}, level, n)
	if err != nil {
		return Sample{}, err
	}
	if used[t.Name] != level {
		return Sample{}, errs.New(errs.Conflict, "这个资源还没有 %s 样例, 请先申请, 或使用 S0", level)
	}
	rows := data[t.Name]
	rows.Rows = rows.Rows[:min(n, len(rows.Rows))]
	s.watermark(spaceID, t, rows)
	return Sample{Resource: resource, Table: t.Name, Level: level, Columns: rows.Columns, Rows: print(rows.Rows), Note: sampleNotes[level]}, nil
}

// made makes about n rows of each table, of the highest level up to the one that is asked for, in the columns that the
// tables have.
func (s *Service) made(ctx context.Context, tx *sqldb.Tx, tables []query.Table, level string, n int) (interp.Data, map[string]string, error) {
	data, used := interp.Data{}, map[string]string{}
	var sets []SampleSet
	for _, want := range []string{synth.LevelS2, synth.LevelS1} {
		for _, t := range tables {
			if want > level || !t.Private() {
				continue
			}
			set, err := currentSet(ctx, tx, want, t)
			if err != nil {
				return nil, nil, err
			}
			if set != nil && !slices.ContainsFunc(sets, func(s SampleSet) bool { return s.ID == set.ID }) {
				sets = append(sets, *set)
			}
		}
	}
	// A set of parent and child comes first: its tables fit together.
	slices.SortStableFunc(sets, func(a, b SampleSet) int {
		return cmp.Or(cmp.Compare(b.Level, a.Level), len(b.Resources)-len(a.Resources))
	})
	for _, set := range sets {
		from, err := learned(ctx, tx, set)
		if err != nil {
			return nil, nil, err
		}
		sampler, err := synth.NewSampler(from)
		if err != nil {
			return nil, nil, err
		}
		var drawn interp.Data
		for i := range tables {
			t := &tables[i]
			if used[t.Name] != "" || !set.fits(*t) {
				continue
			}
			if drawn == nil {
				drawn = sampler.Rows(n, nil)
			}
			data[t.Name], used[t.Name] = narrowed(drawn[set.Tables[slices.Index(set.Resources, t.Resource)]], t), set.Level
		}
	}
	for i := range tables {
		if t := &tables[i]; used[t.Name] == "" {
			data[t.Name], used[t.Name] = synth.Rows(t, n), synth.LevelS0
		}
	}
	return data, used, nil
}

// Synthetic are the rows of one made-up subject in the tables that a served model reads, S1 where that level was learned, else S0, and
// which level each resource has. No collected row is looked at.
func (s *Service) Synthetic(ctx context.Context, tx *sqldb.Tx, m *query.Model, sid string) (interp.Data, map[string]string, error) {
	var tables []query.Table
	for _, ref := range m.Tables {
		t, err := s.Catalog.PolicyTable(ctx, tx, ref.Resource)
		if err != nil {
			return nil, nil, err
		}
		if t.SchemaVersion != ref.Version {
			return nil, nil, errs.New(errs.Conflict, "数据资源的目录条目在模型审批后有变更, 未调取任何数据; 请按现行目录更新模型并重新申报")
		}
		tables = append(tables, t)
	}
	data, used, err := s.made(ctx, tx, tables, synth.LevelS1, synth.DefaultRows)
	if err != nil {
		return nil, nil, err
	}
	levels := map[string]string{}
	for _, t := range tables {
		levels[t.Resource] = used[t.Name]
	}
	return of(m, data, sid), levels, nil
}

// narrowed keeps the columns that a space has of a table, in its order.
func narrowed(rows interp.Rows, t *query.Table) interp.Rows {
	out := interp.Rows{Rows: make([][]query.Value, len(rows.Rows))}
	var places []int
	for _, c := range t.Columns {
		if i := slices.Index(rows.Columns, c.Name); i >= 0 {
			out.Columns, places = append(out.Columns, c.Name), append(places, i)
		}
	}
	for r, row := range rows.Rows {
		for _, i := range places {
			out.Rows[r] = append(out.Rows[r], row[i])
		}
	}
	return out
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
	Steps   []StepUse      `json:"steps,omitempty" doc:"What the step of the model did, for each of its outputs"`
}

// StepUse is what a step did about all people of a trial, for one output.
type StepUse struct {
	Output   string         `json:"output"`
	Fuel     int64          `json:"fuel" doc:"The most that one person took"`
	Declared int64          `json:"declared" doc:"What the model gives every person"`
	Defaults map[string]int `json:"defaults" doc:"People who were given the default, by reason: trap, fuel, range, input"`
}

// Try compiles a text and runs it on synthetic rows of a level, or of the highest below it that a table has. It is recorded, and charges nothing: there is nobody in the data.
func (s *Service) Try(ctx context.Context, spaceID, class, text, level string) (Trial, error) {
	return s.TryWith(ctx, spaceID, Source{Class: class, Text: text}, level, nil)
}

// TryWith is Try of a model with parameters or a step; without values chosen it takes the first of each.
func (s *Service) TryWith(ctx context.Context, spaceID string, src Source, level string, chosen map[string]string) (Trial, error) {
	var c *compiled
	var refused error
	var data interp.Data
	if level == "" {
		level = synth.LevelS0
	}
	err := s.Acts.View(ctx, func(tx *sqldb.Tx) error {
		if _, _, err := s.space(ctx, tx, spaceID); err != nil {
			return err
		}
		if c, refused = s.compileIn(ctx, tx, spaceID, src, 0); refused == nil && len(chosen) > 0 {
			if c.model, _, refused = Bind(c.family, chosen); refused == nil {
				if err := s.plan(c, 0, workday.DateOf(tx.Now())); err != nil {
					return err
				}
			}
		}
		if refused != nil {
			return nil
		}
		var err error
		data, err = s.madeFor(ctx, tx, c, level)
		return err
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
	if refused != nil {
		s.attempted(ctx, spaceID, src.Text, refused)
	}
	if err != nil {
		return Trial{}, err
	}
	out, used, err := s.trial(ctx, c, data)
	if err != nil || used == (Usage{}) {
		return out, err
	}
	return out, s.DB.Do(ctx, func(tx *sqldb.Tx) error {
		return putUsage(ctx, tx, id.New("use", tx.Now()), spaceID, "trial", monthOf(workday.DateOf(tx.Now())), used)
	})
}

// madeFor are the rows that a compiled model is tried on.
func (s *Service) madeFor(ctx context.Context, tx *sqldb.Tx, c *compiled, level string) (interp.Data, error) {
	data, _, err := s.madeFrom(ctx, tx, c, level, trialRows)
	return data, err
}

// madeFrom says beside them the lowest level that a table about units was made from.
func (s *Service) madeFrom(ctx context.Context, tx *sqldb.Tx, c *compiled, level string, n int) (interp.Data, string, error) {
	var read []query.Table
	for _, t := range c.model.Tables {
		if policy, ok := c.catalog.Table(t.Name); ok {
			read = append(read, *policy)
		}
	}
	data, used, err := s.made(ctx, tx, read, level, n)
	lowest := level
	for i := range read {
		if read[i].Private() {
			lowest = min(lowest, used[read[i].Name])
		}
	}
	return data, lowest, err
}

// trial runs a compiled model on synthetic rows, and says what of the engine it used.
func (s *Service) trial(ctx context.Context, c *compiled, data interp.Data) (Trial, Usage, error) {
	program, err := interp.CompileStep(c.model, c.module)
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
		out.addSteps(m, answer)
		row := []string{fmt.Sprintf("样例人员 %d", i+1)}
		for _, v := range answer.Values {
			row = append(row, v.Text())
		}
		out.Rows = append(out.Rows, row)
	}
	return out, nil
}

// addSteps counts what a step did about one more person.
func (t *Trial) addSteps(m *query.Model, answer interp.Answer) {
	for i, r := range answer.Steps {
		if i == len(t.Steps) {
			t.Steps = append(t.Steps, StepUse{Output: m.Outputs[i].Name, Declared: m.Step.Fuel, Defaults: map[string]int{}})
		}
		t.Steps[i].Fuel = max(t.Steps[i].Fuel, r.Used)
		if r.Why != "" {
			t.Steps[i].Defaults[string(r.Why)]++
		}
	}
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
	engine, cpu, err := s.tryEngine(ctx, c.model, c.catalog, data, salt)
	switch {
	case errors.Is(err, duckdb.ErrMissingWall):
		out.Note += "; 本机缺少隔离措施, 仅由解释器计算"
	case errors.Is(err, duckdb.ErrNone):
		out.Note += "; 本部署不设执行引擎, 仅由解释器计算"
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

func (s *Service) tryEngine(ctx context.Context, m *query.Model, cat query.Catalog, data interp.Data, salt string) (exact []release.Exact, cpu time.Duration, err error) {
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
		if err := snapshot.Write(files[t.Name], policy, data[t.Name].Rows); err != nil {
			return nil, 0, err
		}
	}
	return s.inEngine(ctx, m, files, render.Options{Salt: salt})
}

// inEngine runs a class A model on files in the locked engine.
func (s *Service) inEngine(ctx context.Context, m *query.Model, files map[string]string, opt render.Options) (exact []release.Exact, cpu time.Duration, err error) {
	statement, err := render.Model(m, opt)
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
