package consent

import (
	"context"
	"crypto/cipher"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"strings"
	"time"

	"github.com/emmansun/gmsm/sm4"

	"yunei/internal/base/errs"
	"yunei/internal/base/seal"
	"yunei/internal/base/sqldb"
	"yunei/internal/core/access"
	"yunei/internal/core/act"
	"yunei/internal/core/regime"
	"yunei/internal/flow/collect"
)

// The acts of this package.
const (
	ActSubmit   = "consent.submit"
	ActWithdraw = "consent.withdraw"
	ActEnd      = "consent.end"
	ActErase    = "consent.erase"
	ActDraw     = "consent.draw"
	ActCheck    = "consent.check"
)

// clockSkew is how far a signing device's clock may run ahead of ours.
const clockSkew = 5 * time.Minute

// Service keeps documents and decides what they carry.
type Service struct {
	Acts     *act.Runner
	anchor   *seal.Anchor
	subjects *collect.Sealer
	digests  []byte
	box      cipher.AEAD
	onClose  []func(ctx context.Context, tx *act.Tx, c Consent) error
}

// OnClose adds what a later stage must do in the very transaction that withdraws or ends a consent, such as purging
// answers kept for a retried call.
func (s *Service) OnClose(hook func(ctx context.Context, tx *act.Tx, c Consent) error) {
	s.onClose = append(s.onClose, hook)
}

// New defines the acts and registers the objects and facts of this package.
func New(acts *act.Runner, keys *seal.Keys, subjects *collect.Sealer) *Service {
	acts.Define(
		act.Def{Name: ActSubmit, Roles: []access.Role{access.DataUser, access.Subject}},
		act.Def{Name: ActWithdraw, Roles: []access.Role{access.Subject}},
		act.Def{Name: ActEnd, Roles: []access.Role{access.DataUser}},
		act.Def{Name: ActErase, Roles: []access.Role{access.Operator, access.Platform}},
		act.Def{Name: ActDraw, Roles: []access.Role{access.Operator}},
		act.Def{Name: ActCheck, Roles: []access.Role{access.Operator}},
	)
	acts.Ledger().Register("consent", func(ctx context.Context, tx *sqldb.Tx, id string) (any, error) { return Load(ctx, tx, id) })
	acts.Ledger().Register("consent-template", func(ctx context.Context, tx *sqldb.Tx, id string) (any, error) { return loadOwn(ctx, tx, id) })
	acts.Ledger().Register("consent-draw", func(ctx context.Context, tx *sqldb.Tx, id string) (any, error) {
		d, _, err := loadDraw(ctx, tx, id)
		return d, err
	})
	acts.Ledger().Register("consent-check", func(ctx context.Context, tx *sqldb.Tx, id string) (any, error) {
		draw, of, _ := strings.Cut(id, "/")
		return loadSpot(ctx, tx, draw, of)
	})
	acts.Law().RegisterFact(Facts()...)
	acts.Law().RegisterFact(regime.Fact{Name: "consent.keep_until", Type: regime.Day, Load: kept(acts.Law())})
	block, err := sm4.NewCipher(keys.Derive("consent.document")[:16])
	if err != nil {
		panic("consent: sm4 key: " + err.Error()) // sixteen bytes are always a key
	}
	box, err := cipher.NewGCM(block)
	if err != nil {
		panic("consent: gcm: " + err.Error())
	}
	return &Service{Acts: acts, anchor: keys.Anchor(), subjects: subjects, digests: keys.Derive("consent.digest"), box: box}
}

// Facts are what a rule may look at. Only a call knows what its document said, so it passes them when it is judged.
func Facts() []regime.Fact {
	return []regime.Fact{
		{Name: "consent.verified", Object: "consent", Type: regime.Bool},
		{Name: "consent.reason", Object: "consent", Type: regime.String},
	}
}

// Proof is what examining a handed-in document found: either a refusal, or whose it is and what it allows. It depends on
// the document and the time alone, so it is made before any transaction.
type Proof struct {
	Refusal Refusal
	SID     string
	Terms   Terms
	Digest  string
	signed  Signed
}

