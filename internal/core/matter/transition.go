package matter

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"yunei/internal/base/errs"
	"yunei/internal/base/sqldb"
	"yunei/internal/base/workday"
	"yunei/internal/core/access"
	"yunei/internal/core/act"
	"yunei/internal/core/notice"
	"yunei/internal/core/regime"
)

// Transition (过渡适用) moves values of later law to matters that run under an earlier version. One person of the bureau proposes it
// after seeing what it does, another confirms it: then the matters are moved in one act, the first so many where there are more.
type Transition struct {
	ID        string      `json:"id"`
	State     string      `json:"state" enum:"proposed,done,dropped"`
	Area      access.Area `json:"area,omitempty"`
	Values    []Differing `json:"values" doc:"As they were proposed"`
	Reason    string      `json:"reason"`
	Late      bool        `json:"late,omitempty" doc:"Accepts that steps are overdue at once"`
	By        string      `json:"by"`
	Name      string      `json:"name"`
	At        time.Time   `json:"at"`
	Closer    string      `json:"closer,omitempty" doc:"Who confirmed or dropped it"`
	CloseName string      `json:"close_name,omitempty"`
	Closed    *time.Time  `json:"closed,omitempty"`
	Remark    string      `json:"remark,omitempty" doc:"What the closer said"`
	Shifts    []Shift     `json:"shifts,omitempty" doc:"What it did to each period"`
	More      bool        `json:"more,omitempty" doc:"Further matters were left for the next act"`
}

// States of a transition.
const (
	Proposed = "proposed"
	Done     = "done"
	Dropped  = "dropped"
)

// Differing is a value that some running matters were accepted under another version of.
type Differing struct {
	Value   string          `json:"value"`
	Title   string          `json:"title"`
	Now     regime.Within   `json:"now" doc:"As it is in force today"`
	Was     []regime.Within `json:"was" doc:"The versions that matters run under"`
	Running *errs.Cite      `json:"running,omitempty" doc:"The transitional article; without it the value cannot be moved"`
	Matters int             `json:"matters" doc:"How many running matters it would be moved to"`
	Kept    int             `json:"kept" doc:"How many periods stay as they are, because they were missed, announced or would take time from somebody"`
}

// Preview is what a transition would do today.
type Preview struct {
	Values []Differing `json:"values"`
	Shifts []Shift     `json:"shifts"`
	More   bool        `json:"more,omitempty" doc:"Further matters are left for the next act"`
	Late   int         `json:"late" doc:"How many steps are overdue at once"`
	Seen   string      `json:"seen" doc:"Stands for exactly this: who proposes or confirms says what they saw"`
}

// moveChanges is how many matters and messages one act changes at most: they stand in one ledger entry, and its transaction holds
// up the other acts of the house.
const moveChanges = 300

// Differences are the values that running matters in the actor's area were accepted under another version of.
func (s *Service) Differences(ctx context.Context) (list []Differing, err error) {
	if !access.From(ctx).Overseer() {
		return []Differing{}, nil
	}
	err = s.acts.View(ctx, func(tx *sqldb.Tx) error {
		list, _, err = s.differ(ctx, tx, access.From(ctx).Area)
		return err
	})
	return list, err
}

