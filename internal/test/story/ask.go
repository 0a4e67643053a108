package story

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"yunei/internal/base/workday"
)

// CreditBand is the class B model: one person's credit band, three values and nothing finer.
const CreditBand = `SELECT CASE WHEN pay_0 <= 0 AND pay_2 <= 0 THEN 'A'
            WHEN pay_0 <= 1 THEN 'B'
            ELSE 'C' END AS band
FROM credit_default
WHERE sid = :subject`

// DefaultRates is the class A model: how many accounts and which share defaults, by education and age band.
const DefaultRates = `SELECT education, bucket(age, 30, 40, 50) AS age_band,
       COUNT(*) AS accounts, AVG(default_next_month) AS default_rate
FROM credit_default
GROUP BY education, bucket(age, 30, 40, 50)`

var bandFields, tableFields = []string{"pay_0", "pay_2"}, []string{"education", "age", "default_next_month"}

type scenario struct {
	ID     string `json:"id"`
	Matter string `json:"matter"`
	State  string `json:"state"`
}

func (t *Teller) predeclare(ctx context.Context, login string, fields []string, budget int64) (scenario, error) {
	plan := map[string]any{
		"title": "小微信贷授信辅助", "purpose": "用于本行小微企业主和个人贷款申请的授信审查, 不作他用",
		"solution": "申请人本人授权后实时查询其信用分档; 按学历和年龄段的违约率用于产品定价的合理性检验。",
		"safety":   "仅限授信审查岗三名实名人员使用, 结果只进授信系统, 保存期限随贷款合同, 到期删除。",
		"needs":    []map[string]any{{"resource": t.ids["credit_default"], "fields": fields, "why": "分档和违约率计算所需的最少数据项"}},
		"special":  false, "budget": budget,
	}
	var sc scenario
	err := t.post(ctx, login, "/v1/scenarios", map[string]any{"plan": plan}, &sc)
	return sc, err
}

// prescenario files the pre-declaration; its deadline runs over the National Day holidays and says so.
func (t *Teller) prescenario(ctx context.Context) error {
	sc, err := t.predeclare(ctx, bank.Login, append(slices.Clone(bandFields), tableFields...), 20_000_000_000)
	if err != nil {
		return err
	}
	t.ids["scenario"] = sc.ID
	err = t.post(ctx, bank.Login, "/v1/scenarios/"+sc.ID+"/space", nil, nil)
	if err := t.refused("space_before_review", err, "unlawful", "三(二)"); err != nil {
		return err
	}
	if err := t.inbox(ctx, "operator", sc.Matter); err != nil {
		return err
	}
	err = t.decideAs(ctx, bank.Login, sc.Matter, "review")
	if err := t.refused("approving_ones_own_application", err, "unlawful", "第二条"); err != nil {
		return err
	}
	if err := t.decide(ctx, "operator", sc.Matter, "review", "pass", "场景可行, 所需数据项必要, 使用方式安全"); err != nil {
		return err
	}
	if err := t.post(ctx, bank.Login, "/v1/scenarios/"+sc.ID+"/space", nil, &sc); err != nil {
		return err
	}
	t.ids["space"] = sc.ID
	return nil
}

// holidays says when two working days from a day are over where that takes more than two days, by the notices of the State
// Council: what the working days are on other days is tested elsewhere.
var holidays = map[workday.Date]string{"2025-09-29": "2025-10-09"}

// inbox looks for the task in a seat's inbox and keeps how its deadline was counted.
func (t *Teller) inbox(ctx context.Context, login, matter string) error {
	var tasks struct {
		Items []struct {
			Matter  string `json:"matter"`
			Due     string `json:"due"`
			Explain string `json:"explain"`
			Left    *int   `json:"left"`
		} `json:"items"`
	}
	if err := t.get(ctx, login, "/v1/tasks", &tasks); err != nil {
		return err
	}
	for _, task := range tasks.Items {
		if task.Matter != matter {
			continue
		}
		if want := holidays[t.today()]; task.Due == "" || want != "" && want != task.Due {
			return fmt.Errorf("the review is due on %q (%s), want %s", task.Due, task.Explain, want)
		}
		t.fact("deadline", map[string]any{"due": task.Due, "explained": task.Explain, "working_days_left": task.Left})
		return nil
	}
	return fmt.Errorf("no task about %s in the inbox of %s", matter, login)
}

