package lawcase

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"yunei/internal/base/errs"
	"yunei/internal/base/seal"
	"yunei/internal/base/workday"
	"yunei/internal/core/access"
	"yunei/internal/core/matter"
	"yunei/internal/core/notice"
	"yunei/internal/core/party"
	"yunei/internal/flow/catalog"
	"yunei/internal/flow/collect"
	"yunei/internal/flow/connect"
	"yunei/internal/flow/consent"
	"yunei/internal/flow/grant"
	"yunei/internal/flow/lab"
	"yunei/internal/flow/open"
	"yunei/internal/flow/output"
	"yunei/internal/flow/serve"
	"yunei/internal/flow/statistics"
	"yunei/internal/flow/supply"
	"yunei/internal/flow/watch"
	"yunei/internal/test/story/resources"
)

// acts bring an act to the point at which the law is asked: each arranges what it needs and returns the act itself.
var acts = map[string]func(w *World) (func() error, error){
	"catalog.submit": func(w *World) (func() error, error) {
		e, err := w.draft(resources.CreditDefault())
		return func() error { _, err := w.Catalog.Submit(w.seat(access.Holder), e.ID); return err }, err
	},
	"catalog.publish": func(w *World) (func() error, error) {
		e, err := w.draft(resources.CreditDefault())
		if err == nil {
			_, err = w.Catalog.Submit(w.seat(access.Holder), e.ID)
		}
		return func() error { _, err := w.Catalog.Publish(w.seat(access.Bureau), e.ID); return err }, err
	},
	"open.download": func(w *World) (func() error, error) {
		err := w.air()
		return func() error { _, err := w.Open.Download(w.t.Context(), "beijing_pm25", open.CSV); return err }, err
	},
	"collect.load": func(w *World) (func() error, error) {
		e, err := w.draft(resources.CreditDefault())
		if err == nil {
			_, err = w.Catalog.Submit(w.seat(access.Holder), e.ID)
		}
		if err == nil {
			_, err = w.Catalog.Publish(w.seat(access.Bureau), e.ID)
		}
		return func() error { return w.load(e.ID) }, err
	},
	"party.suspend": func(w *World) (func() error, error) {
		f, err := w.admitted()
		return func() error { return w.Party.Suspend(w.seat(access.Bureau), f.Org, "违反规定, 暂停服务") }, err
	},
	"party.lift": func(w *World) (func() error, error) {
		f, err := w.admitted()
		if err == nil {
			err = w.Party.Suspend(w.seat(access.Bureau), f.Org, "违反规定, 暂停服务")
		}
		return func() error { return w.Party.Lift(w.seat(access.Bureau), f.Org, "整改完成, 恢复服务") }, err
	},
	"party.end": func(w *World) (func() error, error) {
		f, err := w.admitted()
		return func() error { return w.Party.End(w.seat(access.Bureau), f.Org, "违反规定, 终止服务") }, err
	},
	"grant.agreement.sign": func(w *World) (func() error, error) {
		f, d, _, err := w.approved()
		return func() error { _, err := w.Grant.SignAgreement(w.as(f), d.ID, w.year()); return err }, err
	},
	"grant.agreement.file": func(w *World) (func() error, error) {
		_, a, _, err := w.signed()
		return func() error { return w.file(a) }, err
	},
	"grant.start": func(w *World) (func() error, error) {
		_, a, _, err := w.signed()
		if err == nil {
			err = w.file(a)
		}
		return func() error { _, err := w.start(a); return err }, err
	},
	"grant.suspend": func(w *World) (func() error, error) {
		_, g, _, err := w.granted()
		return func() error { _, err := w.Grant.Suspend(w.seat(access.Bureau), g); return err }, err
	},
	"grant.lift": func(w *World) (func() error, error) {
		_, g, _, err := w.granted()
		if err == nil {
			_, err = w.Grant.Suspend(w.seat(access.Bureau), g)
		}
		return func() error { _, err := w.Grant.Lift(w.seat(access.Bureau), g); return err }, err
	},
	"serve.deploy": func(w *World) (func() error, error) {
		f, _, _, err := w.granted()
		return func() error { _, err := w.Serve.Deploy(w.as(f), w.band, 0, ""); return err }, err
	},
	// Without a person's document: what the call lacks is told after the law was asked.
	"serve.call": func(w *World) (func() error, error) {
		f, d, err := w.deployed()
		return func() error {
			w.n++
			_, err := w.Serve.Call(w.as(f), serve.Ask{Deployment: d.ID, Scenario: d.Scenario, Request: fmt.Sprintf("request-%d", w.n), Subject: collect.InventedNumber(7)})
			return err
		}, err
	},
	"output.release.submit": func(w *World) (func() error, error) {
		f, run, err := w.ran()
		return func() error { _, err := w.Output.Submit(w.as(f), releaseOf(run)); return err }, err
	},
	"output.export": func(w *World) (func() error, error) {
		f, run, err := w.ran()
		if err != nil {
			return nil, err
		}
		r, err := w.Output.Submit(w.as(f), releaseOf(run))
		if err == nil {
			err = w.pass(r.ID)
		}
		return func() error { _, _, err := w.Output.Export(w.as(f), r.ID); return err }, err
	},
	"lab.run.raw": func(w *World) (func() error, error) {
		f, _, v, err := w.granted()
		return func() error { _, err := w.Lab.Run(w.as(f), w.desk, v.ID); return err }, err
	},
	"lab.run.exact": func(w *World) (func() error, error) {
		f, _, v, err := w.granted()
		return func() error { _, err := w.Lab.RunExact(w.as(f), w.desk, v.ID); return err }, err
	},
	"statistics.apply": func(w *World) (func() error, error) {
		f, sc, err := w.scenario()
		ask := statistics.Ask{Resources: []string{w.card.ID}, Ground: "统计法规定的年度统计调查", Purpose: "编制年度统计公报", Recipient: "市统计局", Until: workday.DateOf(w.clock.Now()).AddDays(60)}
		return func() error { _, err := w.Statistics.Apply(w.as(f), sc.ID, ask); return err }, err
	},
	"supply.apply": func(w *World) (func() error, error) {
		f, sc, err := w.scenario()
		return func() error { _, err := w.Supply.Apply(w.as(f), sc.ID, w.ask()); return err }, err
	},
	"supply.mount": func(w *World) (func() error, error) {
		return w.mount()
	},
	"supply.process": func(w *World) (func() error, error) {
		err := w.supply()
		return func() error {
			_, err := w.Supply.Process(w.supplier(), w.card.ID, supply.Treated{Fields: cardFields, Cleaned: "剔除重复行", Masked: "无需, 没有直接标识"})
			return err
		}, err
	},
	"supply.provide": func(w *World) (func() error, error) {
		err := w.supply()
		return func() error { _, err := w.Supply.Provide(w.seat(access.Bureau), w.operation, w.card.ID); return err }, err
	},
	"grant.terminate": func(w *World) (func() error, error) {
		_, id, _, err := w.granted()
		return func() error { _, err := w.Grant.Terminate(w.seat(access.Bureau), id); return err }, err
	},
	"watch.log.purge": purgeLog,
	"watch.terminate": func(w *World) (func() error, error) {
		f, err := w.admitted()
		return func() error {
			_, err := w.Watch.End(w.seat(access.Bureau), watch.Ending{Org: f.Org, Ground: watch.OnInspection, Reason: "检查发现超出约定用途"})
			return err
		}, err
	},
	"party.register": func(w *World) (func() error, error) {
		w.n++
		uscc, err := party.MakeUSCC(fmt.Sprintf("91990000MA%06d", w.n))
		r := party.Registration{Name: fmt.Sprintf("示例公司%d", w.n), USCC: uscc, Registered: "2010-01-04", Representative: "林晓", Contact: "陈明",
			Phone: "0595-00000000", RepresentativeID: collect.InventedNumber(900_000 + w.n)}
		return func() error { _, err := w.Party.Register(w.system(), r); return err }, err
	},
	"party.account.open": func(w *World) (func() error, error) {
		w.n++
		n := party.NewAccount{Login: fmt.Sprintf("colleague%d", w.n), Password: "a-long-password", Name: "沈文", Org: w.firm().Org, Roles: []access.Role{access.Auditor}}
		return func() error { _, err := w.Party.OpenAccount(w.system(), n); return err }, nil
	},
	"party.account.roles": func(w *World) (func() error, error) {
		f := w.firm()
		return func() error {
			_, err := w.Party.SetRoles(w.system(), f.Account, []access.Role{access.Buyer})
			return err
		}, nil
	},
	"party.provider.offer": func(w *World) (func() error, error) {
		f := w.firm(access.Provider)
		p, err := w.Party.ApplyProvider(w.as(f), []party.Offer{{Kind: "development", Title: "模型开发"}}, nil)
		if err == nil {
			err = w.pass(p.ID)
		}
		if err == nil {
			_, err = w.Party.PublishProvider(w.seat(access.Operator), p.ID)
		}
		return func() error {
			_, err := w.Party.NewOffer(w.as(f), p.ID, party.Offer{Kind: "model", Title: "客流模型"})
			return err
		}, err
	},
	"party.template.start": func(w *World) (func() error, error) {
		d, err := w.Party.DraftTemplate(w.seat(access.Operator), party.TemplateDraft{Slug: "pledge", Text: "本单位承诺遵守平台的各项规定"})
		return func() error { _, err := w.Party.StartTemplate(w.seat(access.Operator), d.ID); return err }, err
	},
	"party.apply": func(w *World) (func() error, error) {
		f := w.firm()
		return func() error { _, err := w.Party.Apply(w.as(f), party.Paper, papers); return err }, nil
	},
	"party.qr.open": func(w *World) (func() error, error) {
		f := w.firm()
		a, err := w.Party.Apply(w.as(f), party.QR, nil)
		return func() error { _, _, err := w.Party.OpenQR(w.as(f), a.ID); return err }, err
	},
	"party.admit": func(w *World) (func() error, error) {
		f := w.firm()
		a, err := w.Party.Apply(w.as(f), party.Paper, papers)
		return func() error { return w.pass(a.ID) }, err
	},
	"party.change": func(w *World) (func() error, error) {
		f, err := w.admitted()
		return func() error {
			_, err := w.Party.FileChange(w.as(f), workday.DateOf(w.clock.Now()), party.ChangeSet{Phone: "0595-11111111"}, nil)
			return err
		}, err
	},
	"matter.decide": func(w *World) (func() error, error) {
		f := w.firm()
		a, err := w.Party.Apply(w.as(f), party.Paper, papers)
		if err != nil {
			return nil, err
		}
		m, err := w.about(a.ID)
		return func() error { return w.step(m) }, err
	},
	"grant.prescenario.submit": func(w *World) (func() error, error) {
		f, err := w.contracted()
		if err == nil {
			err = w.supply()
		}
		plan := w.plan()
		if err == nil {
			plan.Call, err = w.call()
		}
		return func() error { _, err := w.Grant.Predeclare(w.as(f), plan); return err }, err
	},
	"notice.call": func(w *World) (func() error, error) {
		return func() error { _, err := w.Notice.Call(w.seat(access.Bureau), w.calling()); return err }, nil
	},
	"grant.authorization.apply": func(w *World) (func() error, error) {
		f, err := w.admitted()
		return func() error {
			_, err := w.Grant.Apply(w.as(f), grant.Request{Level: grant.LevelDeveloper, Authorizer: w.department(), Field: "金融", Statement: "具备金融领域开发利用能力"})
			return err
		}, err
	},
	"grant.authorization.recommend": func(w *World) (func() error, error) {
		f, err := w.admitted()
		return func() error {
			_, err := w.Grant.Recommend(w.seat(access.Department), f.Org, "金融", "数据治理能力强")
			return err
		}, err
	},
	// The period in public takes weeks, so these were brought this far when the world was made.
	"grant.authorization.start": func(w *World) (func() error, error) {
		if len(w.unstarted) == 0 {
			return nil, errors.New("no authorization is ready to start")
		}
		id := w.unstarted[0]
		w.unstarted = w.unstarted[1:]
		return func() error { return w.startAuthorization(id) }, nil
	},
	"lab.space.open": func(w *World) (func() error, error) {
		f, sc, err := w.scenario()
		return func() error { _, err := w.Lab.OpenSpace(w.as(f), sc.ID); return err }, err
	},
	"lab.governance.record": func(w *World) (func() error, error) {
		_, _, sp, err := w.space()
		if err == nil {
			_, err = w.Party.Designate(w.seat(access.Bureau), w.firm().Org, party.DesignationDraft{Kind: party.AsBenefit, Document: "示政函〔2025〕2号", Issuer: "示例市人民政府", From: "2025-01-01"})
		}
		return func() error {
			_, err := w.Lab.RecordCost(w.seat(access.Operator), sp.ID, lab.Work{Work: "清洗地址", Amount: 120000, Day: workday.DateOf(w.clock.Now())})
			return err
		}, err
	},
	"lab.seat.add": func(w *World) (func() error, error) {
		f, _, sp, err := w.space()
		w.n++
		colleague := w.account(fmt.Sprintf("colleague%d", w.n), f.Org, access.DataUser)
		return func() error {
			_, err := w.Lab.AddSeat(w.as(f), sp.ID, lab.NewSeat{Login: colleague.Name})
			return err
		}, err
	},
	"lab.session.open": func(w *World) (func() error, error) {
		f, _, sp, err := w.space()
		return func() error { _, err := w.Lab.Enter(w.as(f), sp.ID); return err }, err
	},
	"lab.sample.take": func(w *World) (func() error, error) {
		f, _, sp, err := w.space()
		return func() error { _, _, err := w.Lab.TakeSample(w.as(f), sp.ID, w.card.ID, "S0"); return err }, err
	},
	"lab.run.sample": func(w *World) (func() error, error) {
		f, _, sp, err := w.space()
		return func() error { _, err := w.Lab.Try(w.as(f), sp.ID, "A", tableModel, ""); return err }, err
	},
	"lab.model.submit": func(w *World) (func() error, error) {
		f, _, sp, err := w.space()
		if err != nil {
			return nil, err
		}
		m, err := w.Lab.SaveModel(w.as(f), sp.ID, lab.Model{Name: "违约率", Class: "A", Draft: tableModel})
		return func() error { _, err := w.Lab.Submit(w.as(f), m.ID, true, 1_000_000_000); return err }, err
	},
	"grant.scenario.submit": func(w *World) (func() error, error) {
		f, sc, v, err := w.version()
		return func() error {
			_, err := w.Lab.Declare(w.as(f), sc.ID, grant.Papers{Solution: "按预申报实施", Design: "按学历分组汇总"}, []string{v.ID, w.band})
			return err
		}, err
	},
	"connect.request": func(w *World) (func() error, error) {
		f := w.firm()
		return func() error { _, err := w.Connect.Request(w.as(f), outside); return err }, nil
	},
	"connect.decide": func(w *World) (func() error, error) {
		c, _, err := w.asked()
		return func() error {
			_, err := w.Connect.Decide(w.seat(access.Bureau), c.ID, connect.Verdict{Accept: true, Reason: "核验通过"})
			return err
		}, err
	},
	"connect.key": func(w *World) (func() error, error) {
		c, f, err := w.asked()
		if err == nil {
			_, err = w.Connect.Decide(w.seat(access.Bureau), c.ID, connect.Verdict{Accept: true, Reason: "核验通过"})
		}
		return func() error { _, _, err := w.Connect.OpenKey(w.as(f), c.ID); return err }, err
	},
	"connect.channel": func(w *World) (func() error, error) {
		f := w.firm()
		return func() error {
			_, err := w.Connect.RecordChannel(w.seat(access.Bureau), connect.ChannelDraft{Org: f.Org, Name: "行业数据服务门户", Built: "2020-06-01", Services: []string{"企业画像查询"}})
			return err
		}, nil
	},
	"watch.inspect.open":     inspectOpen,
	"watch.inspect.conclude": inspectConclude,
	"watch.inspect.find":     inspectFind,
	"watch.inspect.transfer": inspectTransfer,
	"watch.order.issue": func(w *World) (func() error, error) {
		f, err := w.admitted()
		return func() error {
			_, err := w.Watch.Issue(w.seat(access.Bureau), watch.Direction{Org: f.Org, Measure: watch.Rectify, Ground: watch.OnInspection, Reason: "检查发现管理制度不健全", Due: workday.DateOf(w.clock.Now()).AddDays(30)})
			return err
		}, err
	},
	"consent.submit": func(w *World) (func() error, error) {
		f, err := w.admitted()
		return func() error { _, err := w.Consent.Submit(w.as(f), consent.Signed{}); return err }, err
	},
	"consent.erase": func(w *World) (func() error, error) {
		id, err := w.consented()
		return func() error { _, err := w.Consent.Erase(w.seat(access.Operator), id); return err }, err
	},
}

