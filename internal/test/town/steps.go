package town

import (
	"context"
	"crypto/ed25519"
	"encoding/base64"
	"errors"
	"testing"

	"yunei/internal/base/errs"
	"yunei/internal/base/sqldb"
	"yunei/internal/base/workday"
	"yunei/internal/core/access"
	"yunei/internal/core/matter"
	"yunei/internal/flow/grant"
	"yunei/internal/flow/lab"
	"yunei/internal/flow/statistics"
)

// Table is a class A model over the card table: how many people default, by education.
const Table = `SELECT education, COUNT(*) AS accounts, AVG(default_next_month) AS rate FROM credit_default GROUP BY education`

// Band is a class B model: one person's credit band.
const Band = `SELECT CASE WHEN pay_0 <= 0 THEN 'A' ELSE 'B' END AS band FROM credit_default WHERE sid = :subject`

// Fields are what both models read.
var Fields = []string{"education", "default_next_month", "pay_0"}

// Plan is a pre-declaration that asks for some fields of the card table and a yearly budget.
func (w *Town) Plan(budget int64, fields ...string) grant.Plan {
	return grant.Plan{Title: "信贷授信辅助", Purpose: "用于本行贷款申请的授信审查", Solution: "申请人授权后查询分档", Safety: "三名实名人员使用",
		Needs: []grant.Need{{Resource: w.Card.ID, Fields: fields, Why: "模型所需"}}, Budget: budget}
}

// MatterAbout finds the newest matter about an object.
func (w *Town) MatterAbout(subject string) (m *matter.Matter) {
	w.T.Helper()
	w.View(func(ctx context.Context, tx *sqldb.Tx) error {
		list, err := matter.List(ctx, tx, matter.Filter{Subject: subject, Limit: 1})
		if err == nil && len(list) == 1 {
			m = list[0]
		}
		return err
	})
	if m == nil {
		w.T.Fatalf("no matter about %s", subject)
	}
	return m
}

// Matter loads a matter.
func (w *Town) Matter(id string) (m *matter.Matter) {
	w.T.Helper()
	w.View(func(ctx context.Context, tx *sqldb.Tx) (err error) {
		m, err = matter.Load(ctx, tx, id)
		return err
	})
	return m
}

// Decision is what somebody says at a step, with every check answered and, where the step asks for it, signed.
func (w *Town) Decision(who, id, step string, v matter.Verdict) matter.Decision {
	w.T.Helper()
	m := w.Matter(id)
	d := matter.Decision{Verdict: v, Reason: "理由充分", Checks: map[string]bool{}}
	if s, err := m.Step(step); err == nil {
		for _, c := range s.Checks {
			d.Checks[c.ID] = v == matter.Pass
		}
		d.NoConflict = s.Draw != nil
	}
	ctx := w.As(who)
	if v != matter.Pass || !access.From(ctx).Has(access.Expert) {
		return d
	}
	w.View(func(_ context.Context, tx *sqldb.Tx) error {
		text, err := w.Matters.SignText(ctx, tx, m)
		if err != nil || text == "" {
			return err
		}
		keys, err := access.KeysOf(ctx, tx, access.From(ctx).Account)
		if err != nil {
			return err
		}
		d.Signature = &matter.Signature{Key: keys[0].ID, Signed: text, Value: base64.StdEncoding.EncodeToString(ed25519.Sign(Key(who), []byte(text)))}
		return nil
	})
	return d
}

// Decide gives an opinion at a step.
func (w *Town) Decide(who, id, step string, v matter.Verdict) error {
	w.T.Helper()
	_, err := w.Matters.Decide(w.As(who), id, step, w.Decision(who, id, step, v))
	return err
}

// Scenario files a pre-declaration and lets the operator pass it.
func (w *Town) Scenario(who string, budget int64, fields ...string) grant.Scenario {
	w.T.Helper()
	sc, err := w.Grant.Predeclare(w.As(who), w.Plan(budget, fields...))
	Must(w.T, err)
	Must(w.T, w.Decide("operator", sc.Matter, "review", matter.Pass))
	return sc
}

// Space opens the space of a passed scenario.
func (w *Town) Space(who string, sc grant.Scenario) lab.Space {
	w.T.Helper()
	sp, err := w.Lab.OpenSpace(w.As(who), sc.ID)
	Must(w.T, err)
	return sp
}

// Version saves a text as a model and submits it.
func (w *Town) Version(who string, sp lab.Space, class, text string) lab.Version {
	w.T.Helper()
	m, err := w.Lab.SaveModel(w.As(who), sp.ID, lab.Model{Name: "模型" + class, Class: class, Draft: text})
	Must(w.T, err)
	v, err := w.Lab.Submit(w.As(who), m.ID, true, 0)
	Must(w.T, err)
	return v
}

// Papers are the papers of a declaration.
var Papers = grant.Papers{Solution: "按预申报实施", Design: "按学历分组汇总"}

