package output

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"

	"yunei/internal/base/errs"
	"yunei/internal/base/sqldb"
	"yunei/internal/base/workday"
	"yunei/internal/core/access"
	"yunei/internal/core/act"
	"yunei/internal/core/blob"
	"yunei/internal/core/matter"
	"yunei/internal/core/query/audit"
	"yunei/internal/core/query/release"
	"yunei/internal/core/regime"
	"yunei/internal/flow/grant"
	"yunei/internal/flow/lab"
	"yunei/internal/flow/statistics"
)

// Service does the acts of output.
type Service struct {
	acts    *act.Runner
	matters *matter.Service
	lab     *lab.Service
	blobs   *blob.Store
}

// New makes the service, its acts, facts and matter kind known.
func New(acts *act.Runner, matters *matter.Service, l *lab.Service, blobs *blob.Store) *Service {
	s := &Service{acts: acts, matters: matters, lab: l, blobs: blobs}
	acts.Define(
		act.Def{Name: "output.release.submit", Roles: []access.Role{access.DataUser}},
		act.Def{Name: "output.draft", Roles: []access.Role{access.DataUser}},
		act.Def{Name: "output.cancel", Roles: []access.Role{access.DataUser}},
		act.Def{Name: "output.export", Roles: []access.Role{access.DataUser}},
		act.Def{Name: "output.override", Roles: reviewers},
		act.Def{Name: "output.redact", Roles: reviewers},
		act.Def{Name: "output.recall", Roles: []access.Role{access.Bureau}},
	)
	acts.Ledger().Register("release", func(ctx context.Context, tx *sqldb.Tx, id string) (any, error) { return loadRelease(ctx, tx, id) })
	acts.Law().RegisterFact(regime.Fact{Name: "release.checks_passed", Type: regime.Bool, Load: func(ctx context.Context, tx *sqldb.Tx, id string) (any, error) {
		r, err := loadRelease(ctx, tx, id)
		return passed(r.Checks), err
	}}, regime.Fact{Name: "release.trains", Type: regime.Bool, Load: func(ctx context.Context, tx *sqldb.Tx, id string) (any, error) {
		r, err := loadRelease(ctx, tx, id)
		return r.Trains != "", err
	}}, regime.Fact{Name: "release.model_assessed", Type: regime.Bool, Load: func(ctx context.Context, tx *sqldb.Tx, id string) (any, error) {
		r, err := loadRelease(ctx, tx, id)
		if err != nil {
			return nil, err
		}
		return lab.Assessed(ctx, tx, r.Org, r.Trains, workday.DateOf(tx.Now()))
	}})
	matters.Define(matter.Kind{
		Name:      KindRelease,
		Objects:   func(m *matter.Matter) map[string]string { return map[string]string{"release": m.Subject} },
		Addressed: s.addressed,
		Ended:     s.ended,
	})
	return s
}

func (s *Service) save(ctx context.Context, tx *act.Tx, r Release) error {
	if err := saveRelease(ctx, tx.Tx, r); err != nil {
		return fmt.Errorf("save release %s: %w", r.ID, err)
	}
	return tx.Changed(ctx, "release", r.ID, r)
}

// addressed sends a step to the bodies that the scenario concerns: those whose data it uses, the department of its developer.
func (s *Service) addressed(ctx context.Context, tx *sqldb.Tx, m *matter.Matter, step *matter.Step) ([]string, error) {
	r, err := loadRelease(ctx, tx, m.Subject)
	if err != nil {
		return nil, err
	}
	sc, err := grant.LoadScenario(ctx, tx, r.Scenario)
	if err != nil {
		return nil, err
	}
	return s.lab.Grant.Addressed(ctx, tx, sc, step.Role, m.Applicant)
}

func (s *Service) ended(ctx context.Context, tx *act.Tx, m *matter.Matter) error {
	r, err := loadRelease(ctx, tx.Tx, m.Subject)
	if err != nil {
		return err
	}
	if m.State == matter.Passed {
		people, _, err := tx.Law().Int("output.override.people", tx.Day())
		if err != nil {
			return err
		}
		if left := r.unheeded(people); len(left) > 0 {
			return errs.New(errs.Conflict, "第 %s 项检查有提示, 须由 %d 名不同人员分别写明理由后才能同意", numbers(left), people)
		}
	} else if r.Mode == release.ExactMode { // what did not leave tells nothing to later releases
		if err := deleteExact(ctx, tx.Tx, r.ID); err != nil {
			return err
		}
	}
	r.State = map[matter.State]string{matter.Passed: Approved, matter.Refused: Refused, matter.Withdrawn: Withdrawn}[m.State]
	return s.save(ctx, tx, r)
}

