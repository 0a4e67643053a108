package querytest

import (
	"fmt"

	"yunei/internal/core/query"
)

func bound(n int64) *int64 { return &n }

func codes(pairs ...string) []query.Code {
	var out []query.Code
	for i := 0; i < len(pairs); i += 2 {
		out = append(out, query.Code{Value: pairs[i], Label: pairs[i+1]})
	}
	return out
}

var personal = query.Grade{National: query.Ordinary, Level: 3}

func column(name, title string, t query.Type, role query.Role) query.Column {
	return query.Column{Name: name, Title: title, Type: t, Role: role, Grade: personal, Uses: query.DefaultUses(role)}
}

func ranged(c query.Column, lo, hi int64, edges ...int64) query.Column {
	c.Lo, c.Hi, c.Edges = bound(lo), bound(hi), edges
	return c
}

// stepped publishes cut points every so far.
func stepped(c query.Column, step int64) query.Column {
	c.Step = step
	return c
}

func coded(c query.Column, domain []query.Code) query.Column {
	c.Domain = domain
	return c
}

func sid() query.Column {
	return column("sid", "主体标识", query.Type{Kind: query.Text}, query.SubjectKey)
}

var (
	whole = query.Type{Kind: query.Int}
	text  = query.Type{Kind: query.Text}
	date  = query.Type{Kind: query.Date}
	money = query.Number(2)
)

// CreditDefault is the policy of the card accounts: one row per person.
func CreditDefault() query.Table {
	t := query.Table{
		Name: "credit_default", Title: "信用卡账户与违约记录", Resource: "res_credit", SchemaVersion: 1,
		UnitKind: "person", SubjectKey: "sid", MaxRowsPerSubject: 1, Units: 30000,
		Columns: []query.Column{
			sid(),
			ranged(column("limit_bal", "授信额度", whole, query.Measure), 0, 1000000, 50000, 100000, 200000, 300000, 500000),
			coded(column("sex", "性别", whole, query.Dimension), codes("1", "男", "2", "女")),
			coded(column("education", "学历", whole, query.Dimension), codes("0", "未填", "1", "研究生", "2", "大学", "3", "高中", "4", "其他", "5", "未知", "6", "未知")),
			coded(column("marriage", "婚姻", whole, query.Dimension), codes("0", "未填", "1", "已婚", "2", "未婚", "3", "其他")),
			ranged(column("age", "年龄", whole, query.Dimension), 18, 100, 25, 30, 35, 40, 45, 50, 55, 60),
		},
	}
	for _, month := range []string{"0", "2", "3", "4", "5", "6"} {
		t.Columns = append(t.Columns, stepped(ranged(column("pay_"+month, "还款状态 "+month, whole, query.Measure), -2, 9), 1))
	}
	for m := 1; m <= 6; m++ {
		t.Columns = append(t.Columns, stepped(ranged(column(fmt.Sprintf("bill_amt%d", m), fmt.Sprintf("账单金额 %d", m), whole, query.Measure), -400000, 2000000), 10000))
		t.Columns = append(t.Columns, stepped(ranged(column(fmt.Sprintf("pay_amt%d", m), fmt.Sprintf("还款金额 %d", m), whole, query.Measure), 0, 2000000), 1000))
	}
	limit, _ := t.Column("limit_bal")
	limit.Uses = append(limit.Uses, query.AfterGroupBy)
	bad := coded(column("default_next_month", "次月违约", whole, query.Dimension), codes("0", "否", "1", "是"))
	t.Columns = append(t.Columns, bad)
	return t
}

// Visit is the policy of a table with several rows per person, dates, decimals and NULLs.
func Visit() query.Table {
	cost := stepped(ranged(column("cost", "费用", money, query.Measure), 0, 5000000), 10000)
	cost.Null = true
	ward := coded(column("ward", "科室", text, query.Dimension), codes("N", "内科", "W", "外科", "E", "儿科"))
	ward.Null = true
	note := column("note", "备注", text, query.FilterOnly)
	secret := column("diagnosis", "诊断", text, query.Never)
	hiv := coded(column("infectious", "传染病", whole, query.Dimension), codes("0", "否", "1", "是"))
	hiv.Grade = query.Grade{National: query.Core}
	kept := column("price_list", "价目", money, query.FilterOnly)
	return query.Table{
		Name: "visit", Title: "就诊记录", Resource: "res_visit", SchemaVersion: 3,
		UnitKind: "person", SubjectKey: "sid", MaxRowsPerSubject: 4, Units: 200000,
		Columns: []query.Column{
			sid(), cost, ward, note, secret, hiv, kept,
			ranged(column("at", "日期", date, query.Dimension), 19723, 20088, 19723, 19814, 19905, 19997), // 2024
			ranged(column("days", "天数", whole, query.Measure), 0, 90, 7, 14, 30),
			column("free", "未定界数", whole, query.Measure),
		},
	}
}

// Firm is the policy of a table about enterprises: another kind of unit.
func Firm() query.Table {
	return query.Table{
		Name: "firm", Title: "企业登记", Resource: "res_firm", SchemaVersion: 1,
		UnitKind: "enterprise", SubjectKey: "sid", MaxRowsPerSubject: 1, Units: 50000,
		Columns: []query.Column{sid(), coded(column("trade", "行业", text, query.Dimension), codes("A", "农业", "C", "制造", "F", "批发"))},
	}
}

