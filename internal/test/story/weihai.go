package story

import (
	"context"
	"fmt"
	"slices"
	"time"

	"yunei/internal/base/workday"
	"yunei/internal/core/access"
	"yunei/internal/flow/catalog"
	"yunei/internal/test/story/resources"
)

// Weihai's story: bodies, catalog, collection and opening over a city, a district and a zone; supervision, and a decision that
// is questioned. The draft leaves authorized operation to measures of its own (第二十七条), so nobody is admitted to one.
func Weihai() City {
	return City{
		Name: "weihai", Title: "威海: 目录、汇聚、开放和分级管理", Pack: "weihai-draft-2022", Opening: time.Date(2025, 9, 24, 9, 0, 0, 0, workday.Zone()),
		Houses: []House{
			{"bureau", "威海市大数据局", "1137100099000001", access.Bureau, ""},
			{"operator", "威海市大数据中心", "1237100099000002", access.Operator, ""},
			{"ecology", "威海市生态环境局", "1137100099000003", access.Holder, ""},
			{"statistics", "威海市统计局", "1137100099000004", access.Holder, ""},
			{"police", "威海市公安局", "1137100099000005", access.Regulator, ""},
			{"district", "荣成市大数据局", "1137108299000006", access.Bureau, "371082"},
			{"traffic", "荣成市交通运输局", "1137108299000007", access.Holder, "371082"},
			{"zone", "威海经济技术开发区管委会", "1137107299000008", access.Bureau, "371072"},
			{"works", "威海经济技术开发区建设局", "1137107299000009", access.Holder, "371072"},
		},
		Seats: []Seat{
			{"bureau", "林局", "bureau", access.Bureau, "市大数据工作主管部门"},
			{"operator", "王经办", "operator", access.Operator, "大数据平台建设单位"},
			{"ecology", "郑数管", "ecology", access.Holder, "公共管理和服务机构 (生态)"},
			{"statistics", "吴数管", "statistics", access.Holder, "公共管理和服务机构 (统计)"},
			{"police", "安警官", "police", access.Regulator, "网信、公安等部门"},
			{"district", "于科", "district", access.Bureau, "荣成市大数据工作主管部门"},
			{"traffic", "车数管", "traffic", access.Holder, "荣成市公共管理和服务机构"},
			{"zone", "姜主任", "zone", access.Bureau, "开发区管委会"},
			{"works", "石数管", "works", access.Holder, "开发区公共管理和服务机构"},
			{"auditor", "周审计", "", access.Auditor, "审计人员"},
		},
		Guests: []Seat{{whFirm.Login, whFirm.Representative + "助理", "", access.Applicant, "想运营公共数据的企业"}},
		Tables: []Table{{"beijing_pm25", "ecology"}, {"census_income", "statistics"}},
		Steps: []Step{
			{"bodies", "明确牵头机构和专人, 报主管部门备案", (*Teller).whBodies},
			{"incomplete", "目录要素不全、不予共享而无依据: 不能提交", (*Teller).whIncomplete},
			{"catalog", "编目、主管部门审核发布、数据汇聚", (*Teller).catalog},
			{"open", "无条件开放的即时向社会开放, 发布后不得自行收窄", (*Teller).whOpen},
			{"district", "区(市)审核本级目录, 市里不代办", (*Teller).whDistrict},
			{"zone", "功能区凭权力清单行使职权", (*Teller).whZone},
			{"operation", "授权运营另有办法之前: 无此办理程序", (*Teller).whOperation},
			{"system", "业务系统接入: 等级保护缺项须记录例外", (*Teller).whSystem},
			{"inspection", "公安检查发现问题, 单位整改, 检查部门销号", (*Teller).whInspection},
			{"decision", "决策事后被质疑: 卷宗和使用记录", (*Teller).whDecision},
			{"audit", "审计: 离线核验账本", (*Teller).verified},
		},
	}
}

var whFirm = member{Login: "firm", Name: "威海数据科技有限公司", Representative: "丛总", USCC: "9137100099000022", Row: 950_002}

