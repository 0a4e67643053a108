package connect

import (
	"strings"
	"time"

	"yunei/internal/base/errs"
	"yunei/internal/base/workday"
)

// Channel states.
const (
	ChannelStanding = "standing" // 尚未纳入
	ChannelFolded   = "folded"   // 已纳入
)

// Channel (公共数据授权运营通道) is a way by which a public body gave its data to operation beside the platform. It stays listed as
// not folded in until each of its services runs on the platform.
type Channel struct {
	ID       string       `json:"id"`
	Org      string       `json:"org"`
	Name     string       `json:"name"`
	Built    workday.Date `json:"built" doc:"Day on which it went into service"`
	Services []Service    `json:"services"`
	State    string       `json:"state" enum:"standing,folded"`
	By       string       `json:"by" doc:"The body that recorded it"`
	Recorded time.Time    `json:"recorded"`
	Folded   *time.Time   `json:"folded,omitempty"`
}

// Service is one thing that a channel offers, and what carries it on the platform since.
type Service struct {
	Name  string `json:"name"`
	Entry string `json:"entry,omitempty" doc:"The published catalog entry by which the platform offers it"`
}

// ChannelDraft is a channel to be recorded.
type ChannelDraft struct {
	Org      string       `json:"org,omitempty" maxLength:"64" doc:"Empty: the caller's own body"`
	Name     string       `json:"name" minLength:"2" maxLength:"120"`
	Built    workday.Date `json:"built"`
	Services []string     `json:"services" minItems:"1" maxItems:"100"`
}

func (d ChannelDraft) check(today workday.Date) error {
	switch {
	case strings.TrimSpace(d.Name) == "":
		return spotted("name", "请填写通道名称")
	case !d.Built.Valid() || d.Built.After(today):
		return spotted("built", "请填写投入使用之日, 不能晚于今天")
	case len(d.Services) == 0:
		return spotted("services", "请逐项列明通道提供的服务")
	}
	for _, name := range d.Services {
		if strings.TrimSpace(name) == "" {
			return spotted("services", "服务名称不能为空")
		}
	}
	return nil
}

// move notes that a service runs on the platform; the last one folds the channel in.
func (c Channel) move(service, entry string, now time.Time) (Channel, error) {
	if c.State != ChannelStanding {
		return c, errs.New(errs.Conflict, "这条通道已经纳入平台, 无需再次办理")
	}
	services := append([]Service(nil), c.Services...)
	found, open := false, 0
	for i := range services {
		if services[i].Name == service {
			services[i].Entry, found = entry, true
		}
		if services[i].Entry == "" {
			open++
		}
	}
	if !found {
		return c, spotted("service", "这条通道没有登记这项服务, 请从列表中选择")
	}
	c.Services = services
	if open == 0 {
		c.State, c.Folded = ChannelFolded, &now
	}
	return c, nil
}

func spotted(where, message string) error {
	return &errs.Error{Code: errs.Invalid, Msg: message, Spots: []errs.Spot{{Where: where, Message: message}}}
}
