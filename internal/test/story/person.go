package story

import (
	"context"
	"fmt"
	"strings"
	"time"

	"yunei/internal/base/errs"
	"yunei/internal/base/seal"
	"yunei/internal/flow/collect"
	"yunei/internal/flow/consent"
)

// paper is what a signed document may differ in.
type paper struct {
	number     string
	name       string
	row        int
	scenario   string
	recipient  member
	from, till consent.Day
	forge      func(consent.Signed) consent.Signed
}

// document lets a person sign an authorization document with their own certificate.
func (t *Teller) document(ctx context.Context, p paper) (consent.Signed, error) {
	var fields []consent.Field
	var separate []string
	for _, f := range bandFields {
		title := map[string]string{"pay_0": "9月还款状态", "pay_2": "8月还款状态"}[f]
		fields = append(fields, consent.Field{Name: f, Title: title})
		separate = append(separate, consent.FieldKey(t.ids["credit_default"], f))
	}
	var org struct {
		Organization struct {
			Name string `json:"name"`
			USCC string `json:"uscc"`
		} `json:"organization"`
	}
	if err := t.get(ctx, "operator", "/v1/organizations/"+p.recipient.org, &org); err != nil {
		return consent.Signed{}, err
	}
	doc := consent.Document{
		Subject: consent.Person{Name: p.name, IDNumber: collect.InventedNumber(p.row)},
		Terms: consent.Terms{
			Template: "personal-credit@1", Number: p.number,
			Recipients: []consent.Recipient{{Org: p.recipient.org, Name: org.Organization.Name, USCC: org.Organization.USCC, Role: consent.RoleUser}},
			Purpose:    consent.Purpose{Scenario: p.scenario, Text: "个人贷款申请的授信审查", Use: "授信审查", BusinessNo: "LOAN-" + p.number},
			Data:       []consent.Source{{Resource: t.ids["credit_default"], Name: "信用卡账户与还款信息", Provider: "泉州市金融工作局", Fields: fields}},
			Manner:     []string{"区间"}, Outputs: []consent.Output{{Name: "band", Text: "信用分档 (A、B、C 三档之一)"}},
			From: p.from, Until: p.till, MaxUses: 5, Retention: "随贷款合同保存, 到期删除", Separate: separate, SignedAt: t.Clock.Now().Add(-time.Minute),
		},
	}
	var draft struct {
		Document string `json:"document"`
	}
	if err := t.post(ctx, p.recipient.Login, "/v1/consent-drafts", doc, &draft); err != nil {
		return consent.Signed{}, err
	}
	cert, key, err := t.Anchor.IssuePerson(p.name, collect.InventedNumber(p.row), t.Clock.Now().Add(-time.Hour))
	if err != nil {
		return consent.Signed{}, err
	}
	signature, err := seal.SignAs(key, []byte(draft.Document))
	if err != nil {
		return consent.Signed{}, err
	}
	signed := consent.Signed{Document: draft.Document, Certificate: string(cert), Signature: signature}
	if p.forge != nil {
		signed = p.forge(signed)
	}
	return signed, nil
}

// ordinary is a document as it should be, by the person of the story for the bank.
func (t *Teller) ordinary(number string) paper {
	return paper{number: number, name: PersonName, row: PersonRow, scenario: t.ids["scenario"], recipient: t.members[bank.Login], from: t.today(), till: t.today().AddDays(90)}
}

type answer struct {
	Outputs []struct {
		Name  string  `json:"name"`
		Value *string `json:"value"`
	} `json:"outputs"`
	Consent string `json:"consent"`
	Receipt int64  `json:"receipt"`
}

// call asks about the person of a row under a document.
func (t *Teller) call(ctx context.Context, request string, row int, scenario string, doc *consent.Signed) (answer, error) {
	body := map[string]any{"request_id": request, "subject": collect.InventedNumber(row), "scenario": scenario}
	if doc != nil {
		body["document"] = doc
	}
	var a answer
	c, err := t.as(ctx, bank.Login)
	if err != nil {
		return a, err
	}
	return a, c.Post(ctx, "/v1/deployments/"+t.ids["deployment"]+"/call", body, &a)
}

