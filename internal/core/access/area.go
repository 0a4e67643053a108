package access

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"yunei/internal/base/sqldb"
)

// Area (行政区域) is an administrative division by its code (GB/T 2260, six digits). "" is the area that the deployment
// serves; every other area lies inside it. Bodies of one deployment stand in different areas: the bureau of a county beside
// the one of its city. Names and the tree are the regime's (regimes/areas.csv); here only the codes speak.
type Area string

// prefix is the part of the code that everything inside begins with: 520100 is 5201.
func (a Area) prefix() string {
	p := string(a)
	for len(p) > 2 && strings.HasSuffix(p, "00") {
		p = p[:len(p)-2]
	}
	return p
}

// Covers reports whether b is this area or lies inside it.
func (a Area) Covers(b Area) bool { return strings.HasPrefix(string(b), a.prefix()) }

// Range are the codes of the area and of all inside it, lo <= code < hi; of the deployment's own, everything.
func (a Area) Range() (lo, hi string) { return a.prefix(), a.prefix() + "~" }

// Up is the next larger area; "" where there is none inside the deployment. A county without a city between (省直辖) finds
// nobody at the level it skips and goes on.
func (a Area) Up() Area {
	switch p := a.prefix(); len(p) {
	case 6:
		return Area(p[:4] + "00")
	case 4:
		return Area(p[:2] + "0000")
	}
	return ""
}

// territorial are the roles of which each area has a body of its own. The law knows one platform, one operator of it and one
// pool of experts.
var territorial = map[Role]bool{Bureau: true, Local: true, Government: true, Mechanism: true, Member: true, Upper: true}

// Territorial reports whether each area has its own body in the role.
func Territorial(r Role) bool { return territorial[r] }

// SetArea records where an organization stands.
func SetArea(ctx context.Context, tx *sqldb.Tx, org string, area Area) error {
	if _, err := tx.Exec(ctx, `DELETE FROM org_area WHERE org = $1`, org); err != nil {
		return fmt.Errorf("set area of %s: %w", org, err)
	}
	if area == "" {
		return nil
	}
	_, err := tx.Exec(ctx, `INSERT INTO org_area (org, area) VALUES ($1, $2)`, org, string(area))
	return err
}

// AreaOf is where an organization stands.
func AreaOf(ctx context.Context, tx *sqldb.Tx, org string) (Area, error) {
	var area string
	err := tx.QueryRow(ctx, `SELECT area FROM org_area WHERE org = $1`, org).Scan(&area)
	if errors.Is(err, sqldb.ErrNoRows) {
		return "", nil
	}
	return Area(area), err
}

// Inside is the condition that the organization in a column stands in the area or below it; it appends its arguments.
func Inside(column string, area Area, args *[]any) string {
	if area == "" {
		return "1 = 1"
	}
	lo, hi := area.Range()
	*args = append(*args, lo, hi)
	n := len(*args)
	return fmt.Sprintf(`%s IN (SELECT org FROM org_area WHERE area >= $%d AND area < $%d)`, column, n-1, n)
}

// Competent is the area whose body in the role acts for an area (本级): its own where it has one, else the next above that has.
func Competent(ctx context.Context, tx *sqldb.Tx, role Role, area Area) (Area, error) {
	if !territorial[role] {
		return "", nil
	}
	for ; area != ""; area = area.Up() {
		rows, err := tx.Query(ctx, `SELECT `+accountColumns+` FROM account
			WHERE closed = 0 AND org IN (SELECT org FROM org_area WHERE area = $1)`, string(area))
		all, err := sqldb.Collect(rows, err, func(r *sqldb.Rows) (Account, error) { return scanAccount(r) })
		if err != nil {
			return "", fmt.Errorf("find %s of %s: %w", role, area, err)
		}
		for _, a := range all {
			if a.Actor().Has(role) {
				return area, nil
			}
		}
	}
	return "", nil
}
