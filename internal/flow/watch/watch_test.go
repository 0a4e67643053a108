package watch_test

import (
	"slices"
	"testing"
	"time"

	"yunei/internal/base/clock"
	"yunei/internal/base/errs"
	"yunei/internal/base/sqldb"
	"yunei/internal/base/workday"
	"yunei/internal/core/access"
	"yunei/internal/core/matter"
	"yunei/internal/core/party"
	"yunei/internal/core/regime"
	"yunei/internal/flow/watch"
	"yunei/internal/test/house"
	"yunei/internal/test/testdb"
)

type office struct {
	*watch.Service
	*house.House
	org string
}

func each(t *testing.T, fn func(t *testing.T, o *office)) {
	testdb.EachClock(t, clock.NewSet(time.Date(2025, 6, 3, 2, 0, 0, 0, time.UTC)), func(t *testing.T, db *sqldb.DB) {
		h := house.New(t, db)
		parties := party.New(h.Acts, h.Keys, matter.New(h.Acts))
		o := &office{Service: watch.New(watch.Deps{Acts: h.Acts}), House: h}
		uscc, err := party.MakeUSCC("91990000MA990000")
		if err != nil {
			t.Fatal(err)
		}
		org, err := parties.Register(house.As(t.Context(), "", access.Applicant), party.Registration{Name: "示例银行", USCC: uscc, Registered: "2010-01-04",
			Representative: "林晓", RepresentativeID: "990000198003070019", Contact: "陈明", Phone: "0595-00000000"})
		if err != nil {
			t.Fatal(err)
		}
		o.org = org.ID
		fn(t, o)
	})
}

// lastBreach is what a rule sees.
func (o *office) lastBreach(t *testing.T) any {
	t.Helper()
	return factOf(t, o.DB, o.Law, "org.last_breach", o.org)
}

// factOf is what a rule sees of an object.
func factOf(t *testing.T, db *sqldb.DB, law *regime.Law, name, id string) (value any) {
	t.Helper()
	facts := watch.Facts(law)
	i := slices.IndexFunc(facts, func(f regime.Fact) bool { return f.Name == name })
	if i < 0 {
		t.Fatalf("no fact %s", name)
	}
	if err := db.View(t.Context(), func(tx *sqldb.Tx) (err error) {
		value, err = facts[i].Load(t.Context(), tx, id)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return value
}

func (o *office) report(day workday.Date) watch.Report {
	return watch.Report{Org: o.org, Kind: watch.Environment, Day: day, What: "超标排放", Evidence: []string{"环罚〔2024〕1号"}}
}

func TestService_Record(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		bureau := house.As(t.Context(), "org_bureau", access.Bureau)
		if got := o.lastBreach(t); got != "" {
			t.Errorf("org.last_breach of a clean record = %v, want no day", got)
		}
		first, err := o.Record(bureau, o.report("2024-02-01"))
		if err != nil {
			t.Fatalf("Record: %v", err)
		}
		if _, err := o.Record(bureau, o.report("2022-05-01")); err != nil {
			t.Fatalf("Record: %v", err)
		}
		if got := o.lastBreach(t); got != "2024-02-01" {
			t.Errorf("org.last_breach = %v, want the newest, 2024-02-01", got)
		}
		if _, err := o.Revoke(bureau, first.ID, " "); errs.CodeOf(err) != errs.Invalid {
			t.Errorf("Revoke without a reason = %v, want invalid", err)
		}
		if _, err := o.Revoke(bureau, first.ID, "处罚决定被复议撤销"); err != nil {
			t.Fatalf("Revoke: %v", err)
		}
		if got := o.lastBreach(t); got != "2022-05-01" {
			t.Errorf("org.last_breach after revoking = %v, want 2022-05-01", got)
		}
		if _, err := o.Revoke(bureau, first.ID, "再次"); errs.CodeOf(err) != errs.Conflict {
			t.Errorf("Revoke twice = %v, want conflict", err)
		}
		list, err := o.File(house.As(t.Context(), o.org, access.DataUser), o.org)
		if err != nil || len(list) != 2 || list[0].State != watch.Revoked {
			t.Errorf("File for the organization itself = %+v, %v, want both records, the revoked one kept", list, err)
		}
		if _, err := o.File(house.As(t.Context(), "org_other", access.DataUser), o.org); errs.CodeOf(err) != errs.NotFound {
			t.Errorf("File for another organization = %v, want not_found", err)
		}
	})
}

func TestService_Record_refused(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		bureau := house.As(t.Context(), "org_bureau", access.Bureau)
		for name, r := range map[string]watch.Report{
			"tomorrow":         o.report("2025-06-04"),
			"without evidence": {Org: o.org, Kind: watch.Safety, Day: "2024-02-01", What: "事故"},
			"unknown kind":     {Org: o.org, Kind: "gossip", Day: "2024-02-01", What: "传闻", Evidence: []string{"x"}},
			"without a fact":   {Org: o.org, Kind: watch.Safety, Day: "2024-02-01", Evidence: []string{"x"}},
		} {
			if _, err := o.Record(bureau, r); errs.CodeOf(err) != errs.Invalid {
				t.Errorf("Record %s = %v, want invalid", name, err)
			}
		}
		unknown := o.report("2024-02-01")
		unknown.Org = "org_none"
		if _, err := o.Record(bureau, unknown); errs.CodeOf(err) != errs.NotFound {
			t.Errorf("Record on an unknown organization = %v, want not_found", err)
		}
		if _, err := o.Record(house.As(t.Context(), o.org, access.DataUser), o.report("2024-02-01")); errs.CodeOf(err) != errs.Forbidden {
			t.Errorf("Record by a data user = %v, want forbidden", err)
		}
		if _, err := o.Record(house.As(t.Context(), o.org, access.Operator), o.report("2024-02-01")); errs.CodeOf(err) != errs.Forbidden {
			t.Errorf("Record on one's own organization = %v, want forbidden", err)
		}
		if got := o.lastBreach(t); got != "" {
			t.Errorf("org.last_breach = %v, want no day: nothing was recorded", got)
		}
	})
}
