package grant_test

import (
	"context"
	"io/fs"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"yunei/internal/base/errs"
	"yunei/internal/base/sqldb"
	"yunei/internal/base/workday"
	"yunei/internal/core/access"
	"yunei/internal/core/act"
	"yunei/internal/core/matter"
	"yunei/internal/core/notice"
	"yunei/internal/flow/grant"
	"yunei/internal/test/town"
	"yunei/regimes"
)

// levels is a county's pack that has every level and kind of agreement; its one article says all that is quoted.
var levels = map[string]string{
	"pack.yaml": `id: levels
title: 分级授权试验规则
issuer: 试验县
level: county
division: "350502"
status: in-force
issued: 2024-06-01
from: 2024-06-01
roles:
  - {role: data-bureau, title: 县数据局}
  - {role: data-user, title: 开发利用主体}
  - {role: authorized-operator, title: 授权运营主体}
  - {role: authorizing-department, title: 授权部门}
  - {role: applicant-org, title: 申请主体}
  - {role: platform-operator, title: 平台运营机构}
  - {role: third-party-provider, title: 合作单位}
  - {role: government, title: 县人民政府}
  - {role: upper-authority, title: 市数据局}
documents:
  - {id: agreement, title: 协议, template: agreement.txt}
  - {id: capability-statement, title: 能力说明}
`,
	"articles/1.md":           "# 第一条 分级\n\n授权运营主体由县数据局授权,不得开发产品。开发利用主体由授权部门授权,部门须经审核确认。期限一般不超过三年。协议载明范围和违约责任,由各方签订,由县人民政府盖章,并报市数据局备案。\n",
	"templates/agreement.txt": "协议\n一、{org} 自 {from} 至 {until}。\n{#liability}二、违约责任: {clause.liability}。\n三、{fields}\n",
	"procedures/operator.yaml": `kind: grant.operator
title: 运营授权
cite: {article: 第一条, quote: 授权运营主体由县数据局授权}
applicant: [applicant-org]
steps:
  - {id: review, title: 审核, by: data-bureau, may: [pass, return, refuse], cite: {article: 第一条, quote: 授权运营主体由县数据局授权}}
`,
	"procedures/developer.yaml": `kind: grant.developer
title: 开发授权
cite: {article: 第一条, quote: 开发利用主体由授权部门授权}
applicant: [applicant-org]
steps:
  - {id: review, title: 审核, by: authorizing-department, may: [pass, return, refuse], cite: {article: 第一条, quote: 开发利用主体由授权部门授权}}
`,
	"procedures/renewal.yaml": `kind: grant.renewal
title: 续签
cite: {article: 第一条, quote: 协议载明范围和违约责任}
applicant: [data-user]
steps:
  - {id: review, title: 审核, by: data-bureau, may: [pass, refuse], cite: {article: 第一条, quote: 协议载明范围和违约责任}}
`,
	"procedures/prescenario.yaml": `kind: grant.prescenario
title: 场景审核
cite: {article: 第一条, quote: 开发利用主体由授权部门授权}
applicant: [data-user]
steps:
  - {id: review, title: 审核, by: authorizing-department, may: [pass, return, refuse], cite: {article: 第一条, quote: 开发利用主体由授权部门授权}}
`,
	"procedures/scenario.yaml": `kind: grant.scenario
title: 数据申请
cite: {article: 第一条, quote: 授权运营主体由县数据局授权}
applicant: [data-user]
steps:
  - {id: review, title: 审核, by: authorized-operator, may: [pass, return, refuse], cite: {article: 第一条, quote: 授权运营主体由县数据局授权}}
`,
	"rules/values.yaml": `values:
  - {name: agreement.operation.parties, kind: limit, title: 运营协议各方, text: "authorized-operator, data-bureau", cite: {article: 第一条, quote: 由各方签订}}
  - {name: agreement.operation.term.years, kind: validity, title: 运营期限, int: 3, unit: year, strict: min, cite: {article: 第一条, quote: 期限一般不超过三年}}
  - {name: agreement.operation.term.exception, kind: validity, title: 可以例外, text: 一般, cite: {article: 第一条, quote: 期限一般不超过三年}}
  - {name: agreement.development.parties, kind: limit, title: 开发协议各方, text: "data-user, authorizing-department", cite: {article: 第一条, quote: 由各方签订}}
  - {name: agreement.development.term.years, kind: validity, title: 开发期限, int: 3, unit: year, strict: min, cite: {article: 第一条, quote: 不超过三年}}
  - {name: agreement.development.clauses, kind: limit, title: 必备条款, text: "term 期限, liability 违约责任", cite: {article: 第一条, quote: 协议载明范围和违约责任}}
  - {name: agreement.development.clauses.paid, kind: limit, title: 有偿使用的条款, text: charge 收费标准, cite: {article: 第一条, quote: 协议载明范围和违约责任}}
  - {name: agreement.supply.parties, kind: limit, title: 供给协议各方, text: "data-user, authorized-operator, government", cite: {article: 第一条, quote: 由县人民政府盖章}}
  - {name: agreement.supply.parties.partner, kind: limit, title: 合作单位, text: third-party-provider, cite: {article: 第一条, quote: 由各方签订}}
  - {name: agreement.supply.seal, kind: limit, title: 盖章的一方, text: government, cite: {article: 第一条, quote: 由县人民政府盖章}}
  - {name: filing.scenario.to, kind: report, title: 场景备案, text: data-bureau, cite: {article: 第一条, quote: 授权运营主体由县数据局授权}}
  - {name: filing.declaration.to, kind: report, title: 结果备案, text: upper-authority, cite: {article: 第一条, quote: 并报市数据局备案}}
rules:
  - id: no-building
    title: 授权运营主体不得开发产品
    kind: forbid
    cite: {article: 第一条, quote: 不得开发产品}
    acts: [grant.prescenario.submit, lab.space.open]
    check: "!org.authorized_operator"
    message: 授权运营主体不得开发产品。请由开发利用主体办理。
  - id: called
    title: 按通告或者推荐申请
    kind: gate
    cite: {article: 第一条, quote: 授权运营主体由县数据局授权}
    acts: [grant.authorization.apply]
    when: authorization.level == "operator"
    check: authorization.call_open && authorization.in_window || authorization.recommended
    message: 没有征集通告, 也没有部门推荐。请等待通告。
  - id: in-field
    title: 推荐本领域
    kind: gate
    cite: {article: 第一条, quote: 部门须经审核确认}
    acts: [grant.authorization.recommend]
    check: recommendation.in_field
    message: 不是本部门的领域。请核对。
  - id: confirmed
    title: 部门经审核确认
    kind: gate
    cite: {article: 第一条, quote: 部门须经审核确认}
    acts: [grant.agreement.sign]
    when: agreement.kind == "development"
    check: agreement.authorizer_confirmed
    message: 部门没有经过审核确认。请先向县数据局申请。
`,
}