// consented is a person's document for a company whose business is over.
func (w *World) consented() (string, error) {
	f, err := w.admitted()
	if err != nil {
		return "", err
	}
	w.n++
	today := workday.DateOf(w.clock.Now())
	d, err := consent.Document{Terms: consent.Terms{Template: "personal-credit@1", Number: fmt.Sprintf("SQ-%d", w.n),
		Recipients: []consent.Recipient{{Org: f.Org, Name: "示例银行", USCC: "91990000MA990006X4", Role: consent.RoleUser}},
		Purpose:    consent.Purpose{Scenario: "scn_loan", Text: "审核贷款申请", Use: "贷款审批"},
		Data:       []consent.Source{{Resource: "res_card", Name: "信用卡账户", Provider: "示例金融局", Fields: []consent.Field{{Name: "pay_0", Title: "还款状态"}}}},
		Manner:     []string{"区间"}, Outputs: []consent.Output{{Name: "band", Text: "信用等级"}},
		From: today, Until: today.AddDays(30), MaxUses: 1, Retention: "办结后删除", SignedAt: w.clock.Now()},
		Subject: consent.Person{Name: "居民甲", IDNumber: collect.InventedNumber(7)}}.Seal()
	if err != nil {
		return "", err
	}
	raw, err := d.Canonical()
	if err != nil {
		return "", err
	}
	certificate, key, err := w.Keys.Anchor().IssuePerson(d.Subject.Name, d.Subject.IDNumber, w.clock.Now().AddDate(0, 0, -1))
	if err != nil {
		return "", err
	}
	signature, err := seal.SignAs(key, raw)
	if err != nil {
		return "", err
	}
	c, err := w.Consent.Submit(w.as(f), consent.Signed{Document: string(raw), Certificate: string(certificate), Signature: signature})
	if err != nil {
		return "", err
	}
	_, err = w.Consent.End(w.as(f), c.ID, "业务办结")
	return c.ID, err
}

