package matter

import (
	"context"
	"fmt"
	"maps"

	"yunei/internal/base/errs"
	"yunei/internal/base/sqldb"
	"yunei/internal/base/workday"
	"yunei/internal/core/access"
	"yunei/internal/core/act"
	"yunei/internal/core/notice"
	"yunei/internal/core/regime"
)

// Kind is what a stage says of one kind of matter: what the law looks at, who decides, what follows.
type Kind struct {
	Name string
	// Objects are the ids that rules about a decision may look at, beside matter and org.
	Objects func(m *Matter) map[string]string
	// Addressed lists the inboxes of a step; nil means everyone in the step's role. None at all lets an opinion that
	// binds nobody fall away; a binding step then does not open. It is not asked about a panel, which is drawn by lot.
	Addressed func(ctx context.Context, tx *sqldb.Tx, m *Matter, s *Step) ([]string, error)
	// Signs reports whether a passing opinion at the step must carry a signature, and over which text.
	Signs func(ctx context.Context, tx *sqldb.Tx, m *Matter, s *Step) (text string, signs bool, err error)
	// Ended is the effect of the matter's end, in the same transaction.
	Ended func(ctx context.Context, tx *act.Tx, m *Matter) error
	// Revoked takes the effect of a passed decision back, in the same transaction; without it a decision of this kind
	// cannot be revoked. What was permitted ends by its permits.
	Revoked func(ctx context.Context, tx *act.Tx, m *Matter) error
	// Reopened takes the effect of a refusal back, because an appeal set it aside; the matter then runs on. Without it the
	// refusal is set aside and the applicant may apply anew.
	Reopened func(ctx context.Context, tx *act.Tx, m *Matter) error
}

// Service runs matters.
type Service struct {
	// Notices publishes periods in public; a procedure that has one cannot be run without it.
	Notices *notice.Service

	// Experts knows who of the expert group may sit on a panel; nil lets everybody in the role.
	Experts Register

	acts  *act.Runner
	kinds map[string]Kind
}

// Register is what a matter asks of the expert group, whose register a later package keeps.
type Register interface {
	// Expert tells why an account may not sit, and in which fields it is an expert.
	Expert(ctx context.Context, tx *sqldb.Tx, account string) (Seated, error)
	// Cover are the fields of which each panel must have somebody.
	Cover(day workday.Date) ([]string, error)
}

// Seated is what the register says of one expert.
type Seated struct {
	Barred string
	Fields []string
}

// Deciders are the roles that may sit at a step of some procedure.
var deciders = []access.Role{access.Bureau, access.Operator, access.Holder, access.Expert, access.DataUser, access.Applicant,
	access.Department, access.Authorized, access.Mechanism, access.Government, access.Upper, access.Local, access.Provider, access.Assessor}

// applicants are the roles that may file some application.
var applicants = []access.Role{access.DataUser, access.Applicant, access.Operator, access.Holder, access.Department, access.Authorized, access.Provider, access.Local}

// offices are the roles that handle other people's applications as an office.
var offices = []access.Role{access.Bureau, access.Operator, access.Holder, access.Department, access.Authorized, access.Mechanism,
	access.Government, access.Upper, access.Local}

