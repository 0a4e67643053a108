package open

import (
	"context"
	"log/slog"
	"slices"
	"strconv"
	"sync"
	"time"

	"yunei/internal/base/errs"
	"yunei/internal/base/id"
	"yunei/internal/base/sqldb"
	"yunei/internal/base/workday"
	"yunei/internal/core/query"
	"yunei/internal/core/regime"
	"yunei/internal/flow/catalog"
	"yunei/internal/flow/collect"
)

// Deps are what the stage works with.
type Deps struct {
	DB      *sqldb.DB
	Law     *regime.Law
	Catalog *catalog.Service
	Collect *collect.Service
}

// Service answers the public.
type Service struct {
	Deps
	tables cache

	mu   sync.Mutex
	uses map[use]int64
}

// use is what is counted.
type use struct{ resource, day, kind string }

// New makes the service. Run writes its counts down from time to time.
func New(d Deps) *Service { return &Service{Deps: d, uses: map[use]int64{}} }

const maxPage = 100

// List pages through open resources, newest first; search finds characters and pairs of characters of names, summaries and items.
func (s *Service) List(ctx context.Context, search, after string, limit int) (page []Resource, next string, err error) {
	if limit <= 0 || limit > maxPage {
		limit = maxPage
	}
	page = []Resource{}
	err = s.DB.View(ctx, func(tx *sqldb.Tx) error {
		entries, err := s.Catalog.OpenEntries(ctx, tx, search, after, limit+1)
		if err != nil {
			return err
		}
		for i, e := range entries {
			if i == limit {
				next = entries[limit-1].ID
				break
			}
			n, err := taken(ctx, tx, e.ID)
			if err != nil {
				return err
			}
			page = append(page, resourceOf(e, n))
		}
		return nil
	})
	return page, next, err
}

// Get is one open resource, by its id or its table.
func (s *Service) Get(ctx context.Context, name string) (Resource, error) {
	var r Resource
	err := s.DB.View(ctx, func(tx *sqldb.Tx) error {
		e, err := s.entry(ctx, tx, name)
		if err != nil {
			return err
		}
		n, err := taken(ctx, tx, e.ID)
		r = resourceOf(e, n)
		return err
	})
	return r, err
}

// entry is the entry of an open resource; whatever is not open does not exist here.
func (s *Service) entry(ctx context.Context, tx *sqldb.Tx, name string) (e catalog.Entry, err error) {
	if id.Valid("res", name) {
		e, err = s.Catalog.Load(ctx, tx, name)
	} else {
		e, err = s.Catalog.LoadByTable(ctx, tx, name)
	}
	if errs.Is(err, errs.NotFound) {
		return e, notOpen()
	}
	if err == nil && len(e.OpenFields()) == 0 {
		return catalog.Entry{}, notOpen()
	}
	return e, err
}

// data is an open resource with the rows of its snapshot in use: open items only.
type data struct {
	entry    catalog.Entry
	snapshot collect.Snapshot
	fields   []catalog.Field
	table    *table
}

func (s *Service) data(ctx context.Context, name string) (data, error) {
	var d data
	err := s.DB.View(ctx, func(tx *sqldb.Tx) (err error) {
		if d.entry, err = s.entry(ctx, tx, name); err != nil {
			return err
		}
		// Reading changes nothing and is no act, but the law may still forbid it.
		j, err := s.Law.Judge(ctx, tx, "open.download", workday.DateOf(tx.Now()), map[string]string{catalog.Kind: d.entry.ID}, nil)
		if err != nil {
			return err
		}
		if err := j.Err(); err != nil {
			return err
		}
		d.snapshot, err = s.Collect.ActiveSnapshot(ctx, tx, d.entry.ID)
		return err
	})
	if err != nil {
		return d, err
	}
	d.fields = d.entry.OpenFields()
	d.table, err = s.tables.get(d.entry, d.snapshot, d.fields)
	return d, err
}

// Where asks for rows whose items have the given values.
type Where map[string]string

// Query asks for rows: the named items (none: all that are open), those that match, from a row on.
type Query struct {
	Fields []string
	Where  Where
	After  string // the Next of the page before
	Limit  int
}

// Rows is a page of rows.
type Rows struct {
	Snapshot string      `json:"snapshot"`
	Columns  []string    `json:"columns"`
	Rows     [][]*string `json:"rows" doc:"Values in the order of columns, numbers exact as text; null is missing"`
	Total    int64       `json:"total" doc:"Rows of the whole resource"`
	Next     string      `json:"next,omitempty" doc:"Pass as cursor for the next page; absent on the last"`
}

// Rows answers rows of an open resource, in the order in which its holder gave them.
func (s *Service) Rows(ctx context.Context, name string, q Query) (Rows, error) {
	d, err := s.data(ctx, name)
	if err != nil {
		return Rows{}, err
	}
	places, err := d.places(q.Fields)
	if err != nil {
		return Rows{}, err
	}
	conditions, err := d.conditions(q.Where)
	if err != nil {
		return Rows{}, err
	}
	if err := d.permitted(ctx, places, conditions); err != nil {
		return Rows{}, err
	}
	from := 0
	if q.After != "" {
		if from, err = strconv.Atoi(q.After); err != nil || from < 0 {
			return Rows{}, errs.New(errs.Invalid, "翻页位置 %q 不正确, 请使用上一页给出的 next", q.After)
		}
	}
	if q.Limit <= 0 || q.Limit > 1000 {
		q.Limit = 100
	}
	out := Rows{Snapshot: d.snapshot.ID, Rows: [][]*string{}, Total: d.snapshot.Rows}
	for _, p := range places {
		out.Columns = append(out.Columns, d.fields[p].Name)
	}
	for i := from; i < len(d.table.rows); i++ {
		row := d.table.rows[i]
		if !matches(conditions, row) {
			continue
		}
		if len(out.Rows) == q.Limit {
			out.Next = strconv.Itoa(i)
			break
		}
		cells := make([]*string, len(places))
		for j, p := range places {
			if v := row[p]; !v.IsNull() {
				shown := text(v)
				cells[j] = &shown
			}
		}
		out.Rows = append(out.Rows, cells)
	}
	s.count(d.entry.ID, "rows")
	return out, nil
}

