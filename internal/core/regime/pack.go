package regime

import "yunei/internal/base/workday"

// The structs of this file are the pack format; docs/pack-format.md describes each field, and the JSON Schema that editors
// use is made from them (schema.go): doc is what an editor shows, need marks what must be there, enum lists the words that
// may stand there. They are decoded strictly: a field that is not here is an error, so that a misspelled limit cannot
// silently limit nothing.

// PackSpec is pack.yaml.
type PackSpec struct {
	ID        string         `yaml:"id" need:"1" doc:"规则包编号, 与目录同名"`
	Title     string         `yaml:"title" need:"1" doc:"法规全称, 不加书名号"`
	Number    string         `yaml:"number" doc:"文号"`
	Issuer    string         `yaml:"issuer" need:"1" doc:"制定机关"`
	Level     string         `yaml:"level" need:"1" enum:"national,province,city,county,bureau" doc:"层级; bureau 是部署单位自定的规则"`
	Division  string         `yaml:"division" doc:"行政区划代码, 六位, 加引号"`
	Status    string         `yaml:"status" enum:"in-force,trial,draft" doc:"状态, 仅供显示"`
	Issued    workday.Date   `yaml:"issued" doc:"印发之日"`
	From      workday.Date   `yaml:"from" need:"1" doc:"施行之日"`
	Until     workday.Date   `yaml:"until" doc:"最后一日, 法规定有终止日的才写"`
	With      []string       `yaml:"with" doc:"一并施行的规则包"`
	Trial     *TrialSpec     `yaml:"trial" doc:"试行期"`
	Roles     []RoleSpec     `yaml:"roles" doc:"法规对各方的称谓"`
	Documents []DocumentSpec `yaml:"documents" doc:"材料"`
	Special   *SpecialSpec   `yaml:"special" doc:"可以由特别规定代替的取值"`
}

// TrialSpec is a trial period (试行期). After its last day the pack's rules are not in force, and the acts it lists are
// refused, unless the bureau recorded that the pack continues (fact pack.continued_until).
type TrialSpec struct {
	Until   workday.Date `yaml:"until" need:"1" doc:"试行期最后一日"`
	Warn    int          `yaml:"warn" doc:"届满前多少日开始提示"`
	Closes  []string     `yaml:"closes" need:"1" doc:"届满后停办的操作"`
	Message string       `yaml:"message" need:"1" doc:"给经办人的一句话, 说明怎么办"`
	Cite    CiteSpec     `yaml:"cite" need:"1"`
}

// RoleSpec maps the regulation's own title of a party to the role slug the program uses.
type RoleSpec struct {
	Role  string    `yaml:"role" need:"1" doc:"角色, 见 vocabulary.yaml"`
	Title string    `yaml:"title" need:"1" doc:"法规中的称谓"`
	Cite  *CiteSpec `yaml:"cite"`
}

// DocumentSpec is a paper a step may need (材料).
type DocumentSpec struct {
	ID       string    `yaml:"id" need:"1" doc:"材料编号"`
	Title    string    `yaml:"title" need:"1" doc:"材料名称"`
	Template string    `yaml:"template" doc:"templates/ 下的文件名"`
	Cite     *CiteSpec `yaml:"cite"`
}

// CiteSpec is a place in the articles and words that occur there.
type CiteSpec struct {
	Article string `yaml:"article" json:"article" need:"1" doc:"条, 按原文的写法; 后加数字是条内的项"`
	Quote   string `yaml:"quote" json:"quote" need:"1" doc:"原文原句, 标点也照抄"`
}

// OverrideSpec says that this version of a value or procedure displaces another pack's, and which article allows that. Two
// packs that cannot both be followed are refused without it.
type OverrideSpec struct {
	Pack string   `yaml:"pack" need:"1" doc:"被取代的规则包"`
	Cite CiteSpec `yaml:"cite" need:"1" doc:"允许取代的依据"`
}

