package regime

import (
	"yunei/internal/base/errs"
	"yunei/internal/base/workday"
)

// Value is something the regulation sets by a number or a word.
type Value struct {
	Name  string    `json:"name"`
	Title string    `json:"title"`
	Int   int64     `json:"int"`
	Text  string    `json:"text,omitempty"`
	Unit  string    `json:"unit,omitempty"`
	Cite  errs.Cite `json:"cite"`
}

type value struct {
	spec ValueSpec
	pack *pack
	at   []any
	file *file
}

func (v *value) on(day workday.Date) bool {
	return within(day, v.spec.From, v.spec.Until) && within(day, v.pack.spec.From, v.pack.spec.Until)
}

func (v *value) get() Value {
	out := Value{Name: v.spec.Name, Title: v.spec.Title, Text: v.spec.Text, Unit: v.spec.Unit, Cite: v.pack.cite(v.spec.Name, v.spec.Cite)}
	if v.spec.Int != nil {
		out.Int = *v.spec.Int
	}
	return out
}

// Value is the value of that name in force on a day. Where several packs set it, the stricter applies: the
// smallest of a value marked strict: min, the largest of one marked strict: max, else the lowest level's.
func (l *Law) Value(name string, day workday.Date) (Value, error) {
	var best *value
	for _, v := range l.values[name] {
		if !v.on(day) {
			continue
		}
		if best == nil || stricter(v, best) {
			best = v
		}
	}
	if best == nil {
		return Value{}, errs.New(errs.NotFound, "现行规则未规定 %s (%s), 请检查所用规则包", name, day)
	}
	return best.get(), nil
}

// Int is Value for those who only want the number.
func (l *Law) Int(name string, day workday.Date) (int64, errs.Cite, error) {
	v, err := l.Value(name, day)
	return v.Int, v.Cite, err
}

// stricter reports whether v, of a lower level than old, displaces it.
func stricter(v, old *value) bool {
	if v.spec.Int == nil || old.spec.Int == nil {
		return true
	}
	switch v.spec.Strict {
	case "min":
		return *v.spec.Int <= *old.spec.Int
	case "max":
		return *v.spec.Int >= *old.spec.Int
	}
	return true
}

// within reports whether day lies in [from, until]; an empty end is open. Until is the last day in force.
func within(day, from, until workday.Date) bool {
	return (from == "" || day >= from) && (until == "" || day <= until)
}
