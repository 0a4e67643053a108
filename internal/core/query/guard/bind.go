package guard

import (
	"fmt"
	"strings"

	"yunei/internal/core/query"
)

// binder gives names a meaning: those of the catalogue, and those the text itself defines. It builds relations as flat
// blocks: leaves joined on the subject key, and conditions over them. Until the model is laid out, OpCol.Index of an
// expression counts into binder.cols.
type binder struct {
	*faults
	class   query.Class
	catalog query.Catalog
	step    *stepDecl // nil without one

	cols []column // every column of every leaf named so far
	at   []*leaf  // the leaf of each column

	ctes    map[string]*cteNode
	visible int // how many of the WITH queries may be named here: those before the one being bound
	deep    int // nesting of WITH and subqueries being bound

	leaves int // tables named so far, WITH queries counted at each use
	work   int // expression nodes bound so far, those of named columns counted at each use

	// aggregate, where set, binds aggregate calls: only inside the items of a per-subject query.
	aggregate func(call *exprNode) (query.Expr, bool)
	// window, where set, binds calls with OVER: only inside the items of a query that does not group.
	window func(call *exprNode) (query.Expr, bool)
	bareOK bool // whether columns may stand outside aggregates there
}

// leaf is a table, or rows aggregated per subject.
type leaf struct {
	table *query.Table
	rows  int // per subject at most; 0 unknown
	found map[string]int

	inner *block
	aggs  []query.Agg
	key   int // the subject key's place in binder.cols, -1 if there is none

	wins     []query.Win // over the rows of inner
	through  map[int]int // columns of inner that pass through a window: own column -> inner's
	sets     []branch    // UNION, or DISTINCT of one
	distinct bool

	// A leaf that is not simply joined on the subject key: pairs of its own column and one of a leaf before it. outer is
	// a LEFT JOIN, whose leaf is filtered by preds before it is joined.
	on    []query.Pair
	outer bool
	preds []query.Expr
}

// block is leaves joined on the subject key or as each says, and the conditions on their rows.
type block struct {
	leaves []*leaf
	preds  []query.Expr
}

// scope is what names mean at one place of the text.
type scope struct{ sources []source }

type source struct {
	at      int
	name    string
	columns []scopeColumn
	leaf    *leaf // a table named directly: its columns are found in the policy
}

type scopeColumn struct {
	name string
	expr query.Expr
}

func newBinder(f *faults, class query.Class, cat query.Catalog) *binder {
	return &binder{faults: f, class: class, catalog: cat, ctes: map[string]*cteNode{}, bareOK: true}
}

// Limits on what a text may unfold to. WITH queries, BETWEEN and CASE x WHEN are written once and used many times, so a
// short text could unfold without end.
const (
	maxLeaves = 16
	maxWork   = 10_000
)

// withQueries registers the WITH queries by name.
func (b *binder) withQueries(s *selectNode) bool {
	for i := range s.with {
		w := &s.with[i]
		if _, twice := b.ctes[w.name]; twice {
			b.refuse(UnknownName, w.at, "WITH 名称 "+w.name+" 重复", "WITH name "+w.name+" used twice", "")
			return false
		}
		w.place = i
		b.ctes[w.name] = w
	}
	b.visible = len(s.with)
	return true
}

// spend counts expression nodes and reports whether there may be more.
func (b *binder) spend(n, at int) bool {
	b.work += n
	if b.work > maxWork {
		b.refuse(TooExpensive, at, fmt.Sprintf("展开后超过 %d 个表达式节点", maxWork), fmt.Sprintf("unfolds to more than %d expression nodes", maxWork), "")
		return false
	}
	return true
}

// sizeOfExpr counts the nodes of a bound expression.
func sizeOfExpr(e *query.Expr) int {
	n := 0
	e.Walk(func(*query.Expr) bool { n++; return true })
	return n
}

// addCol registers a column of a leaf and returns its expression.
func (b *binder) addCol(l *leaf, c column) query.Expr {
	b.cols = append(b.cols, c)
	b.at = append(b.at, l)
	return query.Col(len(b.cols)-1, c.typ)
}

func (b *binder) tableLeaf(t *query.Table) *leaf {
	l := &leaf{table: t, rows: t.MaxRowsPerSubject, found: map[string]int{}, key: -1}
	if key, ok := t.Column(t.SubjectKey); ok && t.Private() {
		e := b.addCol(l, scanned(t, key))
		b.cols[e.Index].key = true
		l.key = e.Index
		l.found[key.Name] = e.Index
	}
	return l
}

