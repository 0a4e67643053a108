package watch

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"

	"yunei/internal/base/errs"
	"yunei/internal/base/sqldb"
	"yunei/internal/base/workday"
	"yunei/internal/core/access"
	"yunei/internal/core/act"
	"yunei/internal/core/ledger"
	"yunei/internal/core/netlog"
	"yunei/internal/core/party"
	"yunei/internal/core/regime"
)

// The acts on the network log.
const (
	ActLogClose  = "watch.log.close"
	ActLogSearch = "watch.log.search"
	ActLogPurge  = "watch.log.purge"
)

const (
	noLogDay    = "没有这一天的网络日志, 请核对后重试"
	noLogSearch = "没有这次检索, 请从网络日志页面重新检索"
)

// pageLines is how many lines one page of a search looks at before it says how far it came.
const pageLines = 50_000

// searchers may search the network log: it says from which address who worked when.
var searchers = []access.Role{access.Bureau, access.Auditor, access.Regulator}

func (s *Service) defineLog() {
	s.Acts.Define(
		act.Def{Name: ActLogClose, Roles: []access.Role{access.Platform}},
		act.Def{Name: ActLogSearch, Roles: searchers},
		act.Def{Name: ActLogPurge, Roles: []access.Role{access.Bureau}},
	)
	log := s.Acts.Ledger()
	log.Register("log-day", func(ctx context.Context, tx *sqldb.Tx, id string) (any, error) {
		d, err := loadLogDay(ctx, tx, id)
		return d.Day, err
	})
	log.Register("log-search", func(ctx context.Context, tx *sqldb.Tx, id string) (any, error) { return loadLogSearch(ctx, tx, id) })
	log.Register("log-purge", func(ctx context.Context, tx *sqldb.Tx, id string) (any, error) { return loadLogPurge(ctx, tx, id) })
	log.Also(ledger.Audit{Name: "network log", Look: s.auditLog})
	// Which days a purge takes is known to its act alone.
	s.Acts.Law().RegisterFact(
		regime.Fact{Name: "log.last", Type: regime.Day},
		regime.Fact{Name: "log.exit", Type: regime.Day},
		regime.Fact{Name: "log.kept_until", Type: regime.Day},
	)
}

// SearchLog puts a search on record and opens it to whoever made it.
func (s *Service) SearchLog(ctx context.Context, q LogQuery) (x LogSearch, err error) {
	_, err = s.Acts.Do(ctx, act.Call{Act: ActLogSearch}, func(ctx context.Context, tx *act.Tx) error {
		if err := q.check(workday.DateOf(tx.Now())); err != nil {
			return err
		}
		if q.Org != "" {
			o, err := party.Load(ctx, tx.Tx, q.Org) // also one that has left
			if err == nil && !tx.Actor().Area.Covers(o.Area) {
				err = errs.New(errs.NotFound, noOrg)
			}
			if err != nil {
				return err
			}
		}
		x = LogSearch{ID: tx.NewID("nls"), Account: tx.Actor().Account, Org: tx.Actor().Org, Query: q, At: tx.Now()}
		if err := insertLogSearch(ctx, tx.Tx, x); err != nil {
			return err
		}
		if err := tx.Judge(ctx, nil); err != nil {
			return err
		}
		return tx.Changed(ctx, "log-search", x.ID, x)
	})
	return x, err
}

// LogSearch is one search, for whoever made it.
func (s *Service) LogSearch(ctx context.Context, id string) (x LogSearch, err error) {
	actor := access.From(ctx)
	err = s.Acts.View(ctx, func(tx *sqldb.Tx) error {
		x, err = loadLogSearch(ctx, tx, id)
		if err == nil && (x.Account != actor.Account || !actor.Has(searchers...)) {
			err = errs.New(errs.NotFound, noLogSearch)
		}
		return err
	})
	return x, err
}

// LogSearches lists who searched and why: the auditor sees everybody's, the others their own.
func (s *Service) LogSearches(ctx context.Context, before string, limit int) (list []LogSearch, err error) {
	actor := access.From(ctx)
	if !actor.Has(searchers...) {
		return nil, errs.New(errs.Forbidden, noSearcher)
	}
	account := actor.Account
	if actor.Has(access.Auditor) && actor.Area == "" {
		account = ""
	}
	err = s.Acts.View(ctx, func(tx *sqldb.Tx) error {
		list, err = listLogSearches(ctx, tx, account, before, limit)
		return err
	})
	return list, err
}

