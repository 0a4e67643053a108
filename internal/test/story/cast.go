package story

import (
	"context"
	"fmt"
	"time"

	"yunei/internal/base/workday"
	"yunei/internal/core/access"
	"yunei/internal/core/party"
	"yunei/internal/flow/collect"
	"yunei/internal/gate/node"
)

// Password is every demonstration account's password. Such accounts exist only where a demonstration opened them.
const Password = "yunei-demo-2025"

// Opening is when the story begins: a Wednesday in the week before the National Day holidays.
var Opening = time.Date(2025, 9, 24, 9, 0, 0, 0, workday.Zone())

// Seat is one person of the story with a ready account.
type Seat struct {
	Login string
	Name  string
	Org   string // key of an organization in Houses
	Role  access.Role
	Title string // what the sign-in page calls the seat
}

// House is an organization that is there before the story begins.
type House struct {
	Key  string
	Name string
	USCC string // first sixteen characters; the check digits follow
	Role access.Role
}

// Houses are the organizations the law itself names.
func Houses() []House {
	return []House{
		{"bureau", "泉州市数据管理局", "1135050099000001", access.Bureau},
		{"operator", "泉州公共数据运营服务中心", "1235050099000002", access.Operator},
		{"finance", "泉州市金融工作局", "1135050099000003", access.Holder},
		{"statistics", "泉州市统计局", "1135050099000004", access.Holder},
		{"ecology", "泉州市生态环境局", "1135050099000005", access.Holder},
	}
}

// Seats are the accounts that are ready when the story begins.
func Seats() []Seat {
	return []Seat{
		{"bureau", "林局", "bureau", access.Bureau, "数据主管部门 (审批)"},
		{"bureau2", "陈科", "bureau", access.Bureau, "数据主管部门 (复核)"},
		{"operator", "王经办", "operator", access.Operator, "平台运营单位"},
		{"finance", "黄数管", "finance", access.Holder, "数据提供单位 (金融)"},
		{"statistics", "吴数管", "statistics", access.Holder, "数据提供单位 (统计)"},
		{"ecology", "郑数管", "ecology", access.Holder, "数据提供单位 (生态)"},
		{"expert1", "专家甲", "", access.Expert, "评审专家"},
		{"expert2", "专家乙", "", access.Expert, "评审专家"},
		{"expert3", "专家丙", "", access.Expert, "评审专家"},
		{"auditor", "周审计", "", access.Auditor, "审计人员"},
	}
}

// Person is the citizen of the story: the first row of the card accounts.
const (
	PersonRow   = 0
	PersonName  = "苏明月"
	PersonLogin = "person"
)

// Prepare opens the organizations and accounts that the story assumes, acting as the platform itself.
func Prepare(ctx context.Context, n *node.Node) error {
	ctx = access.With(ctx, access.System())
	orgs := map[string]string{}
	for i, h := range Houses() {
		uscc, err := party.MakeUSCC(h.USCC)
		if err != nil {
			return fmt.Errorf("make code of %s: %w", h.Name, err)
		}
		o, err := n.Party.Register(ctx, party.Registration{
			Name: h.Name, USCC: uscc, Kind: party.PublicBody, Roles: []access.Role{h.Role}, Registered: "2000-01-01", InProvince: true,
			Representative: "负责人", RepresentativeID: collect.InventedNumber(900_000 + i), Contact: "联系人", Phone: "0595-00000000",
		})
		if err != nil {
			return fmt.Errorf("register %s: %w", h.Name, err)
		}
		orgs[h.Key] = o.ID
	}
	for _, s := range Seats() {
		_, err := n.Party.OpenAccount(ctx, party.NewAccount{Login: s.Login, Password: Password, Name: s.Name, Org: orgs[s.Org], Roles: []access.Role{s.Role}})
		if err != nil {
			return fmt.Errorf("open account %s: %w", s.Login, err)
		}
	}
	sid, err := n.Collect.SID(collect.KindPerson, collect.InventedNumber(PersonRow))
	if err != nil {
		return err
	}
	_, err = n.Party.OpenAccount(ctx, party.NewAccount{Login: PersonLogin, Password: Password, Name: PersonName, Roles: []access.Role{access.Subject}, SID: sid})
	return err
}

// Guests are the accounts that join during the story.
func Guests() []Seat {
	return []Seat{
		{bank.Login, bank.Representative + "助理", "", access.DataUser, "数据使用单位 (刺桐银行)"},
		{second.Login, second.Representative + "助理", "", access.DataUser, "数据使用单位 (晋江农商银行)"},
		{PersonLogin, PersonName, "", access.Subject, "信息主体 (本人)"},
	}
}
