package matter_test

import (
	"context"
	"slices"
	"testing"

	"yunei/internal/base/errs"
	"yunei/internal/base/sqldb"
	"yunei/internal/core/access"
	"yunei/internal/core/matter"
)

// Reading is offered while something waits to be read, correcting to whoever the act would let correct.
func TestService_options_read_and_correct(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		offered := func(ctx context.Context, id, name, on string) bool {
			t.Helper()
			m := o.load(id)
			found := false
			must(t, o.db.View(ctx, func(tx *sqldb.Tx) error {
				list, err := o.Options(ctx, tx, m)
				for _, opt := range list {
					found = found || opt.Act == name && opt.On == on && opt.Allowed
				}
				return err
			}))
			return found
		}
		m := o.filed(panel, "scenario")
		x := o.as("reader", "org_bureau", access.Expert)
		must(t, o.db.Do(t.Context(), func(tx *sqldb.Tx) error {
			return access.CreateAccount(t.Context(), tx, access.Account{ID: "acc_reader", Login: "reader", Name: "reader", Org: "org_bureau", Roles: []access.Role{access.Expert}, Opened: tx.Now()}, "no password fits")
		}))
		if offered(x, m.ID, "matter.read", "") {
			t.Error("reading is offered before anything was sent")
		}
		if _, err := o.Copy(o.bureau(1), m.ID, []string{"acc_x"}, "请阅知"); !errs.Is(err, errs.Forbidden) {
			t.Errorf("a copy to somebody of no body that the step names: %v, want it forbidden", err)
		}
		_, err := o.Copy(o.bureau(1), m.ID, []string{"acc_reader"}, "请阅知")
		must(t, err)
		if !offered(x, m.ID, "matter.read", "") || offered(o.as("y", "", access.Expert), m.ID, "matter.read", "") {
			t.Error("reading must be offered to the one who got the copy and to nobody else")
		}
		_, err = o.Read(x, m.ID)
		must(t, err)
		if offered(x, m.ID, "matter.read", "") {
			t.Error("reading is offered again after it was read")
		}

		step := m.Steps[0].ID
		if offered(o.operator(), m.ID, "matter.correct", step) {
			t.Error("correcting is offered before there is an opinion")
		}
		_, err = o.say(o.operator(), m.ID, step, matter.Pass)
		must(t, err)
		for who, want := range map[string]bool{"operator": true, "colleague": true, "bureau": false, "bank": false} {
			ctx := map[string]context.Context{"operator": o.operator(), "colleague": o.as("second", "org_operator", access.Operator), "bureau": o.bureau(1), "bank": o.bank()}[who]
			if got := offered(ctx, m.ID, "matter.correct", step); got != want {
				t.Errorf("correcting offered to %s = %v, want %v", who, got, want)
			}
			_, err := o.Correct(ctx, m.ID, step, "acc_operator", "更正后的理由, "+who, "笔误")
			if (err == nil) != want {
				t.Errorf("correcting by %s = %v, want done: %v", who, err, want)
			}
		}
		if names := o.load(m.ID).Steps[0].Opinions[0].Corrected; len(names) != 2 || !slices.ContainsFunc(names, func(c matter.Correction) bool { return c.Name == "second" }) {
			t.Errorf("corrections = %+v, want two, one by the colleague", names)
		}
	})
}
