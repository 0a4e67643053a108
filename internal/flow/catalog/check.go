package catalog

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"yunei/internal/base/errs"
	"yunei/internal/core/query"
)

var columnName = regexp.MustCompile(`^[a-z][a-z0-9_]{0,62}$`)

// maxFields and maxCodes bound an entry to what a page can show and a model can name.
const (
	maxFields = 500
	maxCodes  = 10000
)

// Check lists everything that keeps the entry from being published, each with its place, what is wrong and what to do.
// The codes CAT-nn name the catalog's consistency rules.
func (e Entry) Check() []errs.Spot {
	c := &checker{}
	c.entry(e)
	c.unique(e)
	c.time(e)
	c.series(e)
	c.channels("", e.Share, e.Open, e.Operate)
	names, headers := map[string]int{}, map[string]int{}
	keys := 0
	for i, f := range e.Fields {
		at := "fields[" + strconv.Itoa(i) + "]"
		if j, twice := names[f.Name]; twice {
			c.add(at+".name", "CAT-20", "英文名 %s 与第 %d 项重复, 请改名", f.Name, j+1)
		}
		if j, twice := headers[f.HeaderName()]; twice {
			c.add(at+".header", "CAT-20", "文件列名 %s 与第 %d 项重复, 请改正", f.HeaderName(), j+1)
		}
		names[f.Name], headers[f.HeaderName()] = i, i
		if f.Role == query.SubjectKey {
			keys++
		}
		c.field(at, f, e)
	}
	switch {
	case e.Unit != NoUnit && keys != 1:
		c.add("fields", "CAT-21", "描述对象为自然人时须有且只有一个数据项的角色为主体标识, 现有 %d 个, 请改正", keys)
	case e.Unit == NoUnit && keys > 0:
		c.add("unit", "CAT-21", "有主体标识的资源须写明描述对象, 请选择自然人, 或改变该数据项的角色")
	}
	return c.spots
}

type checker struct{ spots []errs.Spot }

func (c *checker) add(where, code, format string, args ...any) {
	c.spots = append(c.spots, errs.Spot{Where: where, Code: code, Message: fmt.Sprintf(format, args...)})
}

func (c *checker) need(where, value, title string, longest int) {
	switch n := len([]rune(strings.TrimSpace(value))); {
	case n == 0:
		c.add(where, "CAT-22", "%s没有填写, 请填写", title)
	case n > longest:
		c.add(where, "CAT-22", "%s有 %d 个字, 超过 %d 个字, 请缩短", title, n, longest)
	}
}

func (c *checker) entry(e Entry) {
	c.need("title", e.Title, "信息资源名称", 128)
	c.need("summary", e.Summary, "信息资源摘要", 1000)
	c.need("system", e.System, "所属信息系统", 128)
	c.need("grade_basis", e.GradeBasis, "定级依据", 1000)
	if !columnName.MatchString(e.Table) {
		c.add("table", "CAT-20", "表名 %q 不合要求, 请用小写字母开头, 只含小写字母、数字和下划线", e.Table)
	}
	if e.Cycle.Title() == "" {
		c.add("cycle", "CAT-22", "更新周期没有选择, 请选择")
	}
	if e.Served != Store {
		c.add("served", "CAT-22", "查询方式须为 store (数据归集入域), 请改正")
	}
	switch e.Unit {
	case NoUnit:
		if e.MaxRows != 0 {
			c.add("max_rows_per_subject", "CAT-21", "没有描述对象的资源不填每主体最多行数, 请清空")
		}
	case Person:
		if e.MaxRows < 1 || e.MaxRows > 10000 {
			c.add("max_rows_per_subject", "CAT-21", "每主体最多行数须在 1 到 10000 之间, 请填写")
		}
	default:
		c.add("unit", "CAT-21", "描述对象 %q 不在可选范围内, 请选择自然人或留空", e.Unit)
	}
	if len(e.Fields) == 0 || len(e.Fields) > maxFields {
		c.add("fields", "CAT-22", "数据项有 %d 个, 须为 1 到 %d 个, 请改正", len(e.Fields), maxFields)
	}
	if e.Open.Access == Unconditional {
		c.need("licence", e.Licence, "开放协议", 500)
		c.need("source", e.Source, "来源标注", 500)
	}
}

