package lab

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"yunei/internal/base/errs"
	"yunei/internal/base/sqldb"
	"yunei/internal/base/workday"
	"yunei/internal/core/party"
	"yunei/internal/core/query"
	"yunei/internal/core/query/disclose"
	"yunei/internal/core/query/guard"
	"yunei/internal/core/query/release"
	"yunei/internal/flow/grant"
)

// defaultRho is what one run of a table is planned to cost: 27 such tables fit into a year of a resource.
const defaultRho release.Rho = 5_000_000_000

// compiled is a text that the guard let through.
type compiled struct {
	text    string
	family  *query.Family
	model   *query.Model // the family's first member
	review  guard.Review
	catalog query.Catalog
	preview *release.Preview // class A
	module  []byte           // of its step
}

// catalogOf is what the guard may know in a scenario.
func (s *Service) catalogOf(ctx context.Context, tx *sqldb.Tx, sc grant.Scenario) (query.Catalog, error) {
	tables, err := s.tables(ctx, tx, sc)
	return query.Catalog{Tables: tables}, err
}

// compileIn compiles for a space in which the caller may work today. A refusal of the guard carries the articles behind it.
func (s *Service) compileIn(ctx context.Context, tx *sqldb.Tx, spaceID string, src Source, rho int64) (*compiled, error) {
	_, sc, err := s.tenantSpace(ctx, tx, spaceID, ToolCheck)
	if err != nil {
		return nil, err
	}
	c, err := s.compile(ctx, tx, sc, src, rho)
	if err != nil {
		return nil, s.unlawful(ctx, tx, sc, err)
	}
	return c, nil
}

// compile runs the guard over a text. What it refuses comes back as errs.Invalid with every place; nothing of the text
// goes any further.
func (s *Service) compile(ctx context.Context, tx *sqldb.Tx, sc grant.Scenario, src Source, rho int64) (*compiled, error) {
	if err := tenantClass(src.Class); err != nil {
		return nil, err
	}
	cat, err := s.catalogOf(ctx, tx, sc)
	if err != nil {
		return nil, err
	}
	module, err := s.module(ctx, tx, sc.Org, src.Module)
	if err != nil {
		return nil, err
	}
	review := guard.InspectStep(src.Text, module, query.Class(src.Class), cat)
	if !review.Accepted {
		return nil, &errs.Error{Code: errs.Invalid, Msg: "模型没有通过检查, 请按所列各处改写", Spots: guard.Spots(review.Refusals)}
	}
	m := review.Model
	c := &compiled{text: src.Text, module: module, family: review.Family, model: m, review: review, catalog: cat}
	return c, s.plan(c, rho, workday.DateOf(tx.Now()))
}

// plan previews what a run of a class A model would cost and show; rho 0 asks for the usual charge.
func (s *Service) plan(c *compiled, rho int64, day workday.Date) error {
	if c.model.Class != query.A {
		return nil
	}
	k, err := s.minUnits(day)
	if err != nil {
		return err
	}
	ask := release.Ask{Rho: release.Rho(rho), K: k}
	if rho == 0 {
		ask.Rho = defaultRho
	}
	for _, t := range c.catalog.Tables {
		ask.Units = max(ask.Units, t.Units)
	}
	preview, err := release.NewPreview(c.model, ask)
	c.preview = &preview
	return err
}

// version makes the immutable version of a compiled draft.
func (c *compiled) version(m Model) (Version, error) {
	review, err := json.Marshal(c.review)
	if err != nil {
		return Version{}, fmt.Errorf("encode review: %w", err)
	}
	v := Version{Model: m.ID, Org: m.Org, Name: m.Name, Class: m.Class, Hash: c.family.Hash(), Text: c.text, IR: c.family.Canonical(),
		Review: review, Params: ParamsOf(c.family)}
	if c.model.Step != nil {
		v.Module = c.model.Step.Module
	}
	for _, member := range c.family.Members {
		for _, t := range member.Tables {
			for _, col := range t.Columns {
				if input := t.Resource + "." + col.Name; col.Name != t.SubjectKey && !slices.Contains(v.Inputs, input) {
					v.Inputs = append(v.Inputs, input)
				}
			}
		}
	}
	for _, o := range c.model.Outputs {
		v.Outputs = append(v.Outputs, o.Name+" "+o.Type.String())
	}
	if c.preview != nil {
		v.Rho = int64(c.preview.Plan.Rho)
	}
	return v, nil
}

// rawColumn reports whether any output of the version stands as raw, which the guard already refuses.
func (v Version) rawColumn() (bool, error) {
	f, err := v.Artifact()
	if err != nil {
		return false, err
	}
	for _, m := range f.Members {
		for _, o := range m.Outputs {
			if o.Standing == query.Raw || o.Standing == query.UnitPreserving {
				return true, nil
			}
		}
	}
	return false, nil
}

