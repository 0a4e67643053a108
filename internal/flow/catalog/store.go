package catalog

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"yunei/internal/base/errs"
	"yunei/internal/base/sqldb"
	"yunei/internal/base/workday"
	"yunei/internal/core/access"
	"yunei/internal/core/query/disclose"
)

const entryColumns = `id, table_name, title, holder, state, version, open_access, share_access, operate_access, opinion, author,
	published, snapshot, row_count, subject_count, arrived, created, updated, detail`

// The content is kept whole as JSON; what statements filter by stands in columns as well, and there the columns decide.
func values(e Entry) ([]any, error) {
	body, err := json.Marshal(e.Content)
	if err != nil {
		return nil, fmt.Errorf("encode entry: %w", err)
	}
	arrived := int64(0)
	if !e.Supply.At.IsZero() {
		arrived = e.Supply.At.UnixMicro()
	}
	return []any{e.ID, e.Table, e.Title, e.Holder, string(e.State), int64(e.Version), string(e.Open.Access), string(e.Share.Access),
		string(e.Operate.Access), e.Opinion, e.Author, e.Published.String(), e.Supply.Snapshot, e.Supply.Rows, e.Supply.Subjects, arrived,
		e.Created.UnixMicro(), e.Updated.UnixMicro(), string(body)}, nil
}

func scanEntry(r interface{ Scan(...any) error }) (Entry, error) {
	var e Entry
	var open, share, operate Access
	var table, title, published, body string
	var arrived int64
	err := r.Scan(&e.ID, &table, &title, &e.Holder, &e.State, &e.Version, &open, &share, &operate, &e.Opinion, &e.Author,
		&published, &e.Supply.Snapshot, &e.Supply.Rows, &e.Supply.Subjects, &arrived, &e.Created, &e.Updated, &body)
	if err != nil {
		return e, err
	}
	if err := json.Unmarshal([]byte(body), &e.Content); err != nil {
		return e, fmt.Errorf("decode entry %s: %w", e.ID, err)
	}
	// What decides is what fsck compares: a changed column is a changed entry.
	e.Table, e.Title, e.Open.Access, e.Share.Access, e.Operate.Access = table, title, open, share, operate
	e.Published = workday.Date(published)
	if arrived != 0 {
		e.Supply.At = timeOf(arrived)
	}
	return e, nil
}

func insertEntry(ctx context.Context, tx *sqldb.Tx, e Entry) error {
	vals, err := values(e)
	if err != nil {
		return err
	}
	n, err := tx.Exec(ctx, `INSERT INTO catalog_entry (`+entryColumns+`)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19) ON CONFLICT DO NOTHING`, vals...)
	if err != nil {
		return fmt.Errorf("insert entry %s: %w", e.ID, err)
	}
	if n == 0 {
		return tableTaken(e.Table)
	}
	return saveGrams(ctx, tx, e)
}

func updateEntry(ctx context.Context, tx *sqldb.Tx, e Entry) error {
	var other string
	err := tx.QueryRow(ctx, `SELECT id FROM catalog_entry WHERE table_name = $1 AND id <> $2`, e.Table, e.ID).Scan(&other)
	if err == nil {
		return tableTaken(e.Table)
	}
	if !errors.Is(err, sqldb.ErrNoRows) {
		return err
	}
	vals, err := values(e)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `UPDATE catalog_entry SET table_name = $2, title = $3, holder = $4, state = $5, version = $6, open_access = $7,
		share_access = $8, operate_access = $9, opinion = $10, author = $11, published = $12, snapshot = $13, row_count = $14,
		subject_count = $15, arrived = $16, created = $17, updated = $18, detail = $19 WHERE id = $1`, vals...)
	if err != nil {
		return fmt.Errorf("update entry %s: %w", e.ID, err)
	}
	return saveGrams(ctx, tx, e)
}

func tableTaken(table string) error {
	return &errs.Error{Code: errs.Conflict, Msg: "表名 " + table + " 已被另一目录条目使用, 请改用别的表名",
		Spots: []errs.Spot{{Where: "table", Code: "CAT-20", Message: "表名已被使用, 请改名"}}}
}