// New makes the service and makes its acts known.
func New(acts *act.Runner) *Service {
	s := &Service{acts: acts, kinds: map[string]Kind{}}
	anybody := append([]access.Role{access.Auditor}, deciders...)
	for roles, names := range map[*[]access.Role][]string{
		&deciders: {"matter.decide", "matter.pause", "matter.resume", "matter.extend", "matter.transfer", "matter.cosign", "matter.recuse", "matter.record",
			"matter.record.confirm", "matter.object.decide", "matter.correct", "matter.delegate", "matter.delegate.end", "matter.urge"},
		&applicants: {"matter.supplement", "matter.withdraw", "matter.appeal"},
		&offices:    {"matter.copy", "matter.revoke"},
		&anybody:    {"matter.read"},
	} {
		for _, name := range names {
			acts.Define(act.Def{Name: name, Roles: *roles})
		}
	}
	acts.Define(
		act.Def{Name: "matter.consult", Roles: offices},
		act.Def{Name: "matter.advise", Roles: []access.Role{access.Expert}},
		act.Def{Name: "matter.offline.ask", Roles: []access.Role{access.Operator, access.Expert}},
		act.Def{Name: "matter.offline.consent", Roles: []access.Role{access.Bureau}},
		act.Def{Name: "matter.offline.switch", Roles: []access.Role{access.Operator}},
		act.Def{Name: "matter.supervise", Roles: []access.Role{access.Bureau, access.Government, access.Upper}},
		act.Def{Name: "matter.transition.propose", Roles: []access.Role{access.Bureau}},
		act.Def{Name: "matter.transition.confirm", Roles: []access.Role{access.Bureau}},
		act.Def{Name: "matter.transition.drop", Roles: []access.Role{access.Bureau}},
		act.Def{Name: "matter.opine", Roles: []access.Role{access.Member}},
		act.Def{Name: "matter.object", Roles: []access.Role{access.Anyone}},
		act.Def{Name: "matter.escalate", Roles: []access.Role{access.Platform}},
		act.Def{Name: "matter.recount", Roles: []access.Role{access.Platform}},
	)
	acts.Law().RegisterFact(facts()...)
	log := acts.Ledger()
	log.Register("matter", func(ctx context.Context, tx *sqldb.Tx, id string) (any, error) { return Load(ctx, tx, id) })
	log.Register("matter-version", func(ctx context.Context, tx *sqldb.Tx, id string) (any, error) { return loadVersion(ctx, tx, id) })
	log.Register("transition", func(ctx context.Context, tx *sqldb.Tx, id string) (any, error) { return loadTransition(ctx, tx, id) })
	log.Register("objection", func(ctx context.Context, tx *sqldb.Tx, id string) (any, error) { return loadProtest(ctx, tx, id) })
	log.Register("delegation", func(ctx context.Context, tx *sqldb.Tx, id string) (any, error) { return loadDelegation(ctx, tx, id) })
	s.Define(Kind{Name: KindAppeal, Ended: s.appealEnded})
	return s
}

// Define makes a kind known; a stage calls it once at start.
func (s *Service) Define(k Kind) { s.kinds[k.Name] = k }

func (s *Service) counter(tx *act.Tx) counter { return counter{tx.Law().Calendar()} }

// Application is a new matter.
type Application struct {
	Kind      string
	Title     string
	Applicant string
	Subject   string
	Area      access.Area // whose bodies decide
	Documents []Document
	Entries   []string // catalog entries it is about: a special law about one goes before the general periods
}

// SubmitTx accepts an application (受理): the procedure of the legal day is laid down in the matter, the steps the law
// leaves out are marked with the article, and the first steps open.
func (s *Service) SubmitTx(ctx context.Context, tx *act.Tx, app Application) (*Matter, error) {
	kind, ok := s.kinds[app.Kind]
	if !ok {
		return nil, fmt.Errorf("matter kind %s is not defined", app.Kind)
	}
	if err := readable(app.Documents); err != nil {
		return nil, err
	}
	specials, err := tx.Law().SpecialOf(ctx, tx.Tx, app.Entries, tx.Day())
	if err != nil {
		return nil, err
	}
	proc, err := tx.Law().ProcedureUnder(app.Kind, tx.Day(), specials)
	if err != nil {
		return nil, err
	}
	tx.Under(proc.Specials()...)
	m := &Matter{
		ID: tx.NewID("mat"), Kind: app.Kind, Title: app.Title, Applicant: app.Applicant, Area: app.Area, Filer: tx.Actor().Account,
		Subject: app.Subject, State: Running, Day: tx.Day(), Regimes: tx.Law().Digests(),
		Documents: app.Documents, Opened: tx.Now(), Steps: stepsOf(proc), Pack: proc.Pack, Supplement: proc.Supplement, Appeal: proc.Appeal,
	}
	m.event(Event{At: tx.Now(), What: "submitted", Who: tx.Actor().Name})
	tx.InMatter(m.ID, "")
	if err := insertMatter(ctx, tx.Tx, m); err != nil {
		return nil, err
	}
	skips, err := tx.Law().Skips(ctx, tx.Tx, app.Kind, tx.Day(), s.objects(kind, m), nil)
	if err != nil {
		return nil, err
	}
	for _, skip := range skips {
		if step, err := m.Step(skip.Step); err == nil {
			cite := skip.Cite
			step.State, step.Skipped = StepSkipped, &cite
			m.event(Event{At: tx.Now(), What: "skipped", Step: step.ID})
		}
	}
	if m.allOver() {
		return nil, fmt.Errorf("procedure %s on %s: the law leaves out every step", app.Kind, tx.Day())
	}
	if err := s.open(ctx, tx, kind, m); err != nil {
		return nil, err
	}
	return m, s.save(ctx, tx, m)
}

// DocumentKinds lists which materials an application carries.
func DocumentKinds(docs []Document) []string {
	out := make([]string, 0, len(docs))
	for _, d := range docs {
		out = append(out, d.Kind)
	}
	return out
}

