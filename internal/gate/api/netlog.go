package api

import (
	"context"

	"yunei/internal/base/sqldb"
	"yunei/internal/base/workday"
	"yunei/internal/core/access"
	"yunei/internal/core/netlog"
	"yunei/internal/flow/watch"
)

// LogLine is a line with the names that stand behind its ids.
type LogLine struct {
	netlog.Line
	OrgName string `json:"org_name,omitempty"`
	Name    string `json:"account_name,omitempty"`
}

// LogLines is a page of a search, and how far it has come.
type LogLines struct {
	Items   []LogLine      `json:"items"`
	Next    string         `json:"next,omitempty" doc:"Pass as cursor for what follows; a page may be empty and have one, in a long span with few hits"`
	Day     workday.Date   `json:"day" doc:"Day it stands at"`
	Done    int            `json:"done" doc:"Days looked through"`
	Days    int            `json:"days"`
	Skipped []workday.Date `json:"purged" doc:"Days passed on this page that were purged"`
}

// LogSearch is a search with the names of who made it.
type LogSearch struct {
	watch.LogSearch
	Name    string `json:"account_name"`
	OrgName string `json:"org_name"`
}

func (a *API) registerNetlog() {
	const tag = "watch"
	get(a, "/v1/network-log", "network-log", tag, "网络日志的留存情况", func(ctx context.Context, _ *none) (watch.LogState, error) {
		return a.s.Watch.LogState(ctx)
	})
	get(a, "/v1/network-log/days", "network-log-days", tag, "网络日志按日文件", func(ctx context.Context, in *struct{ Paging }) (Page[watch.LogDay], error) {
		list, err := a.s.Watch.LogDays(ctx, in.Cursor, in.Limit)
		return paged(list, in.Limit, func(d watch.LogDay) string { return d.Day.Day.String() }), err
	})
	post(a, "/v1/network-log/searches", "search-network-log", tag, "检索网络日志", func(ctx context.Context, in *struct{ Body watch.LogQuery }) (LogSearch, error) {
		x, err := a.s.Watch.SearchLog(ctx, in.Body)
		return a.logSearch(ctx, x, err)
	})
	get(a, "/v1/network-log/searches", "network-log-searches", tag, "网络日志检索记录", func(ctx context.Context, in *struct{ Paging }) (Page[LogSearch], error) {
		list, err := a.s.Watch.LogSearches(ctx, in.Cursor, in.Limit)
		if err != nil {
			return Page[LogSearch]{}, err
		}
		out := make([]LogSearch, 0, len(list))
		for _, x := range list {
			named, err := a.logSearch(ctx, x, nil)
			if err != nil {
				return Page[LogSearch]{}, err
			}
			out = append(out, named)
		}
		return paged(out, in.Limit, func(x LogSearch) string { return x.ID }), nil
	})
	get(a, "/v1/network-log/searches/{id}", "network-log-search", tag, "一次网络日志检索", func(ctx context.Context, in *ByID) (LogSearch, error) {
		x, err := a.s.Watch.LogSearch(ctx, in.ID)
		return a.logSearch(ctx, x, err)
	})
	get(a, "/v1/network-log/searches/{id}/lines", "network-log-lines", tag, "网络日志检索结果", func(ctx context.Context, in *struct {
		ByID
		Paging
	}) (LogLines, error) {
		p, err := a.s.Watch.LogLines(ctx, in.ID, in.Cursor, in.Limit)
		if err != nil {
			return LogLines{}, err
		}
		return a.logLines(ctx, p)
	})
	post(a, "/v1/network-log/purge", "purge-network-log", tag, "清除网络日志", func(ctx context.Context, in *struct {
		Body struct {
			Through workday.Date `json:"through" doc:"Everything up to this day"`
			Reason  string       `json:"reason" minLength:"2" maxLength:"500"`
		}
	}) (watch.LogPurge, error) {
		return a.s.Watch.PurgeLog(ctx, in.Body.Through, in.Body.Reason)
	})
}

func (a *API) logSearch(ctx context.Context, x watch.LogSearch, err error) (LogSearch, error) {
	if err != nil {
		return LogSearch{}, err
	}
	out := LogSearch{LogSearch: x}
	if out.OrgName, err = a.orgName(ctx, x.Org); err != nil {
		return out, err
	}
	names, err := a.accountNames(ctx, x.Account)
	out.Name = names[x.Account]
	return out, err
}

func (a *API) logLines(ctx context.Context, p watch.LogPage) (LogLines, error) {
	out := LogLines{Items: make([]LogLine, 0, len(p.Items)), Next: p.Next, Day: p.Day, Done: p.Done, Days: p.Days, Skipped: append([]workday.Date{}, p.Skipped...)}
	var orgs, accounts []string
	for _, l := range p.Items {
		orgs, accounts = append(orgs, l.Org), append(accounts, l.Account)
	}
	orgNames, err := a.orgNames(ctx, orgs...)
	if err != nil {
		return out, err
	}
	names, err := a.accountNames(ctx, accounts...)
	for _, l := range p.Items {
		out.Items = append(out.Items, LogLine{l, orgNames[l.Org], names[l.Account]})
	}
	return out, err
}

// accountNames are the names of the people of organizations; who looks after their own data stays an id.
func (a *API) accountNames(ctx context.Context, ids ...string) (map[string]string, error) {
	names := map[string]string{}
	err := a.s.Acts.View(ctx, func(tx *sqldb.Tx) error {
		for _, id := range ids {
			if _, seen := names[id]; seen || id == "" {
				continue
			}
			account, err := access.LoadAccount(ctx, tx, id)
			if err != nil || account.SID != "" {
				continue
			}
			names[id] = account.Name
		}
		return nil
	})
	return names, err
}
