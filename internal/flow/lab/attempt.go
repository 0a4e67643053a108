package lab

import (
	"context"
	"errors"
	"log/slog"
	"regexp"
	"slices"
	"strings"

	"yunei/internal/base/errs"
	"yunei/internal/base/sqldb"
	"yunei/internal/core/query/guard"
	"yunei/internal/flow/grant"
)

// writes finds statements that would change data. Only refused texts are looked at, so a word inside a string harms nobody.
var writes = regexp.MustCompile(`(?i)(?:^|;|\))\s*(insert|update|delete|merge|replace|truncate|drop|alter|create|copy|attach|export|install|load)\b`)

// attempted reports to whoever authorized the developer that a job tried to write to supplied data or to read beyond what was
// supplied: the refusal has been given already. 贵州 第二十二条: 不得非法篡改、获取公共数据资源. The report names statements and
// items, and repeats nothing else of the text: a constant in it may be somebody's.
func (s *Service) attempted(ctx context.Context, spaceID, text string, refusal error) {
	ctx = context.WithoutCancel(ctx)
	var found []Finding
	err := s.Acts.View(ctx, func(tx *sqldb.Tx) error {
		sp, sc, err := s.space(ctx, tx, spaceID)
		if err != nil {
			return err
		}
		f := Finding{Space: sp.ID, Org: sp.Org, Result: "已拒绝, 未读取也未改动任何数据"}
		if f.Addressee, err = s.Grant.AuthorizerOf(ctx, tx, sc); err != nil {
			return err
		}
		if m := writes.FindStringSubmatch(text); m != nil {
			f.Kind, f.What = FindingWrite, "试图写入: "+strings.ToUpper(m[1])
			found = append(found, f)
		}
		beyond, err := s.beyond(ctx, tx, sc, text, refusal)
		if err == nil && len(beyond) > 0 {
			f.Kind, f.What = FindingReach, "试图读取供给以外的数据: "+strings.Join(beyond, "、")
			found = append(found, f)
		}
		return err
	})
	for _, f := range found {
		err = errors.Join(err, s.report(ctx, f))
	}
	if err != nil {
		slog.ErrorContext(ctx, "an attempt was not reported", "space", spaceID, "err", err)
	}
}

// beyond lists what a refused text names that is in the catalog and not in what the scenario asked for. A name that is nowhere is a
// slip of the pen.
func (s *Service) beyond(ctx context.Context, tx *sqldb.Tx, sc grant.Scenario, text string, refusal error) (out []string, err error) {
	e, ok := errors.AsType[*errs.Error](refusal)
	if !ok {
		return nil, nil
	}
	for _, spot := range e.Spots {
		if spot.Code != string(guard.UnknownName) || spot.Start < 0 || spot.End > len(text) || spot.Start >= spot.End {
			continue
		}
		named := strings.Trim(text[spot.Start:spot.End], `"`)
		if i := strings.LastIndex(named, "."); i >= 0 {
			named = strings.Trim(named[i+1:], `"`)
		}
		named = strings.ToLower(named)
		resource, err := s.Catalog.LoadByTable(ctx, tx, named)
		if err != nil && !errs.Is(err, errs.NotFound) {
			return nil, err
		}
		if _, asked := sc.Need(resource.ID); err == nil && !asked {
			out = append(out, named)
			continue
		}
		for _, need := range sc.Plan.Needs {
			entry, err := s.Catalog.Load(ctx, tx, need.Resource)
			if errs.Is(err, errs.NotFound) {
				continue
			}
			if err != nil {
				return nil, err
			}
			if _, exists := entry.Field(named); exists && !slices.Contains(need.Fields, named) {
				out = append(out, entry.Table+"."+named)
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out), nil
}

// unsupplied lists the items that a version reads and that the operator's act did not supply into the space.
func unsupplied(ctx context.Context, tx *sqldb.Tx, space string, v Version) (out []string, err error) {
	for _, input := range v.Inputs {
		resource, field, _ := strings.Cut(input, ".")
		sup, ok, err := standing(ctx, tx, space, resource)
		if err != nil {
			return nil, err
		}
		if ok && sup.Route != RouteGrant && !slices.Contains(sup.Fields, field) {
			out = append(out, sup.Title+" "+field)
		}
	}
	return out, nil
}
