package trace

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"yunei/internal/base/errs"
	"yunei/internal/base/sqldb"
	"yunei/internal/core/access"
	"yunei/internal/core/ledger"
	"yunei/internal/core/matter"
	"yunei/internal/core/regime"
	"yunei/internal/flow/catalog"
)

// Decision (决策卷) is a decision as it stood when it was taken: who took part, what they said, by which rules in which wording,
// when. Nothing in it comes from a row that may have changed since. 威海 第三十六条: 决策程序符合法律、法规规定.
type Decision struct {
	Seq      int64     `json:"seq" doc:"Ledger number of the decision"`
	Act      string    `json:"act"`
	Kind     string    `json:"kind" enum:"entry,matter"`
	Object   string    `json:"object"`
	Title    string    `json:"title"`
	Occurred string    `json:"occurred" doc:"Legal day"`
	At       time.Time `json:"at"`
	Sealed   bool      `json:"sealed" doc:"It has its place in the signed tree"`

	Parts  []Part         `json:"participants"`
	Basis  []Basis        `json:"basis" doc:"Rules it was judged by, as they were worded then"`
	Packs  []Pack         `json:"packs" doc:"Regulations in force then"`
	Entry  *catalog.Entry `json:"entry,omitempty" doc:"What was decided on, as it was decided"`
	Matter *matter.Matter `json:"matter,omitempty"`
}

// Part is what one person did on the way to a decision.
type Part struct {
	Seq      int64     `json:"seq"`
	At       time.Time `json:"at"`
	Occurred string    `json:"occurred"`
	Act      string    `json:"act"`
	Step     string    `json:"step,omitempty"`
	Account  string    `json:"account,omitempty"`
	Name     string    `json:"name,omitempty" doc:"As it was then"`
	Org      string    `json:"org,omitempty"`
	OrgName  string    `json:"org_name,omitempty" doc:"As it was then"`
	Verdict  string    `json:"verdict,omitempty"`
	Opinion  string    `json:"opinion,omitempty"`
}

// Basis is one rule with what it said.
type Basis struct {
	regime.PastRule
	Outcome string `json:"outcome"`
	Pack    string `json:"pack" doc:"Pack and digest of its text"`
	Law     string `json:"law"`
}

// Pack is a regulation in force at a decision.
type Pack struct {
	Name  string `json:"name" doc:"Pack and digest of its text"`
	Title string `json:"title"`
}

// deciding are the acts on a catalog entry that belong to the decision on it: what it holds, and how it is shared and opened.
func deciding(act string) bool { return strings.HasPrefix(act, "catalog.") }

const noDecision = "这件事项还没有作出决定, 作出后再调取决策卷"

// Decision draws the file of the last decision on a matter, or of the last word of the bureau on a catalog entry.
func (s *Service) Decision(ctx context.Context, kind, id string) (d Decision, err error) {
	err = s.Acts.View(ctx, func(tx *sqldb.Tx) error {
		log := s.Acts.Ledger()
		all, err := log.Concerning(ctx, tx, []string{id}, nil)
		if err != nil {
			return err
		}
		all = slices.DeleteFunc(all, func(e ledger.Record) bool {
			return e.Outcome != ledger.Done || kind == catalog.Kind && !deciding(e.Act)
		})
		d = Decision{Kind: kind, Object: id, Parts: []Part{}, Basis: []Basis{}, Packs: []Pack{}}
		last, err := d.last(ctx, tx, log, all)
		if err != nil {
			return err
		}
		e := all[last]
		d.Seq, d.Act, d.Occurred, d.At, d.Sealed = e.Seq, e.Act, e.Occurred, e.Recorded, e.Leaf != nil
		rules := map[string]Basis{}
		for _, b := range all[:last+1] {
			if err := d.took(ctx, tx, log, b); err != nil {
				return err
			}
			if err := d.judged(ctx, tx, b, rules); err != nil {
				return err
			}
		}
		return d.inForce(ctx, tx, e)
	})
	return d, err
}

// last finds the entry that decided, and reads what was decided on as that entry left it.
func (d *Decision) last(ctx context.Context, tx *sqldb.Tx, log *ledger.Log, all []ledger.Record) (int, error) {
	last, was := -1, matter.Running
	for i, e := range all {
		for _, c := range e.Changes {
			if c.Kind != d.Kind || c.ID != d.Object {
				continue
			}
			body, err := log.After(ctx, tx, c)
			if err != nil {
				return 0, err
			}
			if body == nil {
				return 0, errs.New(errs.NotFound, "这项决定的内容已依规删除, 只余账本中的摘要")
			}
			if i == 0 || d.Kind == catalog.Kind && (e.Act == "catalog.publish" || e.Act == "catalog.return") {
				if err := d.decided(ctx, tx, body); err != nil {
					return 0, err
				}
			}
			if d.Kind == catalog.Kind {
				if e.Act != "catalog.draft" && e.Act != "catalog.submit" {
					last = i
				}
				continue
			}
			var m matter.Matter
			if err := json.Unmarshal(body, &m); err != nil {
				return 0, fmt.Errorf("decode matter %s: %w", d.Object, err)
			}
			m.Discreet(access.From(ctx))
			if m.State != was && (m.State == matter.Passed || m.State == matter.Refused) {
				last, d.Matter = i, &m
			}
			was = m.State
		}
	}
	if last < 0 {
		return 0, errs.New(errs.NotFound, noDecision)
	}
	return last, nil
}

