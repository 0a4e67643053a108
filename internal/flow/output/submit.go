package output

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"slices"
	"strings"

	"yunei/internal/base/errs"
	"yunei/internal/base/sqldb"
	"yunei/internal/core/access"
	"yunei/internal/core/act"
	"yunei/internal/core/blob"
	"yunei/internal/core/matter"
	"yunei/internal/flow/grant"
	"yunei/internal/flow/lab"
)

// Submit asks for a release. The checks run on the stored result before the act; a blocked one is recorded with what
// blocked it and goes no further.
func (s *Service) Submit(ctx context.Context, ask Ask) (Release, error) {
	return s.submit(ctx, "", ask)
}

// Draft keeps an application that is not yet submitted.
func (s *Service) Draft(ctx context.Context, ask Ask) (Release, error) {
	var r Release
	_, err := s.acts.Do(ctx, act.Call{Act: "output.draft"}, func(ctx context.Context, tx *act.Tx) error {
		e, err := s.load(ctx, tx.Tx, ask.Run)
		if err == nil && e.run.Org != tx.Actor().Org {
			err = lab.NoRun()
		}
		if err != nil {
			return err
		}
		r = e.release(ask)
		r.ID, r.State, r.Opened = tx.NewID("rel"), Draft, tx.Now()
		if err := insertRelease(ctx, tx.Tx, r); err != nil {
			return err
		}
		return tx.Changed(ctx, "release", r.ID, r)
	})
	if err != nil {
		return Release{}, err
	}
	return r, nil
}

// SubmitDraft submits a draft as it now stands.
func (s *Service) SubmitDraft(ctx context.Context, id string) (Release, error) {
	r, err := s.draft(ctx, id)
	if err != nil {
		return Release{}, err
	}
	return s.submit(ctx, id, Ask{Run: r.Run, Purpose: r.Purpose, Recipient: r.Recipient, Retention: r.Retention, Trains: r.Trains})
}

func (s *Service) draft(ctx context.Context, id string) (r Release, err error) {
	err = s.acts.View(ctx, func(tx *sqldb.Tx) error {
		r, err = ownDraft(ctx, tx, id)
		return err
	})
	return r, err
}

func ownDraft(ctx context.Context, tx *sqldb.Tx, id string) (Release, error) {
	r, err := loadRelease(ctx, tx, id)
	if err == nil && r.Org != access.From(ctx).Org {
		err = errs.New(errs.NotFound, noRelease)
	}
	if err == nil && r.State != Draft {
		err = errs.New(errs.Conflict, "这件申请已经提交, 不再是草稿; 请刷新查看")
	}
	return r, err
}

// Cancel gives a draft up.
func (s *Service) Cancel(ctx context.Context, id string) (Release, error) {
	var r Release
	_, err := s.acts.Do(ctx, act.Call{Act: "output.cancel"}, func(ctx context.Context, tx *act.Tx) (err error) {
		if r, err = ownDraft(ctx, tx.Tx, id); err != nil {
			return err
		}
		r.State = Cancelled
		return s.save(ctx, tx, r)
	})
	if err != nil {
		return Release{}, err
	}
	return r, nil
}

// errAudited: another exact release came in between, so the audits are made again.
var errAudited = errors.New("the exact releases have changed")

func (s *Service) submit(ctx context.Context, draft string, ask Ask) (Release, error) {
	if err := ask.check(); err != nil {
		return Release{}, err
	}
	for {
		e, failure := s.gather(ctx, ask, nil)
		if failure != nil && errs.CodeOf(failure) != errs.Internal {
			return Release{}, failure
		}
		var ref blob.Ref
		var sets string
		if failure == nil {
			if ref, sets, failure = s.put(ctx, &e); failure == nil {
				e.checks = examine(e)
			}
		}
		if failure != nil {
			slog.ErrorContext(ctx, "a release could not be checked", "run", ask.Run, "err", failure)
			if e.run.ID == "" {
				return Release{}, failure
			}
		}
		r, err := s.submitted(ctx, draft, e, ref, sets, failure != nil)
		if !errors.Is(err, errAudited) {
			return r, err
		}
	}
}

// put stores the file that may leave and, of an exact one, the sets that later ones are compared with.
func (s *Service) put(ctx context.Context, e *evidence) (ref blob.Ref, sets string, err error) {
	if ref, err = s.blobs.Put(ctx, bytes.NewReader(e.result.Table.CSV())); err == nil && e.exact != nil {
		sets, err = s.keepSets(ctx, e.exact.released())
	}
	return ref, sets, err
}