// whBodies lets the ecology department name who is responsible; the statistics office does not, and the bureau sees what it lacks.
func (t *Teller) whBodies(ctx context.Context) error {
	for _, duty := range []string{"public-data", "data-opening"} {
		var s struct {
			ID string `json:"id"`
		}
		staff := map[string]string{"duty": duty, "unit": "大气环境科", "name": "郑数管", "post": "科长", "from": string(t.today())}
		if err := t.post(ctx, "ecology", "/v1/staff", staff, &s); err != nil {
			return err
		}
		err := t.post(ctx, "district", "/v1/staff/"+s.ID+"/acknowledge", nil, nil)
		if err := t.refused("filed_with_another_level", err, "not_found", ""); err != nil {
			return err
		}
		if err := t.post(ctx, "bureau", "/v1/staff/"+s.ID+"/acknowledge", nil, nil); err != nil {
			return err
		}
	}
	var lacking struct {
		Items []struct {
			Name string `json:"name"`
			Gaps []struct {
				Title string `json:"title"`
			} `json:"gaps"`
		} `json:"items"`
	}
	if err := t.get(ctx, "bureau", "/v1/organizations?incomplete=true", &lacking); err != nil {
		return err
	}
	gaps := map[string]int{}
	for _, o := range lacking.Items {
		gaps[o.Name] = len(o.Gaps)
	}
	if gaps["威海市统计局"] != 2 || gaps["威海市生态环境局"] != 0 {
		return fmt.Errorf("lacking: %v, want two at the statistics office and none at the ecology department", gaps)
	}
	t.fact("bodies_that_lack_something", gaps)
	return nil
}

type entryPage struct {
	Entry struct {
		ID        string       `json:"id"`
		State     string       `json:"state"`
		Published workday.Date `json:"published"`
	} `json:"entry"`
	Problems []struct {
		Where string `json:"where"`
	} `json:"problems"`
}

// whIncomplete drafts an entry without its cycle, and one that is not shared for no reason in law.
func (t *Teller) whIncomplete(ctx context.Context) error {
	c := resources.BeijingPM25()
	c.Table, c.Title, c.Cycle = "air_draft", "空气质量 (草稿)", ""
	c.Share = catalog.Channel{Access: catalog.No, Reason: "不便共享"}
	var p entryPage
	if err := t.post(ctx, "ecology", "/v1/catalog", c, &p); err != nil {
		return err
	}
	var where []string
	for _, lack := range p.Problems {
		where = append(where, lack.Where)
	}
	if !slices.Contains(where, "cycle") || !slices.Contains(where, "share.basis") {
		return fmt.Errorf("the draft lacks %v, want its cycle and the ground for not sharing", where)
	}
	t.fact("lacks", where)
	err := t.post(ctx, "ecology", "/v1/catalog/"+p.Entry.ID+"/submit", nil, nil)
	return t.refused("submitted_incomplete", err, "invalid", "")
}

// whOpen lets anybody take the air quality, and its department not take it back by itself.
func (t *Teller) whOpen(ctx context.Context) error {
	if err := t.open(ctx); err != nil {
		return err
	}
	err := Public(t.Base).Get(ctx, "/v1/open/census_income", nil)
	if err := t.refused("not_open", err, "not_found", ""); err != nil {
		return err
	}
	c, err := t.as(ctx, "ecology")
	if err != nil {
		return err
	}
	narrow := resources.BeijingPM25()
	narrow.Open = catalog.Channel{Access: catalog.No, Reason: "改为不予开放", Basis: "无"}
	err = c.Put(ctx, "/v1/catalog/"+t.ids["beijing_pm25"], narrow, nil)
	return t.refused("narrowed_after_publication", err, "conflict", "")
}

// small is an entry of one figure, shared and open without condition.
func small(table, title, source, field, unit string) catalog.Content {
	air := resources.BeijingPM25()
	f := air.Fields[len(air.Fields)-1]
	f.Name, f.Header, f.Title, f.Unit = "n", "", field, unit
	return catalog.Content{Title: title, Table: table, Summary: title + "。", System: "业务系统", Source: source, Licence: "CC BY 4.0", Cycle: catalog.Yearly, Served: catalog.Store,
		GradeBasis: air.GradeBasis, Share: air.Share, Open: air.Open, Operate: air.Operate, Fields: []catalog.Field{f}}
}

