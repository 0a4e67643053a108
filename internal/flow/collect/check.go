package collect

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"sort"
	"strconv"
	"strings"
	"unicode/utf8"

	"yunei/internal/base/errs"
	"yunei/internal/core/query"
	"yunei/internal/flow/catalog"
)

// maxSpots is how many faults of a file are listed; all are counted.
const maxSpots = 50

// column is one checked column: texts in s, everything else in n, missing values in null.
type column struct {
	field   catalog.Field
	typ     query.Type
	bounded bool
	lo, hi  int64
	codes   map[query.Value]bool // nil without a code list
	null    []bool
	n       []int64
	s       []string
}

func newColumn(f catalog.Field) *column {
	c := &column{field: f, typ: f.DataType()}
	c.lo, c.hi, c.bounded = f.Bounds()
	if len(f.Codes) > 0 {
		c.codes = map[query.Value]bool{}
	}
	for _, code := range f.Codes {
		if v, err := query.ParseValue(c.typ, code.Value); err == nil {
			c.codes[v] = true
		}
	}
	return c
}

func (c *column) text() bool { return c.typ.Kind == query.Text }

// table is a checked file, column by column. sid is nil for a resource without a subject; "" is a row without a usable key.
type table struct {
	rows    int
	lines   []int32
	sid     []string
	columns []*column
	order   []int32 // rows by sid, then as in the file; rows without sid last
	report  Report
}

// Report is the quality report (质量报告) of a snapshot: counts, never values. It is for the holder and the bureau.
type Report struct {
	Encoding     string         `json:"encoding"`
	Rows         int64          `json:"rows"`
	Subjects     int64          `json:"subjects"`
	MissingKeys  int64          `json:"missing_keys" doc:"Rows whose key is missing or a placeholder"`
	InvalidKeys  int64          `json:"invalid_keys" doc:"Rows whose key fails its check digit or date"`
	InvalidLines []int32        `json:"invalid_lines,omitempty" doc:"The first lines with an invalid key"`
	Columns      []ColumnReport `json:"columns"`
}

// ColumnReport counts one item.
type ColumnReport struct {
	Name    string `json:"name"`
	Missing int64  `json:"missing"`
}

// Unkeyed is how many rows have no sid.
func (r Report) Unkeyed() int64 { return r.MissingKeys + r.InvalidKeys }

// fault collects what is wrong with a file.
type faults struct {
	spots []errs.Spot
	total int
}

func (f *faults) add(where, code, format string, args ...any) {
	if f.total++; len(f.spots) < maxSpots {
		f.spots = append(f.spots, errs.Spot{Where: where, Code: code, Message: fmt.Sprintf(format, args...)})
	}
}

func (f *faults) err() error {
	if f.total == 0 {
		return nil
	}
	msg := fmt.Sprintf("文件与目录条目不符, 共 %d 处, 没有归集任何数据, 请逐处改正后重新提交", f.total)
	if f.total > len(f.spots) {
		msg = fmt.Sprintf("文件与目录条目不符, 共 %d 处 (先列出 %d 处), 没有归集任何数据, 请改正后重新提交", f.total, len(f.spots))
	}
	return &errs.Error{Code: errs.Invalid, Msg: msg, Spots: f.spots}
}

// check reads a file against its catalog entry. Either the whole file fits or the error lists what does not.
func check(src *source, e catalog.Entry, seal *Sealer) (*table, error) {
	text, err := src.text()
	if err != nil {
		return nil, err
	}
	r := csv.NewReader(text)
	r.FieldsPerRecord = -1
	r.ReuseRecord = true
	header, err := r.Read()
	if err != nil {
		return nil, structural(err)
	}
	f := &faults{}
	t := &table{report: Report{Encoding: src.encoding()}}
	places, key := t.match(header, e, f)
	if f.total > 0 {
		return nil, f.err()
	}
	if err := t.read(r, len(header), places, key, e, seal, f); err != nil {
		return nil, err
	}
	if t.rows == 0 && f.total == 0 {
		f.add("第 2 行", "no-rows", "文件只有列名没有数据, 请检查导出结果")
	}
	t.sort()
	t.subjects(e, f)
	t.unique(e, f)
	return t, f.err()
}

