package serve

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"time"

	"yunei/internal/base/errs"
	"yunei/internal/base/idnumber"
	"yunei/internal/base/sqldb"
	"yunei/internal/base/workday"
	"yunei/internal/core/access"
	"yunei/internal/core/act"
	"yunei/internal/core/netlog"
	"yunei/internal/core/query"
	"yunei/internal/core/query/synth"
	"yunei/internal/flow/consent"
)

// The sandbox (测试接口) of a served model: the same request, answers of the same shape and the same refusals, about made-up people.
// Nothing in this file reads collected rows, documents of consent or the precision ledger, and nothing it does is a call.

// TestKey (测试密钥) opens the sandbox of one deployment, and nothing else.
type TestKey struct {
	ID         string     `json:"id"`
	Deployment string     `json:"deployment"`
	Org        string     `json:"org"`
	Account    string     `json:"account"`
	Label      string     `json:"label"`
	Opened     time.Time  `json:"opened"`
	Until      time.Time  `json:"until"`
	Closed     *time.Time `json:"closed,omitempty"`
}

// TestUse is how much a key was used in a month; metered apart from calls.
type TestUse struct {
	Month    string `json:"month" doc:"2006-01"`
	Answered int64  `json:"answered"`
	Refused  int64  `json:"refused"`
}

// TestKeyItem is a key with its use, newest month first.
type TestKeyItem struct {
	TestKey
	Expired bool      `json:"expired,omitempty"`
	Uses    []TestUse `json:"uses"`
}

// TestPerson is somebody made up, whom a test may ask about.
type TestPerson struct {
	Subject string `json:"subject" doc:"Identity number; division 990000 belongs to nobody"`
	Record  bool   `json:"record" doc:"Has rows in the synthetic data"`
}

// TestConsent is a word that a test gives in place of a document, and what comes of it.
type TestConsent struct {
	Consent string `json:"consent"`
	Code    string `json:"code,omitempty" doc:"The refusal that it brings about; absent: it carries the call"`
	Says    string `json:"says,omitempty"`
}

// Sandbox is what a developer needs to try a service out.
type Sandbox struct {
	Keys     []TestKeyItem `json:"keys"`
	People   []TestPerson  `json:"people"`
	Consents []TestConsent `json:"consents"`
}

// TestPrefix begins every test key, and every word in place of a document.
const TestPrefix = "test_"

const (
	testConsent  = TestPrefix + "granted"
	testPeople   = 8      // made-up people that the page names
	testNobody   = 20_000 // the number of a made-up person beyond all rows
	testKeysOpen = 10     // keys of one deployment at a time
)

// OpenTestKey makes a key for the sandbox of a deployment of the caller's organization. The secret is shown once.
func (s *Service) OpenTestKey(ctx context.Context, deployment, label string, days int) (k TestKey, secret string, err error) {
	if label = strings.TrimSpace(label); label == "" {
		return k, "", errs.New(errs.Invalid, "请为测试密钥写明用途, 如“联调环境”")
	}
	_, err = s.Acts.Do(ctx, act.Call{Act: ActTestOpen}, func(ctx context.Context, tx *act.Tx) error {
		d, err := loadDeployment(ctx, tx.Tx, deployment)
		if err == nil && d.Org != tx.Actor().Org {
			err = errNoDeployment()
		}
		if err != nil {
			return err
		}
		if d.State != Open {
			return errs.New(errs.Conflict, "这个数据服务已经停用, 不能再生成测试密钥")
		}
		if err := tx.Lock(ctx, "test-key:"+d.ID); err != nil {
			return err
		}
		list, err := testKeysOf(ctx, tx.Tx, d.ID)
		if err != nil {
			return err
		}
		if len(slices.DeleteFunc(list, func(k TestKey) bool { return k.Closed != nil || !k.Until.After(tx.Now()) })) >= testKeysOpen {
			return errs.New(errs.Conflict, "一个数据服务同时最多 %d 个测试密钥, 请先停用不再使用的", testKeysOpen)
		}
		if err := tx.Judge(ctx, map[string]string{"org": d.Org}); err != nil {
			return err
		}
		k = TestKey{ID: tx.NewID("tky"), Deployment: d.ID, Org: d.Org, Account: tx.Actor().Account, Label: label, Opened: tx.Now(), Until: tx.Now().AddDate(0, 0, days)}
		secret = access.NewSecret(TestPrefix)
		if err := insertTestKey(ctx, tx.Tx, k, access.SecretDigest(secret)); err != nil {
			return err
		}
		return tx.Changed(ctx, "test-key", k.ID, k)
	})
	if err != nil {
		return TestKey{}, "", err
	}
	return k, secret, nil
}

