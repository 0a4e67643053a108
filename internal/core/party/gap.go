package party

import (
	"context"
	"errors"
	"slices"
	"strings"

	"yunei/internal/base/errs"
	"yunei/internal/base/sqldb"
	"yunei/internal/base/workday"
	"yunei/internal/core/access"
	"yunei/internal/core/notice"
	"yunei/internal/core/regime"
)

// valueRequires + a role is what an organization in that role keeps on file: words like "officer 公共数据管理专人". unit, officer and
// training are looked up in the filings and records; every other word is the kind of a security file.
const (
	valueRequires      = "file.requires."
	valueTrainingCycle = "training.security" // months
)

// What a gap can be about besides a kind of security file.
const (
	GapUnit     = "unit"     // 牵头负责数据开放工作机构
	GapOfficer  = "officer"  // 专人专岗
	GapTraining = "training" // 定期培训
)

// Gap (缺项) is something that an organization should have on file and has not, or has no longer.
type Gap struct {
	What  string       `json:"what"`
	Title string       `json:"title"`
	State string       `json:"state" enum:"missing,lapsed,overdue"`
	Since workday.Date `json:"since,omitempty" doc:"First day on which it was lacking; absent where it never was there"`
	Cite  errs.Cite    `json:"cite"`
}

// required is one thing that the law of a day asks for, and of which role.
type required struct {
	role, what, title string
	cite              errs.Cite
}

func requirements(law *regime.Law, day workday.Date) ([]required, error) {
	var out []required
	for _, role := range access.Roles() {
		v, err := law.Value(valueRequires+string(role), day)
		if errs.Is(err, errs.NotFound) {
			continue
		}
		if err != nil {
			return nil, err
		}
		for item := range strings.SplitSeq(strings.ReplaceAll(v.Text, "，", ","), ",") {
			what, title, _ := strings.Cut(strings.TrimSpace(item), " ")
			out = append(out, required{string(role), what, strings.TrimSpace(title), v.Cite})
		}
	}
	return out, nil
}

