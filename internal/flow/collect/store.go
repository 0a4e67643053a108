package collect

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"strconv"
	"strings"
	"time"

	"yunei/internal/base/errs"
	"yunei/internal/base/sqldb"
)

// The columns start_seq, touched, staged and file belong to the work of loading and not to the snapshot as an object: they are not in
// its ledger versions.
const snapshotColumns = `id, resource, schema_ver, version, state, name, source, digest, size, row_count, subjects, unkeyed,
	rows_digest, kid, author, started, finished, report, reason, problems`

func snapshotValues(s Snapshot) ([]any, error) {
	report, err := json.Marshal(s.Report)
	if err != nil {
		return nil, err
	}
	problems, err := json.Marshal(s.Problems)
	if err != nil {
		return nil, err
	}
	finished := int64(0)
	if !s.Finished.IsZero() {
		finished = s.Finished.UnixMicro()
	}
	return []any{s.ID, s.Resource, int64(s.SchemaVersion), int64(s.Version), string(s.State), s.Name, s.Source, s.Digest, s.Size, s.Rows,
		s.Subjects, s.Unkeyed, s.RowsDigest, s.KID, s.Author, s.Started.UnixMicro(), finished, string(report), s.Reason, string(problems)}, nil
}

func scanSnapshot(r interface{ Scan(...any) error }) (Snapshot, error) {
	var s Snapshot
	var finished int64
	var report, problems string
	err := r.Scan(&s.ID, &s.Resource, &s.SchemaVersion, &s.Version, &s.State, &s.Name, &s.Source, &s.Digest, &s.Size, &s.Rows, &s.Subjects,
		&s.Unkeyed, &s.RowsDigest, &s.KID, &s.Author, &s.Started, &finished, &report, &s.Reason, &problems)
	if err != nil {
		return s, err
	}
	if finished != 0 {
		s.Finished = time.UnixMicro(finished).UTC()
	}
	if err := json.Unmarshal([]byte(report), &s.Report); err != nil {
		return s, fmt.Errorf("decode report of %s: %w", s.ID, err)
	}
	if err := json.Unmarshal([]byte(problems), &s.Problems); err != nil {
		return s, fmt.Errorf("decode problems of %s: %w", s.ID, err)
	}
	return s, nil
}

func insertSnapshot(ctx context.Context, tx *sqldb.Tx, s Snapshot) error {
	vals, err := snapshotValues(s)
	if err != nil {
		return err
	}
	vals = append(vals, tx.Now().UnixMicro())
	_, err = tx.Exec(ctx, `INSERT INTO snapshot (`+snapshotColumns+`, touched, start_seq, staged, file)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, 0, 0, '')`, vals...)
	if err != nil {
		return fmt.Errorf("insert snapshot %s: %w", s.ID, err)
	}
	return nil
}

func updateSnapshot(ctx context.Context, tx *sqldb.Tx, s Snapshot) error {
	vals, err := snapshotValues(s)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `UPDATE snapshot SET resource = $2, schema_ver = $3, version = $4, state = $5, name = $6, source = $7, digest = $8,
		size = $9, row_count = $10, subjects = $11, unkeyed = $12, rows_digest = $13, kid = $14, author = $15, started = $16, finished = $17,
		report = $18, reason = $19, problems = $20 WHERE id = $1`, vals...)
	if err != nil {
		return fmt.Errorf("update snapshot %s: %w", s.ID, err)
	}
	return nil
}

func loadSnapshot(ctx context.Context, tx *sqldb.Tx, id string) (Snapshot, error) {
	s, err := scanSnapshot(tx.QueryRow(ctx, `SELECT `+snapshotColumns+` FROM snapshot WHERE id = $1`, id))
	if errors.Is(err, sqldb.ErrNoRows) {
		return s, errs.New(errs.NotFound, "没有这次归集, 请从资源页面进入")
	}
	return s, err
}

