package lab

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"strconv"
	"time"

	"yunei/internal/base/errs"
	"yunei/internal/base/sqldb"
	"yunei/internal/core/act"
	"yunei/internal/core/party"
	"yunei/internal/core/query"
	"yunei/internal/core/query/disclose"
	"yunei/internal/core/query/release"
	"yunei/internal/flow/grant"
)

// lostAfter is how long a run may take before the sweeper calls it lost; the engine's own deadline is far shorter.
const lostAfter = 10 * time.Minute

// Result is what a run leaves inside: the noised table, and the evidence its reviewers check.
type Result struct {
	Table    release.Table    `json:"table"`
	Evidence release.Evidence `json:"evidence"`
}

// job is everything a started run needs outside the transaction.
type job struct {
	run     Run
	model   *query.Model
	tuple   string // the values chosen for the model's parameters
	plan    release.Plan
	files   map[string]string // table -> the domain snapshot's file
	keys    map[string]string // table -> subject key of the domain snapshot
	sources []source          // what the space gets of each resource the model reads
}

// Run runs an approved class A version on raw data: start act, engine, finish act. The charge is reserved before the
// engine is called and stands whatever comes out; a run whose process never started is given back.
func (s *Service) Run(ctx context.Context, spaceID, versionID string) (Run, error) {
	return s.RunWith(ctx, spaceID, versionID, nil)
}

// RunWith is Run of a model with parameters, with the values chosen for them.
func (s *Service) RunWith(ctx context.Context, spaceID, versionID string, chosen map[string]string) (Run, error) {
	if err := s.Acts.Ledger().Ready(); err != nil {
		return Run{}, err
	}
	var j job
	receipt, err := s.Acts.Do(ctx, act.Call{Act: "lab.run.raw"}, func(ctx context.Context, tx *act.Tx) (err error) {
		j, err = s.start(ctx, tx, spaceID, versionID, chosen)
		return err
	})
	if err != nil {
		if e := s.misused(context.WithoutCancel(ctx), spaceID, versionID, err); e != nil {
			slog.ErrorContext(ctx, "a use for another scenario was not reported", "space", spaceID, "version", versionID, "err", e)
		}
		return j.run, err
	}
	if j.run.State != Running {
		return j.run, nil
	}
	// The client may go away; what was started is finished all the same.
	ctx = context.WithoutCancel(ctx)
	result, made, failure := s.compute(ctx, j)
	var stored string
	if failure == nil {
		stored, failure = s.keep(ctx, result)
	}
	return s.finish(ctx, j.run, receipt.Seq, stored, made, failure)
}

// start judges, binds the snapshots, checks the artifact and today's policy, and reserves the charge.
func (s *Service) start(ctx context.Context, tx *act.Tx, spaceID, versionID string, chosen map[string]string) (job, error) {
	sp, sc, v, err := s.atSeat(ctx, tx.Tx, spaceID, versionID)
	if err != nil {
		return job{}, err
	}
	g, err := s.granted(ctx, tx, sp, v)
	if err != nil {
		return job{}, err
	}
	if err := sp.open(); err != nil { // the law, asked before, says more about what ended
		return job{}, err
	}
	if v.Class != string(query.A) {
		return job{}, errs.New(errs.Invalid, "按人查询的模型不整批运行, 请在“实时查询”中部署后调用")
	}
	f, err := s.artifact(ctx, tx.Tx, sc, v)
	if err != nil {
		return job{}, err
	}
	m, tuple, err := Bind(f, chosen)
	if err != nil {
		return job{}, err
	}
	j := job{model: m, tuple: tuple, run: Run{ID: tx.NewID("run"), Grant: g.ID, Params: chosen}}
	resources, public, units, err := s.bind(ctx, tx.Tx, &j, sc, sp, v)
	if err != nil {
		return job{}, err
	}
	if err := s.reserve(ctx, tx, &j, v, resources, public, units); err != nil {
		return job{}, err
	}
	return j, s.began(ctx, tx, sp, v, j.run)
}

// atSeat finds the space and the version for somebody at whose seat runs are enabled.
func (s *Service) atSeat(ctx context.Context, tx *sqldb.Tx, spaceID, versionID string) (sp Space, sc grant.Scenario, v Version, err error) {
	sp, sc, seat, err := s.seated(ctx, tx, spaceID)
	if err == nil {
		err = seat.may(ToolRun)
	}
	if err == nil {
		v, err = reachable(ctx, tx, sp.Org, versionID)
	}
	return sp, sc, v, err
}

// began enters a run that has started, or that needed no start.
func (s *Service) began(ctx context.Context, tx *act.Tx, sp Space, v Version, r Run) error {
	if err := s.did(ctx, tx, sp, ToolRun, r.ID); err != nil {
		return err
	}
	if v.Org != sp.Org {
		if err := s.did(ctx, tx, sp, ToolShelf, v.ID); err != nil {
			return err
		}
	}
	if err := insertRun(ctx, tx.Tx, r); err != nil {
		return err
	}
	return tx.Changed(ctx, "run", r.ID, r)
}

