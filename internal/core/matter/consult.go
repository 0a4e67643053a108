package matter

import (
	"context"
	"slices"
	"strings"
	"time"

	"yunei/internal/base/errs"
	"yunei/internal/core/access"
	"yunei/internal/core/act"
	"yunei/internal/core/notice"
)

// Consultation (专家咨询) is a question about processing the data of a matter, such as fusion, sampling, masking, sealing or
// destruction, sent to experts outside any step: their advice is attached to the matter and holds nothing up. 舟山 二(一)2.
type Consultation struct {
	ID       string    `json:"id"`
	Topic    string    `json:"topic"`
	Question string    `json:"question"`
	By       string    `json:"by"`
	Name     string    `json:"name"`
	At       time.Time `json:"at"`
	Advice   []Advice  `json:"advice"`
}

// Advice is one expert's answer.
type Advice struct {
	Account string     `json:"account"`
	Name    string     `json:"name"`
	Text    string     `json:"text,omitempty"`
	Papers  []string   `json:"papers,omitempty" doc:"Digests of uploaded files"`
	When    *time.Time `json:"when,omitempty"`
}

// consultStep is the step of the task that asks an expert for advice.
const consultStep = "consult"

const maxConsultations = 50

// Inquiry is a question to experts.
type Inquiry struct {
	Topic    string   `json:"topic" minLength:"2" maxLength:"120" doc:"Such as 融合计算, 数据抽样, 脱敏脱密, 封存销毁"`
	Question string   `json:"question" minLength:"2" maxLength:"5000"`
	Experts  []string `json:"experts" minItems:"1" maxItems:"10" doc:"Accounts of experts"`
}

// Consult sends a processing question to experts (专家咨询).
func (s *Service) Consult(ctx context.Context, matterID string, q Inquiry) (*Matter, error) {
	return s.onMatter(ctx, "matter.consult", matterID, q.Question, func(ctx context.Context, tx *act.Tx, m *Matter) error {
		actor := tx.Actor()
		switch {
		case actor.Org != "" && actor.Org == m.Applicant:
			return errs.New(errs.Forbidden, "咨询由办理单位提出, 请联系承办人员")
		case m.Over():
			return errs.New(errs.Conflict, "这个办件已%s, 不能再咨询, 请刷新查看", stateWords[m.State])
		case len(m.Consultations) >= maxConsultations:
			return errs.New(errs.Conflict, "本件咨询已达 %d 次, 请先汇总已有意见", maxConsultations)
		}
		c := Consultation{ID: tx.NewID("con"), Topic: strings.TrimSpace(q.Topic), Question: strings.TrimSpace(q.Question), By: actor.Account, Name: actor.Name, At: tx.Now()}
		for _, id := range q.Experts {
			a, err := access.LoadAccount(ctx, tx.Tx, id)
			if err != nil || a.Closed || !a.Actor().Has(access.Expert) || a.Org != "" && a.Org == m.Applicant {
				return errs.New(errs.Invalid, "只能咨询在用的、与申请人无关的专家账号, 请重新选择")
			}
			if slices.Contains(m.Recused, a.ID) {
				return errs.New(errs.Conflict, "%s在本件中已经回避, 请另选专家", a.Name)
			}
			if s.Experts != nil {
				e, err := s.Experts.Expert(ctx, tx.Tx, a.ID)
				if err != nil {
					return err
				}
				if e.Barred != "" {
					return errs.New(errs.Conflict, "%s%s, 请另选专家", a.Name, e.Barred)
				}
			}
			if slices.ContainsFunc(c.Advice, func(d Advice) bool { return d.Account == a.ID }) {
				continue
			}
			c.Advice = append(c.Advice, Advice{Account: a.ID, Name: a.Name})
			t := s.newTask(tx, m, access.AccountAddress(a.ID))
			t.Step, t.StepTitle = consultStep, "专家咨询: "+c.Topic
			if err := insertTask(ctx, tx.Tx, t); err != nil {
				return err
			}
			if err := notice.Send(ctx, tx, notice.Message{Kind: notice.Consulted, ObjectKind: "matter", Object: m.ID,
				Params: map[string]string{"title": m.Title, "topic": c.Topic}}, access.AccountAddress(a.ID)); err != nil {
				return err
			}
		}
		m.Consultations = append(m.Consultations, c)
		m.event(Event{At: tx.Now(), What: "consulted", Who: actor.Name, Reason: c.Topic})
		return nil
	})
}

// Advise answers a question (答复咨询), once.
func (s *Service) Advise(ctx context.Context, matterID, consultation, text string, papers []string) (*Matter, error) {
	return s.onMatter(ctx, "matter.advise", matterID, text, func(ctx context.Context, tx *act.Tx, m *Matter) error {
		now := tx.Now()
		for i := range m.Consultations {
			c := &m.Consultations[i]
			k := slices.IndexFunc(c.Advice, func(d Advice) bool { return d.Account == tx.Actor().Account })
			if c.ID != consultation || k < 0 {
				continue
			}
			if c.Advice[k].When != nil {
				return errs.New(errs.Conflict, "您已经答复这次咨询, 不能重复答复")
			}
			c.Advice[k].Text, c.Advice[k].Papers, c.Advice[k].When = strings.TrimSpace(text), papers, &now
			m.event(Event{At: now, What: "advised", Who: tx.Actor().Name, Reason: c.Topic})
			if slices.ContainsFunc(m.Consultations, func(c Consultation) bool { return c.waitsFor(tx.Actor().Account) }) {
				return nil
			}
			return closeTasks(ctx, tx, m.ID, consultStep, access.AccountAddress(tx.Actor().Account))
		}
		return errs.New(errs.NotFound, "没有请您答复的咨询, 请刷新查看")
	})
}

func (c Consultation) waitsFor(account string) bool {
	return slices.ContainsFunc(c.Advice, func(d Advice) bool { return d.Account == account && d.When == nil })
}

// cited refuses an opinion that cites advice nobody gave.
func (m *Matter) cited(o Opinion) error {
	for _, id := range o.Consults {
		i := slices.IndexFunc(m.Consultations, func(c Consultation) bool { return c.ID == id })
		if i < 0 || !slices.ContainsFunc(m.Consultations[i].Advice, func(d Advice) bool { return d.When != nil }) {
			return errs.New(errs.Invalid, "所引的专家咨询还没有答复, 请从已答复的咨询中选择")
		}
	}
	return nil
}