func (s *Service) submitted(ctx context.Context, draft string, e evidence, ref blob.Ref, sets string, failed bool) (Release, error) {
	var r Release
	_, err := s.acts.Do(ctx, act.Call{Act: "output.release.submit"}, func(ctx context.Context, tx *act.Tx) error {
		if err := tx.Lock(ctx, e.run.ID); err != nil {
			return err
		}
		earlier, err := listReleases(ctx, tx.Tx, e.run.Org, "", e.run.ID, "", 100)
		if err != nil {
			return err
		}
		if slices.ContainsFunc(earlier, Release.open) {
			return errs.New(errs.Conflict, "这个任务的结果已有出域申请, 请在出域申请列表中查看, 不必重复提交")
		}
		r = e.release(e.ask)
		r.Digest, r.Checks, r.State, r.Opened = ref.Digest, e.checks, Blocked, tx.Now()
		if failed {
			r.State = Failed
		}
		if r.ID, err = s.begin(ctx, tx, draft, r); err != nil {
			return err
		}
		if err := tx.Judge(ctx, map[string]string{"org": r.Org, "release": r.ID}); err != nil {
			return err
		}
		if e.exact != nil && !failed {
			if err := s.audited(ctx, tx, e, &r, sets); err != nil {
				return err
			}
		}
		if failed || !passed(r.Checks) {
			return s.save(ctx, tx, r)
		}
		return s.review(ctx, tx, &r)
	})
	if err != nil {
		return Release{}, err
	}
	return r.forApplicant(), nil
}

// begin makes the row, or takes the draft's.
func (s *Service) begin(ctx context.Context, tx *act.Tx, draft string, r Release) (string, error) {
	if draft == "" {
		r.ID = tx.NewID("rel")
		return r.ID, insertRelease(ctx, tx.Tx, r)
	}
	_, err := ownDraft(ctx, tx.Tx, draft)
	return draft, err
}

// audited makes sure that the audits saw every exact release that there is, and that nobody asks so often that refusals
// become answers; then it enters this one for those to come.
func (s *Service) audited(ctx context.Context, tx *act.Tx, e evidence, r *Release, sets string) error {
	if err := tx.Lock(ctx, "exact releases "+e.model.Unit); err != nil {
		return err
	}
	now, err := exactReleases(ctx, tx.Tx, e.model.Unit)
	if err != nil {
		return err
	}
	if !slices.Equal(now, e.past) {
		return errAudited
	}
	tried, err := exactTried(ctx, tx.Tx, r.Org, tx.Now().AddDate(0, 0, -30))
	if err != nil {
		return err
	}
	if tried > e.rules.tries {
		refusal := errs.New(errs.Forbidden, "三十天内申请精确结果出域已达 %d 次; 每次同意或者拒绝都透露数据的情况, 请合并口径后下月再提交", e.rules.tries)
		refusal.Spots = []errs.Spot{{Where: "run", Code: "L105", Message: "精确结果出域申请次数已达上限", En: "too many exact releases were asked for", Hint: "合并口径后再提交"}}
		return refusal
	}
	if !passed(r.Checks) {
		r.Code = refusalCode(r.Checks)
		return nil
	}
	return insertExact(ctx, tx.Tx, r.ID, e.model.Unit, sets)
}

// release is the row of an application.
func (e *evidence) release(ask Ask) Release {
	return Release{Org: e.run.Org, Run: e.run.ID, Scenario: e.run.Scenario, Title: e.version.Name, Mode: e.run.Mode,
		Purpose: ask.Purpose, Recipient: ask.Recipient, Retention: ask.Retention, Trains: strings.TrimSpace(ask.Trains)}
}

func (s *Service) review(ctx context.Context, tx *act.Tx, r *Release) error {
	area, err := grant.ScenarioArea(ctx, tx.Tx, r.Scenario)
	if err != nil {
		return err
	}
	m, err := s.matters.SubmitTx(ctx, tx, matter.Application{Kind: KindRelease, Title: r.Title, Applicant: r.Org, Area: area, Subject: r.ID})
	if err != nil {
		return err
	}
	r.State, r.Matter = InReview, m.ID
	return s.save(ctx, tx, *r)
}
