package lab

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"yunei/internal/base/errs"
	"yunei/internal/base/seal"
	"yunei/internal/base/sqldb"
	"yunei/internal/base/workday"
	"yunei/internal/core/access"
	"yunei/internal/core/act"
	"yunei/internal/core/blob"
	"yunei/internal/core/query"
	"yunei/internal/core/query/disclose"
	"yunei/internal/core/query/duckdb"
	"yunei/internal/flow/catalog"
	"yunei/internal/flow/collect"
	"yunei/internal/flow/grant"
)

// Deps is what the lab works with.
type Deps struct {
	DB      *sqldb.DB
	Acts    *act.Runner
	Keys    *seal.Keys
	Catalog *catalog.Service
	Collect *collect.Service
	Grant   *grant.Service
	Budget  *disclose.Ledger
	Engine  *duckdb.Engine
	Blobs   *blob.Store
	Dir     string // where spaces keep their copies
}

// Service does the acts of the lab.
type Service struct {
	Deps
}

// New makes the service and makes its acts, facts and ledger kinds known.
func New(d Deps) *Service {
	s := &Service{Deps: d}
	owner := []access.Role{access.DataUser, access.Provider}  // a provider's own spaces are those ahead of demand
	tenant := []access.Role{access.DataUser, access.Provider} // whoever has a seat
	d.Acts.Define(
		budgetAct,
		act.Def{Name: "lab.space.open", Roles: owner},
		act.Def{Name: "lab.space.quota", Roles: []access.Role{access.Operator}},
		act.Def{Name: "lab.governance.record", Roles: []access.Role{access.Operator, access.Bureau}},
		act.Def{Name: "lab.seat.add", Roles: owner},
		act.Def{Name: "lab.seat.end", Roles: owner},
		act.Def{Name: "lab.session.open", Roles: tenant},
		act.Def{Name: "lab.session.close", Roles: tenant},
		act.Def{Name: "lab.find", Roles: []access.Role{access.Platform}},
		act.Def{Name: "lab.model.save", Roles: tenant},
		act.Def{Name: "lab.module.add", Roles: tenant},
		act.Def{Name: "lab.model.submit", Roles: tenant},
		act.Def{Name: "lab.run.sample", Roles: tenant},
		act.Def{Name: "lab.run.raw", Roles: tenant},
		act.Def{Name: "lab.run.exact", Roles: tenant},
		act.Def{Name: "lab.sample.request", Roles: tenant},
		act.Def{Name: "lab.sample.take", Roles: tenant},
		act.Def{Name: "lab.sample.release", Roles: []access.Role{access.Bureau, access.Holder}},
		act.Def{Name: "lab.sample.refuse", Roles: []access.Role{access.Bureau, access.Holder}},
		act.Def{Name: "lab.sample.finish", Roles: []access.Role{access.Bureau, access.Holder, access.Platform}},
		act.Def{Name: "lab.assess", Roles: assessing},
		act.Def{Name: "lab.assess.end", Roles: assessing},
		act.Def{Name: "lab.supply.finish", Roles: suppliers},
		act.Def{Name: "lab.supply.drop", Roles: suppliers},
		act.Def{Name: "lab.run.finish", Roles: append([]access.Role{access.Platform}, tenant...)},
	)
	log := d.Acts.Ledger()
	log.Register("space", func(ctx context.Context, tx *sqldb.Tx, id string) (any, error) { return loadSpace(ctx, tx, id) })
	log.Register("space-seat", func(ctx context.Context, tx *sqldb.Tx, id string) (any, error) { return loadSeat(ctx, tx, id) })
	log.Register("space-session", func(ctx context.Context, tx *sqldb.Tx, id string) (any, error) {
		v, err := loadSession(ctx, tx, id)
		return v.Session, err
	})
	log.Register("space-supply", func(ctx context.Context, tx *sqldb.Tx, id string) (any, error) { return LoadSupply(ctx, tx, id) })
	log.Register("governance-cost", func(ctx context.Context, tx *sqldb.Tx, id string) (any, error) { return loadCost(ctx, tx, id) })
	log.Register("space-finding", func(ctx context.Context, tx *sqldb.Tx, id string) (any, error) { return loadFinding(ctx, tx, id) })
	log.Register("model", func(ctx context.Context, tx *sqldb.Tx, id string) (any, error) { return loadModel(ctx, tx, id) })
	log.Register("model-version", func(ctx context.Context, tx *sqldb.Tx, id string) (any, error) { return LoadVersion(ctx, tx, id) })
	log.Register("step-module", func(ctx context.Context, tx *sqldb.Tx, id string) (any, error) { return moduleByID(ctx, tx, id) })
	log.Register("sample-set", func(ctx context.Context, tx *sqldb.Tx, id string) (any, error) { return loadSet(ctx, tx, id) })
	log.Register("sample-request", func(ctx context.Context, tx *sqldb.Tx, id string) (any, error) { return loadRequest(ctx, tx, id) })
	log.Register("assessment", func(ctx context.Context, tx *sqldb.Tx, id string) (any, error) { return loadAssessment(ctx, tx, id) })
	log.Register("run", func(ctx context.Context, tx *sqldb.Tx, id string) (any, error) { return LoadRun(ctx, tx, id) })
	s.registerFacts()
	return s
}

