package consent

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/gowebpki/jcs"

	"yunei/internal/base/workday"
)

// Terms are what a document allows, without saying who the person is.
type Terms struct {
	Template   string      `json:"template" doc:"Template and version, such as personal-credit@1"`
	Number     string      `json:"number" doc:"授权书编号, taken once"`
	Recipients []Recipient `json:"recipients" doc:"受权主体, all of them"`
	Purpose    Purpose     `json:"purpose"`
	Data       []Source    `json:"data" doc:"来源与范围"`
	Manner     []string    `json:"manner" doc:"方式: 核验, 区间, 评分 or 查询"`
	Outputs    []Output    `json:"outputs" doc:"What the answer will contain, in plain words"`
	From       Day         `json:"from"`
	Until      Day         `json:"until" doc:"Last day on which it may be used, that day included"`
	MaxUses    int64       `json:"max_uses"`
	Retention  string      `json:"retention" doc:"保存期限及到期处理"`
	Separate   []string    `json:"separate,omitempty" doc:"Sensitive fields ticked one by one (单独同意), as resource.field"`
	SignedAt   time.Time   `json:"signed_at"`
	// A document on paper is the same text, printed and signed by hand; what is signed here is its scan and its content, with the
	// certificate that the certification service (电子认证服务) gave the person for it: 四(三) asks for that either way.
	Scan string `json:"scan_sm3,omitempty" doc:"Of a document on paper (纸质授权书): SM3 of its scan"`
}

// Day is a legal day in a document.
type Day = workday.Date

// Recipient is one body the person lets ask.
type Recipient struct {
	Org  string `json:"org"`
	Name string `json:"name"`
	USCC string `json:"uscc"`
	Role string `json:"role" enum:"user,third-party" doc:"数据使用单位, or the partner through which the document was obtained"`
}

// Roles of a recipient.
const (
	RoleUser       = "user"        // 数据使用单位
	RoleThirdParty = "third-party" // 第三方合作单位
)

// Purpose is the scenario, in words the person can judge.
type Purpose struct {
	Scenario   string `json:"scenario"`
	Text       string `json:"text" doc:"目的"`
	Use        string `json:"use" doc:"用途"`
	BusinessNo string `json:"business_no,omitempty"`
}

// Source is one resource and the fields taken from it.
type Source struct {
	Resource string  `json:"resource"`
	Name     string  `json:"name"`
	Provider string  `json:"provider"`
	Fields   []Field `json:"fields"`
}

// Field is one data item.
type Field struct {
	Name  string `json:"name"`
	Title string `json:"title"`
}

// Output is one value of the answer.
type Output struct {
	Name string `json:"name"`
	Text string `json:"text"`
}

// Person is whom a document is about.
type Person struct {
	Name     string `json:"name"`
	IDNumber string `json:"id_number"`
}

// Document (授权书) is what the person signs.
type Document struct {
	Terms
	Subject Person `json:"subject"`
	TextSM3 string `json:"text_sm3" doc:"SM3 of the plain text the person read"`
}

// Signed is a document as it travels: the very bytes that were signed, the signature and the certificate.
type Signed struct {
	Document    string `json:"document" doc:"Canonical JSON (RFC 8785), exactly as signed"`
	Certificate string `json:"certificate" doc:"PEM"`
	Signature   []byte `json:"signature" doc:"SM2 over the bytes of document, ASN.1 DER, base64"`
	Scan        []byte `json:"scan,omitempty" maxLength:"4194304" doc:"Of a document on paper: the scan, base64"`
}

// Canonical are the bytes to be signed.
func (d Document) Canonical() ([]byte, error) {
	d.SignedAt = d.SignedAt.UTC().Truncate(time.Second)
	raw, err := json.Marshal(d)
	if err != nil {
		return nil, fmt.Errorf("encode document: %w", err)
	}
	return jcs.Transform(raw)
}

// maxDocument is far above any real document and far below what would hurt.
const maxDocument = 64 << 10

// Parse reads a document strictly. Bytes that are not their own canonical form are refused: a key given twice, a number
// written two ways or an unknown member could mean one thing to the person's screen and another to us.
func Parse(raw []byte) (Document, error) {
	var d Document
	if len(raw) > maxDocument {
		return d, fmt.Errorf("document of %d bytes", len(raw))
	}
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&d); err != nil {
		return d, fmt.Errorf("decode document: %w", err)
	}
	if _, err := dec.Token(); err != io.EOF {
		return d, fmt.Errorf("bytes after the document")
	}
	again, err := d.Canonical()
	if err != nil {
		return d, err
	}
	if !bytes.Equal(again, raw) {
		return d, fmt.Errorf("document is not in canonical form")
	}
	return d, nil
}

// scanned reports whether a document on paper comes with the scan it names, and any other with none.
func (s Signed) scanned(d Document) bool {
	if d.Scan == "" || len(s.Scan) == 0 {
		return d.Scan == "" && len(s.Scan) == 0
	}
	return textSM3(string(s.Scan)) == d.Scan
}

// hidden reports whether the text carries characters a screen does not show as they are: controls (in JSON always an
// escape other than of quote and backslash) and format characters such as those that turn the reading direction.
func hidden(raw string) bool {
	for i := 0; i+1 < len(raw); i++ {
		if raw[i] == '\\' {
			if raw[i+1] != '"' && raw[i+1] != '\\' {
				return true
			}
			i++
		}
	}
	return strings.ContainsFunc(raw, func(r rune) bool { return unicode.Is(unicode.Cf, r) || r == utf8.RuneError })
}

// missing names the elements the person was not told. 四(二): 明确向信息主体告知隐私数据的来源,使用的目的、方式、范围、用途及
// 授权期限等内容.
func (d Document) missing() []string {
	var out []string
	need := func(ok bool, what string) {
		if !ok {
			out = append(out, what)
		}
	}
	filled := func(s string) bool { return strings.TrimSpace(s) != "" }
	need(filled(d.Number), "授权书编号")
	need(filled(d.Subject.Name) && filled(d.Subject.IDNumber), "信息主体")
	need(len(d.Recipients) > 0, "授权对象")
	for _, r := range d.Recipients {
		need(filled(r.Org) && filled(r.Name) && filled(r.USCC) && (r.Role == RoleUser || r.Role == RoleThirdParty), "授权对象的名称、统一社会信用代码和身份")
	}
	need(len(d.Data) > 0, "数据来源")
	for _, s := range d.Data {
		need(filled(s.Resource) && filled(s.Name) && filled(s.Provider), "数据来源")
		need(len(s.Fields) > 0, "数据范围")
		for _, f := range s.Fields {
			need(filled(f.Name) && filled(f.Title), "数据范围")
		}
	}
	need(filled(d.Purpose.Scenario) && filled(d.Purpose.Text), "目的")
	need(filled(d.Purpose.Use), "用途")
	need(len(d.Manner) > 0, "方式")
	need(len(d.Outputs) > 0, "结果内容")
	for _, o := range d.Outputs {
		need(filled(o.Name) && filled(o.Text), "结果内容")
	}
	need(!d.From.IsZero() && !d.Until.IsZero() && d.From.String() <= d.Until.String(), "授权期限")
	need(d.MaxUses > 0, "使用次数")
	need(filled(d.Retention), "保存期限")
	need(!d.SignedAt.IsZero(), "签署时间")
	return compact(out)
}

func compact(list []string) []string {
	var out []string
	seen := map[string]bool{}
	for _, s := range list {
		if !seen[s] {
			seen[s] = true
			out = append(out, s)
		}
	}
	return out
}
