package watch

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strconv"
	"strings"

	"yunei/internal/base/errs"
	"yunei/internal/base/sqldb"
	"yunei/internal/base/workday"
	"yunei/internal/core/access"
	"yunei/internal/core/act"
	"yunei/internal/core/notice"
	"yunei/internal/core/party"
	"yunei/internal/core/query/disclose"
	"yunei/internal/flow/consent"
	"yunei/internal/flow/grant"
	"yunei/internal/flow/serve"
)

// Values a pack sets for what follows an end.
const (
	valueDelete  = "exit.delete.within"
	valueLogs    = "keep.logs"    // 网络日志留存时长
	valueArchive = "keep.archive" // 网络日志保存时间
)

// ending is why a permit ends.
type ending struct {
	permit  string
	ground  Ground
	basis   string
	reason  string
	article string
}

// Ending is what a supervisor decides.
type Ending struct {
	Org     string `json:"org,omitempty" doc:"The organization, whose admission ends"`
	Permit  string `json:"permit,omitempty" doc:"Or one permit: a grant's, an authorization's"`
	Ground  Ground `json:"ground" enum:"breach,complaint,evaluation,inspection,agreement,security,harm,request"`
	Basis   string `json:"basis,omitempty" maxLength:"64"`
	Reason  string `json:"reason" minLength:"2" maxLength:"5000"`
	Article string `json:"article,omitempty" maxLength:"200"`
}

// End ends an admission, a grant or an authorization for good (终止). Access is refused from this act on, everywhere; what is
// left inside the platform becomes the tasks of an exit.
func (s *Service) End(ctx context.Context, in Ending) (Exit, error) {
	var e Exit
	_, err := s.Acts.Do(ctx, act.Call{Act: ActTerminate}, func(ctx context.Context, tx *act.Tx) error {
		if strings.TrimSpace(in.Reason) == "" {
			return errs.New(errs.Invalid, "请写明终止的理由后再提交")
		}
		if !slices.Contains(grounds, in.Ground) && in.Ground != OnRequest {
			return errs.New(errs.Invalid, "终止的事由不在列表中, 请重新选择")
		}
		permit, org, err := s.target(ctx, tx.Tx, in.Org, in.Permit)
		if err != nil {
			return err
		}
		if err := s.maySupervise(ctx, tx.Tx, tx.Actor(), org, permit); err != nil {
			return err
		}
		if permit.ID == "" {
			return errs.New(errs.Conflict, "这个单位尚未入驻, 没有可以终止的许可")
		}
		e, err = s.endTx(ctx, tx, ending{permit: permit.ID, ground: in.Ground, basis: in.Basis, reason: strings.TrimSpace(in.Reason), article: in.Article})
		return err
	})
	if err != nil {
		return Exit{}, err
	}
	return s.scrub(ctx, e), nil
}

// mayEnd: the operator ends admissions, never what a public body granted (依法依规终止开发授权 is the bureau's).
func mayEnd(ctx context.Context, tx *sqldb.Tx, actor access.Actor, p access.Permit) error {
	if actor.Has(access.Operator) && !actor.Has(access.Bureau, access.Platform) && p.Kind != party.PermitKind {
		return errs.New(errs.Forbidden, "授权由数据主管部门或者授权部门终止, 请报请他们决定")
	}
	area, granted, err := grant.AreaOf(ctx, tx, p.ID)
	if err == nil && granted && actor.Has(access.Bureau, access.Upper, access.Regulator) && actor.Area != area {
		err = errs.New(errs.Forbidden, "授权由作出授权的本级主管部门终止; 上级可以作出监督决定, 不能代为终止")
	}
	return err
}