// drafted writes and submits an entry.
func (t *Teller) drafted(ctx context.Context, login string, c catalog.Content) (string, error) {
	var p entryPage
	if err := t.post(ctx, login, "/v1/catalog", c, &p); err != nil {
		return "", err
	}
	if len(p.Problems) > 0 {
		return "", fmt.Errorf("the entry %s lacks %+v", c.Title, p.Problems)
	}
	return p.Entry.ID, t.post(ctx, login, "/v1/catalog/"+p.Entry.ID+"/submit", nil, nil)
}

// whDistrict: a district's bureau reviews what its bodies catalog; one catalog holds it all.
func (t *Teller) whDistrict(ctx context.Context) error {
	id, err := t.drafted(ctx, "traffic", small("parking", "停车场泊位数", "荣成市交通运输局", "泊位数", "个"))
	if err != nil {
		return err
	}
	err = t.post(ctx, "bureau", "/v1/catalog/"+id+"/publish", nil, nil)
	if err := t.refused("city_in_the_districts_place", err, "forbidden", ""); err != nil {
		return err
	}
	err = t.post(ctx, "traffic", "/v1/catalog/"+id+"/publish", nil, nil)
	if err := t.refused("published_by_its_own_body", err, "forbidden", ""); err != nil {
		return err
	}
	var p entryPage
	if err := t.post(ctx, "district", "/v1/catalog/"+id+"/publish", nil, &p); err != nil {
		return err
	}
	t.fact("published", p.Entry.Published)
	return t.get(ctx, "statistics", "/v1/catalog/"+id, nil)
}

// whZone: the committee acts on nothing before its list of powers is recorded, and on nothing outside it afterwards.
func (t *Teller) whZone(ctx context.Context) error {
	id, err := t.drafted(ctx, "works", small("roads", "园区道路长度", "威海经济技术开发区建设局", "长度", "公里"))
	if err != nil {
		return err
	}
	err = t.post(ctx, "zone", "/v1/catalog/"+id+"/publish", nil, nil)
	if err := t.refused("without_a_list_of_powers", err, "unlawful", "第三十七条"); err != nil {
		return err
	}
	var me struct {
		Org string `json:"org"`
	}
	if err := t.get(ctx, "zone", "/v1/me", &me); err != nil {
		return err
	}
	powers := map[string]any{"kind": "powers", "document": "威政发〔2025〕5号", "issuer": "威海市人民政府", "from": string(t.today()), "powers": []string{"catalog.publish", "catalog.return"}}
	if err := t.post(ctx, "bureau", "/v1/organizations/"+me.Org+"/designations", powers, nil); err != nil {
		return err
	}
	if err := t.post(ctx, "zone", "/v1/catalog/"+id+"/publish", nil, nil); err != nil {
		return err
	}
	var works struct {
		Org string `json:"org"`
	}
	if err := t.get(ctx, "works", "/v1/me", &works); err != nil {
		return err
	}
	order := map[string]any{"org": works.Org, "measure": "circulate", "ground": "inspection", "reason": "目录更新不及时", "evidence": []string{"检查笔录"}}
	return t.refused("outside_the_list", t.post(ctx, "zone", "/v1/orders", order, nil), "unlawful", "第三十七条")
}

// whOperation: a company would operate public data; the rules in force know no procedure for it.
func (t *Teller) whOperation(ctx context.Context) error {
	_, err := t.enroll(ctx, whFirm, "bureau", "", "business-license")
	return t.refused("no_procedure_of_admission", err, "not_found", "")
}

type connection struct {
	ID    string `json:"id"`
	State string `json:"state"`
	Lacks []struct {
		What string `json:"what"`
	} `json:"lacks"`
}

