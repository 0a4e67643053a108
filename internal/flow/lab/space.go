package lab

import (
	"slices"
	"time"

	"yunei/internal/base/errs"
	"yunei/internal/base/workday"
	"yunei/internal/core/access"
	"yunei/internal/flow/catalog"
)

// SpaceClosed is the state of a space that was closed; the empty state is open.
const SpaceClosed = "closed"

// idleAfter ends a session in which nothing is done.
const idleAfter = 30 * time.Minute

func (sp Space) open() error {
	if sp.State == SpaceClosed {
		return errs.New(errs.Forbidden, "开发空间已经关闭 (%s), 空间密钥和数据副本已经销毁; 场景仍在有效期内的, 请重新开通后继续", sp.Why)
	}
	return nil
}

// close ends a space; a later opening makes a new key.
func (sp Space) close(why string, now time.Time) Space {
	sp.State, sp.Why, sp.Closed = SpaceClosed, why, &now
	return sp
}

// Quota (配额) is how much a space may use: what it holds at a time, and what it runs in a month.
type Quota struct {
	Storage int64 `json:"storage" minimum:"0" doc:"Bytes of supplied copies at a time"`
	Runs    int64 `json:"runs" minimum:"0" doc:"Runs on raw data in a month"`
	Compute int64 `json:"compute" minimum:"0" doc:"Processor seconds in a month"`
	Seats   int64 `json:"seats" minimum:"1" doc:"People at a time"`
}

// Seat states.
const (
	SeatActive = "active"
	SeatEnded  = "ended"
)

// Seat (开发席位) lets one named account into a space: of the organization whose space it is, or of a third-party provider that it
// commissioned; then for as long as the commission runs.
type Seat struct {
	ID         string     `json:"id"`
	Space      string     `json:"space"`
	Account    string     `json:"account"`
	Org        string     `json:"org"`
	Commission string     `json:"commission,omitempty" doc:"The commission (委托) under which a provider's developer enters"`
	Tools      []string   `json:"tools,omitempty" doc:"Tools enabled at the seat; absent: all"`
	State      string     `json:"state" enum:"active,ended"`
	By         string     `json:"by" doc:"Account that gave the seat"`
	Opened     time.Time  `json:"opened"`
	Ended      *time.Time `json:"ended,omitempty"`
	Why        string     `json:"why,omitempty"`
}

func (seat Seat) end(why string, now time.Time) Seat {
	seat.State, seat.Why, seat.Ended = SeatEnded, why, &now
	return seat
}

// may reports whether a tool is enabled at the seat.
func (seat Seat) may(tool string) error {
	if len(seat.Tools) > 0 && !slices.Contains(seat.Tools, tool) {
		return errs.New(errs.Forbidden, "您的席位没有启用“%s”, 请联系本单位的空间负责人", toolTitle(tool))
	}
	return nil
}

// Tool (数据模型、算法组件、开发工具) is what a seat can be given; its use is in the activity log.
type Tool struct {
	ID    string `json:"id"`
	Kind  string `json:"kind" enum:"model,component,kit"`
	Title string `json:"title"`
}

// The tools of a space. What a listed model is for stands in the catalog of models; here it is one tool, to use the shelf.
const (
	ToolSamples = "samples"
	ToolCheck   = "check"
	ToolTry     = "try"
	ToolModel   = "model"
	ToolSubmit  = "submit"
	ToolRun     = "run"
	ToolShelf   = "shelf"
)

var tools = []Tool{
	{ToolShelf, "model", "已上架模型 (不作改动地选用)"},
	{ToolCheck, "component", "模型检查 (血缘、上界、披露额度)"},
	{ToolTry, "component", "样例试运行 (汇总、回归和相关、按人查询)"},
	{ToolRun, "component", "原始数据运行 (加噪和显示门槛)"},
	{ToolSamples, "kit", "样例数据"},
	{ToolModel, "kit", "SQL 工作台"},
	{ToolSubmit, "kit", "模型版本和申报"},
}

func toolTitle(id string) string {
	for _, t := range tools {
		if t.ID == id {
			return t.Title
		}
	}
	return id
}

// Session (会话) is one stay of one person in a space.
type Session struct {
	ID      string     `json:"id"`
	Space   string     `json:"space"`
	Account string     `json:"account"`
	Opened  time.Time  `json:"opened"`
	Closed  *time.Time `json:"closed,omitempty"`
}

// Activity (活动记录) is what was done in a session, as often as it was done there.
type Activity struct {
	Session string    `json:"session"`
	Account string    `json:"account"`
	Name    string    `json:"name"`
	What    string    `json:"what" enum:"samples,check,try,model,submit,run,shelf" doc:"The tool"`
	Object  string    `json:"object,omitempty" doc:"Model, version, resource or run"`
	Times   int64     `json:"times"`
	First   time.Time `json:"first"`
	Last    time.Time `json:"last"`
}

// Usage (用量) is what one run used. Its tenant reads it, so it is as coarse as a bill may be: exact rows, bytes or microseconds would
// be answers about raw data that nobody charged.
type Usage struct {
	CPU   int64 `json:"cpu" doc:"Processor time in microseconds, in whole seconds"`
	Wall  int64 `json:"wall" doc:"Elapsed time in microseconds, in whole seconds"`
	Rows  int64 `json:"rows" doc:"Rows of the tables it read, to two digits"`
	Bytes int64 `json:"bytes" doc:"Bytes of the tables it read, to two digits"`
}