// leveled is a town that moves from Quanzhou's pack, under which its banks were admitted, to one with every level.
func leveled(t *testing.T, w *town.Town) (*town.Town, *notice.Service) {
	t.Helper()
	w.Admit("runner", "示例数据集团", "91990000MA990009")
	relaw(t, w, "", "")
	w.Register("finance", "示例县金融管理局", "11990000MB990010", access.Department)
	w.Register("health", "示例县卫生健康局", "11990000MB990011", access.Department)
	w.Account("province", "org_province", access.Upper)
	w.Account("mayor", "org_cityhall", access.Government)
	return w, w.Matters.Notices
}

// relaw puts the pack in force, with one text of it replaced by another.
func relaw(t *testing.T, w *town.Town, old, now string) {
	t.Helper()
	all := fstest.MapFS{}
	town.Must(t, fs.WalkDir(regimes.FS, ".", func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		body, err := fs.ReadFile(regimes.FS, p)
		all[p] = &fstest.MapFile{Data: body}
		return err
	}))
	for name, body := range levels {
		if old != "" {
			body = strings.ReplaceAll(body, old, now)
		}
		all["levels/"+name] = &fstest.MapFile{Data: []byte(body)}
	}
	town.Must(t, w.Law.Load(all, "yunei-base", "levels"))
}

