package http_test

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"yunei/internal/base/sqldb"
	"yunei/internal/base/workday"
	"yunei/internal/core/access"
	"yunei/internal/core/matter"
	"yunei/internal/core/party"
	wasm "yunei/internal/core/query/step"
)

// public is nobody signed in; password is everyone's.
const (
	public   = "PUBLIC"
	password = "quanzhou-2025-09-24"
)

// member is an organization of the city; its code's first sixteen characters belong to nobody.
type member struct {
	key, name, code string
	kind            party.Kind
	roles           []access.Role
	admitted        bool   // went through admission before the conversation begins
	area            string // where it stands inside the platform's area, by a name of areas
}

// areas are where the bodies of smaller areas stand: two beside each other, one inside the first, and a functional zone.
var areas = map[string]map[string]string{
	"guizhou-draft":       {"a": "520100", "b": "520200", "aa": "520102"},
	"zhoushan-2024-03-20": {"a": "330921", "b": "330922"},
	"weihai-draft-2022":   {"a": "371082", "b": "371083", "zone": "371072"},
	"hainan-2021-09-15":   {"a": "460100", "b": "469002"},
}

var members = []member{
	{key: "bureau", name: "示例市数据管理局", code: "11990000MB990001", kind: party.PublicBody, roles: []access.Role{access.Bureau}},
	{key: "operator", name: "示例市数据运营有限公司", code: "91990000MA990002", kind: party.Enterprise, roles: []access.Role{access.Operator}},
	{key: "holder", name: "示例市市场监督管理局", code: "11990000MB990003", kind: party.PublicBody, roles: []access.Role{access.Holder}},
	{key: "holder2", name: "示例市生态环境局", code: "11990000MB990004", kind: party.PublicBody, roles: []access.Role{access.Holder}},
	{key: "auditor", name: "示例市审计局", code: "11990000MB990005", kind: party.PublicBody, roles: []access.Role{access.Auditor}},
	{key: "bank", name: "示例银行", code: "91990000MA990006", kind: party.Enterprise, roles: []access.Role{access.DataUser}, admitted: true},
	{key: "insurer", name: "示例财产保险公司", code: "91990000MA990007", kind: party.Enterprise, roles: []access.Role{access.DataUser}, admitted: true},
	{key: "firm", name: "示例科技公司", code: "91990000MA990008", kind: party.Enterprise, roles: []access.Role{access.DataUser}},
	{key: "runner", name: "示例数据集团", code: "91990000MA990009", kind: party.Enterprise, roles: []access.Role{access.DataUser}, admitted: true},
	{key: "finance", name: "示例市金融管理局", code: "11990000MB990010", kind: party.PublicBody, roles: []access.Role{access.Department}},
	{key: "health", name: "示例市卫生健康委员会", code: "11990000MB990011", kind: party.PublicBody, roles: []access.Role{access.Department}},
	{key: "cityhall", name: "示例市人民政府", code: "11990000MB990012", kind: party.PublicBody, roles: []access.Role{access.Government}},
	{key: "mechanism", name: "示例市公共数据授权运营管理协调机制", code: "11990000MB990014", kind: party.PublicBody, roles: []access.Role{access.Mechanism}},
	{key: "abureau", name: "示例甲区数据管理局", code: "11990000MB990015", kind: party.PublicBody, roles: []access.Role{access.Bureau}, area: "a"},
	{key: "bbureau", name: "示例乙区数据管理局", code: "11990000MB990016", kind: party.PublicBody, roles: []access.Role{access.Bureau}, area: "b"},
	{key: "aabureau", name: "示例甲区丙县数据管理局", code: "11990000MB990017", kind: party.PublicBody, roles: []access.Role{access.Bureau}, area: "aa"},
	{key: "zone", name: "示例开发区管委会", code: "11990000MB990018", kind: party.PublicBody, roles: []access.Role{access.Bureau}, area: "zone"},
	{key: "agov", name: "示例甲区人民政府", code: "11990000MB990019", kind: party.PublicBody, roles: []access.Role{access.Government}, area: "a"},
	{key: "amech", name: "示例甲区协调机制", code: "11990000MB990020", kind: party.PublicBody, roles: []access.Role{access.Mechanism}, area: "a"},
	{key: "aholder", name: "示例甲区交通运输局", code: "11990000MB990021", kind: party.PublicBody, roles: []access.Role{access.Holder}, area: "a"},
	{key: "bholder", name: "示例乙区交通运输局", code: "11990000MB990022", kind: party.PublicBody, roles: []access.Role{access.Holder}, area: "b"},
	{key: "zholder", name: "示例开发区建设局", code: "11990000MB990023", kind: party.PublicBody, roles: []access.Role{access.Holder}, area: "zone"},
	{key: "afirm", name: "示例甲区科技公司", code: "91990000MA990024", kind: party.Enterprise, roles: []access.Role{access.DataUser}, admitted: true, area: "a"},
	{key: "bfirm", name: "示例乙区科技公司", code: "91990000MA990025", kind: party.Enterprise, roles: []access.Role{access.DataUser}, admitted: true, area: "b"},
	{key: "cyber", name: "示例市互联网信息办公室", code: "11990000MB990026", kind: party.PublicBody, roles: []access.Role{access.Member, access.Regulator}},
	{key: "police", name: "示例市公安局", code: "11990000MB990027", kind: party.PublicBody, roles: []access.Role{access.Member, access.Regulator}},
	{key: "water", name: "示例市自来水公司", code: "91990000MA990028", kind: party.Enterprise, roles: []access.Role{access.Holder}},
	{key: "hospital", name: "示例市第一医院", code: "12990000MB990029", kind: party.Institution, roles: []access.Role{access.Holder}},
	{key: "center", name: "示例省信息中心", code: "12990000MB990030", kind: party.Institution, roles: []access.Role{access.Owner}},
	{key: "district", name: "示例区公共服务中心", code: "12990000MB990031", kind: party.Institution, roles: []access.Role{access.Operator}},
	{key: "province", name: "示例省数据管理局", code: "11990000MB990013", kind: party.PublicBody, roles: []access.Role{access.Upper}},
}

