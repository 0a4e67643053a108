package story

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"yunei/internal/base/clock"
	"yunei/internal/base/errs"
	"yunei/internal/base/seal"
	"yunei/internal/base/workday"
)

// Told is what one step of the story left.
type Told struct {
	Step  string         `json:"step"`
	Title string         `json:"title"`
	Took  float64        `json:"seconds"`
	Facts map[string]any `json:"facts,omitempty"`
	Error string         `json:"error,omitempty"`
}

// Teller tells a city's story against a running platform.
type Teller struct {
	City   City         // the first city's when none is given
	Base   string       // http://127.0.0.1:port
	Clock  *clock.Set   // the platform's clock, moved forward where the law counts hours and days
	Anchor *seal.Anchor // signs the demonstration persons' certificates
	Ledger Ledger
	Tick   func(context.Context) // lets the platform's timers see the time at once
	Say    func(Told)

	people  map[string]*Client
	keys    map[string]signer
	ids     map[string]string
	facts   map[string]any
	members map[string]member
}

// Ledger is what the auditor does with the whole log, beside the API: export it and tamper with a copy.
type Ledger interface {
	// VerifyOffline exports the log and verifies it as an outsider would; it returns the number of entries.
	VerifyOffline(ctx context.Context) (int, error)
	// VerifyReceipt verifies one receipt offline.
	VerifyReceipt(ctx context.Context, receipt []byte) error
	// Tamper changes bytes in copies of the database and returns how many of the changes fsck found, of how many.
	Tamper(ctx context.Context) (found, of int, err error)
}

// Step is one step of the story.
type Step struct {
	Name  string
	Title string
	do    func(*Teller, context.Context) error
}

// Tell tells the story until the named step is done (until empty: to its end) and returns what every step left. It
// stops at the first step that fails.
func (t *Teller) Tell(ctx context.Context, until string) ([]Told, error) {
	t.people, t.keys, t.ids, t.members = map[string]*Client{}, map[string]signer{}, map[string]string{}, map[string]member{}
	if t.City.Name == "" {
		t.City = Cities()[0]
	}
	if until != "" && !t.City.Has(until) {
		return nil, errs.New(errs.Invalid, "故事里没有 %s 这一步, 请从 %s 到 %s 中选择", until, t.City.Steps[0].Name, t.City.Steps[len(t.City.Steps)-1].Name)
	}
	var all []Told
	for _, s := range t.City.Steps {
		t.facts = map[string]any{}
		began := time.Now()
		err := s.do(t, ctx)
		told := Told{Step: s.Name, Title: s.Title, Took: time.Since(began).Seconds(), Facts: t.facts}
		if err != nil {
			told.Error = err.Error()
		}
		all = append(all, told)
		if t.Say != nil {
			t.Say(told)
		}
		if err != nil {
			return all, fmt.Errorf("step %s: %w", s.Name, err)
		}
		if s.Name == until {
			break
		}
	}
	return all, nil
}

// Leave leaves the desks as the city leaves them once its whole story is told.
func (t *Teller) Leave(ctx context.Context, kit string) error {
	if t.City.Leave == nil {
		return nil
	}
	return t.City.Leave(t, ctx, kit)
}

// today is the legal day of the story's clock.
func (t *Teller) today() workday.Date { return workday.DateOf(t.Clock.Now()) }

func (t *Teller) fact(name string, value any) { t.facts[name] = value }

// as is the signed-in client of a seat.
func (t *Teller) as(ctx context.Context, login string) (*Client, error) {
	if c, ok := t.people[login]; ok {
		return c, nil
	}
	c, err := SignIn(ctx, t.Base, login, Password)
	if err != nil {
		return nil, fmt.Errorf("sign in as %s: %w", login, err)
	}
	t.people[login] = c
	return c, nil
}

// post does something as a seat.
func (t *Teller) post(ctx context.Context, login, path string, in, out any) error {
	c, err := t.as(ctx, login)
	if err != nil {
		return err
	}
	if err := c.Post(ctx, path, in, out); err != nil {
		return fmt.Errorf("%s: POST %s: %w", login, path, err)
	}
	return nil
}

// get reads as a seat.
func (t *Teller) get(ctx context.Context, login, path string, out any) error {
	c, err := t.as(ctx, login)
	if err != nil {
		return err
	}
	if err := c.Get(ctx, path, out); err != nil {
		return fmt.Errorf("%s: GET %s: %w", login, path, err)
	}
	return nil
}

// refused checks that something was refused, with this code and by this article where they are given. What is not
// refused, or refused otherwise, fails the story.
func (t *Teller) refused(name string, err error, code errs.Code, article string) error {
	p, ok := errors.AsType[*Problem](err)
	if !ok {
		return fmt.Errorf("%s: want a refusal (%s), got %v", name, code, err)
	}
	if code != "" && p.Code != code {
		return fmt.Errorf("%s: want %s, got %w", name, code, p)
	}
	fact := map[string]string{"code": string(p.Code), "said": p.Detail}
	if len(p.Cites) > 0 {
		fact["law"], fact["article"], fact["quote"], fact["rule"] = p.Cites[0].Law, p.Cites[0].Article, p.Cites[0].Quote, p.Cites[0].Rule
	}
	if len(p.Spots) > 0 && p.Spots[0].Code != "" {
		fact["guard"] = p.Spots[0].Code
	}
	t.fact(name, fact)
	if article == "" {
		return nil
	}
	if !slices.ContainsFunc(p.Cites, func(c errs.Cite) bool { return c.Article == article }) {
		return fmt.Errorf("%s: want article %s among the citations, got %w", name, article, p)
	}
	return nil
}

// checks answers every check of an open step with yes.
type checkAnswers map[string]bool

// decide takes the open step of a matter that this seat may decide, answers all its checks and gives a verdict.
func (t *Teller) decide(ctx context.Context, login, matterID, step, verdict, reason string) error {
	var page struct {
		Matter struct {
			Steps []struct {
				ID      string    `json:"id"`
				Records bool      `json:"records"`
				Draw    *struct{} `json:"draw"`
				Checks  []struct {
					ID string `json:"id"`
				} `json:"checks"`
			} `json:"steps"`
		} `json:"matter"`
		SignText string `json:"sign_text"`
	}
	if err := t.get(ctx, login, "/v1/matters/"+matterID, &page); err != nil {
		return err
	}
	answers, records, drawn := checkAnswers{}, false, false
	for _, s := range page.Matter.Steps {
		if s.ID == step {
			records, drawn = s.Records, s.Draw != nil
			for _, c := range s.Checks {
				answers[c.ID] = true
			}
		}
	}
	body := map[string]any{"step": step, "verdict": verdict, "reason": reason, "checks": answers, "no_conflict": drawn}
	if page.SignText != "" && verdict == "pass" {
		signature, err := t.sign(ctx, login, page.SignText)
		if err != nil {
			return err
		}
		body["signature"] = signature
	}
	if records { // decided elsewhere: the number and the paper of it
		digest, err := t.paper(ctx, login, reason)
		if err != nil {
			return err
		}
		body["document"] = map[string]string{"number": reason, "digest": digest}
	}
	return t.post(ctx, login, "/v1/matters/"+matterID+"/decide", body, nil)
}