// differ compares what running matters rest on with the law of today, and names the matters, in order, by value.
func (s *Service) differ(ctx context.Context, tx *sqldb.Tx, area access.Area) ([]Differing, map[string][]string, error) {
	day, law := workday.DateOf(tx.Now()), s.acts.Law()
	found, matters := map[string]*Differing{}, map[string][]string{}
	lo, hi := area.Range()
	rows, err := tx.Query(ctx, `SELECT `+matterColumns+` FROM matter WHERE state IN ('running', 'returned') AND area >= $1 AND area < $2 ORDER BY id`, lo, hi)
	running, err := sqldb.Collect(rows, err, func(r *sqldb.Rows) (*Matter, error) { return scanMatter(r) })
	if err != nil {
		return nil, nil, err
	}
	list, today := []Differing{}, s.procedures(day)
	for _, m := range running {
		proc, err := today(m.Kind)
		if err != nil {
			return nil, nil, err
		}
		for _, p := range m.periods() {
			name := p.limit.Value
			if name == "" {
				continue
			}
			d, known := found[name]
			if !known {
				d = &Differing{Value: name, Was: []regime.Within{}}
				if d.Now, d.Title, d.Running, err = law.Period(name, day); errs.Is(err, errs.NotFound) {
					d.Value = "" // a value that the law does not set any more has no other version
				} else if err != nil {
					return nil, nil, err
				}
				found[name] = d
			}
			if d.Value == "" {
				continue
			}
			now := p.aim(d.Now, proc)
			if p.limit.Same(now) {
				continue
			}
			if !slices.ContainsFunc(d.Was, func(w regime.Within) bool { return w.Same(*p.limit) && w.Version == p.limit.Version }) {
				d.Was = append(d.Was, *p.limit)
			}
			if probe := m.deadline(p); probe != nil && m.kept(p, Shift{Before: probe, Now: now}, counter{law.Calendar()}, day) != "" {
				d.Kept++
				continue
			}
			if ids := matters[name]; len(ids) == 0 || ids[len(ids)-1] != m.ID {
				matters[name] = append(ids, m.ID)
			}
		}
	}
	for name, d := range found {
		if len(d.Was) > 0 {
			d.Matters = len(matters[name])
			list = append(list, *d)
		}
	}
	slices.SortFunc(list, func(a, b Differing) int { return strings.Compare(a.Value, b.Value) })
	return list, matters, nil
}

// plan are the values that were chosen, and the matters that differ in one of them. It refuses what no transitional article
// allows.
func (s *Service) plan(ctx context.Context, tx *sqldb.Tx, area access.Area, values []string) (chosen []Differing, ids []string, err error) {
	list, matters, err := s.differ(ctx, tx, area)
	if err != nil {
		return nil, nil, err
	}
	if len(values) == 0 {
		return nil, nil, errs.New(errs.Invalid, "请选择要适用于在办件的取值")
	}
	for _, name := range values {
		i := slices.IndexFunc(list, func(d Differing) bool { return d.Value == name })
		if i < 0 {
			return nil, nil, errs.New(errs.NotFound, "在办件所依据的 %s 与现行规定没有不同, 请刷新后重新选择", name)
		}
		if err := list[i].allowed(); err != nil {
			return nil, nil, err
		}
		chosen = append(chosen, list[i])
		ids = append(ids, matters[name]...)
	}
	slices.Sort(ids)
	return chosen, slices.Compact(ids), nil
}

// allowed refuses to move a value that no transitional article lets be moved.
func (d Differing) allowed() error {
	if d.Running != nil {
		return nil
	}
	return refuse(errs.Unlawful, d.Now.Cite, "《%s》没有规定“%s”的新规定可以适用于已受理的办件, 在办件继续按受理时的规定办理; 法规另有过渡条款的, 请在规则包中以 running 写明依据",
		strings.Trim(d.Now.Cite.Law, "《》"), d.Title)
}

// procedures gives the procedure of a day for a kind, each read once; a kind that the law has none for any more asks for nothing.
func (s *Service) procedures(day workday.Date) func(kind string) (regime.Procedure, error) {
	known := map[string]regime.Procedure{}
	return func(kind string) (regime.Procedure, error) {
		p, ok := known[kind]
		if ok {
			return p, nil
		}
		p, err := s.acts.Law().Procedure(kind, day)
		if err != nil && !errs.Is(err, errs.NotFound) {
			return p, err
		}
		known[kind] = p
		return p, nil
	}
}

func changesOf(values []Differing) map[string]Change {
	out := map[string]Change{}
	for _, d := range values {
		out[d.Value] = Change{Now: d.Now, Cite: *d.Running}
	}
	return out
}

// Preview tells what moving the values would do today. It changes nothing.
func (s *Service) Preview(ctx context.Context, values []string) (p Preview, err error) {
	if !access.From(ctx).Overseer() {
		return p, errs.New(errs.Forbidden, "过渡适用由数据主管部门办理, 请联系他们")
	}
	err = s.acts.View(ctx, func(tx *sqldb.Tx) error {
		p, _, err = s.preview(ctx, tx, access.From(ctx).Area, values, "", func(ctx context.Context, id string) (*Matter, error) { return Load(ctx, tx, id) })
		return err
	})
	return p, err
}

