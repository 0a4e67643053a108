package story

import (
	"context"
	"fmt"

	"yunei/internal/base/workday"
	"yunei/internal/core/access"
	"yunei/internal/core/party"
	"yunei/internal/flow/collect"
	"yunei/internal/gate/node"
)

// Password is every demonstration account's password. Such accounts exist only where a demonstration opened them.
const Password = "yunei-demo-2025"

// Seat is one person of the story with a ready account.
type Seat struct {
	Login string
	Name  string
	Org   string // key of a house of the city
	Role  access.Role
	Title string // what the sign-in page calls the seat
}

// House is an organization that is there before the story begins.
type House struct {
	Key  string
	Name string
	USCC string // first sixteen characters; the check digits follow
	Role access.Role
	Area access.Area // of the smaller area it belongs to; empty for the platform's own
}

// Person is the citizen of the story: the first row of the card accounts.
const (
	PersonRow   = 0
	PersonName  = "苏明月"
	PersonLogin = "person"
)

// founded is when the houses of every city were registered.
const founded = workday.Date("2000-01-01")

// Prepare opens the organizations and accounts that the city's story assumes, acting as the platform itself.
func (c City) Prepare(ctx context.Context, n *node.Node) error {
	ctx = access.With(ctx, access.System())
	orgs := map[string]string{}
	for i, h := range c.Houses {
		uscc, err := party.MakeUSCC(h.USCC)
		if err != nil {
			return fmt.Errorf("make code of %s: %w", h.Name, err)
		}
		o, err := n.Party.Register(ctx, party.Registration{
			Name: h.Name, USCC: uscc, Kind: party.PublicBody, Roles: []access.Role{h.Role}, Area: h.Area, Registered: founded, InProvince: true,
			Representative: "负责人", RepresentativeID: collect.InventedNumber(900_000 + i), Contact: "联系人", Phone: "0595-00000000",
		})
		if err != nil {
			return fmt.Errorf("register %s: %w", h.Name, err)
		}
		orgs[h.Key] = o.ID
		if h.Role == access.Operator {
			paper := party.DesignationDraft{Kind: party.AsOperator, Document: "政函〔2024〕1号", Issuer: "本级人民政府", From: "2024-01-01"}
			if _, err := n.Party.Designate(ctx, o.ID, paper); err != nil {
				return fmt.Errorf("designate %s: %w", h.Name, err)
			}
		}
	}
	for _, s := range c.Seats {
		a, err := n.Party.OpenAccount(ctx, party.NewAccount{Login: s.Login, Password: Password, Name: s.Name, Org: orgs[s.Org], Roles: []access.Role{s.Role}})
		if err != nil {
			return fmt.Errorf("open account %s: %w", s.Login, err)
		}
		if s.Role == access.Expert {
			if _, err := n.Party.ConfirmExpert(ctx, party.ExpertDraft{Account: a.ID, Fields: []string{"technology"}, Document: "专家组〔2025〕1号"}); err != nil {
				return fmt.Errorf("confirm expert %s: %w", s.Login, err)
			}
		}
	}
	sid, err := n.Collect.SID(collect.KindPerson, collect.InventedNumber(PersonRow))
	if err != nil {
		return err
	}
	_, err = n.Party.OpenAccount(ctx, party.NewAccount{Login: PersonLogin, Password: Password, Name: PersonName, Roles: []access.Role{access.Subject}, SID: sid})
	return err
}
