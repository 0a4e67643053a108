package regime

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"yunei/internal/base/errs"
	"yunei/internal/base/sqldb"
	"yunei/internal/base/workday"
)

// Outcome of one rule for one act.
type Outcome string

const (
	NotApplicable Outcome = "not-applicable" // its condition does not hold here
	NotInForce    Outcome = "not-in-force"   // not yet or no longer, on the day of the act
	Pass          Outcome = "pass"
	Notice        Outcome = "notice" // told to the parties
	Warn          Outcome = "warn"   // recorded against the act, which goes on
	Refuse        Outcome = "error"  // the act is refused
)

// Verdict (判定) is what one rule says about one act.
type Verdict struct {
	Rule    string         `json:"rule"`
	Outcome Outcome        `json:"outcome"`
	Cite    errs.Cite      `json:"cite"`
	Message string         `json:"message,omitempty"`
	Facts   map[string]any `json:"facts,omitempty" doc:"What the rule looked at"`
	Special []Special      `json:"special,omitempty" doc:"Special law whose settings the rule was judged by"`
}

// Judgement is what all rules bound to an act say about it.
type Judgement struct {
	Act      string       `json:"act"`
	Day      workday.Date `json:"day"`
	Verdicts []Verdict    `json:"verdicts"`
	Refused  bool         `json:"refused"`
}

// Err is nil unless the act is refused; then it is an errs.Unlawful error with one citation per refusing rule.
func (j Judgement) Err() error {
	if !j.Refused {
		return nil
	}
	e := &errs.Error{Code: errs.Unlawful}
	var messages []string
	for _, v := range j.Verdicts {
		if v.Outcome == Refuse {
			e.Cites = append(e.Cites, v.Cite)
			for _, s := range v.Special {
				e.Cites = append(e.Cites, s.Cite)
			}
			if !slices.Contains(messages, v.Message) { // rules of several packs may say the same
				messages = append(messages, v.Message)
			}
		}
	}
	e.Msg = strings.Join(messages, " ")
	return e
}

// Judge asks every rule bound to the act. objects maps the kinds of object the act carries to their ids ("org" → org_…);
// extra holds, by name, facts that only the act itself knows. Nothing is written; facts are read in tx.
func (l *Law) Judge(ctx context.Context, tx *sqldb.Tx, act string, day workday.Date, objects map[string]string, extra map[string]any) (Judgement, error) {
	return l.judge(l.view(ctx, tx, day, objects, extra), act, nil)
}

// Preview is Judge before the act is done, for the page that shows which acts are open: a rule that looks at something which
// does not exist yet (the papers of an application nobody filed) is left out. It decides what a button says, never an act.
func (l *Law) Preview(ctx context.Context, tx *sqldb.Tx, act string, day workday.Date, objects map[string]string, extra map[string]any) (Judgement, error) {
	v := l.view(ctx, tx, day, objects, extra)
	v.preview = true
	return l.judge(v, act, nil)
}

// judge is Judge over a view; only, when given, limits which rules are asked.
func (l *Law) judge(view *view, act string, only func(rule string) bool) (Judgement, error) {
	j := Judgement{Act: act, Day: view.day}
	view.act = act
	for _, p := range l.packs {
		if !l.asks(p.spec.ID, LapseRule) {
			continue
		}
		v, ok, err := l.lapse(view, p, act)
		if err != nil {
			return j, err
		}
		if ok && (only == nil || only(v.Rule)) {
			j.add(v)
		}
	}
	for _, r := range l.byAct[act] {
		if only != nil && !only(r.spec.ID) || view.preview && !view.knows(r) || !l.asks(r.pack.spec.ID, r.spec.ID) {
			continue
		}
		v, err := r.judge(view)
		if err != nil {
			return j, fmt.Errorf("按规则 %s/%s 判断操作 %s: %w", r.pack.spec.ID, r.spec.ID, act, err)
		}
		j.add(v)
	}
	return j, nil
}

func (j *Judgement) add(v Verdict) {
	j.Verdicts = append(j.Verdicts, v)
	j.Refused = j.Refused || v.Outcome == Refuse
}

