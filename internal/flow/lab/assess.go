package lab

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"yunei/internal/base/errs"
	"yunei/internal/base/sqldb"
	"yunei/internal/base/workday"
	"yunei/internal/core/access"
	"yunei/internal/core/act"
)

// Assessment (安全符合性评估) is what an assessor concluded about a model that data products serve to train or verify, wherever it
// is: in a space or at its user's side. Which release and delivery waits for one, the law says.
type Assessment struct {
	ID       string       `json:"id"`
	Org      string       `json:"org" doc:"Whose model"`
	Model    string       `json:"model" doc:"Name and version of the model"`
	Assessor string       `json:"assessor" doc:"评估机构"`
	Document string       `json:"document" doc:"Number of the report"`
	Paper    string       `json:"paper,omitempty" doc:"Digest of the report"`
	Passed   bool         `json:"passed"`
	From     workday.Date `json:"from"`
	Until    workday.Date `json:"until" doc:"Last day on which it stands, that day included"`
	Account  string       `json:"account"`
	Opened   time.Time    `json:"opened"`
	Ended    time.Time    `json:"ended,omitzero" doc:"When it was taken off the register"`
	Reason   string       `json:"reason,omitempty" doc:"Why"`
}

// AssessmentDraft is what is entered.
type AssessmentDraft struct {
	Org      string       `json:"org"`
	Model    string       `json:"model" minLength:"2" maxLength:"120"`
	Assessor string       `json:"assessor" minLength:"2" maxLength:"120"`
	Document string       `json:"document" minLength:"2" maxLength:"120"`
	Paper    string       `json:"paper,omitempty"`
	Passed   bool         `json:"passed"`
	From     workday.Date `json:"from"`
	Until    workday.Date `json:"until"`
}

func (d AssessmentDraft) check() error {
	e := errs.New(errs.Invalid, "评估登记填写不完整, 请按所列各处补充")
	for _, f := range []struct{ where, text string }{{"body.org", d.Org}, {"body.model", d.Model}, {"body.assessor", d.Assessor}, {"body.document", d.Document}} {
		if strings.TrimSpace(f.text) == "" {
			e.Spots = append(e.Spots, errs.Spot{Where: f.where, Message: "不能为空"})
		}
	}
	if d.From == "" || d.Until < d.From {
		e.Spots = append(e.Spots, errs.Spot{Where: "body.until", Message: "有效期的截止日不能早于起始日"})
	}
	if len(e.Spots) > 0 {
		return e
	}
	return nil
}

// stands reports whether it lets a product be used for its model on a day.
func (a Assessment) stands(day workday.Date) bool {
	return a.Passed && a.Ended.IsZero() && day >= a.From && day <= a.Until
}

// Assess enters an assessment. Nobody enters one of their own model.
func (s *Service) Assess(ctx context.Context, d AssessmentDraft) (Assessment, error) {
	var a Assessment
	if err := d.check(); err != nil {
		return a, err
	}
	_, err := s.Acts.Do(ctx, act.Call{Act: "lab.assess"}, func(ctx context.Context, tx *act.Tx) error {
		if d.Org == tx.Actor().Org {
			return errs.New(errs.Forbidden, "不能登记本单位模型的评估结论, 请由其他单位的人员登记")
		}
		a = Assessment{ID: tx.NewID("asm"), Org: d.Org, Model: strings.TrimSpace(d.Model), Assessor: d.Assessor, Document: d.Document, Paper: d.Paper,
			Passed: d.Passed, From: d.From, Until: d.Until, Account: tx.Actor().Account, Opened: tx.Now()}
		body, err := json.Marshal(a)
		if err != nil {
			return fmt.Errorf("encode assessment: %w", err)
		}
		if _, err := tx.Exec(ctx, `INSERT INTO model_assessment (id, org, model, body, opened) VALUES ($1, $2, $3, $4, $5)`,
			a.ID, a.Org, a.Model, string(body), a.Opened.UnixMicro()); err != nil {
			return fmt.Errorf("insert assessment: %w", err)
		}
		if err := tx.Judge(ctx, map[string]string{"org": a.Org}); err != nil {
			return err
		}
		return tx.Changed(ctx, "assessment", a.ID, a)
	})
	return a, err
}

// EndAssessment takes one off the register; what was released before stays as it was.
func (s *Service) EndAssessment(ctx context.Context, id, reason string) (Assessment, error) {
	var a Assessment
	_, err := s.Acts.Do(ctx, act.Call{Act: "lab.assess.end"}, func(ctx context.Context, tx *act.Tx) (err error) {
		if a, err = loadAssessment(ctx, tx.Tx, id); err != nil {
			return err
		}
		if !a.Ended.IsZero() {
			return errs.New(errs.Conflict, "这项评估已经失效, 无需再次办理")
		}
		a.Ended, a.Reason = tx.Now(), reason
		body, err := json.Marshal(a)
		if err != nil {
			return fmt.Errorf("encode assessment %s: %w", id, err)
		}
		if _, err := tx.Exec(ctx, `UPDATE model_assessment SET body = $2 WHERE id = $1`, id, string(body)); err != nil {
			return fmt.Errorf("update assessment %s: %w", id, err)
		}
		if err := tx.Judge(ctx, map[string]string{"org": a.Org}); err != nil {
			return err
		}
		return tx.Changed(ctx, "assessment", a.ID, a)
	})
	return a, err
}

func loadAssessment(ctx context.Context, tx *sqldb.Tx, id string) (Assessment, error) {
	list, err := sqldb.Bodies[Assessment](ctx, tx, `SELECT body FROM model_assessment WHERE id = $1`, id)
	return one(list, err, "没有这项评估, 请核对后重试")
}

// Assessed reports whether a passed assessment of an organization's model stands on a day.
func Assessed(ctx context.Context, tx *sqldb.Tx, org, model string, day workday.Date) (bool, error) {
	list, err := sqldb.Bodies[Assessment](ctx, tx, `SELECT body FROM model_assessment WHERE org = $1 AND model = $2`, org, strings.TrimSpace(model))
	for _, a := range list {
		if a.stands(day) {
			return true, err
		}
	}
	return false, err
}

// Assessments lists the register: an organization's own, or those of the area that somebody supervises.
func (s *Service) Assessments(ctx context.Context, before string, limit int) (list []Assessment, err error) {
	org, area, ok := access.From(ctx).Whose()
	if !ok {
		return nil, nil
	}
	lo, hi := area.Range()
	err = s.Acts.View(ctx, func(tx *sqldb.Tx) error {
		list, err = sqldb.Bodies[Assessment](ctx, tx, `SELECT body FROM model_assessment WHERE ($1 = '' OR org = $1) AND ($2 = '' OR id < $2)
			AND ($5 = '' OR org IN (SELECT org FROM org_area WHERE area >= $3 AND area < $4)) ORDER BY id DESC LIMIT $6`, org, before, lo, hi, string(area), limit)
		return err
	})
	return list, err
}
