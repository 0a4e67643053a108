package party

import (
	"context"
	"strings"

	"yunei/internal/base/errs"
	"yunei/internal/base/sqldb"
	"yunei/internal/base/workday"
	"yunei/internal/core/access"
	"yunei/internal/core/act"
	"yunei/internal/core/regime"
)

// placed is an area as it is kept: inside the one that the platform serves, which itself is kept as none.
func placed(tx *act.Tx, area access.Area) (access.Area, error) {
	found, ok := tx.Law().Area(strings.TrimSpace(string(area)))
	if !ok {
		return "", spotted("area", "本平台服务的行政区域是"+tx.Law().Root().Name+", 请从其下级区域中选择; 本级和外地单位不填")
	}
	return access.Area(found.Code), nil
}

// reaches refuses what lies outside the actor's area, in the words for what does not exist: a city's bureau has no business
// with another city's bodies (贵州 第四条: 统筹本行政区域内). Who oversees nothing is not held by areas.
func reaches(ctx context.Context, tx *sqldb.Tx, actor access.Actor, org string) error {
	if actor.Area == "" || actor.Org == org || !decides(actor) {
		return nil
	}
	area, err := access.AreaOf(ctx, tx, org)
	if err == nil && !actor.Area.Covers(area) {
		err = errs.New(errs.NotFound, "没有这个单位, 请核对后重试")
	}
	return err
}

// Place records in which area an organization stands (所属行政区域). What was decided before stays where it was decided; its
// people's inboxes are the new area's from now on.
func (s *Service) Place(ctx context.Context, org string, area access.Area, reason string) (o Organization, err error) {
	if reason = strings.TrimSpace(reason); !between(reason, 2, 2000) {
		return o, spotted("reason", "请写明登记或者变更所属区域的依据")
	}
	_, err = s.Acts.Do(ctx, act.Call{Act: ActPlace}, func(ctx context.Context, tx *act.Tx) error {
		if o, err = Load(ctx, tx.Tx, org); err != nil {
			return err
		}
		if err := foreign(ctx, tx, o.ID); err != nil {
			return err
		}
		if o.Area, err = placed(tx, area); err != nil {
			return err
		}
		if !tx.Actor().Area.Covers(o.Area) {
			return errs.New(errs.Forbidden, "只能登记到本行政区域及其下级区域, 其他区域请联系上级数据主管部门")
		}
		if err := access.SetArea(ctx, tx.Tx, o.ID, o.Area); err != nil {
			return err
		}
		if err := tx.Judge(ctx, map[string]string{"org": o.ID}); err != nil {
			return err
		}
		return tx.Changed(ctx, "organization", o.ID, o.record())
	})
	return o, err
}

// areaFacts tell the law where the acting official and the body concerned stand to each other.
func areaFacts(law *regime.Law) []regime.Fact {
	return []regime.Fact{
		orgFact("org.area", regime.String, func(_ context.Context, _ *sqldb.Tx, o Organization) (any, error) { return string(o.Area), nil }),
		orgFact("org.own_level", regime.Bool, func(ctx context.Context, _ *sqldb.Tx, o Organization) (any, error) {
			return access.From(ctx).Area == o.Area, nil
		}),
		orgFact("org.reference", regime.String, func(ctx context.Context, tx *sqldb.Tx, o Organization) (any, error) {
			return referenceOf(ctx, tx, law, o, workday.DateOf(tx.Now()))
		}),
		{Name: "account.zone", Type: regime.Bool, Load: func(ctx context.Context, tx *sqldb.Tx, id string) (any, error) {
			a, err := access.LoadAccount(ctx, tx, id)
			if err != nil {
				return nil, err
			}
			area, _ := law.Area(string(a.Area))
			return area.Zone(), nil
		}},
	}
}

// AreaCount is an area with how many bodies of it take part.
type AreaCount struct {
	regime.Area
	Bodies int    `json:"bodies" doc:"Organizations that stand in it"`
	Bureau bool   `json:"bureau" doc:"It has a data bureau of its own; where it has none the next above acts for it"`
	Acting string `json:"acting" doc:"Name of the area whose bureau acts for it"`
}

// Areas lists the areas inside the platform's with who acts for each; whoever oversees one sees it and what lies inside it.
func (s *Service) Areas(ctx context.Context) (list []AreaCount, err error) {
	law := s.Acts.Law()
	err = s.Acts.View(ctx, func(tx *sqldb.Tx) error {
		bodies, err := countByArea(ctx, tx)
		if err != nil {
			return err
		}
		bureaus, err := bureauAreas(ctx, tx)
		if err != nil {
			return err
		}
		actor := access.From(ctx)
		for _, a := range law.Areas() {
			if actor.Overseer() && !actor.Area.Covers(access.Area(a.Code)) {
				continue
			}
			c := AreaCount{Area: a, Bodies: bodies[a.Code], Bureau: bureaus[a.Code]}
			acting := access.Area(a.Code)
			for acting != "" && !bureaus[string(acting)] {
				acting = acting.Up()
			}
			c.Acting = law.AreaName(string(acting))
			list = append(list, c)
		}
		return nil
	})
	return list, err
}

func countByArea(ctx context.Context, tx *sqldb.Tx) (map[string]int, error) {
	out := map[string]int{}
	rows, err := tx.Query(ctx, `SELECT COALESCE(a.area, ''), count(*) FROM organization o LEFT JOIN org_area a ON a.org = o.id GROUP BY COALESCE(a.area, '')`)
	_, err = sqldb.Collect(rows, err, func(r *sqldb.Rows) (struct{}, error) {
		var area string
		var n int
		err := r.Scan(&area, &n)
		out[area] = n
		return struct{}{}, err
	})
	return out, err
}

func bureauAreas(ctx context.Context, tx *sqldb.Tx) (map[string]bool, error) {
	accounts, err := access.AccountsIn(ctx, tx, "", access.Bureau)
	out := map[string]bool{}
	for _, a := range accounts {
		out[string(a.Area)] = true
	}
	return out, err
}