// CloseTestKey ends a key at once.
func (s *Service) CloseTestKey(ctx context.Context, deployment, id string) (k TestKey, err error) {
	_, err = s.Acts.Do(ctx, act.Call{Act: ActTestClose}, func(ctx context.Context, tx *act.Tx) (err error) {
		if k, err = loadTestKey(ctx, tx.Tx, id); err == nil && (k.Org != tx.Actor().Org || k.Deployment != deployment) {
			err = errs.New(errs.NotFound, noTestKey)
		}
		if err != nil {
			return err
		}
		if k.Closed != nil {
			return errs.New(errs.Conflict, "这个测试密钥已经停用, 无需再次办理")
		}
		if err := tx.Judge(ctx, map[string]string{"org": k.Org}); err != nil {
			return err
		}
		now := tx.Now()
		k.Closed = &now
		if err := closeTestKey(ctx, tx.Tx, k); err != nil {
			return err
		}
		return tx.Changed(ctx, "test-key", k.ID, k)
	})
	if err != nil {
		return TestKey{}, err
	}
	return k, nil
}

// SandboxOf is a deployment's sandbox: its keys and what to test with, for its organization and for who supervises.
func (s *Service) SandboxOf(ctx context.Context, deployment string) (out Sandbox, err error) {
	out = Sandbox{Keys: []TestKeyItem{}, Consents: []TestConsent{{Consent: testConsent}}}
	err = s.Acts.View(ctx, func(tx *sqldb.Tx) error {
		if _, err := s.visible(ctx, tx, deployment); err != nil {
			return err
		}
		list, err := testKeysOf(ctx, tx, deployment)
		if err != nil {
			return err
		}
		for _, k := range list {
			uses, err := testUses(ctx, tx, k.ID)
			if err != nil {
				return err
			}
			out.Keys = append(out.Keys, TestKeyItem{TestKey: k, Expired: !k.Until.After(tx.Now()), Uses: uses})
		}
		return nil
	})
	if err != nil {
		return Sandbox{}, err
	}
	for i := range testPeople {
		out.People = append(out.People, TestPerson{Subject: synth.IDNumber(i), Record: true})
	}
	out.People = append(out.People, TestPerson{Subject: synth.IDNumber(testNobody)})
	for _, r := range consent.Reasons() {
		if r != consent.Missing { // what comes of giving none
			out.Consents = append(out.Consents, TestConsent{Consent: TestPrefix + strings.TrimPrefix(string(r), "consent."), Code: string(r), Says: consent.Refusal{Reason: r, Detail: "授权期限"}.Sentence()})
		}
	}
	return out, nil
}

