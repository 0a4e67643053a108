package serve

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"yunei/internal/base/errs"
	"yunei/internal/base/seal"
	"yunei/internal/base/sqldb"
	"yunei/internal/core/access"
	"yunei/internal/core/act"
	"yunei/internal/core/netlog"
	"yunei/internal/core/query"
	"yunei/internal/flow/consent"
	"yunei/internal/flow/grant"
)

// Reasons of this stage, beside those of the consent.
const (
	ReasonPermit  consent.Reason = "call.permit"  // the grant, or something above it, does not hold
	ReasonPurpose consent.Reason = "call.purpose" // made for something else than it was approved for
	ReasonQuota   consent.Reason = "call.quota"
)

const otherPurpose = "本次调用申明的场景不是获批的场景, 未调取任何数据; 请在获批的场景内调用, 或为新的用途另行申报"

// errAgain says inside the transaction that this request was answered before; it never leaves this file.
var errAgain = errors.New("serve: request was answered before")

// Call answers one question about one person (数据调用), or says why not. What it says never depends on whether the person
// is in the data.
func (s *Service) Call(ctx context.Context, ask Ask) (Answer, error) {
	begun := time.Now()
	answer, err := s.call(ctx, ask)
	s.Pace.wait(ctx, begun)
	s.metered(ctx, ask.Deployment, answer, err, time.Since(begun))
	return answer, err
}

func (s *Service) call(ctx context.Context, ask Ask) (Answer, error) {
	if err := s.Acts.Ledger().Ready(); err != nil {
		return Answer{}, err
	}
	if err := ask.check(); err != nil {
		return Answer{}, err
	}
	t, err := s.prepare(ctx, ask)
	if err != nil {
		return Answer{}, err
	}
	answer, err := s.first(ctx, t)
	if errors.Is(err, errAgain) {
		return s.again(ctx, t)
	}
	return answer, err
}

// ticket is a call with everything about it that needs no transaction: documents examined, numbers turned into
// pseudonyms, cryptography done.
type ticket struct {
	ask    Ask
	sid    string
	body   string
	handed consent.Handed
}

func (s *Service) prepare(ctx context.Context, ask Ask) (ticket, error) {
	t := ticket{ask: ask, handed: consent.Handed{ID: ask.Consent}}
	var err error
	if t.sid, err = s.consents.SubjectID(ask.Subject); err != nil {
		return t, err
	}
	raw, err := json.Marshal(ask)
	if err != nil {
		return t, fmt.Errorf("encode call: %w", err)
	}
	t.body = hex.EncodeToString(seal.MAC(s.digests, raw))
	if ask.Document == nil {
		return t, nil
	}
	var now time.Time
	if err := s.Acts.View(ctx, func(tx *sqldb.Tx) error { now = tx.Now(); return nil }); err != nil {
		return t, err
	}
	proof, err := s.consents.Examine(ctx, *ask.Document, now)
	t.handed = consent.Handed{Proof: &proof}
	return t, err
}

// first is a call seen for the first time: one act, one transaction, one entry.
func (s *Service) first(ctx context.Context, t ticket) (Answer, error) {
	var answer Answer
	receipt, err := s.Acts.Do(ctx, act.Call{Act: ActCall}, func(ctx context.Context, tx *act.Tx) error {
		if _, found, err := callByRequest(ctx, tx.Tx, tx.Actor().Org, t.ask.Request); err != nil {
			return err
		} else if found {
			return errAgain
		}
		d, p, err := s.deployed(ctx, tx, t)
		if err != nil {
			return err
		}
		c, err := s.allowed(ctx, tx, t, d, p, false)
		if err != nil {
			return err
		}
		use, err := s.reserve(ctx, tx, t, d, p, c)
		if err != nil {
			return err
		}
		// From here on nothing refuses: rows are read.
		answer, err = s.answer(ctx, tx, t, d, p, c, use)
		return err
	})
	answer.Receipt = receipt.Seq
	if err != nil {
		return Answer{}, err
	}
	return answer, nil
}

