package party

import (
	"context"
	"slices"
	"strings"

	"yunei/internal/base/sqldb"
	"yunei/internal/base/workday"
	"yunei/internal/core/access"
	"yunei/internal/core/regime"
)

// fileFacts are what a rule may look at in an organization's file. Days are counted by the day of the transaction.
func fileFacts() []regime.Fact {
	return []regime.Fact{
		orgFact("org.legal_form", regime.String, func(_ context.Context, _ *sqldb.Tx, o Organization) (any, error) { return string(o.form()), nil }),
		orgFact("org.legal_person", regime.Bool, func(_ context.Context, _ *sqldb.Tx, o Organization) (any, error) { return o.legalPerson(), nil }),
		orgFact("org.roles", regime.StringList, func(_ context.Context, _ *sqldb.Tx, o Organization) (any, error) { return roleNames(o.Roles), nil }),
		qualified("org.dcmm", regime.Bool, func(q []Qualification) any { return level(q, DCMM) > 0 }),
		qualified("org.dcmm_level", regime.Int, func(q []Qualification) any { return level(q, DCMM) }),
		qualified("org.dsmm_level", regime.Int, func(q []Qualification) any { return level(q, DSMM) }),
		// A paper from another level of government is no recognition by the bureau of this one (贵州 第六条: 同级).
		qualified("org.recognized", regime.Bool, func(q []Qualification) any {
			return slices.ContainsFunc(q, func(q Qualification) bool { return q.Kind == DataElements && q.Recognizer == access.Bureau })
		}),
		qualified("org.licensed", regime.Bool, func(q []Qualification) any {
			return slices.ContainsFunc(q, func(q Qualification) bool { return q.Kind == License })
		}),
		listed("org.blacklisted", regime.Bool, func(l []Listing) any { return len(l) > 0 }),
		listed("org.blacklist", regime.StringList, func(l []Listing) any {
			kinds := []string{}
			for _, x := range l {
				kinds = append(kinds, string(x.Kind))
			}
			slices.Sort(kinds)
			return slices.Compact(kinds)
		}),
		listed("org.blacklist_words", regime.String, func(l []Listing) any {
			words := []string{}
			slices.SortFunc(l, func(a, b Listing) int { return strings.Compare(a.Day.String(), b.Day.String()) })
			for _, x := range l {
				words = append(words, x.words())
			}
			return strings.Join(words, "、")
		}),
		listed("org.last_penalty", regime.Day, func(l []Listing) any { return lastDay(l, true) }),
		listed("org.last_listing", regime.Day, func(l []Listing) any { return lastDay(l, false) }),
	}
}

func roleNames(roles []access.Role) []string {
	out := make([]string, len(roles))
	for i, r := range roles {
		out[i] = string(r)
	}
	return out
}

// level is the highest level held.
func level(list []Qualification, kind QualificationKind) int {
	best := 0
	for _, q := range list {
		if q.Kind == kind {
			best = max(best, q.Level)
		}
	}
	return best
}

func lastDay(list []Listing, penalty bool) workday.Date {
	var day workday.Date
	for _, l := range list {
		if l.penalty() == penalty {
			day = max(day, l.Day)
		}
	}
	return day
}

// qualified is a fact about the qualifications that count today.
func qualified(name string, t regime.Type, get func([]Qualification) any) regime.Fact {
	return regime.Fact{Name: name, Type: t, Load: func(ctx context.Context, tx *sqldb.Tx, org string) (any, error) {
		list, err := valid(ctx, tx, org)
		if err != nil {
			return nil, err
		}
		return get(list), nil
	}}
}

func valid(ctx context.Context, tx *sqldb.Tx, org string) ([]Qualification, error) {
	list, err := qualifications.of(ctx, tx, org)
	today := workday.DateOf(tx.Now())
	return slices.DeleteFunc(list, func(q Qualification) bool { return !q.ValidOn(today) }), err
}

// listed is a fact about the negative records that stand.
func listed(name string, t regime.Type, get func([]Listing) any) regime.Fact {
	return regime.Fact{Name: name, Type: t, Load: func(ctx context.Context, tx *sqldb.Tx, org string) (any, error) {
		list, err := standing(ctx, tx, org)
		if err != nil {
			return nil, err
		}
		return get(list), nil
	}}
}
