package catalog_test

import (
	"context"
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"

	"yunei/internal/base/clock"
	"yunei/internal/base/errs"
	"yunei/internal/base/sqldb"
	"yunei/internal/core/access"
	"yunei/internal/flow/catalog"
	"yunei/internal/test/house"
	"yunei/internal/test/story/resources"
	"yunei/internal/test/testdb"
)

type people struct{ holder, other, bureau, user, auditor, public context.Context }

func cast(t *testing.T) people {
	return people{
		holder:  house.As(t.Context(), "org_finance", access.Holder),
		other:   house.As(t.Context(), "org_health", access.Holder),
		bureau:  house.As(t.Context(), "org_bureau", access.Bureau, access.Holder),
		user:    house.As(t.Context(), "org_bank", access.DataUser),
		auditor: house.As(t.Context(), "org_audit", access.Auditor),
		public:  t.Context(),
	}
}

func TestService_Publish(t *testing.T) {
	testdb.Each(t, func(t *testing.T, db *sqldb.DB) {
		h, p := house.New(t, db), cast(t)
		s := catalog.New(h.Acts)
		e, err := s.Draft(p.holder, resources.CreditDefault())
		if err != nil {
			t.Fatal(err)
		}
		if e.Holder != "org_finance" || e.State != catalog.Draft || e.Author != "acc_org_finance" {
			t.Errorf("draft = %s by %s in %s, want org_finance's draft", e.Holder, e.Author, e.State)
		}
		for name, ctx := range map[string]context.Context{"another holder": p.other, "a data user": p.user, "the public": p.public} {
			if _, err := s.Get(ctx, e.ID); !errs.Is(err, errs.NotFound) {
				t.Errorf("draft read by %s: got %v, want not_found", name, err)
			}
		}
		if _, err := s.Publish(p.bureau, e.ID); !errs.Is(err, errs.Conflict) {
			t.Errorf("publish of a draft: got %v, want conflict", err)
		}
		if _, err := s.Submit(p.other, e.ID); !errs.Is(err, errs.NotFound) {
			t.Errorf("submit by another holder: got %v, want not_found", err)
		}
		if _, err := s.Submit(p.holder, e.ID); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Publish(p.holder, e.ID); !errs.Is(err, errs.Forbidden) {
			t.Errorf("publish by the holder: got %v, want forbidden", err)
		}
		if e, err = s.Return(p.bureau, e.ID, "请补充定级依据"); err != nil || e.State != catalog.Returned {
			t.Fatalf("return: %s, %v", e.State, err)
		}
		e.Summary = "修改后的摘要"
		if e, err = s.Save(p.holder, e.ID, e.Content); err != nil || e.Opinion != "请补充定级依据" {
			t.Fatalf("save of a returned entry: opinion %q, %v; want the opinion kept", e.Opinion, err)
		}
		if _, err := s.Submit(p.holder, e.ID); err != nil {
			t.Fatal(err)
		}
		if e, err = s.Publish(p.bureau, e.ID); err != nil || e.State != catalog.Published || e.Version != 1 {
			t.Fatalf("publish: %s version %d, %v", e.State, e.Version, err)
		}
		page, err := s.Get(p.user, e.ID)
		if err != nil {
			t.Fatalf("published entry read by a data user: %v", err)
		}
		if d := cmp.Diff(e, page.Entry); d != "" {
			t.Errorf("what was published and what is read differ (-published +read):\n%s", d)
		}
		for _, a := range page.Acts {
			if a.Allowed || a.Reason == "" {
				t.Errorf("act %s of a published entry for a data user: allowed %v, reason %q; want it closed with a reason", a.Act, a.Allowed, a.Reason)
			}
		}
		if _, err := s.Save(p.holder, e.ID, e.Content); !errs.Is(err, errs.Conflict) {
			t.Errorf("change of a published entry: got %v, want conflict", err)
		}
		if err := h.DB.View(t.Context(), func(tx *sqldb.Tx) error {
			table, err := s.PolicyTable(t.Context(), tx, e.ID)
			if table.Name != "credit_default" || table.Resource != e.ID || len(table.Columns) != 25 {
				t.Errorf("policy of %s: table %s with %d columns, want credit_default with 25", e.ID, table.Name, len(table.Columns))
			}
			return err
		}); err != nil {
			t.Error(err)
		}
	})
}

func TestService_Publish_ErrOwn(t *testing.T) {
	h, p := house.New(t, testdb.SQLite(t, clock.Real{})), cast(t)
	s := catalog.New(h.Acts)
	e, err := s.Draft(p.bureau, resources.BeijingPM25())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Submit(p.bureau, e.ID); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Publish(p.bureau, e.ID); !errs.Is(err, errs.Forbidden) {
		t.Errorf("bureau publishes its own entry: got %v, want forbidden", err)
	}
	if _, err := s.Publish(house.As(t.Context(), "org_upper", access.Bureau), e.ID); err != nil {
		t.Errorf("another body publishes it: %v", err)
	}
}