// spent sets the times, each begun second whole.
func (u *Usage) spent(cpu, wall time.Duration) {
	whole := func(d time.Duration) int64 { return ((d + time.Second - 1) / time.Second * time.Second).Microseconds() }
	u.CPU, u.Wall = whole(cpu), whole(wall)
}

// Statement (用量账单) is what a space used in a month.
type Statement struct {
	Month  string `json:"month" doc:"2006-01"`
	Runs   int64  `json:"runs"`
	Trials int64  `json:"trials"`
	CPU    int64  `json:"cpu" doc:"Processor time in microseconds"`
	Rows   int64  `json:"rows"`
	Bytes  int64  `json:"bytes"`
}

func monthOf(day workday.Date) string { return day.String()[:7] }

// Supply states.
const (
	SupplyRunning  = "supplying"
	SupplyStanding = "standing"
	SupplyFailed   = "failed"
	SupplyEnded    = "ended"
)

// Routes of a supply.
const (
	RouteGrant    = "grant"    // by a run, under the grant alone, where the law asks for no further act
	RouteOrdinary = "ordinary" // by the operator's act; whether it is processed first the law says
	RouteRaw      = "raw"      // 确需利用原始数据: with the provider's consent for this scenario
)

// PermitSupply lets a space's organization use one resource in it: its parent is the grant, so that what ends the grant ends it.
const PermitSupply = "supply"

// Supply (供数记录) is that one resource is in a space: on what it rests, and every batch that was copied. Each copy comes from the
// platform's own store of collected data and holds the granted items under the space's pseudonyms.
type Supply struct {
	ID        string     `json:"id"`
	Space     string     `json:"space"`
	Org       string     `json:"org"`
	Scenario  string     `json:"scenario"`
	Resource  string     `json:"resource"`
	Title     string     `json:"title"`
	Provider  string     `json:"provider"`
	Fields    []string   `json:"fields"`
	Route     string     `json:"route" enum:"grant,ordinary,raw"`
	Reason    string     `json:"reason,omitempty" doc:"Why raw data is truly needed"`
	Grant     string     `json:"grant"`
	Agreement string     `json:"agreement"`
	Approval  string     `json:"approval,omitempty" doc:"The matter in which the data was approved"`
	Part      string     `json:"part,omitempty" doc:"The part of the data application it answers"`
	Reference string     `json:"reference,omitempty" doc:"Numbers of the papers it rests on, such as the provincial resource system's (IRS)"`
	By        string     `json:"by" doc:"Account; platform where a run supplied"`
	ByOrg     string     `json:"by_org,omitempty"`
	Permit    string     `json:"permit,omitempty" doc:"Of a supply by the operator's act"`
	Until     string     `json:"until,omitempty" doc:"First day on which a supply by the operator's act holds no more"`
	State     string     `json:"state" enum:"supplying,standing,failed,ended"`
	Batches   []Batch    `json:"batches"`
	Start     int64      `json:"start,omitempty" doc:"Ledger number of the start act"`
	Opened    time.Time  `json:"opened"`
	Ended     *time.Time `json:"ended,omitempty"`
	Why       string     `json:"why,omitempty"`
}

// Batch (批次) is one copy.
type Batch struct {
	File     string     `json:"file" doc:"Name of the copy in the space"`
	Snapshot string     `json:"snapshot" doc:"Digest of the data it was copied from"`
	Load     string     `json:"load" doc:"The collection (归集批次) the data came with"`
	Rows     int64      `json:"rows"`
	Bytes    int64      `json:"bytes"`
	At       time.Time  `json:"at"`
	Run      string     `json:"run,omitempty" doc:"The run that first needed it"`
	Dropped  *time.Time `json:"dropped,omitempty"`
	Result   string     `json:"result,omitempty" doc:"How it went"`
}

// drop marks the batches whose copies are gone.
func (s Supply) drop(gone func(Batch) bool, result string, now time.Time) (Supply, bool) {
	s.Batches = slices.Clone(s.Batches)
	changed := false
	for i := range s.Batches {
		if b := &s.Batches[i]; b.Dropped == nil && gone(*b) {
			b.Dropped, b.Result, changed = &now, result, true
		}
	}
	return s, changed
}

// bytes held now, to two digits of each copy: the space's people read how full it is.
func (s Supply) bytes() (n int64) {
	for _, b := range s.Batches {
		if b.Dropped == nil {
			n += catalog.TwoDigits(b.Bytes)
		}
	}
	return n
}

// For is the record as somebody may see it: how many rows were copied, and how large they are, is exact for whose data it is, for
// who supplied it and for who supervises.
func (s Supply) For(a access.Actor) Supply {
	if a.Overseer() || a.Org != "" && (a.Org == s.Provider || a.Org == s.ByOrg) {
		return s
	}
	s.Batches = slices.Clone(s.Batches)
	for i := range s.Batches {
		b := &s.Batches[i]
		b.Rows, b.Bytes = catalog.TwoDigits(b.Rows), catalog.TwoDigits(b.Bytes)
	}
	return s
}
