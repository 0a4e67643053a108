package notice_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"yunei/internal/base/clock"
	"yunei/internal/base/errs"
	"yunei/internal/base/workday"
	"yunei/internal/core/access"
	"yunei/internal/core/act"
	"yunei/internal/core/notice"
	"yunei/internal/test/house"
	"yunei/internal/test/testdb"
	"yunei/regimes"
)

const quanzhou = "quanzhou-2024-05-17"

// each runs fn on both databases under the packs inside the program, at 09:00 in Quanzhou on the last day of the trial period.
func each(t *testing.T, fn func(t *testing.T, h *house.House, s *notice.Service, clk *clock.Set)) {
	t.Helper()
	day := time.Date(2026, 5, 17, 1, 0, 0, 0, time.UTC)
	run := func(t *testing.T, h *house.House, clk *clock.Set) {
		s := notice.New(h.Acts)
		// An act that the trial's end closes; what its rules ask of it besides is given below.
		h.Acts.Define(act.Def{Name: "lab.space.open", Roles: []access.Role{access.DataUser}})
		if err := h.Law.Load(regimes.FS, "quanzhou-2024-05-17"); err != nil {
			t.Fatal(err)
		}
		fn(t, h, s, clk)
	}
	t.Run("sqlite", func(t *testing.T) {
		clk := clock.NewSet(day)
		run(t, house.New(t, testdb.SQLite(t, clk)), clk)
	})
	t.Run("postgres", func(t *testing.T) {
		clk := clock.NewSet(day)
		run(t, house.New(t, testdb.Postgres(t, clk)), clk)
	})
}

func bureau(ctx context.Context) context.Context { return house.As(ctx, "org_bureau", access.Bureau) }

// openSpace does an act that the trial's end closes, as an organization against which nothing else stands.
func openSpace(ctx context.Context, h *house.House, occurred workday.Date) error {
	_, err := h.Acts.Do(house.As(ctx, "org_bank", access.DataUser), act.Call{Act: "lab.space.open", Occurred: occurred},
		func(ctx context.Context, tx *act.Tx) error {
			return tx.JudgeAs(ctx, "lab.space.open", nil, map[string]any{"org.admitted": true, "plan.prescenario_passed": true, "plan.ahead": false})
		})
	return err
}

func TestService_Continue(t *testing.T) {
	each(t, func(t *testing.T, h *house.House, s *notice.Service, clk *clock.Set) {
		open := func(when string) {
			t.Helper()
			if err := openSpace(t.Context(), h, ""); err != nil {
				t.Errorf("%s: got %v, want the act done", when, err)
			}
		}
		closed := func(when string) {
			t.Helper()
			err := openSpace(t.Context(), h, "")
			e, ok := errors.AsType[*errs.Error](err)
			if !ok || e.Code != errs.Unlawful || len(e.Cites) != 1 || e.Cites[0].Article != "七(八)" || e.Cites[0].Pack != quanzhou {
				t.Errorf("%s: got %v, want unlawful under 七(八)", when, err)
			}
		}
		open("on the last day of the trial period")
		clk.Advance(24 * time.Hour)
		closed("the day after")

		decided := notice.Decision{Pack: quanzhou, Until: "2026-05-20", Document: "泉数据〔2026〕9号"}
		n, err := s.Continue(bureau(t.Context()), decided)
		if err != nil {
			t.Fatal(err)
		}
		open("once continued")
		clk.Advance(2 * 24 * time.Hour)
		open("on the continuation's last day")
		clk.Advance(24 * time.Hour)
		closed("after the continuation's last day")
		// The law of the day decides, not the day of recording: what occurred in time may still be entered.
		if err := openSpace(t.Context(), h, "2026-05-20"); err != nil {
			t.Errorf("entered later, occurred in time: %v", err)
		}

		decided.Until = "2028-05-17"
		if _, err := s.Continue(bureau(t.Context()), decided); err != nil {
			t.Fatal(err)
		}
		open("continued anew")
		list, err := s.List(t.Context(), notice.Filter{Limit: 10})
		if err != nil || len(list) != 2 || list[1].ID != n.ID {
			t.Fatalf("list %+v, %v; want both, newest first", list, err)
		}
		if _, err := s.Revoke(bureau(t.Context()), list[0].ID, "文号登记有误"); err != nil {
			t.Fatal(err)
		}
		closed("after the decision was revoked")

		problems, err := h.Log.Fsck(t.Context())
		if err != nil || len(problems) > 0 {
			t.Errorf("fsck: %v, %v", problems, err)
		}
	})
}

