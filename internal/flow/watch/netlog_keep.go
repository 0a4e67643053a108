package watch

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"

	"yunei/internal/base/errs"
	"yunei/internal/base/sqldb"
	"yunei/internal/base/workday"
	"yunei/internal/core/access"
	"yunei/internal/core/act"
	"yunei/internal/core/regime"
)

// keepLog is the last day on which the law keeps what is of one day: the longest of its periods.
func (s *Service) keepLog(today, day workday.Date) (until workday.Date, err error) {
	for _, name := range []string{valueLogs, valueArchive} {
		v, err := optional(s.Acts.Law(), name, today)
		if err != nil {
			return "", err
		}
		if v.Name != "" {
			until = max(until, count(s.Acts.Law(), v, day).Due)
		}
	}
	return until, nil
}

// keeping fills in until when each of some days is kept: from the day itself, and from the exits of the organizations with lines on it.
// 舟山 三(六) names no first day; both is the stricter reading.
func (s *Service) keeping(ctx context.Context, tx *sqldb.Tx, days []LogDay) (exits map[workday.Date]workday.Date, err error) {
	exits = map[workday.Date]workday.Date{}
	if len(days) == 0 {
		return exits, nil
	}
	today := workday.DateOf(tx.Now())
	first, last := days[0].Day.Day, days[0].Day.Day
	for i := range days {
		d := &days[i]
		first, last = min(first, d.Day.Day), max(last, d.Day.Day)
		if d.KeptUntil, err = s.keepLog(today, d.Day.Day); err != nil {
			return nil, err
		}
	}
	orgs, err := logOrgs(ctx, tx, first, last)
	if err != nil {
		return nil, err
	}
	until := map[workday.Date]workday.Date{}
	for org, on := range orgs {
		list, err := exitsOf(ctx, tx, org)
		if err != nil {
			return nil, err
		}
		for _, e := range list {
			closed := workday.DateOf(e.Closed)
			kept, err := s.keepLog(today, closed)
			if err != nil {
				return nil, err
			}
			for _, day := range on {
				exits[day] = max(exits[day], closed)
				until[day] = max(until[day], kept, e.ArchiveUntil)
			}
		}
	}
	for i := range days {
		days[i].KeptUntil = max(days[i].KeptUntil, until[days[i].Day.Day])
	}
	return exits, nil
}

// logFacts are what a rule sees of days that are to be purged together.
func logFacts(days []LogDay, exits map[workday.Date]workday.Date) map[string]any {
	var last, exit, kept workday.Date
	for _, d := range days {
		last, exit, kept = max(last, d.Day.Day), max(exit, exits[d.Day.Day]), max(kept, d.KeptUntil)
	}
	return map[string]any{"log.last": last, "log.exit": exit, "log.kept_until": kept}
}

// unpurged are the days of a list that were not purged.
func unpurged(days []LogDay) []LogDay {
	return slices.DeleteFunc(slices.Clone(days), func(d LogDay) bool { return d.Purge != "" })
}

// PurgeLog removes the days up to one, where the law in force keeps none of them any more. Whole days only: a packed day is never
// changed, so that its digest holds for as long as it is there.
func (s *Service) PurgeLog(ctx context.Context, through workday.Date, reason string) (p LogPurge, err error) {
	_, err = s.Acts.Do(ctx, act.Call{Act: ActLogPurge}, func(ctx context.Context, tx *act.Tx) error {
		reason = strings.TrimSpace(reason)
		if !through.Valid() {
			return spotted("through", "请选择清除到哪一天")
		}
		if reason == "" {
			return spotted("reason", "请写明清除的理由, 它将记入账本")
		}
		if err := mayPurge(tx.Actor()); err != nil {
			return err
		}
		all, err := logDays(ctx, tx.Tx, "", through)
		if err != nil {
			return err
		}
		days := unpurged(all)
		if err := s.purgeable(tx.Day(), days); err != nil {
			return err
		}
		p = LogPurge{ID: tx.NewID("nlp"), Account: tx.Actor().Account, Through: through, Reason: reason, At: tx.Now()}
		for _, d := range days {
			p.Days = append(p.Days, d.Day.Day)
			p.Lines += d.Lines
		}
		exits, err := s.keeping(ctx, tx.Tx, days)
		if err != nil {
			return err
		}
		if err := tx.JudgeAs(ctx, ActLogPurge, map[string]string{"log": p.ID}, logFacts(days, exits)); err != nil {
			return err
		}
		if err := insertLogPurge(ctx, tx.Tx, p); err != nil {
			return err
		}
		return tx.Changed(ctx, "log-purge", p.ID, p)
	})
	if err != nil {
		return LogPurge{}, err
	}
	if err := s.removePurged(ctx); err != nil { // the purge stands; the next sweep removes what is left
		slog.ErrorContext(ctx, "the files of a purge of the network log were not removed", "purge", p.ID, "err", err)
	}
	return p, nil
}

