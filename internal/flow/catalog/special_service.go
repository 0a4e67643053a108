package catalog

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"yunei/internal/base/errs"
	"yunei/internal/base/sqldb"
	"yunei/internal/base/workday"
	"yunei/internal/core/access"
	"yunei/internal/core/act"
	"yunei/internal/core/notice"
	"yunei/internal/core/regime"
)

// Acts about special law.
const (
	ActSpecial        = "catalog.special.record"
	ActSpecialConfirm = "catalog.special.confirm"
	ActSpecialDecline = "catalog.special.decline"
	ActSpecialEnd     = "catalog.special.end"
)

func (s *Service) defineSpecials(acts *act.Runner) {
	acts.Define(
		act.Def{Name: ActSpecial, Roles: []access.Role{access.Holder}},
		act.Def{Name: ActSpecialConfirm, Roles: []access.Role{access.Bureau}},
		act.Def{Name: ActSpecialDecline, Roles: []access.Role{access.Bureau}},
		act.Def{Name: ActSpecialEnd, Roles: []access.Role{access.Holder}},
	)
	acts.Ledger().Register("special", func(ctx context.Context, tx *sqldb.Tx, id string) (any, error) { return loadSpecial(ctx, tx, id) })
	acts.Law().RegisterSpecials(Kind, inForce)
}

// inForce are the special laws of an entry that hold on a day, as the law applies them.
func inForce(ctx context.Context, tx *sqldb.Tx, entry string, day workday.Date) (out []regime.Special, err error) {
	list, err := specialsOf(ctx, tx, entry)
	for _, s := range list {
		if s.State == SpecialRecorded || !s.holds() || day < s.From || s.Until != "" && day > s.Until {
			continue
		}
		set := regime.Special{ID: s.ID, Value: s.Value, Text: s.Text, Cite: errs.Cite{Rule: s.ID, Law: s.Law, Article: s.Article, Quote: s.Quote}}
		if s.Int != nil {
			set.Int = *s.Int
		}
		out = append(out, set)
	}
	return out, err
}

// RecordSpecial records a special law about one's own entry; the bureau's confirmation makes it hold.
func (s *Service) RecordSpecial(ctx context.Context, entry string, d SpecialDraft) (Special, error) {
	var out Special
	_, err := s.acts.Do(ctx, act.Call{Act: ActSpecial}, func(ctx context.Context, tx *act.Tx) error {
		e, err := s.ownEntry(ctx, tx, entry)
		if err != nil {
			return err
		}
		open, err := d.check(tx.Law().Open(tx.Day()))
		if err != nil {
			return err
		}
		d.Law = strings.Trim(strings.TrimSpace(d.Law), "《》")
		out = Special{ID: tx.NewID("spc"), Entry: e.ID, SpecialDraft: d, Text: d.text(open), Title: open.Value.Title, State: SpecialRecorded,
			Recorder: tx.Actor().Account, Recorded: tx.Now()}
		out.Setting = open.Words(out.Int, out.Text)
		others, err := specialsOf(ctx, tx.Tx, e.ID)
		if err != nil {
			return err
		}
		if i := slices.IndexFunc(others, out.meets); i >= 0 {
			return errs.New(errs.Conflict, "这项数据已登记《%s》%s的特别规定, 同一取值的适用日期相互重叠; 请先终止前一项, 或者改正日期", others[i].Law, others[i].Article)
		}
		return s.askSpecial(ctx, tx, e, out)
	})
	return out, err
}

// ConfirmSpecial makes a recorded special law hold, or lets one end on the day its holder asked for.
func (s *Service) ConfirmSpecial(ctx context.Context, id string) (Special, error) {
	return s.decideSpecial(ctx, ActSpecialConfirm, id, func(tx *act.Tx, sp Special) (Special, error) { return sp.Confirm(tx.Actor().Account, tx.Now()) })
}

// DeclineSpecial refuses a recorded special law, or its end.
func (s *Service) DeclineSpecial(ctx context.Context, id, reason string) (Special, error) {
	return s.decideSpecial(ctx, ActSpecialDecline, id, func(tx *act.Tx, sp Special) (Special, error) {
		return sp.Decline(reason, tx.Actor().Account, tx.Now())
	})
}

func (s *Service) decideSpecial(ctx context.Context, name, id string, step func(*act.Tx, Special) (Special, error)) (Special, error) {
	var out Special
	_, err := s.acts.Do(ctx, act.Call{Act: name}, func(ctx context.Context, tx *act.Tx) error {
		sp, e, err := s.seenSpecial(ctx, tx.Tx, id)
		if err != nil {
			return err
		}
		if err := s.decidesSpecial(ctx, tx.Tx, tx.Actor(), e); err != nil {
			return err
		}
		if out, err = step(tx, sp); err != nil {
			return err
		}
		if err := s.keepSpecial(ctx, tx, e, out); err != nil {
			return err
		}
		return notice.Send(ctx, tx, notice.Message{Kind: notice.SpecialDecided, ObjectKind: Kind, Object: e.ID,
			Params: map[string]string{"title": e.Title, "law": out.Law, "state": out.State}}, access.WholeOrg(e.Holder))
	})
	return out, err
}

