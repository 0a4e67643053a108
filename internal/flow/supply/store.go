package supply

import (
	"context"
	"encoding/json"
	"fmt"

	"yunei/internal/base/errs"
	"yunei/internal/base/sqldb"
	"yunei/internal/core/access"
)

// What another organization holds is answered in the words for what does not exist.
const (
	noApplication = "没有这件公共数据申请, 请核对后重试"
	noPart        = "没有这部分申请, 请核对后重试"
	noProvision   = "没有这条资源提供记录, 请核对后重试"
	noProcessing  = "没有这条加工处理记录, 请核对后重试"
	noDemand      = "没有这项数据需求, 请核对后重试"
	noScenario    = "没有这个场景, 请核对后重试"
	noSupply      = "没有这条供数记录, 请核对后重试"
)

func encode(v any) (string, error) {
	b, err := json.Marshal(v)
	if err != nil {
		return "", fmt.Errorf("encode: %w", err)
	}
	return string(b), nil
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

func putApplication(ctx context.Context, tx *sqldb.Tx, a Application) error {
	body, err := encode(a)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `INSERT INTO supply_application (id, org, scenario, operator, body, opened, area) VALUES ($1, $2, $3, $4, $5, $6, $7)
		ON CONFLICT (id) DO UPDATE SET body = $5, operator = $4`, a.ID, a.Org, a.Scenario, a.Operator, body, a.Opened.UnixMicro(), string(a.Area))
	return err
}

func loadApplication(ctx context.Context, tx *sqldb.Tx, id string) (Application, error) {
	list, err := sqldb.Bodies[Application](ctx, tx, `SELECT body FROM supply_application WHERE id = $1`, id)
	return one(list, err, noApplication)
}

// listApplications lists newest first: all for "", else those that an organization filed, handles as the operator, or has a part in.
func listApplications(ctx context.Context, tx *sqldb.Tx, org string, area access.Area, scenario, before string, limit int) ([]Application, error) {
	lo, hi := area.Range()
	return sqldb.Bodies[Application](ctx, tx, `SELECT body FROM supply_application WHERE ($1 = '' OR org = $1 OR operator = $1
		OR id IN (SELECT application FROM supply_part WHERE provider = $1)) AND ($2 = '' OR scenario = $2) AND ($3 = '' OR id < $3)
		AND area >= $5 AND area < $6 ORDER BY id DESC LIMIT $4`, org, scenario, before, limit, lo, hi)
}

func putPart(ctx context.Context, tx *sqldb.Tx, p Part) error {
	body, err := encode(p)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `INSERT INTO supply_part (id, application, provider, state, body, opened) VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT (id) DO UPDATE SET state = $4, body = $5`, p.ID, p.Application, p.Provider, p.State, body, p.Opened.UnixMicro())
	return err
}

func loadPart(ctx context.Context, tx *sqldb.Tx, id string) (Part, error) {
	list, err := sqldb.Bodies[Part](ctx, tx, `SELECT body FROM supply_part WHERE id = $1`, id)
	return one(list, err, noPart)
}

func partsOf(ctx context.Context, tx *sqldb.Tx, application string) ([]Part, error) {
	return sqldb.Bodies[Part](ctx, tx, `SELECT body FROM supply_part WHERE application = $1 ORDER BY id`, application)
}

// partsUnder lists the parts of a scenario's applications.
func partsUnder(ctx context.Context, tx *sqldb.Tx, scenario string) ([]Part, error) {
	return sqldb.Bodies[Part](ctx, tx, `SELECT p.body FROM supply_part p JOIN supply_application a ON a.id = p.application WHERE a.scenario = $1 ORDER BY p.id`, scenario)
}

func putProvision(ctx context.Context, tx *sqldb.Tx, p Provision) error {
	body, err := encode(p)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `INSERT INTO supply_provision (id, operator, resource, body, opened, area) VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT (id) DO UPDATE SET body = $4`, p.ID, p.Operator, p.Resource, body, p.Opened.UnixMicro(), string(p.Area))
	return err
}

