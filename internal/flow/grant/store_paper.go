package grant

import (
	"context"
	"errors"
	"strconv"

	"yunei/internal/base/errs"
	"yunei/internal/base/sqldb"
	"yunei/internal/core/access"
)

func insertAgreement(ctx context.Context, tx *sqldb.Tx, a Agreement) error {
	body, err := encode(a)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `INSERT INTO agreement (id, scenario, declaration, org, state, kind, subject, round, body, opened, area)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
		a.ID, a.Scenario, a.Declaration, a.Org, a.State, a.kind(), a.subject(), max(a.Round, 1), body, a.Opened.UnixMicro(), string(a.Area))
	if sqldb.IsUnique(err, "agreement_subject") || sqldb.IsUnique(err, "agreement.subject") {
		return errs.New(errs.Conflict, "这份申报已有协议, 请直接签署")
	}
	for _, p := range a.Parties {
		if err == nil {
			_, err = tx.Exec(ctx, `INSERT INTO agreement_party (agreement, role, org) VALUES ($1, $2, $3)`, a.ID, p.Role, p.Org)
		}
	}
	return err
}

// saveAgreement stores a signed agreement; who has signed for a party known by its role is known by name from then on.
func saveAgreement(ctx context.Context, tx *sqldb.Tx, a Agreement) error {
	body, err := encode(a)
	if err != nil {
		return err
	}
	if _, err = tx.Exec(ctx, `UPDATE agreement SET state = $2, body = $3 WHERE id = $1`, a.ID, a.State, body); err != nil {
		return err
	}
	for _, sig := range a.Signatures {
		if _, err := tx.Exec(ctx, `UPDATE agreement_party SET org = $3 WHERE agreement = $1 AND role = $2`, a.ID, sig.Role, sig.Org); err != nil {
			return err
		}
	}
	return nil
}

// latestAgreement is the newest agreement of a kind about a subject, and how many there were.
func latestAgreement(ctx context.Context, tx *sqldb.Tx, subject, kind string) (Agreement, int, error) {
	var n int
	if err := tx.QueryRow(ctx, `SELECT count(*) FROM agreement WHERE subject = $1 AND kind = $2`, subject, kind).Scan(&n); err != nil || n == 0 {
		return Agreement{}, 0, err
	}
	a, err := scanAgreement(tx.QueryRow(ctx, `SELECT `+agreementColumns+` FROM agreement WHERE subject = $1 AND kind = $2 ORDER BY round DESC LIMIT 1`, subject, kind))
	return a, n, err
}

// listAgreements lists all, or those to which an organization is a party or which wait for a body known by its role.
func listAgreements(ctx context.Context, tx *sqldb.Tx, actor access.Actor, before string, limit int) ([]Agreement, error) {
	args := []any{scope(actor), before, limit}
	in := "1 = 1"
	if actor.Overseer() {
		lo, hi := actor.Area.Range()
		args = append(args, lo, hi)
		in = `area >= $4 AND area < $5`
	}
	where := `org = $1 OR id IN (SELECT agreement FROM agreement_party WHERE org = $1)`
	if actor.Has(access.Government) {
		args = append(args, string(actor.Area))
		where += ` OR area = $` + strconv.Itoa(len(args)) + ` AND id IN (SELECT agreement FROM agreement_party WHERE role = '` + string(access.Government) + `')`
	}
	rows, err := tx.Query(ctx, `SELECT `+agreementColumns+` FROM agreement
		WHERE ($1 = '' OR `+where+`) AND ($2 = '' OR id < $2) AND `+in+` ORDER BY id DESC LIMIT $3`, args...)
	return sqldb.Collect(rows, err, func(r *sqldb.Rows) (Agreement, error) { return scanAgreement(r) })
}

func keepSeal(ctx context.Context, tx *sqldb.Tx, s Seal) error {
	body, err := encode(s)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `INSERT INTO contract_seal (id, body) VALUES ($1, $2) ON CONFLICT (id) DO UPDATE SET body = excluded.body`, s.ID, body)
	return err
}

func loadSeal(ctx context.Context, tx *sqldb.Tx, id string) (Seal, error) {
	s, err := sqldb.Body[Seal](tx.QueryRow(ctx, `SELECT body FROM contract_seal WHERE id = $1`, id))
	return s, missing(err, noSeal)
}

func listSeals(ctx context.Context, tx *sqldb.Tx, before string, limit int) ([]Seal, error) {
	return sqldb.Bodies[Seal](ctx, tx, `SELECT body FROM contract_seal WHERE ($1 = '' OR id < $1) ORDER BY id DESC LIMIT $2`, before, limit)
}

func insertSealUse(ctx context.Context, tx *sqldb.Tx, u SealUse) error {
	body, err := encode(u)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `INSERT INTO seal_use (id, seal, agreement, body) VALUES ($1, $2, $3, $4)`, u.ID, u.Seal, u.Agreement, body)
	return err
}

func loadSealUse(ctx context.Context, tx *sqldb.Tx, id string) (SealUse, error) {
	u, err := sqldb.Body[SealUse](tx.QueryRow(ctx, `SELECT body FROM seal_use WHERE id = $1`, id))
	return u, missing(err, noSeal)
}

func listSealUses(ctx context.Context, tx *sqldb.Tx, seal, before string, limit int) ([]SealUse, error) {
	return sqldb.Bodies[SealUse](ctx, tx, `SELECT body FROM seal_use WHERE seal = $1 AND ($2 = '' OR id < $2) ORDER BY id DESC LIMIT $3`, seal, before, limit)
}

func insertFiling(ctx context.Context, tx *sqldb.Tx, f Filing) error {
	body, err := encode(f)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `INSERT INTO filing (id, subject, addressee, state, number, org, body, area) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
		f.ID, f.Subject, f.To, f.State, f.Number, f.Owner, body, string(f.Area))
	if sqldb.IsUnique(err, "filing_subject") || sqldb.IsUnique(err, "filing.subject") {
		return errs.New(errs.Conflict, "已有同一备案, 请刷新查看")
	}
	return err
}

