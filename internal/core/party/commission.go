package party

import (
	"context"
	"slices"

	"yunei/internal/base/errs"
	"yunei/internal/base/sqldb"
	"yunei/internal/core/access"
	"yunei/internal/core/act"
)

// CommissionItem is a commission with the names of its two parties.
type CommissionItem struct {
	Commission
	User string       `json:"user_name"`
	Name string       `json:"provider_name"`
	Acts []act.Option `json:"acts"`
}

// CommissionFilter chooses commissions.
type CommissionFilter struct {
	State    string
	Provider string
}

// Commissions lists what the caller may see, newest first: what it chose and what it was chosen for, or all for those who decide and
// supervise.
func (s *Service) Commissions(ctx context.Context, f CommissionFilter, before string, limit int) (list []CommissionItem, err error) {
	err = s.Acts.View(ctx, func(tx *sqldb.Tx) error {
		list = nil
		actor := access.From(ctx)
		own, err := providers.of(ctx, tx, actor.Org)
		if err != nil {
			return err
		}
		for len(list) < limit {
			page, err := commissions.page(ctx, tx, f.State, before, limit)
			if err != nil || len(page) == 0 {
				return err
			}
			for _, c := range page {
				before = c.ID
				mine := actor.Org != "" && (c.Org == actor.Org || slices.ContainsFunc(own, func(p Provider) bool { return p.ID == c.Provider }))
				if len(list) == limit || !mine && !actor.Overseer() || f.Provider != "" && c.Provider != f.Provider {
					continue
				}
				item, err := s.commission(ctx, tx, c)
				if err != nil {
					return err
				}
				list = append(list, item)
			}
			if len(page) < limit {
				return nil
			}
		}
		return nil
	})
	return list, err
}

func (s *Service) commission(ctx context.Context, tx *sqldb.Tx, c Commission) (item CommissionItem, err error) {
	item = CommissionItem{Commission: c, Acts: []act.Option{}}
	user, err := Load(ctx, tx, c.Org)
	if err != nil {
		return item, err
	}
	p, err := providers.load(ctx, tx, c.Provider)
	if err != nil {
		return item, err
	}
	provider, err := Load(ctx, tx, p.Org)
	if err != nil {
		return item, err
	}
	item.User, item.Name = user.Name, provider.Name
	if access.From(ctx).Org != c.Org {
		return item, nil
	}
	var over error
	if c.State != "running" {
		over = errs.New(errs.Conflict, "这项委托已经终止, 请刷新查看")
	}
	o, err := s.Acts.Option(ctx, tx, ActDismiss, over, map[string]string{"org": c.Org, "provider": c.Provider})
	item.Acts = append(item.Acts, o)
	return item, err
}