// Examine verifies a document by itself: shape, that everything was told, template, signature, certificate chain at
// the time of signing, and that the signer is the person it is about.
func (s *Service) Examine(ctx context.Context, signed Signed, now time.Time) (Proof, error) {
	refuse := func(r Reason, detail string) (Proof, error) {
		return Proof{Refusal: Refusal{Reason: r, Detail: detail}}, nil
	}
	d, err := Parse([]byte(signed.Document))
	if err != nil || hidden(signed.Document) {
		return refuse(Shape, "")
	}
	if gaps := d.missing(); len(gaps) > 0 {
		return refuse(Untold, strings.Join(gaps, "、"))
	}
	if d.SignedAt.After(now.Add(clockSkew)) {
		return refuse(SignedLater, "")
	}
	// 电子签名法 and the reference order: the certificate must have been valid when it signed, not when it is shown.
	signer, err := s.anchor.VerifySigned([]byte(signed.Certificate), []byte(signed.Document), signed.Signature, d.SignedAt)
	switch {
	case errors.Is(err, seal.ErrNotTrusted) || errors.Is(err, seal.ErrExpired):
		return refuse(Certificate, "")
	case err != nil:
		return refuse(Signature, "")
	}
	sid, err := s.subjects.SID(collect.KindPerson, d.Subject.IDNumber)
	if err != nil {
		return refuse(Untold, "信息主体正确的身份号码")
	}
	signerSID, err := s.subjects.SID(collect.KindPerson, signer.IDNumber)
	if err != nil || signerSID != sid || signer.Name != d.Subject.Name {
		return refuse(Signer, "")
	}
	if !signed.scanned(d) {
		return refuse(Scan, "")
	}
	f, ok, err := s.form(ctx, d.Template)
	if err != nil {
		return Proof{}, err
	}
	if !ok || !f.fits(d) {
		return refuse(Template, "")
	}
	return Proof{SID: sid, Terms: d.Terms, Digest: s.digest([]byte(signed.Document)), signed: signed}, nil
}

// SubjectID is the pseudonym of the person a caller names by identity number.
func (s *Service) SubjectID(idNumber string) (string, error) {
	sid, err := s.subjects.SID(collect.KindPerson, idNumber)
	if err != nil {
		return "", &errs.Error{Code: errs.Invalid, Msg: "被查询人的身份号码不正确, 请核对后重试",
			Spots: []errs.Spot{{Where: "subject", Message: "身份号码不正确"}}}
	}
	return sid, nil
}

// Submit hands in a document (提交授权文件) ahead of any call. Only a body it names, or the person, may hand it in.
func (s *Service) Submit(ctx context.Context, signed Signed) (Consent, error) {
	now := time.Time{}
	err := s.Acts.View(ctx, func(tx *sqldb.Tx) error { now = tx.Now(); return nil })
	if err != nil {
		return Consent{}, err
	}
	proof, err := s.Examine(ctx, signed, now)
	if err != nil {
		return Consent{}, err
	}
	var c Consent
	_, err = s.Acts.Do(ctx, act.Call{Act: ActSubmit}, func(ctx context.Context, tx *act.Tx) error {
		refusal := proof.Refusal
		if refusal.Reason == "" {
			actor := tx.Actor()
			if !proof.Terms.names(actor.Org) && actor.SID != proof.SID {
				refusal = Refusal{Reason: NotRecipient}
			}
		}
		var err error
		if refusal.Reason == "" {
			if c, refusal, err = s.ReceiveTx(ctx, tx, proof); err != nil {
				return err
			}
		}
		return Judge(ctx, tx, ActSubmit, map[string]string{"org": tx.Actor().Org, "consent": c.ID}, refusal.Reason, refusal, nil)
	})
	return c, err
}

