package party

import (
	"context"
	"slices"
	"strings"
	"time"

	"yunei/internal/base/errs"
	"yunei/internal/base/sqldb"
	"yunei/internal/base/workday"
	"yunei/internal/core/access"
	"yunei/internal/core/act"
	"yunei/internal/core/regime"
)

// Acts on designations.
const (
	ActDesignate = "party.designation.record"
	ActUndo      = "party.designation.end"
)

// DesignationKind says what a paper makes a body.
type DesignationKind string

const (
	AsOperator  DesignationKind = "operator"  // 平台运营单位, authorized or named by the government
	AsMember    DesignationKind = "member"    // 协调机制的组成单位
	WithPowers  DesignationKind = "powers"    // 功能区管委会、监管部门的权限清单
	ByReference DesignationKind = "reference" // 公共企业自愿参照执行
	AsBenefit   DesignationKind = "benefit"   // 一级公益性开发单位
)

// States of a designation.
const (
	DesignationStands = "stands"
	DesignationEnded  = "ended"
)

// Designation (指定、组成、授权文件) is the paper by which a body acts in a capacity that the law does not give everyone: it acts in
// it from the first to the last day of the paper, and not before it is on file.
type Designation struct {
	ID       string          `json:"id"`
	Org      string          `json:"org"`
	Kind     DesignationKind `json:"kind" enum:"operator,member,powers,reference,benefit"`
	Document string          `json:"document" doc:"Number of the paper (文号)"`
	Issuer   string          `json:"issuer" doc:"Who gave it"`
	Paper    string          `json:"paper,omitempty" doc:"Digest of the scanned paper"`
	Powers   []string        `json:"powers,omitempty" doc:"Of a list of powers: the acts it names"`
	From     workday.Date    `json:"from"`
	Until    workday.Date    `json:"until,omitempty" doc:"Its last day; empty where the paper names none"`
	By       string          `json:"by" doc:"The body that put it on file"`
	Area     access.Area     `json:"area,omitempty" doc:"行政区域 it is given in: that of whoever put it on file"`
	State    string          `json:"state" enum:"stands,ended"`
	Reason   string          `json:"reason,omitempty" doc:"Why it ended"`
	Ended    workday.Date    `json:"ended,omitempty"`
	Recorded time.Time       `json:"recorded"`
}

func (d Designation) tab() tab { return tab{ID: d.ID, Org: d.Org, State: d.State} }

// on reports whether the body acts by the paper on a day.
func (d Designation) on(day workday.Date) bool {
	return d.State == DesignationStands && !day.Before(d.From) && (d.Until == "" || !day.After(d.Until))
}

var designations = shelf[Designation]{"designation", "designation", "没有这份指定文件, 请核对后重试"}

// DesignationDraft is a paper to be put on file.
type DesignationDraft struct {
	Kind     DesignationKind `json:"kind" enum:"operator,member,powers,reference,benefit"`
	Document string          `json:"document" minLength:"2" maxLength:"120" doc:"文号"`
	Issuer   string          `json:"issuer" minLength:"2" maxLength:"120" doc:"发文机关"`
	Paper    string          `json:"paper,omitempty" maxLength:"200"`
	Powers   []string        `json:"powers,omitempty" maxItems:"200" doc:"Acts of the list, as the vocabulary names them"`
	From     workday.Date    `json:"from"`
	Until    workday.Date    `json:"until,omitempty"`
}

func (s *Service) defineDesignations(acts *act.Runner) {
	recorders := []access.Role{access.Bureau, access.Government, access.Owner, access.Upper, access.Platform, access.Holder}
	acts.Define(act.Def{Name: ActDesignate, Roles: recorders}, act.Def{Name: ActUndo, Roles: recorders})
	designations.register(acts)
	acts.Law().RegisterFact(designationFacts()...)
}

// mayDesignate reports whether the actor puts such a paper on file for a body: authorities for others, never their own; that it
// follows the rules by reference a body says itself.
func mayDesignate(actor access.Actor, org Organization, kind DesignationKind) error {
	own := actor.Org == org.ID && actor.Org != ""
	switch {
	case kind == ByReference && !own:
		return errs.New(errs.Forbidden, "参照执行由公共企业自行选择, 请由该单位办理")
	case kind == ByReference:
		return nil
	case own:
		return errs.New(errs.Forbidden, "不能登记本单位的指定文件, 请由作出指定的机关办理")
	case !actor.Has(access.Bureau, access.Government, access.Owner, access.Upper, access.Platform):
		return errs.New(errs.Forbidden, "指定和组成文件由政府或者主管部门登记, 请联系他们")
	case !actor.Area.Covers(org.Area):
		return errs.New(errs.NotFound, "没有这个单位, 请核对后重试")
	}
	return nil
}

