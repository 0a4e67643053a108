package guard

import (
	"yunei/internal/base/errs"
	"yunei/internal/core/query/step"
)

// Code names why a text was refused. The list is closed.
type Code string

const (
	OneSelect      Code = "G001"
	NameColumns    Code = "G002"
	KeyExposed     Code = "G003"
	IsolatingValue Code = "G004"
	Undeclared     Code = "G005"
	JoinNotAllowed Code = "G006"
	Subquery       Code = "G007"
	WindowNotOwn   Code = "G008"
	ExactExtreme   Code = "G009"
	NotTotal       Code = "G010"
	Unbounded      Code = "G011"
	NotListed      Code = "G012"
	SubsetPick     Code = "G013"
	TooSpecific    Code = "G014"
	NoPublicDomain Code = "G015"
	RawOutput      Code = "G016"
	NotOwnRows     Code = "G017"
	GradeTooHigh   Code = "G018"
	TooExpensive   Code = "G019"
	HiddenText     Code = "G020"

	PrecisionSpent Code = "L106"

	// Of a WebAssembly step; W101 to W107 are those of query/step.
	StepMalformed       = Code(step.Malformed)
	StepImports         = Code(step.Imports)
	StepStarts          = Code(step.Starts)
	StepFloats          = Code(step.Floats)
	StepNotAllowed      = Code(step.NotAllowed)
	StepTooLarge        = Code(step.TooLarge)
	StepShape           = Code(step.WrongShape)
	StepDeclared   Code = "W108"

	Syntax        Code = "syntax"
	UnknownName   Code = "unknown_name"
	WrongType     Code = "type"
	Unimplemented Code = "unimplemented"
)

// message is what a code says to a person, and an example of what would be allowed.
type message struct{ zh, en, hint string }

// messages is the one table of everything the guard can say. Refuse adds what it saw to it.
var messages = map[Code]message{
	OneSelect:      {"只允许一条 SELECT 模型，请只保留一条查询语句", "only one SELECT model is accepted", "SELECT education, COUNT(*) AS n FROM credit_default GROUP BY education"},
	NameColumns:    {"请逐列写明要用的列，不使用 * 或序号", "list columns by name", "SELECT education, COUNT(*) AS n FROM credit_default GROUP BY education"},
	KeyExposed:     {"主体标识只能用于连接或去重计数，请改用分组维度", "the subject key may only be joined on or counted", "COUNT(DISTINCT sid)"},
	IsolatingValue: {"不得用常量定位个人，请改用分组维度或公开的分段点", "literals must not isolate a person", "WHERE age >= 30 AND age < 40"},
	Undeclared:     {"参数须取自审批的取值表，请把常量直接写明", "parameter must come from the approved domain", "WHERE sid = :subject"},
	JoinNotAllowed: {"该连接方式未获准，请按主体标识等值连接", "join key not allowed", "FROM a JOIN b ON a.sid = b.sid"},
	Subquery:       {"不接受嵌套子查询，请改写为按主体汇总的 CTE 再等值连接", "rewrite as a per-subject CTE joined by equality", "WITH v AS (SELECT sid, COUNT(*) AS n FROM visit GROUP BY sid) SELECT ... FROM person JOIN v ON person.sid = v.sid"},
	WindowNotOwn:   {"窗口须按主体分区，请按主体标识 PARTITION BY", "window must partition by subject", "WITH v AS (SELECT sid, COUNT(*) AS n FROM visit GROUP BY sid)"},
	ExactExtreme:   {"不输出极值、明细或精确中位数，请改用加噪的 QUANTILE、HIST 或 AVG", "extremes and raw lists are not released; use QUANTILE, HIST or AVG", "QUANTILE(limit_bal, 0.5)"},
	NotTotal:       {"表达式在某些行上会出错，请改用全函数", "use the total form", "safe_div(a, b)"},
	Unbounded:      {"求和列没有上下界，请声明上下界", "declare bounds", "SUM(clamp(x, 0, 100000))"},
	NotListed:      {"函数或写法不在白名单，请改用允许的函数", "not on the allow-list", "coalesce(x, 0)"},
	SubsetPick:     {"不得按散列、尾号、拼接或运算结果任意挑选人群，请用列与常量直接比较", "arbitrary subset selection", "WHERE age >= 30"},
	TooSpecific:    {"条件过细，请减少条件或分组", "predicates too specific", "WHERE age >= 30 AND sex = 1"},
	NoPublicDomain: {"分组取值域未公开，请改用有公开代码表的列或分段", "grouping domain is not public", "GROUP BY bucket(age, 30, 40, 50)"},
	RawOutput:      {"输出列由原始列直接得出，请改为汇总或有限档位", "output column is raw", "CASE WHEN age < 30 THEN '低' ELSE '高' END"},
	NotOwnRows:     {"结果依赖他人数据，请限定为本人记录", "depends on other subjects", "WHERE sid = :subject"},
	GradeTooHigh:   {"数据级别不允许该用途，请换用较低级别的数据项或向数据主管部门申请", "data grade not allowed", "SELECT education, COUNT(*) AS n FROM credit_default GROUP BY education"},
	TooExpensive:   {"超出资源上限，请精简查询", "too expensive", "SELECT education, COUNT(*) AS n FROM credit_default GROUP BY education"},
	HiddenText:     {"文本含隐蔽字符或易混淆写法，请改用常规字符", "hidden characters", "SELECT education AS \"学历\""},
	PrecisionSpent: {"对该数据项分得过细，请减少档位", "finer than the policy of the field allows", "CASE WHEN age < 30 THEN '低' ELSE '高' END"},
	StepMalformed:  {"上传的文件不是有效的 WebAssembly 模块，请重新构建后上传", "not a valid WebAssembly module", "用 rustc --target wasm32-unknown-unknown --crate-type cdylib 构建"},
	StepImports:    {"模块不得导入任何外部函数、内存或时钟，请去掉对系统的依赖", "a module may import nothing", "Rust 写 #![no_std]，不用标准库"},
	StepStarts:     {"模块不得含自动运行的代码，请去掉 start 段", "nothing of a module may run by itself", "用 rustc --crate-type cdylib 构建，不设 start"},
	StepFloats:     {"模块不得使用浮点数，请改用整数（小数按最末位计数）", "no floats; count in the last decimal place", "把 0.75 记作 75，以最末位计数"},
	StepNotAllowed: {"模块含未列入的指令或段，请关闭相应的编译特性", "an instruction or section that is not listed", "编译时加 -C target-cpu=mvp"},
	StepTooLarge:   {"模块超出大小上限，请精简", "the module is beyond a limit", "编译时加 -C opt-level=s -C link-arg=-zstack-size=4096"},
	StepShape:      {"模块的导出函数与声明的输入输出不符，请核对名称和参数个数", "the exported functions do not fit the declaration", "每个输出一个导出函数，如 pub extern \"C\" fn band(pay: i64, limit: i64) -> i64"},
	StepDeclared:   {"逐人步骤的声明有误，请写明输出、取值与缺省值，并上传模块", "the step is not declared as it should be", stepHint},
	Syntax:         {"SQL 语法有误，请检查后重写", "not valid SQL", "SELECT education, COUNT(*) AS n FROM credit_default GROUP BY education"},
	UnknownName:    {"没有这个名称，或不在可用范围内，请核对目录", "unknown name, or not within reach", "SELECT education, COUNT(*) AS n FROM credit_default GROUP BY education"},
	WrongType:      {"类型不符，请检查两侧类型", "types do not fit", "age >= 30"},
	Unimplemented:  {"该写法尚未支持，请改用已支持的写法", "not supported yet", "SELECT education, COUNT(*) AS n FROM credit_default GROUP BY education"},
}

