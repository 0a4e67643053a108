package resources

import (
	"yunei/internal/core/query"
	"yunei/internal/flow/catalog"
)

// CensusIncome is the extract of a population survey (32,561 respondents), held by the statistics department.
func CensusIncome() catalog.Content {
	e := closed(catalog.Content{
		Code: "1010010001/000001", Title: "人口抽样调查收入信息", Table: "census_income", System: "人口抽样调查系统", Office: "人口就业统计科",
		Summary:    "每名受访者的年龄、工作类别、学历、婚姻、职业、家庭关系、资本损益、每周工时、出生国和收入档次。每人一行, “?” 表示未知。",
		Source:     "Becker, B. & Kohavi, R. (1996). Adult. UCI Machine Learning Repository. https://doi.org/10.24432/C5XW20",
		Keywords:   []string{"人口", "收入", "就业", "统计"},
		Cycle:      catalog.Yearly,
		GradeBasis: "统计调查中的个人信息, 泄露会对个人权益造成严重危害, 定为一般数据 3 级, 种族和资本损益属敏感个人信息定为 4 级 (GB/T 43697-2024)",
	})
	unknown := []string{"?"}
	dim := func(name, header, title, class, list string, c []query.Code) catalog.Field {
		return personal(class, level(3, false), catalog.Field{Name: name, Header: header, Title: title, Type: query.Text, Role: query.Dimension, CodeList: list, Codes: c})
	}
	missing := func(f catalog.Field) catalog.Field {
		f.Nullable, f.Missing = true, unknown
		return f
	}
	number := func(name, header, title, class string, grade query.Grade, lo, hi string, edges ...string) catalog.Field {
		return personal(class, grade, catalog.Field{Name: name, Header: header, Title: title, Type: query.Int, Role: query.Measure, Lo: lo, Hi: hi, Edges: edges, Cells: 8})
	}
	const job, basic = "个人教育工作信息", "个人基本资料"
	age := number("age", "", "年龄", basic, level(3, false), "0", "100", "25", "35", "45", "55", "65")
	age.Role, age.Uses = query.Dimension, query.DefaultUses(query.Dimension)
	years := number("education_num", "", "受教育程度序号", job, level(3, false), "1", "16")
	years.Role, years.Uses, years.Note = query.Dimension, query.DefaultUses(query.Dimension), "与学历一一对应"
	race := dim("race", "", "种族", basic, "种族代码 v1", codes("Amer-Indian-Eskimo", "美洲原住民", "Asian-Pac-Islander", "亚太裔", "Black", "黑人", "Other", "其他", "White", "白人"))
	// Sensitive and needed for no approved purpose: labelled never, so that no model can name it.
	race.Grade, race.Role, race.Uses = level(4, true), query.Never, nil
	return add(e, key(), age,
		missing(dim("workclass", "", "工作类别", job, "工作类别代码 v1", codes("Federal-gov", "联邦政府", "Local-gov", "地方政府", "State-gov", "州政府", "Private", "私营单位",
			"Self-emp-inc", "自营公司", "Self-emp-not-inc", "自营非公司", "Without-pay", "无酬", "Never-worked", "从未工作"))),
		personal("统计权重", level(1, false), catalog.Field{Name: "fnlwgt", Title: "抽样权重", Note: "推算人口时的权数, 不用于模型", Type: query.Int, Role: query.Never, Lo: "0", Hi: "2000000"}),
		dim("education", "", "学历", job, "学历代码 v1", codes("Preschool", "学前", "1st-4th", "小学一至四年级", "5th-6th", "小学五至六年级", "7th-8th", "初中七至八年级", "9th", "九年级",
			"10th", "十年级", "11th", "十一年级", "12th", "十二年级", "HS-grad", "高中毕业", "Some-college", "大学肄业", "Assoc-voc", "职业副学士", "Assoc-acdm", "学术副学士",
			"Bachelors", "学士", "Masters", "硕士", "Prof-school", "专业学位", "Doctorate", "博士")),
		years,
		dim("marital_status", "", "婚姻状况", basic, "婚姻状况代码 v1", codes("Never-married", "未婚", "Married-civ-spouse", "已婚", "Married-AF-spouse", "已婚(配偶为军人)",
			"Married-spouse-absent", "已婚(配偶不在)", "Separated", "分居", "Divorced", "离婚", "Widowed", "丧偶")),
		missing(dim("occupation", "", "职业", job, "职业代码 v1", codes("Adm-clerical", "行政文员", "Armed-Forces", "军人", "Craft-repair", "技工维修", "Exec-managerial", "管理人员",
			"Farming-fishing", "农林渔业", "Handlers-cleaners", "搬运清洁", "Machine-op-inspct", "机器操作", "Other-service", "其他服务", "Priv-house-serv", "家政服务",
			"Prof-specialty", "专业技术", "Protective-serv", "安保", "Sales", "销售", "Tech-support", "技术支持", "Transport-moving", "运输"))),
		dim("relationship", "", "家庭关系", basic, "家庭关系代码 v1", codes("Husband", "丈夫", "Wife", "妻子", "Own-child", "子女", "Other-relative", "其他亲属", "Not-in-family", "非家庭成员", "Unmarried", "未婚户主")),
		race,
		dim("sex", "", "性别", basic, "性别代码 v1", codes("Male", "男", "Female", "女")),
		number("capital_gain", "", "资本收益", account, level(4, true), "0", "99999", "1", "5000", "10000", "20000"),
		number("capital_loss", "", "资本损失", account, level(4, true), "0", "10000", "1", "1500", "2500"),
		number("hours_per_week", "hours-per-week", "每周工时", job, level(3, false), "0", "100", "20", "35", "41", "50", "60"),
		missing(dim("native_country", "native-country", "出生国", basic, "出生国代码 v1", countries())),
		dim("income", "", "收入档次", account, "收入档次代码 v1", codes("<=50K", "不超过 5 万美元", ">50K", "超过 5 万美元")),
	)
}

// countries are spelled as the survey spells them.
func countries() []query.Code {
	return codes("United-States", "美国", "Cambodia", "柬埔寨", "Canada", "加拿大", "China", "中国", "Columbia", "哥伦比亚", "Cuba", "古巴",
		"Dominican-Republic", "多米尼加", "Ecuador", "厄瓜多尔", "El-Salvador", "萨尔瓦多", "England", "英格兰", "France", "法国", "Germany", "德国",
		"Greece", "希腊", "Guatemala", "危地马拉", "Haiti", "海地", "Holand-Netherlands", "荷兰", "Honduras", "洪都拉斯", "Hong", "中国香港",
		"Hungary", "匈牙利", "India", "印度", "Iran", "伊朗", "Ireland", "爱尔兰", "Italy", "意大利", "Jamaica", "牙买加", "Japan", "日本",
		"Laos", "老挝", "Mexico", "墨西哥", "Nicaragua", "尼加拉瓜", "Outlying-US(Guam-USVI-etc)", "美国本土外属地", "Peru", "秘鲁",
		"Philippines", "菲律宾", "Poland", "波兰", "Portugal", "葡萄牙", "Puerto-Rico", "波多黎各", "Scotland", "苏格兰", "South", "韩国",
		"Taiwan", "中国台湾", "Thailand", "泰国", "Trinadad&Tobago", "特立尼达和多巴哥", "Vietnam", "越南", "Yugoslavia", "南斯拉夫")
}