// offices are the organizations that decide on an admission, by the role in which a regulation lets them.
var offices = map[access.Role]string{access.Operator: "operator", access.Bureau: "bureau", access.Holder: "holder"}

// person is one account. Nobody here is real.
type person struct {
	name  string
	org   string
	roles []access.Role
}

var people = map[string]person{
	"BUREAU":   {"郑岚", "bureau", []access.Role{access.Bureau}},
	"BUREAU2":  {"吴峰", "bureau", []access.Role{access.Bureau}},
	"OPERATOR": {"黄敏", "operator", []access.Role{access.Operator}},
	// OPERATOR2 also files applications for the operating company, which wants to use data itself.
	"OPERATOR2": {"蔡宁", "operator", []access.Role{access.Operator, access.Applicant}},
	"DISTRICT":  {"区敏", "district", []access.Role{access.Operator}},
	"HOLDER":    {"许静", "holder", []access.Role{access.Holder}},
	"HOLDER2":   {"庄严", "holder2", []access.Role{access.Holder}},
	"AUDITOR":   {"苏明", "auditor", []access.Role{access.Auditor}},
	"BANK":      {"陈明", "bank", nil},
	"INSURER":   {"杨柳", "insurer", nil},
	"FIRM":      {"周舟", "firm", nil},
	// RUNNER's company runs authorized operation once it is authorized to.
	"RUNNER":    {"方圆", "runner", nil},
	"FINANCE":   {"钱进", "finance", []access.Role{access.Department}},
	"HEALTH":    {"安康", "health", []access.Role{access.Department}},
	"CITYHALL":  {"高远", "cityhall", []access.Role{access.Government}},
	"MECHANISM": {"钟会", "mechanism", []access.Role{access.Mechanism}},
	"ABUREAU":   {"甲一", "abureau", []access.Role{access.Bureau}},
	"BBUREAU":   {"乙一", "bbureau", []access.Role{access.Bureau}},
	"AABUREAU":  {"丙一", "aabureau", []access.Role{access.Bureau}},
	"ZONE":      {"丁一", "zone", []access.Role{access.Bureau}},
	"AGOV":      {"甲二", "agov", []access.Role{access.Government}},
	"AMECH":     {"甲三", "amech", []access.Role{access.Mechanism}},
	"AHOLDER":   {"甲四", "aholder", []access.Role{access.Holder}},
	"BHOLDER":   {"乙四", "bholder", []access.Role{access.Holder}},
	"ZHOLDER":   {"丁四", "zholder", []access.Role{access.Holder}},
	"AFIRM":     {"甲五", "afirm", nil},
	"BFIRM":     {"乙五", "bfirm", nil},
	"CYBER":     {"王信", "cyber", []access.Role{access.Member, access.Regulator}},
	"POLICE":    {"金安", "police", []access.Role{access.Member, access.Regulator}},
	"WATER":     {"水清", "water", []access.Role{access.Holder}},
	"HOSPITAL":  {"白大夫", "hospital", []access.Role{access.Holder}},
	"CENTER":    {"钟心", "center", []access.Role{access.Owner}},
	"PROVINCE":  {"江山", "province", []access.Role{access.Upper}},
	"EXPERT":    {"何远", "", []access.Role{access.Expert}},
	"EXPERT2":   {"彭朗", "", []access.Role{access.Expert}},
	"EXPERT3":   {"严清", "", []access.Role{access.Expert}},
	"CITIZEN":   {"林小河", "", []access.Role{access.Subject}},
}

