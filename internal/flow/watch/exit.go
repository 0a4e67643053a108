package watch

import (
	"encoding/json"
	"slices"
	"strings"
	"time"

	"yunei/internal/base/errs"
	"yunei/internal/base/workday"
)

// Exit states.
const (
	ExitDeleting  = "deleting"
	ExitDeleted   = "deleted"
	ExitCertified = "certified"
)

// What a party may still hold inside the platform, and what is done with it.
const (
	HeldDeployment = "deployment" // 数据服务: closed
	HeldAnswers    = "answers"    // answers kept for a broken connection: deleted
	HeldSpace      = "space"      // 开发空间: closed, its folder with everything that runs left there removed
	HeldKey        = "key"        // 空间密钥: destroyed, with it every pseudonym of the space
	HeldCopy       = "copy"       // 供给到空间的一份数据副本: deleted
	HeldBackup     = "backup"     // 备份: holds no space
	HeldRelease    = "release"    // 出域结果文件: deleted
	HeldConsent    = "consent"    // 授权文件: ended and deleted
	HeldResult     = "result"     // noised results: kept as evidence of the disclosure ledger, nobody may read them
)

// Task states.
const (
	TaskOpen = "open"
	TaskDone = "done"
	TaskKept = "kept" // not deleted, for the reason given
)

// Task (删除任务) is one thing to be deleted, and how it was.
type Task struct {
	What   string     `json:"what" enum:"deployment,answers,space,key,copy,backup,release,consent,result"`
	Object string     `json:"object"`
	Digest string     `json:"digest,omitempty" doc:"Of the file that is deleted"`
	State  string     `json:"state" enum:"open,done,kept"`
	Method string     `json:"method,omitempty" doc:"How it was deleted, or why it is kept"`
	By     string     `json:"by,omitempty" doc:"Account"`
	At     *time.Time `json:"at,omitempty"`
}

// Exit (退出) is what follows when an admission, a grant or an authorization ends: access is closed at an instant, what the
// party holds inside the platform is deleted, the logs are kept.
type Exit struct {
	ID      string `json:"id"`
	Org     string `json:"org"`
	Permit  string `json:"permit"`
	Kind    string `json:"kind" doc:"Kind of the permit that ended"`
	Object  string `json:"object" doc:"What the permit was for: the organization, a scenario"`
	Ground  Ground `json:"ground"`
	Basis   string `json:"basis,omitempty" doc:"Id of the order, evaluation or other record it rests on"`
	Reason  string `json:"reason"`
	Article string `json:"article,omitempty"`
	Issuer  string `json:"issuer,omitempty" doc:"The body that ended it; empty: the platform, because it was over"`

	Closed time.Time `json:"closed" doc:"From this instant on access is refused"`
	Tasks  []Task    `json:"tasks"`
	// 授权运营主体授权程序: 及时删除授权运营留存的相关数据.
	Due     workday.Date `json:"due,omitempty" doc:"Day by which everything is deleted"`
	Explain string       `json:"explain,omitempty"`

	LogsUntil    workday.Date `json:"logs_until" doc:"Logs can be searched at least until this day (留存)"`
	ArchiveUntil workday.Date `json:"archive_until" doc:"Logs are kept at least until this day (保存)"`

	State       string     `json:"state" enum:"deleting,deleted,certified"`
	Deleted     *time.Time `json:"deleted,omitempty"`
	Certificate string     `json:"certificate,omitempty" doc:"SHA-256 of the certificate's text"`
	Certifier   string     `json:"certifier,omitempty" doc:"Account"`
	Certified   *time.Time `json:"certified,omitempty"`
	Opened      time.Time  `json:"opened"`

	Providers []string   `json:"providers,omitempty" doc:"Whose data was supplied under what ended; they are told of the destruction"`
	Receipts  []Receipt  `json:"receipts,omitempty" doc:"Providers that acknowledged the report of the destruction"`
	Checks    []Check    `json:"checks,omitempty" doc:"What a second person found when verifying the destruction, oldest first"`
	Alerted   *time.Time `json:"alerted,omitempty" doc:"When bureau, party and providers were told that the deletion is overdue"`
}

// Receipt (回执) is a provider's acknowledgment of the report of a destruction.
type Receipt struct {
	Org     string    `json:"org"`
	Account string    `json:"account"`
	At      time.Time `json:"at"`
}

// Check (核查) is one verification of a destruction. 海南 第二十四条: 公共数据产品开发利用平台管理方应监督落实销毁工作.
type Check struct {
	Account string    `json:"account"`
	Passed  bool      `json:"passed"`
	Finding string    `json:"finding,omitempty" doc:"What is still readable, where a verification failed"`
	At      time.Time `json:"at"`
}