func TestService_Draft_ErrTableTaken(t *testing.T) {
	testdb.Each(t, func(t *testing.T, db *sqldb.DB) {
		h, p := house.New(t, db), cast(t)
		s := catalog.New(h.Acts)
		if _, err := s.Draft(p.holder, resources.CreditDefault()); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Draft(p.other, resources.CreditDefault()); !errs.Is(err, errs.Conflict) {
			t.Errorf("second entry for the same table: got %v, want conflict", err)
		}
		e, err := s.Draft(p.other, resources.CensusIncome())
		if err != nil {
			t.Fatal(err)
		}
		e.Table = "credit_default"
		if _, err := s.Save(p.other, e.ID, e.Content); !errs.Is(err, errs.Conflict) {
			t.Errorf("renaming to a table that is taken: got %v, want conflict", err)
		}
		if _, err := s.Draft(p.other, catalog.Content{Table: "x"}); !errs.Is(err, errs.Invalid) {
			t.Errorf("draft without a title: got %v, want invalid", err)
		}
	})
}

// TestService_List: who sees what, search in Chinese down to one character, and pages that fit together.
func TestService_List(t *testing.T) {
	testdb.Each(t, func(t *testing.T, db *sqldb.DB) {
		h, p := house.New(t, db), cast(t)
		s := catalog.New(h.Acts)
		for _, r := range resources.All() {
			e, err := s.Draft(p.holder, r.Content)
			if err != nil {
				t.Fatal(err)
			}
			if r.Content.Table == "census_income" {
				continue // stays a draft
			}
			if _, err := s.Submit(p.holder, e.ID); err != nil {
				t.Fatal(err)
			}
			if _, err := s.Publish(p.bureau, e.ID); err != nil {
				t.Fatal(err)
			}
		}
		for _, c := range []struct {
			name string
			ctx  context.Context
			f    catalog.Filter
			want []string
		}{
			{"holder", p.holder, catalog.Filter{}, []string{"beijing_pm25", "census_income", "credit_default"}},
			{"bureau", p.bureau, catalog.Filter{}, []string{"beijing_pm25", "census_income", "credit_default"}},
			{"another holder", p.other, catalog.Filter{}, []string{"beijing_pm25", "credit_default"}},
			{"user", p.user, catalog.Filter{}, []string{"beijing_pm25", "credit_default"}},
			{"two characters", p.user, catalog.Filter{Query: "空气"}, []string{"beijing_pm25"}},
			{"one character", p.user, catalog.Filter{Query: "债"}, nil},
			{"one character that is there", p.user, catalog.Filter{Query: "卡"}, []string{"credit_default"}},
			{"several words", p.user, catalog.Filter{Query: "信用 违约"}, []string{"credit_default"}},
			{"full width", p.user, catalog.Filter{Query: "ｐｍ２.５"}, []string{"beijing_pm25"}},
			{"characters in another order", p.user, catalog.Filter{Query: "气空"}, nil},
			{"name of an item", p.user, catalog.Filter{Query: "授信额度"}, []string{"credit_default"}},
			{"draft is not found by a user", p.user, catalog.Filter{Query: "人口"}, nil},
			{"wildcards are characters", p.user, catalog.Filter{Query: "%_"}, []string{"beijing_pm25", "credit_default"}},
			{"state", p.bureau, catalog.Filter{State: catalog.Draft}, []string{"census_income"}},
			{"open", p.user, catalog.Filter{Open: catalog.Unconditional}, []string{"beijing_pm25"}},
			{"operable", p.user, catalog.Filter{Operate: catalog.Conditional}, []string{"credit_default"}},
		} {
			page, next, err := s.List(c.ctx, c.f)
			var got []string
			for _, e := range page {
				got = append(got, e.Table)
			}
			if d := cmp.Diff(c.want, got); d != "" || next != "" || err != nil {
				t.Errorf("%s: next %q, %v, tables (-want +got):\n%s", c.name, next, err, d)
			}
		}
		var paged []string
		for f := (catalog.Filter{Limit: 1}); ; {
			page, next, err := s.List(p.holder, f)
			if err != nil {
				t.Fatal(err)
			}
			for _, e := range page {
				paged = append(paged, e.Table)
			}
			if f.After = next; next == "" {
				break
			}
		}
		if d := cmp.Diff([]string{"beijing_pm25", "census_income", "credit_default"}, paged); d != "" {
			t.Errorf("pages of one (-want +got):\n%s", d)
		}
		if _, _, err := s.List(p.public, catalog.Filter{}); !errs.Is(err, errs.Unauthenticated) {
			t.Errorf("list by the public: got %v, want unauthenticated", err)
		}
	})
}

// TestService_CurrentEqualsVersioned: what the ledger versioned at each act is what is loaded from the row, or fsck would cry wolf.
func TestService_CurrentEqualsVersioned(t *testing.T) {
	testdb.Each(t, func(t *testing.T, db *sqldb.DB) {
		h, p := house.New(t, db), cast(t)
		s := catalog.New(h.Acts)
		for _, r := range resources.All() {
			drafted, err := s.Draft(p.holder, r.Content)
			if err != nil {
				t.Fatal(err)
			}
			page, err := s.Get(p.holder, drafted.ID)
			if err != nil {
				t.Fatal(err)
			}
			want, _ := json.Marshal(drafted)
			got, _ := json.Marshal(page.Entry)
			if string(got) != string(want) {
				t.Errorf("%s loaded as\n%s\nwant\n%s", r.Content.Table, got, want)
			}
		}
	})
}
