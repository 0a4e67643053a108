package party

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"yunei/internal/base/errs"
	"yunei/internal/base/sqldb"
	"yunei/internal/core/access"
	"yunei/internal/core/act"
)

// Acts on related companies.
const (
	ActRelate   = "party.related.record"
	ActUnrelate = "party.related.end"
)

// RelationBasis says why two organizations count as one asker (关联企业).
type RelationBasis string

const (
	SameController RelationBasis = "same-controller" // 同一控制人
	ParentCompany  RelationBasis = "parent"          // 母子公司
	SharedOfficers RelationBasis = "shared-officers" // 相同的法定代表人或高级管理人员
)

var relationBases = map[RelationBasis]string{SameController: "同一控制人", ParentCompany: "母子公司", SharedOfficers: "人员相同"}

// Relation says that two organizations are related. What the one learned counts as learned by the other, in the
// disclosure ledger, from the day it is recorded; one that ended counts until its year is over, because what was learned
// together stays known.
type Relation struct {
	ID       string        `json:"id"`
	Org      string        `json:"org"`
	Related  string        `json:"related"`
	Name     string        `json:"name,omitempty" doc:"Of the related organization, as seen from the one that was asked about"`
	Basis    RelationBasis `json:"basis" enum:"same-controller,parent,shared-officers"`
	Document string        `json:"document" doc:"Where that is stated: 企业信用信息公示, 章程, 股东名册"`
	Recorded time.Time     `json:"recorded"`
	Ended    time.Time     `json:"ended,omitzero"`
	Reason   string        `json:"reason,omitempty" doc:"Why it ended"`
}

// RelationDraft is a relation to be recorded.
type RelationDraft struct {
	Related  string        `json:"related" minLength:"1" doc:"Id of the related organization"`
	Basis    RelationBasis `json:"basis" enum:"same-controller,parent,shared-officers"`
	Document string        `json:"document" minLength:"2" maxLength:"200"`
}

func (s *Service) defineRelations(acts *act.Runner) {
	office := []access.Role{access.Operator, access.Bureau}
	acts.Define(act.Def{Name: ActRelate, Roles: office}, act.Def{Name: ActUnrelate, Roles: office})
	acts.Ledger().Register("related-company", func(ctx context.Context, tx *sqldb.Tx, id string) (any, error) { return loadRelation(ctx, tx, id) })
}

// Relate records that two organizations are related.
func (s *Service) Relate(ctx context.Context, orgID string, d RelationDraft) (r Relation, err error) {
	r = Relation{Org: orgID, Related: d.Related, Basis: d.Basis, Document: strings.TrimSpace(d.Document)}
	switch {
	case relationBases[r.Basis] == "":
		return r, spotted("basis", "关联关系种类不在列表中, 请重新选择")
	case !between(r.Document, 2, 200):
		return r, spotted("document", "请写明关联关系的出处, 例如企业信用信息公示或股东名册")
	case r.Org == r.Related:
		return r, spotted("related", "一个单位不能与自己关联, 请重新选择")
	}
	_, err = s.Acts.Do(ctx, act.Call{Act: ActRelate}, func(ctx context.Context, tx *act.Tx) error {
		for _, id := range []string{r.Org, r.Related} {
			if _, err := Load(ctx, tx.Tx, id); err != nil {
				return err
			}
			if err := foreign(ctx, tx, id); err != nil {
				return err
			}
		}
		if err := tx.Lock(ctx, "related companies"); err != nil {
			return err
		}
		list, err := relations(ctx, tx.Tx, r.Org)
		if err != nil {
			return err
		}
		if slices.ContainsFunc(list, func(o Relation) bool {
			return o.Ended.IsZero() && (o.Org == r.Related || o.Related == r.Related)
		}) {
			return errs.New(errs.Conflict, "两个单位的关联关系已经登记, 不需要重复登记")
		}
		r.ID, r.Recorded = tx.NewID("rlt"), tx.Now()
		if err := putRelation(ctx, tx, r); err != nil {
			return err
		}
		return tx.Judge(ctx, map[string]string{"org": r.Org})
	})
	return r, err
}

