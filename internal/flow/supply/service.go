package supply

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"yunei/internal/base/errs"
	"yunei/internal/base/sqldb"
	"yunei/internal/base/workday"
	"yunei/internal/core/access"
	"yunei/internal/core/act"
	"yunei/internal/core/matter"
	"yunei/internal/core/party"
	"yunei/internal/flow/catalog"
	"yunei/internal/flow/collect"
	"yunei/internal/flow/grant"
	"yunei/internal/flow/lab"
)

// Deps is what the stage works with.
type Deps struct {
	Acts    *act.Runner
	Matters *matter.Service
	Catalog *catalog.Service
	Collect *collect.Service
	Grant   *grant.Service
	Lab     *lab.Service
}

// Service does the acts of supply.
type Service struct {
	Deps
	acts *act.Runner
}

// New makes the service and makes its acts, facts, ledger kinds and matter kind known.
func New(d Deps) *Service {
	s := &Service{Deps: d, acts: d.Acts}
	operators := []access.Role{access.Operator, access.Authorized, access.Bureau}
	d.Acts.Define(
		act.Def{Name: "supply.apply", Roles: []access.Role{access.DataUser}},
		act.Def{Name: "supply.mount", Roles: operators},
		act.Def{Name: "supply.withdraw", Roles: append([]access.Role{access.Holder}, operators...)},
		act.Def{Name: "supply.provide", Roles: []access.Role{access.Bureau}},
		act.Def{Name: "supply.provide.end", Roles: []access.Role{access.Bureau}},
		act.Def{Name: "supply.process", Roles: []access.Role{access.Operator, access.Authorized}},
		act.Def{Name: "supply.process.end", Roles: []access.Role{access.Operator, access.Authorized}},
		act.Def{Name: "supply.demand", Roles: []access.Role{access.DataUser}},
		act.Def{Name: "supply.demand.answer", Roles: []access.Role{access.Owner, access.Operator, access.Bureau}},
	)
	log := d.Acts.Ledger()
	log.Register("data-application", func(ctx context.Context, tx *sqldb.Tx, id string) (any, error) { return loadApplication(ctx, tx, id) })
	log.Register("data-part", func(ctx context.Context, tx *sqldb.Tx, id string) (any, error) { return loadPart(ctx, tx, id) })
	log.Register("data-provision", func(ctx context.Context, tx *sqldb.Tx, id string) (any, error) { return loadProvision(ctx, tx, id) })
	log.Register("data-processing", func(ctx context.Context, tx *sqldb.Tx, id string) (any, error) { return loadProcessing(ctx, tx, id) })
	log.Register("data-demand", func(ctx context.Context, tx *sqldb.Tx, id string) (any, error) { return loadDemand(ctx, tx, id) })
	s.registerFacts()
	d.Matters.Define(matter.Kind{
		Name:      KindPart,
		Objects:   func(m *matter.Matter) map[string]string { return map[string]string{"part": m.Subject} },
		Addressed: s.addressed,
		Ended:     s.ended,
	})
	return s
}

// Apply files an application under one's own scenario and sends each of its parts to those who decide on it.
func (s *Service) Apply(ctx context.Context, scenarioID string, ask Ask) (Application, error) {
	var a Application
	if err := ask.check(); err != nil {
		return a, err
	}
	_, err := s.acts.Do(ctx, act.Call{Act: "supply.apply"}, func(ctx context.Context, tx *act.Tx) error {
		sc, err := grant.LoadScenario(ctx, tx.Tx, scenarioID)
		if err == nil && sc.Org != tx.Actor().Org {
			err = errs.New(errs.NotFound, noScenario)
		}
		if err != nil {
			return err
		}
		if _, err := tx.Law().Procedure(KindPart, tx.Day()); err != nil {
			if errs.Is(err, errs.NotFound) {
				err = errs.New(errs.Conflict, "现行规则没有单独的公共数据申请, 授权生效后即可在空间中使用场景的数据; 请按场景申报办理")
			}
			return err
		}
		a = Application{ID: tx.NewID("dap"), Scenario: sc.ID, Title: sc.Plan.Title, Org: sc.Org, Area: sc.Area, Filer: tx.Actor().Account, Parts: []string{}, Opened: tx.Now()}
		entries, err := s.entries(ctx, tx, ask, &a)
		if err != nil {
			return err
		}
		if err := putApplication(ctx, tx.Tx, a); err != nil {
			return err
		}
		if err := tx.Judge(ctx, map[string]string{"org": a.Org, "plan": sc.ID, "application": a.ID}); err != nil {
			return err
		}
		if err := s.mayAsk(ctx, tx, sc, a); err != nil {
			return err
		}
		if a.Operator, err = s.Grant.OperatorOf(ctx, tx.Tx, sc, tx.Day()); err != nil {
			return err
		}
		return s.divide(ctx, tx, &a, entries)
	})
	if err != nil {
		return Application{}, err
	}
	return a, nil
}

// entries names the items of an application; what is not in the published catalog is answered like what is not there.
func (s *Service) entries(ctx context.Context, tx *act.Tx, ask Ask, a *Application) (map[string]catalog.Entry, error) {
	out := map[string]catalog.Entry{}
	for _, i := range ask.Items {
		e, err := s.published(ctx, tx, i.Resource, i.Fields)
		if err != nil {
			return nil, err
		}
		out[e.ID] = e
		i.Reason = strings.TrimSpace(i.Reason)
		a.Items = append(a.Items, Item{AskItem: i, Title: e.Title})
	}
	return out, nil
}

