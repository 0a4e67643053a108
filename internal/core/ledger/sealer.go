package ledger

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"time"

	"yunei/internal/base/errs"
	"yunei/internal/base/merkle"
	"yunei/internal/base/sqldb"
)

const (
	batch    = 512                   // leaves per transaction: some milliseconds of the one writer
	soon     = 20 * time.Millisecond // acts that come close together share a checkpoint
	lookout  = time.Second           // entries of other nodes, and of a crash, are found without being told
	sealLock = "ledger.seal"
)

type leaf struct {
	index, seq int64
	body       []byte
}

// In one statement, for on PostgreSQL more entries may commit between two. Other sealers wait for the lock.
const sequence = `UPDATE ledger_entry SET leaf = s.n
	FROM (SELECT seq AS q, row_number() OVER (ORDER BY seq) - 1 + CAST($1 AS BIGINT) AS n
		FROM (SELECT seq FROM ledger_entry WHERE leaf IS NULL ORDER BY seq LIMIT $2) AS waiting) AS s
	WHERE ledger_entry.seq = s.q
	RETURNING leaf, seq, body`

// Run seals until ctx ends, and once more then, so that an act acknowledged before a stop has its receipt after it. It is
// the only thing that must run for receipts to appear.
func (l *Log) Run(ctx context.Context) {
	seal := func(ctx context.Context) {
		if err := l.Seal(ctx); err != nil && ctx.Err() == nil {
			slog.ErrorContext(ctx, "the ledger was not sealed", "err", err)
		}
	}
	defer seal(context.WithoutCancel(ctx))
	tick := time.NewTicker(lookout)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-l.wake:
			select {
			case <-ctx.Done():
				return
			case <-time.After(soon):
			}
		case <-tick.C:
		}
		seal(ctx)
	}
}

// Seal integrates every entry that is waiting, signs the new heads and publishes them. Several nodes may call it.
func (l *Log) Seal(ctx context.Context) (err error) {
	l.sealing.Lock()
	defer l.sealing.Unlock()
	before := time.Now()
	defer func() { l.sealed(before, err) }()
	if err := l.refused(); err != nil {
		return err
	}
	for {
		n, h, err := l.sealBatch(ctx)
		if err != nil {
			return fmt.Errorf("seal: %w", err)
		}
		if n == 0 {
			return l.catchUp(ctx)
		}
		if err := l.publish(h); err != nil {
			return err
		}
	}
}

// catchUp publishes a head that another node signed, or that could not be published when it was signed.
func (l *Log) catchUp(ctx context.Context) error {
	if l.opt.Heads == "" {
		return nil
	}
	var last head
	err := l.db.View(ctx, func(tx *sqldb.Tx) error {
		var newest string // compared first, for the signatures are checked only when it is news
		err := tx.QueryRow(ctx, `SELECT note FROM ledger_checkpoint ORDER BY size DESC LIMIT 1`).Scan(&newest)
		if errors.Is(err, sqldb.ErrNoRows) || err == nil && newest == l.shown {
			return nil
		}
		if err != nil {
			return err
		}
		last, _, err = l.latest(ctx, tx)
		return err
	})
	if err != nil || last.size == 0 {
		return err
	}
	return l.publish(last)
}

// sealed settles what Ready looks at. Entries that came after the attempt began keep waiting.
func (l *Log) sealed(began time.Time, err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.failure = err
	if err != nil {
		if l.pending.IsZero() {
			l.pending = began
		}
		return
	}
	if l.pending.Before(began) {
		l.pending = time.Time{}
	}
}

func (l *Log) sealBatch(ctx context.Context) (n int, h head, err error) {
	err = l.db.DoCommitted(ctx, func(tx *sqldb.Tx) error {
		n = 0
		var waiting int64
		if err := tx.QueryRow(ctx, `SELECT count(*) FROM (SELECT 1 FROM ledger_entry WHERE leaf IS NULL LIMIT 1) AS one`).Scan(&waiting); err != nil || waiting == 0 {
			return err
		}
		if err := tx.Lock(ctx, sealLock); err != nil {
			return err
		}
		epoch, origin, err := l.origin(ctx, tx)
		if err != nil {
			return err
		}
		if epoch == 0 {
			if err := setOrigin(ctx, tx, 1, origin, 0, ""); err != nil {
				return err
			}
		}
		last, err := l.size(ctx, tx)
		if err != nil {
			return err
		}
		leaves, err := sqldb.List(ctx, tx, scanLeaf, sequence, last, batch)
		if err != nil || len(leaves) == 0 {
			return err
		}
		n = len(leaves)
		h, err = l.integrate(ctx, tx, origin, uint64(last), leaves)
		return err
	})
	return n, h, err
}