// tableModel is how many people default, by education.
const tableModel = `SELECT education, COUNT(*) AS accounts, AVG(default_next_month) AS rate FROM credit_default GROUP BY education`

// bandModel is one person's credit band.
const bandModel = `SELECT CASE WHEN pay_0 <= 0 THEN 'A' ELSE 'B' END AS band FROM credit_default WHERE sid = :subject`

func (w *World) draft(c catalog.Content) (catalog.Entry, error) {
	w.n++
	c.Table = fmt.Sprintf("%s_%d", c.Table, w.n)
	return w.Catalog.Draft(w.seat(access.Holder), c)
}

func (w *World) publish(c catalog.Content) (e catalog.Entry, err error) {
	if e, err = w.Catalog.Draft(w.seat(access.Holder), c); err != nil {
		return e, err
	}
	if _, err = w.Catalog.Submit(w.seat(access.Holder), e.ID); err != nil {
		return e, err
	}
	return w.Catalog.Publish(w.seat(access.Bureau), e.ID)
}

// supply publishes the card table and collects its first rows, once.
func (w *World) supply() error {
	if w.card.ID != "" {
		return nil
	}
	e, err := w.publish(resources.CreditDefault())
	if err != nil {
		return err
	}
	if err := w.load(e.ID); err != nil {
		return err
	}
	w.card = e
	return nil
}

