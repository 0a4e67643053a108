package catalog

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"yunei/internal/base/errs"
	"yunei/internal/base/workday"
	"yunei/internal/core/regime"
)

// Special (特别规定) is what another law sets for one entry in place of a general value. Its holder records it, the bureau confirms
// it; to end it early takes both again:
//
//	recorded ── confirm ──▶ confirmed ◀── decline ── ending ── confirm ──▶ ended
//	    └────── decline ──▶ declined      └── end ────▲
//
// It holds on each day from its first to its last, once it is confirmed.
type Special struct {
	ID    string `json:"id"`
	Entry string `json:"entry"`
	SpecialDraft
	Text     string       `json:"text,omitempty" doc:"The words it allows, as the law lists them"`
	Title    string       `json:"title" doc:"Title of the value whose place it takes"`
	Setting  string       `json:"setting" doc:"What it sets, in words"`
	State    string       `json:"state" enum:"recorded,confirmed,ending,ended,declined"`
	Ends     workday.Date `json:"ends,omitempty" doc:"Last day that its holder asks for, while the end waits for the bureau"`
	Reason   string       `json:"reason,omitempty" doc:"Why it is to end, or was declined"`
	Recorder string       `json:"recorder" doc:"Account that recorded it"`
	Recorded time.Time    `json:"recorded"`
	Decider  string       `json:"decider,omitempty" doc:"Account of the bureau that decided last"`
	Decided  time.Time    `json:"decided,omitzero"`
}

// SpecialDraft is a special law as it is recorded.
type SpecialDraft struct {
	Value   string       `json:"value" minLength:"1" maxLength:"100" doc:"Name of a value that is open to special law"`
	Int     *int64       `json:"int,omitempty" doc:"Its number, of a value that is one"`
	Words   []string     `json:"words,omitempty" maxItems:"20" doc:"The words it allows, of a value that lists words"`
	Law     string       `json:"law" minLength:"2" maxLength:"200" doc:"Title of the law or regulation"`
	Number  string       `json:"number,omitempty" maxLength:"100" doc:"文号"`
	Article string       `json:"article" minLength:"1" maxLength:"50"`
	Quote   string       `json:"quote" minLength:"2" maxLength:"2000" doc:"The article's own words"`
	From    workday.Date `json:"from"`
	Until   workday.Date `json:"until,omitempty" doc:"Last day; empty: no end is known"`
}

// States of a special law.
const (
	SpecialRecorded  = "recorded"
	SpecialConfirmed = "confirmed"
	SpecialEnding    = "ending"
	SpecialEnded     = "ended"
	SpecialDeclined  = "declined"
)

// longest is more days than any period has.
const longest = 36500

// check finds what is wrong with a draft; open are the values that the law of the day lets be set.
func (d SpecialDraft) check(open []regime.Openness) (regime.Openness, error) {
	if len(open) == 0 {
		return regime.Openness{}, errs.New(errs.Unlawful, "现行规则没有列出可以由特别规定代替的取值, 不能登记特别规定; 请按一般规定办理")
	}
	i := slices.IndexFunc(open, func(o regime.Openness) bool { return o.Value.Name == d.Value })
	if i < 0 {
		return regime.Openness{}, errs.New(errs.Unlawful, "现行规则没有允许由特别规定代替取值 %s; 请从列出的取值中选择", d.Value)
	}
	o, e := open[i], errs.New(errs.Invalid, "特别规定填写不完整, 请按所列各处补充")
	add := func(wrong bool, where, message string) {
		if wrong {
			e.Spots = append(e.Spots, errs.Spot{Where: "body." + where, Message: message})
		}
	}
	add(len([]rune(strings.TrimSpace(d.Law))) < 2, "law", "请填写法律法规的全称")
	add(strings.TrimSpace(d.Article) == "", "article", "请填写条款")
	add(len([]rune(strings.TrimSpace(d.Quote))) < 2, "quote", "请照抄条文原句")
	add(!d.From.Valid(), "from", "请填写自哪日起")
	add(d.Until != "" && (!d.Until.Valid() || d.Until < d.From), "until", "终止日须是不早于起始日的日期")
	switch {
	case o.Value.Text == "":
		add(d.Int == nil || *d.Int < 0 || *d.Int > longest, "int", fmt.Sprintf("请填写 0 到 %d 之间的整数", longest))
		add(len(d.Words) > 0, "words", "这项取值是数字, 请只填写数字")
	default:
		add(d.Int != nil, "int", "这项取值由列出的词构成, 请只选择词")
		add(len(d.Words) == 0, "words", "请至少选择一项")
		for _, w := range d.Words {
			add(!slices.ContainsFunc(o.Choice, func(k regime.Word) bool { return k.Slug == w }), "words", "“"+w+"”不在可以选用的词中")
		}
	}
	if len(e.Spots) > 0 {
		return o, e
	}
	return o, nil
}

// text is the setting of a value that lists words.
func (d SpecialDraft) text(o regime.Openness) string {
	var parts []string
	for _, w := range o.Choice {
		if slices.Contains(d.Words, w.Slug) {
			parts = append(parts, w.Slug+" "+w.Title)
		}
	}
	return strings.Join(parts, ", ")
}

// holds reports whether it may ever hold: what was declined, or ended before it began, does not.
func (s Special) holds() bool {
	return s.State != SpecialDeclined && (s.Until == "" || s.Until >= s.From)
}

// meets reports whether two special laws set the same value on the same day.
func (s Special) meets(o Special) bool {
	return s.Value == o.Value && s.holds() && o.holds() && (s.Until == "" || o.From <= s.Until) && (o.Until == "" || s.From <= o.Until)
}

// Confirm makes it hold, or end on the day asked for, which has not passed: what was decided under it since stays under it.
func (s Special) Confirm(by string, at time.Time) (Special, error) {
	switch {
	case s.State == SpecialRecorded:
		s.State = SpecialConfirmed
	case s.State == SpecialEnding && s.Ends < workday.DateOf(at):
		return s, errs.New(errs.Conflict, "申请的最后适用日 %s 已过, 此后的办理仍适用了这项特别规定, 不能补确认; 请不予确认, 由提供单位另提最后适用日", s.Ends)
	case s.State == SpecialEnding:
		s.State, s.Until = SpecialEnded, s.Ends
	default:
		return s, errs.New(errs.Conflict, "这项特别规定没有等待确认的事项, 请刷新查看")
	}
	s.Decider, s.Decided = by, at
	return s, nil
}

// Decline refuses a new one, or leaves one that was to end as it was.
func (s Special) Decline(reason, by string, at time.Time) (Special, error) {
	switch s.State {
	case SpecialRecorded:
		s.State = SpecialDeclined
	case SpecialEnding:
		s.State, s.Ends = SpecialConfirmed, ""
	default:
		return s, errs.New(errs.Conflict, "这项特别规定没有等待确认的事项, 请刷新查看")
	}
	s.Reason, s.Decider, s.Decided = reason, by, at
	return s, nil
}

// End asks for an earlier last day.
func (s Special) End(last workday.Date, reason string) (Special, error) {
	switch {
	case s.State != SpecialConfirmed:
		return s, errs.New(errs.Conflict, "只有已确认的特别规定可以提出终止, 请刷新查看")
	case !last.Valid() || s.Until != "" && last >= s.Until:
		return s, errs.New(errs.Invalid, "请填写最后适用日, 须早于原定的终止日")
	}
	s.State, s.Ends, s.Reason = SpecialEnding, last, reason
	return s, nil
}
