package serve

import (
	"time"

	"yunei/internal/base/errs"
	"yunei/internal/core/query"
	"yunei/internal/flow/consent"
	"yunei/internal/flow/lab"
)

// Deployment (模型部署) is an approved model version that a data user may call.
type Deployment struct {
	ID        string      `json:"id"`
	Org       string      `json:"org"`
	Grant     string      `json:"grant"`
	Permit    string      `json:"permit" doc:"The permit of the model version under that grant"`
	Version   string      `json:"version" doc:"The model version of the lab"`
	Scenario  string      `json:"scenario"`
	Title     string      `json:"title"`
	Partner   string      `json:"partner,omitempty" doc:"Third party through which documents are obtained"`
	Hash      string      `json:"model_hash"`
	Sensitive []string    `json:"sensitive,omitempty" doc:"Fields that need separate consent, as resource.field"`
	Trains    string      `json:"trains,omitempty" doc:"供模型训练与验证: the model it is declared for"`
	Daily     int64       `json:"daily" doc:"Calls a day; 0: no limit set"`
	State     string      `json:"state" enum:"open,closed"`
	Opened    time.Time   `json:"opened"`
	Params    []lab.Param `json:"params,omitempty" doc:"What a call chooses, each from the values approved with the model"`
	model     []byte
	module    []byte // of the model's step, nil without one
}

// Deployment states.
const (
	Open   = "open"
	Closed = "closed"
)

// Ask is one call: which deployment, about whom, for what, under which document.
type Ask struct {
	Deployment string            `json:"deployment"`
	Request    string            `json:"request_id" minLength:"8" maxLength:"64" doc:"The caller's own id of this request; the same id and body within ten minutes is the same call"`
	Subject    string            `json:"subject" doc:"Identity number of the person asked about"`
	Scenario   string            `json:"scenario" doc:"The approved scenario this call is made for"`
	Params     map[string]string `json:"params,omitempty" doc:"Values for the model's parameters, each one of those approved with it"`
	Consent    string            `json:"consent,omitempty" doc:"Id of a document handed in before"`
	Document   *consent.Signed   `json:"document,omitempty" doc:"Or the signed document itself"`
}

func (a Ask) check() error {
	if n := len(a.Request); n < 8 || n > 64 {
		return &errs.Error{Code: errs.Invalid, Msg: "request_id 应为 8 至 64 个字符, 请为每次调用生成一个新的",
			Spots: []errs.Spot{{Where: "request_id", Message: "应为 8 至 64 个字符"}}}
	}
	return nil
}

// Answer is what leaves. Its shape depends on the model alone.
type Answer struct {
	Call      string            `json:"call"`
	Request   string            `json:"request_id"`
	Outputs   []Output          `json:"outputs"`
	Snapshots map[string]string `json:"snapshots" doc:"Version of the data behind the answer, by resource"`
	Consent   string            `json:"consent"`
	Use       int64             `json:"use" doc:"Which use of the document this was"`
	MaxUses   int64             `json:"max_uses"`
	At        time.Time         `json:"at"`
	Receipt   int64             `json:"receipt" doc:"Number of the ledger entry"`
	Replayed  bool              `json:"replayed,omitempty" doc:"The kept answer of the same request"`
	Test      bool              `json:"test,omitempty" doc:"Of the sandbox: about nobody; snapshots then name the level of the synthetic rows, and there is no receipt"`
}

// Output is one value of the answer; no record and an empty field are both null.
type Output struct {
	Name  string  `json:"name"`
	Title string  `json:"title"`
	Value *string `json:"value"`
}

// Call (数据调用) is one answered query, as it is kept: who asked about whom, when, for what, under which document. Never
// the answer.
type Call struct {
	ID         string            `json:"id"`
	Org        string            `json:"org"`
	Account    string            `json:"account"`
	Deployment string            `json:"deployment"`
	Scenario   string            `json:"scenario"`
	Request    string            `json:"request"`
	Body       string            `json:"body_digest"`
	Consent    string            `json:"consent"`
	Use        int64             `json:"use"`
	SID        string            `json:"sid"`
	Params     map[string]string `json:"params,omitempty"`
	Fields     []string          `json:"fields"`
	Outputs    []string          `json:"outputs"`
	Snapshots  map[string]string `json:"snapshots"`
	Answer     string            `json:"answer_digest" doc:"HMAC-SM3 of the answer under a salt of its own"`
	At         time.Time         `json:"at"`
}

// replayFor is how long the answer of a request is kept for a caller whose connection broke.
const replayFor = 10 * time.Minute

// fieldsOf lists what a model reads of the subject, as resource.field: what the consent must name. The key by which the
// rows are found is the subject itself.
func fieldsOf(m *query.Model) []string {
	var out []string
	for _, t := range m.Tables {
		if t.UnitKind == "" {
			continue // a public table says nothing about the subject
		}
		for _, c := range t.Columns {
			if c.Name != t.SubjectKey {
				out = append(out, consent.FieldKey(t.Resource, c.Name))
			}
		}
	}
	return out
}

func outputNames(m *query.Model) []string {
	names := make([]string, len(m.Outputs))
	for i, o := range m.Outputs {
		names[i] = o.Name
	}
	return names
}

// shape gives values the fixed shape of the model's answer; nil values are all missing.
func shape(m *query.Model, values []query.Value) []Output {
	out := make([]Output, len(m.Outputs))
	for i, o := range m.Outputs {
		out[i] = Output{Name: o.Name, Title: o.Title}
		if i < len(values) && !values[i].IsNull() {
			text := values[i].Text()
			out[i].Value = &text
		}
	}
	return out
}
