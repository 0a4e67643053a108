package act

import (
	"context"
	"errors"
	"sync"

	"yunei/internal/base/errs"
	"yunei/internal/base/sqldb"
)

// Key is a caller's idempotency key for one request. The first act of the request claims it in its own transaction,
// so the same request can never be done twice, whatever crashes in between.
type Key struct {
	Value   string // the caller's key
	Request string // digest of method, path and body: the same key for another request is a mistake

	mu      sync.Mutex
	claimed bool
}

type ctxKey int

const (
	keyKey ctxKey = iota
	receiptsKey
	requestKey
)

// WithKey puts a request's idempotency key into the context.
func WithKey(ctx context.Context, k *Key) context.Context { return context.WithValue(ctx, keyKey, k) }

func keyOf(ctx context.Context) *Key {
	k, _ := ctx.Value(keyKey).(*Key)
	return k
}

// WithRequestID names the request in every entry it leaves.
func WithRequestID(ctx context.Context, id string) context.Context {
	return context.WithValue(ctx, requestKey, id)
}

// RequestID is the name of the request, or empty.
func RequestID(ctx context.Context) string {
	id, _ := ctx.Value(requestKey).(string)
	return id
}

// Receipts collects the receipts of the acts done under one context.
type Receipts struct {
	mu   sync.Mutex
	list []Receipt
}

// WithReceipts starts collecting.
func WithReceipts(ctx context.Context) (context.Context, *Receipts) {
	r := &Receipts{}
	return context.WithValue(ctx, receiptsKey, r), r
}

// Last is the newest receipt; ok is false when no act was done.
func (r *Receipts) Last() (Receipt, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.list) == 0 {
		return Receipt{}, false
	}
	return r.list[len(r.list)-1], true
}

func deliver(ctx context.Context, receipt Receipt) {
	if r, ok := ctx.Value(receiptsKey).(*Receipts); ok {
		r.mu.Lock()
		r.list = append(r.list, receipt)
		r.mu.Unlock()
	}
}

// claimKey refuses a request that was done before. Only the first act of a request carries the key: an errand's
// finish belongs to the same request.
func (tx *Tx) claimKey(ctx context.Context) error {
	if tx.key == nil || !tx.actor.SignedIn() || tx.key.isClaimed() {
		return nil
	}
	var request string
	var seq int64
	err := tx.QueryRow(ctx, `SELECT request, seq FROM act_key WHERE account = $1 AND key = $2`, tx.actor.Account, tx.key.Value).Scan(&request, &seq)
	switch {
	case errors.Is(err, sqldb.ErrNoRows):
		return nil
	case err != nil:
		return err
	case request != tx.key.Request:
		return errs.New(errs.Conflict, "幂等键 %s 已用于另一项请求, 请换一个键", tx.key.Value)
	}
	return errs.New(errs.Conflict, "此操作已经办理 (账本 #%d), 请刷新查看结果", seq)
}

func (tx *Tx) keepKey(ctx context.Context, seq int64) error {
	if tx.key == nil || !tx.actor.SignedIn() || tx.key.isClaimed() {
		return nil
	}
	_, err := tx.Exec(ctx, `INSERT INTO act_key (account, key, request, seq, status, opened) VALUES ($1, $2, $3, $4, 0, $5)`,
		tx.actor.Account, tx.key.Value, tx.key.Request, seq, tx.Now().UnixMicro())
	if sqldb.IsUnique(err, "act_key") {
		return errs.New(errs.Conflict, "同一请求正在办理, 请稍候刷新查看结果")
	}
	if err != nil {
		return err
	}
	return nil
}

func (k *Key) isClaimed() bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.claimed
}

func (k *Key) claim() {
	k.mu.Lock()
	k.claimed = true
	k.mu.Unlock()
}

// Replay is the stored reply of a request that was done before.
type Replay struct {
	Seq    int64
	Status int
	Body   []byte
}

// FindReplay looks up what a key's request was answered. found is false for a new key; a reply with status 0 was
// never stored (the program stopped between the commit and the answer).
func (r *Runner) FindReplay(ctx context.Context, account string, k *Key) (replay Replay, found bool, err error) {
	err = r.db.View(ctx, func(tx *sqldb.Tx) error {
		var request string
		err := tx.QueryRow(ctx, `SELECT request, seq, status, reply FROM act_key WHERE account = $1 AND key = $2`, account, k.Value).
			Scan(&request, &replay.Seq, &replay.Status, &replay.Body)
		if errors.Is(err, sqldb.ErrNoRows) {
			return nil
		}
		if err != nil {
			return err
		}
		if request != k.Request {
			return errs.New(errs.Conflict, "幂等键 %s 已用于另一项请求, 请换一个键", k.Value)
		}
		found = true
		return nil
	})
	return replay, found, err
}

// KeepReply stores the answer, so that the same request is answered the same again.
func (r *Runner) KeepReply(ctx context.Context, account string, k *Key, status int, body []byte) error {
	return r.db.Do(ctx, func(tx *sqldb.Tx) error {
		_, err := tx.Exec(ctx, `UPDATE act_key SET status = $3, reply = $4 WHERE account = $1 AND key = $2`, account, k.Value, status, body)
		return err
	})
}
