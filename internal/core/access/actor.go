package access

import (
	"context"
	"slices"
	"strings"
)

// Role is a capacity in which a person acts. The slugs are the regimes' common ones; a pack gives each its own title.
type Role string

const (
	Bureau     Role = "data-bureau"            // 数据主管部门
	Operator   Role = "platform-operator"      // 平台运营单位
	Holder     Role = "data-provider"          // 数据提供单位
	DataUser   Role = "data-user"              // 数据使用单位
	Applicant  Role = "applicant-org"          // 申请入驻的单位
	Expert     Role = "expert"                 // 评审专家
	Subject    Role = "info-subject"           // 信息主体
	Auditor    Role = "auditor"                // 审计、监督人员
	Department Role = "authorizing-department" // 授权部门: 授权开发利用主体的政府部门
	Authorized Role = "authorized-operator"    // 授权运营主体
	Mechanism  Role = "coordination-mechanism" // 协调机制
	Government Role = "government"             // 本级人民政府
	Upper      Role = "upper-authority"        // 上级主管部门, 受理备案
	Local      Role = "local-data-bureau"      // 下级主管部门
	Provider   Role = "third-party-provider"   // 第三方服务商
	Assessor   Role = "external-assessor"      // 第三方评估机构
	Member     Role = "mechanism-member"       // 协调机制的组成单位
	Owner      Role = "platform-owner"         // 建设管理平台并明确运营机构的单位, 如省信息中心
	Regulator  Role = "regulator"              // 依职责监管的部门: 网信、公安、发改、财政等
	Buyer      Role = "buyer"                  // 购买方: 购买数据产品的单位
	Anyone     Role = "anyone"                 // 未登录的公众
	Platform   Role = "platform"               // 平台自身 (定时任务)
	SystemName      = "platform"
)

// Roles lists every role an account may hold.
func Roles() []Role {
	return []Role{Bureau, Operator, Holder, DataUser, Applicant, Expert, Subject, Auditor,
		Department, Authorized, Mechanism, Government, Upper, Local, Provider, Assessor, Member, Owner, Regulator, Buyer}
}

// Actor is who is asking. The zero Actor is the public.
type Actor struct {
	Account string
	Name    string
	Org     string
	Roles   []Role
	SID     string // the citizen's pseudonym; empty for everyone else
	Key     bool   // a program came with an API key, not a person with a session
	Area    Area   // where their organization stands; what they oversee is that area and what lies inside it
	// Deputies are those in whose place the actor works while they are absent (委派); core/matter fills them in.
	Deputies []Deputy
}

// Deputy is somebody who delegated their inboxes to a colleague of the same organization.
type Deputy struct {
	Delegation string
	Account    string
	Name       string
	Org        string
	Roles      []Role
	Area       Area
}

// Addresses are the inboxes that were delegated.
func (d Deputy) Addresses() []string {
	return Actor{Account: d.Account, Org: d.Org, Roles: d.Roles, Area: d.Area}.Addresses()
}

// System acts for the platform itself: timers and sweepers.
func System() Actor { return Actor{Account: SystemName, Name: "平台", Roles: []Role{Platform}} }

// SignedIn reports whether this is a known account rather than the public.
func (a Actor) SignedIn() bool { return a.Account != "" }

// Has reports whether the actor holds one of the roles; everyone is Anyone.
func (a Actor) Has(roles ...Role) bool {
	for _, r := range roles {
		if r == Anyone || slices.Contains(a.Roles, r) {
			return true
		}
	}
	return false
}

// Addresses are the inboxes this actor reads: their own, their roles', in each role their organization's, and those that
// were delegated to them. The public reads none.
func (a Actor) Addresses() []string {
	if !a.SignedIn() {
		return nil
	}
	out := []string{AccountAddress(a.Account)}
	for _, r := range a.Roles {
		out = append(out, AreaAddress(r, a.Area))
		if a.Org != "" {
			out = append(out, OrgAddress(a.Org, r))
		}
	}
	for _, d := range a.Deputies {
		out = append(out, d.Addresses()...)
	}
	return out
}

// AccountAddress is one person's inbox.
func AccountAddress(account string) string { return "account:" + account }

// RoleAddress is the inbox of everyone in a role, where the regime knows one body for it.
func RoleAddress(r Role) string { return "role:" + string(r) }

// AreaAddress is the inbox of a role's body in one area. A role that the law knows one body of has one inbox for all areas.
func AreaAddress(r Role, area Area) string {
	if area == "" || !territorial[r] {
		return RoleAddress(r)
	}
	return RoleAddress(r) + "@" + string(area)
}

// IsRoleAddress reports whether an inbox is that of a role, in whichever area.
func IsRoleAddress(to string) bool { return strings.HasPrefix(to, RoleAddress("")) }

// Oversees reports whether the actor holds one of the roles for an area: its own or one inside it.
func (a Actor) Oversees(area Area, roles ...Role) bool { return a.Has(roles...) && a.Area.Covers(area) }

// Overseer reports whether the actor supervises: data bureau, platform operator, auditor. They read every organization's files
// in their area and below it.
func (a Actor) Overseer() bool { return a.Has(Bureau, Operator, Auditor) }

// OverseerOf reports whether the actor supervises what lies in an area.
func (a Actor) OverseerOf(area Area) bool { return a.Overseer() && a.Area.Covers(area) }

// Whose is whose objects a list shows the actor: to an overseer everyone's ("") in their area and below it; else their own
// organization's, wherever that worked. ok is false where nothing is theirs.
func (a Actor) Whose() (org string, area Area, ok bool) {
	if a.Overseer() {
		return "", a.Area, true
	}
	return a.Org, "", a.Org != ""
}

// OrgAddress is the inbox of those who hold a role in one organization.
func OrgAddress(org string, r Role) string { return "org:" + org + ":" + string(r) }

// WholeOrg is the inbox that everyone of one organization reads, whatever their role. It holds messages, never tasks.
func WholeOrg(org string) string { return "org:" + org }

type actorKey struct{}

// With puts the actor into the context.
func With(ctx context.Context, a Actor) context.Context { return context.WithValue(ctx, actorKey{}, a) }

// From is the actor of the context, the public if there is none.
func From(ctx context.Context) Actor {
	a, _ := ctx.Value(actorKey{}).(Actor)
	return a
}
