package grant

import (
	"slices"
	"strings"
	"time"

	"yunei/internal/base/errs"
	"yunei/internal/base/workday"
	"yunei/internal/core/access"
)

// Kinds of agreement. Who the parties are, what it must say and how long it may run is the pack's.
const (
	AgreementScenario    = "scenario"    // on a declaration, with whoever grants
	AgreementSupply      = "supply"      // on a declaration, authorized operator and developer
	AgreementOperation   = "operation"   // of an authorized operator
	AgreementDevelopment = "development" // of a developer with its department
	AgreementVendor      = "vendor"      // of an organization, before it develops at all
)

// applicantOf is the role in which the organization an agreement is made with signs it.
func applicantOf(kind string) access.Role {
	if kind == AgreementOperation {
		return access.Authorized
	}
	return access.DataUser
}

// Agreement states.
const (
	Drafted = "drafted"
	Signed  = "signed"
	Filed   = "filed"
)

// Party (签订方) is one side of an agreement.
type Party struct {
	Role  string `json:"role"`
	Title string `json:"title" doc:"The regulation's own title"`
	Org   string `json:"org,omitempty" doc:"The organization, where it is known before it signs"`
	Name  string `json:"name,omitempty" doc:"For a partner: as the plan names it"`
	Seal  bool   `json:"seal,omitempty" doc:"Signs under the contract seal (合同专用章)"`
}

// PartySignature is one party's signature of an agreement.
type PartySignature struct {
	Role    string    `json:"role,omitempty"`
	Org     string    `json:"org"`
	Account string    `json:"account"`
	Name    string    `json:"name"`
	At      time.Time `json:"at"`
	Seal    string    `json:"seal,omitempty" doc:"The contract seal that was used; its keeper is the account"`
}

// Clause is one point that the law asks an agreement to state.
type Clause struct {
	ID    string `json:"id"`
	Title string `json:"title"`
	Text  string `json:"text,omitempty" doc:"As the parties worded it; empty where the standard text states it"`
	Needs bool   `json:"needs,omitempty" doc:"Asked for by law and not stated yet"`
}

// Agreement (协议) is what the parties sign before anything is used.
type Agreement struct {
	ID            string           `json:"id"`
	Kind          string           `json:"kind,omitempty" doc:"scenario where it is empty"`
	Scenario      string           `json:"scenario"`
	Declaration   string           `json:"declaration"`
	Authorization string           `json:"authorization,omitempty"`
	Area          access.Area      `json:"area,omitempty" doc:"行政区域 whose bodies are a party; empty: the platform's own"`
	Round         int              `json:"round,omitempty" doc:"Counts renewals"`
	Org           string           `json:"org"`
	Parties       []Party          `json:"parties,omitempty"`
	Text          string           `json:"text"`
	Clauses       []Clause         `json:"clauses,omitempty"`
	Paid          bool             `json:"paid,omitempty" doc:"有偿使用"`
	Resources     []string         `json:"resources,omitempty" doc:"Of an operator: the catalog entries the agreement covers (授权运营的公共数据资源)"`
	From          workday.Date     `json:"from"`
	Until         workday.Date     `json:"until"`
	Exception     string           `json:"exception,omitempty" doc:"Why the term is longer than the law has it as a rule"`
	Budget        int64            `json:"budget" doc:"Share of the yearly disclosure budget, in units of 10^-12 rho"`
	Signatures    []PartySignature `json:"signatures"`
	State         string           `json:"state"`
	FiledAt       *time.Time       `json:"filed_at,omitempty"`
	Permit        string           `json:"permit,omitempty" doc:"Of an agreement that stands by itself"`
	Opened        time.Time        `json:"opened"`
}

// kind of an agreement; those made before there were kinds are about scenarios.
func (a Agreement) kind() string {
	if a.Kind == "" {
		return AgreementScenario
	}
	return a.Kind
}

// parties of an agreement; those made before packs named them had two.
func (a Agreement) parties() []Party {
	if len(a.Parties) == 0 {
		return []Party{{Role: string(access.DataUser), Org: a.Org}, {Role: string(access.Operator)}}
	}
	return a.Parties
}

// subject is what the agreement is about: there is one agreement of a kind about it in each round.
func (a Agreement) subject() string {
	switch {
	case a.Declaration != "":
		return a.Declaration
	case a.Authorization != "":
		return a.Authorization
	}
	return a.Org
}

