package output

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"

	"yunei/internal/base/errs"
	"yunei/internal/base/sqldb"
	"yunei/internal/base/workday"
	"yunei/internal/core/access"
	"yunei/internal/core/act"
	"yunei/internal/core/blob"
	"yunei/internal/core/matter"
	"yunei/internal/core/query/disclose"
	"yunei/internal/core/query/release"
	"yunei/internal/core/regime"
	"yunei/internal/flow/grant"
	"yunei/internal/flow/lab"
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
		act.Def{Name: "output.export", Roles: []access.Role{access.DataUser}},
	)
	acts.Ledger().Register("release", func(ctx context.Context, tx *sqldb.Tx, id string) (any, error) { return loadRelease(ctx, tx, id) })
	acts.Law().RegisterFact(regime.Fact{Name: "release.checks_passed", Type: regime.Bool, Load: func(ctx context.Context, tx *sqldb.Tx, id string) (any, error) {
		r, err := loadRelease(ctx, tx, id)
		return passed(r.Checks), err
	}})
	matters.Define(matter.Kind{
		Name:      KindRelease,
		Objects:   func(m *matter.Matter) map[string]string { return map[string]string{"release": m.Subject} },
		Addressed: s.addressed,
		Ended:     s.ended,
	})
	return s
}

// Submit asks for a release. The checks run on the stored result before the act; a blocked one is recorded with what
// blocked it and goes no further.
func (s *Service) Submit(ctx context.Context, ask Ask) (Release, error) {
	var r Release
	if err := ask.check(); err != nil {
		return r, err
	}
	e, file, err := s.gather(ctx, ask.Run)
	if err != nil {
		return r, err
	}
	ref, err := s.blobs.Put(ctx, bytes.NewReader(file))
	if err != nil {
		return r, err
	}
	checks := examine(e)
	_, err = s.acts.Do(ctx, act.Call{Act: "output.release.submit"}, func(ctx context.Context, tx *act.Tx) error {
		if err := tx.Lock(ctx, e.run.ID); err != nil {
			return err
		}
		earlier, err := listReleases(ctx, tx.Tx, e.run.Org, e.run.ID, "", 100)
		if err != nil {
			return err
		}
		if slices.ContainsFunc(earlier, Release.open) {
			return errs.New(errs.Conflict, "这个任务的结果已有出域申请, 请在出域申请列表中查看, 不必重复提交")
		}
		r = Release{ID: tx.NewID("rel"), Org: e.run.Org, Run: e.run.ID, Scenario: e.run.Scenario, Title: e.version.Name,
			Purpose: ask.Purpose, Recipient: ask.Recipient, Retention: ask.Retention, Digest: ref.Digest, Checks: checks,
			State: Blocked, Opened: tx.Now()}
		if err := insertRelease(ctx, tx.Tx, r); err != nil {
			return err
		}
		if err := tx.Judge(ctx, map[string]string{"org": r.Org, "release": r.ID}); err != nil {
			return err
		}
		if !passed(checks) {
			return tx.Changed(ctx, "release", r.ID, r)
		}
		return s.review(ctx, tx, &r)
	})
	if err != nil {
		return Release{}, err
	}
	return r, nil
}

func (s *Service) review(ctx context.Context, tx *act.Tx, r *Release) error {
	m, err := s.matters.SubmitTx(ctx, tx, matter.Application{Kind: KindRelease, Title: r.Title, Applicant: r.Org, Subject: r.ID})
	if err != nil {
		return err
	}
	r.State, r.Matter = InReview, m.ID
	return s.save(ctx, tx, *r)
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
	r.State = map[matter.State]string{matter.Passed: Approved, matter.Refused: Refused, matter.Withdrawn: Withdrawn}[m.State]
	return s.save(ctx, tx, r)
}

// gather collects what the checks look at, for the caller's own run.
func (s *Service) gather(ctx context.Context, runID string) (evidence, []byte, error) {
	var e evidence
	err := s.acts.View(ctx, func(tx *sqldb.Tx) (err error) {
		e, err = s.load(ctx, tx, runID)
		if err == nil && e.run.Org != access.From(ctx).Org {
			err = lab.NoRun()
		}
		return err
	})
	if err != nil {
		return e, nil, err
	}
	if e.run.State != lab.Done {
		return e, nil, errs.New(errs.Conflict, "任务尚未完成, 完成后才能申请出域")
	}
	if e.result, e.stored, err = s.lab.Result(e.run, e.model); err != nil {
		return e, nil, err
	}
	return e, e.result.Table.CSV(), nil
}