// RulesFile is one file of rules/.
type RulesFile struct {
	Values []ValueSpec `yaml:"values" doc:"取值: 期限、限额、费用"`
	Rules  []RuleSpec  `yaml:"rules" doc:"规则"`
}

// ValueSpec is a number or word the regulation sets: a period, a limit, a fee.
type ValueSpec struct {
	Name      string        `yaml:"name" need:"1" doc:"名称, 条件中写 param.名称"`
	Kind      string        `yaml:"kind" need:"1" enum:"deadline,validity,lookback,limit,panel,keep,publicity,fee,split,report" doc:"种类; 决定多个规则包之间怎样取严"`
	Title     string        `yaml:"title" need:"1" doc:"中文名称"`
	Int       *int64        `yaml:"int" doc:"数, 与 text 二选一"`
	Text      string        `yaml:"text" doc:"文字, 与 int 二选一"`
	Unit      string        `yaml:"unit" doc:"单位: hour, day, working_day, month, year, person, fen"`
	Strict    string        `yaml:"strict" enum:"min,max" doc:"多个规则包都规定时取小 (min) 或取大 (max)"`
	Overrides *OverrideSpec `yaml:"overrides" doc:"取代另一规则包的同名取值"`
	// Running is the transitional article (过渡条款) that lets the bureau move this version to matters accepted under another
	// one. Without it no act can: a matter keeps the periods of its acceptance.
	Running *CiteSpec    `yaml:"running" doc:"过渡条款: 允许把这个取值适用于已受理办件的条文; 不写的, 办件继续按受理时的取值办理"`
	Cite    CiteSpec     `yaml:"cite" need:"1"`
	From    workday.Date `yaml:"from" doc:"自哪日起"`
	Until   workday.Date `yaml:"until" doc:"至哪日止 (含)"`
	Note    string       `yaml:"note" doc:"说明"`
}

// RuleSpec is one rule. Check must hold, else Otherwise; a rule whose When does not hold is not applicable.
type RuleSpec struct {
	ID        string       `yaml:"id" need:"1" doc:"规则编号, 写入账本, 含义不变"`
	Title     string       `yaml:"title" need:"1" doc:"中文名称"`
	Kind      string       `yaml:"kind" need:"1" enum:"limit,deadline,material,forbid,gate,notice,keep,fee,split,report,check" doc:"种类, 供列示"`
	Cite      CiteSpec     `yaml:"cite" need:"1"`
	Also      []CiteSpec   `yaml:"also" doc:"其他依据"`
	From      workday.Date `yaml:"from" doc:"自哪日起"`
	Until     workday.Date `yaml:"until" doc:"至哪日止 (含)"`
	Acts      []string     `yaml:"acts" need:"1" doc:"约束哪些操作, 见 vocabulary.yaml"`
	About     []string     `yaml:"about" doc:"只适用于涉及这些对象的操作"`
	When      string       `yaml:"when" doc:"适用条件 (CEL)"`
	Check     string       `yaml:"check" doc:"须满足的条件 (CEL)"`
	Needs     *NeedsSpec   `yaml:"needs" doc:"须提交的材料"`
	Otherwise string       `yaml:"otherwise" enum:"error,warn,notice" doc:"不满足时: error 拒绝 (默认), warn 记录, notice 提示"`
	Message   string       `yaml:"message" need:"1" doc:"给经办人的一句话, 以怎么办结尾"`
	Alert     []string     `yaml:"alert" doc:"拒绝时告知哪些角色"`
	Upholds   []string     `yaml:"upholds" doc:"落实 coverage.yaml 中的哪些义务"`
}

// NeedsSpec asks that a list fact holds every one of these documents.
type NeedsSpec struct {
	In        string   `yaml:"in" need:"1" doc:"列表型事实"`
	Documents []string `yaml:"documents" need:"1" doc:"材料编号"`
}