// checker refuses a verification of what is not done, or by the one who did it.
func (e Exit) checker(account string) error {
	switch {
	case e.State == ExitCertified:
		return errs.New(errs.Conflict, "删除证明已经出具, 请刷新查看")
	case e.State != ExitDeleted:
		return errs.New(errs.Conflict, "还有没有完成的删除任务, 不能核查; 请先完成删除")
	case slices.ContainsFunc(e.Tasks, func(t Task) bool { return t.By == account }):
		return errs.New(errs.Forbidden, "删除证明须由没有办理删除的另一人核对后出具, 请转由同事办理")
	}
	return nil
}

// reopen takes a failed verification: every deletion is a task again, with what was found.
func (e Exit) reopen(account, finding string, now time.Time) (Exit, error) {
	if err := e.checker(account); err != nil {
		return e, err
	}
	e.Tasks = slices.Clone(e.Tasks)
	for i := range e.Tasks {
		if t := &e.Tasks[i]; t.State == TaskDone {
			t.State, t.Method, t.By, t.At = TaskOpen, "", "", nil
		}
	}
	e.Checks = append(slices.Clone(e.Checks), Check{Account: account, Finding: finding, At: now})
	e.State, e.Deleted = ExitDeleting, nil
	return e, nil
}

// receive takes a provider's receipt.
func (e Exit) receive(r Receipt) (Exit, error) {
	switch {
	case !slices.Contains(e.Providers, r.Org):
		return e, errs.New(errs.NotFound, noExit)
	case e.State != ExitCertified:
		return e, errs.New(errs.Conflict, "删除证明还没有出具, 请在收到销毁情况报告后签收")
	case slices.ContainsFunc(e.Receipts, func(o Receipt) bool { return o.Org == r.Org }):
		return e, errs.New(errs.Conflict, "贵单位已经签收, 请刷新查看")
	}
	e.Receipts = append(slices.Clone(e.Receipts), r)
	return e, nil
}

// spaces whose copies are still to be destroyed.
func (e Exit) spaces() []string {
	var out []string
	for _, t := range e.Tasks {
		if t.What == HeldSpace && t.State == TaskOpen {
			out = append(out, t.Object)
		}
	}
	return out
}

// destroyed settles everything of a space.
func (e Exit) destroyed(space, account string, now time.Time) Exit {
	for _, t := range slices.Clone(e.Tasks) {
		if t.Object != space && !strings.HasPrefix(t.Object, space+"/") {
			continue
		}
		method := map[string]string{HeldSpace: "关闭空间, 删除文件夹和运行缓存", HeldKey: "覆写并删除空间密钥", HeldCopy: "删除副本文件"}[t.What]
		if method != "" {
			e = e.done(t.What, t.Object, TaskDone, method, account, now)
		}
	}
	return e
}

// done settles one task; the exit is deleted when none is left.
func (e Exit) done(what, object, state, method, account string, now time.Time) Exit {
	e.Tasks = slices.Clone(e.Tasks)
	for i := range e.Tasks {
		t := &e.Tasks[i]
		if t.What == what && t.Object == object && t.State == TaskOpen {
			t.State, t.Method, t.By, t.At = state, method, account, &now
		}
	}
	if !slices.ContainsFunc(e.Tasks, func(t Task) bool { return t.State == TaskOpen }) && e.State == ExitDeleting {
		e.State, e.Deleted = ExitDeleted, &now
	}
	return e
}

// certify refuses a certificate of what is not done, or by the one who did it.
func (e Exit) certify(account, digest string, now time.Time) (Exit, error) {
	if err := e.checker(account); err != nil {
		return e, err
	}
	e.Checks = append(slices.Clone(e.Checks), Check{Account: account, Passed: true, At: now})
	e.State, e.Certificate, e.Certifier, e.Certified = ExitCertified, digest, account, &now
	return e, nil
}

// text is what the certificate says: every dataset, copy and document with the way it went. It names no person.
func (e Exit) text() (string, error) {
	type line struct {
		What, Object, Digest, State, Method string
		At                                  *time.Time
	}
	out := struct {
		Title, Exit, Org, Permit, Kind string
		Closed, Deleted                *time.Time
		LogsUntil, ArchiveUntil        workday.Date
		Lines                          []line
	}{Title: "数据删除证明", Exit: e.ID, Org: e.Org, Permit: e.Permit, Kind: e.Kind, Closed: &e.Closed, Deleted: e.Deleted,
		LogsUntil: e.LogsUntil, ArchiveUntil: e.ArchiveUntil}
	for _, t := range e.Tasks {
		out.Lines = append(out.Lines, line{t.What, t.Object, t.Digest, t.State, t.Method, t.At})
	}
	raw, err := json.MarshalIndent(out, "", "  ")
	return string(raw), err
}

// overdue reports whether something is left after the day by which it had to be deleted.
func (e Exit) overdue(today workday.Date) bool {
	return e.State == ExitDeleting && !e.Due.IsZero() && today.After(e.Due)
}
