package lab

import (
	"context"
	"fmt"
	"slices"
	"time"

	"yunei/internal/base/errs"
	"yunei/internal/base/sqldb"
)

const (
	noSeat    = "没有这个席位, 请刷新后重试"
	noSupply  = "没有这条供数记录, 请核对后重试"
	noSession = "没有这次会话, 请刷新后重试"
)

func saveSpace(ctx context.Context, tx *sqldb.Tx, sp Space) error {
	body, err := encode(sp)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `UPDATE space SET body = $2 WHERE id = $1`, sp.ID, body)
	return err
}

func spaceOf(ctx context.Context, tx *sqldb.Tx, org, scenario string) (Space, bool, error) {
	list, err := sqldb.List(ctx, tx, func(r *sqldb.Rows) (Space, error) { return scanSpace(r) },
		`SELECT id, org, scenario, body FROM space WHERE org = $1 AND scenario = $2`, org, scenario)
	if err != nil || len(list) == 0 {
		return Space{}, false, err
	}
	return list[0], true, nil
}

func one[T any](list []T, err error, none string) (v T, _ error) {
	if err != nil {
		return v, err
	}
	if len(list) == 0 {
		return v, errs.New(errs.NotFound, "%s", none)
	}
	return list[0], nil
}

func putSeat(ctx context.Context, tx *sqldb.Tx, seat Seat) error {
	body, err := encode(seat)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `INSERT INTO space_seat (id, space, account, state, body, opened) VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT (id) DO UPDATE SET state = $4, body = $5`, seat.ID, seat.Space, seat.Account, seat.State, body, seat.Opened.UnixMicro())
	return err
}

func loadSeat(ctx context.Context, tx *sqldb.Tx, id string) (Seat, error) {
	list, err := sqldb.Bodies[Seat](ctx, tx, `SELECT body FROM space_seat WHERE id = $1`, id)
	return one(list, err, noSeat)
}

// seatsOf lists a space's seats, those that ended too, newest first.
func seatsOf(ctx context.Context, tx *sqldb.Tx, space string) ([]Seat, error) {
	return sqldb.Bodies[Seat](ctx, tx, `SELECT body FROM space_seat WHERE space = $1 ORDER BY id DESC`, space)
}

func activeSeats(ctx context.Context, tx *sqldb.Tx, space string) ([]Seat, error) {
	return sqldb.Bodies[Seat](ctx, tx, `SELECT body FROM space_seat WHERE space = $1 AND state = 'active' ORDER BY id`, space)
}

// seatedSpaces lists the spaces in which an account has a seat.
func seatedSpaces(ctx context.Context, tx *sqldb.Tx, account, before string, limit int) ([]Space, error) {
	return sqldb.List(ctx, tx, func(r *sqldb.Rows) (Space, error) { return scanSpace(r) },
		`SELECT p.id, p.org, p.scenario, p.body FROM space p JOIN space_seat s ON s.space = p.id
		WHERE s.account = $1 AND s.state = 'active' AND ($2 = '' OR p.id < $2) ORDER BY p.id DESC LIMIT $3`, account, before, limit)
}

func putSession(ctx context.Context, tx *sqldb.Tx, v Session, seen time.Time) error {
	closed := int64(0)
	if v.Closed != nil {
		closed = v.Closed.UnixMicro()
	}
	_, err := tx.Exec(ctx, `INSERT INTO space_session (id, space, account, opened, seen, closed) VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT (id) DO UPDATE SET seen = $5, closed = $6`, v.ID, v.Space, v.Account, v.Opened.UnixMicro(), seen.UnixMicro(), closed)
	return err
}

type seenSession struct {
	Session
	seen time.Time
}

func sessions(ctx context.Context, tx *sqldb.Tx, where string, args ...any) ([]seenSession, error) {
	return sqldb.List(ctx, tx, func(r *sqldb.Rows) (v seenSession, err error) {
		var opened, seen, closed int64
		err = r.Scan(&v.ID, &v.Space, &v.Account, &opened, &seen, &closed)
		v.Opened, v.seen = time.UnixMicro(opened).UTC(), time.UnixMicro(seen).UTC()
		if closed > 0 {
			at := time.UnixMicro(closed).UTC()
			v.Closed = &at
		}
		return v, err
	}, `SELECT id, space, account, opened, seen, closed FROM space_session WHERE `+where, args...)
}

func loadSession(ctx context.Context, tx *sqldb.Tx, id string) (seenSession, error) {
	list, err := sessions(ctx, tx, `id = $1`, id)
	return one(list, err, noSession)
}

// openSessions lists the open sessions of a space, of one account or ("") of all.
func openSessions(ctx context.Context, tx *sqldb.Tx, space, account string) ([]seenSession, error) {
	return sessions(ctx, tx, `space = $1 AND ($2 = '' OR account = $2) AND closed = 0 ORDER BY id`, space, account)
}

