package consent

import (
	"maps"
	"slices"
	"time"

	"yunei/internal/base/workday"
)

// Reason says why a document does not carry a call; "" is none. The list is closed, and each has its sentence.
type Reason string

const (
	Missing      Reason = "consent.missing"
	Unknown      Reason = "consent.unknown"
	Shape        Reason = "consent.shape"
	Untold       Reason = "consent.untold"
	Template     Reason = "consent.template"
	Signature    Reason = "consent.signature"
	Certificate  Reason = "consent.certificate"
	SignedLater  Reason = "consent.signed_later"
	Signer       Reason = "consent.signer"
	OtherSubject Reason = "consent.subject"
	NotRecipient Reason = "consent.recipient"
	OtherPurpose Reason = "consent.purpose"
	OtherPlan    Reason = "consent.plan"
	NoPaper      Reason = "consent.paper"
	Scan         Reason = "consent.scan"
	Fields       Reason = "consent.fields"
	Outputs      Reason = "consent.outputs"
	NotSeparate  Reason = "consent.separate"
	NotYet       Reason = "consent.not_yet"
	Expired      Reason = "consent.expired"
	Withdrawn    Reason = "consent.withdrawn"
	Suspended    Reason = "consent.suspended"
	Ended        Reason = "consent.ended"
	UsedUp       Reason = "consent.used_up"
	Replayed     Reason = "consent.replayed"
)

// Reasons lists every reason, in the order of their names.
func Reasons() []Reason { return slices.Sorted(maps.Keys(sentences)) }

// sentences tell a clerk what is wrong and what to do. The article is added by the regime's verdict on consent.reason.
var sentences = map[Reason]string{
	Missing:      "没有提交信息主体的《数据访问使用授权书》, 未调取任何数据; 请取得授权后随调用一并提交",
	Unknown:      "没有这份授权书, 未调取任何数据; 请核对授权书编号, 或重新提交授权文件",
	Shape:        "授权文件格式不符合技术规范, 未调取任何数据; 请用平台提供的《数据访问使用授权书》模板重新生成",
	Untold:       "授权书没有写明%s, 未调取任何数据; 请补全后由信息主体重新签署",
	Template:     "授权书所用模板不是平台现行模板, 也不是随本场景开发方案审核同意的模板, 或所示文本与模板不一致, 未调取任何数据; 请改用现行模板重新签署",
	Signature:    "授权书的电子签名无效, 文件可能被改动或伪造, 未调取任何数据; 请由信息主体本人重新签署",
	Certificate:  "签署授权书的证书不是平台认可的电子认证服务所发, 或签署时不在有效期内, 未调取任何数据; 请信息主体换用有效证书重新签署",
	SignedLater:  "授权书的签署时间晚于现在, 未调取任何数据; 请核对签署设备的时间后重新签署",
	Signer:       "授权书不是由所载信息主体本人签署, 未调取任何数据; 请由本人签署",
	OtherSubject: "授权书的信息主体不是本次查询的人, 未调取任何数据; 请提交被查询人本人的授权书",
	NotRecipient: "本单位不在授权书的授权对象之中, 未调取任何数据; 请取得写明本单位的授权书",
	OtherPurpose: "授权书写明的场景和用途不是本次调用的场景, 未调取任何数据; 请取得用于本场景的授权书",
	OtherPlan:    "授权书所用的自有模板只随另一份开发方案审核同意, 不能用于本方案, 未调取任何数据; 请改用平台模板或者本方案审核同意的模板重新签署",
	NoPaper:      "本次调用所依据的开发方案申报的是电子签名授权文书, 不收纸质授权书, 未调取任何数据; 请由信息主体电子签署, 或者在开发方案中申报纸质方式",
	Scan:         "纸质授权书的扫描件没有提交, 或者与授权文件所载的摘要不符, 未调取任何数据; 请附上签署的那一份扫描件",
	Fields:       "本次调用的数据项超出授权书写明的范围, 未调取任何数据; 请取得写明全部数据项的授权书",
	Outputs:      "本次调用的结果内容超出授权书写明的范围, 未调取任何数据; 请取得写明全部结果内容的授权书",
	NotSeparate:  "敏感个人信息没有逐项单独同意, 未调取任何数据; 请信息主体逐项勾选后重新签署",
	NotYet:       "授权书尚未到生效日期, 未调取任何数据; 请在授权期限内调用",
	Expired:      "授权书已过授权期限, 未调取任何数据; 请删除此前取得的数据, 确需查询的请取得新的授权书",
	Withdrawn:    "信息主体已经撤销授权, 未调取任何数据; 请及时删除此前取得的数据",
	Suspended:    "授权文件经平台运营单位抽查不合规或者无效, 已暂停使用, 未调取任何数据; 请按抽查意见补正并经复查通过, 或者由信息主体重新签署",
	Ended:        "授权书所载业务已经结束, 授权随之终止, 未调取任何数据; 请及时删除此前取得的数据",
	UsedUp:       "授权书的使用次数已经用完, 未调取任何数据; 确需查询的请取得新的授权书",
	Replayed:     "授权书编号已被另一份文件使用, 未调取任何数据; 每份授权书须有自己的编号, 请重新签署",
}

