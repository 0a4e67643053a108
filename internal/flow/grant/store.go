package grant

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"yunei/internal/base/errs"
	"yunei/internal/base/sqldb"
	"yunei/internal/core/access"
	"yunei/internal/core/matter"
)

// What another organization holds is answered in the words for what does not exist.
const (
	noScenario    = "没有这个场景, 请核对后重试"
	noDeclaration = "没有这份申报, 请核对后重试"
	noAgreement   = "没有这份协议, 请核对后重试"
	noGrant       = "没有这项授权, 请核对后重试"

	noAuthorization  = "没有这项授权申请, 请核对后重试"
	noDepartment     = "没有这个部门的审核确认, 请核对后重试"
	noRecommendation = "没有这件推荐, 请核对后重试"
	noSeal           = "没有这枚印章, 请从登记簿中选择"
	noFiling         = "没有这件备案, 请核对后重试"
	noRenewal        = "没有这件续签申请, 请核对后重试"
	noMatter         = "没有这个办件, 请核对后重试"
)

type row interface{ Scan(dest ...any) error }

func encode(v any) (string, error) {
	b, err := json.Marshal(v)
	if err != nil {
		return "", fmt.Errorf("encode: %w", err)
	}
	return string(b), nil
}

func insertScenario(ctx context.Context, tx *sqldb.Tx, s Scenario) error {
	body, err := encode(s)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `INSERT INTO scenario (id, org, state, matter, body, opened, area, answers) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
		s.ID, s.Org, s.State, s.Matter, body, s.Opened.UnixMicro(), string(s.Area), s.Plan.Call)
	return err
}

func saveScenario(ctx context.Context, tx *sqldb.Tx, s Scenario) error {
	body, err := encode(s)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `UPDATE scenario SET state = $2, matter = $3, body = $4, answers = $5 WHERE id = $1`, s.ID, s.State, s.Matter, body, s.Plan.Call)
	return err
}

func scanScenario(r row) (Scenario, error) {
	var s Scenario
	var id, org, state, matter, area, body string
	if err := r.Scan(&id, &org, &state, &matter, &area, &body); err != nil {
		return s, err
	}
	if err := json.Unmarshal([]byte(body), &s); err != nil {
		return s, fmt.Errorf("decode scenario %s: %w", id, err)
	}
	s.ID, s.Org, s.State, s.Matter, s.Area = id, org, state, matter, access.Area(area)
	return s, nil
}

const scenarioColumns = `id, org, state, matter, area, body`

func loadScenario(ctx context.Context, tx *sqldb.Tx, id string) (Scenario, error) {
	s, err := scanScenario(tx.QueryRow(ctx, `SELECT `+scenarioColumns+` FROM scenario WHERE id = $1`, id))
	return s, missing(err, noScenario)
}

func listScenarios(ctx context.Context, tx *sqldb.Tx, area access.Area, before string, limit int) ([]Scenario, error) {
	lo, hi := area.Range()
	rows, err := tx.Query(ctx, `SELECT `+scenarioColumns+` FROM scenario WHERE ($1 = '' OR id < $1) AND area >= $3 AND area < $4
		ORDER BY id DESC LIMIT $2`, before, limit, lo, hi)
	return sqldb.Collect(rows, err, func(r *sqldb.Rows) (Scenario, error) { return scanScenario(r) })
}

// listScenariosOf lists those of the actor's organization and those about which the actor was asked.
func listScenariosOf(ctx context.Context, tx *sqldb.Tx, actor access.Actor, before string, limit int) ([]Scenario, error) {
	args := []any{actor.Org, before, limit}
	asked := matter.AskedOf("matter", actor, &args)
	rows, err := tx.Query(ctx, `SELECT `+scenarioColumns+` FROM scenario
		WHERE ((org = $1 AND $1 <> '') OR `+asked+` OR id IN (SELECT scenario FROM declaration WHERE `+asked+`))
		AND ($2 = '' OR id < $2) ORDER BY id DESC LIMIT $3`, args...)
	return sqldb.Collect(rows, err, func(r *sqldb.Rows) (Scenario, error) { return scanScenario(r) })
}

func insertDeclaration(ctx context.Context, tx *sqldb.Tx, d Declaration) error {
	body, err := encode(d)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `INSERT INTO declaration (id, scenario, org, state, matter, body, opened) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
		d.ID, d.Scenario, d.Org, d.State, d.Matter, body, d.Opened.UnixMicro())
	if err != nil {
		return err
	}
	for _, m := range d.Models {
		_, err = tx.Exec(ctx, `INSERT INTO declaration_model (declaration, version, hash) VALUES ($1, $2, $3)`, d.ID, m.Version, m.Hash)
		if err != nil {
			return err
		}
	}
	return nil
}