// note counts a use of a tool in a session.
func note(ctx context.Context, tx *sqldb.Tx, session Session, what, object string) error {
	now := tx.Now().UnixMicro()
	if _, err := tx.Exec(ctx, `UPDATE space_session SET seen = $2 WHERE id = $1 AND closed = 0`, session.ID, now); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, `INSERT INTO space_activity (session, what, object, space, times, first, last) VALUES ($1, $2, $3, $4, 1, $5, $5)
		ON CONFLICT (session, what, object) DO UPDATE SET times = space_activity.times + 1, last = $5`, session.ID, what, object, session.Space, now)
	return err
}

func activitiesOf(ctx context.Context, tx *sqldb.Tx, space string, limit int) ([]Activity, error) {
	return sqldb.List(ctx, tx, func(r *sqldb.Rows) (a Activity, err error) {
		var first, last int64
		err = r.Scan(&a.Session, &a.Account, &a.What, &a.Object, &a.Times, &first, &last)
		a.First, a.Last = time.UnixMicro(first).UTC(), time.UnixMicro(last).UTC()
		return a, err
	}, `SELECT a.session, s.account, a.what, a.object, a.times, a.first, a.last FROM space_activity a JOIN space_session s ON s.id = a.session
		WHERE a.space = $1 ORDER BY a.last DESC, a.session, a.what, a.object LIMIT $2`, space, limit)
}

func putUsage(ctx context.Context, tx *sqldb.Tx, id, space, kind string, month string, u Usage) error {
	_, err := tx.Exec(ctx, `INSERT INTO space_usage (id, space, month, kind, cpu, wall, in_rows, in_bytes, at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
		id, space, month, kind, u.CPU, u.Wall, u.Rows, u.Bytes, tx.Now().UnixMicro())
	return err
}

// statementsOf sums a space's use by month, newest first; of one month where it is named.
func statementsOf(ctx context.Context, tx *sqldb.Tx, space, month string) ([]Statement, error) {
	return sqldb.List(ctx, tx, func(r *sqldb.Rows) (v Statement, err error) {
		return v, r.Scan(&v.Month, &v.Runs, &v.Trials, &v.CPU, &v.Rows, &v.Bytes)
	}, `SELECT month, CAST(SUM(CASE WHEN kind = 'run' THEN 1 ELSE 0 END) AS BIGINT), CAST(SUM(CASE WHEN kind = 'run' THEN 0 ELSE 1 END) AS BIGINT),
		CAST(SUM(cpu) AS BIGINT), CAST(SUM(in_rows) AS BIGINT), CAST(SUM(in_bytes) AS BIGINT)
		FROM space_usage WHERE space = $1 AND ($2 = '' OR month = $2) GROUP BY month ORDER BY month DESC`, space, month)
}

func putSupply(ctx context.Context, tx *sqldb.Tx, v Supply) error {
	body, err := encode(v)
	if err != nil {
		return err
	}
	held := 0
	if slices.ContainsFunc(v.Batches, func(b Batch) bool { return b.Dropped == nil }) {
		held = 1
	}
	_, err = tx.Exec(ctx, `INSERT INTO space_supply (id, space, org, provider, resource, state, body, opened, supplier, held) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
		ON CONFLICT (id) DO UPDATE SET state = $6, body = $7, held = $10`, v.ID, v.Space, v.Org, v.Provider, v.Resource, v.State, body, v.Opened.UnixMicro(), v.ByOrg, held)
	if err != nil {
		return fmt.Errorf("save supply %s: %w", v.ID, err)
	}
	return nil
}

// LoadSupply loads a supply record; supervision lists its copies.
func LoadSupply(ctx context.Context, tx *sqldb.Tx, id string) (Supply, error) {
	list, err := sqldb.Bodies[Supply](ctx, tx, `SELECT body FROM space_supply WHERE id = $1`, id)
	return one(list, err, noSupply)
}

// SuppliesOf lists the supplies of a space, newest first.
func SuppliesOf(ctx context.Context, tx *sqldb.Tx, space string) ([]Supply, error) {
	return sqldb.Bodies[Supply](ctx, tx, `SELECT body FROM space_supply WHERE space = $1 ORDER BY id DESC`, space)
}

// suppliesIn lists the supplies of a resource that hold, or are being made, in a space.
func suppliesIn(ctx context.Context, tx *sqldb.Tx, space, resource string) ([]Supply, error) {
	return sqldb.Bodies[Supply](ctx, tx, `SELECT body FROM space_supply WHERE space = $1 AND resource = $2 AND state IN ('standing', 'supplying') ORDER BY id DESC`, space, resource)
}

// standing finds the supply of a resource that holds in a space.
func standing(ctx context.Context, tx *sqldb.Tx, space, resource string) (Supply, bool, error) {
	list, err := sqldb.Bodies[Supply](ctx, tx, `SELECT body FROM space_supply WHERE space = $1 AND resource = $2 AND state = 'standing' ORDER BY id DESC`, space, resource)
	if err != nil || len(list) == 0 {
		return Supply{}, false, err
	}
	return list[0], true, nil
}