// unique checks the items that are said to name one row: join keys without gaps.
func (c *checker) unique(e Entry) {
	for i, name := range e.Unique {
		at := fmt.Sprintf("unique_items[%d]", i)
		f, ok := e.Field(name)
		switch {
		case !ok:
			c.add(at, "CAT-27", "没有名为 %s 的数据项, 请改正", name)
		case f.EffectiveRole() != query.JoinKey || f.Nullable:
			c.add(at, "CAT-27", "唯一键须由不可空的连接键组成, 请改正 %s 的角色或从唯一键中移除", name)
		case slices.Contains(e.Unique[:i], name):
			c.add(at, "CAT-27", "%s 列了两次, 请删除一处", name)
		}
	}
}

// time checks the items that say when a row was observed.
func (c *checker) time(e Entry) {
	for i, name := range e.Time {
		f, ok := e.Field(name)
		switch {
		case !ok:
			c.add(fmt.Sprintf("time_items[%d]", i), "CAT-26", "没有名为 %s 的数据项, 请改正", name)
		case len(e.Time) == 1 && (f.Type == query.Date || f.Type == query.Timestamp):
		case len(e.Time) > 4 || f.Type != query.Int || f.Nullable:
			c.add(fmt.Sprintf("time_items[%d]", i), "CAT-26", "时间须是一个日期或时间数据项, 或依次为年、月、日、时的不可空整数, 请改正")
		}
	}
}

// series checks the item that says in which month a row is.
func (c *checker) series(e Entry) {
	if e.Series == "" {
		return
	}
	f, ok := e.Field(e.Series)
	switch {
	case e.Unit == NoUnit:
		c.add("series_item", "CAT-28", "没有描述对象的资源不计披露额度, 请清空按月系列的日期项")
	case !ok:
		c.add("series_item", "CAT-28", "没有名为 %s 的数据项, 请改正", e.Series)
	case f.Type != query.Date && f.Type != query.Timestamp || f.EffectiveRole() == query.Never:
		c.add("series_item", "CAT-28", "按月系列须由一个可以使用的日期或时间数据项划分月份, 请改正 %s 的类型或角色", e.Series)
	}
}

// channels checks one set of share, open and operate; at is empty for the entry and a field's place for its own channel.
func (c *checker) channels(at string, share, open, operate Channel) {
	c.channel(at, "share", "共享", share)
	c.channel(at, "open", "开放", open)
	c.channel(at, "operate", "授权运营", operate)
	if open.Access == No && operate.Access == Unconditional {
		c.add(join(at, "operate"), "CAT-04", "不予开放的数据不得无条件授权运营, 请改为有条件或不予")
	}
}

func (c *checker) channel(at, name, title string, ch Channel) {
	at = join(at, name)
	switch ch.Access {
	case Unconditional:
	case Conditional:
		if strings.TrimSpace(ch.Condition) == "" {
			c.add(at+".condition", "CAT-02", "有条件%s须写明条件, 请填写", title)
		}
	case No:
		if strings.TrimSpace(ch.Reason) == "" {
			c.add(at+".reason", "CAT-02", "不予%s须写明理由, 请填写", title)
		}
		if strings.TrimSpace(ch.Basis) == "" {
			c.add(at+".basis", "CAT-02", "不予%s须写明依据的法律法规和条款, 请填写", title)
		}
	default:
		c.add(at+".access", "CAT-02", "%s类型没有选择, 请选择无条件、有条件或不予", title)
	}
}