func numbers(list []int) string {
	words := make([]string, len(list))
	for i, n := range list {
		words[i] = strconv.Itoa(n)
	}
	return strings.Join(words, "、")
}

// Export hands out the approved file, byte for byte what was decided on, and leaves an entry. The file is read and compared
// with its digest before the act, so that no entry says that something left which could not. Nothing leaves while the
// ledger's own seal lags.
func (s *Service) Export(ctx context.Context, id string) (Release, []byte, error) {
	r, file, _, err := s.export(ctx, id)
	return r.forApplicant(), file, err
}

func (s *Service) export(ctx context.Context, id string) (Release, []byte, int64, error) {
	var r Release
	if err := s.acts.Ledger().Ready(); err != nil {
		return r, nil, 0, err
	}
	var digest string
	err := s.acts.View(ctx, func(tx *sqldb.Tx) error {
		r, err := loadRelease(ctx, tx, id)
		digest = r.Digest
		return err
	})
	if err != nil {
		return r, nil, 0, err
	}
	file, unreadable := s.file(digest)
	receipt, err := s.acts.Do(ctx, act.Call{Act: "output.export"}, func(ctx context.Context, tx *act.Tx) (err error) {
		if r, err = loadRelease(ctx, tx.Tx, id); err != nil {
			return err
		}
		if r.Org != tx.Actor().Org {
			return errs.New(errs.NotFound, noRelease)
		}
		if err := r.leaves(); err != nil {
			return err
		}
		if err := tx.Judge(ctx, map[string]string{"org": r.Org, "release": r.ID}); err != nil {
			return err
		}
		if _, err := grant.InForce(ctx, tx.Tx, r.Org, r.Scenario, tx.Day()); err != nil {
			return err
		}
		if err := stillPermitted(ctx, tx.Tx, r, tx.Day()); err != nil {
			return err
		}
		if unreadable != nil {
			return fmt.Errorf("file of release %s: %w", id, unreadable)
		}
		if r.Digest != digest {
			return errs.New(errs.Conflict, "出域申请刚刚被改动, 请刷新后重试")
		}
		r.State, r.Exports = Exported, r.Exports+1
		return s.save(ctx, tx, r)
	})
	if err != nil {
		return Release{}, nil, 0, err
	}
	return r, file, receipt.Seq, nil
}

// stillPermitted refuses to hand out exact figures whose permit ended after they were approved.
func stillPermitted(ctx context.Context, tx *sqldb.Tx, r Release, day workday.Date) error {
	if r.Mode != release.ExactMode {
		return nil
	}
	run, err := lab.LoadRun(ctx, tx, r.Run)
	if err != nil {
		return err
	}
	p, err := statistics.Load(ctx, tx, run.Statistic)
	if err != nil {
		return err
	}
	return statistics.Holds(ctx, tx, p, day)
}

// file reads a stored file and believes its name only when its bytes have that digest.
func (s *Service) file(digest string) (body []byte, err error) {
	f, err := s.blobs.Open(digest)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	if body, err = io.ReadAll(f); err != nil {
		return nil, err
	}
	if sum := sha256.Sum256(body); digest != "sha256:"+hex.EncodeToString(sum[:]) {
		return nil, fmt.Errorf("file %s was changed", digest)
	}
	return body, nil
}

// Page is a release as its reviewers and its applicant see it: the noised table, the checks, the charge. The table is empty
// for the applicant until it has exported: to look at it here would be to let it out.
type Page struct {
	Release   Release          `json:"release"`
	Table     release.Table    `json:"table"`
	Plan      release.Plan     `json:"plan" doc:"How the noise was made and what it cost"`
	Threshold int64            `json:"threshold"`
	Model     json.RawMessage  `json:"review" doc:"What the guard found about the model"`
	Usage     []lab.BudgetLine `json:"usage" doc:"The disclosure budgets it was charged to"`
	Acts      []act.Option     `json:"acts"`
	Exact     *Exact           `json:"exact,omitempty" doc:"Exact mode, for holder and bureau only: what is hidden and why"`
	Warned    []int            `json:"warned,omitempty" doc:"Checks whose warning still needs people to pass it"`

	Permit        *statistics.Permit `json:"permit,omitempty" doc:"Exact mode: what the figures rest on"`
	PermitInForce bool               `json:"permit_in_force,omitempty"`
	People        map[string]string  `json:"people,omitempty" doc:"Names of the accounts that passed a warning, hid cells or recalled"`
}