// deployed finds the caller's deployment; another's is answered like one that does not exist.
func (s *Service) deployed(ctx context.Context, tx *act.Tx, t ticket) (Deployment, *program, error) {
	d, err := loadDeployment(ctx, tx.Tx, t.ask.Deployment)
	if err == nil && d.Org != tx.Actor().Org {
		err = errNoDeployment()
	}
	if err != nil {
		return Deployment{}, nil, err
	}
	netlog.Of(ctx).System = d.ID // known by now: what a caller wrote in its place is not kept
	if d.State != Open {
		return d, nil, errs.New(errs.Forbidden, "这个数据服务已经停用, 未调取任何数据; 请重新部署后再调用")
	}
	p, err := s.program(d, t.ask.Params)
	return d, p, err
}

// allowed decides permit, purpose and consent, in this order, and lets the regime judge what was found. The caller is told
// the first that failed, and every article that forbids the call.
func (s *Service) allowed(ctx context.Context, tx *act.Tx, t ticket, d Deployment, p *program, replay bool) (consent.Consent, error) {
	permit := access.Valid(ctx, tx.Tx, d.Permit, tx.Day())
	if permit != nil && errs.CodeOf(permit) == errs.Internal {
		return consent.Consent{}, permit
	}
	c, refusal, err := s.consents.DecideTx(ctx, tx, t.handed, consent.Asked{
		SID: t.sid, Org: d.Org, Partner: d.Partner, Scenario: d.Scenario, Fields: p.fields, Sensitive: d.Sensitive, Outputs: p.outputs,
	})
	if err != nil {
		return c, err
	}
	if replay && refusal.Reason == consent.UsedUp {
		refusal = consent.Refusal{} // the request that is repeated took that use
	}
	if refusal.Reason == "" && c.Terms.OfPlan() {
		plan, err := planOf(ctx, tx.Tx, d)
		if err != nil {
			return c, err
		}
		refusal.Reason = c.Terms.CheckPlan(plan)
	}
	verified := refusal.Reason
	switch {
	case permit != nil:
		refusal = consent.Refusal{Reason: ReasonPermit, Says: sentence(permit) + "; 未调取任何数据"}
	case t.ask.Scenario != d.Scenario:
		refusal = consent.Refusal{Reason: ReasonPurpose, Says: otherPurpose}
	}
	facts := map[string]any{"call.purpose": t.ask.Scenario, "grant.purpose": d.Scenario, "grant.in_force": permit == nil}
	if permit == nil {
		facts["org.admitted"] = true // every permit descends from the admission's; known here, it need not be loaded again
	}
	if err := training(ctx, tx, d, facts); err != nil {
		return c, err
	}
	return c, consent.Judge(ctx, tx, ActCall, map[string]string{"org": d.Org, "grant": d.Grant}, verified, refusal, facts)
}

// planOf is the development plan a deployment was approved with, as far as it speaks of documents.
func planOf(ctx context.Context, tx *sqldb.Tx, d Deployment) (consent.Plan, error) {
	g, err := grant.LoadGrant(ctx, tx, d.Grant)
	if errs.Is(err, errs.NotFound) {
		return consent.Plan{}, nil
	}
	if err != nil {
		return consent.Plan{}, err
	}
	declared, err := grant.LoadDeclaration(ctx, tx, g.Declaration)
	return consent.Plan{ID: declared.ID, Paper: declared.Papers.OnPaper()}, err
}

func sentence(err error) string {
	if e, ok := errors.AsType[*errs.Error](err); ok {
		return e.Msg
	}
	return err.Error()
}

// reserve takes the counted use, the day's quota and the precision the answer will tell, before any row is read and
// whatever the rows will say.
func (s *Service) reserve(ctx context.Context, tx *act.Tx, t ticket, d Deployment, p *program, c consent.Consent) (int64, error) {
	use, refusal, err := s.consents.UseTx(ctx, tx, c)
	if err != nil {
		return 0, err
	}
	if refusal.Reason != "" {
		return 0, refusal.Err()
	}
	ok, err := takeDaily(ctx, tx.Tx, d, tx.Day())
	if err != nil {
		return 0, err
	}
	if !ok {
		return 0, consent.Refusal{Reason: ReasonQuota, Says: fmt.Sprintf("今日调用次数已达上限 (%d 次), 未调取任何数据; 请明日再试或申请调整额度", d.Daily)}.Err()
	}
	return use, s.chargePrecision(ctx, tx, t.sid, d, p)
}