const county = "第一条"

func must[T any](t *testing.T) func(v T, err error) T {
	return func(v T, err error) T {
		t.Helper()
		town.Must(t, err)
		return v
	}
}

func (c clerk) apply(r grant.Request) (grant.Authorization, error) {
	if r.Statement == "" {
		r.Statement = "有能力"
	}
	return c.w.Grant.Apply(c.w.As(c.who), r)
}

// TestAuthorization takes an operator and a developer through their levels: nobody else decides, signs or starts, and ending
// one closes all that rests on it.
func TestAuthorization(t *testing.T) {
	town.Each(t, func(t *testing.T, w *town.Town) {
		leveled(t, w)
		runner, bank := clerk{w, "runner"}, clerk{w, "bank"}

		_, err := runner.apply(grant.Request{Level: grant.LevelOperator})
		town.WantArticle(t, "an operator without a call", err, county)
		town.Must(t, only(w.Grant.ConfirmDepartment(w.As("bureau"), w.Org("finance"), grant.Confirmation{Fields: []string{"金融"}, Document: "县数〔2025〕1号"})))
		_, err = w.Grant.Recommend(w.As("finance"), w.Org("runner"), "医疗", "能力强")
		town.WantArticle(t, "recommending outside one's sector", err, county)
		_, err = w.Grant.Recommend(w.As("health"), w.Org("runner"), "金融", "能力强")
		town.WantArticle(t, "recommending without the bureau's confirmation", err, county)
		rec := must[grant.Recommendation](t)(w.Grant.Recommend(w.As("finance"), w.Org("runner"), "金融", "能力强"))
		_, err = bank.apply(grant.Request{Level: grant.LevelOperator, Field: "金融", Recommendation: rec.ID})
		town.WantCode(t, "applying on another's recommendation", err, errs.NotFound)
		op := must[grant.Authorization](t)(runner.apply(grant.Request{Level: grant.LevelOperator, Field: "金融", Recommendation: rec.ID}))
		_, err = runner.apply(grant.Request{Level: grant.LevelOperator, Field: "金融", Recommendation: rec.ID})
		town.WantCode(t, "applying twice", err, errs.Conflict)
		if err := w.Decide("finance", op.Matter, "review", matter.Pass); err == nil {
			t.Error("a department decides on an operator")
		}
		_, err = w.Grant.StartAuthorization(w.As("bureau"), op.ID)
		town.WantCode(t, "starting before the review", err, errs.Conflict)
		town.Must(t, w.Decide("bureau", op.Matter, "review", matter.Pass))

		today := workday.DateOf(w.Clock.Now())
		long := grant.Terms{From: today, Until: today.AddYears(3).AddDays(1)}
		_, err = w.Grant.SignAuthorization(w.As("runner"), op.ID, long)
		town.WantArticle(t, "more than three years without a reason", err, county)
		long.Exception = "项目建设期为四年"
		a := must[grant.Agreement](t)(w.Grant.SignAuthorization(w.As("runner"), op.ID, long))
		if a.Exception == "" || !strings.Contains(a.Text, "示例数据集团") {
			t.Errorf("the agreement is %+v, want the reason on record and the text filled in", a)
		}
		_, err = w.Grant.Sign(w.As("finance"), a.ID, grant.Terms{})
		town.WantCode(t, "a department signing the operator's agreement", err, errs.NotFound)
		_, err = w.Grant.SignAuthorization(w.As("operator"), op.ID, grant.Terms{})
		town.WantArticle(t, "the platform standing in for the bureau", err, county)
		_, err = w.Grant.StartAuthorization(w.As("bureau"), op.ID)
		town.WantCode(t, "starting on one signature", err, errs.Conflict)
		must[grant.Agreement](t)(w.Grant.SignAuthorization(w.As("bureau"), op.ID, grant.Terms{}))
		_, err = w.Grant.StartAuthorization(w.As("finance"), op.ID)
		town.WantCode(t, "a department starting an operator", err, errs.Forbidden)
		op = must[grant.Authorization](t)(w.Grant.StartAuthorization(w.As("bureau"), op.ID))
		_, err = w.Grant.StartAuthorization(w.As("bureau"), op.ID)
		town.WantCode(t, "starting twice", err, errs.Conflict)
		_, err = w.Grant.Predeclare(w.As("runner"), w.Plan(0, town.Fields...))
		town.WantArticle(t, "an authorized operator building products", err, county)

		_, err = w.Grant.Predeclare(w.As("bank"), w.Plan(0, town.Fields...))
		town.WantCode(t, "a scenario without an authorization", err, errs.Forbidden)
		_, err = bank.apply(grant.Request{Level: grant.LevelDeveloper, Authorizer: w.Org("bureau")})
		town.WantCode(t, "applying to a body that is no department", err, errs.Invalid)
		dev := developed(t, w, "bank", "finance", grant.Terms{From: today, Until: today.AddYears(3), Clauses: map[string]string{"liability": "依法赔偿"}})

		sc := must[grant.Scenario](t)(w.Grant.Predeclare(w.As("bank"), w.Plan(0, town.Fields...)))
		if err := w.Decide("health", sc.Matter, "review", matter.Pass); err == nil {
			t.Error("another department passes the scenario")
		}
		town.Must(t, w.Decide("finance", sc.Matter, "review", matter.Pass))
		filings := must[[]grant.Filing](t)(w.Grant.Filings(w.As("bureau"), grant.FilingFiled, "", 10))
		if len(filings) != 1 || filings[0].Subject != sc.ID || filings[0].Number != "备2025-00001" {
			t.Errorf("filings = %+v, want the scenario with the first number of the year", filings)
		}
		g := supplied(t, w, sc)
		force := func(when string, want bool) {
			t.Helper()
			err := w.DB.View(t.Context(), func(tx *sqldb.Tx) error {
				_, err := grant.InForce(t.Context(), tx, g.Org, g.Scenario, workday.DateOf(tx.Now()))
				return err
			})
			if (err == nil) != want {
				t.Errorf("%s the grant is in force: %v, want %v", when, err, want)
			}
		}
		force("with both levels", true)
		for _, p := range []string{op.Permit, dev.Permit} {
			w.Arrange(func(ctx context.Context, tx *act.Tx) error { return tx.SetPermit(ctx, p, access.Suspended) })
			force("with a level suspended", false)
			w.Arrange(func(ctx context.Context, tx *act.Tx) error { return tx.SetPermit(ctx, p, access.Active) })
		}
		force("with both lifted", true)
		w.Clock.Advance(366 * 24 * time.Hour)
		force("after its term", false)
		w.Fsck()
	})
}