// decideAs tries to decide a step whatever the seat may do.
func (t *Teller) decideAs(ctx context.Context, login, matter, step string) error {
	return t.post(ctx, login, "/v1/matters/"+matter+"/decide", map[string]any{"step": step, "verdict": "pass", "reason": "同意"}, nil)
}

type checked struct {
	Hash     string `json:"hash"`
	Refusals []struct {
		Code    string `json:"code"`
		Message string `json:"message"`
		Hint    string `json:"hint"`
		Start   int    `json:"start"`
	} `json:"refusals"`
	Cites []struct {
		Article string `json:"article"`
	} `json:"cites"`
	Preview *struct {
		Threshold int64 `json:"threshold"`
		Plan      struct {
			Rho int64 `json:"rho"`
		} `json:"plan"`
		Columns []struct {
			Name    string `json:"name"`
			Error95 string `json:"error95"`
		} `json:"columns"`
	} `json:"preview"`
}

// lab writes both models in the space and tries them on synthetic samples.
func (t *Teller) lab(ctx context.Context) error {
	space := "/v1/spaces/" + t.ids["space"]
	var sample struct {
		Rows [][]string `json:"rows"`
	}
	err := t.get(ctx, bank.Login, space+"/samples/"+t.ids["credit_default"], &sample)
	if err := t.refused("samples_before_the_undertaking", err, "unlawful", "六(三)"); err != nil {
		return err
	}
	if err := t.undertake(ctx, bank.Login); err != nil {
		return err
	}
	if err := t.get(ctx, bank.Login, space+"/samples/"+t.ids["credit_default"], &sample); err != nil {
		return err
	}
	t.fact("sample_rows", len(sample.Rows))
	for _, m := range []struct{ key, class, name, text string }{
		{"band", "B", "个人信用分档", CreditBand}, {"table", "A", "分学历年龄段违约率", DefaultRates},
	} {
		version, err := t.model(ctx, space, m.key, m.class, m.name, m.text)
		if err != nil {
			return fmt.Errorf("model %s: %w", m.key, err)
		}
		t.ids[m.key] = version
	}
	return nil
}

func (t *Teller) model(ctx context.Context, space, key, class, name, text string) (string, error) {
	var c checked
	draft := map[string]any{"class": class, "text": text}
	if err := t.post(ctx, bank.Login, space+"/compile", draft, &c); err != nil {
		return "", err
	}
	if len(c.Refusals) > 0 {
		return "", fmt.Errorf("the guard refuses: %+v", c.Refusals)
	}
	fact := map[string]any{"hash": c.Hash}
	if c.Preview != nil {
		fact["charge_rho"], fact["threshold_units"] = float64(c.Preview.Plan.Rho)/1e12, c.Preview.Threshold
		for _, col := range c.Preview.Columns {
			fact["error95_"+col.Name] = col.Error95
		}
	}
	var trial struct {
		Agreed bool       `json:"agreed"`
		Note   string     `json:"note"`
		Rows   [][]string `json:"rows"`
		Table  *struct {
			Shown int `json:"shown"`
		} `json:"table"`
	}
	if err := t.post(ctx, bank.Login, space+"/try", draft, &trial); err != nil {
		return "", err
	}
	fact["engine_and_interpreter_agree"] = trial.Agreed
	var model, version struct {
		ID string `json:"id"`
	}
	if err := t.post(ctx, bank.Login, space+"/models", map[string]any{"name": name, "class": class, "text": text}, &model); err != nil {
		return "", err
	}
	if err := t.post(ctx, bank.Login, "/v1/models/"+model.ID+"/submit", map[string]any{"shared": true}, &version); err != nil {
		return "", err
	}
	t.fact(key, fact)
	return version.ID, nil
}

type declaration struct {
	ID     string `json:"id"`
	Matter string `json:"matter"`
	State  string `json:"state"`
}

func (t *Teller) declare(ctx context.Context, login, scenario string, versions ...string) (declaration, error) {
	body := map[string]any{
		"papers":   map[string]string{"solution": "按预申报的应用场景解决方案实施, 未作变更。", "design": "分档模型取三档; 汇总模型按学历和年龄段分组, 加噪并设显示门槛。"},
		"versions": versions,
	}
	var d declaration
	err := t.post(ctx, login, "/v1/scenarios/"+scenario+"/declare", body, &d)
	return d, err
}

