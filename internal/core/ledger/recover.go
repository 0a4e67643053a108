package ledger

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/note"

	"yunei/internal/base/errs"
	"yunei/internal/base/seal"
	"yunei/internal/base/sqldb"
)

// Loss is what a loss statement (损失说明) says: which published entries are given up, and why. It is signed by this
// installation and by a second body, and stands in the first entry of the log's next origin.
type Loss struct {
	Origin   string    `json:"origin"`
	GoodSize uint64    `json:"good_size" doc:"Entries before this one are kept"`
	LostTo   uint64    `json:"lost_to" doc:"Entries from good_size up to here were published and are lost"`
	Head     string    `json:"head" doc:"The last published checkpoint"`
	SM3Head  string    `json:"sm3_head"`
	Reason   string    `json:"reason"`
	Stated   time.Time `json:"stated"`
}

const lossTitle = "yunei ledger loss statement (账本损失说明)"

// ActRecover is the act of the entry that a recovery begins with.
const ActRecover = "ledger.recover"

// StateLoss writes down what is lost, signed by this installation. The second body signs the same note (Cosign), then
// Recover takes it. It refuses where nothing is lost.
func (l *Log) StateLoss(ctx context.Context, reason string) (string, error) {
	if reason = strings.TrimSpace(reason); reason == "" {
		return "", errs.New(errs.Invalid, "损失说明须写明原因, 请补充后再试")
	}
	loss, err := l.loss(ctx)
	if err != nil {
		return "", err
	}
	loss.Reason, loss.Stated = reason, time.Now().UTC().Truncate(time.Second)
	text, err := json.Marshal(loss)
	if err != nil {
		return "", err
	}
	signed, err := note.Sign(&note.Note{Text: lossTitle + "\n" + string(text) + "\n"}, l.keys.LogSigner(loss.Origin))
	return string(signed), err
}

// loss compares the published head with the database.
func (l *Log) loss(ctx context.Context) (Loss, error) {
	out, ok, err := l.published()
	if err != nil {
		return Loss{}, err
	}
	nothing := errs.New(errs.Conflict, "账本没有落后于已公布的检查点, 不需要恢复; 请直接启动服务")
	if !ok {
		return Loss{}, nothing
	}
	loss := Loss{Origin: out.sha256.Origin, LostTo: out.size, Head: out.note, SM3Head: out.sm3}
	err = l.db.View(ctx, func(tx *sqldb.Tx) error {
		in, _, err := l.latest(ctx, tx)
		if err != nil {
			return damaged(err)
		}
		err = l.compare(ctx, tx, in, out)
		if err == nil {
			return nothing
		}
		if !errs.Is(err, errs.Unavailable) {
			return err
		}
		// With another history up to the same size, nobody can say where it began to differ: all of it is given up.
		if in.size < out.size {
			loss.GoodSize = in.size
		}
		return nil
	})
	return loss, err
}

// Cosign adds a second signature to a note; skey is in the form that note.GenerateKey makes ("PRIVATE+KEY+…").
func Cosign(signed, skey string) (string, error) {
	signer, err := note.NewSigner(strings.TrimSpace(skey))
	if err != nil {
		return "", errs.New(errs.Invalid, "签名私钥格式不对, 请核对文件: %w", err)
	}
	_, err = note.Open([]byte(signed), note.VerifierList())
	unverified, ok := errors.AsType[*note.UnverifiedNoteError](err)
	if !ok {
		return "", errs.New(errs.Invalid, "不是可读的损失说明, 请核对文件: %w", err)
	}
	out, err := note.Sign(unverified.Note, signer)
	return string(out), err
}

// Recover lets the log go on after a loss: under a new origin, whose first entry carries the signed statement and with
// it the last published head. signed must bear the signatures of this installation and of witness, the key of a body
// that does not operate it. What else the loss makes uncertain is settled by also, in the same transaction.
func (l *Log) Recover(ctx context.Context, signed, witness string, also ...func(ctx context.Context, tx *sqldb.Tx) error) error {
	loss, err := l.readLoss(signed, witness)
	if err != nil {
		return err
	}
	now, err := l.loss(ctx)
	if err != nil {
		return err
	}
	if now.Origin != loss.Origin || now.GoodSize != loss.GoodSize || now.LostTo != loss.LostTo || now.Head != loss.Head {
		return errs.New(errs.Conflict, "损失说明与现在的账本不符, 请重新出具说明并签署")
	}
	l.sealing.Lock()
	defer l.sealing.Unlock()
	l.mu.Lock()
	l.refusal = nil
	l.mu.Unlock()
	h, err := l.reopen(ctx, signed, witness, also)
	if err == nil {
		err = l.publish(h)
	}
	if err != nil {
		l.mu.Lock()
		l.refusal = err
		l.mu.Unlock()
	}
	return err
}

