package statistics

import (
	"context"
	"slices"

	"yunei/internal/base/errs"
	"yunei/internal/base/sqldb"
	"yunei/internal/base/workday"
	"yunei/internal/core/access"
	"yunei/internal/core/act"
	"yunei/internal/core/matter"
	"yunei/internal/flow/catalog"
	"yunei/internal/flow/grant"
)

// Service does the acts of statistics.
type Service struct {
	acts    *act.Runner
	matters *matter.Service
	catalog *catalog.Service
}

// New makes the service and makes its acts, facts and matter kind known.
func New(acts *act.Runner, matters *matter.Service, c *catalog.Service) *Service {
	s := &Service{acts: acts, matters: matters, catalog: c}
	acts.Define(
		act.Def{Name: "statistics.apply", Roles: []access.Role{access.DataUser}},
		act.Def{Name: "statistics.end", Roles: []access.Role{access.Bureau}},
	)
	acts.Ledger().Register("statistics", func(ctx context.Context, tx *sqldb.Tx, id string) (any, error) { return load(ctx, tx, id) })
	s.registerFacts()
	matters.Define(matter.Kind{
		Name:      KindPermit,
		Objects:   func(m *matter.Matter) map[string]string { return map[string]string{"statistics": m.Subject} },
		Addressed: s.addressed,
		Ended:     s.ended,
	})
	return s
}

// Apply asks for exact figures of resources of one's own scenario, as the permit would say it.
func (s *Service) Apply(ctx context.Context, scenarioID string, ask Ask) (Permit, error) {
	var p Permit
	_, err := s.acts.Do(ctx, act.Call{Act: "statistics.apply"}, func(ctx context.Context, tx *act.Tx) error {
		if err := ask.check(tx.Day()); err != nil {
			return err
		}
		sc, err := grant.LoadScenario(ctx, tx.Tx, scenarioID)
		if err == nil && sc.Org != tx.Actor().Org {
			err = errs.New(errs.NotFound, noScenario)
		}
		if err != nil {
			return err
		}
		if err := ready(sc); err != nil {
			return err
		}
		for _, r := range ask.Resources {
			if _, asked := sc.Need(r); !asked {
				return errs.New(errs.Invalid, "场景没有申请所选的数据资源, 请只选择场景已列的资源")
			}
		}
		p = Permit{ID: tx.NewID("sta"), Org: sc.Org, Scenario: sc.ID, Title: sc.Plan.Title, Ask: ask, State: Applied, Opened: tx.Now()}
		if err := insert(ctx, tx.Tx, p); err != nil {
			return err
		}
		if err := tx.Judge(ctx, map[string]string{"org": p.Org, "plan": sc.ID, "statistics": p.ID}); err != nil {
			return err
		}
		m, err := s.matters.SubmitTx(ctx, tx, matter.Application{Kind: KindPermit, Title: "精确统计: " + p.Title, Applicant: p.Org, Area: sc.Area, Subject: p.ID, Entries: ask.Resources,
			Documents: []matter.Document{{Kind: "statistics", Title: "申请内容", Text: s.words(ctx, tx, ask)}}})
		if err != nil {
			return err
		}
		p.Matter = m.ID
		return s.keep(ctx, tx, p)
	})
	if err != nil {
		return Permit{}, err
	}
	return p, nil
}

// words are the application as those who decide read it.
func (s *Service) words(ctx context.Context, tx *act.Tx, a Ask) string {
	text := "法定依据: " + a.Ground + "\n用途: " + a.Purpose + "\n接收单位: " + a.Recipient + "\n期限: 至 " + a.Until.String() + " 止\n数据资源: "
	for i, r := range a.Resources {
		title := r
		if e, err := s.catalog.Load(ctx, tx.Tx, r); err == nil {
			title = e.Title
		}
		if i > 0 {
			text += "、"
		}
		text += title
	}
	return text
}