// load collects the first rows of the card table.
func (w *World) load(entry string) error {
	in, err := resources.All()[0].File()
	if err != nil {
		return err
	}
	all, err := io.ReadAll(in)
	if err != nil {
		return err
	}
	lines := strings.SplitAfterN(string(all), "\n", 602)
	_, err = w.Collect.Load(w.seat(access.Holder), entry, "credit_default.csv", strings.NewReader(strings.Join(lines[:601], "")))
	return err
}

// air publishes the air quality table, once.
func (w *World) air() error {
	if w.open {
		return nil
	}
	_, err := w.publish(resources.BeijingPM25())
	w.open = err == nil
	return err
}

func (w *World) plan() grant.Plan {
	return grant.Plan{Title: "信贷授信辅助", Purpose: "用于本行贷款申请的授信审查", Solution: "申请人授权后查询分档", Safety: "三名实名人员使用", Budget: 1_500_000_000,
		Needs:     []grant.Need{{Resource: w.card.ID, Fields: cardFields, Why: "模型所需"}},
		Documents: []matter.Document{{Kind: "prescenario-form", Title: "场景预申报表", Text: "信贷授信辅助"}, {Kind: "solution-plan", Title: "解决方案", Text: "按学历分组"}}}
}

// calling is a call for scenarios that takes applications at once.
func (w *World) calling() notice.CallDraft {
	return notice.CallDraft{Title: "授权运营通告", For: grant.KindPrescenario, Conditions: "依法设立", Closes: w.clock.Now().AddDate(0, 1, 0)}
}

