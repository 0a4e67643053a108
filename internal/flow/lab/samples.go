package lab

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"yunei/internal/base/errs"
	"yunei/internal/base/seal"
	"yunei/internal/base/sqldb"
	"yunei/internal/base/workday"
	"yunei/internal/core/access"
	"yunei/internal/core/act"
	"yunei/internal/core/query"
	"yunei/internal/core/query/interp"
	"yunei/internal/core/query/synth"
	"yunei/internal/flow/catalog"
	"yunei/internal/flow/grant"
)

const (
	takenRows   = 20_000 // rows of a sample file
	markedEvery = 20     // one subject in so many carries the space's watermark
	traceable   = 60_000 // subjects looked through for watermarks: more than a sample file has
)

// mark is the watermark (水印): in one space, one made-up subject in twenty bears a name that only this space's samples
// have, the same in all its tables, so that a file found elsewhere says where it was taken from.
func (s *Service) mark(space, kind string, i int) string {
	return hex.EncodeToString(seal.MAC(s.Keys.Derive("watermark/"+space), fmt.Appendf(nil, "%s %d", kind, i)))
}

func (s *Service) watermark(space string, t *query.Table, rows interp.Rows) {
	j := slices.Index(rows.Columns, t.SubjectKey)
	if j < 0 || !t.Private() {
		return
	}
	marks := map[string]string{}
	for i := 0; i < traceable; i += markedEvery {
		marks[synth.SID(t.UnitKind, i)] = s.mark(space, t.UnitKind, i)
	}
	for _, row := range rows.Rows {
		if m, ok := marks[row[j].S]; ok {
			row[j] = query.TextValue(m)
		}
	}
}

// Marked is a space whose watermark was found.
type Marked struct {
	Space string `json:"space"`
	Org   string `json:"org"`
	Found int    `json:"found" doc:"Subjects that bear its watermark"`
}

// TraceSample says from which space sample rows were taken, by the names of their subjects.
func (s *Service) TraceSample(ctx context.Context, subjects []string) (out []Marked, err error) {
	if !access.From(ctx).Overseer() {
		return nil, errs.New(errs.Forbidden, "只有数据主管部门、平台运营单位和审计人员可以查验水印")
	}
	out = []Marked{}
	asked := map[string]bool{}
	for _, sid := range subjects {
		asked[strings.ToLower(strings.TrimSpace(sid))] = true
	}
	err = s.Acts.View(ctx, func(tx *sqldb.Tx) error {
		for before := ""; ; {
			list, err := listSpaces(ctx, tx, "", access.From(ctx).Area, before, 200)
			if err != nil {
				return err
			}
			for _, sp := range list {
				before = sp.ID
				found := 0
				for i := 0; i < traceable; i += markedEvery {
					if asked[s.mark(sp.ID, string(catalog.Person), i)] {
						found++
					}
				}
				if found > 0 {
					out = append(out, Marked{Space: sp.ID, Org: sp.Org, Found: found})
				}
			}
			if len(list) < 200 {
				return nil
			}
		}
	})
	return out, err
}

// TakeSample is a sample as a file (CSV), which is recorded: it leaves the screen, and bears the space's watermark.
func (s *Service) TakeSample(ctx context.Context, spaceID, resource, level string) (name string, file []byte, err error) {
	var out Sample
	err = s.Acts.View(ctx, func(tx *sqldb.Tx) (err error) {
		out, err = s.sample(ctx, tx, spaceID, resource, level, takenRows)
		return err
	})
	if err != nil {
		return "", nil, err
	}
	_, err = s.Acts.Do(ctx, act.Call{Act: "lab.sample.take"}, func(ctx context.Context, tx *act.Tx) error {
		sp, sc, err := s.tenantSpace(ctx, tx.Tx, spaceID, ToolSamples)
		if err != nil {
			return err
		}
		if err := s.did(ctx, tx, sp, ToolSamples, resource+" "+out.Level); err != nil {
			return err
		}
		return tx.Judge(ctx, map[string]string{"org": sc.Org, "plan": sc.ID})
	})
	if err != nil {
		return "", nil, err
	}
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	if err := w.WriteAll(append([][]string{out.Columns}, out.Rows...)); err != nil {
		return "", nil, fmt.Errorf("write sample: %w", err)
	}
	return out.Table + "-" + out.Level, b.Bytes(), nil
}

// SampleLevel is what there is of one level for one resource of a space.
type SampleLevel struct {
	Resource string         `json:"resource"`
	Level    string         `json:"level"`
	Ready    bool           `json:"ready"`
	Together []string       `json:"together,omitempty" doc:"Tables it was learned together with"`
	Rho      int64          `json:"rho" doc:"What it cost or would cost each resource, in units of 10^-12"`
	Charged  bool           `json:"charged" doc:"Paid already, once for everybody"`
	Day      workday.Date   `json:"day,omitempty" doc:"Learned on"`
	Request  *SampleRequest `json:"request,omitempty" doc:"The space's newest request"`
	Why      string         `json:"why,omitempty" doc:"Why the level is not offered"`
}