func saveDeclaration(ctx context.Context, tx *sqldb.Tx, d Declaration) error {
	body, err := encode(d)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `UPDATE declaration SET state = $2, matter = $3, body = $4 WHERE id = $1`, d.ID, d.State, d.Matter, body)
	return err
}

func scanDeclaration(r row) (Declaration, error) {
	var d Declaration
	var id, scenario, org, state, matter, body string
	if err := r.Scan(&id, &scenario, &org, &state, &matter, &body); err != nil {
		return d, err
	}
	if err := json.Unmarshal([]byte(body), &d); err != nil {
		return d, fmt.Errorf("decode declaration %s: %w", id, err)
	}
	d.ID, d.Scenario, d.Org, d.State, d.Matter = id, scenario, org, state, matter
	return d, nil
}

const declarationColumns = `id, scenario, org, state, matter, body`

func loadDeclaration(ctx context.Context, tx *sqldb.Tx, id string) (Declaration, error) {
	d, err := scanDeclaration(tx.QueryRow(ctx, `SELECT `+declarationColumns+` FROM declaration WHERE id = $1`, id))
	return d, missing(err, noDeclaration)
}

func listDeclarations(ctx context.Context, tx *sqldb.Tx, org, scenario, before string, limit int) ([]Declaration, error) {
	rows, err := tx.Query(ctx, `SELECT `+declarationColumns+` FROM declaration
		WHERE ($1 = '' OR org = $1) AND ($2 = '' OR scenario = $2) AND ($3 = '' OR id < $3) ORDER BY id DESC LIMIT $4`, org, scenario, before, limit)
	return sqldb.Collect(rows, err, func(r *sqldb.Rows) (Declaration, error) { return scanDeclaration(r) })
}

// ApprovedIn is the condition that the model version in the column was approved in some declaration, for the lab's lists.
func ApprovedIn(column string) string {
	return column + ` IN (SELECT m.version FROM declaration_model m JOIN declaration d ON d.id = m.declaration WHERE d.state = '` + Approved + `')`
}

// declarationsOf lists the declarations that carry a model version.
func declarationsOf(ctx context.Context, tx *sqldb.Tx, version string) ([]Declaration, error) {
	rows, err := tx.Query(ctx, `SELECT d.id, d.scenario, d.org, d.state, d.matter, d.body FROM declaration_model m
		JOIN declaration d ON d.id = m.declaration WHERE m.version = $1 ORDER BY d.id`, version)
	return sqldb.Collect(rows, err, func(r *sqldb.Rows) (Declaration, error) { return scanDeclaration(r) })
}

func scanAgreement(r row) (Agreement, error) {
	var a Agreement
	var id, scenario, declaration, org, state, area, body string
	if err := r.Scan(&id, &scenario, &declaration, &org, &state, &area, &body); err != nil {
		return a, err
	}
	if err := json.Unmarshal([]byte(body), &a); err != nil {
		return a, fmt.Errorf("decode agreement %s: %w", id, err)
	}
	a.ID, a.Scenario, a.Declaration, a.Org, a.State, a.Area = id, scenario, declaration, org, state, access.Area(area)
	return a, nil
}

