package grant

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"yunei/internal/base/errs"
	"yunei/internal/base/sqldb"
	"yunei/internal/core/access"
	"yunei/internal/core/act"
	"yunei/internal/core/link"
	"yunei/internal/core/matter"
)

// Filing states.
const (
	FilingDue          = "due"   // the law asks for it and nobody has sent it yet
	FilingFiled        = "filed" // sent, with a number in the register
	FilingAcknowledged = "acknowledged"
)

// Filing (备案) puts a result into another authority's register: the bureau's here, or one above, which acknowledges it
// with a number of its own.
type Filing struct {
	ID       string           `json:"id"`
	Kind     string           `json:"kind" enum:"agreement,scenario,declaration,authorization,grant"`
	Subject  string           `json:"subject"`
	Title    string           `json:"title"`
	Owner    string           `json:"owner" doc:"The organization the result is about"`
	Area     access.Area      `json:"area,omitempty" doc:"行政区域 whose result it is"`
	To       string           `json:"to" doc:"Role of the authority it is filed with"`
	ToTitle  string           `json:"to_title"`
	State    string           `json:"state" enum:"due,filed,acknowledged"`
	Number   string           `json:"number,omitempty" doc:"备案号"`
	Note     string           `json:"note,omitempty"`
	Org      string           `json:"org,omitempty" doc:"The body that filed"`
	Account  string           `json:"account,omitempty"`
	Filed    *time.Time       `json:"filed,omitempty"`
	Received *Acknowledgement `json:"received,omitempty"`
	Origin   *Origin          `json:"origin,omitempty" doc:"The lower node it came from, over a link"`
	Opened   time.Time        `json:"opened"`
}

// Acknowledgement (备案回执) is what the authority above answers.
type Acknowledgement struct {
	Number  string    `json:"number" doc:"Its own number"`
	Note    string    `json:"note,omitempty"`
	Account string    `json:"account"`
	Name    string    `json:"name"`
	At      time.Time `json:"at"`
}

// FilingDraft asks for a filing.
type FilingDraft struct {
	Subject string `json:"subject" minLength:"5" maxLength:"60"`
	To      string `json:"to" enum:"data-bureau,upper-authority"`
	Note    string `json:"note,omitempty" maxLength:"2000"`
}

// registers are the authorities that keep a register here.
var registers = []access.Role{access.Bureau, access.Upper}

// fileResult files what the law asks to be filed once a result stands (value filing.<kind>.to): with the bureau, whose
// register this platform keeps, at once and with a number; with others it is due and stays on the list until it is sent.
func (s *Service) fileResult(ctx context.Context, tx *act.Tx, kind, subject string, m *matter.Matter) error {
	to, _, err := words(tx.Law(), "filing."+kind+".to", tx.Day())
	if err != nil {
		return err
	}
	for _, w := range to {
		f, err := s.filingOf(ctx, tx, kind, subject, w.id)
		if err != nil {
			return err
		}
		if w.id == string(access.Bureau) && m != nil { // whoever decided last files
			if err := s.number(ctx, tx, &f); err != nil {
				return err
			}
		}
		if err := s.insertFiling(ctx, tx, f); err != nil {
			return err
		}
	}
	return nil
}

func (s *Service) filingOf(ctx context.Context, tx *act.Tx, kind, subject, to string) (Filing, error) {
	title, owner, area, err := s.titleOf(ctx, tx.Tx, kind, subject)
	return Filing{ID: tx.NewID("fil"), Kind: kind, Subject: subject, Title: title, Owner: owner, Area: area, To: to, ToTitle: tx.Law().Role(to),
		State: FilingDue, Opened: tx.Now()}, err
}

// number sends a filing: it gets the next number of the year.
func (s *Service) number(ctx context.Context, tx *act.Tx, f *Filing) error {
	if err := tx.Lock(ctx, "filing"); err != nil {
		return err
	}
	n, err := nextFilingNumber(ctx, tx.Tx, tx.Day().Year())
	if err != nil {
		return err
	}
	now := tx.Now()
	f.State, f.Number, f.Filed = FilingFiled, fmt.Sprintf("备%d-%05d", tx.Day().Year(), n), &now
	f.Org, f.Account = tx.Actor().Org, tx.Actor().Account
	return nil
}

func (s *Service) insertFiling(ctx context.Context, tx *act.Tx, f Filing) error {
	if err := insertFiling(ctx, tx.Tx, f); err != nil {
		return err
	}
	return tx.Changed(ctx, "filing", f.ID, f)
}

var filingKinds = map[string]string{"agr": "agreement", "scn": "scenario", "dcl": "declaration", "aut": "authorization", "grt": "grant"}

