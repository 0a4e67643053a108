package lab

import (
	"encoding/json"
	"time"

	"yunei/internal/base/errs"
	"yunei/internal/core/access"
)

// Space (开发空间) is where one organization works on one scenario.
type Space struct {
	ID       string    `json:"id"`
	Org      string    `json:"org"`
	Scenario string    `json:"scenario"`
	Permit   string    `json:"permit" doc:"The sample permit the space rests on"`
	Opened   time.Time `json:"opened"`

	State  string     `json:"state,omitempty" enum:",closed" doc:"Empty: open"`
	Closed *time.Time `json:"closed,omitempty"`
	Why    string     `json:"why,omitempty" doc:"Why it was closed"`
	Quota  *Quota     `json:"quota,omitempty" doc:"Set by the operator for this space; absent: the pack's"`
}

// Model (模型) is a named line of versions; its draft is the text being worked on.
type Model struct {
	ID     string    `json:"id"`
	Space  string    `json:"space"`
	Org    string    `json:"org"`
	Name   string    `json:"name"`
	Class  string    `json:"class" enum:"A,B,C"`
	Draft  string    `json:"draft"`
	Module string    `json:"module,omitempty" doc:"Digest of the uploaded module, where the draft declares a step"`
	Opened time.Time `json:"opened"`
}

// Version is a submitted model: immutable, known by the hash of its representation.
type Version struct {
	ID      string          `json:"id"`
	Model   string          `json:"model"`
	Org     string          `json:"org"`
	Number  int             `json:"number"`
	Name    string          `json:"name"`
	Class   string          `json:"class"`
	Hash    string          `json:"hash"`
	Shared  bool            `json:"shared" doc:"Listed for reuse by other organizations once approved (上架)"`
	Text    string          `json:"text" doc:"What the developer wrote: a comment, never run"`
	IR      []byte          `json:"ir" doc:"The canonical representation that is hashed, signed and run, in base64: its very bytes"`
	Review  json.RawMessage `json:"review" doc:"What the guard found"`
	Inputs  []string        `json:"inputs" doc:"resource.field of everything it reads"`
	Outputs []string        `json:"outputs" doc:"Names and types of what it gives"`
	Module  string          `json:"module,omitempty" doc:"Digest of the WebAssembly module of its step; the representation names it, so signatures cover it"`
	Params  []Param         `json:"params,omitempty" doc:"What a run chooses, each from the values approved with the model"`
	Rho     int64           `json:"rho" doc:"Charge of one run, in units of 10^-12; 0 for class B"`
	Opened  time.Time       `json:"opened"`
}

// Run states.
const (
	Running = "running"
	Done    = "done"
	Failed  = "failed"
	Lost    = "lost" // started and never finished: the sweeper says so; the charge stands
)

// Run (加工任务) is one execution of a version on raw data.
type Run struct {
	ID        string            `json:"id"`
	Space     string            `json:"space"`
	Org       string            `json:"org"`
	Scenario  string            `json:"scenario"`
	Grant     string            `json:"grant"`
	Version   string            `json:"version"`
	Hash      string            `json:"hash"`
	Params    map[string]string `json:"params,omitempty" doc:"The values chosen for the model's parameters"`
	Snapshots map[string]string `json:"snapshots" doc:"Table to the digest of the snapshot it ran on"`
	Mode      string            `json:"mode,omitempty" enum:"exact" doc:"exact: official statistics under a permit; without it the table is noised"`
	Statistic string            `json:"statistic,omitempty" doc:"The permit for official statistics it ran under"`
	Rho       int64             `json:"rho" doc:"Cost of the release, in units of 10^-12; charged once, also when it is served again"`
	Reused    string            `json:"reused,omitempty" doc:"The earlier run whose equal result was served again, without charge; of another organization's it reads own number"`
	ReusedOrg string            `json:"reused_org,omitempty" doc:"Whose run that was, to who supervises"`
	Charge    string            `json:"charge,omitempty" doc:"The disclosure ledger's entry"`
	State     string            `json:"state"`
	Start     int64             `json:"start" doc:"Ledger number of the start act"`
	Why       string            `json:"why,omitempty"`
	Result    string            `json:"result,omitempty" doc:"Digest of the noised table with its evidence; seen only through output review"`
	Usage     *Usage            `json:"usage,omitempty" doc:"What the run used"`
	Opened    time.Time         `json:"opened"`
	Closed    *time.Time        `json:"closed,omitempty"`
}

// For is the run as somebody may see it. The digest of its result is for who supervises: few tables are possible before the review, so
// whoever reads the digest of one can find it by trying. Whose equal result was served again, and under which number, is theirs to
// know: that another organization asked the same tells about its business.
func (r Run) For(a access.Actor) Run {
	if a.Overseer() {
		return r
	}
	r.Result = ""
	if r.Reused != "" && r.ReusedOrg != r.Org {
		r.Reused, r.Charge = r.ID, ""
	}
	r.ReusedOrg = ""
	return r
}

// finish ends a running run.
func (r *Run) finish(state, why string, at time.Time) error {
	if r.State != Running {
		return errs.New(errs.Conflict, "这个任务已经结束, 请刷新查看结果")
	}
	r.State, r.Why, r.Closed = state, why, &at
	return nil
}
