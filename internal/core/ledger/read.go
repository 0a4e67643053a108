package ledger

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"yunei/internal/base/errs"
	"yunei/internal/base/merkle"
	"yunei/internal/base/sqldb"
	"yunei/internal/core/ledger/proof"
)

// Record is an entry with its place in the tree.
type Record struct {
	Entry
	Leaf *int64 `json:"leaf,omitempty" doc:"Place in the tree; absent until sealed"`
}

// Filter narrows a listing; the zero value lists everything, newest first.
type Filter struct {
	Kind    string // of object; only together with Object
	Object  string
	Matter  string
	Actor   string
	Act     string
	Org     string
	Outcome string
	From    string // legal day, inclusive
	To      string // legal day, inclusive
	Before  int64  // keyset: only entries with a smaller Seq; 0 begins at the newest
	Limit   int    // 50 when 0, at most 500
	Reach   *Reach // nil: wherever it was done
}

// Reach narrows a listing to an area: what the bodies that stand there did, what was done to the matters decided there, and what
// the reader did.
type Reach struct {
	Lo, Hi string // codes of the area and of all inside it, half open
	Self   string // account of the reader
}

// Entries lists one page; the next page is Before the last Seq of this one.
func (l *Log) Entries(ctx context.Context, tx *sqldb.Tx, f Filter) ([]Record, error) {
	q, args := f.query()
	return sqldb.List(ctx, tx, scanRecord, q, args...)
}

func (f Filter) query() (string, []any) {
	var where []string
	var args []any
	cond := func(text string, vals ...any) {
		for _, v := range vals {
			args = append(args, v)
			text = strings.Replace(text, "@", fmt.Sprintf("$%d", len(args)), 1)
		}
		where = append(where, text)
	}
	switch {
	case f.Object != "" && f.Kind != "":
		cond("seq IN (SELECT seq FROM ledger_object WHERE id = @ AND kind = @)", f.Object, f.Kind)
	case f.Object != "":
		cond("seq IN (SELECT seq FROM ledger_object WHERE id = @)", f.Object)
	}
	for _, c := range []struct{ cond, value string }{
		{"matter = @", f.Matter}, {"actor = @", f.Actor}, {"act = @", f.Act}, {"org = @", f.Org}, {"outcome = @", f.Outcome},
		{"occurred >= @", f.From}, {"occurred <= @", f.To},
	} {
		if c.value != "" {
			cond(c.cond, c.value)
		}
	}
	if f.Matter != "" {
		where = append(where, "matter <> ''") // so that the partial index serves
	}
	if r := f.Reach; r != nil {
		cond(`(actor = @ OR EXISTS (SELECT 1 FROM org_area a WHERE a.org = ledger_entry.org AND a.area >= @ AND a.area < @)
			OR matter <> '' AND EXISTS (SELECT 1 FROM matter m WHERE m.id = ledger_entry.matter AND m.area >= @ AND m.area < @))`, r.Self, r.Lo, r.Hi, r.Lo, r.Hi)
	}
	if f.Before > 0 {
		cond("seq < @", f.Before)
	}
	limit := min(f.Limit, 500)
	if limit <= 0 {
		limit = 50
	}
	q := "SELECT body, leaf FROM ledger_entry"
	if len(where) > 0 {
		q += " WHERE " + strings.Join(where, " AND ")
	}
	args = append(args, limit)
	return q + fmt.Sprintf(" ORDER BY seq DESC LIMIT $%d", len(args)), args
}

func scanRecord(r *sqldb.Rows) (rec Record, err error) {
	var body []byte
	if err := r.Scan(&body, &rec.Leaf); err != nil {
		return rec, err
	}
	rec.Entry, err = proof.ParseEntry(body)
	return rec, err
}

// Entry is one entry by its number.
func (l *Log) Entry(ctx context.Context, tx *sqldb.Tx, seq int64) (Record, error) {
	found, err := sqldb.List(ctx, tx, scanRecord, `SELECT body, leaf FROM ledger_entry WHERE seq = $1`, seq)
	if err == nil && len(found) == 0 {
		err = missing(seq)
	}
	if err != nil {
		return Record{}, err
	}
	return found[0], nil
}

func missing(seq int64) error {
	return errs.New(errs.NotFound, "账本里没有第 %d 号条目, 请核对编号", seq)
}

// Proof makes the receipt of an entry under the newest head.
func (l *Log) Proof(ctx context.Context, seq int64) (rc Receipt, err error) {
	err = l.db.View(ctx, func(tx *sqldb.Tx) error {
		var index *int64
		err := tx.QueryRow(ctx, `SELECT leaf, body FROM ledger_entry WHERE seq = $1`, seq).Scan(&index, &rc.Entry)
		if errors.Is(err, sqldb.ErrNoRows) {
			return missing(seq)
		}
		if err != nil {
			return err
		}
		h, _, err := l.latest(ctx, tx)
		if err != nil {
			return damaged(err)
		}
		if index == nil || uint64(*index) >= h.size {
			return errs.New(errs.Unavailable, "该条目正在封存, 请几秒后再取回执")
		}
		rc.Index = uint64(*index)
		l.stamp(h, &rc.Size, &rc.Checkpoint, &rc.Key, &rc.SM3Checkpoint, &rc.SM3Key)
		names, err := merkle.InclusionNodes(rc.Index, rc.Size)
		if err != nil {
			return err
		}
		a, b, err := nodes(ctx, tx, names)
		if err != nil {
			return err
		}
		if rc.Proof, err = merkle.Inclusion(merkle.SHA256, rc.Index, rc.Size, a); err != nil {
			return err
		}
		rc.SM3Proof, err = merkle.Inclusion(merkle.SM3, rc.Index, rc.Size, b)
		return err
	})
	// A tree of one leaf has empty proofs; as JSON these are lists, not null.
	rc.Proof, rc.SM3Proof = append([][]byte{}, rc.Proof...), append([][]byte{}, rc.SM3Proof...)
	return rc, err
}

