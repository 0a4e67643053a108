package story

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"yunei/internal/base/workday"
)

// What the cities' stories do alike: papers, periods in public, agreements, orders and exits, as any office does them.

// pass takes a list of steps of one matter, each by its seat.
func (t *Teller) pass(ctx context.Context, matter string, opinions ...[3]string) error {
	for _, o := range opinions {
		if err := t.decide(ctx, o[0], matter, o[1], "pass", o[2]); err != nil {
			return err
		}
	}
	return nil
}

// goTo moves the clock to nine in the morning of a day; the platform's timers see it at once, and everyone signs in anew.
func (t *Teller) goTo(ctx context.Context, day workday.Date) {
	if d := at(day).Sub(t.Clock.Now()); d > 0 {
		t.Clock.Advance(d)
	}
	t.people = map[string]*Client{}
	if t.Tick != nil {
		t.Tick(ctx)
	}
}

// paper uploads a file and returns the digest by which papers are named.
func (t *Teller) paper(ctx context.Context, login, name string) (string, error) {
	c, err := t.as(ctx, login)
	if err != nil {
		return "", err
	}
	var ref struct {
		Digest string `json:"digest"`
	}
	err = c.Upload(ctx, "/v1/files", name+".pdf", strings.NewReader("%PDF-1.4 "+name), &ref)
	return ref.Digest, err
}

// material is a paper of an application.
func (t *Teller) material(ctx context.Context, login, kind, title string) (map[string]string, error) {
	digest, err := t.paper(ctx, login, title)
	return map[string]string{"kind": kind, "title": title, "digest": digest}, err
}

// enroll registers an organization on paper: it joins, applies, and the seat that the law names admits it.
func (t *Teller) enroll(ctx context.Context, m member, seat, step string, papers ...string) (member, error) {
	m, err := t.join(ctx, m)
	if err != nil {
		return m, err
	}
	var docs []map[string]string
	for _, kind := range papers {
		digest, err := t.paper(ctx, m.Login, kind+" "+m.Name)
		if err != nil {
			return m, err
		}
		docs = append(docs, map[string]string{"kind": kind, "name": kind + ".pdf", "blob": digest})
	}
	var page admissionPage
	if err := t.post(ctx, m.Login, "/v1/admissions", map[string]any{"method": "paper", "documents": docs}, &page); err != nil {
		return m, err
	}
	id, err := t.matterOf(ctx, seat, page.Admission.ID)
	if err != nil {
		return m, err
	}
	if err := t.decide(ctx, seat, id, step, "pass", "单位信息真实有效"); err != nil {
		return m, err
	}
	delete(t.people, m.Login) // its roles have changed
	return m, nil
}

// publicity waits until a matter's period in public is over: nobody signs before its last day has ended.
func (t *Teller) publicity(ctx context.Context, login, matter, step string) error {
	var page struct {
		Matter struct {
			State string `json:"state"`
			Steps []struct {
				ID     string `json:"id"`
				Public *struct {
					Deadline struct {
						Due     workday.Date `json:"due"`
						Explain string       `json:"explain"`
					} `json:"deadline"`
				} `json:"public"`
			} `json:"steps"`
		} `json:"matter"`
	}
	if err := t.get(ctx, login, "/v1/matters/"+matter, &page); err != nil {
		return err
	}
	for _, s := range page.Matter.Steps {
		if s.ID != step || s.Public == nil {
			continue
		}
		t.fact(step, s.Public.Deadline)
		t.goTo(ctx, s.Public.Deadline.Due)
		if err := t.matterIs(ctx, login, matter, "running"); err != nil {
			return fmt.Errorf("on the last day of the publicity: %w", err)
		}
		t.goTo(ctx, s.Public.Deadline.Due.AddDays(1))
		return t.matterIs(ctx, login, matter, "passed")
	}
	return fmt.Errorf("matter %s has no period in public at %s", matter, step)
}

// matterIs checks the state of a matter.
func (t *Teller) matterIs(ctx context.Context, login, matter, want string) error {
	var page struct {
		Matter struct {
			State string `json:"state"`
		} `json:"matter"`
	}
	if err := t.get(ctx, login, "/v1/matters/"+matter, &page); err != nil {
		return err
	}
	if page.Matter.State != want {
		return fmt.Errorf("matter %s is %s, want %s", matter, page.Matter.State, want)
	}
	return nil
}

