package grant

import (
	"context"
	"slices"
	"strings"

	"yunei/internal/base/errs"
	"yunei/internal/core/access"
	"yunei/internal/core/act"
	"yunei/internal/core/party"
)

// Confirmation is the bureau's word on a department (贵州 第二十八条: 未经同级人民政府数据主管部门审核确认, 政府部门…).
type Confirmation struct {
	Fields   []string `json:"fields" minItems:"1" maxItems:"50"`
	Document string   `json:"document" minLength:"2" maxLength:"120" doc:"Number of the paper (文号)"`
}

// ConfirmDepartment records that a department may authorize developers in its fields. Confirming again replaces the fields.
func (s *Service) ConfirmDepartment(ctx context.Context, org string, c Confirmation) (Department, error) {
	var d Department
	for i := range c.Fields {
		c.Fields[i] = strings.TrimSpace(c.Fields[i])
	}
	c.Fields = slices.DeleteFunc(c.Fields, func(f string) bool { return f == "" })
	switch c.Document = strings.TrimSpace(c.Document); {
	case len(c.Fields) == 0:
		return d, spotted("body.fields", "请填写该部门的行业或领域")
	case c.Document == "":
		return d, spotted("body.document", "请填写审核确认文件的文号")
	}
	_, err := s.acts.Do(ctx, act.Call{Act: "grant.department.confirm"}, func(ctx context.Context, tx *act.Tx) error {
		if err := s.sameLevel(ctx, tx, org); err != nil {
			return err
		}
		d = Department{Org: org, Fields: c.Fields, Document: c.Document, By: tx.Actor().Org, At: tx.Now()}
		return s.keepDepartment(ctx, tx, d)
	})
	return d, err
}

// sameLevel: the bureau that acts for a department's area, and no other, confirms it (同级).
func (s *Service) sameLevel(ctx context.Context, tx *act.Tx, org string) error {
	o, err := party.Load(ctx, tx.Tx, org)
	if err != nil {
		return err
	}
	area, err := access.Competent(ctx, tx.Tx, access.Bureau, o.Area)
	if err == nil && area != tx.Actor().Area {
		err = errs.New(errs.Forbidden, "这个部门由%s的数据主管部门审核确认, 请转由其办理", tx.Law().AreaName(string(area)))
	}
	return err
}

// EndDepartment takes the confirmation back. What was authorized under it stays as it is: ending that is an act of its own.
func (s *Service) EndDepartment(ctx context.Context, org, reason string) (Department, error) {
	var d Department
	if reason = strings.TrimSpace(reason); reason == "" {
		return d, spotted("body.reason", "请填写理由")
	}
	_, err := s.acts.Do(ctx, act.Call{Act: "grant.department.end"}, func(ctx context.Context, tx *act.Tx) (err error) {
		if d, err = loadDepartment(ctx, tx.Tx, org); err != nil {
			return err
		}
		if err := s.sameLevel(ctx, tx, org); err != nil {
			return err
		}
		if !d.stands() {
			return errs.New(errs.Conflict, "该部门现在没有生效的审核确认, 请刷新查看")
		}
		now := tx.Now()
		d.Ended, d.Reason = &now, reason
		return s.keepDepartment(ctx, tx, d)
	})
	return d, err
}

func (s *Service) keepDepartment(ctx context.Context, tx *act.Tx, d Department) error {
	if err := keepDepartment(ctx, tx.Tx, d); err != nil {
		return err
	}
	if err := tx.Judge(ctx, map[string]string{"org": d.Org}); err != nil {
		return err
	}
	return tx.Changed(ctx, "department", d.Org, d)
}

// Recommend records that a department recommends an operator of its own sector (贵州 第七条). The one recommended applies;
// review, publicity and agreement follow all the same.
func (s *Service) Recommend(ctx context.Context, org, field, reason string) (Recommendation, error) {
	var r Recommendation
	field, reason = strings.TrimSpace(field), strings.TrimSpace(reason)
	switch {
	case field == "":
		return r, spotted("body.field", "请填写推荐的行业或领域")
	case reason == "":
		return r, spotted("body.reason", "请填写推荐理由")
	}
	_, err := s.acts.Do(ctx, act.Call{Act: "grant.authorization.recommend"}, func(ctx context.Context, tx *act.Tx) error {
		exists, err := s.levelExists(LevelOperator, tx.Day())
		if err != nil || !exists {
			return errs.Or(err, noLevel(LevelOperator))
		}
		if _, err := party.Load(ctx, tx.Tx, org); err != nil {
			return err
		}
		r = Recommendation{ID: tx.NewID("rcm"), Org: org, Department: tx.Actor().Org, Field: field, Reason: reason, Opened: tx.Now()}
		if r.Department == "" || r.Department == r.Org {
			return errs.New(errs.Forbidden, "推荐由部门对其他单位作出, 不能推荐本单位; 请核对后重试")
		}
		if err := insertRecommendation(ctx, tx.Tx, r); err != nil {
			return err
		}
		if err := tx.Judge(ctx, map[string]string{"org": org, "recommendation": r.ID}); err != nil {
			return err
		}
		return tx.Changed(ctx, "recommendation", r.ID, r)
	})
	return r, err
}