func (s *Service) keep(ctx context.Context, tx *act.Tx, p Permit) error {
	if err := save(ctx, tx.Tx, p); err != nil {
		return err
	}
	return tx.Changed(ctx, "statistics", p.ID, p)
}

// addressed sends the holders' step to those whose data is asked for.
func (s *Service) addressed(ctx context.Context, tx *sqldb.Tx, m *matter.Matter, step *matter.Step) ([]string, error) {
	if access.Role(step.Role) != access.Holder {
		return nil, nil
	}
	p, err := load(ctx, tx, m.Subject)
	if err != nil {
		return nil, err
	}
	to := []string{}
	for _, r := range p.Resources {
		e, err := s.catalog.Load(ctx, tx, r)
		if err != nil {
			return nil, err
		}
		if at := access.OrgAddress(e.Holder, access.Holder); e.Holder != p.Org && !slices.Contains(to, at) {
			to = append(to, at)
		}
	}
	return to, nil
}

func (s *Service) ended(ctx context.Context, tx *act.Tx, m *matter.Matter) error {
	p, err := load(ctx, tx.Tx, m.Subject)
	if err != nil {
		return err
	}
	if m.State != matter.Passed {
		p.State = map[matter.State]string{matter.Refused: Refused, matter.Withdrawn: Withdrawn}[m.State]
		return s.keep(ctx, tx, p)
	}
	if !tx.Day().Before(p.Until) {
		return errs.New(errs.Conflict, "申请的期限 %s 已过, 不能同意; 请退回申请人改期", p.Until)
	}
	sc, err := grant.LoadScenario(ctx, tx.Tx, p.Scenario)
	if err != nil {
		return err
	}
	p.State, p.From = Permitted, tx.Day()
	for _, r := range p.Resources {
		issued, err := tx.Issue(ctx, access.Permit{Kind: PermitExact, Holder: p.Org, Object: r, Purpose: p.Purpose,
			From: p.From, Until: p.Until, Parents: []string{sc.Permit}, Basis: m.ID})
		if err != nil {
			return err
		}
		p.Permits = append(p.Permits, issued.ID)
	}
	return s.keep(ctx, tx, p)
}

// End takes a permit back before its term, with a reason; exact runs and exports under it are refused from now on.
func (s *Service) End(ctx context.Context, id, reason string) (Permit, error) {
	var p Permit
	_, err := s.acts.Do(ctx, act.Call{Act: "statistics.end"}, func(ctx context.Context, tx *act.Tx) (err error) {
		if reason == "" {
			return errs.New(errs.Invalid, "请写明提前终止的理由")
		}
		if p, err = load(ctx, tx.Tx, id); err != nil {
			return err
		}
		if over, err := grant.Oversees(ctx, tx.Tx, p.Scenario); err != nil || !over {
			return errs.Or(err, errs.New(errs.NotFound, noPermit))
		}
		if p.State != Permitted {
			return errs.New(errs.Conflict, "这项许可没有生效, 不必终止; 请刷新查看")
		}
		if err := tx.Judge(ctx, map[string]string{"org": p.Org, "statistics": p.ID}); err != nil {
			return err
		}
		for _, permit := range p.Permits {
			if err := tx.SetPermit(ctx, permit, access.Revoked); err != nil {
				return err
			}
		}
		p.State, p.Reason = Ended, reason
		return s.keep(ctx, tx, p)
	})
	if err != nil {
		return Permit{}, err
	}
	return p, nil
}

// Covering finds the organization's permit in a scenario that holds today for all the resources. Where there is none, the
// error says so with a code, or why the newest does not hold.
func Covering(ctx context.Context, tx *sqldb.Tx, org, scenario string, resources []string, day workday.Date) (Permit, error) {
	list, err := ofScenario(ctx, tx, org, scenario)
	if err != nil {
		return Permit{}, err
	}
	for _, p := range list {
		if p.State != Permitted || !p.covers(resources) {
			continue
		}
		err := Holds(ctx, tx, p, day)
		if err == nil {
			return p, nil
		}
		if errs.CodeOf(err) == errs.Internal {
			return Permit{}, err
		}
	}
	return Permit{}, NoPermit()
}