// assessing may enter assessments of models: the texts name no assessor, so that whoever runs and oversees the platform does.
var assessing = []access.Role{access.Operator, access.Authorized, access.Bureau}

// suppliers may supply data into a space; who of them does, the law says.
var suppliers = []access.Role{access.Operator, access.Authorized, access.Bureau, access.Platform}

// OpenSpace opens the space of a scenario whose pre-declaration passed (三(二)), with a seat for whoever opens it. A space that was
// closed opens again, with a new key.
func (s *Service) OpenSpace(ctx context.Context, scenarioID string) (Space, error) {
	var sp Space
	_, err := s.Acts.Do(ctx, act.Call{Act: "lab.space.open"}, func(ctx context.Context, tx *act.Tx) error {
		sc, err := grant.LoadScenario(ctx, tx.Tx, scenarioID)
		if err != nil || sc.Org != tx.Actor().Org {
			return missingScenario(err)
		}
		if err := tx.Judge(ctx, map[string]string{"org": sc.Org, "plan": sc.ID}); err != nil {
			return err
		}
		if err := access.Valid(ctx, tx.Tx, sc.Permit, tx.Day()); err != nil {
			return err
		}
		was, found, err := spaceOf(ctx, tx.Tx, sc.Org, sc.ID)
		if err != nil {
			return err
		}
		switch {
		case !found:
			sp = Space{ID: tx.NewID("spc"), Org: sc.Org, Scenario: sc.ID, Permit: sc.Permit, Opened: tx.Now()}
			err = insertSpace(ctx, tx.Tx, sp)
		case was.State == SpaceClosed:
			sp = was
			sp.State, sp.Why, sp.Closed, sp.Permit, sp.Opened = "", "", nil, sc.Permit, tx.Now()
			err = saveSpace(ctx, tx.Tx, sp)
		default:
			err = errs.New(errs.Conflict, "这个场景已有开发空间, 请直接进入")
		}
		if err != nil {
			return err
		}
		if err := tx.Changed(ctx, "space", sp.ID, sp); err != nil {
			return err
		}
		return s.saveSeat(ctx, tx, Seat{ID: tx.NewID("sea"), Space: sp.ID, Account: tx.Actor().Account, Org: sp.Org, State: SeatActive,
			By: tx.Actor().Account, Opened: tx.Now()})
	})
	return sp, err
}

func missingScenario(err error) error {
	if errs.CodeOf(err) == errs.Internal {
		return err
	}
	return errs.New(errs.NotFound, "没有这个场景, 请核对后重试")
}

// space loads a space in which the actor has a seat; another tenant's is answered in the same words as one that does not
// exist.
func (s *Service) space(ctx context.Context, tx *sqldb.Tx, id string) (Space, grant.Scenario, error) {
	sp, sc, _, err := s.seated(ctx, tx, id)
	return sp, sc, err
}

func (s *Service) seated(ctx context.Context, tx *sqldb.Tx, id string) (Space, grant.Scenario, Seat, error) {
	sp, err := loadSpace(ctx, tx, id)
	if err != nil {
		return sp, grant.Scenario{}, Seat{}, err
	}
	seat, err := seatOf(ctx, tx, sp)
	if err != nil {
		return Space{}, grant.Scenario{}, Seat{}, err
	}
	sc, err := grant.LoadScenario(ctx, tx, sp.Scenario)
	return sp, sc, seat, err
}

// tenantSpace is a space in which the caller may work today: it is open, and its sample permit, and so the organization's
// admission, holds. A tool that is named must be enabled at the caller's seat.
func (s *Service) tenantSpace(ctx context.Context, tx *sqldb.Tx, id string, with ...string) (Space, grant.Scenario, error) {
	sp, sc, seat, err := s.seated(ctx, tx, id)
	if err != nil {
		return sp, sc, err
	}
	for _, tool := range with {
		if err := seat.may(tool); err != nil {
			return sp, sc, err
		}
	}
	if err := access.Valid(ctx, tx, sp.Permit, workday.DateOf(tx.Now())); err != nil {
		return sp, sc, err
	}
	return sp, sc, sp.open()
}

