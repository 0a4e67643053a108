package lab

import (
	"context"
	"strings"
	"time"

	"yunei/internal/base/errs"
	"yunei/internal/base/sqldb"
	"yunei/internal/base/workday"
	"yunei/internal/core/access"
	"yunei/internal/core/act"
	"yunei/internal/core/party"
	"yunei/internal/flow/grant"
)

// Values of a pack that say who bears what governance work costs, and what of it a data user is charged.
const (
	valueBearer = "fee.governance.bearer" // the kind of designation by which a body bears it, such as "benefit"
	valueCharge = "fee.governance"        // fen
)

// Cost (数据治理服务费) is what one piece of governance work on a scenario's data cost, and in whose books it stands.
type Cost struct {
	ID       string       `json:"id"`
	Space    string       `json:"space"`
	Scenario string       `json:"scenario"`
	Title    string       `json:"title" doc:"Of the scenario"`
	Work     string       `json:"work" doc:"What was done"`
	Amount   int64        `json:"amount" doc:"What it cost, in fen"`
	Day      workday.Date `json:"day" doc:"When it was done"`
	Bearer   string       `json:"bearer" doc:"The organization it is booked to"`
	Charged  int64        `json:"charged" doc:"What the data user is charged for it, in fen"`
	Cite     errs.Cite    `json:"cite"`
	By       string       `json:"by" doc:"Account that recorded it"`
	At       time.Time    `json:"at"`
}

// Charge (应付费用) is one line of a data user's bill.
type Charge struct {
	Title  string    `json:"title"`
	Times  int       `json:"times" doc:"Pieces of work"`
	Amount int64     `json:"amount" doc:"In fen"`
	Cite   errs.Cite `json:"cite"`
}

// Work is governance work to be booked.
type Work struct {
	Work   string       `json:"work" minLength:"2" maxLength:"2000"`
	Amount int64        `json:"amount" minimum:"1" doc:"In fen"`
	Day    workday.Date `json:"day"`
}

// RecordCost books governance work on the scenario of a space to whoever the law has bear it; the data user is charged what the law
// says, which may be nothing.
func (s *Service) RecordCost(ctx context.Context, spaceID string, w Work) (c Cost, err error) {
	_, err = s.Acts.Do(ctx, act.Call{Act: "lab.governance.record"}, func(ctx context.Context, tx *act.Tx) error {
		sp, err := loadSpace(ctx, tx.Tx, spaceID)
		if err != nil {
			return err
		}
		if over, err := grant.Oversees(ctx, tx.Tx, sp.Scenario); err != nil || !over {
			return errs.Or(err, errs.New(errs.NotFound, noSpace))
		}
		sc, err := grant.LoadScenario(ctx, tx.Tx, sp.Scenario)
		if err != nil {
			return err
		}
		w.Work = strings.TrimSpace(w.Work)
		if w.Work == "" || w.Amount <= 0 || !w.Day.Valid() || w.Day.After(tx.Day()) {
			return errs.New(errs.Invalid, "请写明治理工作的内容、大于零的费用和不晚于今天的日期")
		}
		borne, err := tx.Law().Value(valueBearer, tx.Day())
		if errs.Is(err, errs.NotFound) {
			err = errs.New(errs.Forbidden, "现行规则没有规定治理费用由谁承担, 不能登记; 请联系数据主管部门")
		}
		if err != nil {
			return err
		}
		charged, _, err := tx.Law().Int(valueCharge, tx.Day())
		if err != nil {
			return err
		}
		bearer, err := party.DesignatedAs(ctx, tx.Tx, party.DesignationKind(borne.Text), tx.Day())
		if err != nil {
			return err
		}
		if err := tx.JudgeAs(ctx, "lab.governance.record", map[string]string{"org": sp.Org, "plan": sc.ID, "space": sp.ID}, map[string]any{"cost.booked": bearer != ""}); err != nil {
			return err
		}
		if bearer == "" {
			return errs.New(errs.Conflict, "没有登记承担治理费用的单位, 或者登记了不止一个; 请数据主管部门先登记指定文件")
		}
		c = Cost{ID: tx.NewID("gvc"), Space: sp.ID, Scenario: sc.ID, Title: sc.Plan.Title, Work: w.Work, Amount: w.Amount, Day: w.Day, Bearer: bearer,
			Charged: charged, Cite: borne.Cite, By: tx.Actor().Account, At: tx.Now()}
		body, err := encode(c)
		if err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `INSERT INTO governance_cost (id, space, org, body) VALUES ($1, $2, $3, $4)`, c.ID, c.Space, c.Bearer, body); err != nil {
			return err
		}
		return tx.Changed(ctx, "governance-cost", c.ID, c)
	})
	return c, err
}

func loadCost(ctx context.Context, tx *sqldb.Tx, id string) (Cost, error) {
	list, err := sqldb.Bodies[Cost](ctx, tx, `SELECT body FROM governance_cost WHERE id = $1`, id)
	return one(list, err, "没有这笔治理费用, 请核对后重试")
}

// Costs are the books of whoever bears the governance work, newest first: its own, and to who supervises everybody's.
func (s *Service) Costs(ctx context.Context, before string, limit int) (list []Cost, err error) {
	actor := access.From(ctx)
	org := actor.Org
	switch {
	case actor.Overseer():
		org = ""
	case org == "":
		return nil, nil
	}
	err = s.Acts.View(ctx, func(tx *sqldb.Tx) (err error) {
		args := []any{org, before, limit}
		list, err = sqldb.Bodies[Cost](ctx, tx, `SELECT body FROM governance_cost
			WHERE ($1 = '' OR org = $1) AND ($2 = '' OR id < $2) AND `+inArea("space", actor.Area, &args)+` ORDER BY id DESC LIMIT $3`, args...)
		return err
	})
	return list, err
}

// bill is what the data user of a space is charged for governance work; what the work cost stands in another's books.
func (s *Service) bill(ctx context.Context, tx *sqldb.Tx, space string) ([]Charge, error) {
	v, err := s.Acts.Law().Value(valueCharge, workday.DateOf(tx.Now()))
	if errs.Is(err, errs.NotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	list, err := sqldb.Bodies[Cost](ctx, tx, `SELECT body FROM governance_cost WHERE space = $1`, space)
	line := Charge{Title: v.Title, Times: len(list), Cite: v.Cite}
	for _, c := range list {
		line.Amount += c.Charged
	}
	return []Charge{line}, err
}
