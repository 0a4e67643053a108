package catalog

import (
	"context"
	"time"

	"yunei/internal/base/errs"
	"yunei/internal/base/sqldb"
	"yunei/internal/core/access"
	"yunei/internal/core/act"
	"yunei/internal/core/notice"
	"yunei/internal/core/query"
)

// Kind is what an entry is called in the ledger and in rules.
const Kind = "entry"

// Service does the acts of the catalog.
type Service struct{ acts *act.Runner }

// New defines the catalog's acts, the kind it keeps in the ledger and the facts that rules may look at.
func New(acts *act.Runner) *Service {
	s := &Service{acts: acts}
	acts.Define(
		act.Def{Name: "catalog.draft", Roles: []access.Role{access.Holder}},
		act.Def{Name: "catalog.submit", Roles: []access.Role{access.Holder}},
		act.Def{Name: "catalog.publish", Roles: []access.Role{access.Bureau}},
		act.Def{Name: "catalog.return", Roles: []access.Role{access.Bureau}},
	)
	acts.Ledger().Register("foreign-entry", func(ctx context.Context, tx *sqldb.Tx, id string) (any, error) { return loadForeign(ctx, tx, id) })
	acts.Ledger().Register(Kind, func(ctx context.Context, tx *sqldb.Tx, id string) (any, error) { return loadEntry(ctx, tx, id) })
	registerFacts(acts.Law())
	s.defineSpecials(acts)
	return s
}

// Draft begins an entry (编目). It need not be complete; what is missing is told by Check.
func (s *Service) Draft(ctx context.Context, c Content) (Entry, error) {
	var drafted Entry
	_, err := s.acts.Do(ctx, act.Call{Act: "catalog.draft"}, func(ctx context.Context, tx *act.Tx) error {
		var err error
		drafted, err = s.DraftTx(ctx, tx, c)
		return err
	})
	return drafted, err
}

// DraftTx is Draft inside another act.
func (s *Service) DraftTx(ctx context.Context, tx *act.Tx, c Content) (Entry, error) {
	e := Entry{ID: tx.NewID("res"), Holder: tx.Actor().Org, Content: c.normal(), State: Draft, Author: tx.Actor().Account, Created: tx.Now(), Updated: tx.Now()}
	if err := nameable(e); err != nil {
		return e, err
	}
	if err := insertEntry(ctx, tx.Tx, e); err != nil {
		return e, err
	}
	if err := tx.JudgeAs(ctx, "catalog.draft", objects(e), nil); err != nil {
		return e, err
	}
	return e, tx.Changed(ctx, Kind, e.ID, e)
}

// Save puts the holder's changes into a draft or a returned entry.
func (s *Service) Save(ctx context.Context, id string, c Content) (Entry, error) {
	return s.do(ctx, "catalog.draft", id, func(tx *act.Tx, e Entry) (Entry, error) {
		e, err := e.Save(c, tx.Actor().Account, tx.Now())
		if err != nil {
			return e, err
		}
		return e, nameable(e)
	})
}

// nameable is the least that an entry must have to stand in a list.
func nameable(e Entry) error {
	if columnName.MatchString(e.Table) && e.Title != "" {
		return nil
	}
	return &errs.Error{Code: errs.Invalid, Msg: "目录条目至少要有信息资源名称和合乎要求的表名, 请填写", Spots: e.Check()}
}

// Submit hands an entry to the bureau (提交审核). An incomplete one is refused with every place that must be mended.
func (s *Service) Submit(ctx context.Context, id string) (Entry, error) {
	return s.do(ctx, "catalog.submit", id, func(tx *act.Tx, e Entry) (Entry, error) {
		e, err := e.Submit(tx.Now())
		if err != nil {
			return e, err
		}
		area, err := access.AreaOf(ctx, tx.Tx, e.Holder)
		if err != nil {
			return e, err
		}
		return e, notice.Send(ctx, tx, notice.Message{Kind: notice.EntrySubmitted, ObjectKind: Kind, Object: e.ID,
			Params: map[string]string{"title": e.Title}}, access.AreaAddress(access.Bureau, area))
	})
}

// Publish puts an entry into the catalog (审核发布). Nobody publishes what his own organization submitted.
func (s *Service) Publish(ctx context.Context, id string) (Entry, error) {
	return s.do(ctx, "catalog.publish", id, func(tx *act.Tx, e Entry) (Entry, error) {
		if e.Holder == tx.Actor().Org {
			return e, errs.New(errs.Forbidden, "不能审核本单位提交的目录条目, 请由其他单位的审核人员办理")
		}
		e, err := e.Publish(tx.Day(), tx.Now())
		if err != nil {
			return e, err
		}
		if err := decided(ctx, tx, e); err != nil {
			return e, err
		}
		return e, publishUp(ctx, tx, e)
	})
}

// Return sends an entry back to its holder (退回) with an opinion.
func (s *Service) Return(ctx context.Context, id, opinion string) (Entry, error) {
	return s.do(ctx, "catalog.return", id, func(tx *act.Tx, e Entry) (Entry, error) {
		e, err := e.Return(opinion, tx.Now())
		if err != nil {
			return e, err
		}
		return e, decided(ctx, tx, e)
	})
}