// EndSpecial asks the bureau to let a special law end earlier, with a reason.
func (s *Service) EndSpecial(ctx context.Context, id string, last workday.Date, reason string) (Special, error) {
	var out Special
	_, err := s.acts.Do(ctx, act.Call{Act: ActSpecialEnd}, func(ctx context.Context, tx *act.Tx) error {
		sp, e, err := s.seenSpecial(ctx, tx.Tx, id)
		if err != nil {
			return err
		}
		if e.Holder != tx.Actor().Org {
			return errs.New(errs.Forbidden, "特别规定由数据提供单位提出终止, 请联系该单位")
		}
		if last < tx.Day() {
			return errs.New(errs.Invalid, "最后适用日不能早于今天, 请改正")
		}
		if out, err = sp.End(last, reason); err != nil {
			return err
		}
		return s.askSpecial(ctx, tx, e, out)
	})
	return out, err
}

// askSpecial keeps what waits for the bureau of the entry's level, and tells it.
func (s *Service) askSpecial(ctx context.Context, tx *act.Tx, e Entry, sp Special) error {
	if err := s.keepSpecial(ctx, tx, e, sp); err != nil {
		return err
	}
	area, err := access.AreaOf(ctx, tx.Tx, e.Holder)
	if err != nil {
		return err
	}
	return notice.Send(ctx, tx, notice.Message{Kind: notice.SpecialAsked, ObjectKind: Kind, Object: e.ID,
		Params: map[string]string{"title": e.Title, "law": sp.Law, "state": sp.State}}, access.AreaAddress(access.Bureau, area))
}

// decidesSpecial refuses whoever does not decide on special laws of the entry: its own holder, and a bureau of another level.
func (s *Service) decidesSpecial(ctx context.Context, tx *sqldb.Tx, a access.Actor, e Entry) error {
	if e.Holder == a.Org {
		return errs.New(errs.Forbidden, "不能确认本单位登记的特别规定, 请由其他单位的人员办理")
	}
	return s.OwnLevel(ctx, tx, e)
}

// ownEntry is an entry of the actor's own.
func (s *Service) ownEntry(ctx context.Context, tx *act.Tx, id string) (Entry, error) {
	e, err := loadEntry(ctx, tx.Tx, id)
	if err != nil {
		return e, err
	}
	if ok, err := visible(ctx, tx.Tx, tx.Actor(), e); err != nil || !ok {
		return Entry{}, errs.Or(err, notFound())
	}
	if e.Holder != tx.Actor().Org {
		return e, errs.New(errs.Forbidden, "特别规定由数据提供单位登记, 请联系该单位")
	}
	return e, nil
}

// seenSpecial is a special law with its entry, to whoever may see that.
func (s *Service) seenSpecial(ctx context.Context, tx *sqldb.Tx, id string) (sp Special, e Entry, err error) {
	if sp, err = loadSpecial(ctx, tx, id); err != nil {
		return sp, e, err
	}
	if e, err = loadEntry(ctx, tx, sp.Entry); err != nil {
		return sp, e, err
	}
	ok, err := visible(ctx, tx, access.From(ctx), e)
	if err == nil && !ok {
		err = noSpecial()
	}
	return sp, e, err
}

func (s *Service) keepSpecial(ctx context.Context, tx *act.Tx, e Entry, sp Special) error {
	if err := saveSpecial(ctx, tx.Tx, sp); err != nil {
		return err
	}
	if err := tx.Judge(ctx, objects(e)); err != nil {
		return err
	}
	return tx.Changed(ctx, "special", sp.ID, sp)
}

// SpecialItem is a special law with what the caller may do about it.
type SpecialItem struct {
	Special
	InForce bool         `json:"in_force" doc:"Holds today"`
	General string       `json:"general" doc:"What would hold without it, in words"`
	Acts    []act.Option `json:"acts"`
}

// SpecialPage are the special laws of one entry, newest first, and what may be set.
type SpecialPage struct {
	Items []SpecialItem     `json:"items"`
	Open  []regime.Openness `json:"open" doc:"What of the law in force a special law may take the place of; empty: nothing"`
	Acts  []act.Option      `json:"acts"`
}