func (w *World) call() (string, error) {
	n, err := w.Notice.Call(w.seat(access.Bureau), w.calling())
	return n.ID, err
}

// contracted is an admitted firm with the agreement that it makes before it develops at all, where the pack asks for one (海南
// 第十五条).
func (w *World) contracted() (access.Actor, error) {
	f, err := w.user()
	if err != nil || w.developer.SignedIn() {
		return f, err
	}
	today := workday.DateOf(w.clock.Now())
	a, err := w.Grant.SignVendor(w.as(f), grant.Terms{From: today, Until: today.AddYears(1)})
	if errs.Is(err, errs.NotFound) {
		return f, nil
	}
	if err != nil {
		return f, fmt.Errorf("sign before developing: %w", err)
	}
	return f, w.countersigned(a)
}

// countersigned lets every other party of an agreement sign it.
func (w *World) countersigned(a grant.Agreement) error {
	for _, p := range a.Parties {
		if role := access.Role(p.Role); role != access.DataUser {
			if err := w.sign(a.ID, role, p.Seal); err != nil {
				return fmt.Errorf("sign as %s: %w", role, err)
			}
		}
	}
	return nil
}

// user is a firm that may bring a scenario.
func (w *World) user() (access.Actor, error) {
	if w.developer.SignedIn() {
		return w.developer, nil
	}
	return w.admitted()
}