// Air is the policy of an open resource about nobody.
func Air() query.Table {
	t := query.Table{Name: "air", Title: "空气质量", Resource: "res_air", SchemaVersion: 1, Open: true}
	for _, c := range []query.Column{
		{Name: "at", Title: "日期", Type: date, Role: query.Dimension},
		{Name: "hour", Title: "小时", Type: whole, Role: query.Dimension, Lo: bound(0), Hi: bound(23)},
		{Name: "pm", Title: "PM2.5", Type: whole, Role: query.Measure, Null: true, Lo: bound(0), Hi: bound(2000)},
		{Name: "iws", Title: "累计风速", Type: money, Role: query.Measure, Lo: bound(0), Hi: bound(100000)},
		{Name: "seen", Title: "上传时间", Type: query.Type{Kind: query.Timestamp}, Role: query.Dimension, Lo: bound(1_700_000_000_000_000), Hi: bound(1_800_000_000_000_000)},
		{Name: "wind", Title: "风向", Type: text, Role: query.Dimension, Domain: codes("NW", "西北", "NE", "东北", "SE", "东南", "cv", "静稳")},
	} {
		c.Grade = query.Grade{National: query.Ordinary, Level: 1}
		c.Uses = append(query.DefaultUses(c.Role), query.Plaintext)
		t.Columns = append(t.Columns, c)
	}
	return t
}

// Purchase is the policy of orders: an order number names one row of a person.
func Purchase() query.Table {
	return query.Table{
		Name: "purchase", Title: "订单", Resource: "res_purchase", SchemaVersion: 1,
		UnitKind: "person", SubjectKey: "sid", MaxRowsPerSubject: 4, Units: 150000, Unique: []string{"order_no"},
		Columns: []query.Column{
			sid(), ranged(column("order_no", "订单号", whole, query.JoinKey), 1, 6),
			ranged(column("amount", "金额", money, query.Measure), 0, 1000000),
			ranged(column("paid_at", "付款日", date, query.Dimension), 19723, 20088, 19723, 19905),
			coded(column("channel", "渠道", text, query.Dimension), codes("S", "门店", "W", "网上")),
		},
	}
}

// Item is the policy of the lines of orders: a line is of an order and of a product.
func Item() query.Table {
	return query.Table{
		Name: "item", Title: "订单明细", Resource: "res_item", SchemaVersion: 1,
		UnitKind: "person", SubjectKey: "sid", MaxRowsPerSubject: 6, Units: 150000,
		Columns: []query.Column{
			sid(), ranged(column("order_no", "订单号", whole, query.JoinKey), 1, 6),
			ranged(column("sku", "商品号", whole, query.JoinKey), 1, 30),
			ranged(column("qty", "数量", whole, query.Measure), 0, 50, 5, 20),
			ranged(column("price", "单价", money, query.Measure), 0, 100000),
		},
	}
}

// Resident is the policy of a register: days of birth, division codes, numbers kept as text.
func Resident() query.Table {
	region := coded(column("region", "住址区划", text, query.Dimension), codes("350000", "福建省", "350500", "泉州市", "350502", "鲤城区", "350503", "丰泽区",
		"350200", "厦门市", "350203", "思明区", "460000", "海南省", "460100", "海口市", "460106", "龙华区"))
	region.Null = true
	born := ranged(column("birthday", "出生日期", date, query.Dimension), -25567, 20453, -7305, 0, 3653, 7305, 10957, 13879, 14610) // 1900 to 2025
	reading := column("reading", "读数", text, query.Measure)
	reading.Null = true
	return query.Table{
		Name: "resident", Title: "居民", Resource: "res_resident", SchemaVersion: 1,
		UnitKind: "person", SubjectKey: "sid", MaxRowsPerSubject: 1, Units: 900000,
		Columns: []query.Column{sid(), born, region, reading,
			ranged(column("income", "收入", money, query.Measure), -100000, 900000000, 1000000, 5000000, 10000000, 20000000),
		},
	}
}

// Product and Maker are public tables that private rows are joined to.
func Product() query.Table {
	t := query.Table{Name: "product", Title: "商品", Resource: "res_product", SchemaVersion: 1, Open: true, Unique: []string{"sku"}, Columns: []query.Column{
		ranged(column("sku", "商品号", whole, query.JoinKey), 1, 30),
		ranged(column("maker", "厂家", whole, query.JoinKey), 1, 8),
		coded(column("category", "类别", text, query.Dimension), codes("F", "食品", "C", "服装", "E", "电器")),
		ranged(column("weight", "重量", whole, query.Measure), 0, 500, 10, 100),
	}}
	return public(t)
}

func Maker() query.Table {
	return public(query.Table{Name: "maker", Title: "厂家", Resource: "res_maker", SchemaVersion: 1, Open: true, Unique: []string{"id"}, Columns: []query.Column{
		ranged(column("id", "厂家", whole, query.JoinKey), 1, 8),
		coded(column("land", "产地", text, query.Dimension), codes("n", "北方", "s", "南方")),
	}})
}

func public(t query.Table) query.Table {
	for i := range t.Columns {
		t.Columns[i].Grade = query.Grade{National: query.Ordinary, Level: 1}
	}
	return t
}

// City is the catalog of all test tables.
func City() query.Catalog {
	return query.Catalog{Tables: []query.Table{CreditDefault(), Visit(), Firm(), Air(), Purchase(), Item(), Product(), Maker(), Resident()}}
}