// side finds the party as which somebody signs. Whoever signs for one side does not sign for another.
func (a Agreement) side(actor access.Actor, orgName string) (Party, error) {
	if a.State != Drafted {
		return Party{}, errs.New(errs.Conflict, "协议已签署完毕, 请刷新查看")
	}
	if slices.ContainsFunc(a.Signatures, func(p PartySignature) bool {
		return p.Account == actor.Account || p.Org == actor.Org && actor.Org != ""
	}) {
		return Party{}, errs.New(errs.Conflict, "贵单位已经签署, 请等待对方签署")
	}
	var titles []string
	for _, p := range a.parties() {
		titles = append(titles, p.Title)
		if a.signed(p.Role) {
			continue
		}
		switch {
		case p.Org != "" && p.Org == actor.Org && (actor.Has(access.Role(p.Role)) || p.Org == a.Org),
			p.named(actor.Org, orgName),
			p.Org == "" && p.Name == "" && p.mayStandFor(actor, a.Area):
			return p, nil
		case p.Org == "" && p.Name == "" && p.mayStandFor(actor, actor.Area):
			return Party{}, errs.New(errs.Forbidden, "协议由本级的%s签订, 上级和其他地区的机关不能代签; 请由作出授权的那一级办理", p.Title)
		}
	}
	return Party{}, errs.New(errs.Forbidden, "协议由%s签订, 您不代表其中任何一方; 请由协议各方办理", strings.Join(titles, "和"))
}

// named reports whether this is the partner that the plan names, by id or by name.
func (p Party) named(org, name string) bool {
	return p.Name != "" && (p.Name == org || p.Name == name)
}

// mayStandFor reports whether the actor may sign for a body known by its role alone. Under a seal it is the keeper who
// signs, whichever office keeps it; that the seal is in hand is checked when it is used.
func (p Party) mayStandFor(actor access.Actor, area access.Area) bool {
	if access.Territorial(access.Role(p.Role)) && actor.Area != area { // 本级
		return false
	}
	return actor.Has(access.Role(p.Role)) || p.Seal && actor.Has(access.Bureau)
}

func (a Agreement) signed(role string) bool {
	return slices.ContainsFunc(a.Signatures, func(s PartySignature) bool {
		return s.Role == role || s.Role == "" && (s.Org == a.Org) == (role == string(access.DataUser))
	})
}

// sign adds a party's signature; the agreement is signed when every party has.
func (a *Agreement) sign(s PartySignature) {
	a.Signatures = append(slices.Clone(a.Signatures), s)
	if len(a.Signatures) == len(a.parties()) {
		a.State = Signed
	}
}

// of reports whether an organization is a party.
func (a Agreement) of(org string) bool {
	return org != "" && (org == a.Org || slices.ContainsFunc(a.parties(), func(p Party) bool { return p.Org == org }) ||
		slices.ContainsFunc(a.Signatures, func(s PartySignature) bool { return s.Org == org }))
}

// missing are the titles of the clauses that the law asks for and nobody has stated.
func (a Agreement) missing() []string {
	var out []string
	for _, c := range a.Clauses {
		if c.Needs {
			out = append(out, c.Title)
		}
	}
	return out
}

// maxTermYears bounds a term: each of its years takes a share of every resource's disclosure budget.
const maxTermYears = 5

// Terms are what the parties agree on beside the standard text.
type Terms struct {
	From      workday.Date      `json:"from,omitempty"`
	Until     workday.Date      `json:"until,omitempty"`
	Exception string            `json:"exception,omitempty" maxLength:"2000" doc:"Why the term is longer than the law has it as a rule"`
	Paid      bool              `json:"paid,omitempty" doc:"有偿使用"`
	Clauses   map[string]string `json:"clauses,omitempty" doc:"Wording of clauses that the standard text leaves open, by id"`
	Seal      string            `json:"seal,omitempty" doc:"The contract seal used, for a party that signs under it"`
	Resources []string          `json:"resources,omitempty" maxItems:"500" doc:"Of an operator's agreement: the published catalog entries it covers"`
}

// given reports whether a later signer repeats the term.
func (t Terms) given() bool { return t.From != "" || t.Until != "" }

// check refuses terms that are none.
func (t Terms) check(today workday.Date) error {
	switch {
	case t.From.IsZero() || !t.From.Before(t.Until):
		return errs.New(errs.Invalid, "请填写协议期限, 到期日须晚于起始日")
	case !today.Before(t.Until):
		return errs.New(errs.Invalid, "协议到期日 %s 已过, 请重新填写", t.Until)
	case t.Until.After(t.From.AddYears(maxTermYears)) || t.From.After(today.AddYears(1)):
		return errs.New(errs.Invalid, "协议须在一年内起始, 期限不超过 %d 年, 请缩短后重新填写, 到期可续签", maxTermYears)
	}
	return nil
}