// ProcedureSpec is one file of procedures/: how one kind of matter (办件) is decided.
type ProcedureSpec struct {
	Kind string `yaml:"kind" need:"1" doc:"办件种类"`
	// Adds marks a procedure that joins another pack's of the same kind instead of taking its place: its steps are added, and
	// a step of the same id narrows that one.
	Adds      bool          `yaml:"adds" doc:"加入另一规则包的同类程序, 只增加环节、材料和期限"`
	Overrides *OverrideSpec `yaml:"overrides" doc:"取代同级另一规则包的同类程序"`
	Title     string        `yaml:"title" need:"1" doc:"中文名称"`
	Cite      CiteSpec      `yaml:"cite" need:"1"`
	From      workday.Date  `yaml:"from" doc:"自哪日起"`
	Until     workday.Date  `yaml:"until" doc:"至哪日止 (含)"`
	Applicant []string      `yaml:"applicant" doc:"谁可以申请"`
	Needs     []string      `yaml:"needs" doc:"申请材料"`
	Ways      []WaySpec     `yaml:"ways" doc:"几种申请方式"`
	Steps     []StepSpec    `yaml:"steps" doc:"环节"`
	Skip      []SkipSpec    `yaml:"skip" doc:"可以免去的环节"`
	// Supplement is how long the applicant has to answer a return (补正); after it the matter is closed as withdrawn.
	Supplement *WithinSpec `yaml:"supplement" doc:"补正期限"`
	Appeal     *AppealSpec `yaml:"appeal" doc:"申诉"`
	Note       string      `yaml:"note" doc:"说明"`
}

// AppealSpec is where a refused applicant may turn (申诉), and how long.
type AppealSpec struct {
	To     string      `yaml:"to" need:"1" doc:"向谁申诉: 角色"`
	Within *WithinSpec `yaml:"within" doc:"申诉期限"`
	Cite   CiteSpec    `yaml:"cite" need:"1"`
}

// WaySpec is one of several ways to apply, each with its own documents.
type WaySpec struct {
	ID    string   `yaml:"id" need:"1" doc:"方式编号"`
	Title string   `yaml:"title" need:"1" doc:"中文名称"`
	Cite  CiteSpec `yaml:"cite" need:"1"`
	Needs []string `yaml:"needs" doc:"这种方式的材料"`
}

// StepSpec is one step (环节).
type StepSpec struct {
	ID      string      `yaml:"id" need:"1" doc:"环节编号"`
	Title   string      `yaml:"title" doc:"中文名称"`
	By      string      `yaml:"by" doc:"由谁办理: 角色; 公示环节由平台计时, 不写"`
	Within  *WithinSpec `yaml:"within" doc:"办理期限"`
	After   []string    `yaml:"after" doc:"在哪些环节之后; all 是所加入程序的全部环节"`
	Beside  string      `yaml:"beside" doc:"与哪个环节并行"`
	Binding *bool       `yaml:"binding" doc:"false: 意见只记录, 不影响结果"`
	Online  bool        `yaml:"online" doc:"线上办理"`
	Offline string      `yaml:"offline-if" enum:"bureau-consents" doc:"何时可以线下办理"`
	People  int         `yaml:"people" doc:"须由几人同意"`
	Panel   *PanelSpec  `yaml:"panel" doc:"抽取的专家组"`
	Checks  []CheckSpec `yaml:"checks" doc:"须逐项给出结论的要点"`
	May     []string    `yaml:"may" enum:"pass,return,refuse,agree,disagree" doc:"可以作出的决定"`
	Needs   []string    `yaml:"needs" doc:"本环节的材料"`
	Cite    CiteSpec    `yaml:"cite" need:"1"`
	// Join says how several addressees decide (会签): any (the default: people of them, in any order), all, sequence, vote.
	Join string    `yaml:"join" enum:"any,all,sequence,vote" doc:"会签方式"`
	Vote *VoteSpec `yaml:"vote" doc:"表决"`
	// Clocks run beside Within: a national limit beside a local one. The earliest counts as the step's deadline, each is shown.
	Clocks    []WithinSpec     `yaml:"clocks" doc:"并行的其他期限, 最早的为准"`
	Publicity *PublicitySpec   `yaml:"publicity" doc:"公示"`
	Records   bool             `yaml:"records" doc:"记录在平台之外作出的决定, 须填文号并附文件"`
	Pause     *PauseSpec       `yaml:"pause" doc:"中止计时"`
	Extend    *ExtendSpec      `yaml:"extend" doc:"延期"`
	Lapse     *WithinSpec      `yaml:"lapse" doc:"不影响结果的意见逾期未提的视为放弃"`
	Outside   *OtherBodiesSpec `yaml:"outside" doc:"可以请其他单位提出意见"`
}

