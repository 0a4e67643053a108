package lab

import (
	"context"
	"errors"

	"yunei/internal/base/errs"
	"yunei/internal/base/sqldb"
	"yunei/internal/base/workday"
	"yunei/internal/core/access"
	"yunei/internal/core/act"
	"yunei/internal/flow/grant"
)

// SpaceRecord (空间档案) is everything about a space but what is written in it: for its people and for who supervises.
type SpaceRecord struct {
	Space      Space        `json:"space"`
	Title      string       `json:"title" doc:"Of the scenario"`
	Term       Term         `json:"term"`
	Meter      Meter        `json:"meter"`
	Statements []Statement  `json:"statements" doc:"By month, newest first"`
	Bill       []Charge     `json:"bill" doc:"What the data user is charged"`
	Seats      []SeatView   `json:"seats"`
	Sessions   []SeenStay   `json:"sessions" doc:"The last hundred"`
	Supplies   []Supply     `json:"supplies"`
	Activities []Activity   `json:"activities" doc:"The last two hundred"`
	Findings   []Finding    `json:"findings"`
	Tools      []Tool       `json:"tools"`
	Acts       []act.Option `json:"acts"`
}

// Term (期限) is how long a space is open: the grant's, where one is in force, else the samples'.
type Term struct {
	Grant string       `json:"grant,omitempty"`
	From  workday.Date `json:"from,omitempty"`
	Until workday.Date `json:"until,omitempty"`
	Why   string       `json:"why,omitempty" doc:"Why nothing is in force"`
}

// SeatView is a seat with the person's name and whether it lets in today.
type SeatView struct {
	Seat
	Name   string `json:"name"`
	Login  string `json:"login"`
	Closed string `json:"closed,omitempty" doc:"Why it does not let in although nobody took it back"`
}

// SeenStay is a session with the person's name.
type SeenStay struct {
	Session
	Name string `json:"name"`
}

// Record is a space's record as the caller may see it.
func (s *Service) Record(ctx context.Context, id string) (p SpaceRecord, err error) {
	actor := access.From(ctx)
	err = s.Acts.View(ctx, func(tx *sqldb.Tx) error {
		sp, err := loadSpace(ctx, tx, id)
		if err != nil {
			return err
		}
		over, err := grant.Oversees(ctx, tx, sp.Scenario)
		if err == nil && !over && actor.Org != sp.Org {
			_, err = seatOf(ctx, tx, sp)
		}
		if err != nil {
			return err
		}
		sc, err := grant.LoadScenario(ctx, tx, sp.Scenario)
		if err != nil {
			return err
		}
		p = SpaceRecord{Space: sp, Title: sc.Plan.Title, Tools: tools, Seats: []SeatView{}, Sessions: []SeenStay{}}
		if p.Term, err = term(ctx, tx, sp); err != nil {
			return err
		}
		if p.Meter, err = s.meter(ctx, tx, id); err != nil {
			return err
		}
		if p.Statements, err = statementsOf(ctx, tx, id, ""); err != nil {
			return err
		}
		if p.Bill, err = s.bill(ctx, tx, id); err != nil {
			return err
		}
		if p.Supplies, err = SuppliesOf(ctx, tx, id); err != nil {
			return err
		}
		if p.Findings, err = findingsOf(ctx, tx, id); err != nil {
			return err
		}
		if err := s.people(ctx, tx, sp, &p); err != nil {
			return err
		}
		return s.recordOptions(ctx, tx, sp, sc, &p)
	})
	return p, err
}

func term(ctx context.Context, tx *sqldb.Tx, sp Space) (Term, error) {
	day := workday.DateOf(tx.Now())
	g, err := grant.InForce(ctx, tx, sp.Org, sp.Scenario, day)
	if err == nil {
		return Term{Grant: g.ID, From: g.From, Until: g.Until}, nil
	}
	if errs.CodeOf(err) == errs.Internal {
		return Term{}, err
	}
	p, err := access.LoadPermit(ctx, tx, sp.Permit)
	if err != nil {
		return Term{}, err
	}
	t := Term{From: p.From, Until: p.Until}
	if err := access.Valid(ctx, tx, sp.Permit, day); err != nil {
		if errs.CodeOf(err) == errs.Internal {
			return t, err
		}
		t.Why = sentence(err)
	}
	return t, nil
}

func (s *Service) people(ctx context.Context, tx *sqldb.Tx, sp Space, p *SpaceRecord) error {
	names := map[string]access.Account{}
	who := func(id string) (access.Account, error) {
		if a, ok := names[id]; ok {
			return a, nil
		}
		a, err := access.LoadAccount(ctx, tx, id)
		names[id] = a
		return a, notMissing(err)
	}
	seats, err := seatsOf(ctx, tx, sp.ID)
	if err != nil {
		return err
	}
	for _, seat := range seats {
		a, err := who(seat.Account)
		if err != nil {
			return err
		}
		v := SeatView{Seat: seat, Name: a.Name, Login: a.Login}
		if seat.State == SeatActive && seat.Commission != "" {
			if err := commissioned(ctx, tx, sp, seat.Commission, seat.Org); err != nil {
				if errs.CodeOf(err) == errs.Internal {
					return err
				}
				v.Closed = sentence(err)
			}
		}
		p.Seats = append(p.Seats, v)
	}
	stays, err := sessions(ctx, tx, `space = $1 ORDER BY id DESC LIMIT 100`, sp.ID)
	if err != nil {
		return err
	}
	for _, v := range stays {
		a, err := who(v.Account)
		if err != nil {
			return err
		}
		if v.Closed == nil && tx.Now().Sub(v.seen) >= idleAfter {
			v.Closed = &v.seen
		}
		p.Sessions = append(p.Sessions, SeenStay{v.Session, a.Name})
	}
	if p.Activities, err = activitiesOf(ctx, tx, sp.ID, 200); err != nil {
		return err
	}
	for i := range p.Activities {
		a, err := who(p.Activities[i].Account)
		if err != nil {
			return err
		}
		p.Activities[i].Name = a.Name
	}
	return nil
}

func (s *Service) recordOptions(ctx context.Context, tx *sqldb.Tx, sp Space, sc grant.Scenario, p *SpaceRecord) error {
	actor := access.From(ctx)
	objects := map[string]string{"org": sp.Org, "plan": sc.ID, "space": sp.ID}
	own, foreign := sp.open(), sp.open()
	if actor.Org != sp.Org {
		own = errs.New(errs.Forbidden, "席位由空间所属单位的人员管理")
	} else {
		foreign = errs.New(errs.Forbidden, "不能调整本单位空间的配额, 请由其他单位的人员办理")
	}
	for _, o := range []struct {
		name  string
		state error
	}{{"lab.seat.add", own}, {"lab.seat.end", own}, {"lab.space.quota", foreign}, {"lab.governance.record", nil}} {
		option, err := s.Acts.Option(ctx, tx, o.name, o.state, objects)
		if err != nil {
			return err
		}
		p.Acts = append(p.Acts, option)
	}
	return nil
}

func sentence(err error) string {
	if e, ok := errors.AsType[*errs.Error](err); ok {
		return e.Msg
	}
	return err.Error()
}
