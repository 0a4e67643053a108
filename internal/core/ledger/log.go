package ledger

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"sync"
	"time"

	"yunei/internal/base/errs"
	"yunei/internal/base/seal"
	"yunei/internal/base/sqldb"
	"yunei/internal/core/ledger/proof"
)

// The types of what is published live in package proof, which verifiers compile alone.
type (
	Entry      = proof.Entry
	Change     = proof.Change
	Verdict    = proof.Verdict
	Special    = proof.Special
	Receipt    = proof.Receipt
	Checkpoint = proof.Checkpoint
)

// Outcomes of an act.
const (
	Done    = "done"
	Refused = "refused"
)

// Options has a working zero value.
type Options struct {
	Heads  string        // file that keeps the last published head, on another disk than the database; "" keeps none
	Origin string        // name of the log when it is first started; made from the key's id when ""
	MaxLag time.Duration // how far sealing may lag before Ready fails; 5 s when 0
}

// Loader reads an object's current row and gives what was versioned when it was last changed. (nil, nil) or a not_found
// error says that the object is gone.
type Loader func(ctx context.Context, tx *sqldb.Tx, id string) (any, error)

// Log is the ledger of one database. It is safe for concurrent use.
type Log struct {
	db   *sqldb.DB
	keys *seal.Keys
	opt  Options

	mu      sync.Mutex // guards what follows
	loaders map[string]Loader
	audits  []Audit
	pending time.Time // since when an entry may be waiting for its seal; zero: none is
	refusal error     // why no entry may be added
	failure error     // why the last attempt to seal failed

	sealing sync.Mutex // one attempt at a time
	shown   string     // the note on the second path; guarded by sealing
	wake    chan struct{}
}

// New makes a Log without looking at the database; call Check before the first act, or use Open.
func New(db *sqldb.DB, keys *seal.Keys, opt Options) *Log {
	if opt.MaxLag == 0 {
		opt.MaxLag = 5 * time.Second
	}
	if opt.Origin == "" {
		opt.Origin = "yunei.local/" + keys.KID()
	}
	return &Log{db: db, keys: keys, opt: opt, loaders: map[string]Loader{}, wake: make(chan struct{}, 1)}
}

// Open is New and Check.
func Open(ctx context.Context, db *sqldb.DB, keys *seal.Keys, opt Options) (*Log, error) {
	l := New(db, keys, opt)
	return l, l.Check(ctx)
}

// Register says how to load the current row of a kind, so that Fsck can compare it with what was recorded. Naming a kind
// twice is a mistake in the program.
func (l *Log) Register(kind string, load func(ctx context.Context, tx *sqldb.Tx, id string) (any, error)) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if _, twice := l.loaders[kind]; twice {
		panic("ledger: kind registered twice: " + kind)
	}
	l.loaders[kind] = load
}

// Audit is a check of records that keep a chain of their own, such as the disclosure ledger; it says what does not fit.
type Audit struct {
	Name string
	Look func(ctx context.Context, tx *sqldb.Tx) ([]string, error)
}

// Also lets Fsck ask a stage about its own records.
func (l *Log) Also(a Audit) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.audits = append(l.audits, a)
}

// The next number must be known before the entry is written, for it is part of the leaf. On SQLite there is one writer.
const (
	nextSeqSQLite   = `SELECT coalesce(max(seq), 0) + 1 FROM ledger_entry`
	nextSeqPostgres = `SELECT nextval('ledger_seq')`
)

const insertEntry = `INSERT INTO ledger_entry (seq, body, recorded, occurred, act, outcome, actor, org, matter)
	VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`

const insertObject = `INSERT INTO ledger_object (id, kind, seq) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING`