// calls deploys the band and asks about one person: with a good document it gets the band and nothing else, with any
// other a refusal that says why, and no data.
func (t *Teller) calls(ctx context.Context) error {
	var d struct {
		ID string `json:"id"`
	}
	if err := t.post(ctx, bank.Login, "/v1/deployments", map[string]any{"version": t.ids["band"], "daily": 1000}, &d); err != nil {
		return err
	}
	t.ids["deployment"] = d.ID
	good, err := t.document(ctx, t.ordinary("SQS-0001"))
	if err != nil {
		return err
	}
	a, err := t.call(ctx, "request-good-1", PersonRow, t.ids["scenario"], &good)
	if err != nil {
		return fmt.Errorf("call under a good document: %w", err)
	}
	if len(a.Outputs) != 1 || a.Outputs[0].Name != "band" || a.Outputs[0].Value == nil {
		return fmt.Errorf("the answer is %+v, want the band alone", a.Outputs)
	}
	t.ids["consent"] = a.Consent
	t.fact("band", *a.Outputs[0].Value)
	t.fact("receipt", a.Receipt)
	return t.badDocuments(ctx, good)
}

func (t *Teller) badDocuments(ctx context.Context, good consent.Signed) error {
	expired, foreign, scenario := t.ordinary("SQS-0002"), t.ordinary("SQS-0003"), t.ordinary("SQS-0004")
	expired.from, expired.till = t.today().AddDays(-120), t.today().AddDays(-30)
	foreign.name, foreign.row = "路人乙", 7
	scenario.scenario = t.ids["scenario2"]
	forged := t.ordinary("SQS-0005")
	forged.forge = func(s consent.Signed) consent.Signed {
		s.Document = strings.Replace(s.Document, `"max_uses":5`, `"max_uses":9`, 1)
		return s
	}
	for _, c := range []struct {
		name string
		row  int
		doc  *paper
	}{
		{"without_document", PersonRow, nil}, {"expired_document", PersonRow, &expired}, {"forged_document", PersonRow, &forged},
		{"another_persons_document", PersonRow, &foreign}, {"document_for_another_scenario", PersonRow, &scenario},
	} {
		var doc *consent.Signed
		if c.doc != nil {
			signed, err := t.document(ctx, *c.doc)
			if err != nil {
				return fmt.Errorf("%s: %w", c.name, err)
			}
			doc = &signed
		}
		a, err := t.call(ctx, "request-"+c.name, c.row, t.ids["scenario"], doc)
		if len(a.Outputs) > 0 {
			return fmt.Errorf("%s: data left: %+v", c.name, a.Outputs)
		}
		if err := t.refused(c.name, err, errs.Unlawful, ""); err != nil {
			return err
		}
	}
	_, err := t.call(ctx, "request-other-subject", 8, t.ids["scenario"], &good)
	return t.refused("document_of_somebody_else", err, errs.Unlawful, "")
}

// withdraw lets the person see who used their data and withdraw; the next call is refused.
func (t *Teller) withdraw(ctx context.Context) error {
	var calls struct {
		Items []struct {
			Org string `json:"org"`
		} `json:"items"`
	}
	if err := t.get(ctx, PersonLogin, "/v1/me/calls", &calls); err != nil {
		return err
	}
	if len(calls.Items) != 1 {
		return fmt.Errorf("the person sees %d calls, want 1", len(calls.Items))
	}
	t.fact("calls_seen_by_the_person", len(calls.Items))
	if err := t.post(ctx, PersonLogin, "/v1/consents/"+t.ids["consent"]+"/withdraw", nil, nil); err != nil {
		return err
	}
	began := time.Now()
	body := map[string]any{"request_id": "request-after-withdrawal", "subject": collect.InventedNumber(PersonRow), "scenario": t.ids["scenario"], "consent": t.ids["consent"]}
	c, err := t.as(ctx, bank.Login)
	if err != nil {
		return err
	}
	err = c.Post(ctx, "/v1/deployments/"+t.ids["deployment"]+"/call", body, nil)
	took := time.Since(began)
	if err := t.refused("call_after_withdrawal", err, errs.Unlawful, ""); err != nil {
		return err
	}
	t.fact("refused_after_milliseconds", took.Milliseconds())
	if took > time.Second {
		return fmt.Errorf("the refusal took %s, want under a second", took)
	}
	return nil
}