func only[T any](_ T, err error) error { return err }

// developed takes a developer to its authorization by a department.
func developed(t *testing.T, w *town.Town, who, department string, terms grant.Terms) grant.Authorization {
	t.Helper()
	dev := must[grant.Authorization](t)(clerk{w, who}.apply(grant.Request{Level: grant.LevelDeveloper, Authorizer: w.Org(department), Field: "金融"}))
	other := map[string]string{"finance": "health", "health": "finance"}[department]
	for _, wrong := range []string{other, "bureau"} {
		if err := w.Decide(wrong, dev.Matter, "review", matter.Pass); err == nil {
			t.Errorf("%s decides on a developer of %s", wrong, department)
		}
	}
	town.Must(t, w.Decide(department, dev.Matter, "review", matter.Pass))
	bare := terms
	bare.Clauses = nil
	_, err := w.Grant.SignAuthorization(w.As(who), dev.ID, bare)
	if e := town.WantCode(t, "an agreement without a clause", err, errs.Unlawful); !strings.Contains(e.Msg, "违约责任") {
		t.Errorf("refused with %q, want the missing clause named", e.Msg)
	}
	bare.Clauses, bare.Paid = terms.Clauses, true
	_, err = w.Grant.SignAuthorization(w.As(who), dev.ID, bare)
	if e := town.WantCode(t, "paid use without a charge", err, errs.Unlawful); !strings.Contains(e.Msg, "收费标准") {
		t.Errorf("refused with %q, want the charge named", e.Msg)
	}
	long := terms
	long.Until, long.Exception = long.From.AddYears(4), "有理由"
	_, err = w.Grant.SignAuthorization(w.As(who), dev.ID, long)
	town.WantArticle(t, "a reason where the cap is hard", err, county)
	a := must[grant.Agreement](t)(w.Grant.SignAuthorization(w.As(who), dev.ID, terms))
	if !strings.Contains(a.Text, "违约责任: 依法赔偿。") {
		t.Errorf("the text is %q, want the clause in its place", a.Text)
	}
	_, err = w.Grant.SignAuthorization(w.As(other), dev.ID, grant.Terms{})
	town.WantCode(t, "another department signing", err, errs.NotFound)
	must[grant.Agreement](t)(w.Grant.SignAuthorization(w.As(department), dev.ID, grant.Terms{}))
	_, err = w.Grant.StartAuthorization(w.As("bureau"), dev.ID)
	town.WantCode(t, "the bureau starting a developer", err, errs.Forbidden)
	_, err = w.Grant.StartAuthorization(w.As(other), dev.ID)
	town.WantCode(t, "another department starting a developer", err, errs.NotFound)
	return must[grant.Authorization](t)(w.Grant.StartAuthorization(w.As(department), dev.ID))
}