// scenario is a pre-declaration that passed.
func (w *World) scenario() (f access.Actor, sc grant.Scenario, err error) {
	if f, err = w.contracted(); err == nil {
		err = w.supply()
	}
	if err != nil {
		return f, sc, err
	}
	if sc, err = w.Grant.Predeclare(w.as(f), w.plan()); err == nil {
		err = w.pass(sc.ID)
	}
	return f, sc, err
}

func (w *World) space() (f access.Actor, sc grant.Scenario, sp lab.Space, err error) {
	if f, sc, err = w.scenario(); err == nil {
		sp, err = w.Lab.OpenSpace(w.as(f), sc.ID)
		w.desk = sp.ID
	}
	return f, sc, sp, err
}

func (w *World) version() (f access.Actor, sc grant.Scenario, v lab.Version, err error) {
	f, sc, sp, err := w.space()
	if err != nil {
		return f, sc, v, err
	}
	if v, err = w.submit(f, sp, "A", tableModel); err != nil {
		return f, sc, v, err
	}
	b, err := w.submit(f, sp, "B", bandModel)
	w.band = b.ID
	return f, sc, v, err
}

func (w *World) submit(f access.Actor, sp lab.Space, class, text string) (v lab.Version, err error) {
	m, err := w.Lab.SaveModel(w.as(f), sp.ID, lab.Model{Name: "模型" + class, Class: class, Draft: text})
	if err == nil {
		v, err = w.Lab.Submit(w.as(f), m.ID, true, 1_000_000_000)
	}
	return v, err
}

// deployed is a service in use. A call leaves it as it was, and a year's disclosure of one resource is enough for some twenty
// grants only: it is made anew when the year has passed.
func (w *World) deployed() (access.Actor, serve.Deployment, error) {
	today := workday.DateOf(w.clock.Now())
	if s := w.service; s.until > today {
		return s.by, s.deployment, nil
	}
	f, _, _, err := w.granted()
	if err != nil {
		return f, serve.Deployment{}, err
	}
	d, err := w.Serve.Deploy(w.as(f), w.band, 0, "")
	if err == nil {
		w.service = service{by: f, deployment: d, until: today.AddYears(1)}
	}
	return f, d, err
}

