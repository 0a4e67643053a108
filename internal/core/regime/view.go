package regime

import (
	"context"
	"fmt"
	"strings"

	"github.com/google/cel-go/interpreter"

	"yunei/internal/base/sqldb"
	"yunei/internal/base/workday"
)

// view is what one judgement can see: the objects of the act, and facts loaded as conditions ask for them, each once.
// It is CEL's activation, so a condition that is decided early loads nothing more.
type view struct {
	law      *Law
	ctx      context.Context
	tx       *sqldb.Tx
	act      string
	day      workday.Date
	objects  map[string]string
	extra    map[string]any
	loaded   map[string]any
	trials   map[string]workday.Date
	settings [][]Special         // special law of the act's object; nil until a value was asked for
	replaced map[string]*Special // by the name of the value
	preview  bool                // rules that cannot be judged yet are left out
	err      error               // of the last load; CEL cannot carry it
}

func (l *Law) view(ctx context.Context, tx *sqldb.Tx, day workday.Date, objects map[string]string, extra map[string]any) *view {
	return &view{law: l, ctx: ctx, tx: tx, day: day, objects: objects, extra: extra, loaded: map[string]any{}, replaced: map[string]*Special{}, trials: map[string]workday.Date{}}
}

var _ interpreter.Activation = (*view)(nil)

// ResolveName is called by CEL when a condition reaches a name.
func (v *view) ResolveName(name string) (any, bool) {
	if name == "today" {
		return string(v.day), true
	}
	if name == "act" {
		return v.act, true
	}
	value, err := v.fact(name)
	if err != nil {
		v.err = err
		return nil, false
	}
	return value, true
}

// Parent is nil: there is no outer scope.
func (v *view) Parent() interpreter.Activation { return nil }

// carries reports whether the act is about an object of that kind.
func (v *view) carries(object string) bool {
	if v.objects[object] != "" {
		return true
	}
	for name := range v.extra {
		if objectOf(name) == object {
			return true
		}
	}
	return false
}

// knows reports whether every fact a rule looks at can be had.
func (v *view) knows(r *rule) bool {
	for _, name := range r.looksAt() {
		f := v.law.facts[name]
		if _, given := v.extra[name]; !given && (f.Load == nil || v.objects[f.Object] == "") {
			return false
		}
	}
	return true
}

// fact is the value of a fact or a param; it is loaded at most once in a judgement.
func (v *view) fact(name string) (any, error) {
	if value, ok := v.loaded[name]; ok {
		return value, nil
	}
	value, err := v.load(name)
	if err != nil {
		return nil, err
	}
	v.loaded[name] = value
	return value, nil
}

func (v *view) load(name string) (any, error) {
	if param, ok := strings.CutPrefix(name, "param."); ok {
		specials, err := v.special()
		if err != nil {
			return nil, err
		}
		value, err := v.law.valueUnder(param, v.day, specials)
		if err != nil {
			return nil, err
		}
		v.replaced[param] = value.Special
		if value.Text != "" {
			return value.Text, nil
		}
		return value.Int, nil
	}
	spec, known := v.law.vocab.facts[name]
	if !known {
		return nil, fmt.Errorf("没有事实 %s", name)
	}
	if value, ok := v.rehearsed(name); ok {
		return normal(name, spec.Type, value)
	}
	if value, given := v.extra[name]; given {
		return normal(name, spec.Type, value)
	}
	f, registered := v.law.facts[name]
	if !registered || f.Load == nil {
		return nil, fmt.Errorf("事实 %s 没有给出, 程序也没有登记怎样读取它", name)
	}
	id := v.objects[f.Object]
	if id == "" {
		return nil, fmt.Errorf("事实 %s 是关于 %s 的, 这项操作不涉及它", name, f.Object)
	}
	value, err := f.Load(v.ctx, v.tx, id)
	if err != nil {
		return nil, fmt.Errorf("读取 %[2]s 的事实 %[1]s: %[3]w", name, id, err)
	}
	return normal(name, f.Type, value)
}

// ContinuedFact is the fact, about the object "pack" whose id is the pack's, that tells until when the bureau has
// decided that a pack goes on after its trial period; "" is no decision.
const ContinuedFact = "pack.continued_until"

// trialEnd is the last day a pack on trial is in force: the printed one, or a later one that was decided.
func (v *view) trialEnd(p *pack) (workday.Date, error) {
	if end, ok := v.trials[p.spec.ID]; ok {
		return end, nil
	}
	end := p.spec.Trial.Until
	var value any
	var err error
	if given, ok := v.trialGiven(); ok {
		value, err = normal(ContinuedFact, Day, given)
	} else if given, ok := v.extra[ContinuedFact]; ok {
		value, err = normal(ContinuedFact, Day, given)
	} else if f, ok := v.law.facts[ContinuedFact]; ok && f.Load != nil {
		if value, err = f.Load(v.ctx, v.tx, p.spec.ID); err == nil {
			value, err = normal(ContinuedFact, Day, value)
		}
	}
	if err != nil {
		return "", fmt.Errorf("读取规则包 %s 是否延续: %w", p.spec.ID, err)
	}
	if decided, ok := value.(string); ok && workday.Date(decided) > end {
		end = workday.Date(decided)
	}
	v.trials[p.spec.ID] = end
	return end, nil
}

// inForce reports whether a rule is law on the day of the act.
func (v *view) inForce(r *rule) (bool, error) {
	p := r.pack.spec
	if !within(v.day, p.From, p.Until) || !within(v.day, r.spec.From, r.spec.Until) {
		return false, nil
	}
	if p.Trial == nil || v.day <= p.Trial.Until {
		return true, nil
	}
	end, err := v.trialEnd(r.pack)
	return v.day <= end, err
}