// Judge asks the regime about an act under a document, and refuses by itself where no rule did: a document that does not
// carry the act never leads to data. facts are further facts of the act.
func Judge(ctx context.Context, tx *act.Tx, name string, objects map[string]string, verified Reason, refusal Refusal, facts map[string]any) error {
	extra := map[string]any{"consent.verified": verified == "", "consent.reason": string(verified)}
	maps.Copy(extra, facts)
	err := tx.JudgeAs(ctx, name, objects, extra)
	if refusal.Reason == "" {
		return err
	}
	if e, ok := errors.AsType[*errs.Error](err); ok && e.Code == errs.Unlawful {
		return refusal.onto(e)
	}
	if err != nil {
		return err
	}
	return refusal.Err()
}

// ReceiveTx stores a proven document inside another act. The same document handed in again is the one already stored; a
// number that another document of the person took is a replay.
func (s *Service) ReceiveTx(ctx context.Context, tx *act.Tx, p Proof) (Consent, Refusal, error) {
	if p.Refusal.Reason != "" {
		return Consent{}, p.Refusal, nil
	}
	c, found, err := byNumber(ctx, tx.Tx, p.SID, p.Terms.Number)
	switch {
	case err != nil:
		return c, Refusal{}, err
	case found && c.Digest != p.Digest:
		return Consent{}, Refusal{Reason: Replayed}, nil
	case found:
		return c, Refusal{}, nil
	}
	c = Consent{ID: tx.NewID("cns"), SID: p.SID, Digest: p.Digest, Terms: p.Terms, State: StateValid, Received: tx.Now()}
	if !tx.Actor().Has(access.Subject) {
		c.Submitted = tx.Actor().Org
	}
	sealed, err := s.sealDocument(c.ID, p.signed)
	if err != nil {
		return c, Refusal{}, err
	}
	if err := insert(ctx, tx.Tx, c, sealed); err != nil {
		return c, Refusal{}, err
	}
	return c, Refusal{}, tx.Changed(ctx, "consent", c.ID, c)
}

// Handed is what a caller shows: the id of a document handed in before, or the document itself, already examined.
type Handed struct {
	ID    string
	Proof *Proof
}

// DecideTx decides whether what was handed carries the call. It reads documents, never data.
func (s *Service) DecideTx(ctx context.Context, tx *act.Tx, h Handed, a Asked) (Consent, Refusal, error) {
	var c Consent
	switch {
	case h.Proof != nil:
		var refusal Refusal
		var err error
		if c, refusal, err = s.ReceiveTx(ctx, tx, *h.Proof); err != nil || refusal.Reason != "" {
			return c, refusal, err
		}
	case h.ID != "":
		var err error
		c, err = Load(ctx, tx.Tx, h.ID)
		// An id that does not exist and one that is not for this caller are answered alike.
		if errs.Is(err, errs.NotFound) || err == nil && !c.Terms.names(a.Org) {
			return Consent{}, Refusal{Reason: Unknown}, nil
		}
		if err != nil {
			return c, Refusal{}, err
		}
	default:
		return c, Refusal{Reason: Missing}, nil
	}
	return c, Refusal{Reason: c.Check(a, tx.Now())}, nil
}

// UseTx takes one counted use and says which one it is.
func (s *Service) UseTx(ctx context.Context, tx *act.Tx, c Consent) (int64, Refusal, error) {
	taken, err := count(ctx, tx.Tx, c.ID)
	if err != nil {
		return 0, Refusal{}, err
	}
	if !taken {
		return 0, Refusal{Reason: UsedUp}, nil
	}
	return c.Uses + 1, Refusal{}, nil
}

// Withdraw ends a consent by the person's will (撤销授权), at once and everywhere. 六(一): 信息主体撤销授权的,应及时删除相关数据.
func (s *Service) Withdraw(ctx context.Context, id string) (Consent, error) {
	return s.closeBy(ctx, ActWithdraw, id, StateWithdrawn, "", func(a access.Actor, c Consent) bool { return a.SID != "" && a.SID == c.SID })
}

// End ends a consent because its business was refused or settled: a document must not outlive what it was signed for.
func (s *Service) End(ctx context.Context, id, reason string) (Consent, error) {
	return s.closeBy(ctx, ActEnd, id, StateEnded, reason, func(a access.Actor, c Consent) bool { return c.Terms.names(a.Org) })
}

