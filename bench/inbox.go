package main

import (
	"context"
	"database/sql"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"time"

	"yunei/internal/base/clock"
	"yunei/internal/base/sqldb"
	"yunei/internal/core/access"
	"yunei/internal/core/matter"
	"yunei/internal/core/schema"
)

// inboxDay is the day on which the inbox is opened: part of the open tasks is overdue.
var inboxDay = time.Date(2025, 9, 26, 1, 0, 0, 0, time.UTC)

// clerk reads five inboxes: their own, two roles', and their organization's in both.
var clerk = access.Actor{Account: "acc_7", Org: "org_7", Roles: []access.Role{access.Bureau, access.Operator}}

// inboxRows writes tasks straight into the table. Seven in ten open tasks lie in the two roles' inboxes, so that one inbox
// holds hundreds of thousands; the rest is spread over organizations and accounts.
const inboxRows = `WITH RECURSIVE n(i) AS (SELECT ?1 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < ?2)
INSERT INTO task (id, matter, step, kind, title, applicant, addressee, state, due, opened, closed, body, pack, org, closer, urged)
SELECT printf('tsk_%010d', i), printf('mat_%010d', i / 3), 'review', 'kind.' || (i % 9), '办件 ' || i, 'org_' || (i % 500),
  CASE WHEN i % 10 < 4 THEN 'role:data-bureau' WHEN i % 10 < 7 THEN 'role:platform-operator'
       WHEN i % 10 < 9 THEN 'org:org_' || (i % 50) || ':data-bureau' ELSE 'account:acc_' || (i / 10 % 200) END,
  ?3, CASE WHEN i % 20 = 0 THEN '9999-12-31' ELSE date('2025-08-01', '+' || (i * 7919 % 400) || ' days') END,
  1758848400000000 + i, CASE WHEN ?3 = 'done' THEN 1758848400000000 + i ELSE 0 END,
  '{"matter":"mat_' || (i / 3) || '","step":"review","kind":"kind.' || (i % 9) || '","title":"办件 ' || i || '","step_title":"审核","applicant":"org_' || (i % 500) || '","explain":"自 2025-09-24 起 2 个工作日, 至 2025-09-26, 依据 《示例办法》第一条","opened":"2025-09-24T01:00:00Z"}',
  'pack-' || (i % 3), CASE WHEN i % 10 IN (7, 8) THEN 'org_' || (i % 50) ELSE '' END,
  CASE WHEN ?3 = 'done' THEN 'acc_' || (i % 200) ELSE '' END, 0 FROM n`

// inbox measures what a clerk waits for, beside very many tasks that are somebody's.
func inbox(ctx context.Context, b *bench) error {
	open, closed := b.sized(100_000, 20_000), b.sized(1_000_000, 100_000)
	if b.inboxFull {
		open, closed = 1_000_000, 10_000_000
	}
	path := filepath.Join(b.tmp, "inbox.db")
	db, err := sqldb.Open(ctx, "sqlite:"+path, sqldb.Options{Clock: clock.NewSet(inboxDay)})
	if err != nil {
		return err
	}
	defer db.Close()
	if err := schema.Migrate(ctx, db); err != nil {
		return err
	}
	began := time.Now()
	if err := fillInbox(ctx, path, open, closed); err != nil {
		return fmt.Errorf("fill the inbox: %w", err)
	}
	b.report.note("%d open and %d closed tasks were written and indexed in %s.", open, closed, time.Since(began).Round(time.Second))
	for _, v := range []struct {
		what string
		view func(r *rand.Rand) matter.View
	}{
		{"my inbox, first page", func(*rand.Rand) matter.View { return matter.View{Limit: 50} }},
		{"my inbox, a page in the middle", func(r *rand.Rand) matter.View {
			return matter.View{Limit: 50, After: fmt.Sprintf("2026-%02d-%02d~tsk_%010d", 1+r.IntN(6), 1+r.IntN(28), r.IntN(open))}
		}},
		{"overdue", func(*rand.Rand) matter.View { return matter.View{Name: matter.ViewOverdue, Limit: 50} }},
		{"my organization's", func(*rand.Rand) matter.View { return matter.View{Name: matter.ViewOrganization, Limit: 50} }},
		{"of one kind", func(r *rand.Rand) matter.View { return matter.View{Kind: fmt.Sprintf("kind.%d", r.IntN(9)), Limit: 50} }},
		{"of one pack", func(r *rand.Rand) matter.View { return matter.View{Pack: fmt.Sprintf("pack-%d", r.IntN(3)), Limit: 50} }},
		{"done", func(*rand.Rand) matter.View { return matter.View{Name: matter.ViewDone, Limit: 50} }},
	} {
		if err := b.p95(ctx, db, v.what, func(tx *sqldb.Tx, r *rand.Rand) error {
			list, err := matter.Inbox(ctx, tx, clerk, v.view(r))
			if err == nil && len(list) == 0 {
				err = fmt.Errorf("%s is empty", v.what)
			}
			return err
		}); err != nil {
			return err
		}
	}
	return b.p95(ctx, db, "counts of all views", func(tx *sqldb.Tx, _ *rand.Rand) error {
		_, err := matter.Count(ctx, tx, clerk)
		return err
	})
}

