package output

import (
	"yunei/internal/base/errs"
	"yunei/internal/base/workday"
	"yunei/internal/core/query/audit"
	"yunei/internal/core/regime"
)

// rules are the thresholds of the review, each a value of the law in force with the article it stands in.
type rules struct {
	exact      audit.Rules
	base       int64 // counts of exact tables are multiples of it
	rows, cols int64
	freedom    int64 // degrees of freedom a fitted figure needs
	density    int64 // parameters per unit, in thousandths
	each       int64 // rows for each coefficient of a fit
	context    int64 // units that a cell would have on average in the public total
	change     int64 // how far a total may be from the run before, in thousandths
	risk       int64 // guess rate from which two people look, in thousandths
	people     int64 // who override a warning
	tries      int64 // exact releases of an organization in thirty days
	cites      map[string]errs.Cite
}

// lawRules reads the thresholds of a day for one kind of unit; sensitive asks for more units.
func lawRules(law *regime.Law, day workday.Date, kind string, sensitive bool) (rules, error) {
	r := rules{cites: map[string]errs.Cite{}}
	units := "output.min.units"
	switch {
	case kind == "enterprise":
		units = "output.min.enterprises"
	case sensitive:
		units = "output.min.units.sensitive"
	}
	for _, v := range []struct {
		name string
		into *int64
	}{
		{units, &r.exact.MinUnits}, {"output.dominance.first", &r.exact.First}, {"output.dominance.two", &r.exact.FirstTwo},
		{"output.dominance.p", &r.exact.PPercent}, {"output.dominance.nk", &r.exact.NK}, {"output.group.share", &r.exact.Share},
		{"output.group.diversity", &r.exact.Diversity}, {"output.group.closeness", &r.exact.Closeness}, {"output.interval", &r.exact.Protect},
		{"output.round", &r.base}, {"output.rows", &r.rows}, {"output.columns", &r.cols}, {"output.freedom", &r.freedom}, {"output.density", &r.density}, {"output.rows.each", &r.each},
		{"output.context", &r.context}, {"output.change", &r.change}, {"output.risk", &r.risk}, {"output.override.people", &r.people}, {"output.exact.tries", &r.tries},
	} {
		n, cite, err := law.Int(v.name, day)
		if err != nil {
			return r, err
		}
		*v.into, r.cites[v.name] = n, cite
	}
	r.cites["units"] = r.cites[units]
	return r, nil
}

// source is where a threshold stands, as it is printed beside a check.
func (r rules) source(name string) string {
	c := r.cites[name]
	if c.Law == "" {
		return c.Article
	}
	return "《" + c.Law + "》" + c.Article
}
