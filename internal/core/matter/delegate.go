package matter

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"yunei/internal/base/errs"
	"yunei/internal/base/sqldb"
	"yunei/internal/base/workday"
	"yunei/internal/core/access"
	"yunei/internal/core/act"
)

// Delegation (委派) lets a colleague work in somebody's inboxes while they are absent.
type Delegation struct {
	ID     string       `json:"id"`
	From   string       `json:"from" doc:"Account that is absent"`
	To     string       `json:"to" doc:"Account of the same organization that works in its place"`
	Org    string       `json:"org"`
	Since  workday.Date `json:"since"`
	Until  workday.Date `json:"until" doc:"Last day"`
	Reason string       `json:"reason"`
	Ended  *time.Time   `json:"ended,omitempty"`
	Opened time.Time    `json:"opened"`
}

// maxDelegation bounds an absence: who is away for longer has a successor, not a deputy.
const maxDelegation = 366

// Delegate hands the actor's inboxes to a colleague for some days.
func (s *Service) Delegate(ctx context.Context, to string, since, until workday.Date, reason string) (Delegation, error) {
	var d Delegation
	_, err := s.acts.Do(ctx, act.Call{Act: "matter.delegate"}, func(ctx context.Context, tx *act.Tx) error {
		actor, today := tx.Actor(), workday.DateOf(tx.Now())
		if err := said(reason); err != nil {
			return err
		}
		switch {
		case !since.Valid() || !until.Valid() || until.Before(since) || until.Before(today):
			return errs.New(errs.Invalid, "委派的起止日期不正确, 请填写今天或者以后的日期")
		case until.Sub(since) > maxDelegation:
			return errs.New(errs.Invalid, "委派最长一年, 更长的请调整人员")
		case actor.Org == "":
			return errs.New(errs.Conflict, "您没有所在单位, 不能委派; 抽取的席位请提出回避")
		}
		a, err := access.LoadAccount(ctx, tx.Tx, to)
		if err != nil || a.Closed || a.Org != actor.Org || a.ID == actor.Account || !a.Actor().Has(deciders...) {
			return errs.New(errs.Invalid, "只能委派给本单位在用的办理人员账号, 请重新选择")
		}
		list, err := delegationsFrom(ctx, tx.Tx, actor.Account)
		if err != nil {
			return err
		}
		for _, old := range list {
			if old.Ended == nil && old.Since <= until && since <= old.Until {
				return errs.New(errs.Conflict, "您在 %s 至 %s 已有委派, 请先结束它", old.Since, old.Until)
			}
		}
		d = Delegation{ID: tx.NewID("dgt"), From: actor.Account, To: a.ID, Org: actor.Org, Since: since, Until: until, Reason: reason, Opened: tx.Now()}
		if err := insertDelegation(ctx, tx.Tx, d); err != nil {
			return err
		}
		if err := tx.Judge(ctx, map[string]string{"org": actor.Org}); err != nil {
			return err
		}
		return tx.Changed(ctx, "delegation", d.ID, d)
	})
	return d, err
}

// EndDelegation ends a delegation early; what was done under it stands.
func (s *Service) EndDelegation(ctx context.Context, id string) (Delegation, error) {
	var d Delegation
	_, err := s.acts.Do(ctx, act.Call{Act: "matter.delegate.end"}, func(ctx context.Context, tx *act.Tx) (err error) {
		if d, err = loadDelegation(ctx, tx.Tx, id); err != nil {
			return err
		}
		if d.From != tx.Actor().Account && d.To != tx.Actor().Account {
			return errs.New(errs.NotFound, noDelegation)
		}
		if d.Ended != nil {
			return errs.New(errs.Conflict, "这项委派已经结束, 请刷新查看")
		}
		now := tx.Now()
		d.Ended = &now
		if err := saveDelegation(ctx, tx.Tx, d); err != nil {
			return err
		}
		return tx.Changed(ctx, "delegation", d.ID, d)
	})
	return d, err
}

// Delegations lists what the actor delegated and what was delegated to the actor, newest first.
func (s *Service) Delegations(ctx context.Context) (list []Delegation, err error) {
	err = s.acts.View(ctx, func(tx *sqldb.Tx) error {
		list, err = delegationsOf(ctx, tx, access.From(ctx).Account)
		return err
	})
	return list, err
}