// papers is what an organization hands in on paper.
var papers = []party.Document{
	{Kind: party.BusinessLicense, Name: "营业执照.pdf", Blob: "sha256:01"},
	{Kind: party.RepresentativeProof, Name: "法人身份证明.pdf", Blob: "sha256:02"},
	{Kind: party.OrganizationProfile, Name: "单位情况说明.pdf", Blob: "sha256:03"},
	{Kind: party.PledgePaper, Name: "入驻承诺书.pdf", Blob: "sha256:04"},
}

// settle opens the organizations and accounts that a file names, and admits those who take part already.
func (c *conversation) settle(t *testing.T, names []string) {
	t.Helper()
	if err := c.keepModules(); err != nil {
		t.Fatal(err)
	}
	for _, who := range names {
		c.kept[strings.ToLower(who)+"_key"] = publicKey(who)
		p, known := people[who]
		if !known {
			t.Fatalf("%s names %s, whom the city does not know", c.file, who)
		}
		n := party.NewAccount{Login: strings.ToLower(who), Password: password, Name: p.name, Roles: p.roles}
		if p.roles == nil {
			c.join(t, n, p.org)
			continue
		}
		if p.org != "" {
			n.Org = c.organization(t, p.org)
		}
		a, err := c.node.Party.OpenAccount(system(t), n)
		if err != nil {
			t.Fatalf("open account %s: %v", who, err)
		}
		if a.Actor().Has(access.Expert) {
			if _, err := c.node.Party.ConfirmExpert(system(t), party.ExpertDraft{Account: a.ID, Fields: []string{"technology"}, Document: "专家组〔2025〕1号"}); err != nil {
				t.Fatalf("confirm expert %s: %v", who, err)
			}
		}
	}
}

// publicKey is the public half of keyOf; $public_key is that of whoever speaks with a token of their own.
func publicKey(who string) string {
	return base64.StdEncoding.EncodeToString(keyOf(who).Public().(ed25519.PublicKey))
}

// keyOf is the key with which a person signs opinions.
func keyOf(who string) ed25519.PrivateKey {
	seed := sha256.Sum256([]byte(who))
	return ed25519.NewKeyFromSeed(seed[:])
}

func system(t *testing.T) context.Context { return access.With(t.Context(), access.System()) }

func (c *conversation) memberOf(t *testing.T, key string) (member, party.Registration) {
	t.Helper()
	i := slices.IndexFunc(members, func(b member) bool { return b.key == key })
	if i < 0 {
		t.Fatalf("the city has no organization %s", key)
	}
	b := members[i]
	code, err := party.MakeUSCC(b.code)
	if err != nil {
		t.Fatal(err)
	}
	return b, party.Registration{Name: b.name, USCC: code, Kind: b.kind, Roles: b.roles, Area: access.Area(areas[filepath.Dir(c.file)][b.area]), Registered: workday.Must("2010-01-04"), InProvince: true,
		Representative: "林晓", RepresentativeID: "990000198003070019", Contact: "经办人", Phone: "0595-00000000"}
}

// organization is the id of a body, registered when it is first asked for.
func (c *conversation) organization(t *testing.T, key string) string {
	t.Helper()
	if id, ok := c.orgs[key]; ok {
		return id
	}
	_, r := c.memberOf(t, key)
	o, err := c.node.Party.Register(system(t), r)
	if err != nil {
		t.Fatalf("register %s: %v", key, err)
	}
	c.keepOrg(key, o.ID)
	if key == "operator" { // the paper by which it runs the platform; a file that ends it tells what follows
		_, err := c.node.Party.Designate(system(t), o.ID, party.DesignationDraft{Kind: party.AsOperator, Document: "示政函〔2024〕1号", Issuer: "示例市人民政府", From: "2024-01-01"})
		if err != nil {
			t.Fatalf("designate the operator: %v", err)
		}
	}
	return o.ID
}