// titleOf names what is filed, the organization it is about and the area whose result it is.
func (s *Service) titleOf(ctx context.Context, tx *sqldb.Tx, kind, id string) (title, org string, area access.Area, err error) {
	switch kind {
	case "agreement":
		a, err := loadAgreement(ctx, tx, id)
		if err != nil {
			return "", "", "", err
		}
		name, err := nameOf(ctx, tx, a.Org)
		return name + " 协议", a.Org, a.Area, err
	case "scenario", "declaration":
		sc, err := scenarioOfPlan(ctx, tx, id)
		return sc.Plan.Title, sc.Org, sc.Area, err
	case "authorization":
		a, err := loadAuthorization(ctx, tx, id)
		if err != nil {
			return "", "", "", err
		}
		name, err := nameOf(ctx, tx, a.Org)
		return name + " 授权", a.Org, a.Area, err
	}
	g, err := loadGrant(ctx, tx, id)
	return g.Title, g.Org, g.Area, err
}

// SubmitFiling files a result (备案). What is filed upward is filed by the bureau or the government; with the bureau, by whoever is
// responsible for the result.
func (s *Service) SubmitFiling(ctx context.Context, d FilingDraft) (Filing, error) {
	var f Filing
	prefix, _, _ := strings.Cut(d.Subject, "_")
	kind, known := filingKinds[prefix]
	switch {
	case !known:
		return f, spotted("body.subject", "请选择要备案的协议、场景、申报或者授权")
	case !slices.Contains(registers, access.Role(d.To)):
		return f, spotted("body.to", "备案对象应为 data-bureau (主管部门) 或 upper-authority (上级主管部门)")
	case kind == "agreement" && d.To == string(access.Bureau):
		return f, spotted("body.subject", "协议向主管部门备案, 请在协议页面办理")
	}
	_, err := s.acts.Do(ctx, act.Call{Act: "grant.filing.submit"}, func(ctx context.Context, tx *act.Tx) (err error) {
		if err := tx.Lock(ctx, "filing "+d.Subject); err != nil {
			return err
		}
		fresh, err := s.filingOf(ctx, tx, kind, d.Subject, d.To)
		if err != nil {
			return err
		}
		if err := s.mayFile(ctx, tx, fresh); err != nil {
			return err
		}
		var found bool
		if f, found, err = findFiling(ctx, tx.Tx, d.Subject, d.To); err != nil {
			return err
		}
		if !found {
			f = fresh
		}
		if f.State != FilingDue {
			return errs.New(errs.Conflict, "已经备案, 备案号 %s, 不必重复办理", f.Number)
		}
		if err := s.number(ctx, tx, &f); err != nil {
			return err
		}
		f.Note = strings.TrimSpace(d.Note)
		if found {
			err = s.saveFiling(ctx, tx, f)
		} else {
			err = s.insertFiling(ctx, tx, f)
		}
		if err != nil {
			return err
		}
		if err := publishFiling(ctx, tx, f); err != nil {
			return err
		}
		return tx.Judge(ctx, map[string]string{"org": f.Owner, "filing": f.ID})
	})
	return f, err
}

// mayFile reports whether the actor is responsible for the result, and the result stands.
func (s *Service) mayFile(ctx context.Context, tx *act.Tx, f Filing) error {
	actor := tx.Actor()
	if !actor.Area.Covers(f.Area) && actor.Org != f.Owner {
		return errs.New(errs.NotFound, "没有要备案的对象, 请核对后重试")
	}
	if f.To == string(access.Upper) {
		if !actor.Has(access.Bureau, access.Government) || actor.Area != f.Area {
			return errs.New(errs.Forbidden, "向上级备案由主管部门办理, 不在您的职责内; 请转由主管部门办理")
		}
		return s.stands(ctx, tx.Tx, f)
	}
	mine := actor.Org != "" && actor.Org == f.Owner || actor.Has(access.Bureau, access.Operator, access.Government)
	if f.Kind == "agreement" && !mine {
		a, err := loadAgreement(ctx, tx.Tx, f.Subject)
		if err != nil {
			return err
		}
		mine = a.of(actor.Org)
	}
	if f.Kind == "authorization" && !mine {
		a, err := loadAuthorization(ctx, tx.Tx, f.Subject)
		if err != nil {
			return err
		}
		mine = a.Authorizer != "" && a.Authorizer == actor.Org
	}
	if !mine {
		return errs.New(errs.NotFound, "没有要备案的对象, 请核对后重试")
	}
	return s.stands(ctx, tx.Tx, f)
}

// stands reports why a result is not one yet: only what was decided is filed.
func (s *Service) stands(ctx context.Context, tx *sqldb.Tx, f Filing) error {
	state := ""
	switch f.Kind {
	case "agreement":
		a, err := loadAgreement(ctx, tx, f.Subject)
		if err != nil {
			return err
		}
		if a.State != Drafted {
			return nil
		}
	case "scenario":
		sc, err := loadScenario(ctx, tx, f.Subject)
		if err != nil {
			return err
		}
		state = sc.State
	case "declaration":
		d, err := loadDeclaration(ctx, tx, f.Subject)
		if err != nil {
			return err
		}
		state = d.State
	case "authorization":
		a, err := loadAuthorization(ctx, tx, f.Subject)
		if err != nil {
			return err
		}
		state = a.State
	default:
		return nil
	}
	if slices.Contains([]string{Sampling, Approved, Started}, state) {
		return nil
	}
	return errs.New(errs.Conflict, "结果尚未确定, 不能备案; 请在审核通过、协议签署后办理")
}