// match finds each item's column. An item without a column and a column without an item are both faults: data that the catalog does
// not describe is not collected.
func (t *table) match(header []string, e catalog.Entry, f *faults) (places []int, key int) {
	key = -1
	at := map[string]int{}
	for i, h := range header {
		h = strings.TrimSpace(h)
		if j, twice := at[h]; twice {
			f.add("第 1 行", "header", "列名 %q 在第 %d 列和第 %d 列重复, 请改正", short(h), j+1, i+1)
		}
		at[h] = i
	}
	for _, field := range e.Fields {
		i, ok := at[field.HeaderName()]
		if !ok {
			f.add("第 1 行", "header", "缺少列 %q (%s), 请补上该列, 或先变更目录条目", field.HeaderName(), field.Title)
			continue
		}
		delete(at, field.HeaderName())
		if field.Role == query.SubjectKey {
			key = i
			t.sid = []string{}
			continue
		}
		places = append(places, i)
		t.columns = append(t.columns, newColumn(field))
	}
	for _, h := range slices.Sorted(mapKeys(at)) {
		f.add("第 1 行", "header", "列 %q 不在目录条目中, 请删除该列, 或先变更目录条目", short(h))
	}
	if f.total > 0 && len(header) == 1 && strings.ContainsAny(header[0], ";\t|") {
		f.add("第 1 行", "separator", "列之间须用英文逗号分隔, 请另存为逗号分隔的 CSV")
	}
	return places, key
}

func mapKeys(m map[string]int) func(yield func(string) bool) {
	return func(yield func(string) bool) {
		for k := range m {
			if !yield(k) {
				return
			}
		}
	}
}

func (t *table) read(r *csv.Reader, width int, places []int, key int, e catalog.Entry, seal *Sealer, f *faults) error {
	for {
		record, err := r.Read()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return structural(err)
		}
		line, _ := r.FieldPos(0)
		if len(record) != width {
			f.add(fmt.Sprintf("第 %d 行", line), "width", "有 %d 列, 列名有 %d 列, 请检查是否多了或少了逗号", len(record), width)
			continue
		}
		for i, c := range t.columns {
			raw := strings.TrimSpace(record[places[i]])
			if code, message := c.take(raw); code != "" {
				f.add(fmt.Sprintf("第 %d 行, 列 %s", line, c.field.HeaderName()), code, "%s", message)
			}
		}
		if key >= 0 {
			t.takeKey(record[key], string(e.Unit), int32(line), seal)
		}
		t.rows++
		t.lines = append(t.lines, int32(line))
	}
}

// take adds one value to the column; a value that does not fit is a fault and is added as missing, so that the columns stay even.
func (c *column) take(raw string) (code, message string) {
	at := len(c.null)
	c.null = append(c.null, true)
	if c.text() {
		c.s = append(c.s, "")
	} else {
		c.n = append(c.n, 0)
	}
	if raw == "" || slices.Contains(c.field.Missing, raw) {
		if !c.field.Nullable {
			return "missing", "没有值, 目录规定该数据项不可空, 请补上"
		}
		return "", ""
	}
	v, code, message := c.value(raw)
	if code != "" {
		return code, message
	}
	if c.codes != nil && !c.codes[v] {
		return "domain", fmt.Sprintf("值 %q 不在取值表 %s 中, 请改正, 或先变更目录条目", short(raw), c.field.CodeList)
	}
	c.null[at] = false
	if c.text() {
		c.s[at] = v.S
	} else {
		c.n[at] = v.N
	}
	return "", ""
}

// value reads one value of the column's type and holds it to the bounds.
func (c *column) value(raw string) (v query.Value, code, message string) {
	if !utf8.ValidString(raw) || strings.ContainsRune(raw, utf8.RuneError) || strings.ContainsRune(raw, 0) {
		return v, "encoding", "含有无法识别的字符, 请以 UTF-8 或 GB18030 编码重新导出"
	}
	var err error
	if c.typ.Numeric() {
		var n int64
		if n, err = ParseScaled(raw, c.typ.Scale); err == nil {
			v = query.NumberValue(n, c.typ.Scale)
		}
	} else {
		v, err = query.ParseValue(c.typ, raw)
	}
	switch {
	case errors.Is(err, ErrTooFine) && c.typ.Scale == 0:
		return v, "type", fmt.Sprintf("值 %q 不是整数, 请改正", short(raw))
	case errors.Is(err, ErrTooFine):
		return v, "type", fmt.Sprintf("值 %q 的小数超过目录规定的 %d 位, 请改正", short(raw), c.typ.Scale)
	case err != nil:
		return v, "type", fmt.Sprintf("值 %q 不是%s, 请改正", short(raw), typeTitle(c.typ))
	}
	if c.bounded && (v.N < c.lo || v.N > c.hi) {
		return v, "bounds", fmt.Sprintf("值 %q 超出目录规定的范围 %s 到 %s, 请改正", short(raw), c.field.Lo, c.field.Hi)
	}
	if c.text() && c.field.MaxLength > 0 && utf8.RuneCountInString(raw) > c.field.MaxLength {
		return v, "length", fmt.Sprintf("有 %d 个字, 超过目录规定的 %d 个字, 请改正", utf8.RuneCountInString(raw), c.field.MaxLength)
	}
	return v, "", ""
}

func (t *table) takeKey(raw, kind string, line int32, seal *Sealer) {
	sid, err := seal.SID(kind, raw)
	switch {
	case errors.Is(err, ErrNoKey):
		t.report.MissingKeys++
	case err != nil:
		if t.report.InvalidKeys++; len(t.report.InvalidLines) < maxSpots {
			t.report.InvalidLines = append(t.report.InvalidLines, line)
		}
	}
	t.sid = append(t.sid, sid)
}

