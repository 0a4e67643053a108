package lab

import (
	"encoding/binary"

	"yunei/internal/base/seal"
	"yunei/internal/core/query"
)

// tokens stand in a space's copies in place of the values of private grouping domains, and are told back into values
// only for groups that selection let through. A value's token depends on the value and the space's key alone.
type tokens struct {
	key      []byte
	model    *query.Model
	names    []map[int64]string // of each selected key
	tokens   []map[string]int64
	collided bool // two values met in one number
}

func newTokens(m *query.Model, key []byte) *tokens {
	t := &tokens{key: key, model: m}
	for range m.Selects() {
		t.names, t.tokens = append(t.names, map[int64]string{}), append(t.tokens, map[string]int64{})
	}
	return t
}

// of are the columns of one table that are supplied as tokens.
func (t *tokens) of(table int) map[string]func(string) (int64, bool) {
	out := map[string]func(string) (int64, bool){}
	for i, k := range t.model.Selects() {
		if at, column, ok := t.model.Origin(t.model.Root.In[0], t.model.Root.Keys[k].Expr.Index); ok && at == table {
			out[column] = func(text string) (int64, bool) { return t.token(i, text) }
		}
	}
	return out
}

func (t *tokens) token(key int, text string) (int64, bool) {
	if n, ok := t.tokens[key][text]; ok {
		return n, true
	}
	value, ok := query.GroupValue(text)
	if !ok {
		return 0, false
	}
	n := int64(binary.BigEndian.Uint64(seal.MAC(t.key, []byte("group/"+value))) >> 1)
	if other, met := t.names[key][n]; met && other != value {
		t.collided = true
	}
	t.names[key][n], t.tokens[key][text] = value, n
	return n, true
}

// resolve is release.Resolve.
func (t *tokens) resolve(key int, token int64) (string, bool) {
	name, ok := t.names[key][token]
	return name, ok
}
