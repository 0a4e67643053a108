package lawcase

import (
	"context"
	"fmt"
	"os"

	"yunei/internal/base/workday"
	"yunei/internal/core/access"
	"yunei/internal/core/matter"
	"yunei/internal/core/notice"
	"yunei/internal/core/party"
	"yunei/internal/core/query/step"
	"yunei/internal/flow/collect"
	"yunei/internal/flow/lab"
	"yunei/internal/flow/watch"
	"yunei/internal/test/story/resources"
)

// The further acts of an office: on a matter in somebody's hands, and in the files that a bureau keeps.
func init() {
	for name, do := range map[string]func(w *World, s seatAt) error{
		"matter.transfer": func(w *World, s seatAt) error {
			_, err := w.Matters.Transfer(s.ctx, s.matter, s.step, "organization", "请同事一并办理")
			return err
		},
		"matter.cosign": func(w *World, s seatAt) error {
			_, err := w.Matters.Cosign(s.ctx, s.matter, s.step, w.seats[access.Bureau][1].Account, false, false, "请提出意见")
			return err
		},
		"matter.record": func(w *World, s seatAt) error { _, err := w.record(s); return err },
		"matter.record.confirm": func(w *World, s seatAt) error {
			_, err := w.Matters.Confirm(s.second, s.matter, s.step, false, "与原件不符")
			return err
		},
		// No shipped procedure allows these at this step; a refusal by law comes first.
		"matter.pause": func(w *World, s seatAt) error {
			_, err := w.Matters.Pause(s.ctx, s.matter, s.step, "等待检测")
			return err
		},
		"matter.resume": func(w *World, s seatAt) error {
			_, err := w.Matters.Resume(s.ctx, s.matter, s.step, "检测完成")
			return err
		},
		"matter.extend": func(w *World, s seatAt) error {
			_, err := w.Matters.Extend(s.ctx, s.matter, s.step, 1, "情况复杂")
			return err
		},
		"matter.object.decide": func(w *World, s seatAt) error {
			_, err := w.Matters.DecideObjection(s.ctx, s.matter, s.step, "obj_none", false, "", "查无实据")
			return err
		},
	} {
		acts[name] = func(w *World) (func() error, error) {
			s, err := w.inHand()
			if err == nil && name == "matter.record.confirm" {
				_, err = w.record(s)
			}
			return func() error { return do(w, s) }, err
		}
	}
	acts["catalog.return"] = func(w *World) (func() error, error) {
		e, err := w.draft(resources.CreditDefault())
		if err == nil {
			_, err = w.Catalog.Submit(w.seat(access.Holder), e.ID)
		}
		return func() error {
			_, err := w.Catalog.Return(w.seat(access.Bureau), e.ID, "请补充更新周期")
			return err
		}, err
	}
	acts["notice.publish"] = func(w *World) (func() error, error) {
		return func() error {
			_, err := w.Notice.Publish(w.seat(access.Bureau), notice.Draft{Kind: notice.Announcement, Title: "系统维护", Text: "周六停机维护"})
			return err
		}, nil
	}
	acts["watch.breach"] = func(w *World) (func() error, error) {
		f := w.firm()
		return func() error {
			_, err := w.Watch.Record(w.seat(access.Bureau), watch.Report{Org: f.Org, Kind: watch.Trust, Day: workday.DateOf(w.clock.Now()), What: "超出约定用途使用数据", Evidence: []string{"示罚决〔2025〕1号"}})
			return err
		}, nil
	}
	acts["party.staff.acknowledge"] = func(w *World) (func() error, error) {
		p, err := w.Party.FileStaff(w.seat(access.Holder), party.StaffDraft{Duty: "public-data", Unit: "信息科", Name: "林晓", Post: "科长", From: workday.DateOf(w.clock.Now())})
		return func() error { _, err := w.Party.AcknowledgeStaff(w.seat(access.Bureau), p.ID); return err }, err
	}
	acts["party.account.join"] = func(w *World) (func() error, error) {
		w.n++
		uscc, err := party.MakeUSCC(fmt.Sprintf("91990000MA%06d", w.n))
		login := fmt.Sprintf("joins%d", w.n)
		r := party.Registration{Name: fmt.Sprintf("示例公司%d", w.n), USCC: uscc, Kind: party.Enterprise, Registered: "2010-01-04", InProvince: true,
			Representative: "林晓", RepresentativeID: collect.InventedNumber(900_000 + w.n), Contact: "陈明", Phone: "0595-00000000"}
		return func() error {
			_, _, err := w.Party.Join(w.system(), party.NewAccount{Login: login, Password: "a-long-password", Name: "陈明"}, r)
			return err
		}, err
	}
	acts["party.account.roles"] = func(w *World) (func() error, error) {
		w.n++
		a := w.account(fmt.Sprintf("colleague%d", w.n), w.firm().Org, access.DataUser)
		return func() error {
			_, err := w.Party.SetRoles(w.system(), a.Account, []access.Role{access.DataUser, access.Applicant})
			return err
		}, nil
	}
	acts["lab.model.save"] = func(w *World) (func() error, error) {
		f, _, sp, err := w.space()
		return func() error {
			_, err := w.Lab.SaveModel(w.as(f), sp.ID, lab.Model{Name: "违约率", Class: "A", Draft: tableModel})
			return err
		}, err
	}
	acts["lab.module.add"] = func(w *World) (func() error, error) {
		f, _, sp, err := w.space()
		if err != nil {
			return nil, err
		}
		text, err := os.ReadFile("../../../docs/guide/step/score.wat")
		if err != nil {
			return nil, err
		}
		module, err := step.Assemble(string(text))
		return func() error { _, err := w.Lab.AddModule(w.as(f), sp.ID, "score.wasm", module); return err }, err
	}
}

// seatAt is an open step of an application in the hands of somebody, and of a second person of the same office.
type seatAt struct {
	ctx, second  context.Context
	matter, step string
}

// inHand brings an application for admission to whoever decides on it.
func (w *World) inHand() (s seatAt, err error) {
	f := w.firm()
	a, err := w.Party.Apply(w.as(f), party.Paper, papers)
	if err != nil {
		return s, err
	}
	m, err := w.about(a.ID)
	if err != nil {
		return s, err
	}
	for _, st := range m.Steps {
		if st.State == matter.StepOpen {
			who := w.seats[access.Role(st.Role)]
			return seatAt{ctx: w.as(who[0]), second: w.as(who[1]), matter: m.ID, step: st.ID}, nil
		}
	}
	return s, fmt.Errorf("no step of the application is open")
}

// record enters a paper decision on a step.
func (w *World) record(s seatAt) (*matter.Matter, error) {
	return w.Matters.Record(s.ctx, s.matter, s.step, workday.DateOf(w.clock.Now()), matter.Decision{Verdict: matter.Pass, Reason: "会议决定", Document: &matter.Paper{Number: "示发〔2025〕1号", Digest: "sha256:0123456789"}})
}
