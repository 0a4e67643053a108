package serve_test

import (
	"testing"
	"time"

	"yunei/internal/base/errs"
	"yunei/internal/core/access"
	"yunei/internal/flow/consent"
	"yunei/internal/flow/serve"
	"yunei/internal/flow/watch"
	"yunei/internal/test/house"
)

// QZ-4.1-2: each call's success, latency and volume are recorded, and user and bureau read the month's availability.
func TestService_Months(t *testing.T) {
	each(t, func(t *testing.T, b *branch) {
		_, err := b.Call(b.bank(), b.ask(0, b.signed(0, b.document(0))))
		must(t, err)
		if _, err := b.Call(b.bank(), b.ask(0, nil, func(a *serve.Ask) { a.Scenario = "scn_other" })); err == nil {
			t.Fatal("a call for another scenario was answered")
		}
		for who, ctx := range map[string]func() ([]serve.Month, error){
			"user": func() ([]serve.Month, error) { return b.Months(b.bank(), b.deployed.ID) },
			"bureau": func() ([]serve.Month, error) {
				return b.Months(house.As(t.Context(), "org_bureau", access.Bureau), b.deployed.ID)
			},
		} {
			list, err := ctx()
			if err != nil || len(list) != 1 || list[0].Calls != 2 || list[0].OK != 1 || list[0].Refused != 1 || list[0].Availability != 1000 ||
				list[0].Latency <= 0 || list[0].Bytes == 0 {
				t.Errorf("%s reads %+v, %v; want two calls, one answered, one refused, the service there for both", who, list, err)
			}
		}
		if _, err := b.Months(house.As(t.Context(), "org_other", access.DataUser), b.deployed.ID); !errs.Is(err, errs.NotFound) {
			t.Errorf("another organization reads %v, want not found", err)
		}
	})
}

// QZ-6.1-3: with the withdrawal, or the last day, queries stop and the user owes a deletion until it files the record.
func TestService_Erasure(t *testing.T) {
	each(t, func(t *testing.T, b *branch) {
		withdrawn := b.consentOf(0)
		for n, id := range []string{withdrawn, b.consentOf(1)} {
			_, err := b.Call(b.bank(), b.ask(n, nil, func(a *serve.Ask) { a.Consent = id }))
			must(t, err)
		}
		b.consentOf(2) // nobody was answered under it
		_, err := b.consents.Withdraw(b.citizen(0), withdrawn)
		must(t, err)
		list, err := b.watch.Erasures(b.bank(), "", 10)
		if err != nil || len(list) != 1 || list[0].Consent != withdrawn || list[0].Ground != "withdrawn" || list[0].Due.IsZero() || list[0].State != watch.ErasureOpen || list[0].Calls != 1 {
			t.Fatalf("after the withdrawal the user owes %+v, %v; want one deletion with its day", list, err)
		}
		if _, err := b.Call(b.bank(), b.ask(0, nil, func(a *serve.Ask) { a.Consent = withdrawn })); reasonOf(err) != string(consent.Withdrawn) {
			t.Errorf("the next query = %v, want %s", err, consent.Withdrawn)
		}
		b.clock.Advance(400 * 24 * time.Hour)
		for range 2 {
			must(t, b.watch.Sweep(access.With(t.Context(), access.System())))
		}
		list, err = b.watch.Erasures(b.bank(), "", 10)
		if err != nil || len(list) != 2 || list[0].Ground != "expired" || !list[1].Overdue {
			t.Fatalf("after the last day: %+v, %v; want the second deletion, and the first overdue", list, err)
		}
		if _, err := b.watch.FileErasure(house.As(t.Context(), "org_other", access.DataUser), list[1].ID, "已删除", ""); !errs.Is(err, errs.NotFound) {
			t.Errorf("another files the record = %v, want not found", err)
		}
		e, err := b.watch.FileErasure(b.bank(), list[1].ID, "删除信贷系统内的分档结果一条, 覆写备份", "")
		if err != nil || e.State != watch.ErasureFiled || e.Filed == nil {
			t.Errorf("the record filed = %+v, %v", e, err)
		}
		if _, err := b.watch.FileErasure(b.bank(), e.ID, "再次", ""); !errs.Is(err, errs.Conflict) {
			t.Errorf("filed twice = %v, want conflict", err)
		}
	})
}
