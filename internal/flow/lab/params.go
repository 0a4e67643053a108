package lab

import (
	"errors"
	"fmt"
	"strings"

	"yunei/internal/base/errs"
	"yunei/internal/core/query"
)

// Param is a parameter of a model with the values that were approved with it.
type Param struct {
	Name   string   `json:"name"`
	Type   string   `json:"type"`
	Values []string `json:"values"`
}

// ParamsOf describes the parameters of a family.
func ParamsOf(f *query.Family) []Param {
	var out []Param
	for i := range f.Params {
		p := &f.Params[i]
		out = append(out, Param{Name: p.Name, Type: p.Type.String(), Values: p.Texts()})
	}
	return out
}

// Bind picks the concrete model for the values chosen. What it refuses depends on the request alone.
func Bind(f *query.Family, chosen map[string]string) (*query.Model, string, error) {
	m, tuple, err := f.Bind(chosen)
	if e, ok := errors.AsType[*query.ParamError](err); ok {
		says := fmt.Sprintf("参数 %s 须从审批的取值中选一个: %s", e.Name, strings.Join(e.Values, "、"))
		if e.Values == nil {
			says = fmt.Sprintf("模型没有参数 %s, 请去掉后重试", e.Name)
		}
		return nil, "", &errs.Error{Code: errs.Invalid, Msg: says, Spots: []errs.Spot{{Where: "params." + e.Name, Code: "G005", Message: says, En: e.Error()}}}
	}
	return m, tuple, err
}

// Artifact decodes what a version is: what experts sign and runs pick from.
func (v Version) Artifact() (*query.Family, error) {
	f, err := query.DecodeFamily(v.IR)
	if err != nil {
		return nil, fmt.Errorf("decode model %s: %w", v.ID, err)
	}
	return f, nil
}

// Ran decodes the concrete model that a run of the version answered, and the hash of the whole artifact.
func (v Version) Ran(r Run) (m *query.Model, hash string, err error) {
	f, err := v.Artifact()
	if err != nil {
		return nil, "", err
	}
	m, _, err = f.Bind(r.Params)
	return m, f.Hash(), err
}