func (s *Service) published(ctx context.Context, tx *act.Tx, resource string, fields []string) (catalog.Entry, error) {
	e, err := s.Catalog.Load(ctx, tx.Tx, resource)
	if errs.CodeOf(err) == errs.Internal {
		return e, err
	}
	if err != nil || e.State != catalog.Published {
		return e, errs.New(errs.NotFound, "目录中没有资源 %s, 请从已发布的目录中选择", resource)
	}
	for _, f := range fields {
		if _, ok := e.Field(f); !ok {
			return e, errs.New(errs.Invalid, "资源“%s”没有数据项 %s, 请从目录中选择", e.Title, f)
		}
	}
	return e, nil
}

// mayAsk refuses what no law needs to say: before the scenario passed, outside its need, or what is in hand already.
func (s *Service) mayAsk(ctx context.Context, tx *act.Tx, sc grant.Scenario, a Application) error {
	if sc.State != grant.Sampling {
		return errs.New(errs.Conflict, "场景尚未审核通过, 不能申请数据; 请等待审核结果")
	}
	if err := tx.Lock(ctx, "supply "+sc.ID); err != nil {
		return err
	}
	parts, err := partsUnder(ctx, tx.Tx, sc.ID)
	if err != nil {
		return err
	}
	for _, i := range a.Items {
		if !needed(sc, i) {
			return errs.New(errs.Invalid, "《%s》的所选数据项不在场景需求之内, 请从场景已列的数据项中选择", i.Title)
		}
		for _, p := range parts {
			open := p.State == Asked || p.State == Approved && p.Route == i.route()
			if open && slices.ContainsFunc(p.Items, func(o Item) bool { return o.Resource == i.Resource && overlap(o.Fields, i.Fields) }) {
				return errs.New(errs.Conflict, "《%s》的所选数据项已在 %s 申请, 请查看原申请的办理情况", i.Title, workday.DateOf(p.Opened))
			}
		}
	}
	return nil
}

func overlap(a, b []string) bool {
	return slices.ContainsFunc(a, func(f string) bool { return slices.Contains(b, f) })
}

// divide makes the parts and starts their matters.
func (s *Service) divide(ctx context.Context, tx *act.Tx, a *Application, entries map[string]catalog.Entry) error {
	parts := split(a.Items, func(r string) string { return entries[r].Holder }, func(r string) bool { return entries[r].Returned })
	for _, p := range parts {
		p.ID, p.Application, p.Scenario, p.Org, p.State, p.Opened = tx.NewID("prt"), a.ID, a.Scenario, a.Org, Asked, tx.Now()
		if err := putPart(ctx, tx.Tx, p); err != nil { // its steps may be left out by what it is
			return err
		}
		holder, err := party.Load(ctx, tx.Tx, p.Provider)
		if err != nil && !errs.Is(err, errs.NotFound) {
			return err
		}
		m, err := s.Matters.SubmitTx(ctx, tx, matter.Application{Kind: KindPart, Title: a.Title + " · " + orText(holder.Name, p.Provider),
			Applicant: a.Org, Subject: p.ID, Area: a.Area, Documents: papers(*a, p, entries), Entries: p.resources()})
		if err != nil {
			return err
		}
		p.Matter = m.ID
		if err := s.keepPart(ctx, tx, p); err != nil {
			return err
		}
		a.Parts = append(a.Parts, p.ID)
	}
	if err := putApplication(ctx, tx.Tx, *a); err != nil {
		return err
	}
	return tx.Changed(ctx, "data-application", a.ID, *a)
}

func orText(text, other string) string {
	if text == "" {
		return other
	}
	return text
}

// papers are a part as those who decide on it read it.
func papers(a Application, p Part, entries map[string]catalog.Entry) []matter.Document {
	var text strings.Builder
	fmt.Fprintf(&text, "场景: %s (%s)\n", a.Title, a.Scenario)
	for _, i := range p.Items {
		e := entries[i.Resource]
		var titles []string
		for _, name := range i.Fields {
			f, _ := e.Field(name)
			titles = append(titles, f.Title+" ("+name+")")
		}
		fmt.Fprintf(&text, "《%s》: %s\n", i.Title, strings.Join(titles, "、"))
		if i.Raw {
			fmt.Fprintf(&text, "确需利用原始数据的理由: %s\n", i.Reason)
		}
	}
	if p.Returned {
		text.WriteString("其中数据为省回流数据\n")
	}
	return []matter.Document{{Kind: "data-request", Title: "申请的数据项", Text: strings.TrimSpace(text.String())}}
}

func (s *Service) keepPart(ctx context.Context, tx *act.Tx, p Part) error {
	if err := putPart(ctx, tx.Tx, p); err != nil {
		return fmt.Errorf("save part %s: %w", p.ID, err)
	}
	return tx.Changed(ctx, "data-part", p.ID, p)
}

// addressed sends a part to the one body whose data it is, and the operator's step to the scenario's operator.
func (s *Service) addressed(ctx context.Context, tx *sqldb.Tx, m *matter.Matter, step *matter.Step) ([]string, error) {
	p, err := loadPart(ctx, tx, m.Subject)
	if err != nil {
		return nil, err
	}
	if access.Role(step.Role) == access.Holder {
		if p.Provider == m.Applicant { // nobody decides on their own application
			return []string{}, nil
		}
		return []string{access.OrgAddress(p.Provider, access.Holder)}, nil
	}
	sc, err := grant.LoadScenario(ctx, tx, p.Scenario)
	if err != nil {
		return nil, err
	}
	return s.Grant.Addressed(ctx, tx, sc, step.Role, m.Applicant)
}

func (s *Service) ended(ctx context.Context, tx *act.Tx, m *matter.Matter) error {
	p, err := loadPart(ctx, tx.Tx, m.Subject)
	if err != nil {
		return err
	}
	p.ended(m, tx.Now())
	return s.keepPart(ctx, tx, p)
}
