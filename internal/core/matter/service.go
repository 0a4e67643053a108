package matter

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"yunei/internal/base/errs"
	"yunei/internal/base/sqldb"
	"yunei/internal/base/workday"
	"yunei/internal/core/access"
	"yunei/internal/core/act"
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
}

// Service runs matters.
type Service struct {
	acts  *act.Runner
	kinds map[string]Kind
}

// Deciders are the roles that may sit at a step of some procedure.
var deciders = []access.Role{access.Bureau, access.Operator, access.Holder, access.Expert, access.DataUser, access.Applicant,
	access.Department, access.Authorized, access.Mechanism, access.Government, access.Upper, access.Local, access.Provider, access.Assessor}

// applicants are the roles that may file some application.
var applicants = []access.Role{access.DataUser, access.Applicant, access.Operator, access.Holder, access.Department, access.Authorized, access.Provider, access.Local}

// New makes the service and makes its acts known.
func New(acts *act.Runner) *Service {
	s := &Service{acts: acts, kinds: map[string]Kind{}}
	acts.Define(
		act.Def{Name: "matter.decide", Roles: deciders},
		act.Def{Name: "matter.supplement", Roles: applicants},
		act.Def{Name: "matter.withdraw", Roles: applicants},
	)
	acts.Law().RegisterFact(facts()...)
	acts.Ledger().Register("matter", func(ctx context.Context, tx *sqldb.Tx, id string) (any, error) { return Load(ctx, tx, id) })
	return s
}

// Define makes a kind known; a stage calls it once at start.
func (s *Service) Define(k Kind) { s.kinds[k.Name] = k }