func (b *binder) tableColumn(l *leaf, name string) (query.Expr, bool) {
	if i, ok := l.found[name]; ok {
		return query.Col(i, b.cols[i].typ), true
	}
	c, ok := l.table.Column(name)
	if !ok || c.Role == query.Never || c.Role == "" {
		return query.Expr{}, false
	}
	e := b.addCol(l, scanned(l.table, c))
	l.found[name] = e.Index
	return e, true
}

// fromClause binds FROM and WHERE into a block.
func (b *binder) fromClause(s *selectNode) (*block, *scope, bool) {
	if len(s.from) == 0 {
		b.refuse(UnknownName, s.at, "没有 FROM", "no FROM", "")
		return nil, nil, false
	}
	if len(s.from) > 1 {
		b.refuse(JoinNotAllowed, s.from[1].at, "FROM 中的逗号", "comma in FROM", "")
		return nil, nil, false
	}
	blk, sc := &block{}, &scope{}
	if !b.fromItem(s.from[0], blk, sc) {
		return nil, nil, false
	}
	seen := map[string]bool{}
	for _, src := range sc.sources {
		if seen[src.name] {
			b.refuse(UnknownName, src.at, "表名 "+src.name+" 重复，请用 AS 区分", "table name "+src.name+" used twice", "FROM a AS x JOIN a AS y ON x.sid = y.sid")
			return nil, nil, false
		}
		seen[src.name] = true
	}
	return blk, sc, true
}

func (b *binder) fromItem(f *fromNode, blk *block, sc *scope) bool {
	switch {
	case f.left != nil:
		return b.joinItem(f, blk, sc)
	case f.query != nil:
		return b.derived(f, f.query, f.rename, f.alias, blk, sc)
	}
	if cte, ok := b.ctes[f.table]; ok && cte.place < b.visible {
		rename := f.rename
		if len(rename) == 0 {
			rename = cte.rename
		}
		defer func(n int) { b.visible = n }(b.visible)
		b.visible = cte.place
		return b.derived(f, cte.query, rename, aliasOr(f.alias, f.table), blk, sc)
	}
	if b.leaves++; b.leaves > maxLeaves {
		b.refuse(TooExpensive, f.at, fmt.Sprintf("展开后超过 %d 张表", maxLeaves), fmt.Sprintf("unfolds to more than %d tables", maxLeaves), "")
		return false
	}
	t, ok := b.catalog.Table(f.table)
	if !ok {
		b.refuse(UnknownName, f.at, f.table, f.table, "")
		return false
	}
	if len(f.rename) > 0 {
		b.refuse(Unimplemented, f.at, "列别名表", "column aliases", "")
		return false
	}
	l := b.tableLeaf(t)
	blk.leaves = append(blk.leaves, l)
	sc.sources = append(sc.sources, source{at: f.at, name: aliasOr(f.alias, f.table), leaf: l})
	return true
}

func aliasOr(alias, name string) string {
	if alias != "" {
		return alias
	}
	return name
}

// derived binds a WITH query or a subquery in FROM in place.
func (b *binder) derived(f *fromNode, s *selectNode, rename []string, name string, blk *block, sc *scope) bool {
	if b.deep++; b.deep > maxChain {
		b.refuse(Subquery, f.at, "WITH 嵌套过深或循环", "WITH nested too deep or in a circle", "")
		return false
	}
	defer func() { b.deep-- }()
	if len(s.order) > 0 || s.limit != nil || s.offset != nil || s.having != nil {
		b.refuse(Unimplemented, f.at, "内层 HAVING / ORDER BY / LIMIT", "inner HAVING, ORDER BY or LIMIT", "")
		return false
	}
	columns, inner, ok := b.inner(s)
	if !ok {
		return false
	}
	if len(rename) > len(columns) {
		b.refuse(UnknownName, f.at, "列别名过多", "too many column aliases", "")
		return false
	}
	for i, n := range rename {
		columns[i].name = n
	}
	blk.leaves = append(blk.leaves, inner.leaves...)
	blk.preds = append(blk.preds, inner.preds...)
	sc.sources = append(sc.sources, source{at: f.at, name: name, columns: columns})
	return true
}