// supplied takes a reviewed scenario to its grant, with a partner, the government's seal and the filing upward on the way.
func supplied(t *testing.T, w *town.Town, sc grant.Scenario) grant.Grant {
	t.Helper()
	w.Register("partner", "示例征信公司", "91990000MA990012", access.Provider)
	papers := town.Papers
	papers.Partner = "示例征信公司"
	v := w.Version("bank", w.Space("bank", sc), "A", town.Table)
	d := must[grant.Declaration](t)(w.Lab.Declare(w.As("bank"), sc.ID, papers, []string{v.ID}))
	w.Account("runner-clerk", w.Org("runner"), access.Authorized)
	w.Account("impostor", w.Org("other"), access.Authorized)
	if err := w.Decide("impostor", d.Matter, "review", matter.Pass); err == nil {
		t.Error("whoever has the role of an operator without being one decides")
	}
	town.Must(t, w.Decide("runner-clerk", d.Matter, "review", matter.Pass))

	a := must[grant.Agreement](t)(w.Grant.SignAgreement(w.As("bank"), d.ID, w.Terms()))
	if a.Kind != grant.AgreementSupply || len(a.Parties) != 4 {
		t.Fatalf("the agreement is %+v, want a supply of four parties", a)
	}
	_, err := w.Grant.Sign(w.As("operator"), a.ID, grant.Terms{})
	town.WantArticle(t, "the platform standing in for the operator", err, county)
	_, err = w.Grant.Sign(w.As("impostor"), a.ID, grant.Terms{})
	town.WantCode(t, "an operator that is none signing", err, errs.NotFound)
	must[grant.Agreement](t)(w.Grant.Sign(w.As("runner-clerk"), a.ID, grant.Terms{}))
	must[grant.Agreement](t)(w.Grant.Sign(w.As("partner"), a.ID, grant.Terms{}))

	keeper := access.From(w.As("bureau")).Account
	_, err = w.Grant.RegisterSeal(w.As("bureau"), grant.SealDraft{Name: "合同专用章", Role: "government", Keepers: []string{access.From(w.As("finance")).Account}, Document: "县政〔2025〕3号"})
	town.WantCode(t, "a keeper of another body", err, errs.Invalid)
	seal := must[grant.Seal](t)(w.Grant.RegisterSeal(w.As("bureau"), grant.SealDraft{Name: "合同专用章", Role: "government", Keepers: []string{keeper}, Document: "县政〔2025〕3号"}))
	for _, c := range []struct {
		who, seal string
		code      errs.Code
	}{{"mayor", "", errs.Invalid}, {"bureau", "", errs.Invalid}, {"mayor", seal.ID, errs.Forbidden}, {"bureau2", seal.ID, errs.Forbidden}, {"bureau", "seal_none", errs.NotFound}} {
		_, err := w.Grant.Sign(w.As(c.who), a.ID, grant.Terms{Seal: c.seal})
		town.WantCode(t, c.who+" signing with seal "+c.seal, err, c.code)
	}
	a = must[grant.Agreement](t)(w.Grant.Sign(w.As("bureau"), a.ID, grant.Terms{Seal: seal.ID}))
	if a.State != grant.Signed {
		t.Errorf("after the last signature the agreement is %s, want signed", a.State)
	}
	uses := must[[]grant.SealUse](t)(w.Grant.SealUses(w.As("auditor"), seal.ID, "", 10))
	if len(uses) != 1 || uses[0].Account != keeper || !strings.HasPrefix(uses[0].Digest, "sha256:") {
		t.Errorf("the seal register says %+v, want one use by the keeper", uses)
	}
	must[grant.Seal](t)(w.Grant.CloseSeal(w.As("bureau"), seal.ID))

	due := must[[]grant.Filing](t)(w.Grant.Filings(w.As("bureau"), grant.FilingDue, "", 10))
	if len(due) != 1 || due[0].Subject != d.ID || due[0].To != "upper-authority" {
		t.Fatalf("outstanding are %+v, want the result that goes upward", due)
	}
	_, err = w.Grant.AcknowledgeFiling(w.As("province"), due[0].ID, "省备1", "")
	town.WantCode(t, "acknowledging what was not sent", err, errs.Conflict)
	_, err = w.Grant.SubmitFiling(w.As("bank"), grant.FilingDraft{Subject: d.ID, To: "upper-authority"})
	town.WantCode(t, "a company filing upward", err, errs.Forbidden)
	f := must[grant.Filing](t)(w.Grant.SubmitFiling(w.As("bureau"), grant.FilingDraft{Subject: d.ID, To: "upper-authority"}))
	_, err = w.Grant.SubmitFiling(w.As("bureau"), grant.FilingDraft{Subject: d.ID, To: "upper-authority"})
	town.WantCode(t, "filing twice", err, errs.Conflict)
	_, err = w.Grant.AcknowledgeFiling(w.As("bureau"), f.ID, "自己", "")
	town.WantCode(t, "acknowledging for the authority above", err, errs.NotFound)
	f = must[grant.Filing](t)(w.Grant.AcknowledgeFiling(w.As("province"), f.ID, "省备〔2025〕7号", ""))
	if f.Received == nil || f.Received.Number != "省备〔2025〕7号" {
		t.Errorf("the filing is %+v, want it acknowledged with a number", f)
	}
	return must[grant.Grant](t)(w.Grant.Start(w.As("runner-clerk"), a.ID))
}