// Asked is what one call wants, all of it known before any data row is read.
type Asked struct {
	SID       string   // pseudonym of the person the caller names
	Org       string   // who asks
	Partner   string   // the third party through which documents are obtained, or none
	Scenario  string   // the approved scenario the call is made under
	Fields    []string // what the model reads, as resource.field
	Sensitive []string // those of Fields that are sensitive personal information
	Outputs   []string // names of the model's outputs
}

// Check decides whether terms about the person sid carry a call at this instant. It looks at the document, the call and
// the time, and at nothing else.
func (t Terms) Check(sid string, a Asked, now time.Time) Reason {
	today := workday.DateOf(now)
	switch {
	case sid == "" || sid != a.SID:
		return OtherSubject
	case !t.names(a.Org) || a.Partner != "" && !t.namesPartner(a.Partner):
		// 四(五): 还应当明确告知信息主体授权对象包括数据使用单位和第三方合作单位.
		return NotRecipient
	case a.Scenario == "" || t.Purpose.Scenario != a.Scenario:
		return OtherPurpose
	case !t.covers(a.Fields):
		return Fields
	case !t.promises(a.Outputs):
		return Outputs
	case !within(a.Sensitive, t.Separate):
		return NotSeparate
	case today.Before(t.From):
		return NotYet
	case today.After(t.Until):
		return Expired
	}
	return ""
}

func (t Terms) names(org string) bool {
	return org != "" && slices.ContainsFunc(t.Recipients, func(r Recipient) bool { return r.Org == org })
}

// namesPartner finds the third party as the development plan names it, by id or by name.
func (t Terms) namesPartner(partner string) bool {
	return slices.ContainsFunc(t.Recipients, func(r Recipient) bool {
		return r.Role == RoleThirdParty && (r.Org == partner || r.Name == partner)
	})
}

func (t Terms) covers(fields []string) bool {
	var have []string
	for _, s := range t.Data {
		for _, f := range s.Fields {
			have = append(have, FieldKey(s.Resource, f.Name))
		}
	}
	return within(fields, have)
}

func (t Terms) promises(outputs []string) bool {
	return !slices.ContainsFunc(outputs, func(name string) bool {
		return !slices.ContainsFunc(t.Outputs, func(o Output) bool { return o.Name == name })
	})
}

func within(asked, have []string) bool {
	return !slices.ContainsFunc(asked, func(f string) bool { return !slices.Contains(have, f) })
}

// FieldKey names a field across resources.
func FieldKey(resource, field string) string { return resource + "." + field }