// granted finds the grant under which the version runs. The law is asked first, also without one: it says which article is
// missing.
func (s *Service) granted(ctx context.Context, tx *act.Tx, sp Space, v Version) (grant.Grant, error) {
	g, missing := grant.ForModel(ctx, tx.Tx, sp.Org, sp.Scenario, v.ID, tx.Day())
	if errs.CodeOf(missing) == errs.Internal {
		return g, missing
	}
	judged := g
	if missing != nil { // another model's grant on the scenario may be in force
		var err error
		if judged, err = grant.InForce(ctx, tx.Tx, sp.Org, sp.Scenario, tx.Day()); errs.CodeOf(err) == errs.Internal {
			return g, err
		}
	}
	supplied, err := allStanding(ctx, tx.Tx, sp.ID, v, tx.Day())
	if err != nil {
		return g, err
	}
	extra, err := Used(ctx, tx, RouteSpace, query.Class(v.Class))
	if err != nil {
		return g, err
	}
	objects := map[string]string{"org": sp.Org, "model": v.ID, "space": sp.ID}
	extra["run.supplied"] = supplied
	if judged.ID != "" {
		objects["grant"] = judged.ID
	} else {
		extra["grant.in_force"] = false
	}
	if err := tx.JudgeAs(ctx, "lab.run.raw", objects, extra); err != nil {
		return g, err
	}
	return g, missing
}

// reachable loads a version that the organization may know: its own, or one on the shelf.
func reachable(ctx context.Context, tx *sqldb.Tx, org, id string) (Version, error) {
	v, err := LoadVersion(ctx, tx, id)
	if err != nil || v.Org == org {
		return v, err
	}
	listed, err := Listed(ctx, tx, v)
	if err == nil && !listed {
		err = errs.New(errs.NotFound, noVersion)
	}
	if err != nil {
		return Version{}, err
	}
	return v, nil
}

// bind fills in the run and binds the snapshots that it reads. It gives the resources about units, those about
// nobody, and of how many units.
func (s *Service) bind(ctx context.Context, tx *sqldb.Tx, j *job, sc grant.Scenario, sp Space, v Version) (resources, public []disclose.Resource, units int64, err error) {
	r := &j.run
	r.Space, r.Org, r.Scenario, r.Version, r.Hash = sp.ID, sp.Org, sc.ID, v.ID, v.Hash
	r.Snapshots, r.State, r.Opened = map[string]string{}, Running, tx.Now()
	j.files, j.keys, resources = map[string]string{}, map[string]string{}, []disclose.Resource{}
	granted, err := s.tables(ctx, tx, sc)
	if err != nil {
		return nil, nil, 0, err
	}
	for _, t := range j.model.Tables {
		snap, err := s.Collect.ActiveSnapshot(ctx, tx, t.Resource)
		if err != nil {
			return nil, nil, 0, err
		}
		i := slices.IndexFunc(granted, func(g query.Table) bool { return g.Resource == t.Resource })
		if i < 0 {
			return nil, nil, 0, fmt.Errorf("run %s: its scenario does not ask for %s", r.ID, t.Resource)
		}
		j.files[t.Name], r.Snapshots[t.Name] = snap.Path, snap.Digest
		src, err := sourceIn(ctx, tx, r.Space, granted[i], snap)
		if err != nil {
			return nil, nil, 0, err
		}
		j.sources = append(j.sources, src)
		if t.UnitKind == "" { // about nobody: nothing of it is disclosed
			public = append(public, disclose.Resource{ID: t.Resource, Snapshot: snap.Digest})
			continue
		}
		units = max(units, granted[i].Units)
		j.keys[t.Name] = granted[i].SubjectKey
		resources = append(resources, chargedTo(j.model, &granted[i], snap.Digest))
	}
	return resources, public, units, nil
}

// reserve charges the release; an equal release of before is served again without a charge.
func (s *Service) reserve(ctx context.Context, tx *act.Tx, j *job, v Version, resources, public []disclose.Resource, units int64) error {
	k, err := s.minUnits(tx.Day())
	if err != nil {
		return err
	}
	if j.plan, err = release.NewPlan(j.model, release.Ask{Rho: release.Rho(v.Rho), K: k, Units: units}); err != nil {
		return err
	}
	req := disclose.NewRequest(j.run.ID, j.model, j.plan)
	req.Model, req.Tuple = v.Hash, j.tuple
	req.Tenant, req.Group, req.Grant, req.Year = j.run.Org, j.run.Org, j.run.Grant, strconv.Itoa(tx.Day().Year())
	if req.Related, err = party.RelatedTo(ctx, tx.Tx, j.run.Org, tx.Day().Year()); err != nil {
		return err
	}
	req.Resources, req.Public = resources, public
	if req.Access, err = s.access(tx.Day()); err != nil {
		return err
	}
	reserved, err := s.Budget.Reserve(ctx, tx.Tx, req)
	if err != nil {
		return err
	}
	j.run.Rho = int64(j.plan.Rho)
	if reserved.Equal == nil {
		j.run.Charge = reserved.ID
		return nil
	}
	earlier, err := LoadRun(ctx, tx.Tx, reserved.Equal.ID)
	if err != nil {
		return err
	}
	if earlier.State != Done || earlier.Result != reserved.Equal.Digest {
		return fmt.Errorf("run %s is %s with result %s, the disclosure ledger released %s", earlier.ID, earlier.State, earlier.Result, reserved.Equal.Digest)
	}
	now := tx.Now()
	j.run.Charge, j.run.Reused, j.run.ReusedOrg, j.run.Rho = reserved.Equal.ID, earlier.ID, earlier.Org, earlier.Rho
	j.run.State, j.run.Result, j.run.Closed = Done, earlier.Result, &now
	return nil
}