func (l *Log) stamp(h head, size *uint64, note, key, sm3, sm3Key *string) {
	*size, *note, *sm3 = h.size, h.note, h.sm3
	*key, *sm3Key = l.keys.LogKey(h.sha256.Origin), l.keys.SM2LogKey(h.sha256.Origin)
}

// Signed is the newest head of both trees with the keys to check it.
type Signed struct {
	Size          uint64 `json:"size"`
	Checkpoint    string `json:"checkpoint"`
	Key           string `json:"key"`
	SM3Checkpoint string `json:"sm3_checkpoint"`
	SM3Key        string `json:"sm3_key"`
}

// Checkpoint is the newest published head. An empty log has none (not_found).
func (l *Log) Checkpoint(ctx context.Context) (s Signed, err error) {
	err = l.db.View(ctx, func(tx *sqldb.Tx) error {
		h, ok, err := l.latest(ctx, tx)
		if err != nil {
			return damaged(err)
		}
		if !ok {
			return errs.New(errs.NotFound, "账本还是空的, 没有检查点; 办理第一件事后再看")
		}
		l.stamp(h, &s.Size, &s.Checkpoint, &s.Key, &s.SM3Checkpoint, &s.SM3Key)
		return nil
	})
	return s, err
}

// Consistency proves, with SHA-256 and with SM3, that the tree of size1 is the beginning of the tree of size2.
func (l *Log) Consistency(ctx context.Context, size1, size2 uint64) (sha256, sm3 [][]byte, err error) {
	names, err := merkle.ConsistencyNodes(size1, size2)
	if err != nil {
		return nil, nil, errs.New(errs.Invalid, "条数范围不对, 请核对: %w", err)
	}
	err = l.db.View(ctx, func(tx *sqldb.Tx) error {
		a, b, err := nodes(ctx, tx, names)
		if err != nil {
			return err
		}
		if sha256, err = merkle.Consistency(merkle.SHA256, size1, size2, a); err != nil {
			return err
		}
		sm3, err = merkle.Consistency(merkle.SM3, size1, size2, b)
		return err
	})
	return sha256, sm3, err
}

// Export writes the leaves [from, to) with what a verifier needs; to 0 means the whole sealed log.
func (l *Log) Export(ctx context.Context, w io.Writer, from, to uint64) error {
	out := bufio.NewWriter(w)
	err := l.db.View(ctx, func(tx *sqldb.Tx) error {
		h, ok, err := l.latest(ctx, tx)
		if err != nil {
			return damaged(err)
		}
		if to == 0 {
			to = h.size
		}
		if !ok || from > to || to > h.size {
			return errs.New(errs.Invalid, "账本只封存了 %d 条, 请核对导出范围", h.size)
		}
		header := proof.Header{Format: proof.Format, From: from, To: to}
		l.stamp(h, &header.Size, &header.Checkpoint, &header.Key, &header.SM3Checkpoint, &header.SM3Key)
		if header.Left, header.SM3Left, err = nodes(ctx, tx, merkle.Cover(0, from)); err != nil {
			return err
		}
		if header.Right, header.SM3Right, err = nodes(ctx, tx, merkle.Cover(to, h.size)); err != nil {
			return err
		}
		line, err := json.Marshal(header)
		if err != nil {
			return err
		}
		if _, err := out.Write(append(line, '\n')); err != nil {
			return err
		}
		return eachLeaf(ctx, tx, from, to, func(body []byte) error {
			_, err := out.Write(append(body, '\n'))
			return err
		})
	})
	if err != nil {
		return err
	}
	return out.Flush()
}

func eachLeaf(ctx context.Context, tx *sqldb.Tx, from, to uint64, fn func(body []byte) error) error {
	for from < to {
		bodies, err := sqldb.List(ctx, tx, func(r *sqldb.Rows) (b []byte, err error) { return b, r.Scan(&b) },
			`SELECT body FROM ledger_entry WHERE leaf >= $1 AND leaf < $2 ORDER BY leaf LIMIT $3`, from, to, batch)
		if err != nil {
			return err
		}
		if len(bodies) == 0 {
			return damaged(fmt.Errorf("leaf %d is missing", from))
		}
		for _, b := range bodies {
			if err := fn(b); err != nil {
				return err
			}
		}
		from += uint64(len(bodies))
	}
	return nil
}