// SampleLevels are the levels of every resource of a space.
func (s *Service) SampleLevels(ctx context.Context, spaceID string) (out []SampleLevel, err error) {
	err = s.Acts.View(ctx, func(tx *sqldb.Tx) error {
		_, sc, err := s.tenantSpace(ctx, tx, spaceID, ToolSamples)
		if err != nil {
			return err
		}
		asked, err := listRequests(ctx, tx, spaceID, "", "", "", 200)
		if err != nil {
			return err
		}
		for _, n := range sc.Plan.Needs {
			t, err := s.Catalog.PolicyTable(ctx, tx, n.Resource)
			if err != nil {
				return err
			}
			for _, level := range []string{synth.LevelS0, synth.LevelS1, synth.LevelS2} {
				l, err := s.levelOf(ctx, tx, t, level, asked)
				if err != nil {
					return err
				}
				out = append(out, l)
			}
		}
		return nil
	})
	return out, err
}

func (s *Service) levelOf(ctx context.Context, tx *sqldb.Tx, t query.Table, level string, asked []SampleRequest) (SampleLevel, error) {
	l := SampleLevel{Resource: t.Resource, Level: level, Ready: level == synth.LevelS0}
	if level == synth.LevelS0 {
		return l, nil
	}
	spec, err := synth.NewSpec(t)
	if err != nil {
		l.Why = sentence(err)
		return l, nil
	}
	l.Rho = int64(profileRho)
	if level == synth.LevelS2 {
		l.Rho = int64(treeRho)
		if _, err := spec.TreePlan(treeRho, 1); err != nil {
			l.Why = sentence(err)
		}
	}
	set, err := currentSet(ctx, tx, level, t)
	if err != nil {
		return l, err
	}
	if set != nil {
		l.Ready, l.Charged, l.Rho, l.Day, l.Why = true, true, set.Rho, workday.DateOf(set.Opened), ""
		for _, name := range set.Tables {
			if name != t.Name {
				l.Together = append(l.Together, name)
			}
		}
	}
	if i := slices.IndexFunc(asked, func(r SampleRequest) bool { return r.Resource == t.Resource && r.Level == level }); i >= 0 {
		l.Request = &asked[i]
	}
	return l, nil
}

// RequestSample asks for a level that costs something (申请). Who decides is the bureau or the holder.
func (s *Service) RequestSample(ctx context.Context, spaceID string, in SampleRequest) (SampleRequest, error) {
	var r SampleRequest
	if strings.TrimSpace(in.Reason) == "" || in.Level != synth.LevelS1 && in.Level != synth.LevelS2 || in.Level == synth.LevelS1 && in.Parent != "" {
		return r, errs.New(errs.Invalid, "请选择 S1 或 S2, 并写明为何 S0 不够用; 主表只用于 S2")
	}
	_, err := s.Acts.Do(ctx, act.Call{Act: "lab.sample.request"}, func(ctx context.Context, tx *act.Tx) error {
		sp, sc, err := s.tenantSpace(ctx, tx.Tx, spaceID, ToolSamples)
		if err != nil {
			return err
		}
		r = SampleRequest{ID: tx.NewID("smr"), Space: sp.ID, Org: sp.Org, Resource: in.Resource, Parent: in.Parent, Level: in.Level, Reason: in.Reason, State: Asked, Opened: tx.Now()}
		if err := tx.Lock(ctx, "sample request "+sp.ID); err != nil {
			return err
		}
		if err := s.askable(ctx, tx, sc, r); err != nil {
			return err
		}
		if err := insertRequest(ctx, tx.Tx, r); err != nil {
			return err
		}
		if err := tx.Changed(ctx, "sample-request", r.ID, r); err != nil {
			return err
		}
		return tx.Judge(ctx, map[string]string{"org": sc.Org, "plan": sc.ID})
	})
	return r, err
}

// askable refuses what the scenario did not ask for, what cannot be learned, what stands already and what was asked.
func (s *Service) askable(ctx context.Context, tx *act.Tx, sc grant.Scenario, r SampleRequest) error {
	var tables []query.Table
	for _, id := range r.resources() {
		if _, ok := sc.Need(id); !ok {
			return errs.New(errs.NotFound, "本场景没有申请这个资源, 请从左侧列表选择")
		}
		t, err := s.Catalog.PolicyTable(ctx, tx.Tx, id)
		if err != nil {
			return err
		}
		tables = append(tables, t)
	}
	spec, err := synth.NewSpec(tables...)
	if err == nil && r.Level == synth.LevelS2 {
		_, err = spec.TreePlan(treeRho, 1)
	}
	if err != nil {
		return err
	}
	sets, err := setsFor(ctx, tx.Tx, r.Level, strings.Join(r.resources(), ","))
	if err != nil {
		return err
	}
	if slices.ContainsFunc(sets, func(set SampleSet) bool { return set.State == Done && set.fits(tables[len(tables)-1]) }) {
		return errs.New(errs.Conflict, "这一级样例已经生成, 供所有单位共用, 可以直接使用")
	}
	open, err := listRequests(ctx, tx.Tx, r.Space, r.Resource, Asked, "", 200)
	if err != nil {
		return err
	}
	if slices.ContainsFunc(open, func(o SampleRequest) bool { return o.Level == r.Level && o.Parent == r.Parent }) {
		return errs.New(errs.Conflict, "这一级样例已经申请, 请等候办理")
	}
	return nil
}