func (s *Service) load(ctx context.Context, tx *sqldb.Tx, runID string) (evidence, error) {
	run, err := lab.LoadRun(ctx, tx, runID)
	if err != nil {
		return evidence{}, err
	}
	v, err := lab.LoadVersion(ctx, tx, run.Version)
	if err != nil {
		return evidence{}, err
	}
	m, artifact, err := v.Ran(run)
	if err != nil {
		return evidence{}, err
	}
	signed := s.lab.Signed(ctx, tx, v)
	if errs.CodeOf(signed) == errs.Internal {
		return evidence{}, signed
	}
	var booked disclose.Release
	if run.Charge != "" {
		if booked, err = s.lab.Budget.Get(ctx, tx, run.Charge); err != nil {
			return evidence{}, err
		}
	}
	_, inForce := grant.InForce(ctx, tx, run.Org, run.Scenario, workday.DateOf(tx.Now()))
	if errs.CodeOf(inForce) == errs.Internal {
		return evidence{}, inForce
	}
	return evidence{run: run, version: v, artifact: artifact, model: m, signed: signed, inForce: inForce, booked: booked}, nil
}

// Export hands out the approved file, byte for byte what was decided on, and leaves an entry. The file is read and compared
// with its digest before the act, so that no entry says that something left which could not. Nothing leaves while the
// ledger's own seal lags.
func (s *Service) Export(ctx context.Context, id string) (Release, []byte, error) {
	var r Release
	if err := s.acts.Ledger().Ready(); err != nil {
		return r, nil, err
	}
	var digest string
	err := s.acts.View(ctx, func(tx *sqldb.Tx) error {
		r, err := loadRelease(ctx, tx, id)
		digest = r.Digest
		return err
	})
	if err != nil {
		return r, nil, err
	}
	file, unreadable := s.read(digest)
	_, err = s.acts.Do(ctx, act.Call{Act: "output.export"}, func(ctx context.Context, tx *act.Tx) (err error) {
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
		return Release{}, nil, err
	}
	return r, file, nil
}

// read reads a stored file and believes its name only when its bytes have that digest.
func (s *Service) read(digest string) (body []byte, err error) {
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
}

// mayRead: the overseers, the applicant, and whoever was asked to decide on it.
func mayRead(ctx context.Context, tx *sqldb.Tx, r Release) (bool, error) {
	actor := access.From(ctx)
	if actor.Has(access.Bureau, access.Operator, access.Auditor) || (actor.Org != "" && actor.Org == r.Org) {
		return true, nil
	}
	if r.Matter == "" {
		return false, nil
	}
	m, err := matter.Load(ctx, tx, r.Matter)
	if err != nil {
		return false, err
	}
	return matter.Asked(actor, m), nil
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
		o, err := s.acts.Option(ctx, tx, "output.export", p.Release.leaves(), map[string]string{"org": p.Release.Org, "release": id})
		p.Acts = []act.Option{o}
		return err
	})
	if err != nil {
		return p, err
	}
	result, _, err := s.lab.Result(e.run, e.model)
	if err != nil {
		return p, err
	}
	p.Plan, p.Threshold, p.Model = result.Evidence.Plan, result.Evidence.Threshold, e.version.Review
	if access.From(ctx).Org != p.Release.Org || p.Release.State == Exported {
		p.Table = result.Table
	}
	return p, nil
}

// List lists releases the caller may see, newest first.
func (s *Service) List(ctx context.Context, before string, limit int) (list []Release, err error) {
	actor := access.From(ctx)
	org := actor.Org
	if actor.Has(access.Bureau, access.Operator, access.Auditor) {
		org = ""
	} else if org == "" {
		return nil, nil
	}
	err = s.acts.View(ctx, func(tx *sqldb.Tx) (err error) {
		list, err = listReleases(ctx, tx, org, "", before, limit)
		return err
	})
	return list, err
}