// Declare files versions for review.
func (w *Town) Declare(who string, sc grant.Scenario, versions ...lab.Version) grant.Declaration {
	w.T.Helper()
	var ids []string
	for _, v := range versions {
		ids = append(ids, v.ID)
	}
	d, err := w.Lab.Declare(w.As(who), sc.ID, Papers, ids)
	Must(w.T, err)
	return d
}

// Approve takes a declaration through every step that is not left out.
func (w *Town) Approve(d grant.Declaration) {
	w.T.Helper()
	for _, o := range []struct{ who, step string }{{"operator", "first-review"}, {"expert1", "experts"}, {"expert2", "experts"}, {"holder", "provider-opinion"}, {"bureau", "final"}} {
		s, err := w.Matter(d.Matter).Step(o.step)
		Must(w.T, err)
		if s.State == matter.StepSkipped {
			continue
		}
		v := matter.Pass
		if !s.Binding {
			v = matter.Agree
		}
		Must(w.T, w.Decide(o.who, d.Matter, o.step, v))
	}
}

// Terms are a year from today.
func (w *Town) Terms() grant.Terms {
	today := workday.DateOf(w.Clock.Now())
	return grant.Terms{From: today, Until: today.AddYears(1)}
}

// Agree signs an agreement on both sides and files it.
func (w *Town) Agree(who string, d grant.Declaration) grant.Agreement {
	w.T.Helper()
	for _, side := range []string{who, "operator"} {
		_, err := w.Grant.SignAgreement(w.As(side), d.ID, w.Terms())
		Must(w.T, err)
	}
	var a grant.Agreement
	w.View(func(ctx context.Context, tx *sqldb.Tx) error {
		loaded, err := grant.LoadDeclaration(ctx, tx, d.ID)
		a.ID = loaded.Agreement
		return err
	})
	a, err := w.Grant.FileAgreement(w.As("operator"), a.ID)
	Must(w.T, err)
	return a
}

// Granted is the whole way: scenario, space, the versions of the given texts approved, the grant in force.
type Granted struct {
	Scenario    grant.Scenario
	Space       lab.Space
	Table, Band lab.Version
	Declaration grant.Declaration
	Grant       grant.Grant
}

// Grants takes both models of an organization all the way to a grant in force.
func (w *Town) Grants(who string, budget int64) Granted {
	w.T.Helper()
	g := Granted{Scenario: w.Scenario(who, budget, Fields...)}
	g.Space = w.Space(who, g.Scenario)
	g.Table, g.Band = w.Version(who, g.Space, "A", Table), w.Version(who, g.Space, "B", Band)
	g.Declaration = w.Declare(who, g.Scenario, g.Table, g.Band)
	w.Approve(g.Declaration)
	var err error
	g.Grant, err = w.Grant.Start(w.As("operator"), w.Agree(who, g.Declaration).ID)
	Must(w.T, err)
	return g
}

// Permits takes a grant on to a permit for exact figures about the card's resource (精确统计许可).
func (w *Town) Permits(who string, g Granted) statistics.Permit {
	w.T.Helper()
	p, err := w.Statistics.Apply(w.As(who), g.Scenario.ID, statistics.Ask{Resources: []string{w.Card.ID}, Ground: "统计法和批准的统计调查制度",
		Purpose: "编制年度统计公报", Recipient: "市统计局", Until: workday.Must("2026-09-24")})
	Must(w.T, err)
	for _, d := range [][2]string{{"holder", "holder"}, {"bureau", "bureau"}, {"bureau2", "bureau"}} {
		Must(w.T, w.Decide(d[0], p.Matter, d[1], matter.Pass))
	}
	return p
}

// Review takes a release that has no warning to its approval.
func (w *Town) Review(matterID string) {
	w.T.Helper()
	for _, d := range [][2]string{{"operator", "check"}, {"bureau", "review"}, {"bureau2", "review"}} {
		Must(w.T, w.Decide(d[0], matterID, d[1], matter.Pass))
	}
}

// WantCode ends the test unless the error has the code.
func WantCode(t testing.TB, what string, err error, code errs.Code) *errs.Error {
	t.Helper()
	if !errs.Is(err, code) {
		t.Fatalf("%s = %v, want %s", what, err, code)
	}
	e, _ := errors.AsType[*errs.Error](err)
	return e
}

// WantArticle ends the test unless the error is a refusal by law that cites the article.
func WantArticle(t testing.TB, what string, err error, article string) {
	t.Helper()
	e := WantCode(t, what, err, errs.Unlawful)
	for _, c := range e.Cites {
		if c.Article == article && c.Quote != "" {
			return
		}
	}
	t.Errorf("%s cites %+v, want article %s", what, e.Cites, article)
}

// SameWords fails the test unless both errors say the same: that something is another's is not told.
func SameWords(t testing.TB, what string, theirs, none error) {
	t.Helper()
	a, b := WantCode(t, what+" of another", theirs, errs.NotFound), WantCode(t, what+" that never was", none, errs.NotFound)
	if a.Msg != b.Msg {
		t.Errorf("%s: another's is answered %q, a missing one %q; want the same words", what, a.Msg, b.Msg)
	}
}