// RefuseSample answers a request with no, and why.
func (s *Service) RefuseSample(ctx context.Context, id, why string) (SampleRequest, error) {
	var r SampleRequest
	if strings.TrimSpace(why) == "" {
		return r, errs.New(errs.Invalid, "不予生成须写明理由")
	}
	_, err := s.Acts.Do(ctx, act.Call{Act: "lab.sample.refuse"}, func(ctx context.Context, tx *act.Tx) (err error) {
		if r, err = loadRequest(ctx, tx.Tx, id); err != nil {
			return err
		}
		_, entry, err := s.sampleTables(ctx, tx.Tx, r.resources())
		if err != nil {
			return err
		}
		if err := r.close(Refused, "", why, tx.Now()); err != nil {
			return err
		}
		if err := saveRequest(ctx, tx.Tx, r); err != nil {
			return err
		}
		if err := tx.Changed(ctx, "sample-request", r.ID, r); err != nil {
			return err
		}
		return tx.Judge(ctx, map[string]string{"entry": entry, "org": tx.Actor().Org})
	})
	return r, err
}

// SampleRequests lists requests, newest first: to the bureau, operator and auditor those of spaces or for resources of their
// area, to a holder those for its resources, to a tenant its own.
func (s *Service) SampleRequests(ctx context.Context, state, before string, limit int) (out []SampleRequest, err error) {
	actor := access.From(ctx)
	mine := func(ctx context.Context, tx *sqldb.Tx, r SampleRequest) (bool, error) {
		if actor.Org != "" && r.Org == actor.Org {
			return true, nil
		}
		if of, err := overseesSpace(ctx, tx, r.Space); of || err != nil {
			return of, err
		}
		return s.inside(ctx, tx, r.Resource)
	}
	err = s.Acts.View(ctx, func(tx *sqldb.Tx) error {
		for len(out) < limit {
			list, err := listRequests(ctx, tx, "", "", state, before, limit)
			if err != nil {
				return err
			}
			for _, r := range list {
				before = r.ID
				if ok, err := mine(ctx, tx, r); err != nil {
					return err
				} else if ok && len(out) < limit {
					out = append(out, r)
				}
			}
			if len(list) < limit {
				return nil
			}
		}
		return nil
	})
	return out, err
}

// inside reports whether the caller's department holds the resource, or supervises the area of who does.
func (s *Service) inside(ctx context.Context, tx *sqldb.Tx, resource string) (bool, error) {
	actor := access.From(ctx)
	if !actor.Has(access.Holder) && !actor.Overseer() {
		return false, nil
	}
	e, err := s.Catalog.Load(ctx, tx, resource)
	if err != nil || actor.Has(access.Holder) && e.Holder == actor.Org {
		return err == nil, err
	}
	area, err := access.AreaOf(ctx, tx, e.Holder)
	return actor.OverseerOf(area), err
}

// overseesSpace reports whether the caller supervises what happens in a space.
func overseesSpace(ctx context.Context, tx *sqldb.Tx, id string) (bool, error) {
	if !access.From(ctx).Overseer() {
		return false, nil
	}
	sp, err := loadSpace(ctx, tx, id)
	if err != nil {
		return false, err
	}
	return grant.Oversees(ctx, tx, sp.Scenario)
}

// SampleSetPage is a set with its acceptance measures, for those who may see them.
type SampleSetPage struct {
	SampleSet
	Figures *synth.Figures `json:"figures,omitempty" doc:"Acceptance measures: computed on exact data, for bureau, operator, auditor and holder only"`
}

// SampleSets lists the learned sets of a resource, or of all, newest first. A tenant sees those that are ready; the
// measures are for those inside.
func (s *Service) SampleSets(ctx context.Context, resource, before string, limit int) (out []SampleSetPage, err error) {
	err = s.Acts.View(ctx, func(tx *sqldb.Tx) error {
		for len(out) < limit {
			list, err := setsOf(ctx, tx, resource, before, limit)
			if err != nil {
				return err
			}
			for _, set := range list {
				before = set.ID
				p := SampleSetPage{SampleSet: set}
				see, err := s.inside(ctx, tx, set.Resources[len(set.Resources)-1])
				if err != nil {
					return err
				}
				if see {
					if p.Figures, err = figuresOf(ctx, tx, set.ID); err != nil {
						return err
					}
				}
				if (see || set.State == Done) && len(out) < limit {
					out = append(out, p)
				}
			}
			if len(list) < limit {
				return nil
			}
		}
		return nil
	})
	return out, err
}