// Refusal is one reason why a text was not accepted, and where in it.
type Refusal struct {
	Code  Code   `json:"code"`
	Start int    `json:"start"` // bytes
	End   int    `json:"end"`
	Zh    string `json:"zh"`
	En    string `json:"en"`
	Hint  string `json:"hint"` // a way to write it that is allowed
}

// Spots turns refusals into the places of a problem document.
func Spots(refusals []Refusal) []errs.Spot {
	spots := make([]errs.Spot, len(refusals))
	for i, r := range refusals {
		spots[i] = errs.Spot{Where: "text", Code: string(r.Code), Message: r.Zh, En: r.En, Hint: r.Hint, Start: r.Start, End: r.End}
	}
	return spots
}

// Codes lists every code with its words, for the documentation of the console.
func Codes() map[Code]Refusal {
	all := make(map[Code]Refusal, len(messages))
	for code, m := range messages {
		all[code] = Refusal{Code: code, Zh: m.zh, En: m.en, Hint: m.hint}
	}
	return all
}

// maxRefusals is how many faults are reported at once; a person fixes a few and asks again.
const maxRefusals = 20

// faults collects refusals in the order they are found, one for each place and code.
type faults struct {
	text string
	list []Refusal
}

// refuse notes a fault at a byte of the text. what says in Chinese what was seen there, whatEn the same in English;
// both may be empty. hint replaces the table's example unless empty.
func (f *faults) refuse(code Code, at int, what, whatEn, hint string) {
	m := messages[code]
	r := Refusal{Code: code, Start: max(at, 0), Zh: m.zh, En: m.en, Hint: m.hint}
	r.End = tokenEnd(f.text, r.Start)
	if what != "" {
		r.Zh += "（" + what + "）"
	}
	if whatEn != "" {
		r.En += " (" + whatEn + ")"
	}
	if hint != "" {
		r.Hint = hint
	}
	if len(f.list) >= maxRefusals {
		return
	}
	for _, have := range f.list {
		if have.Code == r.Code && have.Start == r.Start {
			return
		}
	}
	f.list = append(f.list, r)
}