// Standing is the actor with those in whose place they work today: what they find in their inboxes and may decide.
func Standing(ctx context.Context, tx *sqldb.Tx, actor access.Actor) (access.Actor, error) {
	if !actor.SignedIn() || actor.Org == "" {
		return actor, nil
	}
	list, err := delegationsTo(ctx, tx, actor.Account, workday.DateOf(tx.Now()))
	if err != nil {
		return actor, err
	}
	actor.Deputies = nil
	for _, d := range list {
		a, err := access.LoadAccount(ctx, tx, d.From)
		if err != nil {
			return actor, err
		}
		if !a.Closed && a.Org == actor.Org { // who left takes their inboxes along
			actor.Deputies = append(actor.Deputies, access.Deputy{Delegation: d.ID, Account: a.ID, Name: a.Name, Org: a.Org, Roles: a.Roles, Area: a.Area})
		}
	}
	return actor, nil
}

const noDelegation = "没有这项委派, 请核对后重试"

func insertDelegation(ctx context.Context, tx *sqldb.Tx, d Delegation) error {
	body, err := json.Marshal(d)
	if err != nil {
		return fmt.Errorf("encode delegation: %w", err)
	}
	_, err = tx.Exec(ctx, `INSERT INTO delegation (id, from_account, to_account, since, until, ended, body) VALUES ($1, $2, $3, $4, $5, 0, $6)`,
		d.ID, d.From, d.To, d.Since.String(), d.Until.String(), string(body))
	return err
}

func saveDelegation(ctx context.Context, tx *sqldb.Tx, d Delegation) error {
	body, err := json.Marshal(d)
	if err != nil {
		return fmt.Errorf("encode delegation: %w", err)
	}
	_, err = tx.Exec(ctx, `UPDATE delegation SET ended = $2, body = $3 WHERE id = $1`, d.ID, d.Ended.UnixMicro(), string(body))
	return err
}

func scanDelegation(row interface{ Scan(...any) error }) (d Delegation, err error) {
	var id, from, to, since, until, body string
	if err = row.Scan(&id, &from, &to, &since, &until, &body); err != nil {
		return d, err
	}
	if err = json.Unmarshal([]byte(body), &d); err != nil {
		return d, fmt.Errorf("decode delegation %s: %w", id, err)
	}
	d.ID, d.From, d.To, d.Since, d.Until = id, from, to, workday.Date(since), workday.Date(until)
	return d, nil
}

const delegationColumns = `id, from_account, to_account, since, until, body`

func loadDelegation(ctx context.Context, tx *sqldb.Tx, id string) (Delegation, error) {
	d, err := scanDelegation(tx.QueryRow(ctx, `SELECT `+delegationColumns+` FROM delegation WHERE id = $1`, id))
	return d, missing(err, noDelegation)
}

func delegationsFrom(ctx context.Context, tx *sqldb.Tx, account string) ([]Delegation, error) {
	rows, err := tx.Query(ctx, `SELECT `+delegationColumns+` FROM delegation WHERE from_account = $1 ORDER BY id DESC`, account)
	return sqldb.Collect(rows, err, func(r *sqldb.Rows) (Delegation, error) { return scanDelegation(r) })
}

func delegationsOf(ctx context.Context, tx *sqldb.Tx, account string) ([]Delegation, error) {
	rows, err := tx.Query(ctx, `SELECT `+delegationColumns+` FROM delegation WHERE from_account = $1 OR to_account = $1 ORDER BY id DESC LIMIT 200`, account)
	return sqldb.Collect(rows, err, func(r *sqldb.Rows) (Delegation, error) { return scanDelegation(r) })
}

func delegationsTo(ctx context.Context, tx *sqldb.Tx, account string, day workday.Date) ([]Delegation, error) {
	rows, err := tx.Query(ctx, `SELECT `+delegationColumns+` FROM delegation
		WHERE to_account = $1 AND ended = 0 AND since <= $2 AND until >= $2 ORDER BY id`, account, day.String())
	return sqldb.Collect(rows, err, func(r *sqldb.Rows) (Delegation, error) { return scanDelegation(r) })
}