const noSearcher = "网络日志由数据主管部门、审计和依职责监管的部门检索, 请联系他们办理"

// LogLines gives the next lines of a search. A page looks at no more than pageLines of them, so that a long span comes page by page with
// how far it is; those of its first day that earlier pages looked at are passed over again.
func (s *Service) LogLines(ctx context.Context, id, cursor string, limit int) (p LogPage, err error) {
	x, err := s.LogSearch(ctx, id)
	if err != nil {
		return p, err
	}
	at, err := placeOf(cursor, x.Query.From)
	if err != nil {
		return p, err
	}
	if err := s.Netlog.Flush(); err != nil { // what stands already can be searched all the same
		s.Netlog.Tell(err)
	}
	scan, err := s.scanOf(ctx, x)
	if err != nil {
		return p, err
	}
	p.Items, p.Days = []netlog.Line{}, x.Query.To.Sub(x.Query.From)+1
	if at.day.Before(scan.first) {
		at = place{day: scan.first}
	}
	left := pageLines
	for ; !at.day.After(x.Query.To); at = (place{day: at.day.AddDays(1)}) {
		if err := ctx.Err(); err != nil {
			return p, err
		}
		if scan.purged[at.day] {
			p.Skipped = append(p.Skipped, at.day)
			continue
		}
		if scan.over[at.day] && !scan.has(at.day) {
			continue
		}
		full, err := scan.day(ctx, &at, &p.Items, limit, &left)
		if err != nil {
			return p, err
		}
		if full {
			p.Next = at.String()
			break
		}
	}
	p.Day, p.Done = at.day, min(at.day.Sub(x.Query.From), p.Days)
	return p, nil
}

// logScan is one reading of a search: what is known of its days beforehand, and who looks.
type logScan struct {
	search       LogSearch
	first        workday.Date // before which there is nothing to look at
	log          *netlog.Log
	hints        [][]byte
	over, purged map[workday.Date]bool
	of           map[workday.Date]bool // days with lines of the organization that is looked for
	seen         func(org string) (bool, error)
}

func (s *Service) scanOf(ctx context.Context, x LogSearch) (*logScan, error) {
	c := &logScan{search: x, first: x.Query.To, log: s.Netlog, hints: x.Query.hints(), over: map[workday.Date]bool{}, purged: map[workday.Date]bool{}}
	open, err := s.Netlog.Over()
	if err != nil {
		return nil, err
	}
	if len(open) > 0 {
		c.first = min(c.first, open[0])
	}
	err = s.Acts.View(ctx, func(tx *sqldb.Tx) error {
		days, err := logDays(ctx, tx, x.Query.From, x.Query.To)
		if err != nil {
			return err
		}
		for _, d := range days {
			c.first = min(c.first, d.Day.Day)
			c.over[d.Day.Day], c.purged[d.Day.Day] = true, d.Purge != ""
		}
		if x.Query.Org != "" {
			c.of, err = logDaysOf(ctx, tx, x.Query.Org, x.Query.From, x.Query.To)
		}
		return err
	})
	actor, known := access.From(ctx), map[string]bool{}
	c.seen = func(org string) (bool, error) {
		yes, looked := known[org]
		if looked || actor.Area == "" {
			return yes || actor.Area == "", nil
		}
		err := s.Acts.View(ctx, func(tx *sqldb.Tx) error {
			area, err := access.AreaOf(ctx, tx, org)
			known[org] = visible(actor, org, area)
			return err
		})
		return known[org], err
	}
	return c, err
}

func (c *logScan) has(day workday.Date) bool { return c.search.Query.Org == "" || c.of[day] }

// day reads on in one day and moves the place; full says that the page ends before the day does.
func (c *logScan) day(ctx context.Context, at *place, items *[]netlog.Line, limit int, left *int) (full bool, err error) {
	err = c.log.Read(ctx, at.day, at.number, func(number int64, text []byte) error {
		if *left == 0 || len(*items) == limit {
			full = true
			return netlog.ErrStop
		}
		*left--
		at.number = number + 1
		for _, h := range c.hints {
			if !bytes.Contains(text, h) {
				return nil
			}
		}
		var l netlog.Line
		if err := json.Unmarshal(text, &l); err != nil {
			return fmt.Errorf("line %d: %w", number+1, err)
		}
		if !c.search.Query.fits(l) || l.At.After(c.search.At) {
			return nil
		}
		yes, err := c.seen(l.Org)
		if err == nil && yes {
			*items = append(*items, l)
		}
		return err
	})
	return full, err
}