// endTx revokes the permit inside another act and opens the exit. A permit that ended by itself keeps its last state.
func (s *Service) endTx(ctx context.Context, tx *act.Tx, en ending) (Exit, error) {
	p, err := access.LoadPermit(ctx, tx.Tx, en.permit)
	if err != nil {
		return Exit{}, err
	}
	if err := mayEnd(ctx, tx.Tx, tx.Actor(), p); err != nil {
		return Exit{}, err
	}
	e := Exit{ID: tx.NewID("ext"), Org: p.Holder, Permit: p.ID, Kind: p.Kind, Object: p.Object, Ground: en.ground, Basis: en.basis, Reason: en.reason,
		Article: en.article, Issuer: tx.Actor().Org, Closed: tx.Now(), State: ExitDeleting, Opened: tx.Now()}
	switch {
	case en.ground == OnExpiry:
		e.Closed = p.Until.Time()
	case p.State == access.Revoked && en.ground != OnEnd:
		return e, errs.New(errs.Conflict, "这项许可已经终止, 请刷新查看")
	case p.State != access.Revoked:
		if err := tx.SetPermit(ctx, p.ID, access.Revoked); err != nil {
			return e, err
		}
	}
	if err := s.terms(tx, &e); err != nil {
		return e, err
	}
	if err := s.returnShares(ctx, tx, e); err != nil {
		return e, err
	}
	if e.Tasks, err = s.held(ctx, tx.Tx, e); err != nil {
		return e, err
	}
	for _, space := range e.spaces() {
		if err := s.Lab.CloseTx(ctx, tx, space, e.Reason); err != nil {
			return e, err
		}
	}
	if e.Providers, err = providersOf(ctx, tx.Tx, e); err != nil {
		return e, err
	}
	if !slices.ContainsFunc(e.Tasks, func(t Task) bool { return t.State == TaskOpen }) {
		now := tx.Now()
		e.State, e.Deleted = ExitDeleted, &now
	}
	if err := insertExit(ctx, tx.Tx, e); err != nil {
		return e, err
	}
	if err := s.moot(ctx, tx, e); err != nil {
		return e, err
	}
	if err := tx.JudgeAs(ctx, ActTerminate, map[string]string{"org": e.Org, "exit": e.ID}, nil); err != nil {
		return e, err
	}
	if err := notice.Send(ctx, tx, notice.Message{Kind: notice.TermEnded, ObjectKind: "exit", Object: e.ID,
		Params: map[string]string{"kind": e.Kind, "ground": string(e.Ground), "org": e.Org}}, access.WholeOrg(e.Org), access.RoleAddress(access.Bureau)); err != nil {
		return e, err
	}
	return e, tx.Changed(ctx, "exit", e.ID, e)
}

// terms are the days that follow from the end: until when everything is deleted, until when the logs are kept. The days of the
// logs are counted from the end, which is the later of the end and the making of each entry there is.
func (s *Service) terms(tx *act.Tx, e *Exit) error {
	day := workday.DateOf(e.Closed)
	d, err := deadline(tx.Law(), valueDelete, day)
	if err != nil && !errs.Is(err, errs.NotFound) {
		return err
	}
	e.Due, e.Explain = d.Due, d.Explain
	logs, err := deadline(tx.Law(), valueLogs, day)
	if err != nil && !errs.Is(err, errs.NotFound) {
		return err
	}
	archive, err := deadline(tx.Law(), valueArchive, day)
	if err != nil && !errs.Is(err, errs.NotFound) {
		return err
	}
	e.LogsUntil, e.ArchiveUntil = logs.Due, max(logs.Due, archive.Due)
	return nil
}

// moot settles the orders that still run on a permit that has ended.
func (s *Service) moot(ctx context.Context, tx *act.Tx, e Exit) error {
	orders, err := ordersOn(ctx, tx.Tx, e.Permit)
	if err != nil {
		return err
	}
	for _, o := range orders {
		if o.ID == e.Basis {
			continue // its own act settles it
		}
		now := tx.Now()
		o.State, o.Opinion, o.Decided, o.Exit = OrderFailed, "许可已经终止: "+e.Reason, &now, e.ID
		if err := s.saveOrder(ctx, tx, o); err != nil {
			return err
		}
	}
	return nil
}

