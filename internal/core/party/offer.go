package party

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"yunei/internal/base/errs"
	"yunei/internal/base/sqldb"
	"yunei/internal/base/workday"
	"yunei/internal/core/access"
	"yunei/internal/core/act"
)

// ActNewOffer adds a service to what a listed provider offers.
const ActNewOffer = "party.provider.offer"

// PermitProvider is the kind of the permit that a place on the list is: what a provider does by itself descends from it, so that
// taking it off the list (产品下架) stops that at once.
const PermitProvider = "provider"

// valueOffers is set by a pack that names the kinds of service, such as "model 数据模型, certification 电子认证"; where none does, a
// provider words the kind itself.
const valueOffers = "provider.offers"

// checkOffers refuses a service of a kind that the law does not list.
func checkOffers(tx *act.Tx, offers []Offer) error {
	v, err := tx.Law().Value(valueOffers, tx.Day())
	if errs.Is(err, errs.NotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	var titles []string
	known := map[string]bool{}
	for item := range strings.SplitSeq(v.Text, ",") {
		kind, title, _ := strings.Cut(strings.TrimSpace(item), " ")
		known[kind], titles = true, append(titles, strings.TrimSpace(title))
	}
	i := slices.IndexFunc(offers, func(o Offer) bool { return !known[o.Kind] })
	if i < 0 {
		return nil
	}
	e := errs.New(errs.Unlawful, "服务类别 %s 不在现行规则所列的类别中, 请从%s中选择", strconv.Quote(offers[i].Kind), strings.Join(titles, "、"))
	v.Cite.Message = e.Msg
	e.Cites = []errs.Cite{v.Cite}
	return e
}

// NewOffer adds a service to the actor's own listing. Whoever is not evaluated, or was taken off the list, offers nothing.
func (s *Service) NewOffer(ctx context.Context, id string, o Offer) (p Provider, err error) {
	_, err = s.Acts.Do(ctx, act.Call{Act: ActNewOffer}, func(ctx context.Context, tx *act.Tx) error {
		if p, err = providers.load(ctx, tx.Tx, id); err != nil {
			return err
		}
		switch {
		case p.Org != tx.Actor().Org:
			return errs.New(errs.NotFound, "%s", providers.missing)
		case slices.Contains(p.Services, o):
			return errs.New(errs.Conflict, "这项服务已在名录中, 请刷新查看")
		}
		if err := checkOffers(tx, []Offer{o}); err != nil {
			return err
		}
		if err := tx.Judge(ctx, map[string]string{"org": p.Org, "provider": p.ID}); err != nil {
			return err
		}
		if p.State != ProviderListed {
			return errs.New(errs.Conflict, "经评定并公布的服务商才能提供服务, 请先完成评定和公布")
		}
		p.Services = append(p.Services, o)
		return providers.put(ctx, tx, p)
	})
	return p, err
}

// list issues or restores the permit of a provider that is put on the list; delist suspends it.
func (p *Provider) list(ctx context.Context, tx *act.Tx) error {
	p.State = ProviderListed
	if p.Permit != "" {
		return tx.SetPermit(ctx, p.Permit, access.Active)
	}
	permit, err := tx.Issue(ctx, access.Permit{Kind: PermitProvider, Holder: p.Org, Object: p.ID, From: tx.Day(), Until: unlimited, Basis: p.Matter})
	p.Permit = permit.ID
	return err
}

func (p *Provider) delist(ctx context.Context, tx *act.Tx) error {
	p.State = ProviderDelisted
	if p.Permit == "" {
		return nil
	}
	return tx.SetPermit(ctx, p.Permit, access.Suspended)
}

// ListedProvider is the permit under which an organization stands on the list of providers on a day.
func ListedProvider(ctx context.Context, tx *sqldb.Tx, org string, day workday.Date) (string, error) {
	list, err := providers.of(ctx, tx, org)
	if err != nil {
		return "", err
	}
	for _, p := range list {
		if p.Permit == "" {
			continue
		}
		err := access.Valid(ctx, tx, p.Permit, day)
		if err == nil || errs.CodeOf(err) == errs.Internal {
			return p.Permit, err
		}
	}
	return "", errs.New(errs.Forbidden, "本单位不在公布的第三方服务商名录中, 不能先行开发数据模型; 请先完成评定和公布, 已下架的请先整改恢复")
}