// answer reads the subject's rows and answers. A fault in here must not tell anything about a person: it is logged, and
// the answer is that of no record.
func (s *Service) answer(ctx context.Context, tx *act.Tx, t ticket, d Deployment, p *program, c consent.Consent, use int64) (Answer, error) {
	data, snapshots, err := s.rows(ctx, tx.Tx, p.model, t.sid)
	if err != nil {
		return Answer{}, err
	}
	call := Call{ID: tx.NewID("cal"), Org: d.Org, Account: tx.Actor().Account, Deployment: d.ID, Scenario: d.Scenario, Request: t.ask.Request,
		Body: t.body, Consent: c.ID, Use: use, SID: t.sid, Params: t.ask.Params, Fields: p.fields, Outputs: p.outputs, Snapshots: snapshots, At: tx.Now()}
	var values []query.Value
	if got, err := p.run.Subject(t.sid, data); err != nil {
		slog.ErrorContext(ctx, "model failed on one subject", "deployment", d.ID, "call", call.ID, "err", err)
	} else {
		values = got.Values
	}
	answer := Answer{Call: call.ID, Request: t.ask.Request, Outputs: shape(p.model, values), Snapshots: snapshots, Consent: c.ID,
		Use: use, MaxUses: c.Terms.MaxUses, At: call.At}
	return answer, s.keep(ctx, tx, call, answer)
}

// keep stores the call with a salted digest of the answer, and the sealed answer for a repeated request.
func (s *Service) keep(ctx context.Context, tx *act.Tx, c Call, a Answer) error {
	raw, err := json.Marshal(a)
	if err != nil {
		return fmt.Errorf("encode answer: %w", err)
	}
	random := make([]byte, 32+s.box.NonceSize())
	rand.Read(random)
	salt, nonce := random[:32], random[32:]
	c.Answer = hex.EncodeToString(seal.MAC(salt, raw))
	if err := dropReplays(ctx, tx.Tx, c.Org, tx.Now().Add(-replayFor)); err != nil {
		return err
	}
	if err := insertCall(ctx, tx.Tx, c, salt, s.box.Seal(nonce, nonce, raw, []byte(c.ID))); err != nil {
		return err
	}
	return tx.Changed(ctx, "call", c.ID, c)
}

// again answers a repeated request the same, once every check has been made anew.
func (s *Service) again(ctx context.Context, t ticket) (Answer, error) {
	var answer Answer
	receipt, err := s.Acts.Do(ctx, act.Call{Act: ActReplay}, func(ctx context.Context, tx *act.Tx) error {
		earlier, found, err := callByRequest(ctx, tx.Tx, tx.Actor().Org, t.ask.Request)
		if err != nil {
			return err
		}
		if !found || earlier.Body != t.body {
			return errs.New(errs.Conflict, "request_id 已用于另一次调用, 请为每次调用生成新的 request_id")
		}
		d, p, err := s.deployed(ctx, tx, t)
		if err != nil {
			return err
		}
		if _, err := s.allowed(ctx, tx, t, d, p, true); err != nil {
			return err
		}
		kept, err := loadReplay(ctx, tx.Tx, earlier.ID)
		if err != nil {
			return err
		}
		if len(kept) == 0 || tx.Now().Sub(earlier.At) >= replayFor {
			return errs.New(errs.Conflict, "这次调用已超过 %d 分钟, 不能再取同一结果, 请用新的 request_id 重新调用", replayFor/time.Minute)
		}
		answer, err = s.openReplay(earlier.ID, kept)
		return err
	})
	if err != nil {
		return Answer{}, err
	}
	answer.Receipt, answer.Replayed = receipt.Seq, true
	return answer, nil
}

func (s *Service) openReplay(id string, kept []byte) (Answer, error) {
	var a Answer
	n := s.box.NonceSize()
	if len(kept) < n {
		return a, fmt.Errorf("kept answer of call %s is too short", id)
	}
	raw, err := s.box.Open(nil, kept[:n], kept[n:], []byte(id))
	if err != nil {
		return a, fmt.Errorf("open kept answer of call %s: %w", id, err)
	}
	return a, json.Unmarshal(raw, &a)
}
