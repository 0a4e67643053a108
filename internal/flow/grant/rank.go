package grant

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"yunei/internal/base/errs"
	"yunei/internal/base/sqldb"
	"yunei/internal/core/access"
	"yunei/internal/core/act"
	"yunei/internal/core/notice"
)

// Rating (评分) is what one member of a body that chooses gave a candidate of a call, by the call's published criteria.
type Rating struct {
	ID       string           `json:"id"`
	Scenario string           `json:"scenario"`
	Call     string           `json:"call"`
	Org      string           `json:"org"`
	Account  string           `json:"account"`
	Scores   map[string]int64 `json:"scores" doc:"0 to 100, by criterion"`
	At       time.Time        `json:"at"`
}

// raters choose among the candidates of a call.
var raters = []access.Role{access.Bureau, access.Mechanism, access.Member, access.Expert, access.Department}

// Rate scores a candidate by every criterion its call published; doing it again replaces one's own scores.
func (s *Service) Rate(ctx context.Context, scenarioID string, scores map[string]int64) (Rating, error) {
	var r Rating
	_, err := s.acts.Do(ctx, act.Call{Act: "grant.scenario.rate"}, func(ctx context.Context, tx *act.Tx) error {
		sc, err := loadScenario(ctx, tx.Tx, scenarioID)
		if err != nil {
			return err
		}
		actor := tx.Actor()
		if !actor.Area.Covers(sc.Area) {
			return errs.New(errs.NotFound, noScenario)
		}
		if sc.Plan.Call == "" {
			return errs.New(errs.Conflict, "这个场景没有依据征集通告申请, 不参加排序")
		}
		n, err := notice.LoadCall(ctx, tx.Tx, sc.Plan.Call)
		if err != nil {
			return err
		}
		if err := mayRate(actor, sc, n); err != nil {
			return err
		}
		if err := n.Call.Scored(scores); err != nil {
			return err
		}
		r = Rating{ID: tx.NewID("rtg"), Scenario: sc.ID, Call: n.ID, Org: actor.Org, Account: actor.Account, Scores: scores, At: tx.Now()}
		if err := tx.QueryRow(ctx, `SELECT id FROM scenario_rating WHERE scenario = $1 AND account = $2`, sc.ID, actor.Account).Scan(&r.ID); err != nil && !errors.Is(err, sqldb.ErrNoRows) {
			return fmt.Errorf("earlier rating of %s: %w", sc.ID, err)
		}
		if err := tx.Judge(ctx, map[string]string{"org": sc.Org, "plan": sc.ID}); err != nil {
			return err
		}
		if err := putRating(ctx, tx.Tx, r); err != nil {
			return err
		}
		return tx.Changed(ctx, "rating", r.ID, r)
	})
	return r, err
}

// mayRate reports why somebody cannot score a candidate of a call.
func mayRate(a access.Actor, sc Scenario, n notice.Notice) error {
	switch {
	case a.Org == sc.Org && a.Org != "":
		return errs.New(errs.Forbidden, "不能为本单位的申请评分, 请由其他单位的人员办理")
	case len(n.Call.Criteria) == 0:
		return errs.New(errs.Conflict, "征集通告没有公布评选标准, 不能评分")
	}
	return nil
}

// Ranking (排序) is the candidates of a call in the order of the published criteria.
type Ranking struct {
	Criteria []notice.Criterion `json:"criteria"`
	Limit    int                `json:"limit" doc:"How many authorizations the call allows; 0: it does not say"`
	Sent     int                `json:"sent" doc:"Candidates that were sent for decision and not refused"`
	Items    []Candidate        `json:"items" doc:"Best first; unrated ones last"`
}

// Candidate is one application under a call. Its total is the mean of the raters' weighted scores, in hundredths: whoever has the
// ratings computes the same.
type Candidate struct {
	Rank     int              `json:"rank" doc:"Equal totals share a rank; 0: nobody rated it"`
	Scenario string           `json:"scenario"`
	Title    string           `json:"title"`
	Org      string           `json:"org"`
	Field    string           `json:"field,omitempty"`
	State    string           `json:"state"`
	Sent     bool             `json:"sent" doc:"Sent for decision"`
	Raters   int              `json:"raters"`
	Scores   map[string]int64 `json:"scores" doc:"Mean by criterion, in hundredths"`
	Total    int64            `json:"total" doc:"In hundredths"`
	Mine     map[string]int64 `json:"mine,omitempty" doc:"What the reader gave, by criterion"`
	Rate     *act.Option      `json:"rate,omitempty" doc:"Whether the reader may score it; absent for those who never do"`
}