// unlawful adds the articles to a refusal by the guard: the law is asked about a model whose output is raw.
func (s *Service) unlawful(ctx context.Context, tx *sqldb.Tx, sc grant.Scenario, err error) error {
	e, ok := errors.AsType[*errs.Error](err)
	if !ok || len(e.Spots) == 0 {
		return err
	}
	j, jerr := s.Acts.Law().Preview(ctx, tx, "lab.model.submit", workday.DateOf(tx.Now()),
		map[string]string{"org": sc.Org, "plan": sc.ID}, map[string]any{"model.raw_column": true})
	if jerr != nil {
		return jerr
	}
	if cited, ok := errors.AsType[*errs.Error](j.Err()); ok {
		return &errs.Error{Code: errs.Unlawful, Msg: e.Msg, Spots: e.Spots, Cites: cited.Cites}
	}
	return err
}

// recheck asks today's policy about a model that was approved earlier.
func (s *Service) recheck(ctx context.Context, tx *sqldb.Tx, sc grant.Scenario, f *query.Family) error {
	cat, err := s.catalogOf(ctx, tx, sc)
	if err != nil {
		return err
	}
	if refusals := guard.RecheckFamily(f, cat); len(refusals) > 0 {
		return &errs.Error{Code: errs.Conflict, Msg: "目录的使用规定在审批后收紧, 模型须修改后重新申报", Spots: guard.Spots(refusals)}
	}
	return nil
}

// Checked is what the workbench shows beside the editor: what the model is, or where and why it is refused.
type Checked struct {
	Review   *guard.Review     `json:"review,omitempty"`
	Hash     string            `json:"hash,omitempty"`
	Preview  *release.Preview  `json:"preview,omitempty" doc:"Class A: charge and expected error per cell"`
	Charge   *disclose.Preview `json:"charge,omitempty" doc:"Class A: the budgets before and after one run"`
	Refusals []errs.Spot       `json:"refusals" doc:"Places the guard refuses, with code, both languages and an allowed way to write it"`
	Cites    []errs.Cite       `json:"cites,omitempty" doc:"The articles behind a refusal"`
}

// Check compiles a text without doing anything.
func (s *Service) Check(ctx context.Context, spaceID string, src Source, rho int64) (Checked, error) {
	out := Checked{Refusals: []errs.Spot{}}
	if err := s.looked(ctx, spaceID, ToolCheck, ""); err != nil {
		return out, err
	}
	err := s.Acts.View(ctx, func(tx *sqldb.Tx) error {
		c, err := s.compileIn(ctx, tx, spaceID, src, rho)
		if err != nil {
			if e, ok := errors.AsType[*errs.Error](err); ok && len(e.Spots) > 0 {
				out.Refusals, out.Cites = e.Spots, e.Cites
				return nil
			}
			return err
		}
		_, sc, err := s.space(ctx, tx, spaceID)
		if err != nil {
			return err
		}
		var more []guard.Check
		if more, out.Charge, err = s.foresee(ctx, tx, sc, c); err != nil {
			return err
		}
		c.review.Checks = append(c.review.Checks, more...)
		out.Review, out.Hash, out.Preview = &c.review, c.family.Hash(), c.preview
		return nil
	})
	return out, err
}

// chargePreview shows what one run would charge, without charging; without data there is nothing to charge to yet.
func (s *Service) chargePreview(ctx context.Context, tx *sqldb.Tx, sc grant.Scenario, c *compiled) (*disclose.Preview, error) {
	day := workday.DateOf(tx.Now())
	req := disclose.NewRequest("preview", c.model, c.preview.Plan)
	req.Tenant, req.Group, req.Year = sc.Org, sc.Org, fmt.Sprint(day.Year())
	var err error
	if req.Related, err = party.RelatedTo(ctx, tx, sc.Org, day.Year()); err != nil {
		return nil, err
	}
	if g, err := grant.InForce(ctx, tx, sc.Org, sc.ID, day); err == nil {
		req.Grant = g.ID
	} else if errs.CodeOf(err) == errs.Internal {
		return nil, err
	}
	for _, t := range c.model.Tables {
		if t.UnitKind == "" { // about nobody: nothing of it is disclosed
			continue
		}
		snap, err := s.Collect.ActiveSnapshot(ctx, tx, t.Resource)
		if errs.Is(err, errs.NotFound) {
			return nil, nil
		}
		if err != nil {
			return nil, err
		}
		policy, ok := c.catalog.Table(t.Name)
		if !ok {
			return nil, fmt.Errorf("table %s is not in reach", t.Name)
		}
		req.Resources = append(req.Resources, chargedTo(c.model, policy, snap.Digest))
	}
	p, err := s.Budget.Preview(ctx, tx, req)
	return &p, err
}

// chargedTo is what a run of the model is charged to for one table, by today's policy.
func chargedTo(m *query.Model, t *query.Table, snapshot string) disclose.Resource {
	return disclose.Resource{ID: t.Resource, Snapshot: snapshot, Class: t.UnitKind, Series: t.Series, Month: guard.Month(m, t)}
}
