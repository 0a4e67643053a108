package connect

import (
	"slices"
	"strings"
	"time"

	"yunei/internal/base/errs"
	"yunei/internal/base/workday"
)

// Kind of an outside system.
type Kind string

const (
	SocialData  Kind = "social-data"  // 非公共数据承载系统
	OwnPlatform Kind = "own-platform" // 自有数据开发平台
	BodySystem  Kind = "body-system"  // 公共管理和服务机构的信息系统
)

var kinds = []Kind{SocialData, OwnPlatform, BodySystem}

// States of a connection.
const (
	Requested = "requested"
	Connected = "connected"
	Refused   = "refused"
	Closed    = "closed"
)

// Certificate is one paper a connection rests on, found by the word the pack names it with.
type Certificate struct {
	Kind   string       `json:"kind" minLength:"2" maxLength:"60" doc:"Which required paper it is, as the pack names it: mlps, crypto, security-rules…"`
	Number string       `json:"number" minLength:"2" maxLength:"120"`
	Issuer string       `json:"issuer" minLength:"2" maxLength:"120" doc:"Who assessed or issued it"`
	From   workday.Date `json:"from"`
	Until  workday.Date `json:"until,omitempty" doc:"Last valid day; absent without an end"`
	Paper  string       `json:"paper" minLength:"8" maxLength:"200" doc:"Digest of the uploaded certificate"`
}

func (c Certificate) validOn(day workday.Date) bool {
	return c.From <= day && (c.Until == "" || day <= c.Until)
}

// Connection (接入系统) is one outside system and its way to the platform.
type Connection struct {
	ID            string        `json:"id"`
	Org           string        `json:"org"`
	Kind          Kind          `json:"kind" enum:"social-data,own-platform,body-system"`
	Name          string        `json:"name"`
	Purpose       string        `json:"purpose"`
	Builder       string        `json:"builder,omitempty" doc:"The third party that builds the system (承建单位)"`
	BuilderAccess bool          `json:"builder_access,omitempty" doc:"The builder gets access to the data in it"`
	Finding       string        `json:"finding,omitempty" doc:"What was found of the builder's access, by whoever decided"`
	Certificates  []Certificate `json:"certificates"`
	State         string        `json:"state" enum:"requested,connected,refused,closed"`
	Reason        string        `json:"reason,omitempty"`
	Exception     string        `json:"exception,omitempty" doc:"Why it was connected although a paper lacks, where the law lets the bureau"`
	Account       string        `json:"account" doc:"Who asked for it"`
	Keeper        string        `json:"keeper,omitempty" doc:"Who opened its key, and answers for the calls"`
	KeyOpened     *time.Time    `json:"key_opened,omitempty"`
	Asked         time.Time     `json:"asked"`
	Decided       *time.Time    `json:"decided,omitempty"`
	Decider       string        `json:"decider,omitempty" doc:"The body that decided"`
	Ended         *time.Time    `json:"ended,omitempty"`

	digest string // of the key
}

// Draft is a connection as it is asked for.
type Draft struct {
	Kind          Kind          `json:"kind" enum:"social-data,own-platform,body-system"`
	Name          string        `json:"name" minLength:"2" maxLength:"120"`
	Purpose       string        `json:"purpose" minLength:"2" maxLength:"2000"`
	Builder       string        `json:"builder,omitempty" maxLength:"120"`
	BuilderAccess bool          `json:"builder_access,omitempty"`
	Certificates  []Certificate `json:"certificates,omitempty" maxItems:"10"`
}

func (d Draft) check() error {
	var spots []errs.Spot
	fault := func(bad bool, where, message string) {
		if bad {
			spots = append(spots, errs.Spot{Where: where, Message: message})
		}
	}
	fault(!slices.Contains(kinds, d.Kind), "kind", "系统种类不在列表中, 请重新选择")
	fault(strings.TrimSpace(d.Name) == "", "name", "请填写系统名称")
	fault(strings.TrimSpace(d.Purpose) == "", "purpose", "请写明接入的用途")
	fault(d.BuilderAccess && strings.TrimSpace(d.Builder) == "", "builder", "承建单位能够接触数据的, 请写明承建单位")
	spots = append(spots, checkPapers(d.Certificates)...)
	if len(spots) > 0 {
		return &errs.Error{Code: errs.Invalid, Msg: "接入申请填写不完整, 请按提示补充后重新提交", Spots: spots}
	}
	return nil
}

func checkPapers(list []Certificate) (spots []errs.Spot) {
	for _, c := range list {
		if strings.TrimSpace(c.Number) == "" || c.Paper == "" || !c.From.Valid() || c.Until != "" && (!c.Until.Valid() || c.Until < c.From) {
			spots = append(spots, errs.Spot{Where: "certificates", Message: "证书须有编号、起始日和扫描件, 截止日不能早于起始日"})
		}
	}
	return spots
}

// Required is one paper that the law asks of a kind of system.
type Required struct {
	What  string    `json:"what"`
	Title string    `json:"title"`
	Cite  errs.Cite `json:"cite"`
}

// Lack (缺项) is a required paper that is not there on a day, or is valid no longer.
type Lack struct {
	Required
	State string       `json:"state" enum:"missing,lapsed"`
	Since workday.Date `json:"since,omitempty" doc:"First day without a valid one; absent where there never was one"`
}

func (c Connection) lacks(asked []Required, day workday.Date) []Lack {
	out := []Lack{}
	for _, r := range asked {
		l := Lack{Required: r, State: "missing"}
		has := false
		for _, p := range c.Certificates {
			if p.Kind != r.What {
				continue
			}
			has = has || p.validOn(day)
			if p.Until != "" && p.Until < day {
				l.State, l.Since = "lapsed", max(l.Since, p.Until.AddDays(1))
			}
		}
		if !has {
			out = append(out, l)
		}
	}
	return out
}

// decide settles a request.
func (c Connection) decide(v Verdict, by string, now time.Time) (Connection, error) {
	switch {
	case c.State != Requested:
		return c, errs.New(errs.Conflict, "这项接入申请已经办结, 请刷新查看")
	case strings.TrimSpace(v.Reason) == "":
		return c, errs.New(errs.Invalid, "请写明接入决定的理由后再提交")
	}
	c.State, c.Reason, c.Finding, c.Exception, c.Decider, c.Decided = Refused, strings.TrimSpace(v.Reason), strings.TrimSpace(v.Finding), "", by, &now
	if v.Accept {
		c.State, c.Exception = Connected, strings.TrimSpace(v.Exception)
	}
	return c, nil
}

func (c Connection) close(reason string, now time.Time) (Connection, error) {
	switch {
	case c.State != Connected:
		return c, errs.New(errs.Conflict, "这个系统现在没有接入, 请刷新查看")
	case strings.TrimSpace(reason) == "":
		return c, errs.New(errs.Invalid, "请写明断开接入的理由后再提交")
	}
	c.State, c.Reason, c.Ended, c.digest = Closed, strings.TrimSpace(reason), &now, ""
	return c, nil
}

// Verdict is what is decided on a request.
type Verdict struct {
	Accept    bool   `json:"accept"`
	Reason    string `json:"reason" minLength:"2" maxLength:"2000"`
	Finding   string `json:"finding,omitempty" maxLength:"2000" doc:"What was found of the builder's access to the data"`
	Exception string `json:"exception,omitempty" maxLength:"2000" doc:"Why it is connected although a paper lacks, where the law lets it"`
}
