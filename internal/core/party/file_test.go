package party_test

import (
	"context"
	"fmt"
	"reflect"
	"testing"
	"time"

	"yunei/internal/base/errs"
	"yunei/internal/base/sqldb"
	"yunei/internal/core/access"
	"yunei/internal/core/matter"
	"yunei/internal/core/party"
)

// fact is what the law would see of an object now.
func (h *house) fact(t *testing.T, name, id string) (v any) {
	t.Helper()
	for _, f := range party.Facts(h.Acts.Law()) {
		if f.Name != name {
			continue
		}
		err := h.db.View(t.Context(), func(tx *sqldb.Tx) (err error) {
			v, err = f.Load(t.Context(), tx, id)
			return err
		})
		if err != nil {
			t.Fatalf("fact %s of %s: %v", name, id, err)
		}
		return v
	}
	t.Fatalf("no fact %s", name)
	return nil
}

func (h *house) wantFact(t *testing.T, when, name, id string, want any) {
	t.Helper()
	if got := h.fact(t, name, id); !reflect.DeepEqual(got, want) {
		t.Errorf("%s: %s = %v, want %v", when, name, got, want)
	}
}

func as(ctx context.Context, account, org string, roles ...access.Role) context.Context {
	return access.With(ctx, access.Actor{Account: account, Name: account, Org: org, Roles: roles})
}

// decide gives an opinion on the newest matter about a subject, with every check answered.
func (h *house) decide(ctx context.Context, subject, step string, v matter.Verdict) error {
	var list []*matter.Matter
	err := h.db.View(ctx, func(tx *sqldb.Tx) (err error) {
		list, err = matter.List(ctx, tx, matter.Filter{Subject: subject, Limit: 1})
		return err
	})
	if err != nil || len(list) == 0 {
		return fmt.Errorf("matter about %s: %v, %v", subject, list, err)
	}
	d := matter.Decision{Verdict: v, Reason: "理由充分", Checks: map[string]bool{}}
	if s, err := list[0].Step(step); err == nil {
		for _, c := range s.Checks {
			d.Checks[c.ID] = v == matter.Pass
		}
	}
	_, err = h.matters.Decide(ctx, list[0].ID, step, d)
	return err
}

// 海南 第二十一条: 可自行申请退出. What descends from the admission ends with it; a refused wish changes nothing.
func TestService_Leave(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		o := h.admitted(t)
		child := h.child(t, o)
		bureau := as(t.Context(), "acc_bureau", "org_bureau", access.Bureau)
		e, err := h.Leave(bank(t.Context(), o.ID), "业务调整")
		if err != nil {
			t.Fatalf("Leave: %v", err)
		}
		if err := h.decide(bureau, e.ID, "close", matter.Refuse); err != nil {
			t.Fatalf("refuse: %v", err)
		}
		if err := h.valid(t, child.ID); err != nil {
			t.Errorf("child permit after a refused exit = %v, want valid", err)
		}
		if e, err = h.Leave(bank(t.Context(), o.ID), "业务调整"); err != nil {
			t.Fatalf("Leave again: %v", err)
		}
		if err := h.decide(bureau, e.ID, "close", matter.Pass); err != nil {
			t.Fatalf("pass: %v", err)
		}
		wantCode(t, "child permit after the exit", h.valid(t, child.ID), errs.Forbidden)
		_, err = h.Leave(bank(t.Context(), o.ID), "再次退出")
		wantCode(t, "leaving twice", err, errs.Conflict)
	})
}

// 贵州 第六条: DCMM三级及以上. A certificate counts from verification, through its last day, and not a day longer.
func TestService_Qualify(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		o := h.register(t)
		q, err := h.Qualify(bank(t.Context(), o.ID), party.Certificate{Kind: party.DCMM, Level: 3, Number: "D-1", Issuer: "评估机构",
			From: "2024-06-01", Until: "2025-06-03", Paper: "sha256:aa"})
		if err != nil {
			t.Fatalf("Qualify: %v", err)
		}
		h.wantFact(t, "filed", "org.dcmm_level", o.ID, 0)
		if _, err := h.VerifyQualification(operator(t.Context()), q.ID, true, "与名录一致"); err != nil {
			t.Fatalf("VerifyQualification: %v", err)
		}
		h.wantFact(t, "on its last day", "org.dcmm_level", o.ID, 3)
		h.wantFact(t, "on its last day", "org.dcmm", o.ID, true)
		h.clock.Advance(24 * time.Hour)
		h.wantFact(t, "the day after", "org.dcmm_level", o.ID, 0)
	})
}

// 贵州 第六条: 获得同级数据主管部门的认定. What a county's bureau recognized is not this bureau's recognition.
func TestService_Recognize(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		o := h.register(t)
		c := party.Certificate{Kind: party.DataElements, Number: "数〔2025〕1号", Issuer: "数据局", From: "2025-06-01"}
		if _, err := h.Recognize(as(t.Context(), "acc_county", "org_county", access.Local), o.ID, c); err != nil {
			t.Fatalf("Recognize by the county: %v", err)
		}
		h.wantFact(t, "recognized by a county", "org.recognized", o.ID, false)
		if _, err := h.Recognize(as(t.Context(), "acc_bureau", "org_bureau", access.Bureau), o.ID, c); err != nil {
			t.Fatalf("Recognize by the bureau: %v", err)
		}
		h.wantFact(t, "recognized by the bureau", "org.recognized", o.ID, true)
	})
}

func TestService_List(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		o := h.register(t)
		op := operator(t.Context())
		h.wantFact(t, "clean", "org.blacklisted", o.ID, false)
		l, err := h.List(op, o.ID, party.ListingDraft{Kind: party.DishonestDebtor, Day: "2025-03-01", Source: "中级人民法院"})
		if err != nil {
			t.Fatalf("List: %v", err)
		}
		if _, err := h.List(op, o.ID, party.ListingDraft{Kind: party.Administrative, Day: "2025-01-01", Source: "市场监督管理局"}); err != nil {
			t.Fatalf("List: %v", err)
		}
		h.wantFact(t, "listed", "org.blacklist", o.ID, []string{"administrative", "dishonest-debtor"})
		h.wantFact(t, "listed", "org.blacklist_words", o.ID, "行政处罚 (2025-01-01, 市场监督管理局)、失信被执行人 (2025-03-01, 中级人民法院)")
		if _, err := h.Unlist(op, l.ID, "移出名单"); err != nil {
			t.Fatalf("Unlist: %v", err)
		}
		h.wantFact(t, "one lifted", "org.blacklist", o.ID, []string{"administrative"})
	})
}

// 海南 第四条 asks for the form: an institution that did not say which it is passes no rule that asks.
func TestOrganization_legalForm(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		o := h.register(t, func(r *party.Registration) { r.Kind = party.Institution })
		h.wantFact(t, "an institution that did not say", "org.legal_form", o.ID, "")
		h.wantFact(t, "an institution that did not say", "org.legal_person", o.ID, false)
	})
	each(t, func(t *testing.T, h *house) {
		o := h.register(t, func(r *party.Registration) { r.LegalForm = party.FormPartnership })
		h.wantFact(t, "a partnership", "org.legal_person", o.ID, false)
	})
	each(t, func(t *testing.T, h *house) {
		h.wantFact(t, "an enterprise", "org.legal_form", h.register(t).ID, "enterprise")
	})
}