// decided tells the holder what became of its entry.
func decided(ctx context.Context, tx *act.Tx, e Entry) error {
	return notice.Send(ctx, tx, notice.Message{Kind: notice.EntryDecided, ObjectKind: Kind, Object: e.ID,
		Params: map[string]string{"title": e.Title, "state": string(e.State)}}, access.WholeOrg(e.Holder))
}

// RecordArrivalTx notes that a newer snapshot of the entry is in use; collect calls it in the act that activates the snapshot.
func (s *Service) RecordArrivalTx(ctx context.Context, tx *act.Tx, id string, supply Supply) (Entry, error) {
	e, err := loadEntry(ctx, tx.Tx, id)
	if err != nil {
		return e, err
	}
	if e, err = e.Arrive(supply); err != nil {
		return e, err
	}
	if err := updateEntry(ctx, tx.Tx, e); err != nil {
		return e, err
	}
	return e, tx.Changed(ctx, Kind, e.ID, e)
}

func (s *Service) do(ctx context.Context, name, id string, step func(*act.Tx, Entry) (Entry, error)) (Entry, error) {
	var done Entry
	_, err := s.acts.Do(ctx, act.Call{Act: name}, func(ctx context.Context, tx *act.Tx) error {
		var err error
		done, err = s.transit(ctx, tx, id, name, func(e Entry) (Entry, error) { return step(tx, e) })
		return err
	})
	return done, err
}

// transit loads, judges, moves and saves one entry. What the actor may not see does not exist for him.
func (s *Service) transit(ctx context.Context, tx *act.Tx, id, name string, step func(Entry) (Entry, error)) (Entry, error) {
	e, err := loadEntry(ctx, tx.Tx, id)
	if err != nil {
		return e, err
	}
	actor := tx.Actor()
	if ok, err := visible(ctx, tx.Tx, actor, e); err != nil || !ok {
		return Entry{}, errs.Or(err, notFound())
	}
	if err := s.OwnLevel(ctx, tx.Tx, e); err != nil {
		return e, err
	}
	if e.Holder != actor.Org && !actor.Has(access.Bureau) {
		return e, errs.New(errs.Forbidden, "只有数据提供单位自己可以办理本条目, 请联系该单位")
	}
	if e, err = step(e); err != nil {
		return e, err
	}
	if err := updateEntry(ctx, tx.Tx, e); err != nil {
		return e, err
	}
	if err := tx.JudgeAs(ctx, name, objects(e), nil); err != nil {
		return e, err
	}
	return e, tx.Changed(ctx, Kind, e.ID, e)
}

func objects(e Entry) map[string]string { return map[string]string{Kind: e.ID, "org": e.Holder} }

// visible: what is published is there for everyone who is signed in, whatever area they stand in; what is not, for its holder and
// for the bureau and the auditors of its area.
func visible(ctx context.Context, tx *sqldb.Tx, a access.Actor, e Entry) (bool, error) {
	switch {
	case a.SignedIn() && (e.State == Published || e.Holder == a.Org):
		return true, nil
	case !a.Has(access.Bureau, access.Auditor):
		return false, nil
	}
	area, err := access.AreaOf(ctx, tx, e.Holder)
	return a.Area.Covers(area), err
}

// OwnLevel refuses a bureau what is for another to decide: about an entry decides the bureau that acts for its holder's area
// (本级), and none above or beside it.
func (s *Service) OwnLevel(ctx context.Context, tx *sqldb.Tx, e Entry) error {
	a := access.From(ctx)
	if !a.Has(access.Bureau) || a.Org == e.Holder {
		return nil
	}
	area, err := access.AreaOf(ctx, tx, e.Holder)
	if err != nil {
		return err
	}
	if area, err = access.Competent(ctx, tx, access.Bureau, area); err == nil && area != a.Area {
		err = errs.New(errs.Forbidden, "这项数据资源由%s的数据主管部门办理, 其他层级和地区不能代为办理", s.acts.Law().AreaName(string(area)))
	}
	return err
}

// insider may see exact counts.
func insider(a access.Actor, e Entry) bool { return e.Holder == a.Org || a.Has(access.Bureau) }

// Page is one entry with what the caller may do with it.
type Page struct {
	Entry    Entry        `json:"entry"`
	Grade    query.Grade  `json:"grade" doc:"就高从严: the gravest grade of the items"`
	Personal bool         `json:"personal" doc:"含个人信息"`
	Problems []errs.Spot  `json:"problems" doc:"What keeps it from being submitted; empty once submitted"`
	Acts     []act.Option `json:"acts"`
}

