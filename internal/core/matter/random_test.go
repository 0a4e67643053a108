package matter

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"reflect"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"yunei/internal/base/workday"
	"yunei/internal/core/access"
	"yunei/internal/core/regime"
	"yunei/regimes"
)

// TestMatter_random drives random procedures with every kind of countersigning, periods in public, pauses, appeals and values moved
// to them through random acts, legal and not, on a clock of its own. Whatever happens: a running matter can always be moved on by somebody or
// by time, nobody decides twice, no deadline is missed unmarked or marked twice, and whoever works diligently gets it done.
// YUNEI_SEQUENCES sets how many sequences are tried.
func TestMatter_random(t *testing.T) {
	n := 20_000
	if v, err := strconv.Atoi(os.Getenv("YUNEI_SEQUENCES")); err == nil {
		n = v
	}
	if testing.Short() {
		n = 2_000
	}
	calendars, err := fs.Sub(regimes.FS, "calendars")
	must(t, err)
	calendar, err := workday.Load(calendars)
	must(t, err)
	var wg sync.WaitGroup
	var mu sync.Mutex
	ends, workers := map[State]int{}, runtime.GOMAXPROCS(0)
	for w := range workers {
		wg.Go(func() {
			mine := map[State]int{}
			for i := w; i < n && !t.Failed(); i += workers {
				mine[sequence(t, uint64(i), calendar)]++
			}
			mu.Lock()
			for s, k := range mine {
				ends[s] += k
			}
			mu.Unlock()
		})
	}
	wg.Wait()
	t.Logf("%d sequences ended: %v", n, ends)
	for _, s := range []State{Passed, Refused, Withdrawn, Revoked} {
		if n >= 2_000 && ends[s] == 0 {
			t.Errorf("no sequence ended %s: the test does not try what it says", s)
		}
	}
}

// play is one random matter on its way.
type play struct {
	*rand.Rand
	t       *testing.T
	seed    uint64
	m       *Matter
	c       counter
	real    *workday.Calendar
	now     time.Time
	to      map[string][]string // whom each step is addressed to
	pool    []access.Account
	overdue map[string]int // how often each opening of a step was marked overdue
	log     []string
}

func sequence(t *testing.T, seed uint64, calendar *workday.Calendar) State {
	p := &play{Rand: rand.New(rand.NewPCG(seed, 1)), t: t, seed: seed, c: counter{calendar}, real: calendar,
		now: time.Date(2024, 1, 1, 4, 0, 0, 0, time.UTC).AddDate(0, 0, int(seed%900)), overdue: map[string]int{}, to: map[string][]string{}}
	for i := range 7 {
		p.pool = append(p.pool, access.Account{ID: fmt.Sprintf("x%d", i)})
	}
	p.procedure()
	p.open()
	for range 5 + p.IntN(25) {
		p.move()
		if p.t.Failed() {
			return p.m.State
		}
		p.check()
	}
	p.finish()
	return p.m.State
}

func (p *play) fail(format string, args ...any) {
	p.t.Errorf("seed %d: %s\nafter %s\n%+v", p.seed, fmt.Sprintf(format, args...), strings.Join(p.log, ", "), p.m.Steps)
}

func (p *play) chance(percent int) bool { return p.IntN(100) < percent }

func (p *play) limit(most int) regime.Within {
	w := regime.Within{N: 1 + p.IntN(most), Unit: []string{"wd", "d"}[p.IntN(2)], Soft: p.chance(50)}
	if p.chance(60) {
		w.Value = fmt.Sprintf("v%d", p.IntN(3))
	}
	return w
}

// shift moves another version of a value to the matter, and holds that it touches nothing that is over or was missed.
func (p *play) shift() string {
	day, before := workday.DateOf(p.now), p.copied()
	name := fmt.Sprintf("v%d", p.IntN(3))
	to := Change{Now: regime.Within{N: 1 + p.IntN(8), Unit: []string{"wd", "d"}[p.IntN(2)], Value: name}}
	shifts := p.m.move(map[string]Change{name: to}, "trn_1", regime.Procedure{}, p.c, day)
	if before.Over() && len(shifts) > 0 {
		p.fail("a %s matter is moved: %+v", before.State, shifts)
	}
	for i := range p.m.Steps {
		old, s := &before.Steps[i], &p.m.Steps[i]
		if old.over() && !(before.State == Returned && old.restarts()) && !reflect.DeepEqual(old, s) {
			p.fail("step %s was over and is moved", s.ID)
		}
		if s.Escalated != old.Escalated || (old.missed(day) != nil) && s.missed(day) == nil {
			p.fail("step %s was missed on %s and is not any more", s.ID, day)
		}
		for j, k := range old.Clocks {
			if k.Missed(day) && !reflect.DeepEqual(k, s.Clocks[j]) {
				p.fail("clock %d of step %s was missed and is moved", j, s.ID)
			}
		}
		if old.Public != nil && s.Public.Deadline != old.Public.Deadline {
			p.fail("the period in public of %s was announced and is moved", s.ID)
		}
		if old.Lapses != nil && s.Lapses.Due < old.Lapses.Due {
			p.fail("whoever is asked at %s has less time", s.ID)
		}
	}
	if before.Answer != nil && p.m.Answer.Due < before.Answer.Due {
		p.fail("the applicant has less time to supplement")
	}
	return fmt.Sprintf("%s moved to %d %s: %d periods", name, to.Now.N, to.Now.Unit, len(shifts))
}

