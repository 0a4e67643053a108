package guard

import "yunei/internal/core/query"

// selectDomain: a text column of a private table whose policy says that its values are selected privately (分组遴选).
// Rows without a value are in no group.
func selectDomain(key *query.Key, c *column) bool {
	if c.policy == nil || !c.policy.Select || len(c.policy.Domain) > 0 || c.typ.Kind != query.Text || !c.table.Private() || c.key {
		return false
	}
	key.Select, key.Null = true, false
	return true
}

// selected looks at every key that is selected before the model is asked whether it holds together.
func (in *inspection) selected() {
	for _, k := range in.model.Selects() {
		in.stillSelected(&in.model.Root.Keys[k])
	}
}

// stillSelected: today's policy still lets the values of the column be selected, and nothing else looks at them.
func (in *inspection) stillSelected(k *query.Key) {
	cols := in.know.cols(in.model.Root.In[0])
	now := query.Key{Expr: k.Expr}
	if k.Expr.Op != query.OpCol || !selectDomain(&now, &cols[k.Expr.Index]) {
		in.fail(NoPublicDomain, k.Expr.At, "", "", "")
		return
	}
	c := cols[k.Expr.Index].policy
	in.expressions(func(e *query.Expr, cols []column) {
		e.Walk(func(x *query.Expr) bool {
			if x.Op == query.OpCol && cols[x.Index].policy == c && e != &k.Expr {
				in.fail(NoPublicDomain, x.At, c.Name+" 的取值经遴选才显示，只能直接用于 GROUP BY", c.Name+" is selected privately and may only be grouped by", "GROUP BY "+c.Name)
			}
			return true
		})
	})
}