// inState is the newest snapshot of a resource in a state; ok is false when there is none.
func inState(ctx context.Context, tx *sqldb.Tx, resource string, state State) (s Snapshot, ok bool, err error) {
	s, err = scanSnapshot(tx.QueryRow(ctx, `SELECT `+snapshotColumns+` FROM snapshot WHERE resource = $1 AND state = $2 ORDER BY id DESC LIMIT 1`,
		resource, string(state)))
	if errors.Is(err, sqldb.ErrNoRows) {
		return s, false, nil
	}
	return s, err == nil, err
}

func lastVersion(ctx context.Context, tx *sqldb.Tx, resource string) (int, error) {
	var n int
	err := tx.QueryRow(ctx, `SELECT version FROM snapshot WHERE resource = $1 ORDER BY version DESC LIMIT 1`, resource).Scan(&n)
	if errors.Is(err, sqldb.ErrNoRows) {
		return 0, nil
	}
	return n, err
}

func listSnapshots(ctx context.Context, tx *sqldb.Tx, resource, after string, limit int) ([]Snapshot, error) {
	if after == "" {
		after = "~" // after every id
	}
	rows, err := tx.Query(ctx, `SELECT `+snapshotColumns+` FROM snapshot WHERE resource = $1 AND id < $2 ORDER BY id DESC LIMIT $3`,
		resource, after, int64(limit))
	return sqldb.Collect(rows, err, func(r *sqldb.Rows) (Snapshot, error) { return scanSnapshot(r) })
}

// silent lists loads under way whose last sign of life is older than before, with the entry of their start.
func silent(ctx context.Context, tx *sqldb.Tx, before time.Time) (ids []string, seqs []int64, err error) {
	rows, err := tx.Query(ctx, `SELECT id, start_seq FROM snapshot WHERE state = 'loading' AND touched < $1 ORDER BY id LIMIT 100`, before.UnixMicro())
	if err != nil {
		return nil, nil, err
	}
	for rows.Next() {
		var id string
		var seq int64
		if err := rows.Scan(&id, &seq); err != nil {
			return nil, nil, err
		}
		ids, seqs = append(ids, id), append(seqs, seq)
	}
	return ids, seqs, rows.Err()
}

// leftovers lists ended snapshots that still have rows by subject or an unnamed file.
func leftovers(ctx context.Context, tx *sqldb.Tx) (ids, files []string, err error) {
	rows, err := tx.Query(ctx, `SELECT id, file FROM snapshot WHERE staged = 1 AND state IN ('superseded', 'failed', 'lost') ORDER BY id LIMIT 100`)
	if err != nil {
		return nil, nil, err
	}
	for rows.Next() {
		var id, file string
		if err := rows.Scan(&id, &file); err != nil {
			return nil, nil, err
		}
		ids, files = append(ids, id), append(files, file)
	}
	return ids, files, rows.Err()
}

// digestInUse reports whether a snapshot that was ever active is this file.
func digestInUse(ctx context.Context, tx *sqldb.Tx, digest string) (bool, error) {
	var one int64
	err := tx.QueryRow(ctx, `SELECT 1 FROM snapshot WHERE digest = $1 OR (file = $1 AND state = 'loading') LIMIT 1`, digest).Scan(&one)
	if errors.Is(err, sqldb.ErrNoRows) {
		return false, nil
	}
	return err == nil, err
}

func noteStart(ctx context.Context, tx *sqldb.Tx, id string, seq int64) error {
	_, err := tx.Exec(ctx, `UPDATE snapshot SET start_seq = $2 WHERE id = $1`, id, seq)
	return err
}

func noteFile(ctx context.Context, tx *sqldb.Tx, id, digest string) error {
	n, err := tx.Exec(ctx, `UPDATE snapshot SET file = $2, staged = 1, touched = $3 WHERE id = $1 AND state = 'loading'`, id, digest, tx.Now().UnixMicro())
	if err == nil && n == 0 {
		err = gone(Lost)
	}
	return err
}

