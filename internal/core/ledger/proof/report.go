package proof

import (
	"fmt"
	"io"
	"strings"
)

// Print writes the report for a reader: what was checked, what it found, and in one sentence what that means.
func (r *Report) Print(w io.Writer) {
	for _, c := range r.Checks {
		mark := "通过"
		if !c.OK {
			mark = "不通过"
		}
		fmt.Fprintf(w, "[%s] %s: %s\n", mark, c.Name, c.Detail)
	}
	if e := r.Entry; e != nil && r.OK() {
		fmt.Fprintf(w, "条目: 第 %d 号, %s, 办理结果 %s, 发生日 %s, 登记于 %s", e.Seq, e.Act, outcome(e.Outcome), e.Occurred, e.Recorded.Format("2006-01-02 15:04:05Z07:00"))
		if e.Org != "" {
			fmt.Fprintf(w, ", 办理单位 %s", e.Org)
		}
		if len(e.Changes) > 0 {
			var names []string
			for _, c := range e.Changes {
				names = append(names, c.Kind+" "+c.ID)
			}
			fmt.Fprintf(w, ", 涉及 %s", strings.Join(names, "、"))
		}
		fmt.Fprintln(w)
	}
	if r.OK() {
		fmt.Fprintf(w, "结论: 验证通过, 共 %d 条, 内容与签名人公布的账本一致。\n", r.Entries)
	} else {
		fmt.Fprintln(w, "结论: 验证不通过, 请勿采信, 并向出具单位索取新的文件核对。")
	}
}

func outcome(o string) string {
	switch o {
	case "done":
		return "已办"
	case "refused":
		return "被拒绝"
	}
	return o
}
