package catalog

import (
	"slices"
	"time"

	"yunei/internal/base/errs"
	"yunei/internal/base/workday"
	"yunei/internal/core/query"
)

// State is where an entry is on its way.
type State string

const (
	Draft     State = "draft"     // 草稿
	Submitted State = "submitted" // 待审
	Returned  State = "returned"  // 已退回
	Published State = "published" // 已发布
)

// Unit is whose data a row is (描述对象): the one that disclosure is counted for.
type Unit string

const (
	NoUnit Unit = ""       // 物、事: no row is about a person or an organization
	Person Unit = "person" // 自然人, an individual business and its owner included
)

// Cycle is how often the holder must update (更新周期).
type Cycle string

const (
	Realtime   Cycle = "realtime"
	Daily      Cycle = "daily"
	Weekly     Cycle = "weekly"
	Monthly    Cycle = "monthly"
	Quarterly  Cycle = "quarterly"
	HalfYearly Cycle = "half-yearly"
	Yearly     Cycle = "yearly"
	Irregular  Cycle = "irregular"
)

var cycles = map[Cycle]string{Realtime: "实时", Daily: "每日", Weekly: "每周", Monthly: "每月", Quarterly: "每季", HalfYearly: "每半年", Yearly: "每年", Irregular: "不定期"}

// Title is the cycle's name in the catalog.
func (c Cycle) Title() string { return cycles[c] }

// Access is how a channel stands open (无条件 / 有条件 / 不予).
type Access string

const (
	Unconditional Access = "unconditional"
	Conditional   Access = "conditional"
	No            Access = "no"
)

// width orders accesses: the wider, the more is let out.
func (a Access) width() int { return slices.Index([]Access{No, Conditional, Unconditional}, a) }

// Channel is one way to the data: sharing between departments (共享), opening to the public (开放), authorised operation (授权运营).
type Channel struct {
	Access    Access `json:"access" required:"false" enum:",unconditional,conditional,no"`
	Condition string `json:"condition,omitempty" doc:"使用条件, required when conditional"`
	Reason    string `json:"reason,omitempty" doc:"不予提供的理由, required when no"`
	Basis     string `json:"basis,omitempty" doc:"依据: the law and article, required when no"`
}

// Content is what a holder writes into an entry.
type Content struct {
	Code     string   `json:"code,omitempty" doc:"信息资源代码"`
	Title    string   `json:"title" doc:"信息资源名称"`
	Table    string   `json:"table" doc:"Name of the table in models"`
	Summary  string   `json:"summary,omitempty" doc:"信息资源摘要"`
	Office   string   `json:"office,omitempty" doc:"提供方内部部门"`
	System   string   `json:"system,omitempty" doc:"所属信息系统"`
	Source   string   `json:"source,omitempty" doc:"来源标注, shown wherever the data is shown"`
	Returned bool     `json:"returned,omitempty" doc:"省回流: the province returned the data to the city"`
	Licence  string   `json:"licence,omitempty" doc:"开放协议, required when open"`
	Keywords []string `json:"keywords,omitempty"`

	Unit       Unit     `json:"unit" required:"false" enum:",person" doc:"描述对象: whose data a row is; empty: nobody's"`
	MaxRows    int      `json:"max_rows_per_subject" required:"false" doc:"At most this many rows about one subject; 0 without a subject"`
	Unique     []string `json:"unique_items,omitempty" doc:"唯一键: the items that name one row (of one subject); models may join on them"`
	Time       []string `json:"time_items,omitempty" doc:"时空要素: the items that say when a row was observed: one day or instant, or whole numbers for year, month, day, hour in this order"`
	Series     string   `json:"series_item,omitempty" doc:"按月系列: the date item whose month has a disclosure budget of its own, per person and month, beside the resource's year and lifetime"`
	Served     string   `json:"served" required:"false" enum:"store" doc:"Where one subject's rows are read from"`
	Cycle      Cycle    `json:"cycle" required:"false" enum:",realtime,daily,weekly,monthly,quarterly,half-yearly,yearly,irregular" doc:"更新周期"`
	GradeBasis string   `json:"grade_basis,omitempty" doc:"定级依据: object, degree, scale, precision, reviewer, date"`

	Share   Channel `json:"share" required:"false" doc:"共享类型"`
	Open    Channel `json:"open" required:"false" doc:"开放类型"`
	Operate Channel `json:"operate" required:"false" doc:"授权运营属性"`

	Fields []Field `json:"fields" required:"false" doc:"数据项"`
}

// Entry is a catalog entry (目录条目): the description of one resource.
type Entry struct {
	ID     string `json:"id"`
	Holder string `json:"holder" doc:"Organization that holds the data (数据提供单位)"`
	Content
	State     State        `json:"state" enum:"draft,submitted,returned,published"`
	Version   int          `json:"version" doc:"Schema version; 0 until published"`
	Opinion   string       `json:"opinion,omitempty" doc:"审核意见 of the last return"`
	Author    string       `json:"author" doc:"Account that saved it last"`
	Published workday.Date `json:"published" doc:"发布日期"`
	Supply    Supply       `json:"supply" doc:"What data has arrived; set by the platform, never typed in"`
	Origin    *Origin      `json:"origin,omitempty" doc:"The lower node that published it; to be read here, worked on there"`
	Created   time.Time    `json:"created"`
	Updated   time.Time    `json:"updated"`
}