// Designate puts on file the paper by which a body acts as operator, as a member of the mechanism or by a list of powers, or the
// choice of a public enterprise to follow the rules by reference.
func (s *Service) Designate(ctx context.Context, org string, d DesignationDraft) (p Designation, err error) {
	p = Designation{Kind: d.Kind, Document: strings.TrimSpace(d.Document), Issuer: strings.TrimSpace(d.Issuer), Paper: d.Paper, Powers: d.Powers,
		From: d.From, Until: d.Until, State: DesignationStands}
	switch {
	case !slices.Contains([]DesignationKind{AsOperator, AsMember, WithPowers, ByReference, AsBenefit}, p.Kind):
		return p, spotted("kind", "文件种类不在列表中, 请重新选择")
	case p.Document == "" || p.Issuer == "":
		return p, spotted("document", "请填写文号和发文机关")
	case !p.From.Valid() || p.Until != "" && (!p.Until.Valid() || p.Until.Before(p.From)):
		return p, spotted("from", "请填写起始日; 有截止日的不能早于起始日")
	case (p.Kind == WithPowers) != (len(p.Powers) > 0):
		return p, spotted("powers", "权限清单须列明事项, 其他文件不列")
	}
	_, err = s.Acts.Do(ctx, act.Call{Act: ActDesignate}, func(ctx context.Context, tx *act.Tx) error {
		o, err := Load(ctx, tx.Tx, org)
		if err != nil {
			return err
		}
		if err := mayDesignate(tx.Actor(), o, p.Kind); err != nil {
			return err
		}
		for _, name := range p.Powers {
			if !slices.Contains(s.Acts.Names(), name) {
				return spotted("powers", "没有 "+name+" 这项操作, 请从列表中选择")
			}
		}
		if p.Kind == ByReference {
			if standing, err := referenceOf(ctx, tx.Tx, tx.Law(), o, tx.Day()); err != nil || standing != ReferenceOpen {
				return errs.Or(err, errs.New(errs.Conflict, "本单位的数据授权运营%s, 无须登记", referenceWords[standing]))
			}
		}
		p.ID, p.Org, p.By, p.Area, p.Recorded = tx.NewID("dsg"), o.ID, tx.Actor().Org, tx.Actor().Area, tx.Now()
		if err := designations.put(ctx, tx, p); err != nil {
			return err
		}
		return tx.Judge(ctx, map[string]string{"org": o.ID})
	})
	return p, err
}

// EndDesignation ends it from today on (终止指定).
func (s *Service) EndDesignation(ctx context.Context, id, reason string) (p Designation, err error) {
	if reason = strings.TrimSpace(reason); !between(reason, 2, 2000) {
		return p, spotted("reason", "请写明终止的依据")
	}
	_, err = s.Acts.Do(ctx, act.Call{Act: ActUndo}, func(ctx context.Context, tx *act.Tx) error {
		if p, err = designations.load(ctx, tx.Tx, id); err != nil {
			return err
		}
		o, err := Load(ctx, tx.Tx, p.Org)
		if err != nil {
			return err
		}
		if err := mayDesignate(tx.Actor(), o, p.Kind); err != nil {
			return err
		}
		if p.State != DesignationStands {
			return errs.New(errs.Conflict, "这份文件已经终止, 请刷新查看")
		}
		p.State, p.Reason, p.Ended = DesignationEnded, reason, tx.Day()
		if err := designations.put(ctx, tx, p); err != nil {
			return err
		}
		return tx.Judge(ctx, map[string]string{"org": p.Org})
	})
	return p, err
}

// Designated is a paper with whether it holds today.
type Designated struct {
	Designation
	Name    string `json:"org_name"`
	InForce bool   `json:"in_force"`
}

// Designations lists the papers of one kind on file, newest first; who belongs to the mechanism and who runs the platform is no
// secret among those who take part.
func (s *Service) Designations(ctx context.Context, org string, kind DesignationKind, before string, limit int) (list []Designated, err error) {
	err = s.Acts.View(ctx, func(tx *sqldb.Tx) error {
		var papers []Designation
		if org != "" {
			papers, err = designations.of(ctx, tx, org)
		} else {
			papers, err = designations.page(ctx, tx, "", before, limit)
		}
		if err != nil {
			return err
		}
		for _, p := range papers {
			if kind != "" && p.Kind != kind {
				continue
			}
			o, err := Load(ctx, tx, p.Org)
			if err != nil {
				return err
			}
			list = append(list, Designated{p, o.Name, p.on(workday.DateOf(tx.Now()))})
		}
		return nil
	})
	return list, err
}

// standingFor are the papers by which an organization acts today.
func standingFor(ctx context.Context, tx *sqldb.Tx, org string, kind DesignationKind) ([]Designation, error) {
	if org == "" {
		return nil, nil
	}
	list, err := designations.of(ctx, tx, org)
	today := workday.DateOf(tx.Now())
	return slices.DeleteFunc(list, func(d Designation) bool { return d.Kind != kind || !d.on(today) }), err
}

// DesignatedAs is the one body that acts in a capacity on a day; "" where none or several do.
func DesignatedAs(ctx context.Context, tx *sqldb.Tx, kind DesignationKind, day workday.Date) (org string, err error) {
	for before := ""; ; {
		list, err := designations.page(ctx, tx, DesignationStands, before, 200)
		if err != nil || len(list) == 0 {
			return org, err
		}
		for _, d := range list {
			before = d.ID
			if d.Kind != kind || !d.on(day) || d.Org == org {
				continue
			}
			if org != "" {
				return "", nil
			}
			org = d.Org
		}
	}
}

// designationFacts are what a rule may look at of the body that acts.
func designationFacts() []regime.Fact {
	held := func(name string, t regime.Type, kind DesignationKind, of func([]Designation, access.Account) any) regime.Fact {
		return regime.Fact{Name: name, Type: t, Load: func(ctx context.Context, tx *sqldb.Tx, id string) (any, error) {
			a, err := access.LoadAccount(ctx, tx, id)
			if err != nil {
				return nil, err
			}
			list, err := standingFor(ctx, tx, a.Org, kind)
			return of(list, a), err
		}}
	}
	some := func(list []Designation, _ access.Account) any { return len(list) > 0 }
	return []regime.Fact{
		held("account.designated", regime.Bool, AsOperator, some),
		held("account.member", regime.Bool, AsMember, some),
		held("account.powers", regime.StringList, WithPowers, func(list []Designation, _ access.Account) any {
			names := []string{}
			for _, d := range list {
				names = append(names, d.Powers...)
			}
			slices.Sort(names)
			return slices.Compact(names)
		}),
	}
}