func TestService_Continue_Refused(t *testing.T) {
	each(t, func(t *testing.T, h *house.House, s *notice.Service, _ *clock.Set) {
		good := notice.Decision{Pack: quanzhou, Until: "2028-05-17", Document: "泉数据〔2026〕9号"}
		for _, c := range []struct {
			name  string
			spoil func(*notice.Decision)
			where string
		}{
			{"ErrUnknownPack", func(d *notice.Decision) { d.Pack = "xiamen-2023" }, "pack"},
			{"ErrPackWithoutTrial", func(d *notice.Decision) { d.Pack = "yunei-base" }, "pack"},
			{"ErrNoPaper", func(d *notice.Decision) { d.Document = " " }, "document"},
			{"ErrNotADay", func(d *notice.Decision) { d.Until = "2028-02-30" }, "until"},
			{"ErrNotLater", func(d *notice.Decision) { d.Until = "2026-05-17" }, "until"},
		} {
			d := good
			c.spoil(&d)
			_, err := s.Continue(bureau(t.Context()), d)
			e, ok := errors.AsType[*errs.Error](err)
			if !ok || e.Code != errs.Invalid || len(e.Spots) != 1 || e.Spots[0].Where != c.where {
				t.Errorf("%s: got %v, want invalid at %s", c.name, err, c.where)
			}
		}
		for _, role := range slices.DeleteFunc(access.Roles(), func(r access.Role) bool { return r == access.Bureau }) {
			if _, err := s.Continue(house.As(t.Context(), "org_x", role), good); !errs.Is(err, errs.Forbidden) {
				t.Errorf("%s continues the law: got %v, want forbidden", role, err)
			}
		}
		if _, err := s.Continue(t.Context(), good); !errs.Is(err, errs.Unauthenticated) {
			t.Errorf("the public continues the law: got %v, want unauthenticated", err)
		}
		if _, err := s.Continue(bureau(t.Context()), good); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Continue(bureau(t.Context()), good); !errs.Is(err, errs.Invalid) {
			t.Errorf("the same decision twice: got %v, want invalid", err)
		}
	})
}

func TestService_Publish(t *testing.T) {
	each(t, func(t *testing.T, h *house.House, s *notice.Service, _ *clock.Set) {
		draft := notice.Draft{Kind: notice.Budget, Title: "披露额度决定", Text: "普查数据集年度披露额度如下。", Document: "泉数据〔2026〕3号"}
		var ids []string
		for range 3 {
			n, err := s.Publish(bureau(t.Context()), draft)
			if err != nil {
				t.Fatal(err)
			}
			ids = append([]string{n.ID}, ids...)
		}
		t.Run("Paging", func(t *testing.T) {
			var got []string
			for before := ""; ; before = got[len(got)-1] {
				page, err := s.List(t.Context(), notice.Filter{Before: before, Limit: 2})
				if err != nil {
					t.Fatal(err)
				}
				for _, n := range page {
					got = append(got, n.ID)
				}
				if len(page) < 2 {
					break
				}
			}
			slices.Sort(ids) // two of one millisecond come in any order
			slices.Reverse(ids)
			if diff := cmp.Diff(ids, got); diff != "" {
				t.Errorf("pages of two, want -, got +:\n%s", diff)
			}
		})
		t.Run("Revoke", func(t *testing.T) {
			other := house.As(t.Context(), "org_other", access.Bureau)
			if _, err := s.Revoke(other, ids[0], "理由"); !errs.Is(err, errs.Forbidden) {
				t.Errorf("another body revokes: got %v, want forbidden", err)
			}
			if _, err := s.Revoke(bureau(t.Context()), ids[0], " "); !errs.Is(err, errs.Invalid) {
				t.Errorf("without a reason: got %v, want invalid", err)
			}
			if _, err := s.Revoke(bureau(t.Context()), ids[0], "额度计算有误"); err != nil {
				t.Fatal(err)
			}
			if _, err := s.Revoke(bureau(t.Context()), ids[0], "额度计算有误"); !errs.Is(err, errs.Conflict) {
				t.Errorf("twice: got %v, want conflict", err)
			}
			p, err := s.Get(t.Context(), ids[0])
			if err != nil || p.Notice.Revoked.IsZero() || p.Notice.Revocation != "额度计算有误" || p.Notice.Text != draft.Text {
				t.Errorf("after revoking: %+v, %v; want the text kept and the reason shown", p, err)
			}
		})
		t.Run("ErrInvalid", func(t *testing.T) {
			for where, spoil := range map[string]func(*notice.Draft){
				"kind":     func(d *notice.Draft) { d.Kind = notice.Continuation },
				"title":    func(d *notice.Draft) { d.Title = " 告 " },
				"text":     func(d *notice.Draft) { d.Text = "" },
				"document": func(d *notice.Draft) { d.Document = "" },
			} {
				d := draft
				spoil(&d)
				_, err := s.Publish(bureau(t.Context()), d)
				e, ok := errors.AsType[*errs.Error](err)
				if !ok || len(e.Spots) != 1 || e.Spots[0].Where != where {
					t.Errorf("%s: got %v, want one spot there", where, err)
				}
			}
		})
		if _, err := s.Get(t.Context(), "ntc_none"); !errs.Is(err, errs.NotFound) {
			t.Errorf("an unknown notice: got %v, want not_found", err)
		}
		if problems, err := h.Log.Fsck(t.Context()); err != nil || len(problems) > 0 {
			t.Errorf("fsck: %v, %v", problems, err)
		}
	})
}