const agreementColumns = `id, scenario, declaration, org, state, area, body`

func loadAgreement(ctx context.Context, tx *sqldb.Tx, id string) (Agreement, error) {
	a, err := scanAgreement(tx.QueryRow(ctx, `SELECT `+agreementColumns+` FROM agreement WHERE id = $1`, id))
	return a, missing(err, noAgreement)
}

func insertGrant(ctx context.Context, tx *sqldb.Tx, g Grant) error {
	body, err := encode(g)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `INSERT INTO grants (id, scenario, agreement, org, permit, body, opened, area) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
		g.ID, g.Scenario, g.Agreement, g.Org, g.Permit, body, g.Opened.UnixMicro(), string(g.Area))
	if sqldb.IsUnique(err, "grants_agreement") || sqldb.IsUnique(err, "grants.agreement") {
		return errs.New(errs.Conflict, "这份协议的授权已经生效, 请刷新查看")
	}
	return err
}

func scanGrant(r row) (Grant, error) {
	var g Grant
	var id, scenario, agreement, org, permit, area, body string
	if err := r.Scan(&id, &scenario, &agreement, &org, &permit, &area, &body); err != nil {
		return g, err
	}
	if err := json.Unmarshal([]byte(body), &g); err != nil {
		return g, fmt.Errorf("decode grant %s: %w", id, err)
	}
	g.ID, g.Scenario, g.Agreement, g.Org, g.Permit, g.Area = id, scenario, agreement, org, permit, access.Area(area)
	return g, nil
}

const grantColumns = `id, scenario, agreement, org, permit, area, body`

func loadGrant(ctx context.Context, tx *sqldb.Tx, id string) (Grant, error) {
	g, err := scanGrant(tx.QueryRow(ctx, `SELECT `+grantColumns+` FROM grants WHERE id = $1`, id))
	return g, missing(err, noGrant)
}

func listGrants(ctx context.Context, tx *sqldb.Tx, org, scenario, before string, limit int) ([]Grant, error) {
	rows, err := tx.Query(ctx, `SELECT `+grantColumns+` FROM grants
		WHERE ($1 = '' OR org = $1) AND ($2 = '' OR scenario = $2) AND ($3 = '' OR id < $3) ORDER BY id DESC LIMIT $4`, org, scenario, before, limit)
	return sqldb.Collect(rows, err, func(r *sqldb.Rows) (Grant, error) { return scanGrant(r) })
}

// listGrantsIn lists the grants of an area and of what lies inside it.
func listGrantsIn(ctx context.Context, tx *sqldb.Tx, area access.Area, before string, limit int) ([]Grant, error) {
	lo, hi := area.Range()
	rows, err := tx.Query(ctx, `SELECT `+grantColumns+` FROM grants WHERE ($1 = '' OR id < $1) AND area >= $3 AND area < $4
		ORDER BY id DESC LIMIT $2`, before, limit, lo, hi)
	return sqldb.Collect(rows, err, func(r *sqldb.Rows) (Grant, error) { return scanGrant(r) })
}

// listGrantsOf lists the grants of an organization, and those under agreements to which it is a party.
func listGrantsOf(ctx context.Context, tx *sqldb.Tx, org, before string, limit int) ([]Grant, error) {
	rows, err := tx.Query(ctx, `SELECT `+grantColumns+` FROM grants
		WHERE (org = $1 OR agreement IN (SELECT agreement FROM agreement_party WHERE org = $1)) AND ($2 = '' OR id < $2)
		ORDER BY id DESC LIMIT $3`, org, before, limit)
	return sqldb.Collect(rows, err, func(r *sqldb.Rows) (Grant, error) { return scanGrant(r) })
}

func missing(err error, sentence string) error {
	if errors.Is(err, sqldb.ErrNoRows) {
		return errs.New(errs.NotFound, "%s", sentence)
	}
	return err
}