func (l *Log) readLoss(signed, witness string) (Loss, error) {
	v, err := seal.ParseVerifier(witness)
	if err != nil {
		return Loss{}, errs.New(errs.Invalid, "第二签署方的公钥格式不对, 请核对: %w", err)
	}
	loss, err := parseLoss(signed)
	if err != nil {
		return loss, errs.New(errs.Invalid, "不是可读的损失说明, 请核对文件: %w", err)
	}
	if !l.ours(loss.Origin) || v.Name() == loss.Origin {
		return loss, errs.New(errs.Forbidden, "损失说明的第二签名须由上级部门等本单位以外的一方签署")
	}
	own, err := seal.ParseVerifier(l.keys.LogKey(loss.Origin))
	if err != nil {
		return loss, err
	}
	n, err := seal.OpenNote(signed, own, v)
	if err != nil || len(n.Sigs) != 2 {
		return loss, errs.New(errs.Forbidden, "损失说明须同时有本单位和上级部门的有效签名, 请补齐签名后再试")
	}
	return loss, nil
}

func parseLoss(signed string) (loss Loss, err error) {
	text, _, _ := strings.Cut(signed, "\n\n")
	title, body, _ := strings.Cut(text, "\n")
	if title != lossTitle {
		return loss, errors.New("not a loss statement")
	}
	return loss, json.Unmarshal([]byte(body), &loss)
}

// reopen writes the first entry of the next origin and seals it, alone, in one transaction.
func (l *Log) reopen(ctx context.Context, signed, witness string, also []func(ctx context.Context, tx *sqldb.Tx) error) (h head, err error) {
	err = l.db.Do(ctx, func(tx *sqldb.Tx) error {
		if err := tx.Lock(ctx, sealLock); err != nil {
			return err
		}
		epoch, origin, err := l.origin(ctx, tx)
		if err != nil {
			return err
		}
		epoch = max(epoch, 1) + 1 // an empty database lost all of epoch 1
		origin, _, _ = strings.Cut(origin, "/epoch-")
		origin = fmt.Sprintf("%s/epoch-%d", origin, epoch)
		size, err := l.size(ctx, tx)
		if err != nil {
			return err
		}
		if err := setOrigin(ctx, tx, epoch, origin, uint64(size), signed); err != nil {
			return err
		}
		seq, err := l.Add(ctx, tx, Entry{Occurred: tx.Now().In(shanghai).Format(time.DateOnly), Act: ActRecover, Outcome: Done,
			Note: signed + "\n" + witness})
		if err != nil {
			return err
		}
		for _, settle := range also {
			if err := settle(ctx, tx); err != nil {
				return err
			}
		}
		first := leaf{index: size, seq: seq}
		if err := tx.QueryRow(ctx, `UPDATE ledger_entry SET leaf = $1 WHERE seq = $2 RETURNING body`, size, seq).Scan(&first.body); err != nil {
			return err
		}
		h, err = l.integrate(ctx, tx, origin, uint64(size), []leaf{first})
		return err
	})
	return h, err
}

var shanghai = time.FixedZone("CST", 8*60*60)

// givenUp reports whether a signed loss statement names this head.
func givenUp(ctx context.Context, tx *sqldb.Tx, out head) (bool, error) {
	statements, err := sqldb.List(ctx, tx, func(r *sqldb.Rows) (s string, err error) { return s, r.Scan(&s) },
		`SELECT loss FROM ledger_origin WHERE loss <> '' ORDER BY epoch`)
	if err != nil {
		return false, err
	}
	for _, s := range statements {
		if loss, err := parseLoss(s); err == nil && loss.Head == out.note {
			return true, nil
		}
	}
	return false, nil
}

// Witness makes a key pair for a body that cosigns: the private half in skey, the public half in vkey.
func Witness(name string) (skey, vkey string, err error) {
	return note.GenerateKey(nil, name)
}
