package story

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"

	"yunei/internal/base/workday"
)

type agreement struct {
	ID    string `json:"id"`
	State string `json:"state"`
}

// grant signs, files and starts: nothing runs on raw data before, and nothing starts before it is filed.
func (t *Teller) grant(ctx context.Context) error {
	err := t.post(ctx, bank.Login, "/v1/spaces/"+t.ids["space"]+"/runs", map[string]string{"version": t.ids["table"]}, nil)
	if err := t.refused("run_without_grant", err, "unlawful", ""); err != nil {
		return err
	}
	return t.grantTo(ctx, bank.Login, t.ids["declaration"], "grant")
}

func (t *Teller) grantTo(ctx context.Context, login, declaration, key string) error {
	terms := map[string]workday.Date{"from": t.today(), "until": t.today().AddYears(1)}
	var a agreement
	for _, party := range []string{login, "operator"} {
		if err := t.post(ctx, party, "/v1/declarations/"+declaration+"/sign", terms, &a); err != nil {
			return err
		}
	}
	if a.State != "signed" {
		return fmt.Errorf("the agreement is %s after both signatures, want signed", a.State)
	}
	err := t.post(ctx, "operator", "/v1/agreements/"+a.ID+"/start", nil, nil)
	if err := t.refused("start_before_filing", err, "unlawful", "三(五)"); err != nil {
		return err
	}
	if err := t.post(ctx, "operator", "/v1/agreements/"+a.ID+"/file", nil, nil); err != nil {
		return err
	}
	var g struct {
		ID     string `json:"id"`
		Budget int64  `json:"budget"`
	}
	if err := t.post(ctx, "operator", "/v1/agreements/"+a.ID+"/start", nil, &g); err != nil {
		return err
	}
	t.ids[key] = g.ID
	t.fact(key, map[string]any{"id": g.ID, "yearly_share_rho": float64(g.Budget) / 1e12})
	return nil
}

type run struct {
	ID     string `json:"id"`
	State  string `json:"state"`
	Rho    int64  `json:"rho"`
	Reused string `json:"reused"`
	Why    string `json:"why"`
}

// run runs the table on raw data; the same question again is served from the stored release and costs nothing.
func (t *Teller) run(ctx context.Context) error {
	path, body := "/v1/spaces/"+t.ids["space"]+"/runs", map[string]string{"version": t.ids["table"]}
	var first, again run
	if err := t.post(ctx, bank.Login, path, body, &first); err != nil {
		return err
	}
	if first.State != "done" {
		return fmt.Errorf("the run is %s (%s), want done", first.State, first.Why)
	}
	before, err := t.charged(ctx)
	if err != nil {
		return err
	}
	if err := t.post(ctx, bank.Login, path, body, &again); err != nil {
		return err
	}
	after, err := t.charged(ctx)
	if err != nil {
		return err
	}
	if again.Reused != first.ID || before != after || before != first.Rho {
		return fmt.Errorf("the same question again: reused %q, year charged %d then %d; want %q and %d both times", again.Reused, before, after, first.ID, first.Rho)
	}
	t.ids["run"], t.ids["again"] = first.ID, again.ID
	t.fact("charged_rho", float64(first.Rho)/1e12)
	t.fact("same_question_again_charged", after-before)
	err = t.post(ctx, bank.Login, path, map[string]string{"version": t.ids["band"]}, nil)
	return t.refused("one_person_model_in_bulk", err, "unlawful", "六(一)")
}

// charged is what the year of the card accounts has been charged.
func (t *Teller) charged(ctx context.Context) (int64, error) {
	var list struct {
		Items []struct {
			Kind    string `json:"kind"`
			Charged int64  `json:"charged"`
			Figure  struct {
				Level    string `json:"level"`
				Sentence string `json:"sentence"`
			} `json:"figure"`
		} `json:"items"`
	}
	if err := t.get(ctx, bank.Login, "/v1/budgets?resource="+t.ids["credit_default"], &list); err != nil {
		return 0, err
	}
	for _, b := range list.Items {
		if b.Kind == "resource-year" {
			t.fact("level", b.Figure.Level)
			t.fact("level_in_words", b.Figure.Sentence)
			return b.Charged, nil
		}
	}
	return 0, errors.New("no yearly budget of the card accounts")
}

type release struct {
	ID     string `json:"id"`
	Matter string `json:"matter"`
	State  string `json:"state"`
	Digest string `json:"digest"`
	Checks []struct {
		No      int    `json:"no"`
		Outcome string `json:"outcome"`
	} `json:"checks"`
}

// release takes the table through checks and review; what is exported has the digest that was decided on.
func (t *Teller) release(ctx context.Context) error {
	ask := map[string]string{"run": t.ids["run"], "purpose": "检验个人贷款产品分层定价的合理性", "recipient": "本行风险管理部", "retention": "一年"}
	var r release
	if err := t.post(ctx, bank.Login, "/v1/releases", ask, &r); err != nil {
		return err
	}
	if r.State != "in_review" {
		return fmt.Errorf("the release is %s after its checks %+v, want in_review", r.State, r.Checks)
	}
	c, err := t.as(ctx, bank.Login)
	if err != nil {
		return err
	}
	err = c.Post(ctx, "/v1/releases/"+r.ID+"/export", nil, nil)
	if err := t.refused("export_before_review", err, "conflict", ""); err != nil {
		return err
	}
	for _, o := range []struct{ login, step string }{{"operator", "check"}, {"bureau", "review"}, {"bureau2", "review"}} {
		if err := t.decide(ctx, o.login, r.Matter, o.step, "pass", "检查项目全部通过, 同意出域"); err != nil {
			return err
		}
	}
	decided, err := t.decided(ctx, r.ID)
	if err != nil {
		return err
	}
	var file []byte
	if err := c.Post(ctx, "/v1/releases/"+r.ID+"/export", nil, &file); err != nil {
		return err
	}
	sum := sha256.Sum256(file)
	if got := "sha256:" + hex.EncodeToString(sum[:]); got != decided {
		return fmt.Errorf("the exported file has digest %s, decided was %s", got, decided)
	}
	lines := strings.Split(strings.TrimSpace(string(file)), "\n")
	t.fact("checks_passed", len(r.Checks))
	t.fact("rows", len(lines)-1)
	t.fact("hidden_cells", strings.Count(string(file), "*"))
	t.fact("header", lines[0])
	t.fact("first_row", lines[1])
	t.fact("digest", decided)
	return nil
}

// decided is the digest of the file that was approved; before that its applicant does not read it.
func (t *Teller) decided(ctx context.Context, id string) (string, error) {
	var page struct {
		Release release `json:"release"`
	}
	err := t.get(ctx, bank.Login, "/v1/releases/"+id, &page)
	return page.Release.Digest, err
}