// Test answers a call of the sandbox (测试调用). The key says who calls: whoever is signed in does not matter.
func (s *Service) Test(ctx context.Context, secret string, ask Ask) (Answer, error) {
	var k TestKey
	var answer Answer
	err := s.Acts.View(ctx, func(tx *sqldb.Tx) (err error) {
		if k, err = validTestKey(ctx, tx, access.SecretDigest(secret)); err == nil && k.Deployment != ask.Deployment {
			k, err = TestKey{}, errNoTestKey()
		}
		if err != nil {
			return err
		}
		netlog.Of(ctx).System = k.Deployment
		answer, err = s.test(ctx, tx, k, ask)
		return err
	})
	if k.ID != "" && errs.CodeOf(err) != errs.Internal {
		if err := s.db.Do(ctx, func(tx *sqldb.Tx) error { return countTest(ctx, tx, k.ID, err == nil) }); err != nil {
			return Answer{}, err
		}
	}
	if err != nil {
		return Answer{}, err
	}
	return answer, nil
}

// test decides in the order of a call, and answers from synthetic rows.
func (s *Service) test(ctx context.Context, tx *sqldb.Tx, k TestKey, ask Ask) (Answer, error) {
	if err := ask.check(); err != nil {
		return Answer{}, err
	}
	if !idnumber.Valid(ask.Subject) || !strings.HasPrefix(ask.Subject, synth.Division) {
		return Answer{}, &errs.Error{Code: errs.Invalid, Msg: "测试接口只接受 " + synth.Division + " 开头的虚构身份号码, 请勿发送真实号码",
			Spots: []errs.Spot{{Where: "subject", Message: "不是测试用的虚构号码"}}}
	}
	d, err := loadDeployment(ctx, tx, k.Deployment)
	if err != nil {
		return Answer{}, err
	}
	if d.State != Open {
		return Answer{}, errs.New(errs.Forbidden, "这个数据服务已经停用, 测试接口随之停用")
	}
	p, err := s.program(d, ask.Params)
	if err != nil {
		return Answer{}, err
	}
	permit := access.Valid(ctx, tx, d.Permit, workday.DateOf(tx.Now()))
	switch refusal := testDocument(ask); {
	case errs.CodeOf(permit) == errs.Internal:
		return Answer{}, permit
	case permit != nil:
		return Answer{}, consent.Refusal{Reason: ReasonPermit, Says: sentence(permit) + "; 未调取任何数据"}.Err()
	case ask.Scenario != d.Scenario:
		return Answer{}, consent.Refusal{Reason: ReasonPurpose, Says: otherPurpose}.Err()
	case refusal.Reason != "":
		return Answer{}, refusal.Err()
	}
	data, levels, err := s.lab.Synthetic(ctx, tx, p.model, synth.SIDOf(p.model.Unit, ask.Subject))
	if err != nil {
		return Answer{}, err
	}
	var values []query.Value
	if got, err := p.run.Subject(synth.SIDOf(p.model.Unit, ask.Subject), data); err != nil {
		slog.ErrorContext(ctx, "model failed on a made-up subject", "deployment", d.ID, "err", err)
	} else {
		values = got.Values
	}
	return Answer{Test: true, Call: TestPrefix + ask.Request, Request: ask.Request, Outputs: shape(p.model, values), Snapshots: levels, Consent: ask.Consent,
		Use: 1, MaxUses: 1, At: tx.Now()}, nil
}

// testDocument is what comes of the word that a test gives in place of a document. A document itself is not looked at: it would be
// a real person's.
func testDocument(ask Ask) consent.Refusal {
	switch {
	case ask.Document != nil:
		return consent.Refusal{Reason: consent.Shape, Says: fmt.Sprintf("测试接口不接受授权文件, 请勿发送真实的授权书; 请在 consent 中填写 %s 或者其他测试用词", testConsent)}
	case ask.Consent == "":
		return consent.Refusal{Reason: consent.Missing}
	case ask.Consent == testConsent:
		return consent.Refusal{}
	}
	word, ok := strings.CutPrefix(ask.Consent, TestPrefix)
	if r := consent.Reason("consent." + word); ok && slices.Contains(consent.Reasons(), r) {
		return consent.Refusal{Reason: r, Detail: "授权期限"}
	}
	return consent.Refusal{Reason: consent.Unknown}
}
