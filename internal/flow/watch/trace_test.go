package watch_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"yunei/internal/base/seal"
	"yunei/internal/base/workday"
	"yunei/internal/flow/collect"
	"yunei/internal/flow/consent"
	"yunei/internal/flow/serve"
	"yunei/internal/flow/watch"
	"yunei/internal/test/town"
)

// document is what person n of the card table signs for a bank's scenario.
func document(t *testing.T, w *town.Town, g town.Granted, n int) *consent.Signed {
	t.Helper()
	today := workday.DateOf(w.Clock.Now())
	d, err := consent.Document{
		Terms: consent.Terms{
			Template: "personal-credit@1", Number: "SQ-" + collect.InventedNumber(n)[12:],
			Recipients: []consent.Recipient{{Org: w.Org("bank"), Name: "示例银行", USCC: "91000000MA00000157", Role: consent.RoleUser}},
			Purpose:    consent.Purpose{Scenario: g.Scenario.ID, Text: "审核个人经营贷款申请", Use: "贷款审批"},
			Data:       []consent.Source{{Resource: w.Card.ID, Name: w.Card.Title, Provider: "示例金融局", Fields: []consent.Field{{Name: "pay_0", Title: "9月还款状态"}}}},
			Manner:     []string{"评分"}, Outputs: []consent.Output{{Name: "band", Text: "信用等级（A、B）"}},
			From: consent.Day(today), Until: consent.Day(today.AddDays(30)), MaxUses: 10, Retention: "办结后 30 日内删除",
			Separate: []string{consent.FieldKey(w.Card.ID, "pay_0")}, SignedAt: w.Clock.Now(),
		},
		Subject: consent.Person{Name: "居民", IDNumber: collect.InventedNumber(n)},
	}.Seal()
	town.Must(t, err)
	raw, err := d.Canonical()
	town.Must(t, err)
	cert, key, err := w.Keys.Anchor().IssuePerson("居民", collect.InventedNumber(n), w.Clock.Now().Add(-24*time.Hour))
	town.Must(t, err)
	signature, err := seal.SignAs(key, raw)
	town.Must(t, err)
	return &consent.Signed{Document: string(raw), Certificate: string(cert), Signature: signature}
}

// The bureau ends a scenario's grant: calls stop at once, and the trace lists every call with the person's document, who got the
// answer and what became of it. 泉州 七(二)1: 对已开发应用的,追溯和处置数据的使用情况.
func TestService_Traces(t *testing.T) {
	town.Each(t, func(t *testing.T, w *town.Town) {
		g := w.Grants("bank", 200_000_000)
		d, err := w.Serve.Deploy(w.As("bank"), g.Band.ID, 0, "")
		town.Must(t, err)
		ask := func(n int, request string) error {
			_, err := w.Serve.Call(w.As("bank"), serve.Ask{Deployment: d.ID, Request: request, Subject: collect.InventedNumber(n), Scenario: g.Scenario.ID, Document: document(t, w, g, n)})
			return err
		}
		for n, request := range []string{"request-000001", "request-000002"} {
			town.Must(t, ask(n, request))
		}
		e, err := w.Watch.End(w.As("bureau"), watch.Ending{Permit: g.Grant.Permit, Ground: watch.OnBreach, Reason: "不合法、不合规", Article: "七(二)1"})
		town.Must(t, err)
		if err := ask(2, "request-000003"); err == nil {
			t.Error("a call after the end is answered, want it refused")
		}
		list, err := w.Watch.Traces(w.As("bureau"), e.ID, "", 50)
		town.Must(t, err)
		var subjects []string
		for _, c := range list {
			if c.Kind != "call" || c.Recipient != "示例银行" || c.Account == "" || c.At.IsZero() || !strings.Contains(c.Handling, "平台内不再保存") {
				t.Errorf("traced %+v, want a call with its recipient, account, time and handling", c)
			}
			subjects = append(subjects, c.Consent)
		}
		if len(list) != 2 || subjects[0] == "" || subjects[0] == subjects[1] {
			t.Errorf("traced %d calls under the documents %v, want two of two persons", len(list), subjects)
		}
		if older, err := w.Watch.Traces(w.As("bureau"), e.ID, list[0].ID, 50); err != nil || !slices.Equal(older, list[1:]) {
			t.Errorf("the next page is %v, %v; want the older call", older, err)
		}
	})
}
