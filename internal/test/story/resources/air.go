package resources

import (
	"yunei/internal/core/query"
	"yunei/internal/flow/catalog"
)

// BeijingPM25 is hourly air quality with weather (43,824 hours), open to everyone, held by the environment department.
func BeijingPM25() catalog.Content {
	free := catalog.Channel{Access: catalog.Unconditional}
	e := catalog.Content{
		Code: "3020010001/000001", Title: "空气质量逐时监测数据", Table: "beijing_pm25", System: "大气环境监测系统", Office: "大气环境科",
		Summary:    "北京一处站点 2010 至 2014 年逐时 PM2.5 浓度和气象要素: 露点、气温、气压、风向、累计风速、累计降雪和降雨时数。“NA” 表示缺测。",
		Source:     "Chen, S. (2015). Beijing PM2.5. UCI Machine Learning Repository. https://doi.org/10.24432/C5JS49",
		Licence:    ucilicence,
		Keywords:   []string{"空气质量", "PM2.5", "环境", "气象"},
		Served:     catalog.Store,
		Time:       []string{"year", "month", "day", "hour"},
		Cycle:      catalog.Yearly,
		GradeBasis: "环境监测数据, 不含个人信息和商业秘密, 公开无危害, 定为一般数据 1 级 (GB/T 43697-2024)",
		Share:      free, Open: free, Operate: free,
	}
	item := func(f catalog.Field) catalog.Field {
		f.Class, f.Grade, f.Uses = "环境监测信息", level(1, false), append([]query.Use{query.Plaintext}, query.DefaultUses(f.Role)...)
		return f
	}
	dim := func(name, title, lo, hi string) catalog.Field {
		return item(catalog.Field{Name: name, Title: title, Type: query.Int, Role: query.Dimension, Lo: lo, Hi: hi})
	}
	measure := func(name, header, title, unit string, kind query.Kind, scale int, lo, hi string) catalog.Field {
		return item(catalog.Field{Name: name, Header: header, Title: title, Unit: unit, Type: kind, Scale: scale, Role: query.Measure, Lo: lo, Hi: hi})
	}
	pm := measure("pm", "", "PM2.5浓度", "微克/立方米", query.Int, 0, "0", "2000")
	pm.Nullable, pm.Missing = true, []string{"NA"}
	no := dim("no", "序号", "1", "1000000")
	no.Header, no.Role = "No", query.FilterOnly
	no = item(no)
	wind := item(catalog.Field{Name: "cbwd", Title: "风向", Type: query.Text, Role: query.Dimension, CodeList: "合成风向代码 v1",
		Codes: codes("NE", "东北风", "NW", "西北风", "SE", "东南风", "cv", "静风和不定")})
	return add(e, no, dim("year", "年", "2000", "2100"), dim("month", "月", "1", "12"), dim("day", "日", "1", "31"), dim("hour", "时", "0", "23"), pm,
		measure("dewp", "DEWP", "露点温度", "摄氏度", query.Int, 0, "-60", "60"),
		// Interpolated hours carry up to nine decimal places; they are kept exactly.
		measure("temp", "TEMP", "气温", "摄氏度", query.Decimal, 9, "-60", "60"),
		measure("pres", "PRES", "气压", "百帕", query.Decimal, 6, "800", "1100"),
		wind,
		measure("iws", "Iws", "累计风速", "米/秒", query.Decimal, 2, "0", "1000"),
		measure("is", "Is", "累计降雪时数", "小时", query.Int, 0, "0", "1000"),
		measure("ir", "Ir", "累计降雨时数", "小时", query.Int, 0, "0", "1000"),
	)
}