// Specials lists the special laws of an entry to whoever may see it.
func (s *Service) Specials(ctx context.Context, entry string) (SpecialPage, error) {
	page := SpecialPage{Items: []SpecialItem{}, Acts: []act.Option{}}
	err := s.acts.View(ctx, func(tx *sqldb.Tx) error {
		actor, today := access.From(ctx), workday.DateOf(tx.Now())
		e, err := loadEntry(ctx, tx, entry)
		if err != nil {
			return err
		}
		if ok, err := visible(ctx, tx, actor, e); err != nil || !ok {
			return errs.Or(err, notFound())
		}
		page.Open = s.acts.Law().Open(today)
		list, err := specialsOf(ctx, tx, entry)
		if err != nil {
			return err
		}
		slices.Reverse(list)
		for _, sp := range list {
			item, err := s.specialItem(ctx, tx, e, sp, page.Open, today)
			if err != nil {
				return err
			}
			page.Items = append(page.Items, item)
		}
		var state error
		if len(page.Open) == 0 {
			_, state = SpecialDraft{}.check(nil)
		}
		o, err := s.acts.Option(ctx, tx, ActSpecial, errs.Or(foreignTo(actor, e), state), objects(e))
		page.Acts = append(page.Acts, o)
		return err
	})
	return page, err
}

func foreignTo(a access.Actor, e Entry) error {
	if e.Holder == a.Org {
		return nil
	}
	return errs.New(errs.Forbidden, "特别规定由数据提供单位登记和提出终止, 请联系该单位")
}

func (s *Service) specialItem(ctx context.Context, tx *sqldb.Tx, e Entry, sp Special, open []regime.Openness, today workday.Date) (SpecialItem, error) {
	actor, now := access.From(ctx), tx.Now()
	item := SpecialItem{Special: sp, Acts: []act.Option{}}
	item.InForce = sp.State != SpecialRecorded && sp.holds() && today >= sp.From && (sp.Until == "" || today <= sp.Until)
	if i := slices.IndexFunc(open, func(o regime.Openness) bool { return o.Value.Name == sp.Value }); i >= 0 {
		item.General = open[i].Setting
	}
	level := s.decidesSpecial(ctx, tx, actor, e)
	_, confirm := sp.Confirm(actor.Account, now)
	_, decline := sp.Decline("-", actor.Account, now)
	_, end := sp.End(sp.From, "-")
	if errs.Is(end, errs.Invalid) {
		end = nil // the day is not chosen yet
	}
	for _, o := range []struct {
		name  string
		state error
	}{{ActSpecialConfirm, errs.Or(level, confirm)}, {ActSpecialDecline, errs.Or(level, decline)}, {ActSpecialEnd, errs.Or(foreignTo(actor, e), end)}} {
		option, err := s.acts.Option(ctx, tx, o.name, o.state, objects(e))
		if err != nil {
			return item, err
		}
		item.Acts = append(item.Acts, option)
	}
	return item, nil
}

func noSpecial() error {
	return errs.New(errs.NotFound, "没有这项特别规定, 请从目录条目进入")
}

func saveSpecial(ctx context.Context, tx *sqldb.Tx, s Special) error {
	body, err := json.Marshal(s)
	if err != nil {
		return fmt.Errorf("encode special %s: %w", s.ID, err)
	}
	_, err = tx.Exec(ctx, `INSERT INTO special_rule (id, entry, value, state, from_day, until_day, body) VALUES ($1, $2, $3, $4, $5, $6, $7)
		ON CONFLICT (id) DO UPDATE SET state = $4, from_day = $5, until_day = $6, body = $7`,
		s.ID, s.Entry, s.Value, s.State, s.From.String(), s.Until.String(), string(body))
	if err != nil {
		return fmt.Errorf("save special %s: %w", s.ID, err)
	}
	return nil
}

const specialColumns = `id, entry, value, state, from_day, until_day, body`

func scanSpecial(r interface{ Scan(...any) error }) (s Special, err error) {
	var id, entry, value, state, from, until, body string
	if err := r.Scan(&id, &entry, &value, &state, &from, &until, &body); err != nil {
		return s, err
	}
	err = json.Unmarshal([]byte(body), &s)
	s.ID, s.Entry, s.Value, s.State, s.From, s.Until = id, entry, value, state, workday.Date(from), workday.Date(until)
	return s, err
}

func loadSpecial(ctx context.Context, tx *sqldb.Tx, id string) (Special, error) {
	s, err := scanSpecial(tx.QueryRow(ctx, `SELECT `+specialColumns+` FROM special_rule WHERE id = $1`, id))
	if errors.Is(err, sqldb.ErrNoRows) {
		return s, noSpecial()
	}
	return s, err
}

func specialsOf(ctx context.Context, tx *sqldb.Tx, entry string) ([]Special, error) {
	return sqldb.List(ctx, tx, func(r *sqldb.Rows) (Special, error) { return scanSpecial(r) },
		`SELECT `+specialColumns+` FROM special_rule WHERE entry = $1 ORDER BY id`, entry)
}