// decided reads what was decided on, for whoever may read it.
func (d *Decision) decided(ctx context.Context, tx *sqldb.Tx, body []byte) error {
	if d.Kind == catalog.Kind {
		d.Entry = &catalog.Entry{}
		if err := json.Unmarshal(body, d.Entry); err != nil {
			return fmt.Errorf("decode entry %s: %w", d.Object, err)
		}
		d.Title = d.Entry.Title
		return mayFollow(ctx, tx, *d.Entry)
	}
	d.Matter = &matter.Matter{}
	if err := json.Unmarshal(body, d.Matter); err != nil {
		return fmt.Errorf("decode matter %s: %w", d.Object, err)
	}
	d.Title = d.Matter.Title
	now, err := matter.Load(ctx, tx, d.Object)
	if err != nil {
		return err
	}
	actor := access.From(ctx)
	if inspects(actor, d.Matter.Area) && !now.StoodAside(actor) {
		return nil
	}
	seen, err := matter.MayRead(ctx, tx, d.Matter.Area, d.Matter.Applicant, d.Object)
	if err == nil && !seen {
		err = errs.New(errs.NotFound, "没有这项决定, 请从办件或者目录条目进入")
	}
	return err
}

// took adds what one person did, with the names that the ledger has of that instant.
func (d *Decision) took(ctx context.Context, tx *sqldb.Tx, log *ledger.Log, e ledger.Record) error {
	p := Part{Seq: e.Seq, At: e.Recorded, Occurred: e.Occurred, Act: e.Act, Step: e.Step, Account: e.Actor, Org: e.Org}
	for _, n := range []struct {
		kind, id string
		name     *string
	}{{"account", e.Actor, &p.Name}, {"organization", e.Org, &p.OrgName}} {
		body, err := log.AsOf(ctx, tx, n.kind, n.id, e.Recorded)
		if err != nil {
			return err
		}
		var then struct{ Name string }
		if body != nil {
			if err := json.Unmarshal(body, &then); err != nil {
				return fmt.Errorf("decode %s %s: %w", n.kind, n.id, err)
			}
		}
		*n.name = then.Name
	}
	var err error
	if d.Kind == catalog.Kind {
		err = p.onEntry(ctx, tx, log, e)
	} else {
		p.inMatter(*d.Matter)
	}
	d.Parts = append(d.Parts, p)
	return err
}

// onEntry is what the bureau said when it returned or published an entry.
func (p *Part) onEntry(ctx context.Context, tx *sqldb.Tx, log *ledger.Log, e ledger.Record) error {
	for _, c := range e.Changes {
		if c.Kind != catalog.Kind {
			continue
		}
		body, err := log.After(ctx, tx, c)
		if err != nil || body == nil {
			return err
		}
		var then catalog.Entry
		if err := json.Unmarshal(body, &then); err != nil {
			return fmt.Errorf("decode entry %s: %w", c.ID, err)
		}
		switch e.Act {
		case "catalog.return":
			p.Verdict, p.Opinion = string(matter.Return), then.Opinion
		case "catalog.publish":
			p.Verdict = string(matter.Pass)
		}
	}
	return nil
}

// inMatter is the opinion that was given at that instant, as the decision found it.
func (p *Part) inMatter(m matter.Matter) {
	for _, s := range m.Steps {
		for _, o := range append(slices.Clone(s.Past), s.Opinions...) {
			if o.Account == p.Account && o.At.Equal(p.At) {
				p.Step, p.Verdict, p.Opinion, p.Name = s.Title, string(o.Verdict), o.Reason, o.Name
			}
		}
	}
}

// judged adds the rules that an act was judged by. Of a rule that spoke several times the last counts.
func (d *Decision) judged(ctx context.Context, tx *sqldb.Tx, e ledger.Record, known map[string]Basis) error {
	for _, v := range e.Verdicts {
		pack, id, _ := strings.Cut(v.Rule, "/")
		i := slices.IndexFunc(e.Regimes, func(name string) bool { return strings.HasPrefix(name, pack+"@") })
		if i < 0 {
			continue
		}
		key := e.Regimes[i] + "/" + id
		b, have := known[key]
		if !have {
			then, err := regime.Then(ctx, tx, e.Regimes[i])
			if err != nil {
				return err
			}
			rule, there := then.Rule(id)
			if !there { // no rule but a word about the pack itself: that it is on trial, that its term is over
				continue
			}
			b = Basis{PastRule: rule, Pack: e.Regimes[i], Law: then.Title()}
		}
		b.Outcome = v.Outcome
		known[key] = b
		d.Basis = slices.DeleteFunc(d.Basis, func(o Basis) bool { return o.Pack == b.Pack && o.Rule == b.Rule })
		d.Basis = append(d.Basis, b)
	}
	return nil
}

// inForce names the regulations under which the decision was taken.
func (d *Decision) inForce(ctx context.Context, tx *sqldb.Tx, e ledger.Record) error {
	for _, name := range e.Regimes {
		then, err := regime.Then(ctx, tx, name)
		if err != nil {
			return err
		}
		d.Packs = append(d.Packs, Pack{Name: name, Title: then.Title()})
	}
	return nil
}