// fillInbox writes without indexes and makes them afterwards, as a restore does.
func fillInbox(ctx context.Context, path string, open, closed int) (err error) {
	raw, err := sql.Open("sqlite3", path+"?_synchronous=OFF&_journal_mode=WAL")
	if err != nil {
		return err
	}
	defer raw.Close()
	raw.SetMaxOpenConns(1)
	indexes, err := dropIndexes(ctx, raw)
	if err != nil {
		return err
	}
	if _, err = raw.ExecContext(ctx, inboxRows, 0, open, "open"); err != nil {
		return err
	}
	const batch = 1_000_000 // a transaction each, so that the log stays small
	for from := open; from < open+closed; from += batch {
		if _, err = raw.ExecContext(ctx, inboxRows, from, min(from+batch, open+closed), "done"); err != nil {
			return err
		}
	}
	for _, index := range append(indexes, "ANALYZE") {
		if _, err = raw.ExecContext(ctx, index); err != nil {
			return err
		}
	}
	return nil
}

func dropIndexes(ctx context.Context, raw *sql.DB) (made []string, err error) {
	rows, err := raw.QueryContext(ctx, `SELECT name, sql FROM sqlite_master WHERE type = 'index' AND tbl_name = 'task' AND sql IS NOT NULL`)
	if err != nil {
		return nil, err
	}
	var names []string
	for rows.Next() {
		var name, text string
		if err := rows.Scan(&name, &text); err != nil {
			return nil, err
		}
		names, made = append(names, name), append(made, text)
	}
	if err := rows.Close(); err != nil {
		return nil, err
	}
	for _, name := range names {
		if _, err := raw.ExecContext(ctx, `DROP INDEX `+name); err != nil {
			return nil, err
		}
	}
	return made, nil
}

// p95 opens a view very often and keeps what all but one in twenty times stayed under.
func (b *bench) p95(ctx context.Context, db *sqldb.DB, what string, do func(tx *sqldb.Tx, r *rand.Rand) error) error {
	r := rand.New(rand.NewPCG(1, 1))
	var took []float64
	for range b.sized(200, 40) {
		began := time.Now()
		if err := db.View(ctx, func(tx *sqldb.Tx) error { return do(tx, r) }); err != nil {
			return fmt.Errorf("%s: %w", what, err)
		}
		took = append(took, inMillis(time.Since(began)))
	}
	slices.Sort(took)
	worst := took[len(took)*95/100]
	b.report.addCost(cost{What: what + ", p95", Unit: "ms", Value: spreadOf([]float64{worst}), Rounds: len(took), Each: 1, Target: "200 ms"})
	return nil
}
