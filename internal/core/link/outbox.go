package link

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strconv"
	"strings"
	"time"

	"yunei/internal/base/errs"
	"yunei/internal/base/sqldb"
	"yunei/internal/core/access"
	"yunei/internal/core/act"
	"yunei/internal/core/notice"
)

// valueUp names the kinds of record that the law in force sends to the node above (设定交换的记录).
const valueUp = "exchange.up"

func digest(content []byte) string {
	sum := sha256.Sum256(content)
	return "sha256:" + hex.EncodeToString(sum[:])
}

// exchanged reports whether the law in force on a day sends records of a kind upward.
func exchanged(ctx context.Context, tx *act.Tx, kind string) (bool, error) {
	v, err := tx.Law().Value(valueUp, tx.Day())
	if errs.Is(err, errs.NotFound) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	return slices.Contains(strings.FieldsFunc(v.Text, func(r rune) bool { return r == ',' || r == ' ' }), kind), nil
}

// Publish writes a letter about a completed record to every node above, where the law in force exchanges its kind. It is part of
// the act: what is rolled back was told to nobody.
func Publish(ctx context.Context, tx *act.Tx, kind, object string, content any) error {
	ok, err := exchanged(ctx, tx, kind)
	if err != nil || !ok {
		return err
	}
	peers, err := listPeers(ctx, tx.Tx)
	if err != nil {
		return err
	}
	for _, p := range peers {
		if p.Side == Upper && p.State != Ended {
			if err := write(ctx, tx, p.Node, kind, object, content); err != nil {
				return err
			}
		}
	}
	return nil
}

// Reply writes a letter to the node that a record came from.
func Reply(ctx context.Context, tx *act.Tx, node, kind, object string, content any) error {
	if _, err := standing(ctx, tx.Tx, node); err != nil {
		return err
	}
	return write(ctx, tx, node, kind, object, content)
}

func write(ctx context.Context, tx *act.Tx, node, kind, object string, content any) error {
	body, err := json.Marshal(content)
	if err != nil {
		return fmt.Errorf("encode letter about %s: %w", object, err)
	}
	if err := tx.Lock(ctx, "link "+node); err != nil {
		return err
	}
	last, err := lastOut(ctx, tx.Tx, node)
	if err != nil {
		return err
	}
	o := Outgoing{ID: tx.NewID("ltr"), Node: node, Seq: last + 1, Kind: kind, Object: object, State: Waiting, Next: tx.Now(), Opened: tx.Now(),
		Changed: tx.Now(), Digest: digest(body), content: string(body)}
	if err := insertOutgoing(ctx, tx.Tx, o); err != nil {
		return fmt.Errorf("write letter about %s: %w", object, err)
	}
	return tx.Changed(ctx, "letter-out", o.ID, o)
}

func keepOutgoing(ctx context.Context, tx *act.Tx, o Outgoing) error {
	o.Changed = tx.Now()
	if err := saveOutgoing(ctx, tx.Tx, o); err != nil {
		return err
	}
	return tx.Changed(ctx, "letter-out", o.ID, o)
}

const (
	breath  = 30 * time.Second // between two pulses of a link that stands
	tickLen = 2 * time.Second
)

