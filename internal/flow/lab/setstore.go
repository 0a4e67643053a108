package lab

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"yunei/internal/base/errs"
	"yunei/internal/base/sqldb"
	"yunei/internal/core/query/synth"
)

const (
	noSet     = "没有这个样例数据集, 请从样例列表进入"
	noRequest = "没有这项样例申请, 请从样例列表进入"
)

func insertSet(ctx context.Context, tx *sqldb.Tx, s SampleSet) error {
	body, err := encode(s)
	if err != nil {
		return err
	}
	if _, err = tx.Exec(ctx, `INSERT INTO sample_set (id, level, tables, state, body, learned, figures, opened) VALUES ($1, $2, $3, $4, $5, '', '', $6)`,
		s.ID, s.Level, s.key(), s.State, body, s.Opened.UnixMicro()); err != nil {
		return err
	}
	for _, r := range s.Resources {
		if _, err := tx.Exec(ctx, `INSERT INTO sample_member (resource, sample) VALUES ($1, $2)`, r, s.ID); err != nil {
			return err
		}
	}
	return nil
}

// saveSet keeps the end of a set; what was learned is written once.
func saveSet(ctx context.Context, tx *sqldb.Tx, s SampleSet, learned, figures string) error {
	body, err := encode(s)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `UPDATE sample_set SET state = $2, body = $3, learned = $4, figures = $5 WHERE id = $1`, s.ID, s.State, body, learned, figures)
	return err
}

func scanSet(r row) (SampleSet, error) {
	var body string
	if err := r.Scan(&body); err != nil {
		return SampleSet{}, err
	}
	return decodeSet(body)
}

func loadSet(ctx context.Context, tx *sqldb.Tx, id string) (SampleSet, error) {
	s, err := scanSet(tx.QueryRow(ctx, `SELECT body FROM sample_set WHERE id = $1`, id))
	return s, missing(err, noSet)
}

// setsOf lists the sets of a resource, or all, newest first.
func setsOf(ctx context.Context, tx *sqldb.Tx, resource, before string, limit int) ([]SampleSet, error) {
	rows, err := tx.Query(ctx, `SELECT body FROM sample_set WHERE ($1 = '' OR id IN (SELECT sample FROM sample_member WHERE resource = $1)) AND ($2 = '' OR id < $2)
		ORDER BY id DESC LIMIT $3`, resource, before, limit)
	return sqldb.Collect(rows, err, func(r *sqldb.Rows) (SampleSet, error) { return scanSet(r) })
}

// setsFor lists the sets learned from exactly these tables, newest first.
func setsFor(ctx context.Context, tx *sqldb.Tx, level, tables string) ([]SampleSet, error) {
	rows, err := tx.Query(ctx, `SELECT body FROM sample_set WHERE tables = $1 AND level = $2 ORDER BY id DESC`, tables, level)
	return sqldb.Collect(rows, err, func(r *sqldb.Rows) (SampleSet, error) { return scanSet(r) })
}

func setsRunning(ctx context.Context, tx *sqldb.Tx, before time.Time) ([]SampleSet, error) {
	rows, err := tx.Query(ctx, `SELECT body FROM sample_set WHERE state = $1 AND opened < $2 ORDER BY opened LIMIT 100`, Running, before.UnixMicro())
	return sqldb.Collect(rows, err, func(r *sqldb.Rows) (SampleSet, error) { return scanSet(r) })
}

// learned reads what a set was learned as, and that it is what the ledger's digest says.
func learned(ctx context.Context, tx *sqldb.Tx, s SampleSet) (*synth.Set, error) {
	var body string
	if err := tx.QueryRow(ctx, `SELECT learned FROM sample_set WHERE id = $1`, s.ID).Scan(&body); err != nil {
		return nil, err
	}
	if digestOf([]byte(body)) != s.Learned {
		return nil, fmt.Errorf("sample set %s: its histograms hash to %s, the set says %s", s.ID, digestOf([]byte(body)), s.Learned)
	}
	var out synth.Set
	if err := json.Unmarshal([]byte(body), &out); err != nil {
		return nil, fmt.Errorf("decode sample set %s: %w", s.ID, err)
	}
	return &out, nil
}

func figuresOf(ctx context.Context, tx *sqldb.Tx, id string) (*synth.Figures, error) {
	var body string
	if err := tx.QueryRow(ctx, `SELECT figures FROM sample_set WHERE id = $1`, id).Scan(&body); err != nil || body == "" {
		return nil, err
	}
	var f synth.Figures
	if err := json.Unmarshal([]byte(body), &f); err != nil {
		return nil, fmt.Errorf("decode figures of %s: %w", id, err)
	}
	return &f, nil
}

func insertRequest(ctx context.Context, tx *sqldb.Tx, r SampleRequest) error {
	body, err := encode(r)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `INSERT INTO sample_request (id, space, org, resource, level, state, body, opened) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
		r.ID, r.Space, r.Org, r.Resource, r.Level, r.State, body, r.Opened.UnixMicro())
	return err
}

func saveRequest(ctx context.Context, tx *sqldb.Tx, r SampleRequest) error {
	body, err := encode(r)
	if err != nil {
		return err
	}
	n, err := tx.Exec(ctx, `UPDATE sample_request SET state = $2, body = $3 WHERE id = $1 AND state = $4`, r.ID, r.State, body, Asked)
	if err == nil && n != 1 {
		err = errs.New(errs.Conflict, "这项申请已经办结, 请刷新查看结果")
	}
	return err
}

func scanRequest(r row) (SampleRequest, error) {
	var q SampleRequest
	var body string
	if err := r.Scan(&body); err != nil {
		return q, err
	}
	err := json.Unmarshal([]byte(body), &q)
	return q, err
}

func loadRequest(ctx context.Context, tx *sqldb.Tx, id string) (SampleRequest, error) {
	r, err := scanRequest(tx.QueryRow(ctx, `SELECT body FROM sample_request WHERE id = $1`, id))
	return r, missing(err, noRequest)
}

// listRequests lists requests, newest first: of one space, for one resource, in one state, or all.
func listRequests(ctx context.Context, tx *sqldb.Tx, space, resource, state, before string, limit int) ([]SampleRequest, error) {
	rows, err := tx.Query(ctx, `SELECT body FROM sample_request WHERE ($1 = '' OR space = $1) AND ($2 = '' OR resource = $2) AND ($3 = '' OR state = $3) AND ($4 = '' OR id < $4)
		ORDER BY id DESC LIMIT $5`, space, resource, state, before, limit)
	return sqldb.Collect(rows, err, func(r *sqldb.Rows) (SampleRequest, error) { return scanRequest(r) })
}