// service is a deployment and how long its grant lasts.
type service struct {
	by         access.Actor
	deployment serve.Deployment
	until      workday.Date
}

// ran is a run on raw data that ended.
func (w *World) ran() (f access.Actor, r lab.Run, err error) {
	f, _, v, err := w.granted()
	if err == nil {
		err = w.Log.Seal(w.t.Context())
	}
	if err == nil {
		r, err = w.Lab.Run(w.as(f), w.desk, v.ID)
	}
	return f, r, err
}

func releaseOf(r lab.Run) output.Ask {
	return output.Ask{Run: r.ID, Purpose: "用于本行贷款申请的授信审查", Recipient: "授信审查部", Retention: "一年"}
}

// bodies are the roles that sign, file and start beside the applicant, whichever of them the pack names.
var bodies = []access.Role{access.Operator, access.Bureau, access.Government, access.Authorized, access.Department, access.Holder}

// byAny lets each of the bodies try; the first that may has done it.
func (w *World) byAny(do func(ctx context.Context) error) error {
	var all []error
	for _, role := range bodies {
		err := do(w.seat(role))
		if err == nil {
			return nil
		}
		all = append(all, fmt.Errorf("%s: %w", role, err))
	}
	return errors.Join(all...)
}

// approved is a declaration that passed.
func (w *World) approved() (f access.Actor, d grant.Declaration, v lab.Version, err error) {
	f, sc, v, err := w.version()
	if err != nil {
		return f, d, v, err
	}
	d, err = w.Lab.Declare(w.as(f), sc.ID, grant.Papers{Solution: "按预申报实施", Design: "按学历分组汇总"}, []string{v.ID, w.band})
	if err == nil {
		err = w.pass(d.ID)
	}
	return f, d, v, err
}

// year is a term of one year from today.
func (w *World) year() grant.Terms {
	today := workday.DateOf(w.clock.Now())
	return grant.Terms{From: today, Until: today.AddYears(1)}
}

// signed is an approved declaration whose agreement every party has signed.
func (w *World) signed() (f access.Actor, agreement string, v lab.Version, err error) {
	f, d, v, err := w.approved()
	if err != nil {
		return f, "", v, err
	}
	a, err := w.Grant.SignAgreement(w.as(f), d.ID, w.year())
	if err != nil {
		return f, "", v, fmt.Errorf("sign: %w", err)
	}
	return f, a.ID, v, w.countersigned(a)
}

// sign signs an agreement as one of the bodies; under a contract seal the body that keeps it signs.
func (w *World) sign(agreement string, role access.Role, sealed bool) error {
	signer, terms := role, grant.Terms{}
	if sealed {
		signer = access.Bureau
		if w.seals[role] == "" {
			s, err := w.Grant.RegisterSeal(w.seat(signer), grant.SealDraft{Name: "合同专用章", Role: string(role), Keepers: []string{w.seats[signer][0].Account}, Document: "示发〔2025〕1号"})
			if err != nil {
				return fmt.Errorf("register the seal: %w", err)
			}
			w.seals[role] = s.ID
		}
		terms.Seal = w.seals[role]
	}
	_, err := w.Grant.Sign(w.seat(signer), agreement, terms)
	return err
}

func (w *World) file(agreement string) error {
	return w.byAny(func(ctx context.Context) error { _, err := w.Grant.FileAgreement(ctx, agreement); return err })
}

func (w *World) start(agreement string) (id string, err error) {
	err = w.byAny(func(ctx context.Context) error {
		g, err := w.Grant.Start(ctx, agreement)
		id = g.ID
		return err
	})
	return id, err
}

// granted is a grant in force.
func (w *World) granted() (f access.Actor, grantID string, v lab.Version, err error) {
	f, a, v, err := w.signed()
	if err == nil {
		err = w.file(a)
	}
	if err == nil {
		grantID, err = w.start(a)
	}
	return f, grantID, v, err
}