// preview moves the values on the matters in memory; load says how each is had.
func (s *Service) preview(ctx context.Context, tx *sqldb.Tx, area access.Area, values []string, transition string,
	load func(ctx context.Context, id string) (*Matter, error)) (p Preview, moved []*Matter, err error) {
	chosen, ids, err := s.plan(ctx, tx, area, values)
	if err != nil {
		return p, nil, err
	}
	p = Preview{Values: chosen, Shifts: []Shift{}}
	changes, c, day, size := changesOf(chosen), counter{s.acts.Law().Calendar()}, workday.DateOf(tx.Now()), 0
	today := s.procedures(day)
	for _, id := range ids {
		m, err := load(ctx, id)
		if err != nil {
			return p, nil, err
		}
		proc, err := today(m.Kind)
		if err != nil {
			return p, nil, err
		}
		shifts := m.move(changes, transition, proc, c, day)
		told := map[string]bool{}
		for i := range shifts {
			if sh := &shifts[i]; sh.Kept == "" {
				sh.Told = m.told(*sh)
			}
			for _, to := range shifts[i].Told {
				told[to] = true
			}
		}
		if size += 1 + len(told); size > moveChanges && len(moved) > 0 {
			p.More = true
			break
		}
		for _, sh := range shifts {
			if sh.Late {
				p.Late++
			}
		}
		p.Shifts = append(p.Shifts, shifts...)
		moved = append(moved, m)
	}
	body, err := json.Marshal(p)
	if err != nil {
		return p, nil, err
	}
	sum := sha256.Sum256(body)
	p.Seen = hex.EncodeToString(sum[:])
	return p, moved, nil
}

// Propose (拟定过渡适用) puts the values forward, with what was seen of their effect.
func (s *Service) Propose(ctx context.Context, values []string, reason, seen string, late bool) (t Transition, err error) {
	_, err = s.acts.Do(ctx, act.Call{Act: "matter.transition.propose"}, func(ctx context.Context, tx *act.Tx) error {
		actor := tx.Actor()
		t = Transition{ID: tx.NewID("trn"), State: Proposed, Area: actor.Area, Reason: reason, Late: late, By: actor.Account, Name: actor.Name, At: tx.Now()}
		if err := said(reason); err != nil {
			return err
		}
		p, _, err := s.preview(ctx, tx.Tx, t.Area, values, t.ID, func(ctx context.Context, id string) (*Matter, error) { return Load(ctx, tx.Tx, id) })
		if err != nil {
			return err
		}
		if err := p.accepted(seen); err != nil {
			return err
		}
		if p.Late > 0 && !late {
			return errs.New(errs.Invalid, "有 %d 个环节会因此立即超期, 请核对预览并确认接受后再提交", p.Late)
		}
		t.Values = p.Values
		if err := insertTransition(ctx, tx.Tx, t); err != nil {
			return err
		}
		if err := tx.Judge(ctx, map[string]string{"transition": t.ID}); err != nil {
			return err
		}
		if err := tx.Changed(ctx, "transition", t.ID, t); err != nil {
			return err
		}
		return notice.Send(ctx, tx, notice.Message{Kind: notice.TransitionProposed, ObjectKind: "transition", Object: t.ID,
			Params: map[string]string{"values": strings.Join(t.titles(), "、"), "name": t.Name}}, access.AreaAddress(access.Bureau, t.Area))
	})
	return t, err
}

// accepted holds an act to what was seen before it.
func (p Preview) accepted(seen string) error {
	switch {
	case seen != p.Seen:
		return errs.New(errs.Conflict, "在办件的情况已有变化, 与您看到的预览不同, 请重新查看预览后再提交")
	case !slices.ContainsFunc(p.Shifts, func(sh Shift) bool { return sh.Kept == "" }):
		return errs.New(errs.Conflict, "没有期限会因此变动, 无需适用")
	}
	return nil
}

