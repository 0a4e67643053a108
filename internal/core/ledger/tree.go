package ledger

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"

	"yunei/internal/base/merkle"
	"yunei/internal/base/sqldb"
	"yunei/internal/core/ledger/proof"
)

// node is a complete subtree of both trees.
type node struct {
	merkle.Node
	sha256, sm3 []byte
}

// head is both trees at one size, signed.
type head struct {
	size          uint64
	note, sm3     string
	sha256, sm3ed Checkpoint
}

// nodes fetches both digests of the named subtrees, in order.
func nodes(ctx context.Context, tx *sqldb.Tx, names []merkle.Node) (sha256, sm3 [][]byte, err error) {
	for _, n := range names {
		var a, b []byte
		err := tx.QueryRow(ctx, `SELECT sha256, sm3 FROM ledger_node WHERE level = $1 AND idx = $2`, n.Level, n.Index).Scan(&a, &b)
		if err != nil {
			return nil, nil, fmt.Errorf("ledger node %d/%d: %w", n.Level, n.Index, err)
		}
		sha256, sm3 = append(sha256, a), append(sm3, b)
	}
	return sha256, sm3, nil
}

// ranges are both trees over [0, size), from their stored subtrees.
func ranges(ctx context.Context, tx *sqldb.Tx, size uint64) (sha256, sm3 *merkle.Range, err error) {
	a, b, err := nodes(ctx, tx, merkle.Cover(0, size))
	if err != nil {
		return nil, nil, err
	}
	if sha256, err = merkle.NewRange(merkle.SHA256, 0, size, a); err != nil {
		return nil, nil, err
	}
	sm3, err = merkle.NewRange(merkle.SM3, 0, size, b)
	return sha256, sm3, err
}

func roots(sha256, sm3 *merkle.Range) (a, b []byte, err error) {
	if a, err = sha256.Root(); err != nil {
		return nil, nil, err
	}
	b, err = sm3.Root()
	return a, b, err
}

// fits reports whether the stored trees have the roots of a head that was signed.
func fits(ctx context.Context, tx *sqldb.Tx, h head) error {
	sha256, sm3, err := ranges(ctx, tx, h.size)
	if err != nil {
		return err
	}
	a, b, err := roots(sha256, sm3)
	if err != nil {
		return err
	}
	if !bytes.Equal(a, h.sha256.Root) || !bytes.Equal(b, h.sm3ed.Root) {
		return fmt.Errorf("stored trees of %d leaves do not have the signed roots", h.size)
	}
	return nil
}

// latest is the last published head in the database; ok is false for an empty log. Its signatures are checked.
func (l *Log) latest(ctx context.Context, tx *sqldb.Tx) (h head, ok bool, err error) {
	var size int64
	err = tx.QueryRow(ctx, `SELECT size, note, sm3 FROM ledger_checkpoint ORDER BY size DESC LIMIT 1`).Scan(&size, &h.note, &h.sm3)
	if errors.Is(err, sqldb.ErrNoRows) {
		return head{}, false, nil
	}
	if err != nil {
		return head{}, false, fmt.Errorf("last checkpoint: %w", err)
	}
	if h, err = l.open(h.note, h.sm3); err == nil && h.size != uint64(size) {
		err = fmt.Errorf("checkpoint of %d leaves is stored as of %d", h.size, size)
	}
	return h, true, err
}

// open checks our own signatures on a pair of checkpoints.
func (l *Log) open(note, sm3 string) (head, error) {
	h := head{note: note, sm3: sm3}
	origin, _, _ := strings.Cut(note, "\n")
	if !l.ours(origin) {
		return h, fmt.Errorf("checkpoint of a foreign log %q", origin)
	}
	var err error
	if h.sha256, err = proof.OpenCheckpoint(note, l.keys.LogKey(origin)); err != nil {
		return h, err
	}
	if h.sm3ed, err = proof.OpenCheckpoint(sm3, l.keys.SM2LogKey(origin)); err != nil {
		return h, err
	}
	if h.sm3ed.Size != h.sha256.Size {
		return h, fmt.Errorf("checkpoints of %d and %d leaves", h.sha256.Size, h.sm3ed.Size)
	}
	h.size = h.sha256.Size
	return h, nil
}

// ours: a note's key name may hold neither spaces nor a plus sign.
func (l *Log) ours(origin string) bool { return origin != "" && !strings.ContainsAny(origin, " +\t\r") }

// sign makes both checkpoints over the trees.
func (l *Log) sign(origin string, sha256, sm3 *merkle.Range) (head, error) {
	a, b, err := roots(sha256, sm3)
	if err != nil {
		return head{}, err
	}
	h := head{size: sha256.End()}
	h.sha256 = Checkpoint{Origin: origin, Size: h.size, Root: a}
	h.sm3ed = Checkpoint{Origin: origin, Size: h.size, Root: b}
	if h.note, err = h.sha256.Sign(l.keys.LogSigner(origin)); err != nil {
		return head{}, err
	}
	h.sm3, err = h.sm3ed.Sign(l.keys.SM2LogSigner(origin))
	return h, err
}

// origin is the log's present name; the first start gives it one.
func (l *Log) origin(ctx context.Context, tx *sqldb.Tx) (epoch int64, origin string, err error) {
	err = tx.QueryRow(ctx, `SELECT epoch, origin FROM ledger_origin ORDER BY epoch DESC LIMIT 1`).Scan(&epoch, &origin)
	if errors.Is(err, sqldb.ErrNoRows) {
		return 0, l.opt.Origin, nil
	}
	return epoch, origin, err
}

func setOrigin(ctx context.Context, tx *sqldb.Tx, epoch int64, origin string, since uint64, loss string) error {
	_, err := tx.Exec(ctx, `INSERT INTO ledger_origin (epoch, origin, since, loss) VALUES ($1, $2, $3, $4)`, epoch, origin, since, loss)
	return err
}