// returnShares gives back to the resources what the ended grants have not spent of the yearly disclosure budgets.
func (s *Service) returnShares(ctx context.Context, tx *act.Tx, e Exit) error {
	grants, err := grantsUnder(ctx, tx.Tx, e)
	if err != nil {
		return err
	}
	for _, g := range grants {
		sc, err := grant.LoadScenario(ctx, tx.Tx, g.Scenario)
		if err != nil {
			return err
		}
		for _, n := range sc.Plan.Needs {
			for year := max(g.From.Year(), tx.Day().Year()); year <= g.Until.AddDays(-1).Year(); year++ {
				b, err := s.Budget.Budget(ctx, tx.Tx, disclose.GrantScope(g.ID, n.Resource, strconv.Itoa(year)))
				if err != nil || b.Default || b.Left() == 0 {
					if err != nil {
						return err
					}
					continue
				}
				if err := s.Budget.EndShare(ctx, tx.Tx, g.ID, n.Resource, strconv.Itoa(year), "授权 "+g.ID+" 终止"); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// scenario is the one an exit is about, "" for all of the organization's.
func (e Exit) scenario() string {
	if e.Kind == grant.PermitGrant {
		return e.Object
	}
	return ""
}

// held lists what the party still holds inside the platform under the permit that ended.
func (s *Service) held(ctx context.Context, tx *sqldb.Tx, e Exit) ([]Task, error) {
	tasks := []Task{}
	deployments, err := serve.OpenUnder(ctx, tx, e.Org, e.scenario())
	if err != nil {
		return nil, err
	}
	for _, d := range deployments {
		tasks = append(tasks, Task{What: HeldDeployment, Object: d.ID, State: TaskOpen})
	}
	tasks = append(tasks, Task{What: HeldAnswers, Object: e.Org, State: TaskOpen})
	of, err := s.heldInSpaces(ctx, tx, e)
	if err != nil {
		return nil, err
	}
	tasks = append(tasks, of...)
	releases, err := releasesOf(ctx, tx, e.Org, e.scenario())
	if err != nil {
		return nil, err
	}
	for _, r := range releases {
		tasks = append(tasks, Task{What: HeldRelease, Object: r.ID, Digest: r.Digest, State: TaskOpen})
	}
	runs, err := resultsOf(ctx, tx, e.Org, e.scenario())
	if err != nil {
		return nil, err
	}
	for _, r := range runs {
		tasks = append(tasks, Task{What: HeldResult, Object: r.ID, Digest: r.Result, State: TaskKept, At: &e.Opened,
			Method: "加噪结果是累计披露账的凭证, 封存备查; 任何单位不再能够读取或者导出"})
	}
	if e.Kind != party.PermitKind {
		return tasks, nil
	}
	consents, err := consent.OnlyFor(ctx, tx, e.Org)
	if err != nil {
		return nil, err
	}
	for _, c := range consents {
		tasks = append(tasks, Task{What: HeldConsent, Object: c.ID, State: TaskOpen})
	}
	return tasks, nil
}

// Certify issues the certificate of deletion (删除证明): a second person confirms what was deleted, and its digest goes into the
// ledger.
func (s *Service) Certify(ctx context.Context, id string) (Exit, error) {
	var e Exit
	_, err := s.Acts.Do(ctx, act.Call{Act: ActCertify}, func(ctx context.Context, tx *act.Tx) error {
		was, err := loadExit(ctx, tx.Tx, id)
		if err != nil {
			return err
		}
		if was.Org == tx.Actor().Org {
			return errs.New(errs.Forbidden, "不能办理本单位的退出, 请由其他单位的人员办理")
		}
		text, err := was.text()
		if err != nil {
			return err
		}
		sum := sha256.Sum256([]byte(text))
		if e, err = was.certify(tx.Actor().Account, "sha256:"+hex.EncodeToString(sum[:]), tx.Now()); err != nil {
			return err
		}
		if err := tx.Judge(ctx, map[string]string{"org": e.Org, "exit": e.ID}); err != nil {
			return err
		}
		// 海南 第二十四条: 向数据资源提供方反馈数据销毁情况.
		if err := notice.Send(ctx, tx, notice.Message{Kind: notice.DataDestroyed, ObjectKind: "exit", Object: e.ID, Params: map[string]string{"org": e.Org}}, holders(e)...); err != nil {
			return err
		}
		return s.saveExit(ctx, tx, e)
	})
	return e, err
}

// Reopen records that a verification of the destruction failed: what was deleted is to be deleted again.
func (s *Service) Reopen(ctx context.Context, id, finding string) (Exit, error) {
	var e Exit
	finding = strings.TrimSpace(finding)
	if finding == "" {
		return e, errs.New(errs.Invalid, "请写明核查发现了什么、在哪里, 再提交")
	}
	_, err := s.Acts.Do(ctx, act.Call{Act: ActReopen}, func(ctx context.Context, tx *act.Tx) error {
		was, err := loadExit(ctx, tx.Tx, id)
		if err != nil {
			return err
		}
		if was.Org == tx.Actor().Org {
			return errs.New(errs.Forbidden, "不能办理本单位的退出, 请由其他单位的人员办理")
		}
		if e, err = was.reopen(tx.Actor().Account, finding, tx.Now()); err != nil {
			return err
		}
		if err := tx.Judge(ctx, map[string]string{"org": e.Org, "exit": e.ID}); err != nil {
			return err
		}
		return s.saveExit(ctx, tx, e)
	})
	return e, err
}

func (s *Service) saveExit(ctx context.Context, tx *act.Tx, e Exit) error {
	if err := saveExit(ctx, tx.Tx, e); err != nil {
		return err
	}
	return tx.Changed(ctx, "exit", e.ID, e)
}