// mayPurge: the file of a day holds the lines of every area.
func mayPurge(actor access.Actor) error {
	if actor.Area != "" {
		return errs.New(errs.Forbidden, "网络日志由平台本级的数据主管部门清除, 请报请本级主管部门决定")
	}
	return nil
}

// purgeable refuses where there is nothing, and where the loaded law says no period: then nothing is known to be over.
func (s *Service) purgeable(today workday.Date, days []LogDay) error {
	if len(days) == 0 {
		return errs.New(errs.Conflict, "这一天以前没有已经归档的网络日志, 不需要清除")
	}
	v, err := optional(s.Acts.Law(), valueLogs, today)
	if err == nil && v.Name == "" {
		err = errs.New(errs.Conflict, "所用规则没有规定网络日志留存时长, 不能清除; 请先在规则中写明")
	}
	return err
}

// LogState tells what stands of the log and whether any of it may be purged today.
func (s *Service) LogState(ctx context.Context) (st LogState, err error) {
	actor := access.From(ctx)
	if !actor.Has(searchers...) {
		return st, errs.New(errs.Forbidden, noSearcher)
	}
	st.Lost, st.Keep, st.Acts = s.Netlog.Lost(), []regime.Value{}, []act.Option{}
	err = s.Acts.View(ctx, func(tx *sqldb.Tx) error {
		today := workday.DateOf(tx.Now())
		st.Today = today
		for _, name := range []string{valueLogs, valueArchive} {
			v, err := optional(s.Acts.Law(), name, today)
			if err != nil {
				return err
			}
			if v.Name != "" {
				st.Keep = append(st.Keep, v)
			}
		}
		all, err := logDays(ctx, tx, "", "")
		if err != nil {
			return err
		}
		days := unpurged(all)
		exits, err := s.keeping(ctx, tx, days)
		if err != nil {
			return err
		}
		open := true
		for i, d := range days {
			if i == 0 {
				st.Oldest, st.FirstDay = d.Day.Day, d.KeptUntil.AddDays(1)
			}
			st.Newest, st.Days, st.Lines, st.Packed = d.Day.Day, st.Days+1, st.Lines+d.Lines, st.Packed+d.Packed
			if open = open && d.KeptUntil.Before(today); open {
				st.Purgeable = d.Day.Day
			}
		}
		first := days[:min(1, len(days))]
		stateErr := mayPurge(actor)
		if stateErr == nil {
			stateErr = s.purgeable(today, first)
		}
		o, err := s.Acts.OptionAs(ctx, tx, ActLogPurge, stateErr, map[string]string{"log": ""}, logFacts(first, exits))
		st.Acts = append(st.Acts, o)
		return err
	})
	return st, err
}

// LogDays lists the days that are over, newest first.
func (s *Service) LogDays(ctx context.Context, before string, limit int) (list []LogDay, err error) {
	if !access.From(ctx).Has(searchers...) {
		return nil, errs.New(errs.Forbidden, noSearcher)
	}
	err = s.Acts.View(ctx, func(tx *sqldb.Tx) error {
		if list, err = listLogDays(ctx, tx, before, limit); err != nil {
			return err
		}
		_, err = s.keeping(ctx, tx, list)
		return err
	})
	return list, err
}

// closeLog packs each day that is over and puts its digest into the ledger; then its unpacked file goes. What was interrupted
// is done again.
func (s *Service) closeLog(ctx context.Context) error {
	if s.Netlog == nil {
		return nil
	}
	if err := s.Netlog.Flush(); err != nil {
		return err
	}
	days, err := s.Netlog.Over()
	if err != nil {
		return err
	}
	failed := s.removePurged(ctx)
	for _, day := range days {
		if !s.Netlog.Unpacked(day) { // purged
			continue
		}
		if err := s.closeLogDay(ctx, day); err != nil {
			failed = errors.Join(failed, err)
		}
	}
	return failed
}

