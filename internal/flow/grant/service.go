package grant

import (
	"context"
	"fmt"

	"yunei/internal/base/errs"
	"yunei/internal/base/sqldb"
	"yunei/internal/base/workday"
	"yunei/internal/core/access"
	"yunei/internal/core/act"
	"yunei/internal/core/matter"
	"yunei/internal/core/notice"
	"yunei/internal/core/query/disclose"
	"yunei/internal/flow/catalog"
	"yunei/internal/flow/consent"
)

// Service does the acts of authorized operation.
type Service struct {
	acts    *act.Runner
	matters *matter.Service
	catalog *catalog.Service
	budget  *disclose.Ledger
}

// New makes the service, its acts, facts, ledger kinds and matter kinds known.
func New(acts *act.Runner, matters *matter.Service, entries *catalog.Service, budget *disclose.Ledger) *Service {
	s := &Service{acts: acts, matters: matters, catalog: entries, budget: budget}
	acts.Define(
		act.Def{Name: "grant.prescenario.submit", Roles: developers},
		act.Def{Name: "grant.scenario.submit", Roles: developers},
		act.Def{Name: "grant.agreement.sign", Roles: signers},
		act.Def{Name: "grant.agreement.file", Roles: filers},
		act.Def{Name: "grant.start", Roles: []access.Role{access.Operator, access.Authorized, access.Bureau}},
		act.Def{Name: "grant.suspend", Roles: []access.Role{access.Bureau, access.Operator}},
		act.Def{Name: "grant.lift", Roles: []access.Role{access.Bureau, access.Operator}},
		act.Def{Name: "grant.terminate", Roles: []access.Role{access.Bureau}},
		act.Def{Name: "grant.authorization.apply", Roles: []access.Role{access.Applicant, access.DataUser, access.Authorized}},
		act.Def{Name: "grant.authorization.recommend", Roles: []access.Role{access.Department}},
		act.Def{Name: "grant.authorization.start", Roles: []access.Role{access.Bureau, access.Department}},
		act.Def{Name: "grant.department.confirm", Roles: []access.Role{access.Bureau}},
		act.Def{Name: "grant.department.end", Roles: []access.Role{access.Bureau}},
		act.Def{Name: "grant.seal.register", Roles: []access.Role{access.Bureau}},
		act.Def{Name: "grant.seal.close", Roles: []access.Role{access.Bureau}},
		act.Def{Name: "grant.filing.submit", Roles: append([]access.Role{access.Government}, filers...)},
		act.Def{Name: "grant.filing.acknowledge", Roles: []access.Role{access.Bureau, access.Upper}},
		act.Def{Name: "grant.renewal.submit", Roles: []access.Role{access.DataUser}},
		act.Def{Name: "grant.ending.propose", Roles: []access.Role{access.Bureau}},
		act.Def{Name: "grant.scenario.promote", Roles: []access.Role{access.Bureau}},
		act.Def{Name: "grant.scenario.rate", Roles: raters},
		act.Def{Name: "grant.guide", Roles: []access.Role{access.Operator, access.Authorized}},
	)
	log := acts.Ledger()
	log.Register("scenario", func(ctx context.Context, tx *sqldb.Tx, id string) (any, error) { return loadScenario(ctx, tx, id) })
	log.Register("declaration", func(ctx context.Context, tx *sqldb.Tx, id string) (any, error) { return loadDeclaration(ctx, tx, id) })
	log.Register("agreement", func(ctx context.Context, tx *sqldb.Tx, id string) (any, error) { return loadAgreement(ctx, tx, id) })
	log.Register("grant", func(ctx context.Context, tx *sqldb.Tx, id string) (any, error) { return loadGrant(ctx, tx, id) })
	log.Register("authorization", func(ctx context.Context, tx *sqldb.Tx, id string) (any, error) { return loadAuthorization(ctx, tx, id) })
	log.Register("department", func(ctx context.Context, tx *sqldb.Tx, id string) (any, error) { return loadDepartment(ctx, tx, id) })
	log.Register("recommendation", func(ctx context.Context, tx *sqldb.Tx, id string) (any, error) {
		return loadRecommendation(ctx, tx, id)
	})
	log.Register("seal", func(ctx context.Context, tx *sqldb.Tx, id string) (any, error) { return loadSeal(ctx, tx, id) })
	log.Register("seal-use", func(ctx context.Context, tx *sqldb.Tx, id string) (any, error) { return loadSealUse(ctx, tx, id) })
	log.Register("filing", func(ctx context.Context, tx *sqldb.Tx, id string) (any, error) { return loadFiling(ctx, tx, id) })
	log.Register("renewal", func(ctx context.Context, tx *sqldb.Tx, id string) (any, error) { return loadRenewal(ctx, tx, id) })
	log.Register("guidance", func(ctx context.Context, tx *sqldb.Tx, id string) (any, error) { return loadGuidance(ctx, tx, id) })
	log.Register("rating", func(ctx context.Context, tx *sqldb.Tx, id string) (any, error) { return loadRating(ctx, tx, id) })
	s.registerFacts(acts.Law())
	s.registerLevelFacts(acts.Law())
	acts.Law().RegisterFact(endingFacts()...)
	s.defineMatters()
	return s
}