// A call opens an application within its window, and only of its own kind, field and publisher.
func TestAuthorization_call(t *testing.T) {
	w, notices := leveled(t, town.SQLite(t))
	runner := clerk{w, "runner"}
	publish := func(kind, field string) string {
		n, err := notices.Call(w.As("bureau"), notice.CallDraft{Title: "征集", For: kind, Field: field, Conditions: "符合条件", Closes: w.Clock.Now().Add(time.Hour)})
		town.Must(t, err)
		return n.ID
	}
	for _, c := range []struct {
		name, kind, field string
		after             time.Duration
		ok                bool
	}{
		{"another's kind", grant.KindDeveloper, "", 0, false},
		{"another field", grant.KindOperator, "医疗", 0, false},
		{"closed", grant.KindOperator, "", time.Hour, false},
		{"a second before it closes", grant.KindOperator, "金融", time.Hour - time.Second, true},
	} {
		call := publish(c.kind, c.field)
		w.Clock.Advance(c.after)
		_, err := runner.apply(grant.Request{Level: grant.LevelOperator, Field: "金融", Call: call})
		if (err == nil) != c.ok || err != nil && !errs.Is(err, errs.Unlawful) {
			t.Errorf("%s: %v, want ok %v", c.name, err, c.ok)
		}
	}
}