func scanLeaf(r *sqldb.Rows) (x leaf, err error) { return x, r.Scan(&x.index, &x.seq, &x.body) }

// size is how many leaves there are: one more than the last leaf's number.
func (l *Log) size(ctx context.Context, tx *sqldb.Tx) (n int64, err error) {
	err = tx.QueryRow(ctx, `SELECT coalesce(max(leaf), -1) + 1 FROM ledger_entry WHERE leaf IS NOT NULL`).Scan(&n)
	return n, err
}

// integrate extends both trees by leaves that were just read back from storage, and signs. What is extended must still
// be what was signed last: one wrong copy is never signed.
func (l *Log) integrate(ctx context.Context, tx *sqldb.Tx, origin string, size uint64, leaves []leaf) (head, error) {
	last, ok, err := l.latest(ctx, tx)
	if err != nil {
		return head{}, err
	}
	if last.size != size || ok != (size > 0) {
		return head{}, damaged(fmt.Errorf("%d leaves, but the last checkpoint is of %d", size, last.size))
	}
	if ok {
		if err := fits(ctx, tx, last); err != nil {
			return head{}, damaged(err)
		}
	}
	sha256, sm3, err := ranges(ctx, tx, size)
	if err != nil {
		return head{}, err
	}
	slices.SortFunc(leaves, func(a, b leaf) int { return cmp.Compare(a.index, b.index) })
	var grown []node
	for i, x := range leaves {
		if uint64(x.index) != size+uint64(i) {
			return head{}, fmt.Errorf("leaf %d where %d is due", x.index, size+uint64(i))
		}
		first := len(grown)
		if err := sha256.Append(x.body, func(n merkle.Node, d []byte) { grown = append(grown, node{Node: n, sha256: d}) }); err != nil {
			return head{}, err
		}
		at := first // both trees complete the same subtrees in the same order
		if err := sm3.Append(x.body, func(_ merkle.Node, d []byte) { grown[at].sm3 = d; at++ }); err != nil {
			return head{}, err
		}
	}
	if err := store(ctx, tx, grown); err != nil {
		return head{}, err
	}
	h, err := l.sign(origin, sha256, sm3)
	if err != nil {
		return head{}, err
	}
	return h, keep(ctx, tx, last, h)
}

// keep stores the new head. Under load there are many a second, and each covers those before it: the last of every
// minute stays, and the last under each origin.
func keep(ctx context.Context, tx *sqldb.Tx, last, h head) error {
	if last.sha256.Origin == h.sha256.Origin {
		const minute = int64(time.Minute / time.Microsecond)
		_, err := tx.Exec(ctx, `DELETE FROM ledger_checkpoint WHERE size = $1 AND published / $2 = $3`, last.size, minute, tx.Now().UnixMicro()/minute)
		if err != nil {
			return err
		}
	}
	_, err := tx.Exec(ctx, `INSERT INTO ledger_checkpoint (size, published, note, sm3) VALUES ($1, $2, $3, $4)`, h.size, tx.Now(), h.note, h.sm3)
	return err
}

func damaged(err error) error {
	return errs.New(errs.Unavailable, "账本与最后公布的检查点不符, 停止封存; 请执行 yunei ledger fsck 查明, 并从备份恢复: %w", err)
}

// Rows are written many at a time, in two fixed statements: PostgreSQL pays a round trip for each.
const many = 64

const insertNode = `INSERT INTO ledger_node (level, idx, sha256, sm3) VALUES `

var insertOne, insertMany = insertNode + placeholders(1), insertNode + placeholders(many)

func placeholders(rows int) string {
	var b strings.Builder
	for i := range rows {
		if i > 0 {
			b.WriteString(", ")
		}
		fmt.Fprintf(&b, "($%d, $%d, $%d, $%d)", 4*i+1, 4*i+2, 4*i+3, 4*i+4)
	}
	return b.String()
}

func store(ctx context.Context, tx *sqldb.Tx, grown []node) error {
	for len(grown) > 0 {
		n, q := 1, insertOne
		if len(grown) >= many {
			n, q = many, insertMany
		}
		args := make([]any, 0, 4*n)
		for _, g := range grown[:n] {
			args = append(args, g.Level, g.Index, g.sha256, g.sm3)
		}
		if _, err := tx.Exec(ctx, q, args...); err != nil {
			return fmt.Errorf("store tree nodes: %w", err)
		}
		grown = grown[n:]
	}
	return nil
}
