package resources

import (
	"fmt"

	"yunei/internal/core/query"
	"yunei/internal/flow/catalog"
)

const account = "个人财产信息"

// CreditDefault is the table of card accounts and repayment (30,000 people), held by the finance department.
func CreditDefault() catalog.Content {
	e := closed(catalog.Content{
		Code: "3010010001/000001", Title: "信用卡账户与还款信息", Table: "credit_default", System: "信用信息归集系统", Office: "信用管理科",
		Summary:    "每名持卡人的授信额度、性别、学历、婚姻、年龄, 六个月的还款状态、账单金额和还款金额, 以及次月是否违约。每人一行。",
		Source:     "Yeh, I. (2009). Default of Credit Card Clients. UCI Machine Learning Repository. https://doi.org/10.24432/C55S3H",
		Keywords:   []string{"信用卡", "违约", "征信", "金融"},
		Cycle:      catalog.Yearly,
		GradeBasis: "个人金融账户信息, 泄露会对个人权益造成严重危害, 定为一般数据 4 级, 属敏感个人信息 (GB/T 43697-2024)",
	})
	e.Fields = []catalog.Field{key(),
		personal(account, level(4, true), catalog.Field{Name: "limit_bal", Header: "LIMIT_BAL", Title: "授信额度", Unit: "新台币元", Note: "含附属卡", Type: query.Int,
			Role: query.Measure, Lo: "0", Hi: "1000000", Edges: []string{"50000", "100000", "200000", "300000", "500000"}, Cells: 8}),
		personal("个人基本资料", level(3, false), catalog.Field{Name: "sex", Header: "SEX", Title: "性别", Type: query.Int, Role: query.Dimension,
			CodeList: "信用卡账户性别代码 v1", Codes: codes("1", "男", "2", "女")}),
		personal("个人教育工作信息", level(3, false), catalog.Field{Name: "education", Header: "EDUCATION", Title: "学历", Type: query.Int, Role: query.Dimension,
			CodeList: "信用卡账户学历代码 v1", Codes: codes("0", "未载明(0)", "1", "研究生", "2", "大学", "3", "高中", "4", "其他", "5", "未载明(5)", "6", "未载明(6)")}),
		personal("个人基本资料", level(3, false), catalog.Field{Name: "marriage", Header: "MARRIAGE", Title: "婚姻状况", Type: query.Int, Role: query.Dimension,
			CodeList: "信用卡账户婚姻代码 v1", Codes: codes("0", "未载明", "1", "已婚", "2", "未婚", "3", "其他")}),
		personal("个人基本资料", level(3, false), catalog.Field{Name: "age", Header: "AGE", Title: "年龄", Unit: "周岁", Type: query.Int, Role: query.Dimension,
			Lo: "18", Hi: "100", Edges: []string{"25", "30", "35", "40", "45", "50", "60"}, Cells: 8, Linkable: []string{"sex", "education", "marriage"}}),
	}
	for i, month := range []string{"9", "8", "7", "6", "5", "4"} {
		// The published header skips PAY_1.
		n := []int{0, 2, 3, 4, 5, 6}[i]
		e.Fields = append(e.Fields, personal(account, level(4, true), catalog.Field{Name: fmt.Sprintf("pay_%d", n), Header: fmt.Sprintf("PAY_%d", n),
			Title: month + "月还款状态", Note: "-2 无消费, -1 全额还款, 0 最低还款, 1 至 8 逾期月数", Type: query.Int, Role: query.Dimension,
			CodeList: "还款状态代码 v1", Codes: payment(), Lo: "-2", Hi: "8", Cells: 4}))
	}
	for i, month := range []string{"9", "8", "7", "6", "5", "4"} {
		e.Fields = append(e.Fields, personal(account, level(4, true), catalog.Field{Name: fmt.Sprintf("bill_amt%d", i+1), Header: fmt.Sprintf("BILL_AMT%d", i+1),
			Title: month + "月账单金额", Unit: "新台币元", Note: "负数为溢缴款", Type: query.Int, Role: query.Measure, Lo: "-400000", Hi: "2000000",
			Edges: []string{"0", "10000", "50000", "100000", "200000"}, Cells: 8}))
	}
	for i, month := range []string{"9", "8", "7", "6", "5", "4"} {
		e.Fields = append(e.Fields, personal(account, level(4, true), catalog.Field{Name: fmt.Sprintf("pay_amt%d", i+1), Header: fmt.Sprintf("PAY_AMT%d", i+1),
			Title: month + "月还款金额", Unit: "新台币元", Type: query.Int, Role: query.Measure, Lo: "0", Hi: "2000000",
			Edges: []string{"1000", "5000", "10000", "50000"}, Cells: 8}))
	}
	return add(e, personal(account, level(4, true), catalog.Field{Name: "default_next_month", Header: "default.payment.next.month", Title: "次月是否违约", Note: "1 违约, 0 未违约",
		Type: query.Int, Role: query.Measure, CodeList: "是否代码 v1", Codes: codes("0", "否", "1", "是"), Lo: "0", Hi: "1"}))
}

func add(e catalog.Content, f ...catalog.Field) catalog.Content {
	e.Fields = append(e.Fields, f...)
	return e
}

func payment() []query.Code {
	list := codes("-2", "无消费", "-1", "全额还款", "0", "最低还款")
	for n := 1; n <= 8; n++ {
		list = append(list, query.Code{Value: fmt.Sprint(n), Label: fmt.Sprintf("逾期%d个月", n)})
	}
	return list
}
