package grant

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"yunei/internal/base/errs"
	"yunei/internal/base/sqldb"
	"yunei/internal/core/access"
	"yunei/internal/core/act"
	"yunei/internal/core/party"
	"yunei/internal/flow/catalog"
)

// SignAgreement signs the agreement on an approved declaration as the caller's side. The data user's signature comes first and
// lays down the text with its terms; the other parties' complete it.
func (s *Service) SignAgreement(ctx context.Context, declarationID string, terms Terms) (Agreement, error) {
	return s.signing(ctx, func(ctx context.Context, tx *act.Tx) (Agreement, error) {
		d, err := loadDeclaration(ctx, tx.Tx, declarationID)
		if err != nil {
			return Agreement{}, err
		}
		if d.Agreement != "" {
			a, err := loadAgreement(ctx, tx.Tx, d.Agreement)
			return a, seen(ctx, tx.Tx, tx.Actor(), a, err, noDeclaration)
		}
		if d.Org != tx.Actor().Org && !tx.Actor().Overseer() {
			return Agreement{}, errs.New(errs.NotFound, noDeclaration)
		}
		switch {
		case d.State != Approved:
			return Agreement{}, errs.New(errs.Conflict, "开发方案尚未审批通过, 不能签订协议; 请等待审批结果")
		case d.Org != tx.Actor().Org:
			return Agreement{}, errs.New(errs.Conflict, "请由数据使用单位先填写期限并签署")
		}
		return s.draftOnDeclaration(ctx, tx, d, terms)
	}, terms)
}

// SignAuthorization signs the agreement that an approved authorization ends in, as the caller's side; the one who was
// authorized signs first.
func (s *Service) SignAuthorization(ctx context.Context, authorizationID string, terms Terms) (Agreement, error) {
	return s.signing(ctx, func(ctx context.Context, tx *act.Tx) (Agreement, error) {
		au, err := loadAuthorization(ctx, tx.Tx, authorizationID)
		if err != nil {
			return Agreement{}, err
		}
		actor := tx.Actor()
		if !mayReadAuthorization(actor, au) {
			return Agreement{}, errs.New(errs.NotFound, noAuthorization)
		}
		if au.Agreement != "" {
			return loadAgreement(ctx, tx.Tx, au.Agreement)
		}
		if err := au.mayStart(); err != nil {
			return Agreement{}, err
		}
		if au.Org != actor.Org {
			return Agreement{}, errs.New(errs.Conflict, "请由申请单位先填写期限并签署")
		}
		a := Agreement{Kind: levels[au.Level].agreement, Authorization: au.ID, Org: au.Org, Area: au.Area}
		if a, err = s.draft(ctx, tx, a, terms, partners{authorizer: au.Authorizer}, []string{"{field}", orText(au.Field, "申请的领域")}); err != nil {
			return a, err
		}
		au.Agreement = a.ID
		return a, s.saveAuthorization(ctx, tx, au)
	}, terms)
}

// SignVendor signs the agreement that an organization makes before it develops at all, where the law asks for one (海南
// 第十五条); the organization signs first.
func (s *Service) SignVendor(ctx context.Context, terms Terms) (Agreement, error) {
	return s.signing(ctx, func(ctx context.Context, tx *act.Tx) (Agreement, error) {
		parties, _, err := partiesOf(tx.Law(), AgreementVendor, tx.Day())
		if err != nil {
			return Agreement{}, err
		}
		if len(parties) == 0 {
			return Agreement{}, errs.New(errs.NotFound, "现行规则没有入驻后开发前的协议, 无须签订; 请直接申报场景")
		}
		org := tx.Actor().Org
		if err := tx.Lock(ctx, "agreement "+org); err != nil {
			return Agreement{}, err
		}
		latest, n, err := latestAgreement(ctx, tx.Tx, org, AgreementVendor)
		if err != nil {
			return Agreement{}, err
		}
		if n > 0 && tx.Day().Before(latest.Until) {
			return Agreement{}, errs.New(errs.Conflict, "贵单位的协议还在签署或者有效期内, 到期后再续签; 请在协议列表中查看")
		}
		return s.draft(ctx, tx, Agreement{Kind: AgreementVendor, Org: org, Round: n + 1}, terms, partners{}, nil)
	}, terms)
}

