package ledger_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"yunei/internal/base/sqldb"
)

// The tables and columns that a backup of the tests' ledger holds.
var backedUp = map[string]string{
	"thing":             "id, n",
	"ledger_entry":      "seq, leaf, body, recorded, occurred, act, outcome, actor, org, matter",
	"ledger_object":     "id, kind, seq",
	"object_version":    "kind, id, version, digest, salt, body, recorded",
	"ledger_node":       "level, idx, sha256, sm3",
	"ledger_checkpoint": "size, published, note, sm3",
	"ledger_origin":     "epoch, origin, since, loss",
}

// dump copies the ledger and its business rows, as a backup does.
func dump(t *testing.T, db *sqldb.DB) map[string][][]any {
	t.Helper()
	out := map[string][][]any{}
	must(t, db.View(t.Context(), func(tx *sqldb.Tx) error {
		for table, columns := range backedUp {
			rows, err := tx.Query(t.Context(), "SELECT "+columns+" FROM "+table)
			if err != nil {
				return err
			}
			width := strings.Count(columns, ",") + 1
			for rows.Next() {
				row, dest := make([]any, width), make([]any, width)
				for i := range row {
					dest[i] = &row[i]
				}
				if err := rows.Scan(dest...); err != nil {
					return err
				}
				out[table] = append(out[table], row)
			}
		}
		return nil
	}))
	return out
}

// restore puts a backup back, losing what came after it.
func restore(t *testing.T, db *sqldb.DB, backup map[string][][]any) {
	t.Helper()
	must(t, db.Do(t.Context(), func(tx *sqldb.Tx) error {
		for table, columns := range backedUp {
			if _, err := tx.Exec(t.Context(), "DELETE FROM "+table); err != nil {
				return err
			}
			for _, row := range backup[table] {
				marks := make([]string, len(row))
				for i := range row {
					marks[i] = fmt.Sprintf("$%d", i+1)
				}
				q := "INSERT INTO " + table + " (" + columns + ") VALUES (" + strings.Join(marks, ", ") + ")"
				if _, err := tx.Exec(t.Context(), q, slices.Clone(row)...); err != nil {
					return err
				}
			}
		}
		return nil
	}))
}
