package lawcase

import (
	"yunei/internal/core/access"
	"yunei/internal/flow/connect"
)

// outside is a system that wants to be connected; what is on file of it each case says.
var outside = connect.Draft{Kind: connect.SocialData, Name: "示例行业数据平台", Purpose: "融合计算"}

// asked is a connection that was asked for, and who asked.
func (w *World) asked() (connect.Connection, access.Actor, error) {
	f := w.firm()
	c, err := w.Connect.Request(w.as(f), outside)
	return c, f, err
}