// Sign signs an agreement that lies before the caller's side.
func (s *Service) Sign(ctx context.Context, agreementID string, terms Terms) (Agreement, error) {
	return s.signing(ctx, func(ctx context.Context, tx *act.Tx) (Agreement, error) {
		a, err := loadAgreement(ctx, tx.Tx, agreementID)
		return a, seen(ctx, tx.Tx, tx.Actor(), a, err, noAgreement)
	}, terms)
}

// signing is one signature: find or draft the agreement, sign it as the caller's side, and let what follows from the last
// signature follow.
func (s *Service) signing(ctx context.Context, find func(context.Context, *act.Tx) (Agreement, error), terms Terms) (Agreement, error) {
	var a Agreement
	_, err := s.acts.Do(ctx, act.Call{Act: "grant.agreement.sign"}, func(ctx context.Context, tx *act.Tx) (err error) {
		if a, err = find(ctx, tx); err != nil {
			return err
		}
		if terms.given() && (terms.From != a.From || terms.Until != a.Until) {
			return errs.New(errs.Conflict, "协议载明的期限是 %s 至 %s, 与您填写的不同; 请核对协议文本后再签署", a.From, a.Until)
		}
		if err := s.signAs(ctx, tx, &a, terms.Seal); err != nil {
			return err
		}
		if a.State == Signed && a.Kind == AgreementVendor {
			if err := s.standing(ctx, tx, &a); err != nil {
				return err
			}
		}
		if err := s.saveAgreement(ctx, tx, a); err != nil {
			return err
		}
		if a.State == Signed {
			if err := s.fileResult(ctx, tx, "agreement", a.ID, nil); err != nil {
				return err
			}
		}
		objects := map[string]string{"org": a.Org, "agreement": a.ID}
		if a.Declaration != "" {
			objects["plan"] = a.Declaration
		}
		if a.Authorization != "" {
			objects["authorization"] = a.Authorization
		}
		return tx.Judge(ctx, objects)
	})
	return a, err
}

// signAs adds the actor's signature as its side; a body that signs under the contract seal signs by the seal's keeper.
func (s *Service) signAs(ctx context.Context, tx *act.Tx, a *Agreement, seal string) error {
	actor := tx.Actor()
	name, err := callName(ctx, tx.Tx, actor, *a)
	if err != nil {
		return err
	}
	side, err := a.side(actor, name)
	if errs.Is(err, errs.Forbidden) {
		if _, cite, lerr := partiesOf(tx.Law(), a.kind(), tx.Day()); lerr != nil || cite.Article != "" {
			return errs.Or(lerr, unlawful(cite, "%s", message(err)))
		}
	}
	if err != nil {
		return err
	}
	signature := PartySignature{Role: side.Role, Org: actor.Org, Account: actor.Account, Name: actor.Name, At: tx.Now()}
	switch {
	case side.Seal:
		if signature.Seal, err = s.useSeal(ctx, tx, seal, side, *a); err != nil {
			return err
		}
	case seal != "":
		return spotted("body.seal", "本方签署不使用合同专用章, 请去掉后再签署")
	}
	a.sign(signature)
	return nil
}

// standing gives an agreement that stands by itself its permit: everything the organization does later rests on it.
func (s *Service) standing(ctx context.Context, tx *act.Tx, a *Agreement) error {
	roots, err := admission(ctx, tx.Tx, a.Org)
	if err != nil {
		return err
	}
	p, err := tx.Issue(ctx, access.Permit{Kind: PermitAgreement, Holder: a.Org, Object: a.Kind, From: a.From, Until: a.Until, Parents: roots, Basis: a.ID})
	a.Permit = p.ID
	return err
}