// stagedRow is one row by subject.
type stagedRow struct {
	sid  string
	seq  int64
	body string
}

// rowsPerStatement keeps a statement's text and arguments small.
const rowsPerStatement = 100

// stage writes rows of a load; it repeats itself harmlessly.
func stage(ctx context.Context, tx *sqldb.Tx, snapshot string, rows []stagedRow) error {
	n, err := tx.Exec(ctx, `UPDATE snapshot SET touched = $2, staged = 1 WHERE id = $1 AND state = 'loading'`, snapshot, tx.Now().UnixMicro())
	if err != nil {
		return err
	}
	if n == 0 {
		return gone(Lost)
	}
	for len(rows) > 0 {
		part := rows[:min(rowsPerStatement, len(rows))]
		rows = rows[len(part):]
		args := []any{snapshot}
		values := make([]string, len(part))
		for i, r := range part {
			args = append(args, r.sid, r.seq, r.body)
			at := 3*i + 2
			values[i] = "($1, $" + strconv.Itoa(at) + ", $" + strconv.Itoa(at+1) + ", $" + strconv.Itoa(at+2) + ")"
		}
		if _, err := tx.Exec(ctx, `INSERT INTO subject_row (snapshot, sid, seq, body) VALUES `+strings.Join(values, ", "), args...); err != nil {
			return fmt.Errorf("stage rows of %s: %w", snapshot, err)
		}
	}
	return nil
}

// unstage deletes some of a snapshot's rows; done is true when none is left.
func unstage(ctx context.Context, tx *sqldb.Tx, snapshot string) (done bool, err error) {
	n, err := tx.Exec(ctx, `DELETE FROM subject_row WHERE snapshot = $1 AND sid IN
		(SELECT sid FROM subject_row WHERE snapshot = $1 ORDER BY sid LIMIT 2000)`, snapshot)
	if err != nil || n > 0 {
		return false, err
	}
	_, err = tx.Exec(ctx, `UPDATE snapshot SET staged = 0, file = '' WHERE id = $1`, snapshot)
	return true, err
}

func subjectRows(ctx context.Context, tx *sqldb.Tx, snapshot, sid string) ([]string, error) {
	rows, err := tx.Query(ctx, `SELECT body FROM subject_row WHERE snapshot = $1 AND sid = $2 ORDER BY seq`, snapshot, sid)
	return sqldb.Collect(rows, err, func(r *sqldb.Rows) (body string, err error) { return body, r.Scan(&body) })
}

// rowsDigest is the digest over all rows by subject, in order: what a snapshot's ledger version holds them to.
type rowsDigest struct{ sum hash.Hash }

func newRowsDigest() rowsDigest { return rowsDigest{sha256.New()} }

func (d rowsDigest) add(r stagedRow) { fmt.Fprintf(d.sum, "%s\x1f%d\x1f%s\n", r.sid, r.seq, r.body) }

func (d rowsDigest) String() string { return "sha256:" + hex.EncodeToString(d.sum.Sum(nil)) }

// storedRowsDigest reads the rows of a snapshot back, page by page.
func storedRowsDigest(ctx context.Context, tx *sqldb.Tx, snapshot string) (string, error) {
	d := newRowsDigest()
	sid, seq := "", int64(0)
	for {
		rows, err := tx.Query(ctx, `SELECT sid, seq, body FROM subject_row WHERE snapshot = $1 AND (sid > $2 OR (sid = $2 AND seq > $3))
			ORDER BY sid, seq LIMIT 5000`, snapshot, sid, seq)
		page, err := sqldb.Collect(rows, err, func(r *sqldb.Rows) (s stagedRow, err error) { return s, r.Scan(&s.sid, &s.seq, &s.body) })
		if err != nil {
			return "", err
		}
		for _, r := range page {
			d.add(r)
			sid, seq = r.sid, r.seq
		}
		if len(page) == 0 {
			return d.String(), nil
		}
	}
}