func (s *Service) closeLogDay(ctx context.Context, day workday.Date) error {
	var known LogDay
	err := s.Acts.View(ctx, func(tx *sqldb.Tx) (err error) {
		known, err = loadLogDay(ctx, tx, day.String())
		return err
	})
	if err == nil {
		return s.Netlog.Drop(known.Day)
	}
	if !errs.Is(err, errs.NotFound) {
		return err
	}
	d, err := s.Netlog.Pack(day)
	if err != nil {
		return err
	}
	_, err = s.Acts.Do(ctx, act.Call{Act: ActLogClose}, func(ctx context.Context, tx *act.Tx) error {
		if err := insertLogDay(ctx, tx.Tx, d); err != nil {
			return err
		}
		if err := tx.Judge(ctx, nil); err != nil {
			return err
		}
		return tx.Changed(ctx, "log-day", day.String(), d)
	})
	if err != nil {
		return fmt.Errorf("close network log of %s: %w", day, err)
	}
	return s.Netlog.Drop(d)
}

// removePurged removes the files of purged days, also those that a process which died left behind.
func (s *Service) removePurged(ctx context.Context) error {
	packed, err := s.Netlog.Packed()
	if err != nil || len(packed) == 0 {
		return err
	}
	var days []LogDay
	err = s.Acts.View(ctx, func(tx *sqldb.Tx) error {
		days, err = logDays(ctx, tx, packed[0], packed[len(packed)-1])
		return err
	})
	for _, d := range days {
		if d.Purge != "" && slices.Contains(packed, d.Day.Day) {
			err = errors.Join(err, s.Netlog.Remove(d.Day.Day))
		}
	}
	return err
}

// auditLog says which days are not as the ledger has them: changed, gone without a purge, or there without being known. The rows are
// the snapshot's, the files are today's: what seems wrong is looked at again as it stands now, for a purge or a close may have come between.
func (s *Service) auditLog(ctx context.Context, tx *sqldb.Tx) (problems []string, err error) {
	if s.Netlog == nil {
		return nil, nil
	}
	days, err := logDays(ctx, tx, "", "")
	if err != nil {
		return nil, err
	}
	known := map[workday.Date]bool{}
	for _, d := range days {
		known[d.Day.Day] = true
		problem, err := s.auditLogDay(ctx, tx, d)
		if err == nil && problem != "" {
			problem, err = s.auditLogNow(ctx, d.Day.Day)
		}
		if err != nil {
			return nil, err
		}
		if problem != "" {
			problems = append(problems, problem)
		}
	}
	packed, err := s.Netlog.Packed()
	if err != nil {
		return nil, err
	}
	for _, day := range packed {
		if known[day] || s.Netlog.Unpacked(day) { // one that is being closed has both
			continue
		}
		problem, err := s.auditLogNow(ctx, day)
		if err != nil {
			return nil, err
		}
		if problem != "" {
			problems = append(problems, problem)
		}
	}
	return problems, nil
}

// auditLogNow looks at a day in a snapshot of its own.
func (s *Service) auditLogNow(ctx context.Context, day workday.Date) (problem string, err error) {
	err = s.Acts.View(ctx, func(tx *sqldb.Tx) error {
		d, err := loadLogDay(ctx, tx, day.String())
		if errs.Is(err, errs.NotFound) {
			problem = fmt.Sprintf("%s: a packed file that no entry knows", day)
			return nil
		}
		if err == nil {
			problem, err = s.auditLogDay(ctx, tx, d)
		}
		return err
	})
	return problem, err
}

func (s *Service) auditLogDay(ctx context.Context, tx *sqldb.Tx, d LogDay) (problem string, err error) {
	if d.Purge != "" {
		p, err := loadLogPurge(ctx, tx, d.Purge)
		if errs.Is(err, errs.NotFound) || err == nil && !slices.Contains(p.Days, d.Day.Day) {
			return fmt.Sprintf("%s: purged by %s, which took no such day", d.Day.Day, d.Purge), nil
		}
		return "", err
	}
	digest, err := s.Netlog.Digest(d.Day.Day)
	switch {
	case err != nil:
		return "", err
	case digest == "":
		return fmt.Sprintf("%s: the file is gone and nobody purged it", d.Day.Day), nil
	case digest != d.Digest:
		return fmt.Sprintf("%s: the file has digest %s, the ledger %s", d.Day.Day, digest, d.Digest), nil
	}
	return "", nil
}