// Get is one entry as the caller may see it.
func (s *Service) Get(ctx context.Context, id string) (Page, error) {
	var page Page
	err := s.acts.View(ctx, func(tx *sqldb.Tx) error {
		actor := access.From(ctx)
		e, err := loadEntry(ctx, tx, id)
		if errs.Is(err, errs.NotFound) && actor.SignedIn() {
			page, err = foreignPage(ctx, tx, id)
			return err
		}
		if err != nil {
			return err
		}
		if ok, err := visible(ctx, tx, actor, e); err != nil || !ok {
			return errs.Or(err, notFound())
		}
		page = Page{Grade: e.Grade(), Personal: e.Personal(), Problems: []errs.Spot{}}
		if e.State == Draft || e.State == Returned {
			page.Problems = append(page.Problems, e.Check()...)
		}
		page.Acts, err = s.options(ctx, tx, actor, e)
		page.Entry = shown(actor, e)
		return err
	})
	return page, err
}

// options are the acts of an entry as they stand for the caller.
func (s *Service) options(ctx context.Context, tx *sqldb.Tx, actor access.Actor, e Entry) ([]act.Option, error) {
	now := tx.Now()
	foreign := errs.New(errs.Forbidden, "只有数据提供单位自己可以办理本条目, 请联系该单位")
	own := func(err error) error {
		if e.Holder != actor.Org {
			return foreign
		}
		return err
	}
	_, draft := e.Save(e.Content, actor.Account, now)
	_, submit := e.Submit(now)
	_, publish := e.Publish("", now)
	_, back := e.Return("-", now)
	level := s.OwnLevel(ctx, tx, e)
	publish, back = errs.Or(level, publish), errs.Or(level, back)
	var out []act.Option
	for _, o := range []struct {
		name  string
		state error
	}{{"catalog.draft", own(draft)}, {"catalog.submit", own(submit)}, {"catalog.publish", publish}, {"catalog.return", back}} {
		option, err := s.acts.Option(ctx, tx, o.name, o.state, objects(e))
		if err != nil {
			return nil, err
		}
		out = append(out, option)
	}
	return out, nil
}

// shown is the entry with counts rounded for those who may not know them exactly. Open data has nothing to hide.
func shown(a access.Actor, e Entry) Entry {
	if !insider(a, e) && e.Open.Access != Unconditional {
		e.Supply = e.Supply.Rounded()
	}
	return e
}

// Filter narrows a list. Query is searched as characters and pairs of characters in names, summary, keywords and items.
type Filter struct {
	Query   string
	State   State
	Holder  string
	Open    Access
	Operate Access
	Area    access.Area // of holders in this area and inside it
	After   string      // the last id of the page before
	Limit   int
}

const maxPage = 100

// List pages through the entries that the caller may see, newest first. next is the After of the following page, empty at the end.
func (s *Service) List(ctx context.Context, f Filter) (page []Entry, next string, err error) {
	actor := access.From(ctx)
	if !actor.SignedIn() {
		return nil, "", errs.New(errs.Unauthenticated, "请先登录再查看目录, 公开数据见门户")
	}
	if f.Limit <= 0 || f.Limit > maxPage {
		f.Limit = maxPage
	}
	want := f.Limit
	f.Limit++
	err = s.acts.View(ctx, func(tx *sqldb.Tx) error {
		if page, err = listEntries(ctx, tx, f, actor); err != nil {
			return err
		}
		others, err := listForeign(ctx, tx, f)
		page = newest(append(page, others...), f.Limit)
		return err
	})
	if len(page) > want {
		page = page[:want]
		next = page[want-1].ID
	}
	for i := range page {
		page[i] = shown(actor, page[i])
	}
	return page, next, err
}

// Load is a published entry, for stages to the right; an unpublished one does not exist for them.
func (s *Service) Load(ctx context.Context, tx *sqldb.Tx, id string) (Entry, error) {
	e, err := loadEntry(ctx, tx, id)
	if err == nil && e.State != Published {
		return Entry{}, notFound()
	}
	return e, err
}

// LoadByTable is Load by the name that models use.
func (s *Service) LoadByTable(ctx context.Context, tx *sqldb.Tx, table string) (Entry, error) {
	e, err := loadByTable(ctx, tx, table)
	if err == nil && e.State != Published {
		return Entry{}, notFound()
	}
	return e, err
}

// OpenEntries are the published entries that are open to everyone without condition, newest first.
func (s *Service) OpenEntries(ctx context.Context, tx *sqldb.Tx, search, after string, limit int) ([]Entry, error) {
	return listEntries(ctx, tx, Filter{Query: search, State: Published, Open: Unconditional, After: after, Limit: limit}, access.System())
}

// Published are the published entries of holders in an area, for whoever looks at the whole catalog.
func (s *Service) Published(ctx context.Context, tx *sqldb.Tx, area access.Area) (all []Entry, err error) {
	for after := ""; ; after = all[len(all)-1].ID {
		page, err := listEntries(ctx, tx, Filter{State: Published, Area: area, After: after, Limit: maxPage}, access.System())
		if all = append(all, page...); err != nil || len(page) < maxPage {
			return all, err
		}
	}
}

// PolicyTable is the published resource as models see it.
func (s *Service) PolicyTable(ctx context.Context, tx *sqldb.Tx, resourceID string) (query.Table, error) {
	e, err := s.Load(ctx, tx, resourceID)
	if err != nil {
		return query.Table{}, err
	}
	return e.PolicyTable(), nil
}

func timeOf(micros int64) time.Time { return time.UnixMicro(micros).UTC() }