// ConfirmTransition is the second person's word: the values are moved to every matter of the preview, all in one act.
func (s *Service) ConfirmTransition(ctx context.Context, id, seen, reason string) (t Transition, err error) {
	return s.closing(ctx, "matter.transition.confirm", id, reason, func(ctx context.Context, tx *act.Tx, t *Transition) error {
		if err := t.bySecond(tx.Actor()); err != nil {
			return err
		}
		p, moved, err := s.preview(ctx, tx.Tx, t.Area, t.names(), t.ID, func(ctx context.Context, id string) (*Matter, error) {
			if err := tx.Lock(ctx, id); err != nil {
				return nil, err
			}
			return Load(ctx, tx.Tx, id)
		})
		if err != nil {
			return err
		}
		if err := t.overtaken(p); err != nil {
			return err
		}
		if err := p.accepted(seen); err != nil {
			return err
		}
		t.State, t.Values, t.Shifts, t.More = Done, p.Values, p.Shifts, p.More
		for _, m := range moved {
			if err := s.moved(ctx, tx, m, t); err != nil {
				return fmt.Errorf("move %s: %w", m.ID, err)
			}
		}
		return nil
	})
}

// DropTransition (不予适用) ends a proposal; nothing is moved.
func (s *Service) DropTransition(ctx context.Context, id, reason string) (Transition, error) {
	return s.closing(ctx, "matter.transition.drop", id, reason, func(_ context.Context, _ *act.Tx, t *Transition) error {
		t.State = Dropped
		return nil
	})
}

// closing does an act on a proposal of the actor's own area.
func (s *Service) closing(ctx context.Context, name, id, reason string, fn func(ctx context.Context, tx *act.Tx, t *Transition) error) (t Transition, err error) {
	_, err = s.acts.Do(ctx, act.Call{Act: name}, func(ctx context.Context, tx *act.Tx) error {
		if err := tx.Lock(ctx, id); err != nil {
			return err
		}
		if t, err = loadTransition(ctx, tx.Tx, id); err != nil {
			return err
		}
		actor := tx.Actor()
		if err := t.open(actor); err != nil {
			return err
		}
		if err := said(reason); err != nil {
			return err
		}
		if err := tx.Judge(ctx, map[string]string{"transition": id}); err != nil {
			return err
		}
		if err := fn(ctx, tx, &t); err != nil {
			return err
		}
		now := tx.Now()
		t.Closer, t.CloseName, t.Closed, t.Remark = actor.Account, actor.Name, &now, reason
		if err := saveTransition(ctx, tx.Tx, t); err != nil {
			return err
		}
		return tx.Changed(ctx, "transition", id, t)
	})
	return t, err
}

// open reports why the actor cannot close a proposal.
func (t Transition) open(actor access.Actor) error {
	switch {
	case t.Area != actor.Area:
		return noTransition()
	case t.State != Proposed:
		return errs.New(errs.Conflict, "这项过渡适用已经办结, 请刷新查看")
	}
	return nil
}

// bySecond holds a confirmation to the second person (双人): it changes what many parties rely on.
func (t Transition) bySecond(actor access.Actor) error {
	if t.By == actor.Account {
		return errs.New(errs.Forbidden, "过渡适用须由另一人核对预览后确认, 拟定人不能自己确认")
	}
	return nil
}

// overtaken refuses a proposal by which steps would be overdue at once that were not when it was made: who proposes answers for
// that, who confirms cannot accept it in their place.
func (t Transition) overtaken(p Preview) error {
	if p.Late > 0 && !t.Late {
		return errs.New(errs.Conflict, "拟定以后情况已有变化, 现在有 %d 个环节会因此立即超期, 拟定时没有接受; 请不予适用, 由拟定人重新核对预览后再拟定", p.Late)
	}
	return nil
}

func (t Transition) titles() (out []string) {
	for _, d := range t.Values {
		out = append(out, d.Title)
	}
	return out
}

func (t Transition) names() (out []string) {
	for _, d := range t.Values {
		out = append(out, d.Value)
	}
	return out
}
