package collect

import (
	"time"

	"yunei/internal/base/errs"
)

// State is where a snapshot is on its way.
type State string

const (
	Loading    State = "loading"    // 装载中
	Active     State = "active"     // 在用
	Superseded State = "superseded" // 已被更新
	Failed     State = "failed"     // 已拒绝
	Lost       State = "lost"       // 中断
)

// Snapshot (快照) is one load of a resource and, once activated, the immutable data it made.
type Snapshot struct {
	ID            string      `json:"id"`
	Resource      string      `json:"resource"`
	SchemaVersion int         `json:"schema_version" doc:"Version of the catalog entry it was checked against"`
	Version       int         `json:"version" doc:"Number of the snapshot within its resource; 0 until activated"`
	State         State       `json:"state" enum:"loading,active,superseded,failed,lost"`
	Name          string      `json:"name" doc:"Name of the submitted file"`
	Source        string      `json:"source" doc:"SHA-256 of the submitted file"`
	Digest        string      `json:"digest" doc:"SHA-256 of the snapshot's Parquet file; empty until activated"`
	Size          int64       `json:"size"`
	Rows          int64       `json:"rows"`
	Subjects      int64       `json:"subjects" doc:"Different subjects"`
	Unkeyed       int64       `json:"unkeyed" doc:"Rows without a usable key: in the snapshot, in no answer about a subject"`
	RowsDigest    string      `json:"rows_digest,omitempty" doc:"SHA-256 over the rows kept by subject"`
	KID           string      `json:"kid" doc:"Key that made the pseudonyms"`
	Author        string      `json:"author"`
	Started       time.Time   `json:"started"`
	Finished      time.Time   `json:"finished"`
	Report        *Report     `json:"report,omitempty" doc:"质量报告; for the holder and the bureau"`
	Reason        string      `json:"reason,omitempty" doc:"Why it failed or was lost"`
	Problems      []errs.Spot `json:"problems,omitempty" doc:"What was wrong with the file; for the holder"`

	// Path is where the Parquet file lies on this machine.
	Path string `json:"-"`
}

// made is what a load found out, to be put into use.
type made struct {
	digest, rowsDigest string
	size               int64
	report             Report
}

// Activate puts a loaded snapshot into use as number version of its resource.
func (s Snapshot) Activate(m made, version int, now time.Time) (Snapshot, error) {
	if s.State != Loading {
		return s, gone(s.State)
	}
	s.State, s.Version, s.Finished = Active, version, now
	s.Digest, s.Size, s.RowsDigest, s.Report = m.digest, m.size, m.rowsDigest, &m.report
	s.Rows, s.Subjects, s.Unkeyed = m.report.Rows, m.report.Subjects, m.report.Unkeyed()
	return s, nil
}

// Supersede takes an active snapshot out of use; it stays readable for what was computed on it.
func (s Snapshot) Supersede() (Snapshot, error) {
	if s.State != Active {
		return s, gone(s.State)
	}
	s.State = Superseded
	return s, nil
}

// Fail ends a load whose file was refused or could not be stored.
func (s Snapshot) Fail(reason string, problems []errs.Spot, now time.Time) (Snapshot, error) {
	if s.State != Loading {
		return s, gone(s.State)
	}
	s.State, s.Finished, s.Reason, s.Problems = Failed, now, reason, problems
	return s, nil
}

// Lose ends a load that nobody works on any more.
func (s Snapshot) Lose(now time.Time) (Snapshot, error) {
	if s.State != Loading {
		return s, gone(s.State)
	}
	s.State, s.Finished, s.Reason = Lost, now, "装载中断, 没有归集任何数据, 请重新提交"
	return s, nil
}

func gone(s State) error {
	return errs.New(errs.Conflict, "这次归集已经结束 (%s), 请刷新查看结果", map[State]string{Active: "已在用", Superseded: "已被更新", Failed: "已拒绝", Lost: "已中断"}[s])
}