// declaration takes both models through operator, experts with the provider's opinion beside them, and bureau.
func (t *Teller) declaration(ctx context.Context) error {
	d, err := t.declare(ctx, bank.Login, t.ids["scenario"], t.ids["band"], t.ids["table"])
	if err != nil {
		return err
	}
	t.ids["declaration"] = d.ID
	if err := t.decide(ctx, "operator", d.Matter, "first-review", "pass", "方案和代码审核通过"); err != nil {
		return err
	}
	err = t.decideUnsigned(ctx, "expert1", d.Matter)
	if err := t.refused("expert_without_signature", err, "invalid", ""); err != nil {
		return err
	}
	for _, o := range []struct{ login, step, verdict, reason string }{
		{"expert1", "experts", "pass", "目的合法, 数据项最少够用, 结果不可逆"},
		{"finance", "provider-opinion", "agree", "同意按申报用途使用"},
		{"expert2", "experts", "pass", "分档粗于数据项精度上限, 汇总加噪充分"},
		{"bureau", "final", "pass", "同意"},
	} {
		if err := t.decide(ctx, o.login, d.Matter, o.step, o.verdict, o.reason); err != nil {
			return err
		}
	}
	return t.approved(ctx, bank.Login, d)
}

// decideUnsigned is an expert who passes without signing what they read.
func (t *Teller) decideUnsigned(ctx context.Context, login, matter string) error {
	checks := map[string]bool{"lawful": true, "compliant": true, "reasonable": true, "algorithm": true, "irreversible": true, "invisible": true, "inside": true, "minimal": true}
	return t.post(ctx, login, "/v1/matters/"+matter+"/decide", map[string]any{"step": "experts", "verdict": "pass", "reason": "同意", "no_conflict": true, "checks": checks}, nil)
}

func (t *Teller) approved(ctx context.Context, login string, d declaration) error {
	var page struct {
		Matter struct {
			State string `json:"state"`
		} `json:"matter"`
	}
	if err := t.get(ctx, login, "/v1/matters/"+d.Matter, &page); err != nil {
		return err
	}
	if page.Matter.State != "passed" {
		return fmt.Errorf("the declaration is %s, want passed", page.Matter.State)
	}
	t.fact("state", page.Matter.State)
	return nil
}

// reuse lets a second bank declare the listed band model unchanged: the experts' step falls away by 三(四).
func (t *Teller) reuse(ctx context.Context) error {
	sc, err := t.predeclare(ctx, second.Login, bandFields, 0)
	if err != nil {
		return err
	}
	if err := t.decide(ctx, "operator", sc.Matter, "review", "pass", "场景可行, 数据项必要"); err != nil {
		return err
	}
	d, err := t.declare(ctx, second.Login, sc.ID, t.ids["band"])
	if err != nil {
		return err
	}
	var page struct {
		Matter struct {
			Steps []struct {
				ID      string `json:"id"`
				State   string `json:"state"`
				Skipped *struct {
					Article string `json:"article"`
					Quote   string `json:"quote"`
				} `json:"skipped"`
			} `json:"steps"`
		} `json:"matter"`
	}
	if err := t.get(ctx, second.Login, "/v1/matters/"+d.Matter, &page); err != nil {
		return err
	}
	skipped := false
	for _, s := range page.Matter.Steps {
		if s.ID == "experts" && s.State == "skipped" && s.Skipped != nil {
			skipped = true
			t.fact("experts_skipped_by", s.Skipped.Article+" "+s.Skipped.Quote)
		}
	}
	if !skipped {
		return errors.New("the experts' step of the unchanged listed model is not skipped")
	}
	for _, login := range []string{"operator", "bureau"} {
		step := map[string]string{"operator": "first-review", "bureau": "final"}[login]
		if err := t.decide(ctx, login, d.Matter, step, "pass", "选用已上架模型, 数据和结果未变"); err != nil {
			return err
		}
	}
	t.ids["scenario2"], t.ids["declaration2"] = sc.ID, d.ID
	return t.approved(ctx, second.Login, d)
}
