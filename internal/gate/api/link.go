package api

import (
	"context"

	"yunei/internal/base/errs"
	"yunei/internal/core/access"
	"yunei/internal/core/link"
)

// ownCard is this node's own card with what two people compare.
type ownCard struct {
	link.Card
	Fingerprint string `json:"fingerprint" doc:"公钥指纹"`
}

// joinsNodes are the roles that may see which nodes are joined and what goes between them.
var joinsNodes = []access.Role{access.Bureau, access.Operator, access.Auditor}

func mayReadLinks(ctx context.Context) error {
	if actor(ctx).Has(joinsNodes...) {
		return nil
	}
	return errs.New(errs.Forbidden, "互联情况由主管部门、平台运营单位和审计人员查看, 不在您的职责内")
}

type letterList struct {
	Paging
	Node   string `query:"node" maxLength:"16"`
	State  string `query:"state" enum:"waiting,accepted,refused"`
	Kind   string `query:"kind" maxLength:"40"`
	Object string `query:"object" maxLength:"64" doc:"The record a letter tells of"`
}

func (l letterList) view() link.LetterView {
	return link.LetterView{Node: l.Node, State: l.State, Kind: l.Kind, Object: l.Object, Before: l.Cursor, Limit: l.Limit}
}

func (a *API) registerLink() {
	const tag = "links"
	get(a, "/v1/link/card", "link-card", tag, "本节点名片", func(ctx context.Context, _ *none) (ownCard, error) {
		card := a.s.Link.Card()
		return ownCard{card, card.Fingerprint()}, mayReadLinks(ctx)
	})
	get(a, "/v1/link/peers", "link-peers", tag, "互联节点", func(ctx context.Context, _ *struct{ Paging }) (Page[link.PeerPage], error) {
		if err := mayReadLinks(ctx); err != nil {
			return Page[link.PeerPage]{}, err
		}
		list, err := a.s.Link.Peers(ctx)
		page := Page[link.PeerPage]{Items: []link.PeerPage{}}
		page.Items = append(page.Items, list...)
		return page, err
	})
	post(a, "/v1/link/peers", "join-node", tag, "登记互联节点", func(ctx context.Context, in *struct{ Body link.Joining }) (link.Peer, error) {
		return a.s.Link.Join(ctx, in.Body)
	})
	type reasoned struct {
		ByID
		Body struct {
			Reason string `json:"reason" minLength:"2" maxLength:"2000"`
		}
	}
	post(a, "/v1/link/peers/{id}/suspend", "suspend-node", tag, "暂停互联", func(ctx context.Context, in *reasoned) (link.Peer, error) {
		return a.s.Link.Suspend(ctx, in.ID, in.Body.Reason)
	})
	post(a, "/v1/link/peers/{id}/resume", "resume-node", tag, "恢复互联", func(ctx context.Context, in *ByID) (link.Peer, error) {
		return a.s.Link.Resume(ctx, in.ID)
	})
	post(a, "/v1/link/peers/{id}/end", "end-node", tag, "终止互联", func(ctx context.Context, in *reasoned) (link.Peer, error) {
		return a.s.Link.End(ctx, in.ID, in.Body.Reason)
	})
	get(a, "/v1/link/sent", "letters-sent", tag, "报送的记录", func(ctx context.Context, in *letterList) (Page[link.Outgoing], error) {
		if err := mayReadLinks(ctx); err != nil {
			return Page[link.Outgoing]{}, err
		}
		list, err := a.s.Link.Sent(ctx, in.view())
		return paged(list, in.Limit, func(o link.Outgoing) string { return o.ID }), err
	})
	get(a, "/v1/link/received", "letters-received", tag, "收到的记录", func(ctx context.Context, in *letterList) (Page[link.Incoming], error) {
		if err := mayReadLinks(ctx); err != nil {
			return Page[link.Incoming]{}, err
		}
		list, err := a.s.Link.Received(ctx, in.view())
		return paged(list, in.Limit, func(l link.Incoming) string { return l.ID }), err
	})
}
