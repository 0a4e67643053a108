package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"yunei/internal/core/query"
	"yunei/internal/core/query/snapshot"
)

// county is the real accounts copied until there are a million rows of people who do not exist.
type county struct {
	name   string
	each   int  // rows per person
	steady bool // a person's rows say the same of the person, as in real life
}

// copies of the 30,000 accounts make a million rows.
const copies = 34

var countyColumns = []string{"sid", "education", "age", "default_next_month"}

// build writes the county as a snapshot and makes its tabulation.
func (k county) build(b *bench, policy query.Table, accounts string) (*tabulation, int, error) {
	dir := filepath.Join(b.tmp, fmt.Sprintf("county-%d-%v", k.each, k.steady))
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, 0, err
	}
	narrow := policy
	narrow.Columns = nil
	var columns []query.ColumnRef
	for _, name := range countyColumns {
		i := slices.IndexFunc(policy.Columns, func(c query.Column) bool { return c.Name == name })
		if i < 0 {
			return nil, 0, fmt.Errorf("the policy has no column %s", name)
		}
		c := policy.Columns[i]
		narrow.Columns = append(narrow.Columns, c)
		columns = append(columns, query.ColumnRef{Name: c.Name, Type: c.Type, Null: c.Null})
	}
	real, err := snapshot.Read(accounts, columns)
	if err != nil {
		return nil, 0, err
	}
	if len(real.Rows) == 0 {
		return nil, 0, errors.New("the snapshot of the accounts is empty")
	}
	rows := k.rows(real.Rows, b.sized(copies, 5)*len(real.Rows))
	narrow.MaxRowsPerSubject, narrow.Units = k.each, int64(len(rows)/k.each)
	domain := filepath.Join(dir, "domain.parquet")
	if err := snapshot.Write(domain, &narrow, rows); err != nil {
		return nil, 0, err
	}
	t, err := newTabulation(dir, narrow, domain)
	return t, len(rows), err
}

func (k county) rows(real [][]query.Value, n int) [][]query.Value {
	rows := make([][]query.Value, n)
	for i := range rows {
		from := i
		if k.steady {
			from = i / k.each
		}
		rows[i] = slices.Clone(real[from%len(real)])
		// As long as a pseudonym, and scattered like one.
		rows[i][0] = query.TextValue(fmt.Sprintf("%064x", uint64(i/k.each)*0x9e3779b97f4a7c15))
	}
	return rows
}
