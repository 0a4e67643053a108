package lawcase

import (
	"context"

	"yunei/internal/base/workday"
	"yunei/internal/core/access"
	"yunei/internal/flow/watch"
)

// inspection is a file about a company, the bureau's.
func (w *World) inspection() (x watch.Inspection, org string, err error) {
	f := w.firm()
	x, err = w.Watch.Inspect(w.seat(access.Bureau), watch.InspectionDraft{Kind: watch.OnSite, Title: "年度监督检查", Subjects: []string{f.Org}})
	return x, f.Org, err
}

func (w *World) inInspection(do func(ctx context.Context, id, org string) error) (func() error, error) {
	x, org, err := w.inspection()
	return func() error { return do(w.seat(access.Bureau), x.ID, org) }, err
}

func inspectOpen(w *World) (func() error, error) {
	return func() error { _, _, err := w.inspection(); return err }, nil
}

func inspectConclude(w *World) (func() error, error) {
	return w.inInspection(func(ctx context.Context, id, _ string) error {
		_, err := w.Watch.Conclude(ctx, id, "检查结束")
		return err
	})
}

func inspectFind(w *World) (func() error, error) {
	return w.inInspection(func(ctx context.Context, id, org string) error {
		_, err := w.Watch.Find(ctx, id, watch.RemarkDraft{Text: "口令管理不合要求", Owner: org, Due: workday.DateOf(w.clock.Now()).AddDays(30)})
		return err
	})
}

func inspectTransfer(w *World) (func() error, error) {
	return w.inInspection(func(ctx context.Context, id, _ string) error {
		_, err := w.Watch.Transfer(ctx, id, w.firm().Org, "涉嫌违法")
		return err
	})
}
