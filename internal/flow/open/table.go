package open

import (
	"fmt"
	"sync"

	"yunei/internal/core/query"
	"yunei/internal/core/query/snapshot"
	"yunei/internal/flow/catalog"
	"yunei/internal/flow/collect"
)

// table is the open items of one snapshot in memory, and what was computed from them.
type table struct {
	columns []string
	rows    [][]query.Value

	mu      sync.Mutex
	digests map[Format]stamp
}

// keep is how many tables stay in memory; the one asked for longest ago goes first.
const keep = 8

// cache holds the tables asked for last. A snapshot never changes, so nothing in it grows old; which items are open is part of the key,
// because that may.
type cache struct {
	mu   sync.Mutex
	list []*slot
}

type slot struct {
	key   string
	once  sync.Once
	table *table
	err   error
}

func (c *cache) get(e catalog.Entry, s collect.Snapshot, fields []catalog.Field) (*table, error) {
	key := s.ID
	for _, f := range fields {
		key += "," + f.Name
	}
	found := c.slot(key)
	found.once.Do(func() { found.table, found.err = read(s, fields) })
	if found.err != nil {
		c.drop(found)
		return nil, fmt.Errorf("read open data of %s: %w", e.Table, found.err)
	}
	return found.table, nil
}

func (c *cache) slot(key string) *slot {
	c.mu.Lock()
	defer c.mu.Unlock()
	for i, s := range c.list {
		if s.key == key {
			c.list = append(append(c.list[:i:i], c.list[i+1:]...), s)
			return s
		}
	}
	s := &slot{key: key}
	c.list = append(c.list, s)
	if len(c.list) > keep {
		c.list = c.list[1:]
	}
	return s
}

func (c *cache) drop(gone *slot) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for i, s := range c.list {
		if s == gone {
			c.list = append(c.list[:i:i], c.list[i+1:]...)
			return
		}
	}
}

// read reads the open items of a snapshot and nothing else: a closed item is not even in memory.
func read(s collect.Snapshot, fields []catalog.Field) (*table, error) {
	columns := make([]query.ColumnRef, len(fields))
	for i, f := range fields {
		columns[i] = query.ColumnRef{Name: f.Name, Type: f.DataType(), Null: f.Nullable}
	}
	rows, err := snapshot.Read(s.Path, columns)
	if err != nil {
		return nil, err
	}
	return &table{columns: rows.Columns, rows: rows.Rows, digests: map[Format]stamp{}}, nil
}
