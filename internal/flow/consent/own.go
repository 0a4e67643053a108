package consent

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"yunei/internal/base/errs"
	"yunei/internal/base/sqldb"
	"yunei/internal/core/act"
)

// Own (自有模板) is a changed or own template that was approved with a development plan. 四(三): 需修改规范模板或采用自有模板的,应在提交
// 开发方案申请时予以说明并提供拟使用的模板. It is accepted under that plan only.
type Own struct {
	ID       string    `json:"id" doc:"Named in a document as its template"`
	Plan     string    `json:"plan"`
	Scenario string    `json:"scenario"`
	Org      string    `json:"org"`
	Title    string    `json:"title"`
	Text     string    `json:"text" doc:"With a mark such as 【目的】 where each element is to be written"`
	Approved time.Time `json:"approved"`
}

const ownPrefix = "own-"

// OwnID is the template that a plan brings.
func OwnID(plan string) string { return ownPrefix + plan + "@1" }

// marks are the places of an own template that are filled from the very values the person signs, in the order in which the
// platform's template tells them.
var marks = []struct {
	name string
	of   func(Document) string
}{
	{"授权书编号", func(d Document) string { return d.Number }},
	{"信息主体", func(d Document) string { return d.Subject.Name + "，居民身份号码 " + d.Subject.IDNumber }},
	{"授权对象", func(d Document) string {
		return list(d.Recipients, func(r Recipient) string {
			role := "数据使用单位"
			if r.Role == RoleThirdParty {
				role = "第三方合作单位"
			}
			return r.Name + "（统一社会信用代码 " + r.USCC + "，" + role + "）"
		})
	}},
	{"来源和范围", func(d Document) string {
		return list(d.Data, func(s Source) string {
			return s.Provider + "的“" + s.Name + "”：" + list(s.Fields, func(f Field) string { return f.Title })
		})
	}},
	{"目的", func(d Document) string { return d.Purpose.Text }},
	{"用途", func(d Document) string { return d.Purpose.Use }},
	{"方式", func(d Document) string { return strings.Join(d.Manner, "、") }},
	{"结果内容", func(d Document) string { return list(d.Outputs, func(o Output) string { return o.Text }) }},
	{"授权期限", func(d Document) string { return chineseDay(d.From) + "至" + chineseDay(d.Until) + "（含当日）" }},
	{"使用次数", func(d Document) string { return fmt.Sprint(d.MaxUses) }},
	{"保存期限", func(d Document) string { return d.Retention }},
	{"单独同意", func(d Document) string {
		if len(d.Separate) == 0 {
			return "无"
		}
		return sensitiveTitles(d)
	}},
}

func list[T any](items []T, text func(T) string) string {
	out := make([]string, len(items))
	for i, item := range items {
		out[i] = text(item)
	}
	return strings.Join(out, "、")
}

// UntoldBy names the elements for which a template has no place, so that whoever reads it would not be told them (四(二)).
func UntoldBy(text string) []string {
	var out []string
	for _, m := range marks {
		if !strings.Contains(text, "【"+m.name+"】") {
			out = append(out, "【"+m.name+"】")
		}
	}
	return out
}

func (o Own) fill(d Document) string {
	var pairs []string
	for _, m := range marks {
		pairs = append(pairs, "【"+m.name+"】", m.of(d))
	}
	return strings.NewReplacer(pairs...).Replace(o.Text)
}

// form is the template as the platform's own are: with the platform's limits.
func (o Own) form() Form {
	f := platformForm
	f.ID, f.Title, f.Plan, f.Scenario = o.ID, o.Title, o.Plan, o.Scenario
	f.text = func(d Document) (string, error) { return o.fill(d), nil }
	return f
}

// Adopt makes a plan's own template one that documents may be on, in the act that approves the plan.
func Adopt(ctx context.Context, tx *act.Tx, o Own) error {
	o.ID, o.Approved = OwnID(o.Plan), tx.Now()
	body, err := json.Marshal(o)
	if err != nil {
		return fmt.Errorf("encode template %s: %w", o.ID, err)
	}
	if _, err := tx.Exec(ctx, `INSERT INTO consent_template (id, plan, scenario, org, body, approved) VALUES ($1, $2, $3, $4, $5, $6)`,
		o.ID, o.Plan, o.Scenario, o.Org, string(body), o.Approved.UnixMicro()); err != nil {
		return fmt.Errorf("insert template %s: %w", o.ID, err)
	}
	return tx.Changed(ctx, "consent-template", o.ID, o)
}

func loadOwn(ctx context.Context, tx *sqldb.Tx, id string) (o Own, err error) {
	var body string
	err = tx.QueryRow(ctx, `SELECT body FROM consent_template WHERE id = $1`, id).Scan(&body)
	if errors.Is(err, sqldb.ErrNoRows) {
		return o, errs.New(errs.NotFound, "没有这份自有模板, 请核对后重试")
	}
	if err != nil {
		return o, fmt.Errorf("load template %s: %w", id, err)
	}
	return o, json.Unmarshal([]byte(body), &o)
}

// Owned lists an organization's approved own templates.
func (s *Service) Owned(ctx context.Context, org string) (list []Own, err error) {
	err = s.Acts.View(ctx, func(tx *sqldb.Tx) error {
		list, err = sqldb.Bodies[Own](ctx, tx, `SELECT body FROM consent_template WHERE org = $1 ORDER BY id`, org)
		return err
	})
	return list, err
}

// form finds the template a document names: one of the platform's, or one that was approved with a plan.
func (s *Service) form(ctx context.Context, id string) (Form, bool, error) {
	if f, ok := FormOf(id); ok || !strings.HasPrefix(id, ownPrefix) {
		return f, ok, nil
	}
	var o Own
	err := s.Acts.View(ctx, func(tx *sqldb.Tx) (err error) {
		o, err = loadOwn(ctx, tx, id)
		return err
	})
	if errs.Is(err, errs.NotFound) {
		return Form{}, false, nil
	}
	return o.form(), err == nil, err
}

// Plan is what the development plan behind a call says of its documents.
type Plan struct {
	ID    string
	Paper bool // documents on paper were declared (纸质授权书)
}

// OfPlan reports whether a document can be judged only with the plan behind the call.
func (t Terms) OfPlan() bool { return t.Scan != "" || strings.HasPrefix(t.Template, ownPrefix) }

// CheckPlan decides whether terms may be used under a plan.
func (t Terms) CheckPlan(p Plan) Reason {
	switch {
	case strings.HasPrefix(t.Template, ownPrefix) && t.Template != OwnID(p.ID):
		return OtherPlan
	case t.Scan != "" && !p.Paper:
		return NoPaper
	}
	return ""
}