func (s *Service) defineMatters() {
	s.matters.Define(matter.Kind{
		Name:      KindPrescenario,
		Objects:   func(m *matter.Matter) map[string]string { return map[string]string{"plan": m.Subject} },
		Addressed: s.addressed,
		Ended:     s.prescenarioEnded,
	})
	s.matters.Define(matter.Kind{
		Name:      KindScenario,
		Objects:   func(m *matter.Matter) map[string]string { return map[string]string{"plan": m.Subject} },
		Addressed: s.addressed,
		Signs:     s.signs,
		Ended:     s.declarationEnded,
	})
	for _, l := range levels {
		s.matters.Define(matter.Kind{
			Name:      l.kind,
			Objects:   func(m *matter.Matter) map[string]string { return map[string]string{"authorization": m.Subject} },
			Addressed: s.toAuthorizer,
			Ended:     s.authorizationEnded,
		})
	}
	s.matters.Define(matter.Kind{Name: KindEnding})
	s.matters.Define(matter.Kind{
		Name:    KindRenewal,
		Objects: func(m *matter.Matter) map[string]string { return map[string]string{"renewal": m.Subject} },
		Ended:   s.renewalEnded,
	})
}

// signers are the roles that may be a party of some agreement, and filers those that may answer for a result; which of them is
// one, the agreement says.
var (
	signers = []access.Role{access.DataUser, access.Applicant, access.Operator, access.Authorized, access.Bureau, access.Department,
		access.Government, access.Provider, access.Holder}
	filers = []access.Role{access.DataUser, access.Operator, access.Authorized, access.Bureau, access.Department}
)

// developers file scenarios: data users their own, third-party providers models ahead of demand.
var developers = []access.Role{access.DataUser, access.Provider}

// Predeclare files a scenario (场景预申报) and starts its review.
func (s *Service) Predeclare(ctx context.Context, plan Plan) (Scenario, error) {
	return s.predeclare(ctx, plan, "")
}

// Revise files a changed plan of a scenario: what was approved stays as it was, and the change is reviewed as a filing of its own
// (泉州 三(六): 应当重新提报).
func (s *Service) Revise(ctx context.Context, scenario string, plan Plan) (Scenario, error) {
	return s.predeclare(ctx, plan, scenario)
}

func (s *Service) predeclare(ctx context.Context, plan Plan, revises string) (Scenario, error) {
	var sc Scenario
	if err := plan.check(); err != nil {
		return sc, err
	}
	_, err := s.acts.Do(ctx, act.Call{Act: "grant.prescenario.submit"}, func(ctx context.Context, tx *act.Tx) error {
		area, err := s.decidedIn(ctx, tx, plan.Area, "body.plan.area")
		if err != nil {
			return err
		}
		sc = Scenario{ID: tx.NewID("scn"), Org: tx.Actor().Org, Plan: plan, Area: area, State: Predeclared, Opened: tx.Now(), Revises: revises}
		if revises != "" {
			if _, err := s.own(ctx, tx, revises); err != nil {
				return err
			}
		}
		if err := ahead(ctx, tx, sc); err != nil {
			return err
		}
		developer, _, err := authorized(ctx, tx.Tx, sc.Org, LevelDeveloper, plan.Field, tx.Day())
		if err != nil {
			return err
		}
		sc.Authorization = developer.ID
		if err := checkCall(ctx, tx, plan); err != nil {
			return err
		}
		if err := s.checkNeeds(ctx, tx, plan); err != nil {
			return err
		}
		if err := insertScenario(ctx, tx.Tx, sc); err != nil {
			return err
		}
		m, err := s.matters.SubmitTx(ctx, tx, matter.Application{
			Kind: KindPrescenario, Title: plan.Title, Applicant: sc.Org, Area: sc.Area, Subject: sc.ID, Documents: predeclared(plan), Entries: plan.resources(),
		})
		if err != nil {
			return err
		}
		sc.Matter = m.ID
		if err := s.saveScenario(ctx, tx, sc); err != nil {
			return err
		}
		objects := map[string]string{"org": sc.Org, "plan": sc.ID, "matter": m.ID}
		if plan.Call != "" {
			objects["call"] = plan.Call
		}
		if err := tx.Judge(ctx, objects); err != nil {
			return err
		}
		if !plan.Ahead && !tx.Actor().Has(access.DataUser) {
			return errs.New(errs.Forbidden, "第三方服务商不能为自己提出场景; 先行开发数据模型的, 请从“先行开发模型”进入")
		}
		_, err = s.parents(ctx, tx, sc)
		return err
	})
	return sc, err
}

