package regime

import (
	"fmt"
	"regexp"
	"strconv"

	"yunei/internal/base/errs"
	"yunei/internal/base/workday"
)

var literalPeriod = regexp.MustCompile(`^(\d{1,4})(wd|d|h)$`)

// periodUnits are the units of values that a period may name.
var periodUnits = map[string]string{"working_day": "wd", "day": "d", "hour": "h"}

// parseWithin reads 2wd, 5d or 72h.
func parseWithin(s string) (int, string, error) {
	m := literalPeriod.FindStringSubmatch(s)
	if m == nil {
		return 0, "", fmt.Errorf("期限 %q 不是 2wd (工作日)、5d (日)、72h (小时) 这样的写法, 也不是取值的名称", s)
	}
	n, err := strconv.Atoi(m[1])
	return n, m[2], err
}

// within is a period by the law of a day: as written, or the value it names, which several packs may have set.
func (l settled) within(p *pack, rule string, s *WithinSpec, day workday.Date) (*Within, error) {
	if s == nil {
		return nil, nil
	}
	cite := p.cite(rule, s.Cite)
	n, unit, err := parseWithin(s.For)
	if err == nil {
		return &Within{N: n, Unit: unit, Soft: s.Soft, Cite: cite}, nil
	}
	if _, named := l.values[s.For]; !named {
		return nil, err
	}
	v, err := l.Value(s.For, day)
	if err != nil {
		return nil, err
	}
	if v.Special != nil { // a later version of the value is not what it goes by
		return &Within{N: int(v.Int), Unit: periodUnits[v.Unit], Soft: s.Soft, Cite: v.Cite, Special: v.Special}, nil
	}
	w := l.period(v)
	w.Soft, w.Cite = s.Soft, cite
	return &w, nil
}

// period is a value as a limit, with the version that set it.
func (l *Law) period(v Value) Within {
	w := Within{N: int(v.Int), Unit: periodUnits[v.Unit], Cite: v.Cite, Value: v.Name, Since: v.From}
	for _, p := range l.packs {
		if p.spec.ID == v.Pack {
			w.Version = v.Pack + "@" + p.digest
		}
	}
	return w
}

// Period is a named value as a limit by the law of a day, and the transitional article that lets it be moved to matters accepted
// under another version; nil where there is none.
func (l *Law) Period(name string, day workday.Date) (w Within, title string, running *errs.Cite, err error) {
	v, err := l.Value(name, day)
	if err != nil {
		return w, "", nil, err
	}
	return l.period(v), v.Title, v.Running, nil
}

// earlier reports whether a period is over before another; working days count as seven fifths of a day.
func earlier(a, b Within) bool { return a.hours() < b.hours() }

func (w Within) hours() int {
	switch w.Unit {
	case "h":
		return w.N
	case "wd":
		return w.N * 24 * 7 / 5
	}
	return w.N * 24
}