// call publishes a call for applications that is open for a month, and returns its id.
func (t *Teller) callFor(ctx context.Context, login, kind, title, field, conditions string) (string, error) {
	body := map[string]any{"title": title, "for": kind, "field": field, "conditions": conditions, "closes": t.Clock.Now().Add(30 * 24 * time.Hour)}
	var page struct {
		Notice struct {
			ID string `json:"id"`
		} `json:"notice"`
	}
	err := t.post(ctx, login, "/v1/notices/call", body, &page)
	return page.Notice.ID, err
}

// term is a year from today, as an agreement states it.
func (t *Teller) term(years int) map[string]any {
	return map[string]any{"from": t.today(), "until": t.today().AddYears(years)}
}

// space opens the space of a scenario and writes the table in it.
func (t *Teller) table(ctx context.Context) error {
	var opened struct {
		ID string `json:"id"`
	}
	if err := t.post(ctx, bank.Login, "/v1/scenarios/"+t.ids["scenario"]+"/space", nil, &opened); err != nil {
		return err
	}
	t.ids["space"] = opened.ID
	version, err := t.model(ctx, "/v1/spaces/"+opened.ID, "table", "A", "分学历年龄段违约率", DefaultRates)
	t.ids["table"] = version
	return err
}

// scenario files the scenario of the table.
func (t *Teller) scenario(ctx context.Context, login, field string) (scenario, error) {
	plan := map[string]any{
		"title": "小微信贷授信辅助", "purpose": "用于本行贷款产品定价的合理性检验, 不作他用",
		"solution": "按学历和年龄段统计违约率, 用于产品定价的合理性检验。", "safety": "仅限三名实名人员使用, 结果只进授信系统, 到期删除。",
		"needs":   []map[string]any{{"resource": t.ids["credit_default"], "fields": tableFields, "why": "违约率计算所需的最少数据项"}},
		"special": false, "field": field, "budget": 20_000_000_000, "functions": "分层违约率", "benefit": "定价更加合理", "cost": 100_000_00,
	}
	if call := t.ids["call"]; call != "" {
		plan["call"] = call
	}
	var sc scenario
	err := t.post(ctx, login, "/v1/scenarios", map[string]any{"plan": plan}, &sc)
	return sc, err
}

// runs runs the table on raw data.
func (t *Teller) runs(ctx context.Context) error {
	var r run
	if err := t.post(ctx, bank.Login, "/v1/spaces/"+t.ids["space"]+"/runs", map[string]string{"version": t.ids["table"]}, &r); err != nil {
		return err
	}
	if r.State != "done" {
		return fmt.Errorf("the run is %s (%s), want done", r.State, r.Why)
	}
	t.ids["run"] = r.ID
	t.fact("charged_rho", float64(r.Rho)/1e12)
	return nil
}

// leaves takes the table out through the city's own review.
func (t *Teller) leaves(ctx context.Context, opinions ...[3]string) error {
	ask := map[string]string{"run": t.ids["run"], "purpose": "检验个人贷款产品分层定价的合理性", "recipient": "本行风险管理部", "retention": "一年"}
	var r release
	if err := t.post(ctx, bank.Login, "/v1/releases", ask, &r); err != nil {
		return err
	}
	export := "/v1/releases/" + r.ID + "/export"
	err := t.post(ctx, bank.Login, export, nil, nil)
	if err := t.refused("export_before_review", err, "conflict", ""); err != nil {
		return err
	}
	if err := t.pass(ctx, r.Matter, opinions...); err != nil {
		return err
	}
	var file []byte
	if err := t.post(ctx, bank.Login, export, nil, &file); err != nil {
		return err
	}
	t.fact("rows", strings.Count(string(file), "\n")-1)
	decided, err := t.decided(ctx, r.ID)
	t.fact("digest", decided)
	return err
}

type orderPage struct {
	Order struct {
		ID     string       `json:"id"`
		State  string       `json:"state"`
		Closed bool         `json:"closed"`
		Due    workday.Date `json:"due"`
		Exit   string       `json:"exit"`
	} `json:"order"`
}