func (s *Service) closeBy(ctx context.Context, name, id string, to State, reason string, may func(access.Actor, Consent) bool) (Consent, error) {
	var c Consent
	_, err := s.Acts.Do(ctx, act.Call{Act: name}, func(ctx context.Context, tx *act.Tx) error {
		loaded, err := Load(ctx, tx.Tx, id)
		if err != nil {
			return err
		}
		if !may(tx.Actor(), loaded) {
			return errNone()
		}
		c, err = s.closeTx(ctx, tx, name, loaded, to, reason)
		return err
	})
	return c, err
}

func (s *Service) closeTx(ctx context.Context, tx *act.Tx, name string, c Consent, to State, reason string) (Consent, error) {
	c, err := c.close(to, reason, tx.Now())
	if err != nil {
		return c, err
	}
	if err := updateState(ctx, tx.Tx, c); err != nil {
		return c, err
	}
	for _, hook := range s.onClose {
		if err := hook(ctx, tx, c); err != nil {
			return c, err
		}
	}
	if err := tx.JudgeAs(ctx, name, map[string]string{"consent": c.ID}, nil); err != nil {
		return c, err
	}
	return c, tx.Changed(ctx, "consent", c.ID, c)
}

// Erase deletes the stored bytes of a document whose consent is over. What remains proves that it existed and says nothing.
func (s *Service) Erase(ctx context.Context, id string) (Consent, error) {
	var c Consent
	_, err := s.Acts.Do(ctx, act.Call{Act: ActErase}, func(ctx context.Context, tx *act.Tx) (err error) {
		c, err = s.EraseTx(ctx, tx, id)
		return err
	})
	return c, err
}

// EraseTx is Erase inside another act.
func (s *Service) EraseTx(ctx context.Context, tx *act.Tx, id string) (Consent, error) {
	c, err := Load(ctx, tx.Tx, id)
	if err != nil {
		return c, err
	}
	if err := c.May(ActErase, tx.Now()); err != nil {
		return c, err
	}
	c.Erased = tx.Now()
	if err := erase(ctx, tx.Tx, c); err != nil {
		return c, err
	}
	if err := tx.JudgeAs(ctx, ActErase, map[string]string{"consent": c.ID}, nil); err != nil {
		return c, err
	}
	return c, tx.Changed(ctx, "consent", c.ID, c)
}

// EndTx ends a document because the one body it names is gone. One that names a further body stays theirs.
func (s *Service) EndTx(ctx context.Context, tx *act.Tx, id, reason string) (Consent, error) {
	c, err := Load(ctx, tx.Tx, id)
	if err != nil {
		return c, err
	}
	return s.closeTx(ctx, tx, ActEnd, c, StateEnded, reason)
}

// OnlyFor lists the stored documents that name an organization and nobody beside it.
func OnlyFor(ctx context.Context, tx *sqldb.Tx, org string) ([]Consent, error) {
	return listOnlyFor(ctx, tx, org)
}

func (s *Service) digest(b []byte) string {
	return hex.EncodeToString(seal.MAC(s.digests, b))
}

func (s *Service) sealDocument(id string, signed Signed) ([]byte, error) {
	plain, err := json.Marshal(signed)
	if err != nil {
		return nil, fmt.Errorf("encode document: %w", err)
	}
	nonce := make([]byte, s.box.NonceSize())
	rand.Read(nonce)
	return s.box.Seal(nonce, nonce, plain, []byte(id)), nil
}

func (s *Service) openDocument(id string, sealed []byte) (Signed, error) {
	var signed Signed
	if len(sealed) < s.box.NonceSize() {
		return signed, errs.New(errs.NotFound, "授权文件已经删除, 只保留存证摘要")
	}
	nonce, body := sealed[:s.box.NonceSize()], sealed[s.box.NonceSize():]
	plain, err := s.box.Open(nil, nonce, body, []byte(id))
	if err != nil {
		return signed, fmt.Errorf("open document of consent %s: %w", id, err)
	}
	return signed, json.Unmarshal(plain, &signed)
}