// gapsOf finds what each of the organizations lacks on a day. A body that was not admitted, or takes no part by admission, is
// asked only where it is a public one.
func gapsOf(ctx context.Context, tx *sqldb.Tx, law *regime.Law, orgs []Organization, day workday.Date) (map[string][]Gap, error) {
	asked, err := requirements(law, day)
	if err != nil || len(asked) == 0 {
		return nil, err
	}
	out := map[string][]Gap{}
	for _, o := range orgs {
		var mine []required
		for _, r := range asked {
			if slices.Contains(o.Roles, access.Role(r.role)) && !slices.ContainsFunc(mine, func(m required) bool { return m.what == r.what }) {
				mine = append(mine, r)
			}
		}
		if len(mine) == 0 {
			continue
		}
		if o.Kind != PublicBody {
			if admitted, err := AdmittedNow(ctx, tx, o); err != nil || !admitted {
				if err != nil {
					return nil, err
				}
				continue
			}
		}
		if out[o.ID], err = gaps(ctx, tx, law, o, mine, day); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func gaps(ctx context.Context, tx *sqldb.Tx, law *regime.Law, o Organization, asked []required, day workday.Date) (out []Gap, err error) {
	papers, err := securityFiles.of(ctx, tx, o.ID)
	if err != nil {
		return nil, err
	}
	for _, r := range asked {
		g := Gap{What: r.what, Title: r.title, State: "missing", Cite: r.cite}
		has := false
		switch r.what {
		case GapUnit:
			has, err = serving(ctx, tx, o.ID, "data-opening")
		case GapOfficer:
			has, err = serving(ctx, tx, o.ID, "public-data")
		case GapTraining:
			g.Since, has, err = trainingDue(ctx, tx, law, o, day)
			g.State = "overdue"
		default:
			has = slices.ContainsFunc(papers, func(f SecurityFile) bool { return f.Kind == r.what && f.ValidOn(day) })
			for _, f := range papers {
				if f.Kind == r.what && f.Until != "" && f.Until < day {
					g.State, g.Since = "lapsed", max(g.Since, f.Until.AddDays(1))
				}
			}
		}
		if err != nil {
			return nil, err
		}
		if !has {
			out = append(out, g)
		}
	}
	return out, nil
}

// trainingDue counts the cycle from the last training, or from the day the body was taken into the register.
func trainingDue(ctx context.Context, tx *sqldb.Tx, law *regime.Law, o Organization, day workday.Date) (due workday.Date, ok bool, err error) {
	months, _, err := law.Int(valueTrainingCycle, day)
	if errs.Is(err, errs.NotFound) {
		return "", true, nil
	}
	if err != nil {
		return "", false, err
	}
	last := workday.DateOf(o.Created)
	list, err := trainings.of(ctx, tx, o.ID)
	for _, t := range list {
		last = max(last, t.Day)
	}
	due = last.AddMonths(int(months))
	return due.AddDays(1), day <= due, err
}

// WithGaps is an organization with what its file lacks; nil where the reader may not know, or the law asks for nothing.
type WithGaps struct {
	Organization
	Gaps []Gap `json:"gaps,omitempty" doc:"What the law asks it to have on file and it has not; for itself and those who supervise"`
}

// OrgFilter chooses organizations of the register.
type OrgFilter struct {
	Area       access.Area // only of this area and what lies inside it
	Words      string      // found in the name or the unified social credit code
	Incomplete bool        // only those whose file lacks something
}

// Organizations lists organizations after a cursor, oldest first, with what their files lack.
func (s *Service) Organizations(ctx context.Context, f OrgFilter, after string, limit int) (list []WithGaps, err error) {
	actor := access.From(ctx)
	if actor.Overseer() && (f.Area == "" || !actor.Area.Covers(f.Area)) { // the list of who oversees an area is that area's
		f.Area = actor.Area
	}
	err = s.Acts.View(ctx, func(tx *sqldb.Tx) error {
		list = nil
		for {
			orgs, err := listOrgs(ctx, tx, f, after, limit)
			if err != nil || len(orgs) == 0 {
				return err
			}
			after = orgs[len(orgs)-1].ID
			seen := slices.DeleteFunc(slices.Clone(orgs), func(o Organization) bool { return !seesGaps(actor, o.ID) })
			found, err := gapsOf(ctx, tx, s.Acts.Law(), seen, workday.DateOf(tx.Now()))
			if err != nil {
				return err
			}
			for _, o := range orgs {
				if len(list) < limit && (!f.Incomplete || len(found[o.ID]) > 0) {
					list = append(list, WithGaps{o, found[o.ID]})
				}
			}
			if !f.Incomplete || len(list) == limit || len(orgs) < limit {
				return nil
			}
		}
	})
	return list, err
}

// Gaps lists what one organization's file lacks.
func (s *Service) Gaps(ctx context.Context, orgID string) (list []Gap, err error) {
	err = s.viewFile(ctx, orgID, func(tx *sqldb.Tx) error {
		o, err := Load(ctx, tx, orgID)
		if err != nil {
			return err
		}
		found, err := gapsOf(ctx, tx, s.Acts.Law(), []Organization{o}, workday.DateOf(tx.Now()))
		list = found[orgID]
		return err
	})
	return list, err
}

// Sweep is the timer of this package: whoever lacks something on file is told once, and again when it lapses anew. What a
// file lacks changes with the day, so it looks once a day, and after a start.
func (s *Service) Sweep(ctx context.Context) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	var today workday.Date
	if err := s.Acts.View(ctx, func(tx *sqldb.Tx) error { today = workday.DateOf(tx.Now()); return nil }); err != nil || today == s.swept {
		return err
	}
	var empty []notice.Reminder
	failed := s.Acts.View(ctx, func(tx *sqldb.Tx) (err error) {
		empty, err = s.emptyFields(ctx, tx)
		return err
	})
	failed = errors.Join(failed, notice.Remind(ctx, s.Acts, empty))
	for after := ""; ; {
		var orgs []Organization
		var found map[string][]Gap
		err := s.Acts.View(ctx, func(tx *sqldb.Tx) (err error) {
			if orgs, err = listOrgs(ctx, tx, OrgFilter{}, after, 200); err == nil {
				found, err = gapsOf(ctx, tx, s.Acts.Law(), orgs, today)
			}
			return err
		})
		if err != nil {
			return errors.Join(failed, err)
		}
		var due []notice.Reminder
		for _, o := range orgs {
			after = o.ID
			for _, g := range found[o.ID] {
				due = append(due, notice.Reminder{To: []string{access.WholeOrg(o.ID)}, Message: notice.Message{Kind: notice.FileLacking, ObjectKind: "organization",
					Object: o.ID, Params: map[string]string{"title": g.Title, "gap": g.State, "since": g.Since.String(), "article": g.Cite.Article},
					Mark: "gap:" + o.ID + ":" + g.What + ":" + g.Since.String()}})
			}
		}
		failed = errors.Join(failed, notice.Remind(ctx, s.Acts, due))
		if len(orgs) < 200 {
			break
		}
	}
	if failed == nil {
		s.swept = today
	}
	return failed
}
