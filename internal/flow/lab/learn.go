package lab

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"yunei/internal/base/errs"
	"yunei/internal/base/seal"
	"yunei/internal/base/sqldb"
	"yunei/internal/base/workday"
	"yunei/internal/core/access"
	"yunei/internal/core/act"
	"yunei/internal/core/query"
	"yunei/internal/core/query/disclose"
	"yunei/internal/core/query/duckdb"
	"yunei/internal/core/query/noise"
	"yunei/internal/core/query/release"
	"yunei/internal/core/query/render"
	"yunei/internal/core/query/snapshot"
	"yunei/internal/core/query/synth"
	"yunei/internal/flow/catalog"
)

// heldBack of 256 subjects are not learned from, so that the acceptance measures have somebody to compare with.
const heldBack = 26

// learning is everything a started set needs outside the transaction.
type learning struct {
	set      SampleSet
	spec     *synth.Spec
	plan     release.Plan
	profiles []*synth.Set
	paths    []string // the domain snapshots, in the order of the tables
}

// ReleaseSample learns a sample of a level from raw data: an act that charges, the engine, an act that finishes. For S2
// each table's profile comes first and is charged by itself, where there is none yet. Bureau or holder decide, because
// it is their resource's budget.
func (s *Service) ReleaseSample(ctx context.Context, level string, resources []string, reason string) (SampleSet, error) {
	if err := s.Acts.Ledger().Ready(); err != nil {
		return SampleSet{}, err
	}
	if level != synth.LevelS1 && level != synth.LevelS2 || len(resources) == 0 || level == synth.LevelS1 && len(resources) > 1 {
		return SampleSet{}, errs.New(errs.Invalid, "S1 每次一个资源, S2 一个资源或主表加子表; 请重新选择")
	}
	if level == synth.LevelS2 {
		for _, r := range resources {
			switch _, err := s.ReleaseSample(ctx, synth.LevelS1, []string{r}, reason); {
			case errs.Is(err, errs.Conflict): // it stands already
			case err != nil:
				return SampleSet{}, err
			}
		}
	}
	var l learning
	receipt, err := s.Acts.Do(ctx, act.Call{Act: "lab.sample.release"}, func(ctx context.Context, tx *act.Tx) (err error) {
		l, err = s.startSample(ctx, tx, level, resources, reason)
		return err
	})
	if err != nil {
		return SampleSet{}, err
	}
	ctx = context.WithoutCancel(ctx)
	set, figures, failure := s.learn(ctx, l)
	return s.finishSample(ctx, l.set, receipt.Seq, set, figures, failure)
}

func (s *Service) startSample(ctx context.Context, tx *act.Tx, level string, resources []string, reason string) (learning, error) {
	l := learning{set: SampleSet{Level: level, Resources: resources, Snapshots: map[string]string{}, State: Running, Reason: reason,
		Decided: tx.Actor().Org, Opened: tx.Now()}}
	if strings.TrimSpace(reason) == "" {
		return l, errs.New(errs.Invalid, "请写明为何需要这一级样例, 它要计入资源的披露额度")
	}
	if err := tx.Lock(ctx, "sample "+l.set.key()); err != nil {
		return l, err
	}
	tables, entry, err := s.sampleTables(ctx, tx.Tx, resources)
	if err != nil {
		return l, err
	}
	for _, t := range tables {
		l.set.Tables, l.set.Versions = append(l.set.Tables, t.Name), append(l.set.Versions, t.SchemaVersion)
	}
	if l.spec, err = synth.NewSpec(tables...); err != nil {
		return l, err
	}
	tries, err := s.free(ctx, tx, &l, tables)
	if err != nil {
		return l, err
	}
	if err := tx.Judge(ctx, map[string]string{"entry": entry, "org": tx.Actor().Org}); err != nil {
		return l, err
	}
	k, err := s.minUnits(tx.Day())
	if err != nil {
		return l, err
	}
	if level == synth.LevelS1 {
		l.plan, err = l.spec.ProfilePlan(profileRho, k)
	} else {
		l.plan, err = l.spec.TreePlan(treeRho, k)
	}
	if err != nil {
		return l, err
	}
	l.set.ID = tx.NewID("smp")
	if err := s.chargeSample(ctx, tx, &l, tables, tries); err != nil {
		return l, err
	}
	if err := insertSet(ctx, tx.Tx, l.set); err != nil {
		return l, err
	}
	return l, tx.Changed(ctx, "sample-set", l.set.ID, l.set)
}