func loadProvision(ctx context.Context, tx *sqldb.Tx, id string) (Provision, error) {
	list, err := sqldb.Bodies[Provision](ctx, tx, `SELECT body FROM supply_provision WHERE id = $1`, id)
	return one(list, err, noProvision)
}

func listProvisions(ctx context.Context, tx *sqldb.Tx, operator string, area access.Area, before string, limit int) ([]Provision, error) {
	lo, hi := area.Range()
	return sqldb.Bodies[Provision](ctx, tx, `SELECT body FROM supply_provision WHERE ($1 = '' OR operator = $1) AND ($2 = '' OR id < $2)
		AND area >= $4 AND area < $5 ORDER BY id DESC LIMIT $3`, operator, before, limit, lo, hi)
}

func putProcessing(ctx context.Context, tx *sqldb.Tx, p Processing) error {
	body, err := encode(p)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `INSERT INTO supply_processing (id, operator, resource, state, body, opened, area) VALUES ($1, $2, $3, $4, $5, $6, $7)
		ON CONFLICT (id) DO UPDATE SET state = $4, body = $5`, p.ID, p.Operator, p.Resource, p.State, body, p.Opened.UnixMicro(), string(p.Area))
	return err
}

func loadProcessing(ctx context.Context, tx *sqldb.Tx, id string) (Processing, error) {
	list, err := sqldb.Bodies[Processing](ctx, tx, `SELECT body FROM supply_processing WHERE id = $1`, id)
	return one(list, err, noProcessing)
}

func listProcessings(ctx context.Context, tx *sqldb.Tx, operator string, area access.Area, before string, limit int) ([]Processing, error) {
	lo, hi := area.Range()
	return sqldb.Bodies[Processing](ctx, tx, `SELECT body FROM supply_processing WHERE ($1 = '' OR operator = $1) AND ($2 = '' OR id < $2)
		AND area >= $4 AND area < $5 ORDER BY id DESC LIMIT $3`, operator, before, limit, lo, hi)
}

// processed finds the operator's standing record of a resource.
func processed(ctx context.Context, tx *sqldb.Tx, operator, resource string) (Processing, bool, error) {
	list, err := sqldb.Bodies[Processing](ctx, tx, `SELECT body FROM supply_processing WHERE operator = $1 AND resource = $2 AND state = 'stands' ORDER BY id DESC`, operator, resource)
	if err != nil || len(list) == 0 {
		return Processing{}, false, err
	}
	return list[0], true, nil
}

func putDemand(ctx context.Context, tx *sqldb.Tx, d Demand) error {
	body, err := encode(d)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `INSERT INTO supply_demand (id, org, scenario, state, body, opened, area) VALUES ($1, $2, $3, $4, $5, $6, $7)
		ON CONFLICT (id) DO UPDATE SET state = $4, body = $5`, d.ID, d.Org, d.Scenario, d.State, body, d.Opened.UnixMicro(), string(d.Area))
	return err
}

func loadDemand(ctx context.Context, tx *sqldb.Tx, id string) (Demand, error) {
	list, err := sqldb.Bodies[Demand](ctx, tx, `SELECT body FROM supply_demand WHERE id = $1`, id)
	return one(list, err, noDemand)
}

func listDemands(ctx context.Context, tx *sqldb.Tx, org string, area access.Area, scenario, before string, limit int) ([]Demand, error) {
	lo, hi := area.Range()
	return sqldb.Bodies[Demand](ctx, tx, `SELECT body FROM supply_demand WHERE ($1 = '' OR org = $1) AND ($2 = '' OR scenario = $2) AND ($3 = '' OR id < $3)
		AND area >= $5 AND area < $6 ORDER BY id DESC LIMIT $4`, org, scenario, before, limit, lo, hi)
}