// predeclared adds the materials that are filled in on line to those uploaded.
func predeclared(p Plan) []matter.Document {
	return append([]matter.Document{
		{Kind: DocPrescenario, Title: "公共数据资源开发利用场景预申报", Text: p.Purpose},
		{Kind: DocSolution, Title: "应用场景解决方案", Text: p.Solution},
	}, p.Documents...)
}

// checkCall refuses a call that is none, or is not for this scenario; whether it must be named, and in time, is the law's.
func checkCall(ctx context.Context, tx *act.Tx, plan Plan) error {
	if plan.Call == "" {
		return nil
	}
	n, err := notice.LoadCall(ctx, tx.Tx, plan.Call)
	switch {
	case errs.Is(err, errs.NotFound):
		return spotted("body.plan.call", "没有这件征集通告, 请从已发布的通告中选择")
	case err != nil:
		return err
	case n.Call.For != KindPrescenario:
		return spotted("body.plan.call", "通告“"+n.Title+"”征集的不是应用场景, 请改选")
	case !n.Area.Covers(plan.Area):
		return spotted("body.plan.call", "通告“"+n.Title+"”由其他行政区域发布, 不能据以申报; 请改选")
	case n.Call.Field != "" && n.Call.Field != plan.Field:
		return spotted("body.plan.field", "场景的领域须与通告的领域“"+n.Call.Field+"”一致")
	}
	return nil
}

// checkNeeds refuses what is not in the published catalog, and answers the unknown and the unpublished alike.
func (s *Service) checkNeeds(ctx context.Context, tx *act.Tx, plan Plan) error {
	for _, n := range plan.Needs {
		entry, err := s.catalog.Load(ctx, tx.Tx, n.Resource)
		if err != nil || entry.State != catalog.Published {
			if errs.CodeOf(err) == errs.Internal {
				return err
			}
			return errs.New(errs.NotFound, "目录中没有资源 %s, 请从已发布的目录中选择", n.Resource)
		}
		for _, name := range n.Fields {
			f, ok := entry.Field(name)
			if !ok {
				return errs.New(errs.Invalid, "资源“%s”没有数据项 %s, 请从目录中选择", entry.Title, name)
			}
			if f.OperateIn(entry).Access == catalog.No {
				return errs.New(errs.Invalid, "资源“%s”的数据项 %s 不予授权运营, 请改选其他数据项", entry.Title, name)
			}
		}
	}
	return nil
}

func (s *Service) saveScenario(ctx context.Context, tx *act.Tx, sc Scenario) error {
	if err := saveScenario(ctx, tx.Tx, sc); err != nil {
		return fmt.Errorf("save scenario %s: %w", sc.ID, err)
	}
	return tx.Changed(ctx, "scenario", sc.ID, sc)
}

// prescenarioEnded opens samples when the pre-declaration passed (三(二): 审核通过后…可…查看有关样例数据).
func (s *Service) prescenarioEnded(ctx context.Context, tx *act.Tx, m *matter.Matter) error {
	sc, err := loadScenario(ctx, tx.Tx, m.Subject)
	if err != nil {
		return err
	}
	switch m.State {
	case matter.Passed:
		parents, err := s.parents(ctx, tx, sc)
		if err != nil {
			return err
		}
		p, err := tx.Issue(ctx, access.Permit{
			Kind: PermitSample, Holder: sc.Org, Object: sc.ID, Fields: fieldsOf(sc.Plan), Purpose: sc.Plan.Purpose,
			From: tx.Day(), Until: tx.Day().AddYears(1), Parents: parents, Basis: m.ID,
		})
		if err != nil {
			return err
		}
		sc.State, sc.Permit = Sampling, p.ID
	case matter.Refused:
		sc.State = Refused
	default:
		sc.State = Withdrawn
	}
	if err := s.saveScenario(ctx, tx, sc); err != nil || m.State != matter.Passed {
		return err
	}
	return s.fileResult(ctx, tx, "scenario", sc.ID, m)
}

// fieldsOf writes the asked-for fields as resource.field.
func fieldsOf(p Plan) []string {
	var out []string
	for _, n := range p.Needs {
		for _, f := range n.Fields {
			out = append(out, n.Resource+"."+f)
		}
	}
	return out
}