// tables is what the guard may know in a space: the resources of its scenario, each with the fields asked for and its
// subject key. A column that was not asked for (数据最少够用), or that is no longer given for authorized operation, does
// not exist here.
func (s *Service) tables(ctx context.Context, tx *sqldb.Tx, sc grant.Scenario) ([]query.Table, error) {
	var out []query.Table
	for _, n := range sc.Plan.Needs {
		t, err := s.Catalog.PolicyTable(ctx, tx, n.Resource)
		if err != nil {
			return nil, fmt.Errorf("policy of %s: %w", n.Resource, err)
		}
		entry, err := s.Catalog.Load(ctx, tx, n.Resource)
		if err != nil {
			return nil, fmt.Errorf("entry %s: %w", n.Resource, err)
		}
		asked := map[string]bool{t.SubjectKey: true}
		for _, name := range n.Fields {
			f, ok := entry.Field(name)
			asked[name] = ok && f.OperateIn(entry).Access != catalog.No
		}
		columns := t.Columns[:0:0]
		for _, c := range t.Columns {
			if asked[c.Name] {
				columns = append(columns, c)
			}
		}
		t.Columns = columns
		out = append(out, t)
	}
	return out, nil
}

// SaveModel keeps a draft: a new model, or the next text of one.
func (s *Service) SaveModel(ctx context.Context, spaceID string, draft Model) (Model, error) {
	var m Model
	if strings.TrimSpace(draft.Name) == "" {
		return m, errs.New(errs.Invalid, "请为模型起一个名称")
	}
	if err := tenantClass(draft.Class); err != nil {
		return m, err
	}
	_, err := s.Acts.Do(ctx, act.Call{Act: "lab.model.save"}, func(ctx context.Context, tx *act.Tx) error {
		sp, sc, err := s.tenantSpace(ctx, tx.Tx, spaceID, ToolModel)
		if err != nil {
			return err
		}
		if err := tx.Judge(ctx, map[string]string{"org": sp.Org, "plan": sc.ID}); err != nil {
			return err
		}
		if _, err := s.module(ctx, tx.Tx, sp.Org, draft.Module); err != nil {
			return err
		}
		if draft.ID == "" {
			m = Model{ID: tx.NewID("mdl"), Space: sp.ID, Org: sp.Org, Name: draft.Name, Class: draft.Class, Draft: draft.Draft, Module: draft.Module, Opened: tx.Now()}
			if err := s.did(ctx, tx, sp, ToolModel, m.ID); err != nil {
				return err
			}
			if err := insertModel(ctx, tx.Tx, m); err != nil {
				return err
			}
			return tx.Changed(ctx, "model", m.ID, m)
		}
		m, err = loadModel(ctx, tx.Tx, draft.ID)
		if err == nil && m.Space != sp.ID {
			err = missing(sqldb.ErrNoRows, noModel)
		}
		if err != nil {
			return err
		}
		if err := s.did(ctx, tx, sp, ToolModel, m.ID); err != nil {
			return err
		}
		m.Name, m.Class, m.Draft, m.Module = draft.Name, draft.Class, draft.Draft, draft.Module
		if err := saveModel(ctx, tx.Tx, m); err != nil {
			return err
		}
		return tx.Changed(ctx, "model", m.ID, m)
	})
	if err != nil {
		return Model{}, err
	}
	return m, nil
}

// tenantClass lets a lab write tables (A) and one-person models (B); rows of a department's or of open data are no lab's.
func tenantClass(class string) error {
	if class != string(query.A) && !query.Class(class).Own() {
		return errs.New(errs.Invalid, "开发空间只能编写汇总 (A) 和按人查询 (B) 模型, 请重新选择类别")
	}
	return nil
}

// Submit freezes a model's draft as a version: compiled, checked, hashed. The guard works before the act, because it may
// take longer than a transaction should; the act makes sure that the draft is still the one that was compiled. A text
// the guard refuses changes nothing, and the refusal is recorded with its articles.
func (s *Service) Submit(ctx context.Context, modelID string, shared bool, rho int64) (Version, error) {
	var v Version
	var m Model
	var sc grant.Scenario
	var c *compiled
	var refused error
	err := s.Acts.View(ctx, func(tx *sqldb.Tx) (err error) {
		if m, sc, err = s.ownModel(ctx, tx, modelID); err != nil {
			return err
		}
		if c, refused = s.compileIn(ctx, tx, m.Space, m.source(), rho); refused != nil {
			return nil
		}
		foreseen, _, err := s.foresee(ctx, tx, sc, c)
		c.review.Checks = append(c.review.Checks, foreseen...)
		return err
	})
	if err != nil {
		return v, err
	}
	if refused == nil {
		differences, err := s.differ(ctx, c)
		if err != nil {
			return v, err
		}
		c.review.Checks = append(c.review.Checks, differences...)
		refused = refusedBy(c.review.Checks)
	}
	_, err = s.Acts.Do(ctx, act.Call{Act: "lab.model.submit"}, func(ctx context.Context, tx *act.Tx) error {
		if refused != nil {
			return refused
		}
		if err := tx.Lock(ctx, modelID); err != nil {
			return err
		}
		current, _, err := s.ownModel(ctx, tx.Tx, modelID)
		if err != nil {
			return err
		}
		sp, _, err := s.tenantSpace(ctx, tx.Tx, m.Space, ToolSubmit)
		if err != nil {
			return err
		}
		if current.source() != m.source() {
			return errs.New(errs.Conflict, "模型刚刚被修改, 请刷新后重新提交")
		}
		if v, err = c.version(m); err != nil {
			return err
		}
		v.ID, v.Shared, v.Opened = tx.NewID("ver"), shared, tx.Now()
		if v.Number, err = nextNumber(ctx, tx.Tx, m.ID); err != nil {
			return err
		}
		if err := insertVersion(ctx, tx.Tx, v); err != nil {
			return err
		}
		if err := s.did(ctx, tx, sp, ToolSubmit, v.ID); err != nil {
			return err
		}
		if err := tx.Changed(ctx, "model-version", v.ID, v); err != nil {
			return err
		}
		return tx.Judge(ctx, map[string]string{"org": m.Org, "plan": sc.ID, "model": v.ID})
	})
	if refused != nil {
		s.attempted(ctx, m.Space, m.Draft, refused)
	}
	return v, err
}

