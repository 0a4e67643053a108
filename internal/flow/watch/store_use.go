package watch

import (
	"context"

	"yunei/internal/base/sqldb"
	"yunei/internal/flow/lab"
	"yunei/internal/flow/output"
)

// entriesOf lists what a department has in the catalog.
func entriesOf(ctx context.Context, tx *sqldb.Tx, holder string) ([]held, error) {
	rows, err := tx.Query(ctx, `SELECT id, table_name, title FROM catalog_entry WHERE holder = $1 AND state = 'published' ORDER BY id`, holder)
	return sqldb.Collect(rows, err, func(r *sqldb.Rows) (h held, err error) { return h, r.Scan(&h.id, &h.table, &h.title) })
}

// declaredVersions lists every version with every scenario in which it was declared.
func declaredVersions(ctx context.Context, tx *sqldb.Tx) ([][2]string, error) {
	rows, err := tx.Query(ctx, `SELECT DISTINCT m.version, d.scenario FROM declaration_model m JOIN declaration d ON d.id = m.declaration ORDER BY 1, 2`)
	return sqldb.Collect(rows, err, func(r *sqldb.Rows) (p [2]string, err error) { return p, r.Scan(&p[0], &p[1]) })
}

func runsOf(ctx context.Context, tx *sqldb.Tx, version, scenario string) ([]lab.Run, error) {
	return sqldb.Bodies[lab.Run](ctx, tx, `SELECT r.body FROM run r JOIN space s ON s.id = r.space WHERE r.version = $1 AND s.scenario = $2 ORDER BY r.id`, version, scenario)
}

func resultsFrom(ctx context.Context, tx *sqldb.Tx, version, scenario string) ([]output.Release, error) {
	return sqldb.Bodies[output.Release](ctx, tx, `SELECT q.body FROM release_request q JOIN run r ON r.id = q.run JOIN space s ON s.id = r.space
		WHERE r.version = $1 AND s.scenario = $2 ORDER BY q.id DESC`, version, scenario)
}

// answeredCalls counts the answered calls of a version's services, by month.
func answeredCalls(ctx context.Context, tx *sqldb.Tx, version, scenario string) (map[string]int64, error) {
	rows, err := tx.Query(ctx, `SELECT c.month, COUNT(*) FROM service_call c JOIN deployment d ON d.id = c.deployment
		WHERE d.version = $1 AND d.scenario = $2 AND c.outcome = 'ok' GROUP BY c.month`, version, scenario)
	out := map[string]int64{}
	_, err = sqldb.Collect(rows, err, func(r *sqldb.Rows) (struct{}, error) {
		var month string
		var n int64
		err := r.Scan(&month, &n)
		out[month] = n
		return struct{}{}, err
	})
	return out, err
}
