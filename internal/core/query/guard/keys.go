package guard

import (
	"slices"
	"strings"

	"yunei/internal/core/query"
	"yunei/internal/core/query/interp"
)

// surgical operators pick people by what their values happen to compute to, not by what the values say.
func surgical(e *query.Expr) (op query.Op, found bool) {
	e.Walk(func(x *query.Expr) bool {
		switch x.Op {
		case query.OpMod, query.OpSubstr, query.OpPart, query.OpAdd, query.OpSub, query.OpMul, query.OpDiv, query.OpNeg, query.OpAbs,
			query.OpRound, query.OpFloor, query.OpCeil, query.OpLeast, query.OpGreat, query.OpSqrt, query.OpLn, query.OpExp, query.OpAge, query.OpDateDiff,
			query.OpUpper, query.OpLower, query.OpTrim, query.OpToNum:
			op, found = x.Op, true
		}
		return !found
	})
	return op, found
}

// publicKey gives a grouping expression its public domain, or refuses it.
func (b *binder) publicKey(e query.Expr, cols []column) (query.Key, bool) {
	key := query.Key{Expr: e}
	if codePrefix(&e, cols) {
		return key, prefixDomain(&key, &cols[e.Args[0].Index])
	}
	if op, found := surgical(&e); found {
		b.refuse(SubsetPick, e.At, "按 "+string(op)+" 的结果分组", "grouping by the result of "+string(op), "GROUP BY bucket(age, 30, 40, 50)")
		return key, false
	}
	ok := false
	switch e.Op {
	case query.OpCol:
		ok = columnDomain(&key, &cols[e.Index]) || b.class == query.A && selectDomain(&key, &cols[e.Index])
	case query.OpTrunc:
		ok = e.Args[0].Op == query.OpCol && dateDomain(&key, &cols[e.Args[0].Index])
	case query.OpCase:
		ok = caseDomain(&key, cols)
	}
	if !ok {
		b.refuse(NoPublicDomain, e.At, "", "", "")
	}
	return key, ok
}

// columnDomain: a public code list, true and false, or the few numbers an aggregate per subject can be.
func columnDomain(key *query.Key, c *column) bool {
	key.Null = c.null
	switch {
	case c.policy != nil && len(c.policy.Domain) > 0:
		labeled := false
		for _, code := range c.policy.Domain {
			v, err := query.ParseValue(c.typ, code.Value)
			if err != nil {
				return false
			}
			key.Domain = append(key.Domain, v)
			key.Labels = append(key.Labels, code.Label)
			labeled = labeled || code.Label != ""
		}
		if !labeled {
			key.Labels = nil
		}
		return true
	case c.typ.Kind == query.Bool:
		key.Domain = []query.Value{query.BoolValue(false), query.BoolValue(true)}
		return true
	case c.policy == nil && c.proved && len(c.edges) == 0 && c.rng.width() <= maxValues:
		for n := c.rng.lo; n <= c.rng.hi; n++ {
			key.Domain = append(key.Domain, query.Value{Kind: c.typ.Kind, Scale: c.typ.Scale, N: n})
		}
		return true
	}
	return false
}

// prefixDomain lists the beginnings of the codes of a column. What one means stands beside the code that has nothing but
// zeros after it: 350500 is 泉州市, so is 3505.
func prefixDomain(key *query.Key, c *column) bool {
	key.Null = c.null
	n, labeled := key.Expr.Lits[1].N, false
	for _, code := range c.policy.Domain {
		v := query.TextValue(key.Expr.OfText(code.Value))
		i := slices.Index(key.Domain, v)
		if i < 0 {
			i = len(key.Domain)
			key.Domain, key.Labels = append(key.Domain, v), append(key.Labels, "")
		}
		if rest := code.Value[len(v.S):]; int64(len(code.Value)) >= n && strings.Trim(rest, "0") == "" && code.Label != "" {
			key.Labels[i], labeled = code.Label, true
		}
	}
	if !labeled {
		key.Labels = nil
	}
	return len(key.Domain) > 0
}

// maxPeriods is how many months, quarters or years a key may span.
const maxPeriods = 600

// dateDomain lists the periods between the policy's bounds of a date.
func dateDomain(key *query.Key, c *column) bool {
	if c.policy == nil || c.policy.Lo == nil || c.policy.Hi == nil {
		return false
	}
	key.Null = c.null
	last := int64(-1 << 62)
	for day := *c.policy.Lo; day <= *c.policy.Hi; day++ {
		if n := interp.TruncDate(day, key.Expr.Unit); n != last {
			last = n
			key.Domain = append(key.Domain, query.Value{Kind: query.Date, N: n})
		}
		if len(key.Domain) > maxPeriods {
			return false
		}
	}
	return len(key.Domain) > 0
}

// caseDomain lists the results of a CASE in the order in which they are written.
func caseDomain(key *query.Key, cols []column) bool {
	values, null, ok := finite(&key.Expr, cols)
	if !ok || len(values) == 0 {
		return false
	}
	key.Null = null
	var order []query.Value
	args := key.Expr.Args
	for i := range args {
		if v, isConst := args[i].Const(); isConst && (i%2 == 1 || i == len(args)-1) && !slices.Contains(order, v) && slices.Contains(values, v) {
			order = append(order, v)
		}
	}
	for _, v := range values {
		if !slices.Contains(order, v) {
			order = append(order, v)
		}
	}
	key.Domain = order
	return true
}
