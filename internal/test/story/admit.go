package story

import (
	"context"
	"fmt"
	"net/url"
	"strings"
	"time"

	"yunei/internal/base/seal"
	"yunei/internal/core/party"
	"yunei/internal/flow/collect"
)

// member is an organization that joins during the story.
type member struct {
	Login, Name, Representative string
	USCC                        string // first sixteen characters
	Row                         int    // invented identity number of its representative
	org                         string
}

var (
	bank     = member{Login: "bank", Name: "刺桐银行股份有限公司", Representative: "蔡行长", USCC: "9135050099000011", Row: 910_001}
	second   = member{Login: "bank2", Name: "晋江农村商业银行股份有限公司", Representative: "许行长", USCC: "9135050099000012", Row: 910_002}
	offender = member{Login: "offender", Name: "石狮某数据科技有限公司", Representative: "施经理", USCC: "9135050099000013", Row: 910_003}
)

// join registers an organization and its first account.
func (t *Teller) join(ctx context.Context, m member) (member, error) {
	uscc, err := party.MakeUSCC(m.USCC)
	if err != nil {
		return m, err
	}
	body := map[string]any{
		"account": map[string]any{"login": m.Login, "password": Password, "name": m.Representative + "助理", "roles": []string{}},
		"organization": map[string]any{
			"name": m.Name, "uscc": uscc, "registered": "2012-06-01", "in_province": true, "representative": m.Representative,
			"representative_id": collect.InventedNumber(m.Row), "contact": "业务联系人", "phone": "0595-22000000",
		},
	}
	var out struct {
		Organization struct {
			ID string `json:"id"`
		} `json:"organization"`
	}
	if err := Public(t.Base).Post(ctx, "/v1/organizations", body, &out); err != nil {
		return m, fmt.Errorf("join %s: %w", m.Name, err)
	}
	m.org = out.Organization.ID
	t.members[m.Login] = m
	return m, nil
}

// admission admits one bank by code and one on paper, lets a code die, and refuses an organization with a breach.
func (t *Teller) admission(ctx context.Context) error {
	if err := t.refuseOffender(ctx); err != nil {
		return err
	}
	if err := t.admitByCode(ctx); err != nil {
		return err
	}
	if err := t.admitOnPaper(ctx); err != nil {
		return err
	}
	// The story goes on on the next Monday: begun on its own day that is the one before the holidays, and its deadlines run
	// over them.
	day := t.today().AddDays(1)
	for day.Time().Weekday() != time.Monday {
		day = day.AddDays(1)
	}
	t.Clock.Advance(at(day).Sub(t.Clock.Now()))
	t.people = map[string]*Client{} // sessions have expired meanwhile
	return nil
}

func (t *Teller) refuseOffender(ctx context.Context) error {
	m, err := t.join(ctx, offender)
	if err != nil {
		return err
	}
	breach := map[string]any{"kind": "safety", "day": t.today().AddMonths(-18), "what": "违规处理个人信息受到行政处罚", "evidence": []string{"闽网罚字〔2024〕99号"}}
	if err := t.post(ctx, "bureau", "/v1/organizations/"+m.org+"/breaches", breach, nil); err != nil {
		return err
	}
	err = t.post(ctx, m.Login, "/v1/admissions", map[string]any{"method": "qr"}, nil)
	return t.refused("breach_within_three_years", err, "unlawful", "二(一)")
}

type admissionPage struct {
	Admission struct {
		ID    string `json:"id"`
		State string `json:"state"`
	} `json:"admission"`
}

type admissionCode struct {
	Code string `json:"code"`
	URL  string `json:"url"`
}

func (t *Teller) admitByCode(ctx context.Context) error {
	m, err := t.join(ctx, bank)
	if err != nil {
		return err
	}
	var page admissionPage
	if err := t.post(ctx, m.Login, "/v1/admissions", map[string]any{"method": "qr"}, &page); err != nil {
		return err
	}
	id := page.Admission.ID
	var code admissionCode
	if err := t.post(ctx, m.Login, "/v1/admissions/"+id+"/code", nil, &code); err != nil {
		return err
	}
	t.Clock.Advance(73 * time.Hour)
	t.people = map[string]*Client{}
	err = Public(t.Base).Get(ctx, "/v1/codes/"+code.Code, nil)
	if err := t.refused("code_after_72_hours", err, "unlawful", "二(二)1"); err != nil {
		return err
	}
	if err := t.post(ctx, m.Login, "/v1/admissions/"+id+"/code", nil, &code); err != nil {
		return err
	}
	if err := t.pledge(ctx, m, code.Code); err != nil {
		return err
	}
	return t.admit(ctx, m, id, "qr")
}

