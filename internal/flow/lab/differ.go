package lab

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"

	"yunei/internal/base/errs"
	"yunei/internal/core/query"
	"yunei/internal/core/query/duckdb"
	"yunei/internal/core/query/guard"
	"yunei/internal/core/query/interp"
	"yunei/internal/core/query/render"
	"yunei/internal/core/query/snapshot"
	"yunei/internal/core/query/synth"
)

const (
	differRows    = 2_000 // synthetic rows of each table that renderings are compared on
	differMembers = 4     // combinations of parameters that are compared, spread over all
	differPeople  = 3     // people a model about one person is asked about, one of whom has no record
)

// differ makes the checks that run the model on synthetic rows in every engine there is: engine and interpreter give the
// same exact cells (SC23), and the rendering for what was measured of the data those of the rendering that knows nothing
// (SC24). Where the engine does not start nothing is shown, so nothing is submitted; a deployment that was told to run without
// one says so to the experts instead. The rows are those of the policy alone (S0), which holds every code, bound, cut point and NULL.
func (s *Service) differ(ctx context.Context, c *compiled) ([]guard.Check, error) {
	engines := guard.Check{ID: "SC23", Title: "各执行引擎结果一致", TitleEn: "All engines give the same result", Status: guard.Pass}
	renders := guard.Check{ID: "SC24", Title: "优化与朴素的执行计划结果一致", TitleEn: "Optimized and plain rendering give the same result", Status: guard.Pass}
	list := func() []guard.Check { return []guard.Check{engines, renders} }
	if c.model.Step != nil {
		engines.Status, renders.Status = guard.NotHere, guard.NotHere
		engines.Note("WebAssembly 步骤只由解释器执行", "only the interpreter runs a WebAssembly step")
		return list(), nil
	}
	dir, err := os.MkdirTemp(s.Dir, "differ-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	members := spread(len(c.family.Members), differMembers)
	compared := 0
	for _, i := range members {
		m := c.family.Members[i]
		d, err := s.domainOf(m, c.catalog, dir)
		if err != nil {
			return nil, err
		}
		var plain, fast bool
		var n int
		if m.Class.Own() {
			plain, n, err = s.samePeople(ctx, m, d)
		} else {
			plain, fast, n, err = s.sameCells(ctx, m, d)
		}
		if errors.Is(err, duckdb.ErrNone) {
			engines.Warn("本部署不设执行引擎，未作比较；在设有执行引擎的部署运行之前须重新提交", "this deployment runs without an engine, so nothing was compared; submit again where there is one before a run")
			renders.Status = guard.NotHere
			return list(), nil
		}
		if errors.Is(err, duckdb.ErrNotStarted) {
			return nil, &errs.Error{Code: errs.Unavailable, Err: err, Msg: "执行引擎没有启动, 无法核对各执行引擎结果是否一致 (SC23、SC24), 模型没有提交; " +
				"请稍后重试, 仍不行的请平台运营方用 yunei doctor 查明原因, 或以 --no-engine 写明本部署不设执行引擎"}
		}
		if err != nil {
			return nil, fmt.Errorf("compare engines on member %d of %s: %w", i, c.family.Hash(), err)
		}
		compared += n
		if !plain {
			engines.Status = guard.Refused
			engines.Note("第 %d 组参数：执行引擎与解释器的结果不同", "combination %d: engine and interpreter differ", i+1)
		}
		if !fast && !m.Class.Own() {
			renders.Status = guard.Refused
			renders.Note("第 %d 组参数：优化后的执行计划结果不同", "combination %d: the optimized rendering differs", i+1)
		}
	}
	if c.model.Class.Own() {
		engines.Note("在每表 %d 行合成数据上比较 DuckDB 与 Go 解释器：%d 组参数，%d 次查询", "DuckDB and the Go interpreter compared on %d synthetic rows of each table: %d combinations, %d queries", differRows, len(members), compared)
		renders.Status = guard.NotHere
		return list(), nil
	}
	engines.Note("在每表 %d 行合成数据上比较 DuckDB 与 Go 解释器的精确单元格：%d 组参数，%d 个非空单元格", "DuckDB and the Go interpreter compared on %d synthetic rows of each table: %d combinations, %d cells with units", differRows, len(members), compared)
	renders.Note("按实测每主体行数与唯一性优化的执行计划，与不作任何假设的执行计划逐格比较：%d 组参数", "the rendering for the measured rows per unit and uniqueness compared cell by cell with the one that assumes nothing: %d combinations", len(members))
	return list(), nil
}

// spread picks at most n of the numbers below total, the first and the last among them.
func spread(total, n int) []int {
	out := make([]int, 0, n)
	for i := range min(total, n) {
		out = append(out, i*(total-1)/max(min(total, n)-1, 1))
	}
	return out
}

// domain is synthetic data as the domain would hold it: rows, and a snapshot of each table.
type domain struct {
	dir    string
	tables []query.Table // as the model names them
	data   interp.Data
	files  map[string]string
}

func (s *Service) domainOf(m *query.Model, cat query.Catalog, dir string) (domain, error) {
	d := domain{dir: dir, data: interp.Data{}, files: map[string]string{}}
	for _, t := range m.Tables {
		policy, ok := cat.Table(t.Name)
		if !ok {
			return d, fmt.Errorf("table %s is not in reach", t.Name)
		}
		d.tables = append(d.tables, *policy)
		d.data[t.Name] = synth.Rows(policy, differRows)
		d.files[t.Name] = filepath.Join(dir, t.Name+"-domain.parquet")
		if err := snapshot.Write(d.files[t.Name], policy, d.data[t.Name].Rows); err != nil {
			return d, err
		}
	}
	return d, nil
}

// sameCells supplies the synthetic domain as a run would, and compares the cells of interpreter, plain and optimized
// rendering. n is how many cells have units.
func (s *Service) sameCells(ctx context.Context, m *query.Model, d domain) (plain, fast bool, n int, err error) {
	const salt = "compared"
	j := job{run: Run{ID: "differ"}, model: m, files: d.files, keys: map[string]string{}}
	for _, t := range d.tables {
		j.keys[t.Name] = t.SubjectKey
	}
	named := newTokens(m, []byte(salt))
	files, measured, err := supplyAll(j, d.dir, []byte(salt), named)
	if err != nil {
		return false, false, 0, err
	}
	want, err := interpreted(m, d, salt, named)
	if err != nil {
		return false, false, 0, err
	}
	got, err := s.engineCells(ctx, m, files, render.Options{Salt: salt})
	if err != nil {
		return false, false, 0, err
	}
	optimized, err := s.engineCells(ctx, m, files, render.Options{Salt: salt, Measured: measured})
	return maps.EqualFunc(want, got, slices.Equal[[]int64]), maps.EqualFunc(got, optimized, slices.Equal[[]int64]), len(want), err
}

// interpreted are the cells with units by their number and tokens, as the interpreter has them. It knows a subject by the
// same pseudonym as the engine, so that both choose the same cells where a unit falls into too many.
func interpreted(m *query.Model, d domain, salt string, named *tokens) (map[string][]int64, error) {
	program, err := interp.Compile(m)
	if err != nil {
		return nil, err
	}
	data, number := interp.Data{}, pseudonym([]byte(salt))
	for _, t := range d.tables {
		rows := interp.Rows{Columns: d.data[t.Name].Columns}
		at := slices.Index(rows.Columns, t.SubjectKey)
		for _, row := range d.data[t.Name].Rows {
			if t.SubjectKey != "" && at >= 0 && !row[at].IsNull() {
				row = slices.Clone(row)
				row[at] = query.TextValue(strconv.FormatInt(number(row[at].S), 10))
			}
			rows.Rows = append(rows.Rows, row)
		}
		data[t.Name] = rows
	}
	out := map[string][]int64{}
	if len(m.Selects()) == 0 {
		cells, err := program.Aggregate(data, interp.SaltedChoice(salt))
		for _, c := range cells {
			if c.Units > 0 {
				out[fmt.Sprint(c.Index, []int64{})] = append([]int64{c.Units}, c.Vectors...)
			}
		}
		return out, err
	}
	groups, err := program.Groups(data, salt, func(value string) int64 {
		n, _ := named.token(0, value)
		return n
	})
	for _, g := range groups {
		tokens := []int64{}
		for i, v := range g.Values {
			n, _ := named.token(i, v)
			tokens = append(tokens, n)
		}
		out[fmt.Sprint(g.Cell, tokens)] = append([]int64{g.Units}, g.Vectors...)
	}
	return out, err
}

// engineCells are the same cells as the engine has them.
func (s *Service) engineCells(ctx context.Context, m *query.Model, files map[string]string, opt render.Options) (map[string][]int64, error) {
	exact, _, err := s.inEngine(ctx, m, files, opt)
	out := map[string][]int64{}
	for _, x := range exact {
		if x.Units > 0 {
			out[fmt.Sprint(x.Index, append([]int64{}, x.Tokens...))] = append([]int64{x.Units}, x.Vectors...)
		}
	}
	return out, err
}

// samePeople asks engine and interpreter about some of the made-up people and one who has no record.
func (s *Service) samePeople(ctx context.Context, m *query.Model, d domain) (same bool, n int, err error) {
	program, err := interp.Compile(m)
	if err != nil {
		return false, 0, err
	}
	same = true
	for i := range differPeople {
		sid := synth.SID(m.Unit, i)
		if i == differPeople-1 {
			sid = "nobody"
		}
		answer, err := program.Subject(sid, of(m, d.data, sid))
		if err != nil {
			return false, 0, err
		}
		statement, err := render.Model(m, render.Options{Subject: sid, Words: d.words})
		if err != nil {
			return false, 0, err
		}
		task, err := statement.Job(d.files, duckdb.Limits{})
		if err != nil {
			return false, 0, err
		}
		rows, _, err := s.Engine.RunMetered(ctx, task)
		if err != nil {
			return false, 0, err
		}
		n++
		if (len(rows) == 1) != answer.Found || len(rows) > 1 {
			same = false
			continue
		}
		if answer.Found {
			same = same && slices.Equal(valuesOf(m, rows[0], task.Shape), answer.Values)
		}
	}
	return same, n, nil
}

// words are the texts that occur in a column of the synthetic data.
func (d domain) words(table, column string) []string {
	rows := d.data[table]
	at := slices.Index(rows.Columns, column)
	seen := map[string]bool{}
	for _, row := range rows.Rows {
		if !row[at].IsNull() {
			seen[row[at].S] = true
		}
	}
	return slices.Sorted(maps.Keys(seen))
}

func valuesOf(m *query.Model, row []duckdb.Cell, shape []duckdb.Column) []query.Value {
	out := make([]query.Value, len(row))
	for i, c := range row {
		typ := m.Outputs[i].Type
		switch {
		case c.Null:
		case shape[i].Kind == duckdb.Word:
			out[i] = query.TextValue(shape[i].Words[c.N])
		default:
			out[i] = query.Value{Kind: typ.Kind, Scale: typ.Scale, N: c.N}
		}
	}
	return out
}
