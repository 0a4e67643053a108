package party

import (
	"context"
	"slices"
	"strings"

	"yunei/internal/base/errs"
	"yunei/internal/base/sqldb"
	"yunei/internal/base/workday"
	"yunei/internal/core/access"
)

// valuePriority names the qualifications, separated by commas, whose holders are verified first.
const valuePriority = "admission.priority"

// Queued is an application that waits for a decision, in the order in which it is to be taken.
type Queued struct {
	Admission Admission  `json:"admission"`
	Name      string     `json:"name"`
	First     bool       `json:"first" doc:"Comes before the others of its day"`
	Reason    string     `json:"reason,omitempty"`
	Cite      *errs.Cite `json:"cite,omitempty"`
}

// Queue lists the applications that wait (待核验的入驻申请): day by day, and within a day those first whom the law prefers.
// 泉州 二(一): 优先支持具有DCMM贯标资质的企业入驻.
func (s *Service) Queue(ctx context.Context) (list []Queued, err error) {
	if !access.From(ctx).Overseer() {
		return nil, errs.New(errs.Forbidden, "待核验的入驻申请由核验单位和主管部门查看")
	}
	err = s.Acts.View(ctx, func(tx *sqldb.Tx) error {
		waiting, err := pendingAdmissions(ctx, tx, access.From(ctx).Area)
		if err != nil {
			return err
		}
		rule, err := s.Acts.Law().Value(valuePriority, workday.DateOf(tx.Now()))
		preferred := err == nil
		for _, a := range waiting {
			o, err := Load(ctx, tx, a.Org)
			if err != nil {
				return err
			}
			q := Queued{Admission: a, Name: o.Name}
			held, err := valid(ctx, tx, o.ID)
			if err != nil {
				return err
			}
			for _, h := range held {
				if preferred && slices.Contains(strings.Split(rule.Text, ","), string(h.Kind)) {
					q.First, q.Reason, q.Cite = true, rule.Title+": "+h.Number, &rule.Cite
				}
			}
			list = append(list, q)
		}
		return nil
	})
	slices.SortStableFunc(list, func(a, b Queued) int {
		if c := strings.Compare(a.Admission.AppliedOn.String(), b.Admission.AppliedOn.String()); c != 0 || a.First == b.First {
			return c
		}
		if a.First {
			return -1
		}
		return 1
	})
	return list, err
}

// pendingAdmissions are the applications nobody has decided, oldest first. There is one of an organization at most.
func pendingAdmissions(ctx context.Context, tx *sqldb.Tx, area access.Area) ([]Admission, error) {
	args := []any{string(Applied)}
	in := access.Inside("org", area, &args)
	rows, err := tx.Query(ctx, `SELECT `+admissionColumns+` FROM admission WHERE state = $1 AND `+in+` ORDER BY id LIMIT 500`, args...)
	return sqldb.Collect(rows, err, func(r *sqldb.Rows) (Admission, error) { return scanAdmission(r) })
}