func (s *Service) draftOnDeclaration(ctx context.Context, tx *act.Tx, d Declaration, terms Terms) (Agreement, error) {
	sc, err := loadScenario(ctx, tx.Tx, d.Scenario)
	if err != nil {
		return Agreement{}, err
	}
	if sc.Plan.Ahead {
		return Agreement{}, errs.New(errs.Forbidden, "先行开发的模型没有数据使用单位, 不签订协议, 也不在原始数据上运行; 请由数据使用单位在自己的场景中选用已上架的模型")
	}
	kind, err := onDeclaration(tx.Law(), tx.Day())
	if err != nil {
		return Agreement{}, err
	}
	if err := withinRenewal(ctx, tx.Tx, d, terms); err != nil {
		return Agreement{}, err
	}
	who := partners{partner: d.Papers.Partner}
	if sc.Authorization != "" {
		au, err := loadAuthorization(ctx, tx.Tx, sc.Authorization)
		if err != nil {
			return Agreement{}, err
		}
		who.authorizer = au.Authorizer
	}
	if kind == AgreementSupply {
		operator, err := s.operatorOf(ctx, tx.Tx, sc, tx.Day())
		if err != nil {
			return Agreement{}, err
		}
		who.operator = operator.Org
	}
	fields, err := s.namedFields(ctx, tx, sc.Plan)
	if err != nil {
		return Agreement{}, err
	}
	var models []string
	for _, m := range d.Models {
		models = append(models, m.Name+" ("+m.Hash+")")
	}
	a := Agreement{Kind: kind, Scenario: d.Scenario, Declaration: d.ID, Round: d.Renewed + 1, Org: d.Org, Area: sc.Area, Budget: sc.Plan.Budget}
	a, err = s.draft(ctx, tx, a, terms, who, []string{"{scenario}", sc.Plan.Title, "{purpose}", sc.Plan.Purpose,
		"{models}", strings.Join(models, "、"), "{fields}", fields})
	if err != nil {
		return a, err
	}
	d.Agreement = a.ID
	return a, s.saveDeclaration(ctx, tx, d)
}

// partners are the other parties as far as they are known before they sign.
type partners struct{ authorizer, operator, partner string }

// draft lays down the text of an agreement with its parties, clauses and terms.
func (s *Service) draft(ctx context.Context, tx *act.Tx, a Agreement, t Terms, who partners, pairs []string) (Agreement, error) {
	if err := t.check(tx.Day()); err != nil {
		return a, err
	}
	a.ID, a.From, a.Until, a.State, a.Opened = tx.NewID("agr"), t.From, t.Until, Drafted, tx.Now()
	a.Paid, a.Exception, a.Signatures = t.Paid, strings.TrimSpace(t.Exception), []PartySignature{}
	if err := capped(tx.Law(), a, tx.Day()); err != nil {
		return a, err
	}
	if err := s.seat(tx, &a, who); err != nil {
		return a, err
	}
	clauses, cite, err := clausesOf(tx.Law(), a.Kind, a.Paid, tx.Day())
	if err != nil {
		return a, err
	}
	template, err := templateOf(ctx, tx, a.Kind)
	if err != nil {
		return a, err
	}
	name, err := nameOf(ctx, tx.Tx, a.Org)
	if err != nil {
		return a, err
	}
	covered, err := s.covered(ctx, tx, &a, t.Resources)
	if err != nil {
		return a, err
	}
	pairs = append(pairs, "{from}", a.From.String(), "{until}", a.Until.String(), "{org}", name, "{resources}", covered)
	a.Text, a.Clauses = compose(template, clauses, t.Clauses, pairs)
	if missing := a.missing(); len(missing) > 0 {
		return a, unlawful(cite, "协议没有写明%s, 不能签署; 请补充后再签署", strings.Join(missing, "、"))
	}
	return a, insertAgreement(ctx, tx.Tx, a)
}