func (c *checker) field(at string, f Field, e Entry) {
	c.need(at+".title", f.Title, "数据项名称", 128)
	if !columnName.MatchString(f.Name) {
		c.add(at+".name", "CAT-20", "英文名 %q 不合要求, 请用小写字母开头, 只含小写字母、数字和下划线", f.Name)
	}
	if f.Name == KeyColumn {
		c.add(at+".name", "CAT-20", "英文名 %s 留给系统生成的主体标识, 请改名", KeyColumn)
	}
	if !slices.Contains(kinds, f.Type) {
		c.add(at+".type", "CAT-23", "数据类型 %q 不在可选范围内, 请选择", f.Type)
		return
	}
	if (f.Type == query.Decimal) != (f.Scale > 0) || f.Scale < 0 || f.Scale > query.MaxScale {
		c.add(at+".scale", "CAT-23", "小数位数只对小数填写, 须在 1 到 %d 之间, 请改正", query.MaxScale)
		return
	}
	if rank(f.Grade) > 6 {
		c.add(at+".grade", "CAT-08", "没有定级, 请选择一般 1 至 4 级、重要或核心")
	}
	if f.Grade.Sensitive && !f.Personal {
		c.add(at+".personal", "CAT-08", "敏感个人信息必是个人信息, 请一并勾选")
	}
	if !slices.Contains(roles, f.EffectiveRole()) {
		c.add(at+".role", "CAT-24", "角色 %q 不在可选范围内, 请选择", f.Role)
	}
	if f.Cells < 0 || f.Cells > 10000 {
		c.add(at+".cells", "CAT-24", "精度上限须在 1 到 10000 之间, 请改正")
	}
	if _, ok := periods[f.Period]; !ok {
		c.add(at+".value_period", "CAT-24", "取值所属的期须为月、季、年或留空, 请改正")
	}
	c.domain(at, f)
	c.uses(at, f, e)
	c.fieldChannels(at, f, e)
	for i, name := range f.Linkable {
		if _, ok := e.Field(name); !ok {
			c.add(fmt.Sprintf("%s.linkable_with[%d]", at, i), "CAT-24", "没有名为 %s 的数据项, 请改正", name)
		}
	}
}

// domain checks bounds, code list and edges against the type.
func (c *checker) domain(at string, f Field) {
	lo, hi, bounded := f.Bounds()
	switch {
	case (f.Lo == "") != (f.Hi == ""), f.Lo != "" && !bounded, bounded && lo > hi:
		c.add(at+".lo", "CAT-25", "上下界 %q 到 %q 不成立, 请填写两个符合类型的值, 下界不大于上界", f.Lo, f.Hi)
	case bounded && !f.DataType().Ordered():
		c.add(at+".lo", "CAT-25", "只有数值、日期和时间有上下界, 请清空")
	case f.Role == query.Measure && !bounded:
		c.add(at+".lo", "CAT-25", "度量须写明上下界, 统计时按此截断, 请填写")
	}
	if f.Role == query.Measure && !f.DataType().Numeric() {
		c.add(at+".role", "CAT-24", "度量须是整数或小数, 请改变角色或类型")
	}
	if f.Role == query.Dimension && len(f.Codes) == 0 && f.Type == query.Text && !f.Select {
		c.add(at+".codes", "CAT-25", "文字维度须有公开取值表, 请填写取值表、改为遴选显示或改变角色")
	}
	if f.Select && (f.Role != query.Dimension || len(f.Codes) > 0 || f.Type != query.Text) {
		c.add(at+".select", "CAT-25", "遴选显示只用于没有取值表的文字维度, 请清空取值表或取消遴选")
	}
	if len(f.Codes) > maxCodes {
		c.add(at+".codes", "CAT-25", "取值表有 %d 项, 超过 %d 项, 请改正", len(f.Codes), maxCodes)
		return
	}
	if len(f.Codes) > 0 && strings.TrimSpace(f.CodeList) == "" {
		c.add(at+".code_list", "CAT-25", "有取值表时须写明它的名称和版本, 请填写")
	}
	seen := map[string]bool{}
	for i, code := range f.Codes {
		v, err := query.ParseValue(f.DataType(), code.Value)
		if err != nil || seen[v.Text()] || code.Value == "" {
			c.add(fmt.Sprintf("%s.codes[%d]", at, i), "CAT-25", "取值 %q 重复或不符合类型, 请改正", code.Value)
		}
		seen[v.Text()] = true
	}
	step, fine := f.step()
	if !fine {
		c.add(at+".step", "CAT-25", "最小间隔 %q 须是大于 0 的数 (日期按天), 请改正", f.Step)
	}
	last := int64(0)
	for i, edge := range f.Edges {
		v, err := query.ParseValue(f.DataType(), edge)
		switch {
		case err != nil || !f.DataType().Ordered() || (i > 0 && v.N <= last):
			c.add(fmt.Sprintf("%s.edges[%d]", at, i), "CAT-25", "分段点 %q 须符合类型并逐个增大, 请改正", edge)
		case i > 0 && v.N-last < step:
			c.add(fmt.Sprintf("%s.edges[%d]", at, i), "CAT-25", "分段点 %q 与前一个的距离小于最小间隔 %s, 请改正", edge, f.Step)
		}
		last = v.N
	}
}