// sampleTables are the policies of published resources whose budget the actor may spend.
func (s *Service) sampleTables(ctx context.Context, tx *sqldb.Tx, resources []string) (tables []query.Table, last string, err error) {
	var holders []string
	for _, id := range resources {
		e, err := s.Catalog.Load(ctx, tx, id)
		if err != nil {
			return nil, "", err
		}
		if e.State != catalog.Published {
			return nil, "", errs.New(errs.Conflict, "“%s”还没有发布, 请先完成编目审核", e.Title)
		}
		if err := s.Catalog.OwnLevel(ctx, tx, e); err != nil {
			return nil, "", err
		}
		tables, holders, last = append(tables, e.PolicyTable()), append(holders, e.Holder), e.ID
	}
	if !decides(access.From(ctx), holders) {
		return nil, "", errs.New(errs.Forbidden, "只有数据主管部门或者这些资源的提供单位可以决定使用披露额度")
	}
	return tables, last, nil
}

// free refuses what stands already, is under way, or was tried often enough; it returns how often it was tried.
func (s *Service) free(ctx context.Context, tx *act.Tx, l *learning, tables []query.Table) (tries int, err error) {
	list, err := setsFor(ctx, tx.Tx, l.set.Level, l.set.key())
	if err != nil {
		return 0, err
	}
	for _, old := range list {
		if old.State == Running {
			return 0, errs.New(errs.Conflict, "同一样例正在生成, 请稍后刷新查看")
		}
		if !old.fresh(tx.Day()) || slices.ContainsFunc(tables, func(t query.Table) bool { return !old.fits(t) }) {
			continue
		}
		if old.State == Done {
			return 0, errs.New(errs.Conflict, "这一级样例已于 %s 生成, 供所有单位共用; 数据结构不变时每年至多更新一次", workday.DateOf(old.Opened))
		}
		if old.Rho > 0 {
			tries++
		}
	}
	if tries >= treeTries {
		return 0, errs.New(errs.Conflict, "一年内已生成 %d 次而未通过验收, 不再重试; 请使用 S1 样例", tries)
	}
	if l.set.Level == synth.LevelS1 {
		return tries, nil
	}
	for _, t := range tables {
		p, err := currentSet(ctx, tx.Tx, synth.LevelS1, t)
		if err != nil {
			return 0, err
		}
		if p == nil {
			return 0, errs.New(errs.Conflict, "“%s”的 S1 还没有生成, 请先生成", t.Title)
		}
		profile, err := learned(ctx, tx.Tx, *p)
		if err != nil {
			return 0, err
		}
		l.profiles = append(l.profiles, profile)
	}
	return tries, nil
}

// currentSet is the newest set of a level that has the table as it is today; nil where there is none.
func currentSet(ctx context.Context, tx *sqldb.Tx, level string, t query.Table) (*SampleSet, error) {
	list, err := setsOf(ctx, tx, t.Resource, "", 100)
	if err != nil {
		return nil, err
	}
	for i := range list {
		if list[i].Level == level && list[i].State == Done && list[i].fits(t) {
			return &list[i], nil
		}
	}
	return nil, nil
}

// chargeSample binds the snapshots and reserves the charge. No grant pays: it is the resource's own budget.
func (s *Service) chargeSample(ctx context.Context, tx *act.Tx, l *learning, tables []query.Table, tries int) error {
	req := disclose.Request{ID: l.set.ID, Tenant: tx.Actor().Org, Year: strconv.Itoa(tx.Day().Year()), Model: l.plan.Model, Question: l.plan.Model,
		Params: fmt.Sprintf("%s attempt %d", l.set.Level, tries+1), Plan: l.plan}
	if req.Tenant == "" {
		req.Tenant = "platform"
	}
	for _, t := range tables {
		snap, err := s.Collect.ActiveSnapshot(ctx, tx.Tx, t.Resource)
		if err != nil {
			return err
		}
		l.paths = append(l.paths, snap.Path)
		l.set.Snapshots[t.Resource] = snap.Digest
		req.Resources = append(req.Resources, disclose.Resource{ID: t.Resource, Snapshot: snap.Digest, Class: t.UnitKind, Series: t.Series})
	}
	reserved, err := s.Budget.Reserve(ctx, tx.Tx, req)
	if err != nil {
		return err
	}
	if reserved.Equal != nil {
		return errs.New(errs.Conflict, "同一份数据已经生成过这一级样例, 再生成不会更好; 请在数据更新后办理")
	}
	l.set.Charge, l.set.Rho = reserved.ID, int64(l.plan.Rho)
	return nil
}