// whSystem: a department's system has no record of graded protection, so that it is connected by a recorded exception alone.
func (t *Teller) whSystem(ctx context.Context) error {
	digest, err := t.paper(ctx, "ecology", "环境监测系统安全管理制度")
	if err != nil {
		return err
	}
	ask := map[string]any{"kind": "body-system", "name": "环境监测系统", "purpose": "汇聚监测数据", "certificates": []map[string]any{
		{"kind": "security-rules", "number": "威环〔2025〕3号", "issuer": "威海市生态环境局", "from": "2025-01-01", "paper": digest},
	}}
	var c connection
	if err := t.post(ctx, "ecology", "/v1/connections", ask, &c); err != nil {
		return err
	}
	t.fact("lacks", c.Lacks)
	decide := "/v1/connections/" + c.ID + "/decide"
	err = t.post(ctx, "bureau", decide, map[string]any{"accept": true, "reason": "业务急需"}, nil)
	if err := t.refused("without_graded_protection", err, "unlawful", "第三十一条"); err != nil {
		return err
	}
	exception := map[string]any{"accept": true, "reason": "业务急需", "exception": "测评已排期, 限在政务外网内使用"}
	if err := t.post(ctx, "bureau", decide, exception, &c); err != nil {
		return err
	}
	t.fact("connection", c.State)
	return nil
}

type inspection struct {
	ID       string `json:"id"`
	Findings []struct {
		ID    string `json:"id"`
		State string `json:"state"`
	} `json:"findings"`
}

// whInspection: the police find something, the body mends it, and only the police close it.
func (t *Teller) whInspection(ctx context.Context) error {
	var me struct {
		Org string `json:"org"`
	}
	if err := t.get(ctx, "ecology", "/v1/me", &me); err != nil {
		return err
	}
	var ins inspection
	if err := t.post(ctx, "police", "/v1/inspections", map[string]any{"kind": "inspection", "title": "公共数据安全检查", "subjects": []string{me.Org}}, &ins); err != nil {
		return err
	}
	file := "/v1/inspections/" + ins.ID
	finding := map[string]any{"text": "接口口令为初始口令", "owner": me.Org, "due": string(t.today().AddDays(14))}
	if err := t.post(ctx, "police", file+"/find", finding, &ins); err != nil {
		return err
	}
	one := file + "/findings/" + ins.Findings[0].ID
	if err := t.post(ctx, "ecology", one+"/handle", map[string]string{"text": "已更换口令"}, nil); err != nil {
		return err
	}
	closing := map[string]any{"accept": true, "opinion": "已复测"}
	if err := t.refused("closed_by_the_body_itself", t.post(ctx, "ecology", one+"/close", closing, nil), "forbidden", ""); err != nil {
		return err
	}
	if err := t.post(ctx, "police", one+"/close", closing, &ins); err != nil {
		return err
	}
	t.fact("finding", ins.Findings[0].State)
	return nil
}

// whDecision: half a year later the opening is questioned; its file shows who took part and on which words, and the record of use
// who touched the data.
func (t *Teller) whDecision(ctx context.Context) error {
	loaded := t.today()
	t.goTo(ctx, loaded.AddDays(180))
	var file struct {
		Act          string       `json:"act"`
		Occurred     workday.Date `json:"occurred"`
		Sealed       bool         `json:"sealed"`
		Participants []struct {
			Name    string `json:"name"`
			Verdict string `json:"verdict"`
		} `json:"participants"`
		Basis []struct {
			Law string `json:"law"`
		} `json:"basis"`
	}
	entry := "/v1/catalog/" + t.ids["beijing_pm25"]
	if err := t.get(ctx, "auditor", entry+"/decision", &file); err != nil {
		return err
	}
	if !file.Sealed || file.Occurred != loaded || len(file.Participants) == 0 || len(file.Basis) == 0 {
		return fmt.Errorf("the decision file is %+v", file)
	}
	t.fact("decision", file)
	err := t.get(ctx, "statistics", entry+"/decision", nil)
	if err := t.refused("decision_of_another_body", err, "forbidden", ""); err != nil {
		return err
	}
	var uses struct {
		Items []struct {
			Act string `json:"act"`
		} `json:"items"`
	}
	if err := t.get(ctx, "ecology", fmt.Sprintf("%s/uses?from=%s&until=%s", entry, loaded, loaded), &uses); err != nil {
		return err
	}
	if len(uses.Items) == 0 {
		return fmt.Errorf("the record of use of %s is empty", loaded)
	}
	t.fact("uses", uses.Items)
	return nil
}