// Run carries letters until ctx ends.
func (s *Service) Run(ctx context.Context) {
	tick := time.NewTicker(tickLen)
	defer tick.Stop()
	for {
		if err := s.Look(ctx); err != nil && ctx.Err() == nil {
			slog.ErrorContext(ctx, "carry letters", "err", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// Look carries what is due and judges every link once. A node that cannot be reached holds up no other.
func (s *Service) Look(ctx context.Context) error {
	s.looking.Lock()
	defer s.looking.Unlock()
	ctx = access.With(ctx, access.System())
	var peers []Peer
	err := s.db.View(ctx, func(tx *sqldb.Tx) (err error) {
		peers, err = listPeers(ctx, tx)
		return err
	})
	for _, p := range peers {
		if p.State == Active {
			err = errors.Join(err, s.tend(ctx, p))
		}
	}
	return err
}

// tend lets one link breathe, carries its letters, and notes its loss or recovery.
func (s *Service) tend(ctx context.Context, p Peer) error {
	stands, err := s.breathe(ctx, p)
	for err == nil && stands {
		var more bool
		if more, err = s.carryNext(ctx, p); !more {
			break
		}
	}
	return errors.Join(err, s.judgeLink(ctx, p))
}

// breathe sends a pulse where one is due. It reports whether letters may be tried: a link that failed last must answer a pulse
// first, so that a broken one fills no ledger.
func (s *Service) breathe(ctx context.Context, p Peer) (stands bool, err error) {
	var turn int64
	err = s.db.Do(ctx, func(tx *sqldb.Tx) error {
		turn, stands = 0, false
		life, err := loadPulse(ctx, tx, p.Node)
		if err != nil {
			return err
		}
		due := life.tried.Add(breath)
		if life.failures > 0 {
			due = life.tried.Add(wait(int(life.failures)))
		}
		if tx.Now().Before(due) {
			stands = life.failures == 0
			return nil
		}
		turn, err = nextTurn(ctx, tx, p.Node)
		return err
	})
	if err != nil || turn == 0 {
		return stands, err
	}
	_, failed := s.carry(ctx, p, Letter{From: s.signer.node, To: p.Node, Turn: turn, Kind: Pulse})
	return failed == nil, s.note(ctx, p.Node, failed)
}

// note keeps what a request showed of the link.
func (s *Service) note(ctx context.Context, node string, failed error) error {
	return s.db.Do(ctx, func(tx *sqldb.Tx) error {
		if failed == nil {
			return heard(ctx, tx, node)
		}
		f, _ := errors.AsType[*refusal](failed)
		last := int64(0)
		if f != nil {
			last = f.Last
		}
		return unheard(ctx, tx, node, failed.Error(), last)
	})
}

// carryNext carries the foremost letter: start act, request, finish act. more is false when nothing is due or it failed.
func (s *Service) carryNext(ctx context.Context, p Peer) (more bool, err error) {
	var o Outgoing
	var turn int64
	due := false
	err = s.db.View(ctx, func(tx *sqldb.Tx) error {
		o, err = foremost(ctx, tx, p.Node)
		if errors.Is(err, sqldb.ErrNoRows) {
			return nil
		}
		due = err == nil && !tx.Now().Before(o.Next)
		return err
	})
	if err != nil || !due {
		return false, err
	}
	start, err := s.acts.Do(ctx, act.Call{Act: "link.send"}, func(ctx context.Context, tx *act.Tx) (err error) {
		if err := tx.Lock(ctx, "link "+p.Node); err != nil {
			return err
		}
		if o, err = loadOutgoing(ctx, tx.Tx, o.ID); err != nil {
			return err
		}
		if o.State != Waiting || tx.Now().Before(o.Next) {
			return errTaken
		}
		if turn, err = nextTurn(ctx, tx.Tx, p.Node); err != nil {
			return err
		}
		// Until then no other process tries it; a request gives up before that.
		o.Attempts, o.Next = o.Attempts+1, tx.Now().Add(max(wait(o.Attempts+1), time.Minute))
		return keepOutgoing(ctx, tx, o)
	})
	if errors.Is(err, errTaken) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	answer, failed := s.carry(ctx, p, Letter{ID: o.ID, From: s.signer.node, To: p.Node, Turn: turn, Seq: o.Seq, Kind: o.Kind, Object: o.Object,
		Written: o.Opened, Content: json.RawMessage(o.content)})
	if err := s.note(ctx, p.Node, failed); err != nil {
		return false, err
	}
	if err := s.settle(ctx, start.Seq, p, o.ID, answer, failed); err != nil {
		return false, err
	}
	if f, ok := errors.AsType[*refusal](failed); ok && f.Expect > 0 && f.Expect < o.Seq {
		return true, s.rewind(ctx, p.Node, f.Expect)
	}
	return failed == nil, nil
}

var errTaken = errors.New("another process carries this letter")

func (s *Service) settle(ctx context.Context, start int64, p Peer, id string, answer Answer, failed error) error {
	_, err := s.acts.Do(ctx, act.Call{Act: "link.settle", Start: start}, func(ctx context.Context, tx *act.Tx) error {
		o, err := loadOutgoing(ctx, tx.Tx, id)
		if err != nil {
			return err
		}
		if failed != nil {
			o.Fault, o.Next = failed.Error(), tx.Now().Add(wait(o.Attempts))
			return keepOutgoing(ctx, tx, o)
		}
		o.State, o.Answer, o.Fault = answer.Result, &answer, ""
		if err := keepOutgoing(ctx, tx, o); err != nil || o.State == Accepted {
			return err
		}
		return notice.Send(ctx, tx, notice.Message{Kind: notice.LetterRefused, ObjectKind: "peer", Object: p.ID,
			Params: map[string]string{"node": p.Name, "number": strconv.FormatInt(o.Seq, 10), "words": answer.Words}, Mark: "refused:" + o.ID},
			access.RoleAddress(access.Bureau))
	})
	return err
}

// rewind makes letters waiting again that the other node says it does not have: it was restored from an older backup.
func (s *Service) rewind(ctx context.Context, node string, from int64) error {
	_, err := s.acts.Do(ctx, act.Call{Act: "link.rewind"}, func(ctx context.Context, tx *act.Tx) error {
		lost, err := answeredSince(ctx, tx.Tx, node, from)
		if err != nil {
			return err
		}
		for _, o := range lost {
			o.State, o.Next, o.Answer = Waiting, tx.Now(), nil
			if err := keepOutgoing(ctx, tx, o); err != nil {
				return err
			}
		}
		return nil
	})
	return err
}

// judgeLink tells the bureau that a link is lost, and that it is back.
func (s *Service) judgeLink(ctx context.Context, p Peer) error {
	var lost, back bool
	err := s.db.View(ctx, func(tx *sqldb.Tx) error {
		lost, back = false, false
		now, err := loadPeer(ctx, tx, p.ID)
		if err != nil || now.State != Active {
			return err
		}
		life, err := loadPulse(ctx, tx, p.Node)
		if err != nil {
			return err
		}
		since := life.heard
		if since.Before(now.Changed) {
			since = now.Changed
		}
		silent := tx.Now().Sub(since) > time.Duration(now.Within)*time.Minute
		lost, back = silent && now.Lost == nil, !silent && now.Lost != nil && life.failures == 0 && life.heard.After(*now.Lost)
		p = now
		return nil
	})
	switch {
	case err != nil:
		return err
	case lost:
		return s.setLost(ctx, "link.peer.lose", p, notice.LinkLost)
	case back:
		return s.setLost(ctx, "link.peer.recover", p, notice.LinkBack)
	}
	return nil
}

func (s *Service) setLost(ctx context.Context, name string, p Peer, kind notice.MessageKind) error {
	_, err := s.acts.Do(ctx, act.Call{Act: name}, func(ctx context.Context, tx *act.Tx) (err error) {
		if p, err = loadPeer(ctx, tx.Tx, p.ID); err != nil {
			return err
		}
		now := tx.Now()
		if p.Lost = nil; kind == notice.LinkLost {
			p.Lost = &now
		}
		waiting, err := countWaiting(ctx, tx.Tx, p.Node)
		if err != nil {
			return err
		}
		if err := keepPeer(ctx, tx, p); err != nil {
			return err
		}
		return notice.Send(ctx, tx, notice.Message{Kind: kind, ObjectKind: "peer", Object: p.ID,
			Params: map[string]string{"node": p.Name, "minutes": strconv.Itoa(p.Within), "waiting": strconv.FormatInt(waiting, 10)}},
			access.RoleAddress(access.Bureau))
	})
	return err
}