// copied is the matter as it stands, sharing nothing with it.
func (p *play) copied() *Matter {
	body, err := json.Marshal(p.m)
	must(p.t, err)
	var m Matter
	must(p.t, json.Unmarshal(body, &m))
	// What JSON does not tell apart, such as an empty list and none, is the same on both sides.
	body, err = json.Marshal(&m)
	must(p.t, err)
	p.m = &Matter{}
	must(p.t, json.Unmarshal(body, p.m))
	return &m
}

// procedure makes up steps: each comes after some of those before it.
func (p *play) procedure() {
	p.m = &Matter{ID: fmt.Sprintf("mat_%d", p.seed), State: Running, Applicant: "org_bank", Day: workday.DateOf(p.now)}
	if p.chance(50) {
		w := p.limit(10)
		p.m.Supplement = &w
	}
	if p.chance(50) {
		w := p.limit(10)
		p.m.Appeal = &regime.Appeal{To: "government", Within: &w}
	}
	n := 1 + p.IntN(5)
	for i := range n {
		id := string(rune('a' + i))
		s := Step{ID: id, Title: id, Role: "data-bureau", Binding: p.chance(80) || i == n-1, Need: 1, State: StepWaiting, May: []Verdict{Pass, Return, Refuse},
			Join: []string{"", joinAny, joinAll, joinSequence, joinVote}[p.IntN(5)]}
		for j := range i {
			if p.chance(60) {
				s.After = append(s.After, string(rune('a'+j)))
			}
		}
		if p.chance(60) {
			w := p.limit(4)
			s.Within, s.Pause, s.Extend = &w, &regime.Pause{For: []string{"检测"}}, &regime.Within{N: 3, Unit: "wd"}
			s.Limits = []regime.Within{p.limit(8)}
		}
		for k := range 1 + p.IntN(4) {
			p.to[id] = append(p.to[id], access.AccountAddress(fmt.Sprintf("%s%d", id, k)))
		}
		switch {
		case !s.Binding:
			s.May, s.Join = []Verdict{Agree, Disagree}, ""
			if p.chance(50) {
				w := p.limit(3)
				s.Lapse = &w
			}
		case p.chance(15):
			s.Publicity, s.Join, s.Within, s.Limits = &regime.Publicity{For: p.limit(5), Blocks: p.chance(70)}, "", nil, nil
		case p.chance(15):
			s.Seats, s.Need, s.Join = 3, 2, ""
		case p.chance(20):
			p.to[id], s.Need = []string{access.RoleAddress(access.Bureau)}, 1+p.IntN(2)
		}
		if s.Join == joinVote {
			s.Vote = &regime.Vote{Pass: 1 + p.IntN(100)}
		}
		p.m.Steps = append(p.m.Steps, s)
	}
}

// open does to steps what the service does.
func (p *play) open() {
	for ready := p.m.ready(); p.m.State == Running && len(ready) > 0; ready = p.m.ready() {
		for _, s := range ready {
			to := slices.Clone(p.to[s.ID])
			if s.Seats > 0 {
				if s.Draw == nil {
					s.Draw = &Draw{Seed: p.m.ID + s.ID, Seats: s.Seats, Candidates: draw(p.m.ID+s.ID, p.pool, func(access.Account) string { return "" })}
				}
				s.passOver(p.m)
				if to = s.Draw.seated(); len(to) < s.Need {
					p.fail("step %s opens with %d of %d seats", s.ID, len(to), s.Need)
					return
				}
			}
			p.m.open(s, to, p.c, p.now)
			delete(p.overdue, s.ID)
		}
	}
}