// covered lays down which resources an operator's agreement is about, and names them.
func (s *Service) covered(ctx context.Context, tx *act.Tx, a *Agreement, resources []string) (string, error) {
	if a.Kind != AgreementOperation {
		return "", nil
	}
	var titles []string
	for _, id := range resources {
		e, err := s.catalog.Load(ctx, tx.Tx, id)
		if err != nil && errs.CodeOf(err) != errs.NotFound {
			return "", err
		}
		if err != nil || e.State != catalog.Published {
			return "", spotted("body.resources", "目录中没有资源 "+id+", 请从已发布的目录中选择")
		}
		if !slices.Contains(a.Resources, id) {
			a.Resources = append(a.Resources, id)
			titles = append(titles, "《"+e.Title+"》")
		}
	}
	return orText(strings.Join(titles, "、"), "双方另行补充"), nil
}

// seat names the parties of an agreement as the law of the day has them.
func (s *Service) seat(tx *act.Tx, a *Agreement, who partners) error {
	parties, _, err := partiesOf(tx.Law(), a.Kind, tx.Day())
	if err != nil {
		return err
	}
	if len(parties) == 0 && a.Declaration != "" { // a law that names no parties leaves it to whoever uses and whoever runs the platform
		for _, r := range []access.Role{access.DataUser, access.Operator} {
			parties = append(parties, Party{Role: string(r), Title: tx.Law().Role(string(r))})
		}
	}
	if who.partner != "" {
		more, _, err := words(tx.Law(), "agreement."+a.Kind+".parties.partner", tx.Day())
		if err != nil {
			return err
		}
		for _, w := range more {
			parties = append(parties, Party{Role: w.id, Title: tx.Law().Role(w.id), Name: who.partner})
		}
	}
	for i := range parties {
		switch p := &parties[i]; access.Role(p.Role) {
		case applicantOf(a.Kind):
			p.Org = a.Org
		case access.Department:
			p.Org = who.authorizer
		case access.Authorized:
			p.Org = who.operator
		}
	}
	if !slices.ContainsFunc(parties, func(p Party) bool { return p.Org == a.Org }) || len(parties) < 2 {
		return errs.New(errs.Unavailable, "规则包没有写明这种协议由哪些单位签订, 请联系数据主管部门补充")
	}
	a.Parties = parties
	return nil
}

func (s *Service) saveAgreement(ctx context.Context, tx *act.Tx, a Agreement) error {
	if err := saveAgreement(ctx, tx.Tx, a); err != nil {
		return fmt.Errorf("save agreement %s: %w", a.ID, err)
	}
	return tx.Changed(ctx, "agreement", a.ID, a)
}

// seen lets a party and those who supervise pass; others are answered as if there were nothing.
func seen(ctx context.Context, tx *sqldb.Tx, actor access.Actor, a Agreement, err error, none string) error {
	if err != nil {
		return err
	}
	ok, err := mayReadAgreement(ctx, tx, actor, a)
	if err == nil && !ok {
		err = errs.New(errs.NotFound, "%s", none)
	}
	return err
}

func mayReadAgreement(ctx context.Context, tx *sqldb.Tx, actor access.Actor, a Agreement) (bool, error) {
	if actor.OverseerOf(a.Area) || a.of(actor.Org) {
		return true, nil
	}
	name, err := callName(ctx, tx, actor, a)
	return slices.ContainsFunc(a.parties(), func(p Party) bool {
		return p.named(actor.Org, name) || p.Org == "" && p.Name == "" && p.mayStandFor(actor, a.Area)
	}), err
}

// callName is the name of the actor's organization, where the agreement knows a partner by name.
func callName(ctx context.Context, tx *sqldb.Tx, actor access.Actor, a Agreement) (string, error) {
	if !slices.ContainsFunc(a.parties(), func(p Party) bool { return p.Name != "" }) {
		return "", nil
	}
	name, err := nameOf(ctx, tx, actor.Org)
	if errs.Is(err, errs.NotFound) { // a body that takes part without standing in the register
		return "", nil
	}
	return name, err
}

// nameOf is an organization's name; the government and an expert belong to none.
func nameOf(ctx context.Context, tx *sqldb.Tx, org string) (string, error) {
	if org == "" {
		return "", nil
	}
	o, err := party.Load(ctx, tx, org)
	return o.Name, err
}

func orText(text, other string) string {
	if text == "" {
		return other
	}
	return text
}