// learn supplies the copies, asks the locked engine, noises what comes back and measures the result.
func (s *Service) learn(ctx context.Context, l learning) (*synth.Set, *synth.Figures, error) {
	dir := filepath.Join(s.Dir, l.set.ID)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, nil, fmt.Errorf("%w: %w", duckdb.ErrNotStarted, err)
	}
	defer s.dropSample(l.set)
	key := s.Keys.Derive("sample/" + l.set.ID)
	held := func(sid string) bool { return seal.MAC(key, []byte("held back "+sid))[0] < heldBack }
	var keep func(string) bool
	if l.set.Level == synth.LevelS2 {
		keep = func(sid string) bool { return !held(sid) }
	}
	files, measured, err := s.supplySample(l, dir, key, keep)
	if err != nil {
		return nil, nil, fmt.Errorf("%w: %w", duckdb.ErrNotStarted, err)
	}
	asked := false
	count := func(ctx context.Context, m *query.Model) ([]release.Exact, error) {
		exact, err := s.exactly(ctx, m, files, measured)
		if err != nil && asked { // one of the questions was answered: this is no run that never started
			err = fmt.Errorf("after the first question: %v", err)
		}
		asked = asked || err == nil
		return exact, err
	}
	if l.set.Level == synth.LevelS1 {
		set, exact, err := l.spec.Profile(ctx, l.plan, count, noise.New())
		if err != nil {
			return nil, nil, err
		}
		f, err := judge(set, exact, synth.View{}, synth.View{})
		return set, f, err
	}
	set, exact, err := l.spec.Tree(ctx, l.profiles, l.plan, count, noise.New())
	if err != nil {
		return nil, nil, err
	}
	train, control, err := l.spec.Observe(l.paths, held)
	if err != nil {
		return nil, nil, err
	}
	f, err := judge(set, exact, train, control)
	return set, f, err
}

func judge(set *synth.Set, exact []synth.Exact, train, control synth.View) (*synth.Figures, error) {
	sampler, err := synth.NewSampler(set)
	if err != nil {
		return nil, err
	}
	f := sampler.Judge(exact, train, control)
	return &f, nil
}

// supplySample copies the columns that are learned. A subject with more rows than the policy promises would move more
// than is charged for; collection does not let one in, and here it ends the run before the engine starts.
func (s *Service) supplySample(l learning, dir string, key []byte, keep func(string) bool) (map[string]string, map[string]render.Measured, error) {
	files, measured := map[string]string{}, map[string]render.Measured{}
	for i, t := range l.spec.Tables() {
		supply := snapshot.Supply{Key: t.SubjectKey, As: t.SubjectKey, Pseudonym: pseudonym(key), Keep: keep, Columns: l.spec.Columns(i)}
		path := filepath.Join(dir, t.Name+".parquet")
		seen, err := snapshot.Copy(l.paths[i], path, supply)
		if err != nil {
			return nil, nil, fmt.Errorf("supply %s: %w", t.Name, err)
		}
		if seen.Most > t.MaxRowsPerSubject {
			return nil, nil, fmt.Errorf("supply %s: a subject has %d rows, the policy says %d", t.Name, seen.Most, t.MaxRowsPerSubject)
		}
		files[t.Name], measured[t.Name] = path, render.Measured{Most: seen.Most, Unique: seen.Unique}
	}
	return files, measured, nil
}

// exactly asks the locked engine one question.
func (s *Service) exactly(ctx context.Context, m *query.Model, files map[string]string, measured map[string]render.Measured) ([]release.Exact, error) {
	statement, err := render.Model(m, render.Options{Measured: measured})
	if err != nil {
		return nil, err
	}
	task, err := statement.Job(files, duckdb.Limits{})
	if err != nil {
		return nil, err
	}
	rows, err := s.Engine.Run(ctx, task)
	if err != nil {
		return nil, err
	}
	return release.FromEngine(m, rows)
}