// places are the positions of the named open items. An item that is closed is answered like one that does not exist.
func (d data) places(names []string) ([]int, error) {
	if len(names) == 0 {
		out := make([]int, len(d.fields))
		for i := range out {
			out[i] = i
		}
		return out, nil
	}
	var out []int
	for _, name := range names {
		i := slices.IndexFunc(d.fields, func(f catalog.Field) bool { return f.Name == name })
		if i < 0 {
			return nil, errs.New(errs.Invalid, "没有名为 %s 的开放数据项, 请从数据项列表中选择", name)
		}
		out = append(out, i)
	}
	return out, nil
}

// condition asks for rows in which an item has a value.
type condition struct {
	at   int
	want query.Value
}

// conditions reads what rows are asked for: equality on dimensions.
func (d data) conditions(where Where) ([]condition, error) {
	var all []condition
	for name, raw := range where {
		places, err := d.places([]string{name})
		if err != nil {
			return nil, err
		}
		f := d.fields[places[0]]
		if !filterable(f) {
			return nil, errs.New(errs.Invalid, "不能按数据项 %s 筛选, 请选择维度数据项", name)
		}
		want, err := query.ParseValue(f.DataType(), raw)
		if err != nil || len(raw) > maxValue {
			return nil, errs.New(errs.Invalid, "筛选值 %q 不符合数据项 %s 的类型, 请改正", raw, name)
		}
		all = append(all, condition{places[0], want})
	}
	return all, nil
}

// maxValue is the longest text that can be asked for.
const maxValue = 200

func matches(conditions []condition, row []query.Value) bool {
	for _, c := range conditions {
		if row[c.at] != c.want {
			return false
		}
	}
	return true
}

// Series answers one item over time, for a chart.
func (s *Service) Series(ctx context.Context, name, field string, every Every, where Where) ([]Point, error) {
	d, err := s.data(ctx, name)
	if err != nil {
		return nil, err
	}
	places, err := d.places([]string{field})
	if err != nil {
		return nil, err
	}
	f := d.fields[places[0]]
	if !chartable(d.entry, f) {
		return nil, errs.New(errs.Invalid, "数据项 %s 不能按时间作图, 请选择度量数据项", field)
	}
	if !slices.Contains([]Every{Day, Month, Year}, every) {
		return nil, errs.New(errs.Invalid, "时间间隔 %q 不正确, 请用 day、month 或 year", every)
	}
	conditions, err := d.conditions(where)
	if err != nil {
		return nil, err
	}
	read, err := d.places(append([]string{field}, d.entry.Time...))
	if err != nil {
		return nil, err
	}
	if err := d.permitted(ctx, read, conditions); err != nil {
		return nil, err
	}
	rows := d.table.rows
	if len(conditions) > 0 {
		rows = nil
		for _, row := range d.table.rows {
			if matches(conditions, row) {
				rows = append(rows, row)
			}
		}
	}
	s.count(d.entry.ID, "series")
	return series(d.entry, d.table.columns, rows, f, every)
}

func notSoFine() error {
	return errs.New(errs.Invalid, "该资源的时间没有这样细, 请用更大的时间间隔")
}

// count notes one use in memory: a stranger's read must not cost a write.
func (s *Service) count(resource, kind string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.uses[use{resource, "", kind}]++
}

// Flush writes the counts down under today's day. What a killed process had counted and not written is lost; nothing rests on it.
func (s *Service) Flush(ctx context.Context) error {
	s.mu.Lock()
	pending := s.uses
	s.uses = map[use]int64{}
	s.mu.Unlock()
	if len(pending) == 0 {
		return nil
	}
	err := s.DB.Do(ctx, func(tx *sqldb.Tx) error {
		for u, n := range pending {
			if err := addUses(ctx, tx, u.resource, workday.DateOf(tx.Now()).String(), u.kind, n); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		s.mu.Lock()
		for u, n := range pending {
			s.uses[u] += n
		}
		s.mu.Unlock()
	}
	return err
}

// flushEvery is how long a use may be counted in memory only.
const flushEvery = 10 * time.Second

// Run writes the counts down until ctx ends, and once more then.
func (s *Service) Run(ctx context.Context) {
	ticker := time.NewTicker(flushEvery)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			last, cancel := context.WithTimeout(context.WithoutCancel(ctx), flushEvery)
			defer cancel()
			if err := s.Flush(last); err != nil {
				slog.WarnContext(ctx, "last uses of open data not counted", "err", err)
			}
			return
		case <-ticker.C:
			if err := s.Flush(ctx); err != nil {
				slog.WarnContext(ctx, "uses of open data not counted yet", "err", err)
			}
		}
	}
}