func stepsOf(proc regime.Procedure) []Step {
	out := make([]Step, 0, len(proc.Steps))
	for _, p := range proc.Steps {
		st := Step{
			ID: p.ID, Title: p.Title, Role: p.By, RoleTitle: p.ByTitle, After: p.After, Binding: p.Binding,
			Checks: p.Checks, Need: p.People, Cite: p.Cite, Within: p.Within, State: StepWaiting,
			Join: p.Join, Vote: p.Vote, Limits: p.Clocks, Publicity: p.Publicity, Records: p.Records, Pause: p.Pause, Extend: p.Extend, Lapse: p.Lapse, OfflineIf: p.Offline, Outside: p.Outside,
		}
		if p.Panel != nil {
			st.Need, st.Seats = p.Panel.Quorum, p.Panel.Size
			st.NeedCite, st.SeatsCite = p.Panel.QuorumCite, p.Panel.SizeCite
		}
		for _, may := range p.May {
			st.May = append(st.May, Verdict(may))
		}
		out = append(out, st)
	}
	return out
}

func (s *Service) objects(kind Kind, m *Matter) map[string]string {
	out := map[string]string{}
	if kind.Objects != nil {
		maps.Copy(out, kind.Objects(m))
	}
	out["matter"], out["org"] = m.ID, m.Applicant
	return out
}

// open opens every step that is ready, with its deadline and its tasks; what falls away makes others ready.
func (s *Service) open(ctx context.Context, tx *act.Tx, kind Kind, m *Matter) error {
	for ready := m.ready(); len(ready) > 0; ready = m.ready() {
		for _, step := range ready {
			if err := s.openStep(ctx, tx, kind, m, step); err != nil {
				return fmt.Errorf("open step %s of %s: %w", step.ID, m.ID, err)
			}
		}
	}
	return nil
}

// addressees are the inboxes of a step that opens: the seats of a panel, those the kind names, or everyone in the role.
func (s *Service) addressees(ctx context.Context, tx *act.Tx, kind Kind, m *Matter, step *Step) ([]string, error) {
	if step.Seats > 0 {
		return s.panel(ctx, tx.Tx, m, step)
	}
	if kind.Addressed != nil {
		if to, err := kind.Addressed(ctx, tx.Tx, m, step); err != nil || to != nil {
			return to, err
		}
	}
	to, err := s.office(ctx, tx.Tx, m, access.Role(step.Role))
	return []string{to}, err
}

// office is the inbox of a role's body in the matter's area: the area's own (本级) where it has one, else the next above. A body
// above it finds the matter in its lists and not in its inbox.
func (s *Service) office(ctx context.Context, tx *sqldb.Tx, m *Matter, role access.Role) (string, error) {
	area, err := access.Competent(ctx, tx, role, m.Area)
	return access.AreaAddress(role, area), err
}

func (s *Service) openStep(ctx context.Context, tx *act.Tx, kind Kind, m *Matter, step *Step) error {
	addressed, err := s.addressees(ctx, tx, kind, m, step)
	if err != nil {
		return err
	}
	if len(addressed) == 0 && !step.Binding { // an opinion that nobody is left to give
		step.State = StepSkipped
		m.event(Event{At: tx.Now(), What: "skipped", Step: step.ID})
		return nil
	}
	if len(addressed) == 0 {
		return errs.New(errs.Conflict, "“%s”环节没有可以办理的人员, 请先由主管部门配置%s", step.Title, step.RoleTitle)
	}
	if people := accounts(addressed); people == len(addressed) && people < step.Need {
		return errs.New(errs.Conflict, "“%s”环节须 %d 人办理, 现在只有 %d 人, 请先由主管部门配置%s", step.Title, step.Need, people, step.RoleTitle)
	}
	m.open(step, addressed, s.counter(tx), tx.Now())
	if step.Publicity != nil {
		if err := s.publish(ctx, tx, m, step); err != nil {
			return err
		}
	}
	for _, to := range step.turn() {
		if err := s.task(ctx, tx, m, step, to); err != nil {
			return err
		}
	}
	if to := step.members(); to != "" {
		return s.task(ctx, tx, m, step, to)
	}
	return nil
}

func (s *Service) save(ctx context.Context, tx *act.Tx, m *Matter) error {
	m.settleSupervisions(tx.Now())
	if err := saveMatter(ctx, tx.Tx, m); err != nil {
		return err
	}
	return tx.Changed(ctx, "matter", m.ID, m)
}
