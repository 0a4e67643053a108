package party

import (
	"crypto/rand"
	"encoding/base64"
	"slices"
	"strconv"
	"time"

	"yunei/internal/base/errs"
	"yunei/internal/base/workday"
)

// Method is one of the two ways 二(二) knows to authenticate an organization.
type Method string

const (
	QR    Method = "qr"    // 法人或负责人身份认证
	Paper Method = "paper" // 纸质材料认证
)

// AdmissionState is where an application to be admitted (入驻) stands.
type AdmissionState string

const (
	Applied  AdmissionState = "applied"
	Admitted AdmissionState = "admitted"
	Refused  AdmissionState = "refused"
)

// Slugs of the papers of an application, as packs name them.
const (
	BusinessLicense     = "business-license"     // 营业执照
	RepresentativeProof = "representative-proof" // 法人身份证明
	OrganizationProfile = "organization-profile" // 单位情况说明
	PledgePaper         = "pledge"               // 入驻承诺书
)

var paperTitles = map[string]string{
	BusinessLicense: "营业执照", RepresentativeProof: "法人身份证明", OrganizationProfile: "单位情况说明", PledgePaper: "入驻承诺书",
}

// Document is one uploaded paper: what it is, and where its bytes are.
type Document struct {
	Kind string `json:"kind" enum:"business-license,representative-proof,organization-profile,pledge"`
	Name string `json:"name" doc:"File name as uploaded"`
	Blob string `json:"blob" doc:"Digest under which the file is kept"`
}

// Admission (入驻申请) is one application of one organization to be admitted.
type Admission struct {
	ID         string         `json:"id"`
	Org        string         `json:"org"`
	Method     Method         `json:"method" enum:"qr,paper"`
	State      AdmissionState `json:"state" enum:"applied,admitted,refused"`
	Documents  []Document     `json:"documents,omitempty"`
	Applied    time.Time      `json:"applied"`
	AppliedOn  workday.Date   `json:"applied_on" doc:"Legal day of the application, from which the look-back of three years counts"`
	Code       *CodeState     `json:"code,omitempty"`
	Pledge     *Pledge        `json:"pledge,omitempty"`
	Reason     string         `json:"reason,omitempty" doc:"Why it was refused"`
	Decided    time.Time      `json:"decided,omitzero"`
	codeDigest string
}

// CodeState is what may be shown about an admission code (入驻二维码): never the code itself.
type CodeState struct {
	Generated time.Time `json:"generated"`
	Expires   time.Time `json:"expires"`
	Used      time.Time `json:"used,omitzero"`
}

// Pledge is the undertaking (入驻承诺书) as it was signed online.
type Pledge struct {
	Signer      string    `json:"signer"`
	Signed      time.Time `json:"signed"`
	TextSM3     string    `json:"text_sm3" doc:"SM3 of the text that was shown"`
	Certificate string    `json:"certificate"`
	Signature   string    `json:"signature"`
}

func newAdmissionCode() string {
	b := make([]byte, 24)
	rand.Read(b)
	return base64.RawURLEncoding.EncodeToString(b)
}

// usable reports whether the admission's code works at this instant. 二(二)1: 提供72小时有效的入驻二维码. The period is
// half open: at exactly its end the code is dead.
func (a Admission) usable(now time.Time) error {
	switch {
	case a.Method != QR || a.Code == nil:
		return errs.New(errs.NotFound, "没有这个入驻二维码, 请核对链接或请本单位经办人重新生成")
	case !a.Code.Used.IsZero():
		return errs.New(errs.Conflict, "这个入驻二维码已经用过, 不能重复使用, 请到平台查看办理进度")
	case a.State != Applied:
		return errs.New(errs.Conflict, "这件入驻申请已经办结, 请到平台查看结果")
	case !now.Before(a.Code.Expires):
		return errs.New(errs.Unlawful, "入驻二维码已于 %s 失效, 请本单位经办人重新生成后再扫码", shanghai(a.Code.Expires))
	}
	return nil
}

// checkDocuments refuses a paper it does not know, a paper without a file and one that comes twice. Whether all required
// papers are there is the regime's question (admission.documents).
func checkDocuments(docs []Document) error {
	var seen []string
	for i, d := range docs {
		where := "documents[" + strconv.Itoa(i) + "]"
		switch {
		case paperTitles[d.Kind] == "":
			return spotted(where+".kind", "材料类型 "+strconv.Quote(d.Kind)+" 不在列表中, 请改为营业执照、法人身份证明、单位情况说明或入驻承诺书")
		case d.Blob == "":
			return spotted(where+".blob", paperTitles[d.Kind]+"没有文件, 请先上传再提交")
		case slices.Contains(seen, d.Kind):
			return spotted(where+".kind", paperTitles[d.Kind]+"重复提交, 请只保留一份")
		}
		seen = append(seen, d.Kind)
	}
	return nil
}

func spotted(where, message string) error {
	return &errs.Error{Code: errs.Invalid, Msg: message, Spots: []errs.Spot{{Where: where, Message: message}}}
}

func messageOf(err error) string {
	if e, ok := err.(*errs.Error); ok {
		return e.Msg
	}
	return err.Error()
}

func count(n int) string { return strconv.Itoa(n) }

var shanghaiZone = time.FixedZone("CST", 8*60*60)

func shanghai(t time.Time) string { return t.In(shanghaiZone).Format("2006-01-02 15:04") }