// DeclareTx files a declaration (场景申报) of models that the lab has vouched for: versions and hashes are its own.
func (s *Service) DeclareTx(ctx context.Context, tx *act.Tx, scenarioID string, papers Papers, models []Model) (Declaration, error) {
	sc, err := s.own(ctx, tx, scenarioID)
	if err != nil {
		return Declaration{}, err
	}
	if err := papers.check(); err != nil {
		return Declaration{}, err
	}
	if papers.Signing == "" {
		papers.Signing = s.preferred(tx.Day())
	}
	d := Declaration{ID: tx.NewID("dcl"), Scenario: sc.ID, Org: sc.Org, Papers: papers, Models: models, State: Declared, Opened: tx.Now()}
	if err := insertDeclaration(ctx, tx.Tx, d); err != nil {
		return d, fmt.Errorf("insert declaration: %w", err)
	}
	m, err := s.matters.SubmitTx(ctx, tx, matter.Application{
		Kind: KindScenario, Title: sc.Plan.Title, Applicant: sc.Org, Area: sc.Area, Subject: d.ID, Documents: declared(papers, models), Entries: sc.Plan.resources(),
	})
	if err != nil {
		return d, err
	}
	d.Matter = m.ID
	if err := s.saveDeclaration(ctx, tx, d); err != nil {
		return d, err
	}
	return d, tx.JudgeAs(ctx, "grant.scenario.submit", map[string]string{"org": sc.Org, "plan": d.ID, "matter": m.ID}, nil)
}

// preferred is the form of consents that the law prefers (优先采用), electronic where it prefers none.
func (s *Service) preferred(day workday.Date) string {
	if v, err := s.acts.Law().Value("consent.signing", day); err == nil {
		return v.Text
	}
	return Electronic
}

func declared(p Papers, models []Model) []matter.Document {
	docs := []matter.Document{
		{Kind: DocSolution, Title: "应用场景解决方案", Text: p.Solution},
		{Kind: DocDesign, Title: "建模设计说明书", Text: p.Design},
	}
	if p.through() {
		docs = append(docs, matter.Document{Kind: DocThirdParty, Title: "通过第三方获取授权文件的说明",
			Text: "第三方合作单位: " + p.Partner + "\n合作方式: " + p.Cooperation + "\n授权文件获取方式: " + p.Obtaining})
	}
	if p.ownTemplate() {
		docs = append(docs, matter.Document{Kind: DocTemplate, Title: "拟使用的授权书模板和说明", Text: p.TemplateWhy + "\n\n" + p.Template})
	}
	for _, m := range models {
		docs = append(docs, matter.Document{Kind: DocModel, Title: m.Name, Text: m.Version + " " + m.Hash})
	}
	return docs
}

func (s *Service) saveDeclaration(ctx context.Context, tx *act.Tx, d Declaration) error {
	if err := saveDeclaration(ctx, tx.Tx, d); err != nil {
		return fmt.Errorf("save declaration %s: %w", d.ID, err)
	}
	return tx.Changed(ctx, "declaration", d.ID, d)
}

func (s *Service) declarationEnded(ctx context.Context, tx *act.Tx, m *matter.Matter) error {
	d, err := loadDeclaration(ctx, tx.Tx, m.Subject)
	if err != nil {
		return err
	}
	switch m.State {
	case matter.Passed:
		d.State = Approved
	case matter.Refused:
		d.State = Refused
	default:
		d.State = Withdrawn
	}
	if err := s.saveDeclaration(ctx, tx, d); err != nil || m.State != matter.Passed {
		return err
	}
	if d.Papers.templateGiven() {
		err := consent.Adopt(ctx, tx, consent.Own{Plan: d.ID, Scenario: d.Scenario, Org: d.Org, Title: "自有授权书模板（" + m.Title + "）", Text: d.Papers.Template})
		if err != nil {
			return err
		}
	}
	return s.fileResult(ctx, tx, "declaration", d.ID, m)
}

// signs asks every passing expert for a signature over the hashes of the declared models.
func (s *Service) signs(ctx context.Context, tx *sqldb.Tx, m *matter.Matter, step *matter.Step) (string, bool, error) {
	if access.Role(step.Role) != access.Expert {
		return "", false, nil
	}
	d, err := loadDeclaration(ctx, tx, m.Subject)
	return d.SignText(), true, err
}

// own loads a scenario of the actor's organization; another's is answered as if it did not exist.
func (s *Service) own(ctx context.Context, tx *act.Tx, id string) (Scenario, error) {
	sc, err := loadScenario(ctx, tx.Tx, id)
	if err == nil && sc.Org != tx.Actor().Org {
		return Scenario{}, errs.New(errs.NotFound, noScenario)
	}
	return sc, err
}