func saveFiling(ctx context.Context, tx *sqldb.Tx, f Filing) error {
	body, err := encode(f)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `UPDATE filing SET state = $2, number = $3, body = $4 WHERE id = $1`, f.ID, f.State, f.Number, body)
	return err
}

func loadFiling(ctx context.Context, tx *sqldb.Tx, id string) (Filing, error) {
	f, err := sqldb.Body[Filing](tx.QueryRow(ctx, `SELECT body FROM filing WHERE id = $1`, id))
	return f, missing(err, noFiling)
}

func findFiling(ctx context.Context, tx *sqldb.Tx, subject, to string) (Filing, bool, error) {
	f, err := sqldb.Body[Filing](tx.QueryRow(ctx, `SELECT body FROM filing WHERE subject = $1 AND addressee = $2`, subject, to))
	if errors.Is(err, sqldb.ErrNoRows) {
		return f, false, nil
	}
	return f, err == nil, err
}

// filingFilter chooses filings; empty fields choose all.
type filingFilter struct {
	org, to, state, before string
	area                   access.Area // it and what lies inside it
	limit                  int
}

func listFilings(ctx context.Context, tx *sqldb.Tx, f filingFilter) ([]Filing, error) {
	lo, hi := f.area.Range()
	return sqldb.Bodies[Filing](ctx, tx, `SELECT body FROM filing WHERE ($1 = '' OR org = $1) AND ($2 = '' OR addressee = $2) AND ($3 = '' OR state = $3)
		AND ($4 = '' OR id < $4) AND area >= $6 AND area < $7 ORDER BY id DESC LIMIT $5`, f.org, f.to, f.state, f.before, f.limit, lo, hi)
}

func nextFilingNumber(ctx context.Context, tx *sqldb.Tx, year int) (n int64, err error) {
	err = tx.QueryRow(ctx, `INSERT INTO filing_number (year, last) VALUES ($1, 1)
		ON CONFLICT (year) DO UPDATE SET last = filing_number.last + 1 RETURNING last`, year).Scan(&n)
	return n, err
}

func insertRenewal(ctx context.Context, tx *sqldb.Tx, r Renewal) error {
	body, err := encode(r)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `INSERT INTO renewal (id, grant_id, org, state, matter, body) VALUES ($1, $2, $3, $4, $5, $6)`,
		r.ID, r.Grant, r.Org, r.State, r.Matter, body)
	return err
}

func saveRenewal(ctx context.Context, tx *sqldb.Tx, r Renewal) error {
	body, err := encode(r)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `UPDATE renewal SET state = $2, matter = $3, body = $4 WHERE id = $1`, r.ID, r.State, r.Matter, body)
	return err
}

func loadRenewal(ctx context.Context, tx *sqldb.Tx, id string) (Renewal, error) {
	r, err := sqldb.Body[Renewal](tx.QueryRow(ctx, `SELECT body FROM renewal WHERE id = $1`, id))
	return r, missing(err, noRenewal)
}

func listRenewals(ctx context.Context, tx *sqldb.Tx, grant string) ([]Renewal, error) {
	return sqldb.Bodies[Renewal](ctx, tx, `SELECT body FROM renewal WHERE grant_id = $1 ORDER BY id DESC`, grant)
}

// filingsOf are the filings of one subject.
func filingsOf(ctx context.Context, tx *sqldb.Tx, subject string) ([]Filing, error) {
	return sqldb.Bodies[Filing](ctx, tx, `SELECT body FROM filing WHERE subject = $1 ORDER BY id`, subject)
}

func insertGuidance(ctx context.Context, tx *sqldb.Tx, g Guidance) error {
	body, err := encode(g)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `INSERT INTO guidance (id, matter, body) VALUES ($1, $2, $3)`, g.ID, g.Matter, body)
	return err
}

func loadGuidance(ctx context.Context, tx *sqldb.Tx, id string) (Guidance, error) {
	g, err := sqldb.Body[Guidance](tx.QueryRow(ctx, `SELECT body FROM guidance WHERE id = $1`, id))
	return g, missing(err, noMatter)
}

func listGuidance(ctx context.Context, tx *sqldb.Tx, matter string) ([]Guidance, error) {
	return sqldb.Bodies[Guidance](ctx, tx, `SELECT body FROM guidance WHERE matter = $1 ORDER BY id`, matter)
}
