package render

import (
	"fmt"
	"slices"

	"yunei/internal/core/query"
)

// words is the vocabulary of a text output: the finite list of a class B output, or
// what its expression can make of the vocabularies of the columns it reads.
func (w *writer) words(m *query.Model, o *query.Output) ([]string, error) {
	if len(o.Values) > 0 {
		words := make([]string, len(o.Values))
		for i, v := range o.Values {
			words[i] = v.S
		}
		return words, nil
	}
	set, err := w.vocabulary(m.Root.In[0], &m.Root.Exprs[o.Index])
	if err != nil {
		return nil, fmt.Errorf("output %s: %w", o.Name, err)
	}
	words := make([]string, 0, len(set))
	for word := range set {
		words = append(words, word)
	}
	slices.Sort(words)
	return words, nil
}

// vocabulary lists the texts an expression over a relation can be. These are all the
// operators that make text.
func (w *writer) vocabulary(in *query.Rel, e *query.Expr) (map[string]bool, error) {
	set := map[string]bool{}
	args := e.Args
	switch e.Op {
	case query.OpCol:
		return w.columnWords(in, e.Index)
	case query.OpLit:
		if len(e.Lits) > 0 {
			set[e.Lits[0].S] = true
		}
		return set, nil
	case query.OpSubstr, query.OpUpper, query.OpLower, query.OpTrim, query.OpNullIf:
		args = e.Args[:1]
	case query.OpCase:
		args = nil
		for i := 1; i < len(e.Args); i += 2 {
			args = append(args, e.Args[i])
		}
		args = append(args, e.Args[len(e.Args)-1])
	case query.OpCoalesce:
	default:
		return nil, fmt.Errorf("text made by %s has no vocabulary", e.Op)
	}
	for i := range args {
		part, err := w.vocabulary(in, &args[i])
		if err != nil {
			return nil, err
		}
		for word := range part {
			set[e.OfText(word)] = true
		}
	}
	return set, nil
}

// columnWords follows a column down to the table it is read from.
func (w *writer) columnWords(r *query.Rel, i int) (map[string]bool, error) {
	switch r.Op {
	case query.RelFilter:
		return w.columnWords(r.In[0], i)
	case query.RelProject:
		return w.vocabulary(r.In[0], &r.Exprs[i])
	case query.RelGroup:
		if i < len(r.Exprs) {
			return w.vocabulary(r.In[0], &r.Exprs[i])
		}
		return w.vocabulary(r.In[0], r.Aggs[i-len(r.Exprs)].Arg)
	case query.RelJoin:
		left, err := w.model.Schema(r.In[0])
		if err != nil {
			return nil, err
		}
		if i < len(left) {
			return w.columnWords(r.In[0], i)
		}
		return w.columnWords(r.In[1], i-len(left))
	case query.RelScan:
		if w.opt.Words != nil {
			if words := w.opt.Words(w.model.Tables[r.Table].Name, r.Columns[i]); words != nil {
				set := map[string]bool{}
				for _, word := range words {
					set[word] = true
				}
				return set, nil
			}
		}
		return nil, fmt.Errorf("column %s has no vocabulary", r.Columns[i])
	}
	return nil, fmt.Errorf("text from %s has no vocabulary", r.Op)
}