// pledge is what the legal representative does on the phone.
func (t *Teller) pledge(ctx context.Context, m member, code string) error {
	var phone struct {
		Text string `json:"text"`
	}
	public := Public(t.Base)
	if err := public.Get(ctx, "/v1/codes/"+code, &phone); err != nil {
		return err
	}
	sign := func(name string, row int) (map[string]any, error) {
		cert, key, err := t.Anchor.IssuePerson(name, collect.InventedNumber(row), t.Clock.Now())
		if err != nil {
			return nil, err
		}
		signature, err := seal.SignAs(key, []byte(phone.Text))
		return map[string]any{"certificate": string(cert), "signature": signature}, err
	}
	other, err := sign("路人", 910_099)
	if err != nil {
		return err
	}
	err = public.Post(ctx, "/v1/codes/"+code+"/pledge", other, nil)
	if err := t.refused("pledge_by_somebody_else", err, "forbidden", ""); err != nil {
		return err
	}
	own, err := sign(m.Representative, m.Row)
	if err != nil {
		return err
	}
	return public.Post(ctx, "/v1/codes/"+code+"/pledge", own, nil)
}

func (t *Teller) admitOnPaper(ctx context.Context) error {
	m, err := t.join(ctx, second)
	if err != nil {
		return err
	}
	c, err := t.as(ctx, m.Login)
	if err != nil {
		return err
	}
	var docs []map[string]string
	for _, kind := range []string{"business-license", "representative-proof", "organization-profile", "pledge"} {
		var ref struct {
			Digest string `json:"digest"`
		}
		if err := c.Upload(ctx, "/v1/files", kind+".pdf", strings.NewReader("%PDF-1.4 "+kind+" of "+m.Name), &ref); err != nil {
			return err
		}
		docs = append(docs, map[string]string{"kind": kind, "name": kind + ".pdf", "blob": ref.Digest})
	}
	err = t.post(ctx, m.Login, "/v1/admissions", map[string]any{"method": "paper", "documents": docs[:2]}, nil)
	if err := t.refused("papers_missing", err, "unlawful", "二(二)2"); err != nil {
		return err
	}
	var page admissionPage
	if err := t.post(ctx, m.Login, "/v1/admissions", map[string]any{"method": "paper", "documents": docs}, &page); err != nil {
		return err
	}
	return t.admit(ctx, m, page.Admission.ID, "paper")
}

// admit is the operator's decision on an admission.
func (t *Teller) admit(ctx context.Context, m member, admission, way string) error {
	id, err := t.matterOf(ctx, "operator", admission)
	if err != nil {
		return err
	}
	if err := t.decide(ctx, "operator", id, "verify", "pass", "材料齐全, 身份核验一致"); err != nil {
		return err
	}
	var page admissionPage
	if err := t.get(ctx, m.Login, "/v1/admissions/"+admission, &page); err != nil {
		return err
	}
	if page.Admission.State != "admitted" {
		return fmt.Errorf("%s is %s, want admitted", m.Name, page.Admission.State)
	}
	t.fact(way, map[string]string{"organization": m.Name, "state": page.Admission.State})
	return nil
}

// matterOf finds the newest matter about an object.
func (t *Teller) matterOf(ctx context.Context, login, subject string) (string, error) {
	var list struct {
		Items []struct {
			ID string `json:"id"`
		} `json:"items"`
	}
	if err := t.get(ctx, login, "/v1/matters?subject="+url.QueryEscape(subject), &list); err != nil {
		return "", err
	}
	if len(list.Items) == 0 {
		return "", fmt.Errorf("no matter about %s", subject)
	}
	return list.Items[0].ID, nil
}
