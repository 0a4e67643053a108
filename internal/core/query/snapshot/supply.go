package snapshot

import (
	"cmp"
	"errors"
	"fmt"
	"slices"

	"yunei/internal/core/query"
)

// Supply is what of a snapshot goes into a space (数据供给).
type Supply struct {
	Key     string            // the subject column's name in the snapshot; "" for a table about nobody
	As      string            // its name in the space
	Columns []query.ColumnRef // the granted columns
	Unique  []string          // columns that are said to name one row (of one subject)
	// Pseudonym is the space's own number for a subject. A number is an eighth of the width of a keyed digest and groups
	// several times faster; two subjects that met in one would count as one, which Copy refuses.
	Pseudonym func(sid string) int64
	// Tokens are given into the space in place of the texts of these columns: numbers by which an engine can group, and
	// from which nobody can tell a text. A text that must not be shown has none and becomes NULL.
	Tokens map[string]func(text string) (int64, bool)
	// Keep says whose rows are supplied; nil: everybody's.
	Keep func(sid string) bool
}

// Copied is what was seen while copying.
type Copied struct {
	Rows   int
	Most   int  // most rows of one subject
	Unique bool // the columns of Supply.Unique do name one row
}

// ErrCollision: two subjects have one pseudonym. Another key makes others.
var ErrCollision = errors.New("two subjects share a pseudonym")

// Copy supplies a space. Subjects are in order of their pseudonyms, so that the order tells nothing about sids; rows
// without a subject are nobody's and stay behind.
func Copy(src, dst string, s Supply) (Copied, error) {
	store, err := s.read(src)
	if err != nil {
		return Copied{}, fmt.Errorf("supply: %w", err)
	}
	slices.SortFunc(store.units, func(a, b unit) int { return cmp.Compare(a.pseudonym, b.pseudonym) })
	seen := Copied{Unique: true}
	for i, u := range store.units {
		if i > 0 && u.pseudonym == store.units[i-1].pseudonym && s.Key != "" {
			return Copied{}, ErrCollision
		}
		seen.Rows += u.to - u.from
		seen.Most = max(seen.Most, u.to-u.from)
	}
	if seen.Unique, err = s.unique(store); err != nil {
		return Copied{}, err
	}
	columns := s.stored()
	if s.Key != "" {
		columns = append([]query.ColumnRef{{Name: s.As, Type: query.Type{Kind: query.Int}}}, columns...)
	}
	return seen, Stream(dst, columns, func(row func([]query.Value) error) error {
		out := make([]query.Value, len(columns))
		for _, u := range store.units {
			for r := u.from; r < u.to; r++ {
				at := 0
				if s.Key != "" {
					out[0], at = query.IntValue(u.pseudonym), 1
				}
				for i := range store.columns {
					out[at+i] = store.columns[i].value(r)
					if token := s.Tokens[s.Columns[i].Name]; token != nil {
						out[at+i] = tokenOf(out[at+i], token)
					}
				}
				if err := row(out); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

// stored are the columns as the copy has them.
func (s *Supply) stored() []query.ColumnRef {
	out := slices.Clone(s.Columns)
	for i := range out {
		if s.Tokens[out[i].Name] != nil {
			out[i].Type, out[i].Null = query.Type{Kind: query.Int}, true
		}
	}
	return out
}

func tokenOf(v query.Value, token func(string) (int64, bool)) query.Value {
	if v.IsNull() {
		return v
	}
	n, ok := token(v.S)
	if !ok {
		return query.Null
	}
	return query.IntValue(n)
}

// unit is one subject's rows, which lie together.
type unit struct {
	pseudonym int64
	from, to  int
}

// store holds the rows column by column: a million values of 48 bytes each would be held otherwise.
type store struct {
	units   []unit
	columns []vector
}

type vector struct {
	typ   query.Type
	nulls []bool
	n     []int64
	s     []string
}

func (v *vector) add(x query.Value) {
	v.nulls = append(v.nulls, x.IsNull())
	if v.typ.Kind == query.Text {
		v.s = append(v.s, x.S)
	} else {
		v.n = append(v.n, x.N)
	}
}

func (v *vector) value(r int) query.Value {
	switch {
	case v.nulls[r]:
		return query.Null
	case v.typ.Kind == query.Text:
		return query.TextValue(v.s[r])
	}
	return query.Value{Kind: v.typ.Kind, Scale: v.typ.Scale, N: v.n[r]}
}

func (s *Supply) read(src string) (*store, error) {
	from, skip := s.Columns, 0
	if s.Key != "" {
		from, skip = append([]query.ColumnRef{{Name: s.Key, Type: query.Type{Kind: query.Text}, Null: true}}, from...), 1
	}
	st := &store{columns: make([]vector, len(s.Columns))}
	for i, c := range s.Columns {
		st.columns[i].typ = c.Type
	}
	rows, last := 0, ""
	err := Each(src, from, func(row []query.Value) error {
		if s.Key != "" {
			switch {
			case row[0].IsNull():
				return nil
			case s.Keep != nil && !s.Keep(row[0].S):
				return nil
			case len(st.units) > 0 && row[0].S < last:
				return errors.New("the snapshot is not sorted by subject")
			case len(st.units) == 0 || row[0].S != last:
				last = row[0].S
				st.units = append(st.units, unit{pseudonym: s.Pseudonym(last), from: rows})
			}
		} else if rows == 0 {
			st.units = []unit{{}}
		}
		for i := range st.columns {
			st.columns[i].add(row[skip+i])
		}
		rows++
		st.units[len(st.units)-1].to = rows
		return nil
	})
	return st, err
}

// unique reports whether the columns said to name a row do; without any there is nothing to break.
func (s *Supply) unique(st *store) (bool, error) {
	var places []int
	for _, name := range s.Unique {
		i := slices.IndexFunc(s.Columns, func(c query.ColumnRef) bool { return c.Name == name })
		if i < 0 {
			return false, nil // not all of them were granted, so nothing is joined on all of them
		}
		places = append(places, i)
	}
	if len(places) == 0 {
		return false, nil
	}
	for _, u := range st.units {
		rows := make([]int, 0, u.to-u.from)
		for r := u.from; r < u.to; r++ {
			rows = append(rows, r)
		}
		order := func(a, b int) int {
			for _, i := range places {
				x, y := st.columns[i].value(a), st.columns[i].value(b)
				if c := cmp.Or(cmp.Compare(x.N, y.N), cmp.Compare(x.S, y.S)); c != 0 {
					return c
				}
			}
			return 0
		}
		slices.SortFunc(rows, order)
		for i := 1; i < len(rows); i++ {
			if order(rows[i-1], rows[i]) == 0 {
				return false, nil
			}
		}
	}
	return true, nil
}