// Unrelate ends a relation.
func (s *Service) Unrelate(ctx context.Context, id, reason string) (r Relation, err error) {
	if reason = strings.TrimSpace(reason); reason == "" {
		return r, spotted("reason", "请写明解除关联的依据, 再提交")
	}
	_, err = s.Acts.Do(ctx, act.Call{Act: ActUnrelate}, func(ctx context.Context, tx *act.Tx) error {
		if err := tx.Lock(ctx, "related companies"); err != nil {
			return err
		}
		if r, err = loadRelation(ctx, tx.Tx, id); err != nil {
			return err
		}
		for _, org := range []string{r.Org, r.Related} {
			if err := foreign(ctx, tx, org); err != nil {
				return err
			}
		}
		if !r.Ended.IsZero() {
			return errs.New(errs.Conflict, "这条关联关系已经解除, 请刷新页面")
		}
		r.Ended, r.Reason = tx.Now(), reason
		if err := putRelation(ctx, tx, r); err != nil {
			return err
		}
		return tx.Judge(ctx, map[string]string{"org": r.Org})
	})
	return r, err
}

// Relations lists an organization's relations, to it and to those who decide and supervise.
func (s *Service) Relations(ctx context.Context, orgID string) (list []Relation, err error) {
	err = s.viewFile(ctx, orgID, func(tx *sqldb.Tx) error {
		if list, err = relations(ctx, tx, orgID); err != nil {
			return err
		}
		for i := range list {
			other := list[i].Related
			if other == orgID {
				other = list[i].Org
			}
			o, err := Load(ctx, tx, other)
			if err != nil {
				return err
			}
			list[i].Name = o.Name
		}
		return nil
	})
	return list, err
}

// RelatedTo lists the other organizations that count with this one as one asker in a year: related to it, or to one that
// is, by a relation that stood at any time of the year.
func RelatedTo(ctx context.Context, tx *sqldb.Tx, org string, year int) ([]string, error) {
	return RelatedSince(ctx, tx, org, time.Date(year, 1, 1, 0, 0, 0, 0, time.FixedZone("CST", 8*60*60)))
}

// RelatedSince is the same for relations that stood at any time since begin; the zero time is since ever, because what
// companies learned together stays known to both.
func RelatedSince(ctx context.Context, tx *sqldb.Tx, org string, begin time.Time) ([]string, error) {
	group := map[string]bool{org: true}
	for next := []string{org}; len(next) > 0; next = next[1:] {
		list, err := relations(ctx, tx, next[0])
		if err != nil {
			return nil, err
		}
		for _, r := range list {
			for _, id := range []string{r.Org, r.Related} {
				if (r.Ended.IsZero() || !r.Ended.Before(begin)) && !group[id] {
					group[id] = true
					next = append(next, id)
				}
			}
		}
	}
	delete(group, org)
	return slices.Sorted(maps.Keys(group)), nil
}

func putRelation(ctx context.Context, tx *act.Tx, r Relation) error {
	body, err := json.Marshal(r)
	if err != nil {
		return fmt.Errorf("encode relation: %w", err)
	}
	until := int64(0)
	if !r.Ended.IsZero() {
		until = r.Ended.UnixMicro()
	}
	_, err = tx.Exec(ctx, `INSERT INTO related_company (id, org, related, body, since, until) VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT (id) DO UPDATE SET body = $4, until = $6`, r.ID, r.Org, r.Related, string(body), r.Recorded.UnixMicro(), until)
	if err != nil {
		return fmt.Errorf("save relation %s: %w", r.ID, err)
	}
	return tx.Changed(ctx, "related-company", r.ID, r)
}

const relationColumns = `id, org, related, body, since, until`

// scanRelation lets the columns decide over the body.
func scanRelation(scan func(...any) error) (r Relation, err error) {
	var id, org, related, body string
	var since, until int64
	if err := scan(&id, &org, &related, &body, &since, &until); err != nil {
		return r, err
	}
	err = json.Unmarshal([]byte(body), &r)
	r.ID, r.Org, r.Related, r.Recorded, r.Ended = id, org, related, time.UnixMicro(since).UTC(), time.Time{}
	if until != 0 {
		r.Ended = time.UnixMicro(until).UTC()
	}
	return r, err
}

func loadRelation(ctx context.Context, tx *sqldb.Tx, id string) (Relation, error) {
	r, err := scanRelation(tx.QueryRow(ctx, `SELECT `+relationColumns+` FROM related_company WHERE id = $1`, id).Scan)
	if errors.Is(err, sqldb.ErrNoRows) {
		return r, errs.New(errs.NotFound, "没有这条关联关系, 请核对后重试")
	}
	return r, err
}

func relations(ctx context.Context, tx *sqldb.Tx, org string) ([]Relation, error) {
	return sqldb.List(ctx, tx, func(rows *sqldb.Rows) (Relation, error) { return scanRelation(rows.Scan) },
		`SELECT `+relationColumns+` FROM related_company WHERE org = $1 OR related = $1 ORDER BY since, id`, org)
}