// actors are those who may have something to say at a step.
func (p *play) actors(s *Step) []access.Actor {
	var out []access.Actor
	for _, to := range append(slices.Clone(s.Addressed), access.AccountAddress("stranger")) {
		if id, ok := strings.CutPrefix(to, access.AccountAddress("")); ok {
			out = append(out, access.Actor{Account: id, Name: id, Org: "org_office"})
			continue
		}
		for k := range 3 {
			out = append(out, access.Actor{Account: fmt.Sprintf("%s-clerk%d", s.ID, k), Org: "org_office", Roles: []access.Role{access.Bureau}})
		}
	}
	return out
}

// say is a decision as the service takes it.
func (p *play) say(s *Step, who access.Actor, v Verdict, to, excuse string) error {
	if err := p.m.inHand(s); err != nil {
		return err
	}
	if s.asks(who) {
		return s.answer(who, Opinion{Verdict: v, Reason: "意见", At: p.now})
	}
	seat, _, err := p.m.sits(s, who)
	if err != nil {
		return err
	}
	o := Opinion{Account: who.Account, Seat: seat, Verdict: v, Reason: "理由", At: p.now, To: to, Excuse: excuse, NoConflict: true}
	if err := p.m.mayDecide(s, o); err != nil {
		return err
	}
	p.m.decide(s, o, p.c)
	p.open()
	return nil
}

func (p *play) move() {
	s := &p.m.Steps[p.IntN(len(p.m.Steps))]
	if open := slices.IndexFunc(p.m.Steps, func(s Step) bool { return s.State == StepOpen }); open >= 0 && p.chance(70) {
		s = &p.m.Steps[open]
	}
	actors := p.actors(s)
	who := actors[p.IntN(len(actors))]
	day := workday.DateOf(p.now)
	var did string
	var err error
	switch k := p.IntN(100); {
	case k < 45:
		v := []Verdict{Pass, Pass, Pass, Pass, Agree, Disagree, Return, Refuse}[p.IntN(8)]
		to, excuse := "", []string{"", "材料较多"}[p.IntN(2)]
		if v == Return && p.chance(50) {
			to = p.m.Steps[p.IntN(len(p.m.Steps))].ID
		}
		did, err = fmt.Sprintf("%s says %s %s at %s", who.Account, v, to, s.ID), p.say(s, who, v, to, excuse)
	case k < 63:
		p.now = p.now.AddDate(0, 0, 1+p.IntN(3))
		did = p.now.Format(time.DateOnly)
		p.tick()
	case k < 70:
		did = "supplement"
		if err = p.m.supplement(p.now, "bank", nil); err == nil {
			p.open()
		}
	case k < 74:
		did = "object at " + s.ID
		if err = p.m.mayObject(s, day); err == nil {
			s.Public.Objections = append(s.Public.Objections, Objection{ID: strconv.Itoa(len(s.Public.Objections)), State: ObjectionOpen})
		}
	case k < 78:
		did = "decide objection at " + s.ID
		if n := len(s.Objections()); n > 0 {
			upheld := p.chance(30)
			err = p.m.decideObjection(s, s.Public.Objections[p.IntN(n)].ID, upheld, Opinion{Account: who.Account, Reason: "理由", At: p.now, Verdict: []Verdict{Return, Refuse}[p.IntN(2)]}, p.c)
			p.open()
		}
	case k < 82:
		did = "pause " + s.ID
		if err = p.m.inHand(s); err == nil {
			err = p.m.pause(s, p.c, Paused{From: day, Reason: "检测"})
		}
	case k < 86:
		did = "resume " + s.ID
		if err = p.m.inHand(s); err == nil {
			err = p.m.resume(s, p.c, day)
		}
	case k < 89:
		did = "extend " + s.ID
		if err = p.m.inHand(s); err == nil {
			x := Extension{Day: day, Reason: "复杂"}
			x.Limit.N = 1 + p.IntN(4)
			err = p.m.extend(s, p.c, x)
		}
	case k < 91:
		did = "ask at " + s.ID
		if err = p.m.inHand(s); err == nil {
			err = p.m.ask(s, Ask{Account: "asked", Name: "asked", Binding: p.chance(50)})
		}
	case k < 93:
		did, err = "asked answers at "+s.ID, p.say(s, access.Actor{Account: "asked"}, []Verdict{Agree, Disagree}[p.IntN(2)], "", "")
	case k < 95:
		did = "hand on or recuse at " + s.ID
		if seat, _, e := p.m.sits(s, who); e == nil && p.m.inHand(s) == nil {
			if s.Draw != nil {
				_, err = p.m.recuse(s, who.Account, "利害关系", map[string][]access.Account{s.Role: p.pool}, nil)
			} else {
				err = p.m.transfer(s, seat, access.AccountAddress(fmt.Sprintf("%s-new%d", s.ID, p.IntN(3))))
			}
		}
	case k < 96:
		did = p.shift()
	case k < 97:
		did, err = "withdraw", p.m.withdraw(p.now, "bank", "不再需要")
	case k < 98:
		did = "appeal"
		if err = p.m.mayAppeal(day, p.c); err == nil && p.chance(60) {
			p.m.setAside(&Matter{ID: "mat_appeal"}, p.now)
			p.m.reopen(p.now)
			p.open()
		} else if err == nil {
			p.m.Appealed = "mat_appeal"
		}
	case k < 99:
		did = "another calendar"
		p.c.calendar = map[bool]*workday.Calendar{true: p.real, false: nil}[p.c.calendar == nil]
		p.m.recount(p.c)
	default:
		did, err = "revoke", p.m.revoke(access.Actor{Account: "b", Org: "org_office", Roles: []access.Role{access.Bureau}}, p.now, "有误")
	}
	if err != nil {
		did += " (refused)"
	}
	p.log = append(p.log, did)
}

