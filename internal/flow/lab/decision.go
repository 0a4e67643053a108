package lab

import (
	"cmp"
	"context"
	"fmt"
	"strconv"
	"strings"

	"yunei/internal/base/errs"
	"yunei/internal/core/access"
	"yunei/internal/core/act"
	"yunei/internal/core/notice"
	"yunei/internal/core/query/disclose"
	"yunei/internal/core/query/release"
	"yunei/internal/flow/catalog"
)

// BudgetDecision is a bureau's decision on how much of a resource may be disclosed (披露额度): it stands from its
// publication.
type BudgetDecision struct {
	Resource string `json:"resource" minLength:"1"`
	Kind     string `json:"kind" enum:"resource-year,resource-month,resource-lifetime"`
	Year     int    `json:"year,omitempty" doc:"For a yearly budget"`
	Month    string `json:"month,omitempty" pattern:"^[0-9]{4}-(0[1-9]|1[0-2])$" doc:"For a series' budget per person and month: the month of the data; empty: each month without a decision of its own"`
	Cap      int64  `json:"cap" minimum:"0" maximum:"10000000000000" doc:"In units of 10^-12 rho"`
	Document string `json:"document" minLength:"2" maxLength:"120" doc:"Number of the deciding paper (文号)"`
	Reason   string `json:"reason" minLength:"2" maxLength:"2000"`
}

// DecideBudget sets the cap of a resource's year, months or lifetime, and publishes the decision in the same act.
func (s *Service) DecideBudget(ctx context.Context, d BudgetDecision) (line BudgetLine, err error) {
	d.Document, d.Reason = strings.TrimSpace(d.Document), strings.TrimSpace(d.Reason)
	if d.Document == "" || d.Reason == "" {
		return line, errs.New(errs.Invalid, "额度决定须写明文号和理由, 请补充后提交")
	}
	_, err = s.Acts.Do(ctx, act.Call{Act: ActDecideBudget}, func(ctx context.Context, tx *act.Tx) error {
		e, err := s.Catalog.Load(ctx, tx.Tx, d.Resource)
		if err != nil {
			return err
		}
		if e.Unit == "" {
			return errs.New(errs.Invalid, noUnit)
		}
		scope, term, err := d.scope(e)
		if err != nil {
			return err
		}
		if err := s.Catalog.OwnLevel(ctx, tx.Tx, e); err != nil {
			return err
		}
		if err := tx.Judge(ctx, map[string]string{"org": tx.Actor().Org}); err != nil {
			return err
		}
		before, err := s.Budget.Budget(ctx, tx.Tx, scope)
		if err != nil {
			return err
		}
		after := before.FigureAt(release.Rho(d.Cap))
		n, err := notice.Tell(ctx, tx, notice.Notice{Kind: notice.Budget, Title: fmt.Sprintf("关于《%s》%s披露额度的决定", e.Title, term), Document: d.Document,
			Text: fmt.Sprintf("资源《%s》%s披露额度由 %s 调整为 %s。%s\n用满后的披露程度: %s", e.Title, term, before.Cap, release.Rho(d.Cap), d.Reason, after.Sentence)})
		if err != nil {
			return err
		}
		if err := s.Budget.Decide(ctx, tx.Tx, disclose.Decision{Scope: scope, Cap: release.Rho(d.Cap), Document: d.Document, Reason: d.Reason, Notice: n.ID}); err != nil {
			return err
		}
		b, err := s.Budget.Budget(ctx, tx.Tx, scope)
		line = newLine(e, b)
		return err
	})
	return line, err
}

// scope is what a decision on a resource is about, and the words for it: a year, a month of its data, its lifetime.
func (d BudgetDecision) scope(e catalog.Entry) (scope disclose.Scope, term string, err error) {
	scope = disclose.Scope{Kind: d.Kind, ID: e.ID}
	switch {
	case d.Kind == disclose.ResourceYear && d.Year >= 2000 && d.Year <= 9999 && d.Month == "":
		scope.Period = strconv.Itoa(d.Year)
		return scope, scope.Period + " 年度", nil
	case d.Kind == disclose.ResourceMonth && d.Year == 0 && e.Series == "":
		return scope, "", errs.New(errs.Invalid, "这项资源在目录中不是按月系列, 没有每人每月额度; 请对年度或存续期作决定")
	case d.Kind == disclose.ResourceMonth && d.Year == 0:
		return disclose.MonthScope(e.ID, e.Series, d.Month), cmp.Or(d.Month, "各月份") + "每人每月", nil
	case d.Kind == disclose.ResourceLifetime && d.Year == 0 && d.Month == "":
		return scope, "存续期", nil
	}
	return scope, "", errs.New(errs.Invalid, "额度决定针对资源的一个年度、数据月份或存续期, 请重新选择范围")
}

// ActDecideBudget is the act of a decision on a budget.
const ActDecideBudget = "lab.budget.decide"

var budgetAct = act.Def{Name: ActDecideBudget, Roles: []access.Role{access.Bureau}}