// AcknowledgeFiling is the answer of the authority that a filing went to.
func (s *Service) AcknowledgeFiling(ctx context.Context, id, number, note string) (Filing, error) {
	var f Filing
	if number = strings.TrimSpace(number); number == "" {
		return f, spotted("body.number", "请填写受理备案的编号")
	}
	_, err := s.acts.Do(ctx, act.Call{Act: "grant.filing.acknowledge"}, func(ctx context.Context, tx *act.Tx) (err error) {
		if err := tx.Lock(ctx, "filing "+id); err != nil {
			return err
		}
		if f, err = loadFiling(ctx, tx.Tx, id); err != nil {
			return err
		}
		actor := tx.Actor()
		switch {
		case !receives(actor, f):
			return errs.New(errs.NotFound, noFiling)
		case f.State == FilingDue:
			return errs.New(errs.Conflict, "这件备案尚未报送, 不能回执; 请等待报送")
		case f.State == FilingAcknowledged:
			return errs.New(errs.Conflict, "这件备案已经回执, 编号 %s, 请刷新查看", f.Received.Number)
		}
		f.State = FilingAcknowledged
		f.Received = &Acknowledgement{Number: number, Note: strings.TrimSpace(note), Account: actor.Account, Name: actor.Name, At: tx.Now()}
		if err := s.saveFiling(ctx, tx, f); err != nil {
			return err
		}
		objects := map[string]string{"org": f.Owner, "filing": f.ID}
		if f.Origin != nil {
			delete(objects, "org") // it is known to the other node alone
			office, err := nameOf(ctx, tx.Tx, actor.Org)
			if err != nil {
				return err
			}
			err = link.Reply(ctx, tx, f.Origin.Node, LetterAcknowledged, f.Origin.Record, acknowledged{Number: number, Note: f.Received.Note, Office: office})
			if err != nil {
				return err
			}
		}
		return tx.Judge(ctx, objects)
	})
	return f, err
}

// receives reports whether a filing went to the actor's body: the authority above is a bureau of a larger area on the same
// platform, or the one outside it.
func receives(actor access.Actor, f Filing) bool {
	if f.Origin != nil {
		return actor.Has(access.Bureau) && actor.Area == ""
	}
	if f.To == string(access.Upper) && f.Area != "" && actor.Has(access.Bureau, access.Upper) {
		return actor.Area != f.Area && actor.Area.Covers(f.Area)
	}
	return actor.Has(access.Role(f.To)) && actor.Area.Covers(f.Area)
}

func (s *Service) saveFiling(ctx context.Context, tx *act.Tx, f Filing) error {
	if err := saveFiling(ctx, tx.Tx, f); err != nil {
		return fmt.Errorf("save filing %s: %w", f.ID, err)
	}
	return tx.Changed(ctx, "filing", f.ID, f)
}

// FileAgreement files a signed agreement with the bureau through the platform (备案, 泉州 三(五)): the agreement carries that it is
// filed, the register its number and time.
func (s *Service) FileAgreement(ctx context.Context, id string) (Agreement, error) {
	var a Agreement
	_, err := s.acts.Do(ctx, act.Call{Act: "grant.agreement.file"}, func(ctx context.Context, tx *act.Tx) (err error) {
		if a, err = loadAgreement(ctx, tx.Tx, id); err != nil {
			return err
		}
		if actor := tx.Actor(); !actor.Has(access.Operator, access.Bureau) && !a.of(actor.Org) {
			return errs.New(errs.NotFound, noAgreement)
		}
		if err := tx.Judge(ctx, map[string]string{"org": a.Org, "agreement": a.ID}); err != nil {
			return err
		}
		if a.State != Signed {
			return errs.New(errs.Conflict, "协议须双方签署后才能备案, 请先完成签署")
		}
		f, found, err := findFiling(ctx, tx.Tx, a.ID, string(access.Bureau))
		if err == nil && !found {
			f, err = s.filingOf(ctx, tx, "agreement", a.ID, string(access.Bureau))
		}
		if err != nil {
			return err
		}
		if f.State == FilingDue {
			if err := s.number(ctx, tx, &f); err != nil {
				return err
			}
		}
		if found {
			err = s.saveFiling(ctx, tx, f)
		} else {
			err = s.insertFiling(ctx, tx, f)
		}
		if err != nil {
			return err
		}
		now := tx.Now()
		a.State, a.FiledAt = Filed, &now
		return s.saveAgreement(ctx, tx, a)
	})
	return a, err
}

// Filings is the register as the caller may read it: authorities what goes to them, organizations their own; due ones are
// outstanding.
func (s *Service) Filings(ctx context.Context, state, before string, limit int) (list []Filing, err error) {
	err = s.acts.View(ctx, func(tx *sqldb.Tx) error {
		actor := access.From(ctx)
		f := filingFilter{area: actor.Area, state: state, before: before, limit: limit}
		switch {
		case actor.Overseer(), actor.Has(access.Government):
		case actor.Has(access.Upper):
			f.to = string(access.Upper)
		default:
			f.org, f.area = scope(actor), ""
		}
		list, err = listFilings(ctx, tx, f)
		return err
	})
	return list, err
}