// Holds reports whether a permit is in force on that day, for each of its resources.
func Holds(ctx context.Context, tx *sqldb.Tx, p Permit, day workday.Date) error {
	if p.State != Permitted {
		return NoPermit()
	}
	for _, permit := range p.Permits {
		if err := access.Valid(ctx, tx, permit, day); err != nil {
			return err
		}
	}
	return nil
}

// Load loads a permit for a later stage.
func Load(ctx context.Context, tx *sqldb.Tx, id string) (Permit, error) { return load(ctx, tx, id) }

// Page is a permit with what may be done about it.
type Page struct {
	Permit  Permit       `json:"permit"`
	InForce bool         `json:"in_force"`
	Acts    []act.Option `json:"acts"`
}

// Get is one permit; whoever has no part in it is told that there is none.
func (s *Service) Get(ctx context.Context, id string) (Page, error) {
	var out Page
	err := s.acts.View(ctx, func(tx *sqldb.Tx) error {
		p, err := load(ctx, tx, id)
		if err != nil {
			return err
		}
		area, err := grant.ScenarioArea(ctx, tx, p.Scenario)
		if err != nil {
			return err
		}
		seen, err := matter.MayRead(ctx, tx, area, p.Org, p.Matter)
		if err != nil {
			return err
		}
		if !seen {
			return errs.New(errs.NotFound, noPermit)
		}
		out.Permit, out.InForce = p, Holds(ctx, tx, p, workday.DateOf(tx.Now())) == nil
		var state error
		if p.State != Permitted {
			state = errs.New(errs.Conflict, "这项许可没有生效, 不必终止")
		}
		o, err := s.acts.Option(ctx, tx, "statistics.end", state, map[string]string{"org": p.Org, "statistics": p.ID})
		out.Acts = []act.Option{o}
		return err
	})
	if err != nil {
		return Page{}, err
	}
	return out, nil
}

// OfScenario is a scenario's permits, newest first, and whether the caller may apply for another.
type OfScenario struct {
	Permits []Permit     `json:"permits"`
	Acts    []act.Option `json:"acts"`
}

// Scenario is what stands about exact figures in a scenario, for its own organization and those who supervise it.
func (s *Service) Scenario(ctx context.Context, id string) (out OfScenario, err error) {
	err = s.acts.View(ctx, func(tx *sqldb.Tx) error {
		sc, err := grant.LoadScenario(ctx, tx, id)
		if err != nil {
			return err
		}
		actor := access.From(ctx)
		if !actor.OverseerOf(sc.Area) && (actor.Org == "" || actor.Org != sc.Org) {
			return errs.New(errs.NotFound, noScenario)
		}
		if out.Permits, err = ofScenario(ctx, tx, sc.Org, id); err != nil {
			return err
		}
		state := ready(sc)
		if state == nil && actor.Org != sc.Org {
			state = errs.New(errs.Forbidden, "由申报场景的单位申请")
		}
		o, err := s.acts.Option(ctx, tx, "statistics.apply", state, nil)
		out.Acts = []act.Option{o}
		return err
	})
	return out, err
}

const noScenario = "没有这个场景, 请核对后重试"

// ready reports why nothing can be applied for in the scenario yet.
func ready(sc grant.Scenario) error {
	if sc.Permit == "" {
		return errs.New(errs.Conflict, "场景预申报尚未通过, 不能申请精确统计许可; 请等待预申报办结")
	}
	return nil
}

// List lists permits the caller may see, newest first.
func (s *Service) List(ctx context.Context, before string, limit int) (out []Permit, err error) {
	org, area, ok := access.From(ctx).Whose()
	if !ok {
		return nil, nil
	}
	err = s.acts.View(ctx, func(tx *sqldb.Tx) (err error) {
		out, err = list(ctx, tx, org, area, before, limit)
		return err
	})
	return out, err
}