// finishSample settles the charge. A tree that did not pass acceptance stays unseen, and its charge stands.
func (s *Service) finishSample(ctx context.Context, started SampleSet, start int64, set *synth.Set, figures *synth.Figures, failure error) (SampleSet, error) {
	out := started
	body, sizes := "", ""
	state := Done
	switch {
	case failure != nil:
		state = Failed
	default:
		b, err := json.Marshal(set)
		if err != nil {
			return out, fmt.Errorf("encode sample set: %w", err)
		}
		if body = string(b); started.Level == synth.LevelS2 && !figures.Accepted() {
			state = Rejected
		}
		if b, err = json.Marshal(figures); err != nil {
			return out, fmt.Errorf("encode figures: %w", err)
		}
		sizes = string(b)
	}
	_, err := s.Acts.Do(ctx, act.Call{Act: "lab.sample.finish", Start: start}, func(ctx context.Context, tx *act.Tx) error {
		current, err := loadSet(ctx, tx.Tx, started.ID)
		if err != nil {
			return err
		}
		current.Start = start
		if err := s.settleSample(ctx, tx, &current, state, body, sizes, failure); err != nil {
			return err
		}
		out = current
		return nil
	})
	if err != nil {
		return out, err
	}
	if failure != nil {
		slog.ErrorContext(ctx, "sample failed", "set", out.ID, "err", failure)
		return out, unfinished(failure)
	}
	return out, nil
}

func (s *Service) settleSample(ctx context.Context, tx *act.Tx, set *SampleSet, state, learned, figures string, failure error) error {
	if err := set.finish(state, tx.Now()); err != nil {
		return err
	}
	if learned != "" {
		set.Learned = digestOf([]byte(learned))
	}
	settlement := disclose.Settlement{Outcome: disclose.Failed}
	if state == Done {
		settlement = disclose.Settlement{Outcome: disclose.Released, Output: set.ID, Digest: set.Learned}
	}
	var err error
	if errors.Is(failure, duckdb.ErrNotStarted) {
		err = s.Budget.Void(ctx, tx.Tx, set.Charge)
		set.Rho = 0
	} else {
		err = s.Budget.Spend(ctx, tx.Tx, set.Charge, settlement)
	}
	if err != nil {
		return err
	}
	if err := saveSet(ctx, tx.Tx, *set, learned, figures); err != nil {
		return err
	}
	if err := tx.Changed(ctx, "sample-set", set.ID, *set); err != nil || state != Done {
		return err
	}
	return answerRequests(ctx, tx, *set)
}

// answerRequests closes the requests that the set answers: of its level, for its last table or for any of them.
func answerRequests(ctx context.Context, tx *act.Tx, set SampleSet) error {
	for _, resource := range set.Resources {
		list, err := listRequests(ctx, tx.Tx, "", resource, Asked, "", 1000)
		if err != nil {
			return err
		}
		for _, r := range list {
			if r.Level != set.Level || r.Parent != "" && !slices.Equal(r.resources(), set.Resources) {
				continue
			}
			if err := r.close(Answers, set.ID, "", tx.Now()); err != nil {
				return err
			}
			if err := saveRequest(ctx, tx.Tx, r); err != nil {
				return err
			}
			if err := tx.Changed(ctx, "sample-request", r.ID, r); err != nil {
				return err
			}
		}
	}
	return nil
}

// dropSample removes the copies a set was learned from.
func (s *Service) dropSample(set SampleSet) {
	if err := os.RemoveAll(filepath.Join(s.Dir, set.ID)); err != nil {
		slog.Error("supplied copies were not removed", "set", set.ID, "err", err)
	}
}

// sweepSamples ends sets whose program died: lost, the charge stands.
func (s *Service) sweepSamples(ctx context.Context) error {
	var lost []SampleSet
	err := s.Acts.View(ctx, func(tx *sqldb.Tx) (err error) {
		lost, err = setsRunning(ctx, tx, tx.Now().Add(-lostAfter))
		return err
	})
	for _, set := range lost {
		s.dropSample(set)
		_, e := s.Acts.Do(ctx, act.Call{Act: "lab.sample.finish"}, func(ctx context.Context, tx *act.Tx) error {
			current, err := loadSet(ctx, tx.Tx, set.ID)
			if err != nil {
				return err
			}
			return s.settleSample(ctx, tx, &current, Lost, "", "", nil)
		})
		if e != nil && !errs.Is(e, errs.Conflict) {
			err = errors.Join(err, e)
		}
	}
	return err
}
