package party_test

import (
	"context"
	"testing"

	"yunei/internal/base/errs"
	"yunei/internal/base/sqldb"
	"yunei/internal/core/access"
	"yunei/internal/core/matter"
	"yunei/internal/core/party"
)

// file finds the matter of an application.
func (h *house) file(t *testing.T, admission string) *matter.Matter {
	t.Helper()
	var list []*matter.Matter
	err := h.db.View(t.Context(), func(tx *sqldb.Tx) (err error) {
		list, err = matter.List(t.Context(), tx, matter.Filter{Kind: party.KindAdmission, Subject: admission, Limit: 2})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(list) != 1 {
		t.Fatalf("matters of admission %s = %d, want 1", admission, len(list))
	}
	return list[0]
}

func (h *house) state(t *testing.T, ctx context.Context, admission string) party.Admission {
	t.Helper()
	a, err := h.Admission(ctx, admission)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

var passed = map[string]bool{"governance": true, "finance": true, "record": true}

// The whole way by paper: file, operator's step with its three checks, admitted with a permit and roles.
func TestService_matter(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		account, o, err := h.Join(t.Context(), party.NewAccount{Login: "bank-clerk", Password: "correct horse battery", Name: "陈明"}, registration(t))
		if err != nil {
			t.Fatalf("Join: %v", err)
		}
		clerk := access.With(t.Context(), account.Actor())
		a, err := h.Apply(clerk, party.Paper, papers)
		if err != nil {
			t.Fatalf("Apply: %v", err)
		}
		m := h.file(t, a.ID)
		step := m.Steps[0].ID
		pass := matter.Decision{Verdict: matter.Pass, Reason: "材料齐全, 核验一致", Checks: passed}

		if _, err := h.matters.Decide(clerk, m.ID, step, pass); errs.CodeOf(err) != errs.Forbidden && errs.CodeOf(err) != errs.Unlawful {
			t.Errorf("deciding one's own application = %v, want refused", err)
		}
		if _, err := h.matters.Decide(operator(t.Context()), m.ID, step, matter.Decision{Verdict: matter.Pass, Reason: "同意"}); err == nil {
			t.Errorf("passing without a conclusion on governance and finance was taken, want refused (二(一))")
		}
		if _, err := h.matters.Decide(operator(t.Context()), m.ID, step, pass); err != nil {
			t.Fatalf("Decide: %v", err)
		}
		got, err := h.Organization(clerk, o.ID)
		if err != nil || h.valid(t, got.Permit) != nil || h.state(t, clerk, a.ID).State != party.Admitted {
			t.Errorf("organization after passing = %+v, %v, want admitted with a valid permit", got, err)
		}
		var after access.Account
		err = h.db.View(t.Context(), func(tx *sqldb.Tx) (err error) {
			after, err = access.LoadAccount(t.Context(), tx, account.ID)
			return err
		})
		if err != nil || !after.Actor().Has(access.DataUser) {
			t.Errorf("account after admission = %+v, %v, want the role data-user", after, err)
		}
	})
}

func TestService_matter_refused(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		o := h.register(t)
		ctx := bank(t.Context(), o.ID)
		a, err := h.Apply(ctx, party.Paper, papers)
		if err != nil {
			t.Fatal(err)
		}
		m := h.file(t, a.ID)
		if _, err := h.matters.Decide(operator(t.Context()), m.ID, m.Steps[0].ID, matter.Decision{Verdict: matter.Refuse, Reason: "财务管理制度不健全", Checks: map[string]bool{"governance": true, "finance": false, "record": true}}); err != nil {
			t.Fatalf("Decide: %v", err)
		}
		if got := h.state(t, ctx, a.ID); got.State != party.Refused || got.Reason != "财务管理制度不健全" {
			t.Errorf("admission = %+v, want refused with the operator's reason", got)
		}
		again, err := h.Apply(ctx, party.Paper, papers)
		if err != nil {
			t.Fatalf("Apply again after a refusal = %v, want taken", err)
		}
		m = h.file(t, again.ID)
		if _, err := h.matters.Withdraw(ctx, m.ID, "材料需要更新"); err != nil {
			t.Fatalf("Withdraw: %v", err)
		}
		if _, err := h.Apply(ctx, party.QR, nil); err != nil {
			t.Errorf("Apply after withdrawing = %v, want taken", err)
		}
	})
}