// saveGrams keeps the search index of an entry. It is derived and no object of its own.
func saveGrams(ctx context.Context, tx *sqldb.Tx, e Entry) error {
	clear, add := `DELETE FROM catalog_gram WHERE entry = $1`, `INSERT INTO catalog_gram (gram, entry) VALUES `
	if e.Origin != nil {
		clear, add = `DELETE FROM foreign_gram WHERE entry = $1`, `INSERT INTO foreign_gram (gram, entry) VALUES `
	}
	if _, err := tx.Exec(ctx, clear, e.ID); err != nil {
		return err
	}
	all := grams(e.searchable()...)
	const batch = 200
	for len(all) > 0 {
		part := all[:min(batch, len(all))]
		all = all[len(part):]
		args := []any{e.ID}
		rows := make([]string, len(part))
		for i, g := range part {
			args = append(args, g)
			rows[i] = "($" + strconv.Itoa(i+2) + ", $1)"
		}
		if _, err := tx.Exec(ctx, add+strings.Join(rows, ", "), args...); err != nil {
			return fmt.Errorf("index entry %s: %w", e.ID, err)
		}
	}
	return nil
}

func loadEntry(ctx context.Context, tx *sqldb.Tx, id string) (Entry, error) {
	e, err := scanEntry(tx.QueryRow(ctx, `SELECT `+entryColumns+` FROM catalog_entry WHERE id = $1`, id))
	if errors.Is(err, sqldb.ErrNoRows) {
		return e, notFound()
	}
	return e, err
}

func loadByTable(ctx context.Context, tx *sqldb.Tx, table string) (Entry, error) {
	e, err := scanEntry(tx.QueryRow(ctx, `SELECT `+entryColumns+` FROM catalog_entry WHERE table_name = $1`, table))
	if errors.Is(err, sqldb.ErrNoRows) {
		return e, notFound()
	}
	return e, err
}

// notFound is the one answer for what does not exist and for what the asker may not know of.
func notFound() error {
	return errs.New(errs.NotFound, "没有这个目录条目, 请从目录列表进入")
}

// listEntries pages through entries, newest first. A filter field that is empty does not filter.
func listEntries(ctx context.Context, tx *sqldb.Tx, f Filter, actor access.Actor) ([]Entry, error) {
	where := []string{"1 = 1"}
	var args []any
	arg := func(v any) string {
		args = append(args, v)
		return "$" + strconv.Itoa(len(args))
	}
	switch oversees := actor.Has(access.Bureau, access.Auditor, access.Platform); {
	case !oversees:
		where = append(where, `(state = 'published' OR holder = `+arg(actor.Org)+`)`)
	case actor.Area != "":
		where = append(where, `(state = 'published' OR `+access.Inside("holder", actor.Area, &args)+`)`)
	}
	where = append(where, access.Inside("holder", f.Area, &args))
	for _, c := range []struct{ column, value string }{{"state", string(f.State)}, {"holder", f.Holder}, {"open_access", string(f.Open)}, {"operate_access", string(f.Operate)}} {
		if c.value != "" {
			where = append(where, c.column+" = "+arg(c.value))
		}
	}
	for _, g := range queryGrams(f.Query) {
		where = append(where, `id IN (SELECT entry FROM catalog_gram WHERE gram = `+arg(g)+`)`)
	}
	if f.After != "" {
		where = append(where, `id < `+arg(f.After))
	}
	rows, err := tx.Query(ctx, `SELECT `+entryColumns+` FROM catalog_entry WHERE `+strings.Join(where, " AND ")+
		` ORDER BY id DESC LIMIT `+arg(int64(f.Limit)), args...)
	return sqldb.Collect(rows, err, func(r *sqldb.Rows) (Entry, error) { return scanEntry(r) })
}

// Private lists the resources about somebody, published or not, whose disclosure is budgeted.
func Private(ctx context.Context, tx *sqldb.Tx) ([]disclose.Resource, error) {
	rows, err := tx.Query(ctx, `SELECT `+entryColumns+` FROM catalog_entry ORDER BY id`)
	entries, err := sqldb.Collect(rows, err, func(r *sqldb.Rows) (Entry, error) { return scanEntry(r) })
	var out []disclose.Resource
	for _, e := range entries {
		if e.Unit != "" {
			out = append(out, disclose.Resource{ID: e.ID, Class: string(e.Unit)})
		}
	}
	return out, err
}