// Quanzhou knows neither level nor renewal: there is nothing to apply for.
func TestAuthorization_noLevel(t *testing.T) {
	w := town.SQLite(t)
	for _, r := range []grant.Request{{Level: grant.LevelOperator}, {Level: grant.LevelDeveloper, Authorizer: "org_finance"}} {
		_, err := clerk{w, "bank"}.apply(r)
		if e := town.WantCode(t, "applying for "+r.Level, err, errs.NotFound); !strings.Contains(e.Msg, "这一级授权") {
			t.Errorf("told %q, want that there is no such level", e.Msg)
		}
	}
	g := must[grant.Grant](t)(w.Grant.Start(w.As("operator"), w.Agree("bank", approved(w, "bank", 0)).ID))
	_, err := w.Grant.Renew(w.As("bank"), g.ID, g.Until.AddYears(1), "继续使用")
	town.WantCode(t, "renewing without a procedure", err, errs.NotFound)
}

// A renewal is a matter: once it passed, a further agreement is signed within what was agreed to, and a new grant starts.
func TestService_Renew(t *testing.T) {
	w, _ := leveled(t, town.SQLite(t))
	today := workday.DateOf(w.Clock.Now())
	g := granted(t, w, today)
	for _, c := range []struct {
		who, reason string
		until       workday.Date
		code        errs.Code
	}{{"other", "继续使用", g.Until.AddYears(1), errs.NotFound}, {"bank", " ", g.Until.AddYears(1), errs.Invalid}, {"bank", "继续使用", g.Until, errs.Invalid}} {
		_, err := w.Grant.Renew(w.As(c.who), g.ID, c.until, c.reason)
		town.WantCode(t, c.who+" renewing until "+c.until.String(), err, c.code)
	}
	r := must[grant.Renewal](t)(w.Grant.Renew(w.As("bank"), g.ID, g.Until.AddYears(1), "继续使用"))
	_, err := w.Grant.Renew(w.As("bank"), g.ID, g.Until.AddYears(1), "继续使用")
	town.WantCode(t, "renewing twice", err, errs.Conflict)
	again := grant.Terms{From: g.Until, Until: g.Until.AddYears(1)}
	_, err = w.Grant.SignAgreement(w.As("bank"), g.Declaration, again)
	town.WantCode(t, "signing anew before the review", err, errs.Conflict)
	town.Must(t, w.Decide("bureau", r.Matter, "review", matter.Pass))
	longer := again
	longer.Until = longer.Until.AddDays(1)
	_, err = w.Grant.SignAgreement(w.As("bank"), g.Declaration, longer)
	town.WantCode(t, "signing for longer than agreed to", err, errs.Conflict)
	a := must[grant.Agreement](t)(w.Grant.SignAgreement(w.As("bank"), g.Declaration, again))
	if a.Round != 2 || a.ID == g.Agreement {
		t.Errorf("the agreement is round %d (%s), want a second one", a.Round, a.ID)
	}
	must[grant.Agreement](t)(w.Grant.Sign(w.As("runner-clerk"), a.ID, grant.Terms{}))
	next := must[grant.Grant](t)(w.Grant.Start(w.As("runner-clerk"), a.ID))
	w.Clock.Advance(time.Duration(g.Until.Sub(today)) * 24 * time.Hour)
	err = w.DB.View(t.Context(), func(tx *sqldb.Tx) error {
		now, err := grant.InForce(t.Context(), tx, g.Org, g.Scenario, workday.DateOf(tx.Now()))
		if err == nil && now.ID != next.ID {
			t.Errorf("%s is in force, want the renewed %s", now.ID, next.ID)
		}
		return err
	})
	town.Must(t, err)
	w.Fsck()
}