// keepModules keeps the modules that a file may upload, in base64: nobody can read one anyway.
func (c *conversation) keepModules() error {
	score, err := os.ReadFile("../../docs/guide/step/score.wat")
	if err != nil {
		return err
	}
	for name, text := range map[string]string{
		"step_score": string(score),
		"step_clock": `(module (import "env" "clock_time_get") (func (export "band") (param i64) (result i64) (i64.const 0)))`,
		"step_float": `(module (func (export "band") (param i64) (result i64) (local f64) (i64.const 0)))`,
	} {
		module, err := wasm.Assemble(text)
		if err != nil {
			return err
		}
		c.kept[name] = base64.StdEncoding.EncodeToString(module)
	}
	return nil
}

func (c *conversation) keepOrg(key, id string) { c.orgs[key], c.kept[c.prefix+key+"_org"] = id, id }

// join is how a company comes: it registers itself, hands in its papers and, where it is to be admitted, is.
func (c *conversation) join(t *testing.T, n party.NewAccount, key string) {
	t.Helper()
	b, r := c.memberOf(t, key)
	a, o, err := c.node.Party.Join(t.Context(), n, r)
	if err != nil {
		t.Fatalf("join %s: %v", key, err)
	}
	c.keepOrg(key, o.ID)
	if !b.admitted {
		return
	}
	adm, err := c.node.Party.Apply(access.With(t.Context(), a.Actor()), party.Paper, papers)
	if err != nil {
		t.Fatalf("apply for %s: %v", key, err)
	}
	var m *matter.Matter
	err = c.node.Acts.View(t.Context(), func(tx *sqldb.Tx) error {
		list, err := matter.List(t.Context(), tx, matter.Filter{Subject: adm.ID, Limit: 1})
		if err == nil && len(list) == 1 {
			m = list[0]
		}
		return err
	})
	if err != nil || m == nil {
		t.Fatalf("find the matter of %s: %v", key, err)
	}
	role := access.Role(m.Steps[0].Role)
	clerk := access.With(t.Context(), access.Actor{Account: "acc_clerk", Name: "核验员", Org: c.organization(t, offices[role]), Roles: []access.Role{role}})
	d := matter.Decision{Verdict: matter.Pass, Reason: "材料齐全, 核验通过", Checks: map[string]bool{}}
	for _, k := range m.Steps[0].Checks {
		d.Checks[k.ID] = true
	}
	if _, err := c.node.Matters.Decide(clerk, m.ID, m.Steps[0].ID, d); err != nil {
		t.Fatalf("admit %s: %v", key, err)
	}
	c.undertake(t, access.With(t.Context(), a.Actor()), n.Login)
}

// undertake signs the undertaking of secrecy as somebody who was admitted before the conversation began and works in a space in it.
// A conversation that speaks of undertakings tells that itself.
func (c *conversation) undertake(t *testing.T, ctx context.Context, login string) {
	t.Helper()
	text, err := os.ReadFile(c.file)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(text), "/space") || strings.Contains(string(text), strings.ToUpper(login)+" POST /v1/undertaking") {
		return
	}
	private := keyOf("undertaking of " + login)
	key, err := c.node.Party.RegisterKey(ctx, base64.StdEncoding.EncodeToString(private.Public().(ed25519.PublicKey)))
	if err != nil {
		t.Fatalf("register the key of %s: %v", login, err)
	}
	own, err := c.node.Party.OwnUndertaking(ctx)
	if err != nil {
		t.Fatal(err)
	}
	sig := party.PersonalSignature{Key: key.ID, Signature: base64.StdEncoding.EncodeToString(ed25519.Sign(private, []byte(own.Text)))}
	if _, err := c.node.Party.Undertake(ctx, sig); err != nil {
		t.Fatalf("sign the undertaking of %s: %v", login, err)
	}
}

// token is a session of one person, opened when first needed.
func (c *conversation) token(t *testing.T, who string) string {
	t.Helper()
	if token := c.tokens[who]; token != "" {
		return token
	}
	in, err := json.Marshal(map[string]string{"login": strings.ToLower(who), "password": password})
	if err != nil {
		t.Fatal(err)
	}
	resp, err := c.client().Post(c.server.URL+"/v1/session", "application/json", bytes.NewReader(in))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	var out struct {
		Token string `json:"token"`
	}
	if err := json.NewDecoder(resp.Body).Decode(&out); err != nil || resp.StatusCode != http.StatusOK {
		t.Fatalf("sign in as %s: %d, %v", who, resp.StatusCode, err)
	}
	c.tokens[who] = out.Token
	return out.Token
}
