package output

import (
	"context"
	"slices"

	"github.com/RoaringBitmap/roaring/v2"

	"yunei/internal/base/errs"
	"yunei/internal/base/sqldb"
	"yunei/internal/base/workday"
	"yunei/internal/core/access"
	"yunei/internal/core/query"
	"yunei/internal/core/query/audit"
	"yunei/internal/core/query/release"
	"yunei/internal/flow/grant"
	"yunei/internal/flow/lab"
	"yunei/internal/flow/statistics"
)

// gather collects what the checks look at, for the caller's own run. Cells in struck are hidden whatever they hold.
func (s *Service) gather(ctx context.Context, ask Ask, struck []int) (evidence, error) {
	var e evidence
	err := s.acts.View(ctx, func(tx *sqldb.Tx) (err error) {
		if e, err = s.load(ctx, tx, ask.Run); err == nil && e.run.Org != access.From(ctx).Org && struck == nil {
			err = lab.NoRun()
		}
		return err
	})
	if err != nil {
		return evidence{}, err
	}
	e.ask = ask
	if e.run.State != lab.Done {
		return e, errs.New(errs.Conflict, "任务尚未完成, 完成后才能申请出域")
	}
	if slices.ContainsFunc(struck, func(c int) bool { return c < 0 || c >= e.model.Cells() }) {
		return e, errs.New(errs.Invalid, "所选的单元格不在表中, 请刷新后重选")
	}
	return e, s.read(&e, struck)
}

// read reads the result that a run left, and hides what must be hidden of an exact one.
func (s *Service) read(e *evidence, struck []int) (err error) {
	if e.run.Mode != release.ExactMode {
		e.result, e.stored, err = s.lab.Result(e.run, e.model)
		if err == nil && len(struck) > 0 {
			strike(&e.result.Table, struck)
		}
		return err
	}
	table, digest, err := s.lab.ExactResult(e.run)
	if err != nil {
		return err
	}
	e.stored = digest
	if e.exact, err = protect(e.model, &table, e.rules, e.sensitive, e.ownUnits(&table), struck); err != nil {
		return err
	}
	e.exact.name = e.run.ID
	if e.exact.earlier, err = s.readSets(e.past); err != nil {
		return err
	}
	e.result.Table, err = release.LayExact(e.model, &table, e.exact.hidden, e.rules.base)
	return err
}

// ran is a run, the version it ran, the concrete model that it answered and the hash of the version's artifact.
func ran(ctx context.Context, tx *sqldb.Tx, id string) (run lab.Run, v lab.Version, m *query.Model, artifact string, err error) {
	if run, err = lab.LoadRun(ctx, tx, id); err != nil {
		return run, v, nil, "", err
	}
	if v, err = lab.LoadVersion(ctx, tx, run.Version); err != nil {
		return run, v, nil, "", err
	}
	m, artifact, err = v.Ran(run)
	return run, v, m, artifact, err
}

func (s *Service) load(ctx context.Context, tx *sqldb.Tx, runID string) (evidence, error) {
	run, v, m, artifact, err := ran(ctx, tx, runID)
	if err != nil {
		return evidence{}, err
	}
	signed := s.lab.Signed(ctx, tx, v)
	if errs.CodeOf(signed) == errs.Internal {
		return evidence{}, signed
	}
	e := evidence{run: run, version: v, artifact: artifact, model: m, signed: signed}
	if run.Charge != "" {
		if e.booked, err = s.lab.Budget.Get(ctx, tx, run.Charge); err != nil {
			return evidence{}, err
		}
	}
	day := workday.DateOf(tx.Now())
	_, e.inForce = grant.InForce(ctx, tx, run.Org, run.Scenario, day)
	if errs.CodeOf(e.inForce) == errs.Internal {
		return evidence{}, e.inForce
	}
	if e.usage, err = s.lab.Usage(ctx, tx, run); err != nil {
		return evidence{}, err
	}
	if err := s.loadPolicy(ctx, tx, &e); err != nil {
		return evidence{}, err
	}
	if e.rules, err = lawRules(s.acts.Law(), day, m.Unit, len(e.sensitive) > 0); err != nil {
		return evidence{}, err
	}
	if run.Mode == release.ExactMode {
		return e, s.loadExact(ctx, tx, &e, day)
	}
	return e, s.loadBefore(ctx, tx, &e)
}

// loadPolicy looks up what is published about the resources: how many subjects, what is sensitive, who holds them.
func (s *Service) loadPolicy(ctx context.Context, tx *sqldb.Tx, e *evidence) error {
	e.sensitive, e.ownData = map[string]bool{}, true
	for _, t := range e.model.Tables {
		policy, err := s.lab.Catalog.PolicyTable(ctx, tx, t.Resource)
		if err != nil {
			return err
		}
		entry, err := s.lab.Catalog.Load(ctx, tx, t.Resource)
		if err != nil {
			return err
		}
		if t.UnitKind != "" {
			e.units = max(e.units, policy.Units)
			e.ownData = e.ownData && entry.Holder == e.run.Org
		}
		for _, c := range t.Columns {
			if p, known := policy.Column(c.Name); known && p.Grade.Sensitive && c.Name != t.SubjectKey {
				e.sensitive[t.Name+"."+c.Name] = true
			}
		}
	}
	return nil
}

func (s *Service) loadExact(ctx context.Context, tx *sqldb.Tx, e *evidence, day workday.Date) (err error) {
	if e.stated, err = statistics.Load(ctx, tx, e.run.Statistic); err != nil {
		return err
	}
	if e.permit = statistics.Holds(ctx, tx, e.stated, day); errs.CodeOf(e.permit) == errs.Internal {
		return e.permit
	}
	e.past, err = exactReleases(ctx, tx, e.model.Unit)
	return err
}

// loadBefore finds the totals of the last release of the same model.
func (s *Service) loadBefore(ctx context.Context, tx *sqldb.Tx, e *evidence) error {
	list, err := listReleases(ctx, tx, e.run.Org, "", "", "", 200)
	if err != nil {
		return err
	}
	for _, r := range list {
		if r.State != Exported || r.Run == e.run.ID || r.Mode != e.run.Mode {
			continue
		}
		run, err := lab.LoadRun(ctx, tx, r.Run)
		if err != nil {
			return err
		}
		if run.Hash != e.run.Hash {
			continue
		}
		result, _, err := s.lab.Result(run, e.model)
		if err != nil {
			return err
		}
		e.before = &result.Table
		return nil
	}
	return nil
}

// ownUnits are the units that the recipient supplied itself, where that is known: all, when all the data is its own.
func (e *evidence) ownUnits(t *release.ExactTable) *audit.Units {
	if !e.ownData {
		return nil
	}
	own := roaring.New()
	for _, c := range t.Cells {
		own.Or(c.Units)
	}
	return own
}
