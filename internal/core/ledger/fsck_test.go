package ledger_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"yunei/internal/base/sqldb"
)

// Every stored byte that matters, changed behind the ledger's back, is found.
func TestFsck_FindsTampering(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		ctx := t.Context()
		for i := range 6 {
			_, err := h.set(ctx, fmt.Sprint("t", i%2), int64(i))
			must(t, err)
			if i == 3 {
				must(t, h.Seal(ctx))
			}
		}
		must(t, h.Seal(ctx))
		_, err := h.set(ctx, "t0", 7) // one more is waiting
		must(t, err)
		h.clean(t)

		flip := func(column string) string { // one bit of a byte in the middle
			if h.db.Dialect() == sqldb.Postgres {
				return "set_byte(" + column + ", length(" + column + ")/2, get_byte(" + column + ", length(" + column + ")/2) # 1)"
			}
			return "CAST(substr(" + column + ", 1, length(" + column + ")/2) || x'21' || substr(" + column + ", length(" + column + ")/2+2) AS BLOB)"
		}
		for _, c := range []struct{ name, change, want string }{
			{"entry bytes", `UPDATE ledger_entry SET body = ` + flip("body") + ` WHERE leaf = 2`, "entry 3: "},
			{"entry column", `UPDATE ledger_entry SET actor = 'acc_2' WHERE leaf = 2`, "entry 3: 检索列"},
			{"waiting entry", `UPDATE ledger_entry SET body = ` + flip("body") + ` WHERE leaf IS NULL`, "entry 7: "},
			{"entry deleted", `DELETE FROM ledger_entry WHERE leaf = 2`, "leaf 2: "},
			{"last entry deleted", `DELETE FROM ledger_entry WHERE leaf = 5`, "checkpoint: "},
			{"search row deleted", `DELETE FROM ledger_object WHERE seq = 3`, "ledger_object: "},
			{"tree node", `UPDATE ledger_node SET sm3 = ` + flip("sm3") + ` WHERE level = 1 AND idx = 0`, "node 1/0: "},
			{"checkpoint", `UPDATE ledger_checkpoint SET note = note || 'x' WHERE size = 6`, "checkpoint 6: "},
			{"version bytes", `UPDATE object_version SET body = ` + flip("body") + ` WHERE id = 't1' AND version = 1`, "thing t1 v1: "},
			{"version digest", `UPDATE object_version SET digest = '00' WHERE id = 't1' AND version = 1`, "thing t1: 留存版本"},
			{"version deleted", `DELETE FROM object_version WHERE id = 't1' AND version = 3`, "thing t1: 留存版本"},
			{"history deleted", `DELETE FROM object_version WHERE id = 't1'`, "thing t1: 账本记有改动"},
			{"business row", `UPDATE thing SET n = 99 WHERE id = 't1'`, "thing t1: 现有数据行"},
			{"business row deleted", `DELETE FROM thing WHERE id = 't1'`, "thing t1: 现有数据行"},
		} {
			t.Run(c.name, func(t *testing.T) {
				snapshot := dump(t, h.db)
				must(t, h.db.Do(ctx, func(tx *sqldb.Tx) error {
					n, err := tx.Exec(ctx, c.change)
					if err == nil && n == 0 {
						err = errors.New("nothing changed")
					}
					return err
				}))
				problems, err := h.Fsck(ctx)
				must(t, err)
				found := false
				for _, p := range problems {
					found = found || strings.HasPrefix(p.String(), c.want)
				}
				if !found {
					t.Errorf("got %v, want a problem %q", problems, c.want)
				}
				restore(t, h.db, snapshot)
			})
		}
		h.clean(t)
	})
}
