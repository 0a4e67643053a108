package regime

// Rehearsal tries cases of law against the program's real acts: while one is set, only the rules of Asked are asked, and a fact in
// Given is what the case says instead of what the database holds. A given fact answers only where the real one could be had:
// an act that does not carry the object, or a fact that nobody offers, fails as it would in earnest. Tests set one; no program does.
type Rehearsal struct {
	Asked func(pack, rule string) bool
	Given map[string]any
	// Special is what a special law sets for the object of the act.
	Special []Special
}

// Rehearse sets a rehearsal, or ends it with nil.
func (l *Law) Rehearse(r *Rehearsal) { l.rehearsal.Store(r) }

// rehearsed is what the case says of a fact; ok is false where it says nothing or the fact could not be had.
func (v *view) rehearsed(name string) (value any, ok bool) {
	r := v.law.rehearsal.Load()
	if r == nil {
		return nil, false
	}
	if value, ok = r.Given[name]; !ok {
		return nil, false
	}
	if _, extra := v.extra[name]; extra {
		return value, true
	}
	f, registered := v.law.facts[name]
	return value, registered && f.Load != nil && v.objects[f.Object] != ""
}

// asks reports whether a rule is judged.
func (l *Law) asks(pack, rule string) bool {
	r := l.rehearsal.Load()
	return r == nil || r.Asked(pack, rule)
}

// LawCase is a case of law of a loaded pack, with its place.
type LawCase struct {
	CaseSpec
	Pack string
	File string
	Line int
}

// Cases are the cases of the loaded packs.
func (l *Law) Cases() []LawCase {
	var out []LawCase
	for _, p := range l.packs {
		for _, c := range p.cases {
			out = append(out, LawCase{CaseSpec: c.spec, Pack: p.spec.ID, File: c.file.name, Line: c.file.line(c.at...)})
		}
	}
	return out
}

// trialGiven is what a rehearsed case says about the continuation of a pack.
func (v *view) trialGiven() (any, bool) {
	if r := v.law.rehearsal.Load(); r != nil {
		value, ok := r.Given[ContinuedFact]
		return value, ok
	}
	return nil, false
}