// inner binds a query below the top: it renames, computes and filters, or aggregates per subject.
func (b *binder) inner(s *selectNode) ([]scopeColumn, *block, bool) {
	if len(s.sets) > 0 || s.distinct {
		return b.gathered(s)
	}
	blk, sc, ok := b.fromClause(s)
	if !ok {
		return nil, nil, false
	}
	if b.class.Own() && s.where != nil {
		// Whether a record is found must say no more than that it exists.
		b.refuse(Unimplemented, s.where.at, "B 类的 WITH 中不用 WHERE，请写进 CASE", "no WHERE in WITH of class B; use CASE", "MAX(CASE WHEN at >= DATE '2024-01-01' THEN x END)")
		return nil, nil, false
	}
	if !b.where(s, blk, sc) {
		return nil, nil, false
	}
	if len(s.group) > 0 {
		return b.perSubject(s, blk, sc)
	}
	if hasWindow(s.items) {
		return b.windowed(s, blk, sc)
	}
	var columns []scopeColumn
	for _, item := range s.items {
		if item.expr == nil {
			return nil, nil, false
		}
		e, ok := b.keyOrExpr(item.expr, sc)
		if !ok {
			return nil, nil, false
		}
		columns = append(columns, scopeColumn{itemName(item), e})
	}
	return columns, blk, true
}

// perSubject binds SELECT sid, COUNT(*) ... GROUP BY sid.
func (b *binder) perSubject(s *selectNode, blk *block, sc *scope) ([]scopeColumn, *block, bool) {
	key, ok := b.keyOf(s.group[0], sc)
	if !ok || len(s.group) > 1 {
		b.refuse(Subquery, s.group[len(s.group)-1].at, "内层分组只能按主体标识", "inner GROUP BY must be by the subject key only", "")
		return nil, nil, false
	}
	l := &leaf{table: b.at[key].table, rows: 1, inner: blk}
	keyCol := b.cols[key]
	outKey := b.addCol(l, keyCol)
	l.key = outKey.Index
	b.aggregate = func(call *exprNode) (query.Expr, bool) { return b.subjectAgg(call, sc, l) }
	b.bareOK = false
	defer func() { b.aggregate, b.bareOK = nil, true }()
	var columns []scopeColumn
	for _, item := range s.items {
		if item.expr == nil {
			return nil, nil, false
		}
		if _, isKey := b.keyOf(item.expr, sc); isKey {
			columns = append(columns, scopeColumn{itemName(item), outKey})
			continue
		}
		e, ok := b.expr(item.expr, sc)
		if !ok {
			return nil, nil, false
		}
		columns = append(columns, scopeColumn{itemName(item), e})
	}
	return columns, &block{leaves: []*leaf{l}}, true
}

func itemName(i itemNode) string {
	switch {
	case i.name != "":
		return i.name
	case i.expr.kind == columnExpr:
		return i.expr.name[len(i.expr.name)-1]
	case i.expr.kind == callExpr:
		return i.expr.text
	}
	return ""
}

// keyOf resolves an expression that is the subject key itself.
func (b *binder) keyOf(e *exprNode, sc *scope) (int, bool) {
	if e == nil || e.kind != columnExpr {
		return 0, false
	}
	found, n := b.lookup(e, sc)
	if n != 1 || found.Op != query.OpCol || !b.cols[found.Index].key {
		return 0, false
	}
	return found.Index, true
}

// keyOrExpr binds an item of an inner query: only there may the subject key pass through.
func (b *binder) keyOrExpr(e *exprNode, sc *scope) (query.Expr, bool) {
	if key, ok := b.keyOf(e, sc); ok {
		return query.Col(key, b.cols[key].typ), true
	}
	return b.expr(e, sc)
}

// lookup finds what a column name may mean; n counts the meanings.
func (b *binder) lookup(e *exprNode, sc *scope) (found query.Expr, n int) {
	name := e.name[len(e.name)-1]
	for i := range sc.sources {
		src := &sc.sources[i]
		if len(e.name) == 2 && src.name != e.name[0] {
			continue
		}
		if src.leaf != nil {
			if c, ok := b.tableColumn(src.leaf, name); ok {
				found = c
				n++
			}
			continue
		}
		for _, c := range src.columns {
			if c.name == name {
				found = c.expr
				n++
			}
		}
	}
	found.At = e.at
	return found, n
}

// known refuses a column that has no or more than one meaning. A column whose policy is "never" is no more visible
// than one that does not exist.
func (b *binder) known(e *exprNode, sc *scope) bool {
	if e.kind != columnExpr {
		return true
	}
	_, n := b.lookup(e, sc)
	what := strings.Join(e.name, ".")
	switch {
	case n == 0:
		b.refuse(UnknownName, e.at, what, what, "")
	case n > 1:
		b.refuse(UnknownName, e.at, what+" 有歧义，请写明表名", what+" is ambiguous", "t."+what)
	}
	return n == 1
}

// where binds the condition of a query into its block; class B's sid = :subject is taken out by ownRows first.
func (b *binder) where(s *selectNode, blk *block, sc *scope) bool {
	if s.where == nil {
		return true
	}
	e, ok := b.condition(s.where, sc)
	if !ok {
		return false
	}
	blk.preds = append(blk.preds, clamped(e, b.cols, false))
	return true
}
