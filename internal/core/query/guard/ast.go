package guard

import "yunei/internal/core/query"

// The syntax tree of what is accepted, before names have a meaning. It knows nothing that the converter did not let in.

type selectNode struct {
	at     int
	with   []cteNode
	items  []itemNode
	from   []*fromNode // more than one: a comma between tables
	where  *exprNode
	group  []*exprNode
	having *exprNode
	order  []orderNode
	limit  *exprNode
	offset *exprNode

	distinct bool
	sets     []*selectNode // UNION of these; the fields above are then empty
	setAt    int           // where DISTINCT or UNION stands
}

type cteNode struct {
	at     int
	place  int // in the WITH list; a query sees those before it
	name   string
	query  *selectNode
	rename []string
}

type itemNode struct {
	at   int
	name string // alias, "" if none
	expr *exprNode
}

type orderNode struct {
	expr *exprNode
	desc bool
}

// fromNode is a table, a subquery, or a join of two; outer is a LEFT JOIN.
type fromNode struct {
	at          int
	table       string
	query       *selectNode
	alias       string
	rename      []string
	left, right *fromNode
	on          *exprNode
	using       []string
	outer       bool
}

// exprKind is what an exprNode is. The list is closed.
type exprKind int

const (
	columnExpr  exprKind = iota // name
	literalExpr                 // value; NULL is the zero value
	subjectExpr                 // :subject
	callExpr                    // text(args)
	opExpr                      // args[0] text args[1], or text args[0]
	andExpr
	orExpr
	notExpr
	isNullExpr
	inExpr   // args[0] IN (args[1:])
	caseExpr // when, then, ..., else
)

type exprNode struct {
	kind     exprKind
	at       int
	name     []string
	text     string
	value    query.Value
	args     []*exprNode
	star     bool // COUNT(*)
	distinct bool // COUNT(DISTINCT x)
	over     *windowNode
	bin      int // of HIST, one item for each
}

// windowNode is OVER (PARTITION BY ... ORDER BY ...).
type windowNode struct {
	partition []*exprNode
	order     []orderNode
}

// walk calls f once for e and each node below it. BETWEEN and CASE x WHEN use a node in several places, so the tree is
// a graph and counting its paths would take forever.
func (e *exprNode) walk(f func(*exprNode)) {
	seen := map[*exprNode]bool{}
	var visit func(*exprNode)
	visit = func(n *exprNode) {
		if n == nil || seen[n] {
			return
		}
		seen[n] = true
		f(n)
		for _, a := range n.args {
			visit(a)
		}
	}
	visit(e)
}
