package open

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"strings"

	"yunei/internal/base/errs"
	"yunei/internal/core/query"
	"yunei/internal/core/query/guard"
)

// permitted puts a request to the query guard as a question of class O, so that the policy of the catalog has one reader: what the guard
// would not let a model read does not leave by this door either. The text is ours; names in it come from the entry, values are typed.
func (d data) permitted(ctx context.Context, places []int, conditions []condition) error {
	text := d.question(places, conditions)
	_, refusals := guard.Compile(text, query.O, query.Catalog{Tables: []query.Table{d.entry.PolicyTable()}})
	if len(refusals) == 0 {
		return nil
	}
	slog.WarnContext(ctx, "the guard refuses open data", "resource", d.entry.ID, "question", text, "refusals", fmt.Sprint(refusals))
	return &errs.Error{Code: errs.Forbidden, Msg: "目录的使用规定不允许这样读取, 请减少数据项或条件, 或联系数据提供单位", Spots: guard.Spots(refusals)}
}

// question is the request as a model of class O.
func (d data) question(places []int, conditions []condition) string {
	var b strings.Builder
	b.WriteString("SELECT ")
	for i, p := range places {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(name(d.fields[p].Name))
	}
	b.WriteString(" FROM " + name(d.entry.Table))
	for i, c := range slices.SortedFunc(slices.Values(conditions), func(a, b condition) int { return a.at - b.at }) {
		b.WriteString([]string{" WHERE ", " AND "}[min(i, 1)] + name(d.fields[c.at].Name) + " = " + literal(c.want))
	}
	return b.String()
}

func name(s string) string { return `"` + strings.ReplaceAll(s, `"`, `""`) + `"` }

func literal(v query.Value) string {
	switch v.Kind {
	case query.Int, query.Decimal:
		return text(v)
	case query.Bool:
		return strings.ToUpper(v.Text())
	case query.Date:
		return "DATE '" + v.Text() + "'"
	}
	return "'" + strings.ReplaceAll(v.Text(), "'", "''") + "'"
}