// Add writes the entry of an act in the act's own transaction and returns its number. Seq is given here; Recorded is the
// transaction's instant unless the entry says otherwise.
func (l *Log) Add(ctx context.Context, tx *sqldb.Tx, e Entry) (int64, error) {
	if err := l.refused(); err != nil {
		return 0, err
	}
	q := nextSeqSQLite
	if tx.Dialect() == sqldb.Postgres {
		q = nextSeqPostgres
	}
	if err := tx.QueryRow(ctx, q).Scan(&e.Seq); err != nil {
		return 0, fmt.Errorf("number a ledger entry: %w", err)
	}
	if e.Recorded.IsZero() {
		e.Recorded = tx.Now()
	}
	e.Recorded = e.Recorded.UTC().Truncate(time.Microsecond)
	body, err := proof.Canonical(e)
	if err != nil {
		return 0, err
	}
	if len(body) > proof.MaxLeaf {
		return 0, errs.New(errs.TooLarge, "一次办理涉及的对象太多, 账本条目放不下 (%d 字节), 请分几次办理", len(body))
	}
	if _, err := tx.Exec(ctx, insertEntry, e.Seq, body, e.Recorded, e.Occurred, e.Act, e.Outcome, e.Actor, e.Org, e.Matter); err != nil {
		return 0, fmt.Errorf("add ledger entry: %w", err)
	}
	for _, c := range e.Changes {
		if _, err := tx.Exec(ctx, insertObject, c.ID, c.Kind, e.Seq); err != nil {
			return 0, fmt.Errorf("add ledger entry: %w", err)
		}
	}
	l.nudge()
	return e.Seq, nil
}

// Version keeps the exact bytes of an object as they are after a change, with a salt of their own, and returns the digests
// for the entry. A nil body says that the object is gone.
func (l *Log) Version(ctx context.Context, tx *sqldb.Tx, kind, id string, body any) (Change, error) {
	c := Change{Kind: kind, ID: id}
	raw, err := proof.Canonical(body)
	if err != nil {
		return c, err
	}
	var version int64
	err = tx.QueryRow(ctx, `SELECT version, digest FROM object_version WHERE kind = $1 AND id = $2 ORDER BY version DESC LIMIT 1`, kind, id).
		Scan(&version, &c.Before)
	if err != nil && !errors.Is(err, sqldb.ErrNoRows) {
		return c, fmt.Errorf("version %s %s: %w", kind, id, err)
	}
	salt := make([]byte, 32)
	_, _ = rand.Read(salt) // never fails: crypto/rand ends the process instead
	c.After = digest(salt, raw)
	_, err = tx.Exec(ctx, `INSERT INTO object_version (kind, id, version, digest, salt, body, recorded) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
		kind, id, version+1, c.After, salt, raw, tx.Now())
	if err != nil {
		return c, fmt.Errorf("version %s %s: %w", kind, id, err)
	}
	return c, nil
}

// digest commits to bytes without betraying them: HMAC-SM3 under the version's salt.
func digest(salt, body []byte) string { return hex.EncodeToString(seal.MAC(salt, body)) }

// Forget deletes the recorded bytes and salts of every version of an object (erasure, end of retention). The digests and
// the entries stay provable and say nothing any more.
func (l *Log) Forget(ctx context.Context, tx *sqldb.Tx, kind, id string) error {
	_, err := tx.Exec(ctx, `UPDATE object_version SET salt = NULL, body = NULL WHERE kind = $1 AND id = $2`, kind, id)
	return err
}

func (l *Log) refused() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.refusal
}

// nudge wakes the sealer and starts the clock that Ready looks at. The entry's transaction may still roll back; the
// sealer then finds nothing and stops the clock.
func (l *Log) nudge() {
	l.mu.Lock()
	if l.pending.IsZero() {
		l.pending = time.Now()
	}
	l.mu.Unlock()
	select {
	case l.wake <- struct{}{}:
	default:
	}
}

// Ready fails when sealing lags, or when the log takes no entries: then no release leaves and no answer is served.
func (l *Log) Ready() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.refusal != nil {
		return l.refusal
	}
	if !l.pending.IsZero() && time.Since(l.pending) > l.opt.MaxLag {
		return errs.New(errs.Unavailable, "账本封存滞后超过 %s, 数据暂停出域和服务; 请稍后重试, 并联系系统管理员检查账本: %w", l.opt.MaxLag, orLag(l.failure))
	}
	return nil
}

func orLag(err error) error {
	if err == nil {
		return errors.New("the sealer is not running or cannot keep up")
	}
	return err
}
