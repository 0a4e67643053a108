package party

import (
	"context"
	"slices"
	"strings"
	"time"

	"yunei/internal/base/errs"
	"yunei/internal/base/sqldb"
	"yunei/internal/base/workday"
	"yunei/internal/core/access"
	"yunei/internal/core/act"
	"yunei/internal/core/matter"
)

// ActLeave files the wish to leave.
const ActLeave = "party.exit"

// States of a departure.
const (
	DepartureFiled     = "filed"
	DepartureDone      = "done"
	DepartureRefused   = "refused"
	DepartureWithdrawn = "withdrawn"
)

// Departure (自愿退出) is an organization's own wish to leave the platform. Once its matter passes, the admission ends and with it
// everything that descends from it; what the organization promised for afterwards stays binding.
type Departure struct {
	ID      string    `json:"id"`
	Org     string    `json:"org"`
	Reason  string    `json:"reason"`
	State   string    `json:"state" enum:"filed,done,refused,withdrawn"`
	Matter  string    `json:"matter"`
	Filed   time.Time `json:"filed"`
	Decided time.Time `json:"decided,omitzero"`
	Answer  string    `json:"answer,omitempty" doc:"What was said at its end"`
}

func (e Departure) tab() tab { return tab{ID: e.ID, Org: e.Org, State: e.State} }

// DeparturePage is a departure with what ends by it and what does not.
type DeparturePage struct {
	Departure Departure       `json:"departure"`
	Ends      []access.Permit `json:"ends" doc:"Permits in force that end with the admission"`
	Matters   []RunningMatter `json:"matters" doc:"Applications of the organization that are still on their way"`
	Binding   int             `json:"binding" doc:"Undertakings of its people that stay binding"`
}

// RunningMatter is an application that is still on its way.
type RunningMatter struct {
	ID    string `json:"id"`
	Kind  string `json:"kind"`
	Title string `json:"title"`
}

var departures = shelf[Departure]{"departure", "organization_exit", "没有这件退出申请, 请核对后重试"}

func (s *Service) defineDeparture(acts *act.Runner) {
	acts.Define(act.Def{Name: ActLeave, Roles: members})
	departures.register(acts)
	s.matters.Define(matter.Kind{Name: KindExit, Ended: s.endDeparture})
}

// Leave files the departure of the actor's organization (申请退出). 海南 第二十一条: 可自行申请退出平台.
func (s *Service) Leave(ctx context.Context, reason string) (e Departure, err error) {
	if reason = strings.TrimSpace(reason); reason == "" {
		return e, spotted("reason", "请写明退出的原因后再提交")
	}
	_, err = s.Acts.Do(ctx, act.Call{Act: ActLeave}, func(ctx context.Context, tx *act.Tx) error {
		o, err := Load(ctx, tx.Tx, tx.Actor().Org)
		if err != nil {
			return err
		}
		if err := tx.Lock(ctx, "exit:"+o.ID); err != nil {
			return err
		}
		if access.Valid(ctx, tx.Tx, o.Permit, tx.Day()) != nil {
			return errs.New(errs.Conflict, "本单位没有有效的入驻, 无需申请退出")
		}
		earlier, err := departures.of(ctx, tx.Tx, o.ID)
		if err != nil {
			return err
		}
		if slices.ContainsFunc(earlier, func(e Departure) bool { return e.State == DepartureFiled }) {
			return errs.New(errs.Conflict, "本单位已有一件退出申请正在办理, 请等待办结")
		}
		e = Departure{ID: tx.NewID("dep"), Org: o.ID, Reason: reason, State: DepartureFiled, Filed: tx.Now()}
		if err := tx.Judge(ctx, map[string]string{"org": o.ID}); err != nil {
			return err
		}
		m, err := s.matters.SubmitTx(ctx, tx, matter.Application{Kind: KindExit, Title: o.Name, Applicant: o.ID, Subject: e.ID,
			Documents: []matter.Document{{Kind: "exit-request", Title: "退出申请", Text: reason}}})
		if err != nil {
			return err
		}
		e.Matter = m.ID
		return departures.put(ctx, tx, e)
	})
	return e, err
}

// endDeparture follows the end of the matter: the admission ends, and by the chain of permits everything that rests on it.
func (s *Service) endDeparture(ctx context.Context, tx *act.Tx, m *matter.Matter) error {
	e, err := departures.load(ctx, tx.Tx, m.Subject)
	if err != nil {
		return err
	}
	e.Decided, e.Answer = tx.Now(), m.LastReason()
	switch m.State {
	case matter.Passed:
		e.State = DepartureDone
		o, err := Load(ctx, tx.Tx, e.Org)
		if err != nil {
			return err
		}
		if err := tx.JudgeAs(ctx, ActEnd, map[string]string{"org": o.ID}, nil); err != nil {
			return err
		}
		if err := tx.SetPermit(ctx, o.Permit, access.Revoked); err != nil {
			return err
		}
	case matter.Withdrawn:
		e.State = DepartureWithdrawn
	default:
		e.State = DepartureRefused
	}
	return departures.put(ctx, tx, e)
}

// Departure shows one to its organization and to those who decide and supervise.
func (s *Service) Departure(ctx context.Context, id string) (p DeparturePage, err error) {
	p.Ends, p.Matters = []access.Permit{}, []RunningMatter{}
	err = s.Acts.View(ctx, func(tx *sqldb.Tx) error {
		if p.Departure, err = departures.load(ctx, tx, id); err != nil {
			return err
		}
		if actor := access.From(ctx); !decides(actor) && actor.Org != p.Departure.Org {
			p = DeparturePage{}
			return errs.New(errs.NotFound, "%s", departures.missing)
		}
		if err := reaches(ctx, tx, access.From(ctx), p.Departure.Org); err != nil {
			p = DeparturePage{}
			return err
		}
		held, err := access.PermitsHeld(ctx, tx, p.Departure.Org)
		if err != nil {
			return err
		}
		for _, permit := range held {
			if access.Valid(ctx, tx, permit.ID, workday.DateOf(tx.Now())) == nil {
				p.Ends = append(p.Ends, permit)
			}
		}
		signed, err := undertakings.of(ctx, tx, p.Departure.Org)
		if err != nil {
			return err
		}
		p.Binding = len(signed)
		running, err := matter.List(ctx, tx, matter.Filter{Applicant: p.Departure.Org, Limit: 200})
		if err != nil {
			return err
		}
		for _, m := range running {
			if !m.Over() && m.Subject != p.Departure.ID {
				p.Matters = append(p.Matters, RunningMatter{ID: m.ID, Kind: m.Kind, Title: m.Title})
			}
		}
		return nil
	})
	return p, err
}