// Ranking ranks the candidates of a call, for those who choose and supervise.
func (s *Service) Ranking(ctx context.Context, call string) (out Ranking, err error) {
	actor := access.From(ctx)
	if !actor.Has(append([]access.Role{access.Government, access.Operator, access.Auditor}, raters...)...) {
		return out, errs.New(errs.Forbidden, "候选场景的排序由审核和监督单位查看")
	}
	err = s.acts.View(ctx, func(tx *sqldb.Tx) error {
		n, err := notice.LoadCall(ctx, tx, call)
		if err != nil {
			return err
		}
		out = Ranking{Criteria: n.Call.Criteria, Limit: n.Call.Limit, Items: []Candidate{}}
		list, err := answering(ctx, tx, n.ID)
		if err != nil {
			return err
		}
		sent, err := sentUnder(ctx, tx, n.ID)
		if err != nil {
			return err
		}
		out.Sent = len(sent)
		ratings, err := ratingsOf(ctx, tx, n.ID)
		if err != nil {
			return err
		}
		for _, sc := range list {
			if !actor.Area.Covers(sc.Area) {
				continue
			}
			c := candidate(sc, n.Call.Criteria, ratings[sc.ID])
			c.Sent = slices.Contains(sent, sc.ID)
			if i := slices.IndexFunc(ratings[sc.ID], func(r Rating) bool { return r.Account == actor.Account }); i >= 0 {
				c.Mine = ratings[sc.ID][i].Scores
			}
			if actor.Has(raters...) {
				o, err := s.acts.Option(ctx, tx, "grant.scenario.rate", mayRate(actor, sc, n), map[string]string{"org": sc.Org, "plan": sc.ID})
				if err != nil {
					return err
				}
				c.Rate = &o
			}
			out.Items = append(out.Items, c)
		}
		rank(out.Items)
		return nil
	})
	return out, err
}

// candidate sums up what the raters gave one application.
func candidate(sc Scenario, criteria []notice.Criterion, ratings []Rating) Candidate {
	c := Candidate{Scenario: sc.ID, Title: sc.Plan.Title, Org: sc.Org, Field: sc.Plan.Field, State: sc.State, Raters: len(ratings), Scores: map[string]int64{}}
	if len(ratings) == 0 {
		return c
	}
	var total, weights int64
	for _, k := range criteria {
		var sum int64
		for _, r := range ratings {
			sum += r.Scores[k.Title]
		}
		c.Scores[k.Title] = sum * 100 / int64(len(ratings))
		total += sum * 100 * k.Weight
		weights += k.Weight
	}
	if weights > 0 {
		c.Total = total / (weights * int64(len(ratings)))
	}
	return c
}

// rank orders the candidates, best first; equal totals share a rank and stand in the order in which they were filed.
func rank(list []Candidate) {
	slices.SortStableFunc(list, func(a, b Candidate) int {
		return cmp.Or(cmp.Compare(min(b.Raters, 1), min(a.Raters, 1)), cmp.Compare(b.Total, a.Total), cmp.Compare(a.Scenario, b.Scenario))
	})
	for i := range list {
		switch {
		case list[i].Raters == 0:
		case i > 0 && list[i].Total == list[i-1].Total:
			list[i].Rank = list[i-1].Rank
		default:
			list[i].Rank = i + 1
		}
	}
}

// answering lists the scenarios that answer a call.
func answering(ctx context.Context, tx *sqldb.Tx, call string) ([]Scenario, error) {
	rows, err := tx.Query(ctx, `SELECT `+scenarioColumns+` FROM scenario WHERE answers = $1 AND answers <> '' ORDER BY id LIMIT 1000`, call)
	return sqldb.Collect(rows, err, func(r *sqldb.Rows) (Scenario, error) { return scanScenario(r) })
}

// sentUnder lists the scenarios of a call that were sent for decision and neither refused nor withdrawn.
func sentUnder(ctx context.Context, tx *sqldb.Tx, call string) ([]string, error) {
	rows, err := tx.Query(ctx, `SELECT s.id FROM scenario s WHERE s.answers = $1 AND s.answers <> ''
		AND EXISTS (SELECT 1 FROM declaration d WHERE d.scenario = s.id AND d.state IN ('`+Declared+`', '`+Approved+`')) ORDER BY s.id`, call)
	return sqldb.Collect(rows, err, func(r *sqldb.Rows) (id string, err error) { return id, r.Scan(&id) })
}

func ratingsOf(ctx context.Context, tx *sqldb.Tx, call string) (map[string][]Rating, error) {
	rows, err := tx.Query(ctx, `SELECT r.body FROM scenario_rating r JOIN scenario s ON s.id = r.scenario WHERE s.answers = $1 ORDER BY r.id`, call)
	list, err := sqldb.Collect(rows, err, func(r *sqldb.Rows) (v Rating, err error) {
		var body string
		if err := r.Scan(&body); err != nil {
			return v, err
		}
		return v, json.Unmarshal([]byte(body), &v)
	})
	out := map[string][]Rating{}
	for _, r := range list {
		out[r.Scenario] = append(out[r.Scenario], r)
	}
	return out, err
}

func putRating(ctx context.Context, tx *sqldb.Tx, r Rating) error {
	body, err := encode(r)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `INSERT INTO scenario_rating (id, scenario, account, body) VALUES ($1, $2, $3, $4)
		ON CONFLICT (id) DO UPDATE SET body = $4`, r.ID, r.Scenario, r.Account, body)
	return err
}

func loadRating(ctx context.Context, tx *sqldb.Tx, id string) (r Rating, err error) {
	var body string
	if err := tx.QueryRow(ctx, `SELECT body FROM scenario_rating WHERE id = $1`, id).Scan(&body); err != nil {
		return r, missing(err, noScenario)
	}
	return r, json.Unmarshal([]byte(body), &r)
}
