package link

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"

	"yunei/internal/base/errs"
	"yunei/internal/base/sqldb"
	"yunei/internal/core/access"
	"yunei/internal/core/act"
)

// ServeHTTP takes letters. Who is not joined gets a bare 401: nothing is signed for a stranger.
func (s *Service) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	ctx := access.With(r.Context(), access.System())
	raw, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxLetter))
	if err != nil {
		http.Error(w, "letter too large", http.StatusRequestEntityTooLarge)
		return
	}
	r.Body = io.NopCloser(bytes.NewReader(raw))
	node, err := verifyRequest(r, s.cardOf)
	if err != nil {
		slog.WarnContext(ctx, "letter not taken", "why", err)
		http.Error(w, "not signed by a joined node", http.StatusUnauthorized)
		return
	}
	status, body, err := s.take(ctx, node, raw)
	if err != nil {
		slog.ErrorContext(ctx, "take letter", "node", node, "err", err)
		http.Error(w, "unavailable", http.StatusServiceUnavailable)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	if err := s.signer.response(w.Header(), status, body); err != nil {
		slog.ErrorContext(ctx, "sign answer", "err", err)
		http.Error(w, "unavailable", http.StatusServiceUnavailable)
		return
	}
	w.WriteHeader(status)
	_, _ = w.Write(body)
}

// cardOf finds the pinned card of a node. A suspended one still speaks, to be told so.
func (s *Service) cardOf(ctx context.Context, node string) (card Card, err error) {
	err = s.db.View(ctx, func(tx *sqldb.Tx) error {
		p, err := standing(ctx, tx, node)
		card = p.Card
		return err
	})
	return card, err
}

// take answers one verified request.
func (s *Service) take(ctx context.Context, node string, raw []byte) (status int, body []byte, err error) {
	var l Letter
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&l); err != nil {
		return faulty(http.StatusBadRequest, fault{Words: "报文格式有误, 请核对双方的程序版本"})
	}
	if l.From != node || l.To != s.signer.node {
		return faulty(http.StatusBadRequest, fault{Turn: l.Turn, Words: "报文不是由签名的节点发给本节点的"})
	}
	var p Peer
	var fresh bool
	var last int64
	err = s.db.Do(ctx, func(tx *sqldb.Tx) (err error) {
		if p, err = standing(ctx, tx, node); err != nil {
			return err
		}
		fresh, last, err = takeTurn(ctx, tx, node, l.Turn)
		return err
	})
	switch {
	case err != nil:
		return 0, nil, err
	case !fresh:
		return faulty(http.StatusConflict, fault{Turn: l.Turn, Words: "这次请求已经用过, 不重复接收", Last: last})
	case p.State == Suspended:
		return faulty(http.StatusForbidden, fault{Turn: l.Turn, Words: "本节点已暂停互联: " + p.Reason})
	case l.Kind == Pulse:
		return answered(Answer{Turn: l.Turn, Result: Accepted})
	}
	return s.receive(ctx, p, l)
}

func answered(a Answer) (int, []byte, error) {
	body, err := json.Marshal(a)
	return http.StatusOK, body, err
}

func faulty(status int, f fault) (int, []byte, error) {
	body, err := json.Marshal(f)
	return status, body, err
}

// receive takes a letter once and in order.
func (s *Service) receive(ctx context.Context, p Peer, l Letter) (int, []byte, error) {
	var known Incoming
	var last int64
	err := s.db.View(ctx, func(tx *sqldb.Tx) (err error) {
		if last, err = lastIn(ctx, tx, p.Node); err != nil || l.Seq > last {
			return err
		}
		known, err = received(ctx, tx, p.Node, l.Seq)
		return err
	})
	switch {
	case err != nil && !errors.Is(err, sqldb.ErrNoRows):
		return 0, nil, err
	case known.ID != "" && known.Letter == l.ID && known.Digest == digest(l.Content):
		known.Answer.Turn = l.Turn
		return answered(known.Answer)
	case l.Seq != last+1:
		return faulty(http.StatusConflict, fault{Turn: l.Turn, Words: fmt.Sprintf("报文次序不符, 应为第 %d 件", last+1), Expect: last + 1})
	}
	in, err := s.accept(ctx, "link.receive", p, l, s.handlers[l.Kind])
	if refused, ok := errors.AsType[*errs.Error](err); ok && final(refused.Code) {
		in, err = s.accept(ctx, "link.refuse", p, l, handling{p.Side, func(context.Context, *act.Tx, Peer, Letter) error { return nil }}, words(refused))
	}
	if errors.Is(err, errOrder) {
		return faulty(http.StatusConflict, fault{Turn: l.Turn, Words: "报文次序已变, 请重新报送", Expect: last + 1})
	}
	if err != nil {
		return 0, nil, err
	}
	in.Answer.Turn = l.Turn
	return answered(in.Answer)
}

var errOrder = errors.New("letters came at the same time")

// final tells a refusal that another attempt would not change from a failure of our own.
func final(c errs.Code) bool {
	switch c {
	case errs.Internal, errs.Unavailable, errs.Unauthenticated:
		return false
	}
	return true
}

// words are what the other bureau is told: the sentence, and the articles it rests on.
func words(e *errs.Error) string {
	text := e.Msg
	for _, c := range e.Cites {
		text += fmt.Sprintf(" [%s %s: %s]", c.Law, c.Article, c.Message)
	}
	return text
}

// accept is the act of receiving a letter, or of refusing it where words say why.
func (s *Service) accept(ctx context.Context, name string, p Peer, l Letter, h handling, why ...string) (in Incoming, err error) {
	_, err = s.acts.Do(ctx, act.Call{Act: name}, func(ctx context.Context, tx *act.Tx) error {
		if err := tx.Lock(ctx, "link in "+p.Node); err != nil {
			return err
		}
		last, err := lastIn(ctx, tx.Tx, p.Node)
		if err != nil {
			return err
		}
		if l.Seq != last+1 {
			return errOrder
		}
		if h.from != p.Side {
			return errs.New(errs.Invalid, "本节点不接收这一类报文 (%s), 请核对双方设定交换的记录", l.Kind)
		}
		in = Incoming{ID: tx.NewID("lin"), Node: p.Node, Seq: l.Seq, Letter: l.ID, Kind: l.Kind, Object: l.Object, Written: l.Written,
			Digest: digest(l.Content), Content: l.Content,
			Answer: Answer{Letter: l.ID, Result: Accepted, Number: fmt.Sprintf("收%d-%05d", tx.Day().Year(), l.Seq), At: tx.Now()}}
		if len(why) > 0 {
			in.Answer.Result, in.Answer.Words = Refused, why[0]
		}
		if h.do != nil {
			if err := h.do(ctx, tx, p, l); err != nil {
				return err
			}
		}
		if err := insertIncoming(ctx, tx.Tx, in); err != nil {
			return err
		}
		return tx.Changed(ctx, "letter-in", in.ID, in)
	})
	return in, err
}