// sort orders the rows by sid, so that one subject's rows stand together; a resource without a subject keeps the file's order.
func (t *table) sort() {
	t.order = make([]int32, t.rows)
	for i := range t.order {
		t.order[i] = int32(i)
	}
	if t.sid == nil {
		return
	}
	sort.SliceStable(t.order, func(i, j int) bool {
		a, b := t.sid[t.order[i]], t.sid[t.order[j]]
		if (a == "") != (b == "") {
			return b == ""
		}
		return a < b
	})
}

// subjects counts subjects and holds each to the number of rows that the catalog promises.
func (t *table) subjects(e catalog.Entry, f *faults) {
	t.report.Rows = int64(t.rows)
	for _, c := range t.columns {
		missing := int64(0)
		for _, null := range c.null {
			if null {
				missing++
			}
		}
		t.report.Columns = append(t.report.Columns, ColumnReport{Name: c.field.Name, Missing: missing})
	}
	if t.sid == nil {
		return
	}
	run := 0
	for i, row := range t.order {
		if t.sid[row] == "" {
			break
		}
		if i > 0 && t.sid[row] == t.sid[t.order[i-1]] {
			run++
		} else {
			run = 1
			t.report.Subjects++
		}
		if run == e.MaxRows+1 {
			f.add(fmt.Sprintf("第 %d 行", t.lines[row]), "rows-per-subject", "同一主体超过目录规定的 %d 行, 请核对是否重复, 或先变更目录条目", e.MaxRows)
		}
	}
	// More than half of the keys unusable means the wrong column or a masked export rather than poor quality.
	if bad := t.report.Unkeyed(); bad*2 > int64(t.rows) {
		f.add("列 "+headerOfKey(e), "key", "%d 行中有 %d 行没有有效的主体标识号码, 请检查该列是否选错或已被脱敏", t.rows, bad)
	}
}

// unique holds the rows to the unique key that the catalog promises: models join on it.
func (t *table) unique(e catalog.Entry, f *faults) {
	if len(e.Unique) == 0 {
		return
	}
	seen := make(map[string]int32, t.rows)
	for row := range t.rows {
		var key strings.Builder
		if t.sid != nil {
			if t.sid[row] == "" {
				continue // nobody's row is never joined
			}
			key.WriteString(t.sid[row])
		}
		for _, name := range e.Unique {
			i := slices.IndexFunc(t.columns, func(c *column) bool { return c.field.Name == name })
			fmt.Fprintf(&key, "\x1f%s", t.columns[i].key(row))
		}
		if first, twice := seen[key.String()]; twice {
			f.add(fmt.Sprintf("第 %d 行", t.lines[row]), "unique", "与第 %d 行的唯一键相同, 请核对是否重复, 或先变更目录条目的唯一键", first)
			continue
		}
		seen[key.String()] = t.lines[row]
	}
}

// key is a value as it tells rows apart.
func (c *column) key(row int) string {
	switch {
	case c.null[row]:
		return ""
	case c.typ.Kind == query.Text:
		return c.s[row]
	}
	return strconv.FormatInt(c.n[row], 10)
}

func headerOfKey(e catalog.Entry) string {
	k, _ := e.Key()
	return k.HeaderName()
}

// structural explains a file that is no CSV.
func structural(err error) error {
	var p *csv.ParseError
	switch {
	case errors.Is(err, io.EOF):
		return errs.New(errs.Invalid, "文件没有内容, 请检查导出结果后重新提交")
	case errors.As(err, &p):
		why := "引号没有成对, 请检查该行的引号, 文字中的引号须写成两个"
		if errors.Is(p.Err, csv.ErrFieldCount) {
			why = "列数与列名不一致, 请检查逗号"
		}
		where := fmt.Sprintf("第 %d 行, 第 %d 字节", p.Line, p.Column)
		return &errs.Error{Code: errs.Invalid, Msg: "文件不是完好的 CSV, 没有归集任何数据, 请改正后重新提交", Spots: []errs.Spot{{Where: where, Code: "csv", Message: why}}, Err: err}
	}
	return err
}

func typeTitle(t query.Type) string {
	switch t.Kind {
	case query.Int:
		return "整数"
	case query.Decimal:
		return "小数位数不超过 " + strconv.Itoa(t.Scale) + " 位的数"
	case query.Date:
		return "日期 (写成 2006-01-02)"
	case query.Timestamp:
		return "时间 (写成 2006-01-02 15:04:05)"
	case query.Bool:
		return "是否值 (写成 true、false、1 或 0)"
	}
	return "文字"
}

// short keeps a quoted value readable and small.
func short(s string) string {
	if r := []rune(s); len(r) > 30 {
		return string(r[:30]) + "…"
	}
	return s
}