// tick is the timer: it looks whenever the matter says that its day has come.
func (p *play) tick() {
	day := workday.DateOf(p.now)
	if p.m.wake() > day {
		return
	}
	for _, h := range p.m.tick(p.now, p.c) {
		if h.what == "overdue" {
			p.overdue[h.step.ID]++
		}
	}
	p.open()
	if w := p.m.wake(); w <= day {
		p.fail("the timer would look again today: %s on %s", w, day)
	}
}

// check holds what is always true.
func (p *play) check() {
	m, open, day := p.m, 0, workday.DateOf(p.now)
	for i := range m.Steps {
		s := &m.Steps[i]
		spoke := map[string]bool{}
		for _, o := range s.Opinions {
			if spoke[o.Account] {
				p.fail("%s spoke twice at %s", o.Account, s.ID)
			}
			spoke[o.Account] = true
			if s.Publicity != nil && o.Account == access.SystemName && !s.Public.Deadline.Missed(workday.DateOf(o.At)) {
				p.fail("%s passed on %s before its period was over on %s", s.ID, workday.DateOf(o.At), s.Public.Deadline.Due)
			}
		}
		if p.overdue[s.ID] > 1 {
			p.fail("%s was marked overdue %d times", s.ID, p.overdue[s.ID])
		}
		if s.State != StepOpen {
			continue
		}
		open++
		if s.Binding && !p.movable(s) {
			p.fail("nobody and no timer can move %s on", s.ID)
		}
		fresh := *s
		if s.Public != nil {
			public := *s.Public
			fresh.Public = &public
		}
		if p.c.recount(&fresh); fresh.standing() != s.standing() {
			p.fail("the deadlines of %s stand at %q, counted anew %q", s.ID, s.standing(), fresh.standing())
		}
		if s.overdue(day) && m.wake() > day {
			p.fail("%s is overdue and no timer will notice", s.ID)
		}
	}
	switch {
	case m.State == Running && open == 0:
		p.fail("running and nothing is open")
	case m.State != Running && open > 0:
		p.fail("%s with %d open steps", m.State, open)
	case m.Over() != (m.Closed != nil):
		p.fail("state %s, closed %v", m.State, m.Closed)
	}
}

// movable reports whether somebody or time can do something about an open step.
func (p *play) movable(s *Step) bool {
	if s.Publicity != nil {
		return s.blocked() || p.m.wake() < never
	}
	return slices.ContainsFunc(p.actors(s), func(a access.Actor) bool {
		_, _, err := p.m.sits(s, a)
		return err == nil && !s.spoken(a.Account, "")
	})
}

// finish lets everybody work diligently: then every matter ends.
func (p *play) finish() {
	for round := 0; !p.m.Over() && !p.t.Failed(); round++ {
		if round > 300 {
			p.fail("diligent work does not end it")
			return
		}
		if p.m.State == Returned && p.m.supplement(p.now, "bank", nil) == nil {
			p.open()
		}
		for i := range p.m.Steps {
			s := &p.m.Steps[i]
			if s.State != StepOpen {
				continue
			}
			_ = p.m.resume(s, p.c, workday.DateOf(p.now))
			for _, o := range s.Objections() {
				_ = p.m.decideObjection(s, o.ID, false, Opinion{Reason: "不成立", At: p.now}, p.c)
			}
			_ = p.say(s, access.Actor{Account: "asked"}, Agree, "", "")
			for _, a := range p.actors(s) {
				v := Pass
				if slices.ContainsFunc(s.Asks, func(a Ask) bool { return a.Binding && a.Verdict == Disagree }) {
					v = Refuse
				}
				if !s.Binding {
					v = Agree
				}
				_ = p.say(s, a, v, "", "说明原因")
			}
		}
		p.now = p.now.AddDate(0, 0, 1)
		p.tick()
		p.check()
	}
}