// OtherBodiesSpec lets whoever holds the step send this file to people of other bodies: for a further opinion (加签), to read (抄送), and,
// where the step's own role is among the roles, to decide in their place (转办). Without it a file stays within the body.
type OtherBodiesSpec struct {
	Roles []string `yaml:"roles" need:"1" doc:"其他单位的哪些角色"`
	Cite  CiteSpec `yaml:"cite" need:"1"`
}

// VoteSpec weighs the opinions of a step that is joined by vote: it passes when the passing weight reaches Pass percent of
// the whole, and is refused when that can no longer happen. A role without a weight weighs 1.
type VoteSpec struct {
	Pass    int            `yaml:"pass" need:"1" doc:"通过所需的百分比"`
	Weights map[string]int `yaml:"weights" doc:"各角色的权重, 未列的为 1"`
}

// PublicitySpec makes a step a period in public (公示): a notice opens with the step and everyone may object until For has
// passed. The step passes by itself after that; while an objection is open it does not, where Objections is "block".
type PublicitySpec struct {
	For        string   `yaml:"for" need:"1" doc:"公示期: 如 5wd, 或取值的名称"`
	Objections string   `yaml:"objections" enum:"block,record" doc:"block: 异议未处理完不得通过; record: 只记录"`
	Cite       CiteSpec `yaml:"cite" need:"1"`
}

// PauseSpec lets the decider stop the step's clock (中止计时) for one of the reasons.
type PauseSpec struct {
	For  []string `yaml:"for" need:"1" doc:"可以中止的理由"`
	Cite CiteSpec `yaml:"cite" need:"1"`
}

// ExtendSpec lets the decider lengthen the step's limit once (延期), with a reason, by at most For.
type ExtendSpec struct {
	For  string   `yaml:"for" need:"1" doc:"至多延长: 如 10wd, 或取值的名称"`
	Cite CiteSpec `yaml:"cite" need:"1"`
}

// WithinSpec is a time limit written 2wd, 5d or 72h, or the name of a value in hours, days or working days. Soft: 原则上,
// missing it asks for an explanation and voids nothing.
type WithinSpec struct {
	For  string   `yaml:"for" need:"1" doc:"期限: 2wd 工作日, 5d 日, 72h 小时, 或取值的名称"`
	Soft bool     `yaml:"soft" doc:"原则上: 逾期须说明, 不影响效力"`
	Cite CiteSpec `yaml:"cite" need:"1"`
}

// PanelSpec makes the deciders a panel drawn by lot from the role's people; it names the values that hold size and quorum.
type PanelSpec struct {
	Size   string `yaml:"size" need:"1" doc:"人数: 取值的名称"`
	Quorum string `yaml:"quorum" need:"1" doc:"形成结论所需意见数: 取值的名称"`
}

// CheckSpec is a point on which the decider must record a conclusion.
type CheckSpec struct {
	ID    string `yaml:"id" need:"1" doc:"要点编号"`
	Title string `yaml:"title" need:"1" doc:"要点"`
	// Cite stands beside the point where whoever decides answers it, if the article of the step does not say it.
	Cite *CiteSpec `yaml:"cite" doc:"要点自己的依据"`
}

// SkipSpec leaves a step out when its condition holds at acceptance.
type SkipSpec struct {
	Step string   `yaml:"step" need:"1" doc:"免去哪个环节, 只能是本程序的"`
	When string   `yaml:"when" need:"1" doc:"条件 (CEL)"`
	Cite CiteSpec `yaml:"cite" need:"1"`
}