// LapseRule is the id of the verdict that a pack's trial period is over.
const LapseRule = "trial"

// lapse judges an act by a pack's trial period (试行期). In the trial's last days the act passes with a notice.
func (l *Law) lapse(view *view, p *pack, act string) (Verdict, bool, error) {
	t := p.spec.Trial
	if t == nil || !contains(t.Closes, act) || view.day < p.spec.From {
		return Verdict{}, false, nil
	}
	v := Verdict{Rule: LapseRule, Outcome: Pass, Cite: p.cite(LapseRule, t.Cite)}
	if view.day.AddDays(t.Warn) <= t.Until {
		return v, true, nil
	}
	until, err := view.trialEnd(p)
	if err != nil {
		return v, false, err
	}
	v.Facts = map[string]any{"trial.until": string(until)}
	switch {
	case view.day > until:
		v.Outcome, v.Message = Refuse, fmt.Sprintf("%s试行期已于 %s 届满, 尚无延续决定。%s", p.spec.Title, until, t.Message)
	case view.day.AddDays(t.Warn) > until:
		v.Outcome, v.Message = Notice, fmt.Sprintf("%s试行期将于 %s 届满。%s", p.spec.Title, until, t.Message)
	}
	v.Cite.Message = v.Message
	return v, true, nil
}

// judge asks one rule.
func (r *rule) judge(view *view) (Verdict, error) {
	v := Verdict{Rule: r.spec.ID, Cite: r.pack.cite(r.spec.ID, r.spec.Cite)}
	inForce, err := view.inForce(r)
	if err != nil {
		return v, err
	}
	if !inForce {
		v.Outcome = NotInForce
		return v, nil
	}
	for _, object := range r.spec.About {
		if !view.carries(object) {
			v.Outcome = NotApplicable
			return v, nil
		}
	}
	used := map[string]any{}
	if r.when != nil {
		holds, facts, err := r.when.eval(view)
		if err != nil {
			return v, err
		}
		used = facts
		v.Special = r.applied(view)
		if !holds {
			v.Outcome, v.Facts = NotApplicable, used
			return v, nil
		}
	}
	v.Outcome, v.Facts = Pass, used
	missing, err := r.missing(view, used)
	if err != nil {
		return v, err
	}
	ok := len(missing) == 0
	if ok && r.check != nil {
		holds, facts, err := r.check.eval(view)
		if err != nil {
			return v, err
		}
		for name, value := range facts {
			used[name] = value
		}
		ok = holds
		v.Special = r.applied(view)
	}
	if ok && (r.check != nil || r.spec.Needs != nil) {
		return v, nil
	}
	v.Outcome = r.otherwise
	v.Message = because(v.Special) + r.message(view, used, missing)
	v.Cite.Message = v.Message
	return v, nil
}

// missing lists the titles of needed documents that are not there.
func (r *rule) missing(view *view, used map[string]any) ([]string, error) {
	if r.spec.Needs == nil {
		return nil, nil
	}
	have, err := view.fact(r.spec.Needs.In)
	if err != nil {
		return nil, err
	}
	used[r.spec.Needs.In] = have
	list, _ := have.([]string)
	var missing []string
	for _, slug := range r.spec.Needs.Documents {
		if !contains(list, slug) {
			d, _ := r.pack.document(slug)
			missing = append(missing, d.Title)
		}
	}
	return missing, nil
}

// message fills {fact.name}, {param.name}, {today} and {missing} into the rule's sentence.
func (r *rule) message(view *view, used map[string]any, missing []string) string {
	return placeholder.ReplaceAllStringFunc(r.spec.Message, func(m string) string {
		name := m[1 : len(m)-1]
		switch name {
		case "missing":
			return strings.Join(missing, "、")
		case "today":
			return string(view.day)
		}
		if value, ok := used[name]; ok {
			return fmt.Sprint(value)
		}
		if value, err := view.fact(name); err == nil {
			return fmt.Sprint(value)
		}
		return m
	})
}

func contains(list []string, s string) bool {
	for _, x := range list {
		if x == s {
			return true
		}
	}
	return false
}
