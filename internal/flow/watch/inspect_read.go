package watch

import (
	"context"
	"strings"

	"yunei/internal/base/errs"
	"yunei/internal/base/sqldb"
	"yunei/internal/base/workday"
	"yunei/internal/core/access"
	"yunei/internal/core/act"
	"yunei/internal/core/regime"
)

// valueHeadings names the headings of an inspection, where the law has them: "systems 业务和信息系统, …".
const valueHeadings = "inspection.headings"

// Heading is one heading of an inspection.
type Heading struct {
	Name  string    `json:"name"`
	Title string    `json:"title"`
	Cite  errs.Cite `json:"cite"`
}

// InspectionPage is a file of supervision with what the caller may do in it.
type InspectionPage struct {
	Inspection
	Headings []Heading    `json:"headings"`
	Acts     []act.Option `json:"acts"`
}

// Inspections lists what the caller may see, newest first, with what is late today.
func (s *Service) Inspections(ctx context.Context, kind, before string, limit int) (list []Inspection, err error) {
	err = s.Acts.View(ctx, func(tx *sqldb.Tx) error {
		list, err = listInspections(ctx, tx, kind, before, limit)
		for i := range list {
			list[i] = list[i].on(workday.DateOf(tx.Now()))
		}
		return err
	})
	return list, err
}

// Inspection is one file as the caller may see it.
func (s *Service) Inspection(ctx context.Context, id string) (p InspectionPage, err error) {
	err = s.Acts.View(ctx, func(tx *sqldb.Tx) error {
		x, err := s.readable(ctx, tx, id)
		if err != nil {
			return err
		}
		day := workday.DateOf(tx.Now())
		p = InspectionPage{Inspection: x.on(day), Headings: []Heading{}, Acts: []act.Option{}}
		if p.Headings, err = s.headings(day); err != nil {
			return err
		}
		// What the law says of each act depends on what is filled in; here is only whether the file lets it.
		org := access.From(ctx).Org
		own, open := x.inspects(org), x.State == InspectionOpen
		add := func(name string, yes, may bool, words string) {
			if !yes {
				return
			}
			o := act.Option{Act: name, Allowed: may}
			if !may {
				o.Reason = words
			}
			p.Acts = append(p.Acts, o)
		}
		const over = "这件案卷已经办结"
		for _, name := range []string{ActPart, ActAsk, ActFind, ActJoin, ActPull} {
			add(name, own, open, over)
		}
		add(ActTransfer, own, true, "")
		add(ActConclude, x.Lead == org, open, over)
		return nil
	})
	return p, err
}

func (s *Service) readable(ctx context.Context, tx *sqldb.Tx, id string) (Inspection, error) {
	x, err := loadInspection(ctx, tx, id)
	if err != nil {
		return x, err
	}
	actor := access.From(ctx)
	if x.concerns(actor.Org) {
		return x, nil
	}
	for _, org := range x.bodies() {
		if ok, err := oversees(ctx, tx, actor, org); err != nil || ok && actor.Overseer() {
			return x, err
		}
	}
	return x, errs.New(errs.NotFound, noInspection)
}

func (s *Service) headings(day workday.Date) ([]Heading, error) {
	out := []Heading{}
	v, err := optional(s.Acts.Law(), valueHeadings, day)
	if err != nil || v.Text == "" {
		return out, err
	}
	for item := range strings.SplitSeq(strings.ReplaceAll(v.Text, "，", ","), ",") {
		name, title, _ := strings.Cut(strings.TrimSpace(item), " ")
		out = append(out, Heading{name, strings.TrimSpace(title), v.Cite})
	}
	return out, nil
}

// Evidence is the package of a transfer, for those who may read the file.
func (s *Service) Evidence(ctx context.Context, id, digest string) (body string, err error) {
	err = s.Acts.View(ctx, func(tx *sqldb.Tx) error {
		if _, err := s.readable(ctx, tx, id); err != nil {
			return err
		}
		err := tx.QueryRow(ctx, `SELECT body FROM inspection_package WHERE inspection = $1 AND digest = $2`, id, digest).Scan(&body)
		return missing(err, "没有这个证据包, 请核对后重试")
	})
	return body, err
}

func inspectionFacts() []regime.Fact {
	return []regime.Fact{
		{Name: "inspection.kind", Type: regime.String},
		{Name: "inspection.headings", Type: regime.StringList},
		{Name: "inspection.lead_roles", Type: regime.StringList},
		{Name: "inspection.object_kind", Type: regime.String},
		{Name: "inspection.owner_roles", Type: regime.StringList},
		{Name: "inspection.to_roles", Type: regime.StringList},
	}
}