// ownModel loads a model of a space in which the caller has a seat, with its scenario.
func (s *Service) ownModel(ctx context.Context, tx *sqldb.Tx, id string) (Model, grant.Scenario, error) {
	m, err := loadModel(ctx, tx, id)
	if err != nil {
		return Model{}, grant.Scenario{}, err
	}
	_, sc, err := s.space(ctx, tx, m.Space)
	if errs.Is(err, errs.NotFound) {
		err = missing(sqldb.ErrNoRows, noModel)
	}
	if err != nil {
		return Model{}, grant.Scenario{}, err
	}
	return m, sc, nil
}

// Declare files versions for review (场景申报): its own, or listed ones of others, unchanged.
func (s *Service) Declare(ctx context.Context, scenarioID string, papers grant.Papers, versions []string) (grant.Declaration, error) {
	var d grant.Declaration
	if len(versions) == 0 {
		return d, errs.New(errs.Invalid, "请至少选择一个模型版本再申报")
	}
	for i, id := range versions {
		if slices.Contains(versions[:i], id) {
			return d, errs.New(errs.Invalid, "同一个模型版本选了两次, 请去掉重复的再申报")
		}
	}
	_, err := s.Acts.Do(ctx, act.Call{Act: "grant.scenario.submit"}, func(ctx context.Context, tx *act.Tx) error {
		sc, err := grant.LoadScenario(ctx, tx.Tx, scenarioID)
		if err != nil || sc.Org != tx.Actor().Org {
			return missingScenario(err)
		}
		var models []grant.Model
		for _, id := range versions {
			v, err := s.declarable(ctx, tx, sc, id)
			if err != nil {
				return err
			}
			models = append(models, grant.Model{Version: v.ID, Name: v.Name, Class: v.Class, Hash: v.Hash})
		}
		d, err = s.Grant.DeclareTx(ctx, tx, scenarioID, papers, models)
		return err
	})
	return d, err
}

// declarable checks that the scenario may declare the version: its own or a listed one, whose inputs it asked for.
func (s *Service) declarable(ctx context.Context, tx *act.Tx, sc grant.Scenario, id string) (Version, error) {
	v, err := LoadVersion(ctx, tx.Tx, id)
	if err != nil {
		return v, err
	}
	if v.Org != sc.Org {
		listed, err := Listed(ctx, tx.Tx, v)
		if err != nil {
			return v, err
		}
		if !listed {
			return v, errs.New(errs.NotFound, noVersion)
		}
	}
	for _, input := range v.Inputs {
		resource, field, _ := strings.Cut(input, ".")
		if n, ok := sc.Need(resource); !ok || !slices.Contains(n.Fields, field) {
			return v, errs.New(errs.Invalid, "模型“%s”使用了场景预申报未列的数据项 %s, 请重新预申报或更换模型", v.Name, input)
		}
	}
	return v, nil
}

// Listed reports whether a version is on the shelf (上架): offered by its owner and approved in some declaration.
func Listed(ctx context.Context, tx *sqldb.Tx, v Version) (bool, error) {
	if !v.Shared {
		return false, nil
	}
	return Approved(ctx, tx, v.ID)
}

// Approved reports whether a version was approved in some declaration.
func Approved(ctx context.Context, tx *sqldb.Tx, version string) (bool, error) {
	list, err := grant.DeclarationsOf(ctx, tx, version)
	if err != nil {
		return false, err
	}
	for _, d := range list {
		if d.State == grant.Approved {
			return true, nil
		}
	}
	return false, nil
}