func mayRead(ctx context.Context, tx *sqldb.Tx, r Release) (bool, error) {
	area, err := grant.ScenarioArea(ctx, tx, r.Scenario)
	if err != nil {
		return false, err
	}
	return matter.MayRead(ctx, tx, area, r.Org, r.Matter)
}

// Get is one release; whoever has no part in it is told that there is none.
func (s *Service) Get(ctx context.Context, id string) (Page, error) {
	var p Page
	var e evidence
	err := s.acts.View(ctx, func(tx *sqldb.Tx) (err error) {
		if p.Release, err = loadRelease(ctx, tx, id); err != nil {
			return err
		}
		seen, err := mayRead(ctx, tx, p.Release)
		if err == nil && !seen {
			p.Release, err = Release{}, errs.New(errs.NotFound, noRelease)
		}
		if err != nil {
			return err
		}
		if e, err = s.load(ctx, tx, p.Release.Run); err != nil {
			return err
		}
		if p.Usage, err = s.lab.Usage(ctx, tx, e.run); err != nil {
			return err
		}
		if p.Warned = p.Release.unheeded(e.rules.people); p.Warned == nil {
			p.Warned = []int{}
		}
		if p.Acts, err = s.options(ctx, tx, p.Release, p.Warned); err != nil {
			return err
		}
		p.People, err = peopleOf(ctx, tx, p.Release)
		return err
	})
	if err != nil {
		return p, err
	}
	if p.Release.Mode == release.ExactMode {
		p.Permit, p.PermitInForce = &e.stated, e.permit == nil
	}
	if p.Release.State == Failed || p.Release.State == Draft || p.Release.State == Cancelled {
		return p, nil
	}
	if err := s.read(&e, p.Release.Struck); err != nil {
		return p, err
	}
	p.Plan, p.Threshold, p.Model = e.result.Evidence.Plan, e.result.Evidence.Threshold, e.version.Review
	mine := access.From(ctx).Org == p.Release.Org
	if !mine || p.Release.State == Exported {
		p.Table = e.result.Table
	}
	if e.exact != nil && !mine && access.From(ctx).Has(access.Bureau, access.Holder) {
		e.exact.name, e.exact.earlier = p.Release.ID, slices.DeleteFunc(e.exact.earlier, func(r audit.Released) bool { return r.ID == p.Release.ID })
		p.Exact = e.view()
	}
	if mine {
		p.Release = p.Release.forApplicant()
		if p.Release.Mode == release.ExactMode { // whom a warning waits for is an answer about the data too
			p.Warned = nil
			maps.DeleteFunc(p.People, func(id, _ string) bool { return p.Release.Recall == nil || p.Release.Recall.Account != id })
		}
	}
	return p, nil
}

// peopleOf names who passed a warning, hid cells or recalled.
func peopleOf(ctx context.Context, tx *sqldb.Tx, r Release) (map[string]string, error) {
	ids := map[string]bool{}
	for _, o := range r.Overrides {
		ids[o.Account] = true
	}
	if r.Recall != nil {
		ids[r.Recall.Account] = true
	}
	out := map[string]string{}
	for id := range ids {
		a, err := access.LoadAccount(ctx, tx, id)
		if err != nil {
			return nil, err
		}
		out[id] = a.Name
	}
	return out, nil
}

// List lists releases the caller may see, newest first.
func (s *Service) List(ctx context.Context, before string, limit int) (list []Release, err error) {
	actor := access.From(ctx)
	org, area, ok := actor.Whose()
	if !ok {
		return nil, nil
	}
	err = s.acts.View(ctx, func(tx *sqldb.Tx) (err error) {
		list, err = listReleases(ctx, tx, org, area, "", before, limit)
		return err
	})
	for i := range list {
		if list[i].Org == actor.Org {
			list[i] = list[i].forApplicant()
		}
	}
	return list, err
}