// rectified orders the developer to rectify: its access is closed at once, by the city's article, until the report is accepted.
func (t *Teller) rectified(ctx context.Context, seat, article string) error {
	o, err := t.order(ctx, seat)
	if err != nil {
		return err
	}
	again := func() error {
		return t.post(ctx, bank.Login, "/v1/spaces/"+t.ids["space"]+"/runs", map[string]string{"version": t.ids["table"]}, nil)
	}
	if err := t.refused("run_while_rectifying", again(), "unlawful", article); err != nil {
		return err
	}
	if err := t.post(ctx, bank.Login, "/v1/orders/"+o.Order.ID+"/report", map[string]any{"text": "已清退超出约定用途的使用, 重新培训人员", "evidence": []string{"整改报告"}}, nil); err != nil {
		return err
	}
	if err := t.post(ctx, seat, "/v1/orders/"+o.Order.ID+"/decide", map[string]any{"ruling": "accept", "reason": "经核查已整改到位"}, &o); err != nil {
		return err
	}
	t.fact("order", o.Order)
	return again()
}

func (t *Teller) order(ctx context.Context, seat string) (o orderPage, err error) {
	body := map[string]any{"org": t.members[bank.Login].org, "measure": "rectify", "ground": "agreement", "reason": "超出约定的用途使用数据",
		"article": "协议第四条", "evidence": []string{"检查笔录第三号"}}
	err = t.post(ctx, seat, "/v1/orders", body, &o)
	return o, err
}

// ends lets a second order pass its day: the authorization ends, access stays closed, what is held is deleted and certified by
// two people.
func (t *Teller) ends(ctx context.Context, seat, article string) error {
	o, err := t.order(ctx, seat)
	if err != nil {
		return err
	}
	t.goTo(ctx, o.Order.Due.AddDays(1))
	if err := t.post(ctx, seat, "/v1/orders/"+o.Order.ID+"/decide", map[string]any{"ruling": "terminate", "reason": "逾期未整改, 终止授权"}, &o); err != nil {
		return err
	}
	return t.left(ctx, o.Order.Exit, seat, article)
}

// left follows an exit to its certificate.
func (t *Teller) left(ctx context.Context, exit, seat, article string) error {
	if exit == "" {
		return errors.New("the termination left no exit")
	}
	err := t.post(ctx, bank.Login, "/v1/spaces/"+t.ids["space"]+"/runs", map[string]string{"version": t.ids["table"]}, nil)
	if err := t.refused("run_after_the_end", err, "unlawful", article); err != nil {
		return err
	}
	if err := t.post(ctx, "operator", "/v1/exits/"+exit+"/delete", nil, nil); err != nil {
		return err
	}
	err = t.post(ctx, "operator", "/v1/exits/"+exit+"/certify", nil, nil)
	if err := t.refused("certified_by_who_deleted", err, "forbidden", ""); err != nil {
		return err
	}
	var page struct {
		Exit struct {
			State        string       `json:"state"`
			Closed       time.Time    `json:"closed"`
			LogsUntil    workday.Date `json:"logs_until"`
			ArchiveUntil workday.Date `json:"archive_until"`
		} `json:"exit"`
	}
	if err := t.post(ctx, seat, "/v1/exits/"+exit+"/certify", nil, &page); err != nil {
		return err
	}
	if page.Exit.State != "certified" {
		return fmt.Errorf("the exit is %s, want certified", page.Exit.State)
	}
	t.fact("exit", page.Exit)
	return nil
}

// verified is the auditor's look at the whole ledger, online and offline.
func (t *Teller) verified(ctx context.Context) error {
	var problems struct {
		Items []struct {
			Where string `json:"where"`
		} `json:"items"`
	}
	if err := t.post(ctx, "auditor", "/v1/ledger/fsck", nil, &problems); err != nil {
		return err
	}
	if len(problems.Items) > 0 {
		return fmt.Errorf("fsck finds %d problems in an untouched ledger: %+v", len(problems.Items), problems.Items)
	}
	n, err := t.Ledger.VerifyOffline(ctx)
	t.fact("entries_verified_offline", n)
	return err
}
