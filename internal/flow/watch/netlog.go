package watch

import (
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"yunei/internal/base/errs"
	"yunei/internal/base/workday"
	"yunei/internal/core/access"
	"yunei/internal/core/act"
	"yunei/internal/core/netlog"
	"yunei/internal/core/regime"
)

// LogDay is a day of the network log that is over, and until when the law keeps it.
type LogDay struct {
	netlog.Day
	KeptUntil workday.Date `json:"kept_until" doc:"Last day on which the law in force keeps it; it may be purged from the next day on"`
	Purge     string       `json:"purge,omitempty" doc:"The purge that took it"`
}

// LogQuery is what is looked for in the network log, and why.
type LogQuery struct {
	Reason  string       `json:"reason" minLength:"2" maxLength:"500" doc:"Stands in the ledger"`
	From    workday.Date `json:"from"`
	To      workday.Date `json:"to"`
	Org     string       `json:"org,omitempty" maxLength:"64"`
	Account string       `json:"account,omitempty" maxLength:"64"`
	Route   string       `json:"route,omitempty" maxLength:"200" doc:"The beginning of a route: /v1/spaces"`
	Status  string       `json:"status,omitempty" maxLength:"3" doc:"A status, or its first digit"`
	System  string       `json:"system,omitempty" maxLength:"64" doc:"A deployment or a connected system"`
}

// LogSearch (日志检索) is one search, by whom and why. It shows lines up to its own instant, so that reading on shows nothing new.
type LogSearch struct {
	ID      string    `json:"id"`
	Account string    `json:"account"`
	Org     string    `json:"org"`
	Query   LogQuery  `json:"query"`
	At      time.Time `json:"at"`
}

// LogPurge (日志清除) is one removal of days.
type LogPurge struct {
	ID      string         `json:"id"`
	Account string         `json:"account"`
	Through workday.Date   `json:"through"`
	Reason  string         `json:"reason"`
	Days    []workday.Date `json:"days"`
	Lines   int64          `json:"lines"`
	At      time.Time      `json:"at"`
}

// LogPage is a page of a search's lines and how far it has looked.
type LogPage struct {
	Items   []netlog.Line
	Next    string
	Day     workday.Date // that it stands at
	Done    int          // days looked through
	Days    int
	Skipped []workday.Date // days of the span that were purged
}

// LogState is what stands of the network log, and what may be done with it.
type LogState struct {
	Today     workday.Date   `json:"today"`
	Oldest    workday.Date   `json:"oldest,omitempty" doc:"First day that is over and not purged"`
	Newest    workday.Date   `json:"newest,omitempty"`
	Days      int            `json:"days"`
	Lines     int64          `json:"lines"`
	Packed    int64          `json:"packed" doc:"Bytes of the files"`
	Lost      int64          `json:"lost" doc:"Requests since the start that left no line because the disk took none"`
	Keep      []regime.Value `json:"keep" doc:"Periods of the loaded law, with their articles"`
	FirstDay  workday.Date   `json:"first_day,omitempty" doc:"First day on which the oldest may be purged"`
	Purgeable workday.Date   `json:"purgeable,omitempty" doc:"Newest day up to which everything may be purged today"`
	Acts      []act.Option   `json:"acts"`
}

// check is what a search must say.
func (q *LogQuery) check(today workday.Date) error {
	q.Reason, q.Route = strings.TrimSpace(q.Reason), strings.TrimSpace(q.Route)
	switch {
	case utf8.RuneCountInString(q.Reason) < 2:
		return spotted("reason", "请写明检索的事由, 它将记入账本")
	case !q.From.Valid() || !q.To.Valid() || q.To.Before(q.From):
		return spotted("from", "请填写检索的起止日")
	case q.To.After(today):
		return spotted("to", "截止日不能晚于今天")
	case q.Route != "" && !strings.HasPrefix(q.Route, "/"):
		return spotted("route", "接口路径以 / 开头, 如 /v1/spaces")
	}
	if n, err := strconv.Atoi(q.Status); q.Status != "" && (err != nil || len(q.Status) == 2 || n <= 0) {
		return spotted("status", "状态码填三位数, 或者只填首位, 如 403 或 4")
	}
	return nil
}

// hints are words that stand in every line that fits, so that the others need not be decoded.
func (q LogQuery) hints() (words [][]byte) {
	for _, h := range [][2]string{{"org", q.Org}, {"account", q.Account}, {"system", q.System}} {
		if h[1] != "" {
			words = append(words, []byte(`"`+h[0]+`":`+strconv.Quote(h[1])))
		}
	}
	return words
}

func (q LogQuery) fits(l netlog.Line) bool {
	return (q.Org == "" || l.Org == q.Org) && (q.Account == "" || l.Account == q.Account) && (q.System == "" || l.System == q.System) &&
		strings.HasPrefix(l.Route, q.Route) && strings.HasPrefix(strconv.Itoa(l.Status), q.Status)
}

// place is where a page begins: a day and the number of a line.
type place struct {
	day    workday.Date
	number int64
}

func (p place) String() string { return p.day.String() + ":" + strconv.FormatInt(p.number, 10) }

func placeOf(cursor string, first workday.Date) (place, error) {
	if cursor == "" {
		return place{day: first}, nil
	}
	day, number, ok := strings.Cut(cursor, ":")
	n, err := strconv.ParseInt(number, 10, 64)
	if !ok || err != nil || n < 0 || !workday.Date(day).Valid() || workday.Date(day).Before(first) {
		return place{}, errs.New(errs.Invalid, "翻页位置无法识别, 请从第一页重新查看")
	}
	return place{workday.Date(day), n}, nil
}

// visible reports whether somebody who supervises an area may see a line. What nobody's organization did is seen at the
// platform's own level only.
func visible(actor access.Actor, org string, area access.Area) bool {
	return actor.Area == "" || org != "" && actor.Area.Covers(area)
}