func (c *checker) uses(at string, f Field, e Entry) {
	role := f.EffectiveRole()
	if role == query.Never && len(f.Uses) > 0 {
		c.add(at+".uses", "CAT-24", "角色为不得使用的数据项不能有用途, 请清空用途或改变角色")
	}
	for i, u := range f.Uses {
		place := fmt.Sprintf("%s.uses[%d]", at, i)
		switch {
		case !slices.Contains(uses, u):
			c.add(place, "CAT-24", "用途 %q 不在可选范围内, 请改正", u)
		case f.Grade.National == query.Core:
			c.add(place, "CAT-24", "核心数据不得在本平台使用, 请清空用途")
		case role == query.SubjectKey && u != query.AfterJoin:
			c.add(place, "CAT-24", "主体标识只能用于连接, 请删除用途 %s", u)
		case u == query.Plaintext && f.open(e) != Unconditional:
			c.add(place, "CAT-24", "只有无条件开放的数据项可以明文提供, 请删除用途 %s", u)
		}
	}
}

// fieldChannels holds a field's own channels to the entry's: an entry carries the strictest value of its items, except that an item
// may be closed in a wider entry.
func (c *checker) fieldChannels(at string, f Field, e Entry) {
	share, open, operate := f.ShareIn(e), f.OpenIn(e), f.OperateIn(e)
	if f.Share != nil || f.Open != nil || f.Operate != nil {
		c.channels(at, share, open, operate)
	}
	for _, ch := range []struct {
		name, title string
		own, entry  Channel
	}{{"share", "共享", share, e.Share}, {"open", "开放", open, e.Open}, {"operate", "授权运营", operate, e.Operate}} {
		if ch.own.Access.width() > ch.entry.Access.width() && ch.own.Access.width() >= 0 {
			c.add(at+"."+ch.name, "CAT-08", "数据项的%s类型不能宽于整个条目, 请改正", ch.title)
		}
	}
	// Anyone may see what is open without condition: 一般1, and 一般2 by the bureau's decision to publish.
	if open.Access == Unconditional && (f.Personal || f.Role == query.SubjectKey || rank(f.Grade) > 2) {
		c.add(at+".open", "CAT-12", "个人信息、主体标识和一般 3 级以上的数据不得无条件开放, 请把该数据项改为有条件或不予开放")
	}
	if f.Grade.National == query.Core && operate.Access != No {
		c.add(at+".operate", "CAT-12", "核心数据不得授权运营, 请改为不予授权运营并写明依据")
	}
}

func join(at, name string) string {
	if at == "" {
		return name
	}
	return at + "." + name
}