// Application is a new matter.
type Application struct {
	Kind      string
	Title     string
	Applicant string
	Subject   string
	Documents []Document
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
	proc, err := tx.Law().Procedure(app.Kind, tx.Day())
	if err != nil {
		return nil, err
	}
	m := &Matter{
		ID: tx.NewID("mat"), Kind: app.Kind, Title: app.Title, Applicant: app.Applicant, Filer: tx.Actor().Account,
		Subject: app.Subject, State: Running, Day: tx.Day(), Regimes: tx.Law().Digests(),
		Documents: app.Documents, Opened: tx.Now(), Steps: stepsOf(proc),
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
		}
		if p.Panel != nil {
			st.Need, st.Seats = p.Panel.Quorum, p.Panel.Size
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
	return []string{access.RoleAddress(access.Role(step.Role))}, nil
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
	now := tx.Now()
	step.State, step.Opened, step.Addressed = StepOpen, &now, addressed
	if step.Binding && organizations(addressed) {
		// Whose data it is, each must agree: one department does not consent for another.
		step.Need = max(step.Need, len(addressed))
	}
	if d, ok := tx.Law().StepDeadline(regime.Step{Within: step.Within}, workday.DateOf(now)); ok {
		step.Deadline = &d
	}
	m.event(Event{At: now, What: "opened", Step: step.ID})
	for _, to := range addressed {
		task := Task{ID: tx.NewID("tsk"), Matter: m.ID, Step: step.ID, Kind: m.Kind, Title: m.Title, StepTitle: step.Title,
			Applicant: m.Applicant, Addressee: to, State: taskOpen, Opened: now}
		if step.Deadline != nil {
			task.Due, task.Explain = step.Deadline.Due.String(), step.Deadline.Explain
		}
		if err := insertTask(ctx, tx.Tx, task); err != nil {
			return err
		}
	}
	return nil
}

// accounts counts the addresses that are one person's.
func accounts(addressed []string) int {
	n := 0
	for _, to := range addressed {
		if strings.HasPrefix(to, access.AccountAddress("")) {
			n++
		}
	}
	return n
}

// Decision is what a decider says.
type Decision struct {
	Verdict   Verdict         `json:"verdict" enum:"pass,return,refuse,agree,disagree"`
	Reason    string          `json:"reason" minLength:"2" maxLength:"2000" doc:"No decision without a reason"`
	Checks    map[string]bool `json:"checks,omitempty"`
	Signature *Signature      `json:"signature,omitempty"`
}

// Decide records an opinion at a step and moves the matter on: the next steps open, or it ends and its effect follows,
// all in one act.
func (s *Service) Decide(ctx context.Context, matterID, stepID string, d Decision) (*Matter, error) {
	var m *Matter
	_, err := s.acts.Do(ctx, act.Call{Act: "matter.decide", Matter: matterID, Step: stepID}, func(ctx context.Context, tx *act.Tx) (err error) {
		if err = tx.Lock(ctx, matterID); err != nil {
			return err
		}
		if m, err = Load(ctx, tx.Tx, matterID); err != nil {
			return err
		}
		if !MaySee(tx.Actor(), m) {
			return noMatter()
		}
		return s.decideTx(ctx, tx, m, stepID, d)
	})
	if err != nil {
		return nil, err
	}
	return m, nil
}

func (s *Service) decideTx(ctx context.Context, tx *act.Tx, m *Matter, stepID string, d Decision) error {
	kind := s.kinds[m.Kind]
	step, err := m.Step(stepID)
	if err != nil {
		return err
	}
	actor := tx.Actor()
	// An application of one's own organization is the law's to refuse, with its article; the rest is told at once.
	if own := actor.Org != "" && actor.Org == m.Applicant; !own {
		if err := m.inHand(step); err != nil {
			return err
		}
		if err := addressee(step, actor); err != nil {
			return err
		}
	}
	if err := tx.Judge(ctx, s.objects(kind, m)); err != nil {
		return err
	}
	o := Opinion{Account: actor.Account, Name: actor.Name, Org: actor.Org, Verdict: d.Verdict, Reason: d.Reason,
		Checks: answers(step, d.Checks), At: tx.Now()}
	o.Late = step.Deadline != nil && workday.DateOf(tx.Now()).After(step.Deadline.Due)
	if err := m.mayDecide(step, o); err != nil {
		return err
	}
	if err := addressee(step, actor); err != nil {
		return err
	}
	if o.Signature, err = s.signed(ctx, tx, kind, m, step, d); err != nil {
		return err
	}
	m.decide(step, o)
	return s.settle(ctx, tx, kind, m, step, actor)
}

// settle closes and opens tasks and lets the effect follow.
func (s *Service) settle(ctx context.Context, tx *act.Tx, kind Kind, m *Matter, step *Step, actor access.Actor) error {
	var err error
	switch {
	case m.State != Running:
		err = closeTasks(ctx, tx.Tx, m.ID, "", "")
	case step.State != StepOpen:
		err = closeTasks(ctx, tx.Tx, m.ID, step.ID, "")
	default:
		for _, to := range []string{access.AccountAddress(actor.Account), access.OrgAddress(actor.Org, access.Role(step.Role))} {
			err = errors.Join(err, closeTasks(ctx, tx.Tx, m.ID, step.ID, to))
		}
	}
	if err != nil {
		return err
	}
	switch {
	case m.State == Running:
		err = s.open(ctx, tx, kind, m)
	case m.State == Returned:
		err = s.askSupplement(ctx, tx, m)
	case kind.Ended != nil:
		err = kind.Ended(ctx, tx, m)
	}
	if err != nil {
		return err
	}
	return s.save(ctx, tx, m)
}

// organizations reports whether a step is addressed to organizations by name.
func organizations(addressed []string) bool {
	return !slices.ContainsFunc(addressed, func(to string) bool { return !strings.HasPrefix(to, "org:") })
}

func addressee(step *Step, actor access.Actor) error {
	mine := actor.Addresses()
	if !slices.ContainsFunc(step.Addressed, func(to string) bool { return slices.Contains(mine, to) }) {
		return errs.New(errs.Forbidden, "“%s”环节由%s办理, 不在您的职责内; 请转由承办人员办理", step.Title, step.RoleTitle)
	}
	return nil
}

// answers keeps the answers to the step's own checks.
func answers(step *Step, given map[string]bool) map[string]bool {
	var out map[string]bool
	for _, c := range step.Checks {
		if v, ok := given[c.ID]; ok {
			if out == nil {
				out = map[string]bool{}
			}
			out[c.ID] = v
		}
	}
	return out
}

// signed checks the signature that a passing opinion needs and returns it; where none is needed none is kept.
func (s *Service) signed(ctx context.Context, tx *act.Tx, kind Kind, m *Matter, step *Step, d Decision) (*Signature, error) {
	if kind.Signs == nil || d.Verdict != Pass {
		return nil, nil
	}
	text, signs, err := kind.Signs(ctx, tx.Tx, m, step)
	if err != nil || !signs {
		return nil, err
	}
	if d.Signature == nil || d.Signature.Signed != text {
		return nil, errs.New(errs.Invalid, "通过意见须对待审内容的摘要签名; 内容可能已变化, 请刷新后重新签名")
	}
	key, err := access.LoadKey(ctx, tx.Tx, d.Signature.Key)
	if err != nil {
		return nil, err
	}
	if key.Account != tx.Actor().Account || key.Closed {
		return nil, errs.New(errs.Forbidden, "这个签名公钥不是您登记的, 请用本人的密钥签名")
	}
	return d.Signature, key.Verify([]byte(text), d.Signature.Value)
}

func (s *Service) askSupplement(ctx context.Context, tx *act.Tx, m *Matter) error {
	return insertTask(ctx, tx.Tx, Task{ID: tx.NewID("tsk"), Matter: m.ID, Step: supplementStep, Kind: m.Kind, Title: m.Title,
		StepTitle: "补正", Applicant: m.Applicant, Addressee: access.AccountAddress(m.Filer), State: taskOpen, Opened: tx.Now()})
}

// Supplement (补正) answers a return: documents of the same kind are replaced, and the clock starts anew.
func (s *Service) Supplement(ctx context.Context, matterID string, docs []Document) (*Matter, error) {
	if err := readable(docs); err != nil {
		return nil, err
	}
	return s.byApplicant(ctx, "matter.supplement", matterID, func(ctx context.Context, tx *act.Tx, kind Kind, m *Matter) error {
		if err := m.supplement(tx.Now(), tx.Actor().Name, docs); err != nil {
			return err
		}
		if err := closeTasks(ctx, tx.Tx, m.ID, "", ""); err != nil {
			return err
		}
		return s.open(ctx, tx, kind, m)
	})
}

// Withdraw (撤回) ends a matter at the applicant's wish.
func (s *Service) Withdraw(ctx context.Context, matterID, reason string) (*Matter, error) {
	return s.byApplicant(ctx, "matter.withdraw", matterID, func(ctx context.Context, tx *act.Tx, kind Kind, m *Matter) error {
		if err := m.withdraw(tx.Now(), tx.Actor().Name, reason); err != nil {
			return err
		}
		if err := closeTasks(ctx, tx.Tx, m.ID, "", ""); err != nil {
			return err
		}
		if kind.Ended == nil {
			return nil
		}
		return kind.Ended(ctx, tx, m)
	})
}

func (s *Service) byApplicant(ctx context.Context, name, matterID string, fn func(context.Context, *act.Tx, Kind, *Matter) error) (*Matter, error) {
	var m *Matter
	_, err := s.acts.Do(ctx, act.Call{Act: name, Matter: matterID}, func(ctx context.Context, tx *act.Tx) (err error) {
		if err = tx.Lock(ctx, matterID); err != nil {
			return err
		}
		if m, err = Load(ctx, tx.Tx, matterID); err != nil {
			return err
		}
		if tx.Actor().Org != m.Applicant {
			return noMatter()
		}
		kind := s.kinds[m.Kind]
		if err := tx.Judge(ctx, s.objects(kind, m)); err != nil {
			return err
		}
		if err := fn(ctx, tx, kind, m); err != nil {
			return err
		}
		return s.save(ctx, tx, m)
	})
	if err != nil {
		return nil, err
	}
	return m, nil
}

func (s *Service) save(ctx context.Context, tx *act.Tx, m *Matter) error {
	if err := saveMatter(ctx, tx.Tx, m); err != nil {
		return err
	}
	return tx.Changed(ctx, "matter", m.ID, m)
}
