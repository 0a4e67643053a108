package notice_test

import (
	"context"
	"errors"
	"sync"
	"testing"

	"yunei/internal/base/clock"
	"yunei/internal/base/errs"
	"yunei/internal/core/access"
	"yunei/internal/core/act"
	"yunei/internal/core/notice"
	"yunei/internal/test/house"
)

func TestSend(t *testing.T) {
	each(t, func(t *testing.T, h *house.House, s *notice.Service, _ *clock.Set) {
		clerk := house.As(t.Context(), "org_bank", access.DataUser)
		inbox := func(ctx context.Context, view string) []notice.Received {
			t.Helper()
			list, err := s.Messages(ctx, notice.MessageView{Name: view, Limit: 10})
			if err != nil {
				t.Fatal(err)
			}
			return list
		}
		tell := func(fail error) error {
			_, err := h.Acts.Do(bureau(t.Context()), act.Call{Act: notice.ActPublish}, func(ctx context.Context, tx *act.Tx) error {
				err := notice.Send(ctx, tx, notice.Message{Kind: notice.MatterUrged, ObjectKind: "matter", Object: "mat_1", Due: "2026-05-20"},
					access.OrgAddress("org_bank", access.DataUser), access.RoleAddress(access.Bureau))
				return errors.Join(err, fail)
			})
			return err
		}
		t.Run("RolledBack", func(t *testing.T) {
			if err := tell(errs.New(errs.Conflict, "不成")); !errs.Is(err, errs.Conflict) {
				t.Fatal(err)
			}
			if got := inbox(clerk, ""); len(got) != 0 {
				t.Errorf("an act that was rolled back told %v", got)
			}
		})
		if err := tell(nil); err != nil {
			t.Fatal(err)
		}
		t.Run("OnlyTheAddressee", func(t *testing.T) {
			for who, want := range map[context.Context]int{clerk: 1, bureau(t.Context()): 1,
				house.As(t.Context(), "org_other", access.DataUser): 0, house.As(t.Context(), "org_bank", access.Applicant): 0, t.Context(): 0} {
				if got := len(inbox(who, "")); got != want {
					t.Errorf("%+v reads %d, want %d", access.From(who), got, want)
				}
			}
		})
		t.Run("ReadIsOnesOwn", func(t *testing.T) {
			colleague := access.With(t.Context(), access.Actor{Account: "acc_2", Org: "org_bank", Roles: []access.Role{access.DataUser}})
			id := inbox(clerk, "unread")[0].ID
			if _, err := s.ReadMessages(house.As(t.Context(), "org_other", access.DataUser), []string{id}); !errs.Is(err, errs.NotFound) {
				t.Errorf("another's message: got %v, want not_found", err)
			}
			c, err := s.ReadMessages(clerk, []string{id, id})
			if err != nil || c.Unread != 0 || c.Owed != 1 {
				t.Errorf("after reading: %+v, %v", c, err)
			}
			if got := inbox(clerk, ""); len(got) != 1 || got[0].Read.IsZero() {
				t.Errorf("a read message stays: %+v", got)
			}
			if got := inbox(colleague, "unread"); len(got) != 1 {
				t.Errorf("the colleague has %d unread, want 1", len(got))
			}
			if c, err := s.ReadMessages(colleague, nil); err != nil || c.Unread != 0 {
				t.Errorf("all at once: %+v, %v", c, err)
			}
		})
		t.Run("Settled", func(t *testing.T) {
			_, err := h.Acts.Do(bureau(t.Context()), act.Call{Act: notice.ActPublish}, func(ctx context.Context, tx *act.Tx) error {
				if err := notice.Settle(ctx, tx, "mat_1", notice.MatterOverdue); err != nil {
					return err
				}
				return notice.Settle(ctx, tx, "mat_2", notice.MatterUrged)
			})
			if got := inbox(clerk, "owed"); err != nil || len(got) != 1 || got[0].Due != "2026-05-20" {
				t.Errorf("another kind and another object settle nothing: %+v, %v", got, err)
			}
			_, err = h.Acts.Do(bureau(t.Context()), act.Call{Act: notice.ActPublish}, func(ctx context.Context, tx *act.Tx) error {
				return notice.Settle(ctx, tx, "mat_1", notice.MatterUrged)
			})
			if got := inbox(clerk, "owed"); err != nil || len(got) != 0 {
				t.Errorf("after settling: %+v, %v", got, err)
			}
		})
		if problems, err := h.Log.Fsck(t.Context()); err != nil || len(problems) > 0 {
			t.Errorf("fsck: %v, %v", problems, err)
		}
	})
}

// Two timers of two nodes, each looking twice, as after a restart, tell once.
func TestRemind(t *testing.T) {
	each(t, func(t *testing.T, h *house.House, s *notice.Service, _ *clock.Set) {
		to := []string{access.OrgAddress("org_bank", access.DataUser), access.RoleAddress(access.Bureau)}
		due := []notice.Reminder{
			{Message: notice.Message{Kind: notice.MatterOverdue, Object: "grt_1", Mark: "ending:grt_1:2026-06-30"}, To: to},
			{Message: notice.Message{Kind: notice.MatterOverdue, Object: "grt_2", Mark: "ending:grt_2:2026-06-30"}, To: to},
		}
		for range 2 {
			var wg sync.WaitGroup
			for range 2 {
				wg.Go(func() {
					if err := notice.Remind(t.Context(), h.Acts, due); err != nil {
						t.Error(err)
					}
				})
			}
			wg.Wait()
		}
		// The first look reached the bureau only: what is missing is sent, nothing else.
		partly := notice.Reminder{Message: notice.Message{Kind: notice.MatterOverdue, Object: "grt_3", Mark: "ending:grt_3:2026-06-30"}, To: to[1:]}
		if err := notice.Remind(t.Context(), h.Acts, []notice.Reminder{partly}); err != nil {
			t.Fatal(err)
		}
		partly.To = to
		if err := notice.Remind(t.Context(), h.Acts, []notice.Reminder{partly}); err != nil {
			t.Fatal(err)
		}
		for _, who := range []context.Context{house.As(t.Context(), "org_bank", access.DataUser), bureau(t.Context())} {
			got, err := s.Messages(who, notice.MessageView{Limit: 2})
			if err != nil || len(got) != 2 {
				t.Fatalf("first page: %d, %v", len(got), err)
			}
			more, err := s.Messages(who, notice.MessageView{After: got[1].Cursor(""), Limit: 2})
			if err != nil || len(more) != 1 {
				t.Errorf("second page: %d, %v; want the third of three", len(more), err)
			}
		}
	})
}