// Supply is the data that is in use for the entry (挂接状态、数据量): its newest activated snapshot.
type Supply struct {
	Snapshot string    `json:"snapshot,omitempty" doc:"Empty: no data yet (未挂接)"`
	Rows     int64     `json:"rows"`
	Subjects int64     `json:"subjects" doc:"Different subjects in it"`
	At       time.Time `json:"at" doc:"最近数据更新时间"`
}

// Rounded is the supply as others than holder and bureau see it: two digits of each count, because an exact count of people is
// something computed from raw rows.
func (s Supply) Rounded() Supply {
	s.Rows, s.Subjects = TwoDigits(s.Rows), TwoDigits(s.Subjects)
	return s
}

// TwoDigits is a count as it is shown to whom the exact one would tell something of raw rows.
func TwoDigits(n int64) int64 {
	unit := int64(1)
	for n/unit >= 100 {
		unit *= 10
	}
	return (n + unit/2) / unit * unit
}

// Grade is the gravest grade of the entry's items (就高从严), sensitive if any of them is.
func (e Entry) Grade() query.Grade {
	g := query.Grade{National: query.Ordinary, Level: 1}
	for _, f := range e.Fields {
		sensitive := g.Sensitive || f.Grade.Sensitive
		if rank(f.Grade) > rank(g) {
			g = f.Grade
		}
		g.Sensitive = sensitive
	}
	return g
}

// Personal reports whether any item is personal information (个人信息).
func (e Entry) Personal() bool {
	return slices.ContainsFunc(e.Fields, func(f Field) bool { return f.Personal })
}

// Field finds an item by its name.
func (e Entry) Field(name string) (Field, bool) {
	i := slices.IndexFunc(e.Fields, func(f Field) bool { return f.Name == name })
	if i < 0 {
		return Field{}, false
	}
	return e.Fields[i], true
}

// Key is the item that names the subject; ok is false for a resource without one.
func (e Entry) Key() (Field, bool) {
	i := slices.IndexFunc(e.Fields, func(f Field) bool { return f.Role == query.SubjectKey })
	if i < 0 {
		return Field{}, false
	}
	return e.Fields[i], true
}

// OpenFields are the items that anyone may see, in order; none unless the entry is published and open without condition.
func (e Entry) OpenFields() []Field {
	if e.State != Published || e.Open.Access != Unconditional {
		return nil
	}
	var out []Field
	for _, f := range e.Fields {
		if f.open(e) == Unconditional {
			out = append(out, f)
		}
	}
	return out
}

// Save puts the holder's changes into an entry that is still his to change.
func (e Entry) Save(c Content, author string, now time.Time) (Entry, error) {
	if e.State != Draft && e.State != Returned {
		return e, errs.New(errs.Conflict, "目录条目%s, 不能修改; 待审的请先由数据主管部门退回, 已发布的请另行编目", e.State.phrase())
	}
	e.Content, e.Author, e.Updated = c.normal(), author, now
	return e, nil
}

// normal fills in what has only one answer.
func (c Content) normal() Content {
	if c.Served == "" {
		c.Served = Store
	}
	if c.Fields == nil {
		c.Fields = []Field{}
	}
	return c
}

// Store is the one way in which a subject's rows are read: from the domain's own store of collected rows.
const Store = "store"

// Submit hands the entry to the bureau (提交审核).
func (e Entry) Submit(now time.Time) (Entry, error) {
	if e.State != Draft && e.State != Returned {
		return e, errs.New(errs.Conflict, "目录条目%s, 不能再次提交, 请刷新查看当前状态", e.State.phrase())
	}
	if spots := e.Check(); len(spots) > 0 {
		return e, incomplete(spots)
	}
	e.State, e.Updated = Submitted, now
	return e, nil
}

// Publish puts the entry into the catalog (审核发布) as a version of its own.
func (e Entry) Publish(day workday.Date, now time.Time) (Entry, error) {
	if e.State != Submitted {
		return e, errs.New(errs.Conflict, "目录条目%s, 只有待审的可以发布, 请刷新查看当前状态", e.State.phrase())
	}
	if spots := e.Check(); len(spots) > 0 {
		return e, incomplete(spots)
	}
	e.State, e.Published, e.Updated, e.Opinion = Published, day, now, ""
	e.Version++
	return e, nil
}

// Arrive records that newer data of a published entry is in use.
func (e Entry) Arrive(s Supply) (Entry, error) {
	if e.State != Published {
		return e, errs.New(errs.Conflict, "目录条目%s, 发布后才能归集数据, 请先完成编目审核", e.State.phrase())
	}
	e.Supply, e.Updated = s, s.At
	return e, nil
}

// Return sends the entry back to the holder (退回) with an opinion that says what to mend.
func (e Entry) Return(opinion string, now time.Time) (Entry, error) {
	if e.State != Submitted {
		return e, errs.New(errs.Conflict, "目录条目%s, 只有待审的可以退回, 请刷新查看当前状态", e.State.phrase())
	}
	if opinion == "" {
		return e, errs.New(errs.Invalid, "退回须写明意见, 请填写需要修改的内容")
	}
	e.State, e.Opinion, e.Updated = Returned, opinion, now
	return e, nil
}

func (s State) phrase() string {
	switch s {
	case Draft:
		return "还是草稿"
	case Submitted:
		return "正在待审"
	case Returned:
		return "已被退回"
	}
	return "已经发布"
}

func incomplete(spots []errs.Spot) error {
	return &errs.Error{Code: errs.Invalid, Msg: "目录条目有需要改正的地方, 请逐项改正后再提交", Spots: spots}
}
