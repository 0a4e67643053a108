package serve

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"yunei/internal/base/errs"
	"yunei/internal/base/sqldb"
	"yunei/internal/core/access"
	"yunei/internal/flow/consent"
	"yunei/internal/flow/grant"
	"yunei/internal/flow/lab"
)

// OnMe lists the calls about the person who asks, newest first, before a cursor: who, when, for which scenario, which
// fields, under which document. 个人信息保护法: 个人有权查阅.
func (s *Service) OnMe(ctx context.Context, before string, limit int) (list []Seen, err error) {
	actor := access.From(ctx)
	if actor.SID == "" {
		return nil, nil
	}
	err = s.Acts.View(ctx, func(tx *sqldb.Tx) error {
		rows, err := listSeen(ctx, tx, actor.SID, before, limit)
		if err != nil {
			return err
		}
		list, err = inWords(rows)
		return err
	})
	return list, err
}

// Calls lists an organization's own calls, or all for those who supervise, newest first, before a cursor.
func (s *Service) Calls(ctx context.Context, before string, limit int) (list []Seen, err error) {
	org, area, ok := access.From(ctx).Whose()
	if !ok {
		return nil, nil
	}
	err = s.Acts.View(ctx, func(tx *sqldb.Tx) error {
		rows, err := listCalls(ctx, tx, org, area, before, limit)
		if err != nil {
			return err
		}
		list, err = inWords(rows)
		return err
	})
	return list, err
}

// Under lists what was used under one consent, newest first, before a cursor, to whoever may see the consent; a call is never deleted
// while the record of its consent is kept.
func (s *Service) Under(ctx context.Context, id, before string, limit int) (list []Seen, err error) {
	if _, err := s.consents.Get(ctx, id); err != nil {
		return nil, err
	}
	err = s.Acts.View(ctx, func(tx *sqldb.Tx) error {
		rows, err := listUnder(ctx, tx, id, before, limit)
		if err != nil {
			return err
		}
		list, err = inWords(rows)
		return err
	})
	return list, err
}

// Deployments lists an organization's own deployments, or all for those who supervise, newest first, before a cursor.
func (s *Service) Deployments(ctx context.Context, before string, limit int) (list []Deployment, err error) {
	org, area, ok := access.From(ctx).Whose()
	if !ok {
		return nil, nil
	}
	err = s.Acts.View(ctx, func(tx *sqldb.Tx) error {
		if list, err = listDeployments(ctx, tx, org, area, before, limit); err != nil {
			return err
		}
		for i := range list {
			if list[i].Params, err = s.params(list[i]); err != nil {
				return err
			}
		}
		return nil
	})
	return list, err
}

// Deployment shows one deployment to its organization and to those who supervise; to others it does not exist.
func (s *Service) Deployment(ctx context.Context, id string) (d Deployment, err error) {
	err = s.Acts.View(ctx, func(tx *sqldb.Tx) error {
		if d, err = s.visible(ctx, tx, id); err != nil {
			return err
		}
		d.Params, err = s.params(d)
		return err
	})
	return d, err
}

// visible loads a deployment for its organization and for who supervises its scenario.
func (s *Service) visible(ctx context.Context, tx *sqldb.Tx, id string) (Deployment, error) {
	d, err := loadDeployment(ctx, tx, id)
	if err != nil {
		return d, err
	}
	if org := access.From(ctx).Org; org != "" && org == d.Org {
		return d, nil
	}
	if over, err := grant.Oversees(ctx, tx, d.Scenario); err != nil || !over {
		return Deployment{}, errs.Or(err, errNoDeployment())
	}
	return d, nil
}

func (s *Service) params(d Deployment) ([]lab.Param, error) {
	have, err := s.served(d)
	if err != nil {
		return nil, err
	}
	return lab.ParamsOf(have.family), nil
}

// inWords puts the document's own words for fields and outputs in place of names.
func inWords(rows []seenRow) ([]Seen, error) {
	list := make([]Seen, len(rows))
	for i, r := range rows {
		var t consent.Terms
		if err := json.Unmarshal([]byte(r.terms), &t); err != nil {
			return nil, fmt.Errorf("decode terms of consent %s: %w", r.call.Consent, err)
		}
		list[i] = r.seen
		for _, s := range t.Data {
			for _, f := range s.Fields {
				if slices.Contains(r.call.Fields, consent.FieldKey(s.Resource, f.Name)) {
					list[i].Fields = append(list[i].Fields, s.Name+": "+f.Title)
				}
			}
		}
		for _, o := range t.Outputs {
			if slices.Contains(r.call.Outputs, o.Name) {
				list[i].Outputs = append(list[i].Outputs, o.Text)
			}
		}
	}
	return list, nil
}
