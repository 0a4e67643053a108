package regime

import (
	"yunei/internal/base/errs"
	"yunei/internal/base/workday"
)

// Value is something the regulation sets by a number or a word.
type Value struct {
	Name  string       `json:"name"`
	Kind  string       `json:"kind"`
	Title string       `json:"title"`
	Int   int64        `json:"int"`
	Text  string       `json:"text,omitempty"`
	Unit  string       `json:"unit,omitempty"`
	Note  string       `json:"note,omitempty"`
	Pack  string       `json:"pack"`
	From  workday.Date `json:"from"`
	Until workday.Date `json:"until,omitempty" doc:"The last day in force"`
	Cite  errs.Cite    `json:"cite"`

	Running *errs.Cite `json:"running,omitempty" doc:"The transitional article that lets it be moved to matters accepted before"`
	Special *Special   `json:"special,omitempty" doc:"The special law whose setting it is; cite is that law's"`
}

type value struct {
	spec ValueSpec
	pack *pack
	at   []any
	file *file

	special *Special // the setting of a special law stands in spec
}

func (v *value) on(day workday.Date) bool {
	return within(day, v.spec.From, v.spec.Until) && within(day, v.pack.spec.From, v.pack.spec.Until)
}

func (v *value) get() Value {
	s := v.spec
	out := Value{Name: s.Name, Kind: s.Kind, Title: s.Title, Text: s.Text, Unit: s.Unit, Note: s.Note, Pack: v.pack.spec.ID,
		From: max(s.From, v.pack.spec.From), Until: s.Until, Cite: v.pack.cite(s.Name, s.Cite)}
	if out.Until == "" {
		out.Until = v.pack.spec.Until
	}
	if v.spec.Int != nil {
		out.Int = *v.spec.Int
	}
	if v.spec.Running != nil {
		cite := v.pack.cite(s.Name, *v.spec.Running)
		out.Running = &cite
	}
	if v.special != nil {
		out.Special, out.Cite = v.special, v.special.Cite
	}
	return out
}

// Value is the value of that name in force on a day. Where several packs set it, the stricter applies: the smallest of a
// deadline or validity, the largest of a publicity, keep, lookback or panel, or what strict says; else the lowest level's.
func (l *Law) Value(name string, day workday.Date) (Value, error) {
	return l.valueUnder(name, day, nil)
}

// Values are all values in force on a day, in the order of the packs; each as it applies when the packs are combined.
func (l *Law) Values(day workday.Date) []Value {
	out := []Value{}
	seen := map[string]bool{}
	for _, p := range l.packs {
		for _, v := range p.values {
			if name := v.spec.Name; !seen[name] {
				seen[name] = true
				if in, err := l.Value(name, day); err == nil {
					out = append(out, in)
				}
			}
		}
	}
	return out
}

// Int is Value for those who only want the number.
func (l *Law) Int(name string, day workday.Date) (int64, errs.Cite, error) {
	v, err := l.Value(name, day)
	return v.Int, v.Cite, err
}

// strict is which of two numbers is the stricter: what the value says, else what its kind means.
func (v *value) strict() string {
	if v.spec.Strict != "" {
		return v.spec.Strict
	}
	switch v.spec.Kind {
	case "deadline", "validity":
		return "min"
	case "publicity", "keep", "lookback", "panel":
		return "max"
	}
	return ""
}

// displaces reports whether v, of a lower level than old or the same, applies in its stead.
func (v *value) displaces(old *value) bool {
	switch {
	case overrides(v.spec.Overrides, old.pack):
		return true
	case overrides(old.spec.Overrides, v.pack):
		return false
	case v.spec.Int == nil || old.spec.Int == nil:
		return true
	}
	switch v.strict() {
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