// granted takes the bank to a grant under the levels' pack, the shortest way; the supply has two parties here.
func granted(t *testing.T, w *town.Town, today workday.Date) grant.Grant {
	t.Helper()
	relaw(t, w, "text: \"data-user, authorized-operator, government\"", "text: \"data-user, authorized-operator\"")
	terms := grant.Terms{From: today, Until: today.AddYears(3), Clauses: map[string]string{"liability": "依法赔偿"}}
	must[grant.Department](t)(w.Grant.ConfirmDepartment(w.As("bureau"), w.Org("finance"), grant.Confirmation{Fields: []string{"金融"}, Document: "县数〔2025〕1号"}))
	rec := must[grant.Recommendation](t)(w.Grant.Recommend(w.As("finance"), w.Org("runner"), "金融", "能力强"))
	op := must[grant.Authorization](t)(clerk{w, "runner"}.apply(grant.Request{Level: grant.LevelOperator, Field: "金融", Recommendation: rec.ID}))
	town.Must(t, w.Decide("bureau", op.Matter, "review", matter.Pass))
	must[grant.Agreement](t)(w.Grant.SignAuthorization(w.As("runner"), op.ID, terms))
	must[grant.Agreement](t)(w.Grant.SignAuthorization(w.As("bureau"), op.ID, grant.Terms{}))
	must[grant.Authorization](t)(w.Grant.StartAuthorization(w.As("bureau"), op.ID))
	developed(t, w, "bank", "finance", terms)
	sc := must[grant.Scenario](t)(w.Grant.Predeclare(w.As("bank"), w.Plan(0, town.Fields...)))
	town.Must(t, w.Decide("finance", sc.Matter, "review", matter.Pass))
	v := w.Version("bank", w.Space("bank", sc), "A", town.Table)
	d := w.Declare("bank", sc, v)
	w.Account("runner-clerk", w.Org("runner"), access.Authorized)
	town.Must(t, w.Decide("runner-clerk", d.Matter, "review", matter.Pass))
	a := must[grant.Agreement](t)(w.Grant.SignAgreement(w.As("bank"), d.ID, w.Terms()))
	must[grant.Agreement](t)(w.Grant.Sign(w.As("runner-clerk"), a.ID, grant.Terms{}))
	return must[grant.Grant](t)(w.Grant.Start(w.As("runner-clerk"), a.ID))
}

// What is returned or late is told of by the operator, once each, and the applicant reads it; nobody else does.
func TestService_Guide(t *testing.T) {
	w := town.SQLite(t)
	sc, err := w.Grant.Predeclare(w.As("bank"), w.Plan(0, town.Fields...))
	town.Must(t, err)
	owed := func(when string, want ...string) {
		t.Helper()
		p, err := w.Grant.Guidance(w.As("bank"), sc.Matter)
		town.Must(t, err)
		if !slices.Equal(p.Owed, want) {
			t.Errorf("%s: owed %v, want %v", when, p.Owed, want)
		}
	}
	owed("filed")
	told := grant.GuidanceDraft{Kind: grant.AfterReturn, Text: "请补充数据必要性的说明"}
	_, err = w.Grant.Guide(w.As("operator"), sc.Matter, told)
	town.WantCode(t, "guiding on what was not returned", err, errs.Conflict)
	w.Clock.Advance(21 * 24 * time.Hour)
	owed("late", grant.AfterDelay)
	must[grant.Guidance](t)(w.Grant.Guide(w.As("operator"), sc.Matter, grant.GuidanceDraft{Kind: grant.AfterDelay, Text: "节后件多", Expected: "2025-10-20"}))
	owed("explained")
	back := w.Decision("operator", sc.Matter, "review", matter.Return)
	back.Excuse = "节后件多"
	must[*matter.Matter](t)(w.Matters.Decide(w.As("operator"), sc.Matter, "review", back))
	owed("returned", grant.AfterReturn)
	_, err = w.Grant.Guide(w.As("bank"), sc.Matter, told)
	town.WantCode(t, "guiding oneself", err, errs.Forbidden)
	must[grant.Guidance](t)(w.Grant.Guide(w.As("operator"), sc.Matter, told))
	_, err = w.Grant.Guide(w.As("operator"), sc.Matter, told)
	town.WantCode(t, "guiding twice", err, errs.Conflict)
	p, err := w.Grant.Guidance(w.As("bank"), sc.Matter)
	if err != nil || len(p.Items) != 2 || p.Items[0].Expected != "2025-10-20" || p.Items[1].Text != told.Text {
		t.Errorf("the applicant reads %+v, %v; want both", p, err)
	}
	_, err = w.Grant.Guidance(w.As("other"), sc.Matter)
	town.WantCode(t, "another company reading", err, errs.NotFound)
	w.Fsck()
}
