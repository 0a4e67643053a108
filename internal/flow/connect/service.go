package connect

import (
	"context"
	"strings"

	"yunei/internal/base/errs"
	"yunei/internal/base/sqldb"
	"yunei/internal/base/workday"
	"yunei/internal/core/access"
	"yunei/internal/core/act"
	"yunei/internal/core/notice"
	"yunei/internal/core/party"
	"yunei/internal/flow/catalog"
)

// The acts of this package.
const (
	ActRequest = "connect.request"
	ActDecide  = "connect.decide"
	ActRenew   = "connect.renew"
	ActClose   = "connect.close"
	ActKey     = "connect.key"
	ActChannel = "connect.channel"
	ActMove    = "connect.channel.move"
)

// Values a pack sets: connection.requires.<kind> names papers ("mlps 网络安全等级保护测评报告, crypto …"); connection.lapsed says
// what becomes of a connection when one of them runs out, "suspend" or "flag".
const (
	valueRequires = "connection.requires."
	valueLapsed   = "connection.lapsed"
	suspends      = "suspend"
)

// Registry keeps connections and channels.
type Registry struct {
	db      *sqldb.DB
	acts    *act.Runner
	catalog *catalog.Service
}

var deciders = []access.Role{access.Bureau, access.Operator, access.Owner}

// New makes the registry and makes its acts, objects and facts known.
func New(db *sqldb.DB, acts *act.Runner, c *catalog.Service) *Registry {
	s := &Registry{db: db, acts: acts, catalog: c}
	askers := []access.Role{access.DataUser, access.Authorized, access.Provider, access.Holder, access.Applicant, access.Department}
	acts.Define(
		act.Def{Name: ActRequest, Roles: askers},
		act.Def{Name: ActDecide, Roles: deciders},
		act.Def{Name: ActRenew, Roles: askers},
		act.Def{Name: ActClose, Roles: append(append([]access.Role{}, askers...), deciders...)},
		act.Def{Name: ActKey, Roles: askers},
		act.Def{Name: ActChannel, Roles: []access.Role{access.Bureau, access.Holder}},
		act.Def{Name: ActMove, Roles: []access.Role{access.Bureau, access.Holder}},
	)
	acts.Ledger().Register("connection", func(ctx context.Context, tx *sqldb.Tx, id string) (any, error) {
		c, err := load(ctx, tx, id)
		return record{c, c.digest}, err
	})
	acts.Ledger().Register("channel", func(ctx context.Context, tx *sqldb.Tx, id string) (any, error) { return loadChannel(ctx, tx, id) })
	s.registerFacts()
	return s
}

// record is what the ledger's version holds: the digest of the key too.
type record struct {
	Connection
	Digest string `json:"digest"`
}

func (s *Registry) keep(ctx context.Context, tx *act.Tx, c Connection) error {
	if err := save(ctx, tx.Tx, c); err != nil {
		return err
	}
	return tx.Changed(ctx, "connection", c.ID, record{c, c.digest})
}

// required are the papers that the law of a day asks of a kind of system.
func (s *Registry) required(kind Kind, day workday.Date) ([]Required, error) {
	out := []Required{}
	v, err := s.acts.Law().Value(valueRequires+string(kind), day)
	if errs.Is(err, errs.NotFound) {
		return out, nil
	}
	if err != nil {
		return nil, err
	}
	for item := range strings.SplitSeq(strings.ReplaceAll(v.Text, "，", ","), ",") {
		what, title, _ := strings.Cut(strings.TrimSpace(item), " ")
		out = append(out, Required{what, strings.TrimSpace(title), v.Cite})
	}
	return out, nil
}

// suspended reports whether lacking papers stop a connection's calls on a day.
func (s *Registry) suspended(c Connection, lacks []Lack, day workday.Date) (bool, error) {
	if c.State != Connected || len(lacks) == 0 || c.Exception != "" {
		return false, nil
	}
	v, err := s.acts.Law().Value(valueLapsed, day)
	if errs.Is(err, errs.NotFound) {
		return false, nil
	}
	return v.Text == suspends, err
}

// Request asks for a connection of a system of the actor's organization (申请接入).
func (s *Registry) Request(ctx context.Context, d Draft) (c Connection, err error) {
	if err := d.check(); err != nil {
		return c, err
	}
	_, err = s.acts.Do(ctx, act.Call{Act: ActRequest}, func(ctx context.Context, tx *act.Tx) error {
		o, err := party.Load(ctx, tx.Tx, tx.Actor().Org)
		if err != nil {
			return err
		}
		c = Connection{ID: tx.NewID("con"), Org: o.ID, Kind: d.Kind, Name: strings.TrimSpace(d.Name), Purpose: strings.TrimSpace(d.Purpose),
			Builder: strings.TrimSpace(d.Builder), BuilderAccess: d.BuilderAccess, Certificates: papers(d.Certificates), State: Requested,
			Account: tx.Actor().Account, Asked: tx.Now()}
		if err := s.keep(ctx, tx, c); err != nil {
			return err
		}
		if err := tx.Judge(ctx, map[string]string{"org": o.ID, "connection": c.ID}); err != nil {
			return err
		}
		return notice.Send(ctx, tx, notice.Message{Kind: notice.ConnectionAsked, ObjectKind: "connection", Object: c.ID,
			Params: map[string]string{"title": c.Name, "builder": c.builderWord()}}, access.AreaAddress(access.Bureau, o.Area))
	})
	return c, err
}

func papers(list []Certificate) []Certificate {
	if list == nil {
		return []Certificate{}
	}
	return list
}

// builderWord tells the bureau of a builder that reaches the data; empty where none does.
func (c Connection) builderWord() string {
	if c.BuilderAccess {
		return c.Builder
	}
	return ""
}

// Decide connects a system or refuses it (接入决定).
func (s *Registry) Decide(ctx context.Context, id string, v Verdict) (c Connection, err error) {
	_, err = s.acts.Do(ctx, act.Call{Act: ActDecide}, func(ctx context.Context, tx *act.Tx) error {
		was, err := s.reach(ctx, tx, id)
		if err != nil {
			return err
		}
		if was.Org == tx.Actor().Org {
			return errs.New(errs.Forbidden, "不能办理本单位的接入申请, 请由其他单位的人员办理")
		}
		if c, err = was.decide(v, tx.Actor().Org, tx.Now()); err != nil {
			return err
		}
		if err := s.keep(ctx, tx, c); err != nil {
			return err
		}
		if err := tx.JudgeAs(ctx, ActDecide, map[string]string{"org": c.Org, "connection": c.ID}, map[string]any{"connection.accept": v.Accept}); err != nil {
			return err
		}
		return notice.Send(ctx, tx, notice.Message{Kind: notice.ConnectionDecided, ObjectKind: "connection", Object: c.ID,
			Params: map[string]string{"title": c.Name, "state": c.State}}, access.WholeOrg(c.Org))
	})
	return c, err
}

// Renew puts new certificates on file (更新证书); a suspended connection works again from the day they are valid.
func (s *Registry) Renew(ctx context.Context, id string, list []Certificate) (c Connection, err error) {
	if spots := checkPapers(list); len(spots) > 0 || len(list) == 0 {
		return c, &errs.Error{Code: errs.Invalid, Msg: "请填写证书并上传扫描件后再提交", Spots: spots}
	}
	return s.own(ctx, ActRenew, id, func(_ *act.Tx, c *Connection) error {
		if c.State != Requested && c.State != Connected {
			return errs.New(errs.Conflict, "这项接入已经结束, 请重新申请")
		}
		c.Certificates = append(append([]Certificate(nil), c.Certificates...), list...)
		return nil
	})
}

// Close ends a connection at once (断开接入): its own organization, or whoever decides on connections.
func (s *Registry) Close(ctx context.Context, id, reason string) (c Connection, err error) {
	_, err = s.acts.Do(ctx, act.Call{Act: ActClose}, func(ctx context.Context, tx *act.Tx) error {
		was, err := s.reach(ctx, tx, id)
		if err != nil {
			return err
		}
		if c, err = was.close(reason, tx.Now()); err != nil {
			return err
		}
		if err := tx.Judge(ctx, map[string]string{"org": c.Org, "connection": c.ID}); err != nil {
			return err
		}
		return s.keep(ctx, tx, c)
	})
	return c, err
}

// OpenKey makes the key with which the system calls; it is shown once, and the one before ends with it.
func (s *Registry) OpenKey(ctx context.Context, id string) (c Connection, secret string, err error) {
	c, err = s.own(ctx, ActKey, id, func(tx *act.Tx, c *Connection) error {
		if c.State != Connected {
			return errs.New(errs.Conflict, "这个系统还没有接入, 不能生成密钥")
		}
		now := tx.Now()
		secret = access.NewSecret(KeyPrefix)
		c.digest, c.Keeper, c.KeyOpened = access.SecretDigest(secret), tx.Actor().Account, &now
		return nil
	})
	if err != nil {
		return Connection{}, "", err
	}
	return c, secret, nil
}

// own does an act of the connection's own organization.
func (s *Registry) own(ctx context.Context, name, id string, change func(tx *act.Tx, c *Connection) error) (c Connection, err error) {
	_, err = s.acts.Do(ctx, act.Call{Act: name}, func(ctx context.Context, tx *act.Tx) error {
		if c, err = load(ctx, tx.Tx, id); err != nil {
			return err
		}
		if c.Org != tx.Actor().Org {
			return errs.New(errs.NotFound, noConnection)
		}
		if err := change(tx, &c); err != nil {
			return err
		}
		if err := s.keep(ctx, tx, c); err != nil {
			return err
		}
		return tx.Judge(ctx, map[string]string{"org": c.Org, "connection": c.ID})
	})
	return c, err
}

// reach loads a connection that the actor may know of.
func (s *Registry) reach(ctx context.Context, tx *act.Tx, id string) (Connection, error) {
	c, err := load(ctx, tx.Tx, id)
	if err != nil {
		return c, err
	}
	return c, sees(ctx, tx.Tx, tx.Actor(), c.Org, noConnection)
}

func oversees(a access.Actor) bool { return a.Overseer() || a.Has(access.Owner) }

func sees(ctx context.Context, tx *sqldb.Tx, actor access.Actor, org, none string) error {
	if actor.Org == org && org != "" {
		return nil
	}
	area, err := access.AreaOf(ctx, tx, org)
	if err == nil && (!oversees(actor) || !actor.Area.Covers(area)) {
		err = errs.New(errs.NotFound, "%s", none)
	}
	return err
}

// RecordChannel puts a channel of a public body on the register (登记通道).
func (s *Registry) RecordChannel(ctx context.Context, d ChannelDraft) (c Channel, err error) {
	_, err = s.acts.Do(ctx, act.Call{Act: ActChannel}, func(ctx context.Context, tx *act.Tx) error {
		if err := d.check(tx.Day()); err != nil {
			return err
		}
		if d.Org == "" {
			d.Org = tx.Actor().Org
		}
		o, err := party.Load(ctx, tx.Tx, d.Org)
		if err != nil {
			return err
		}
		if err := sees(ctx, tx.Tx, tx.Actor(), o.ID, "没有这个单位, 请核对后重试"); err != nil {
			return err
		}
		c = Channel{ID: tx.NewID("chn"), Org: o.ID, Name: strings.TrimSpace(d.Name), Built: d.Built, Services: []Service{}, State: ChannelStanding,
			By: tx.Actor().Org, Recorded: tx.Now()}
		for _, name := range d.Services {
			c.Services = append(c.Services, Service{Name: strings.TrimSpace(name)})
		}
		if err := saveChannel(ctx, tx.Tx, c); err != nil {
			return err
		}
		if err := tx.Judge(ctx, map[string]string{"org": o.ID, "channel": c.ID}); err != nil {
			return err
		}
		return tx.Changed(ctx, "channel", c.ID, c)
	})
	return c, err
}

// MoveService notes that a service of a channel runs on the platform, by a published catalog entry of the same body (纳入平台).
func (s *Registry) MoveService(ctx context.Context, id, service, entry string) (c Channel, err error) {
	_, err = s.acts.Do(ctx, act.Call{Act: ActMove}, func(ctx context.Context, tx *act.Tx) error {
		was, err := loadChannel(ctx, tx.Tx, id)
		if err != nil {
			return err
		}
		if err := sees(ctx, tx.Tx, tx.Actor(), was.Org, noChannel); err != nil {
			return err
		}
		e, err := s.catalog.Load(ctx, tx.Tx, entry)
		if err != nil {
			return err
		}
		if e.Holder != was.Org || e.State != catalog.Published {
			return spotted("entry", "须选择该单位已经在平台发布的目录条目")
		}
		if c, err = was.move(service, e.ID, tx.Now()); err != nil {
			return err
		}
		if err := saveChannel(ctx, tx.Tx, c); err != nil {
			return err
		}
		if err := tx.Judge(ctx, map[string]string{"org": c.Org, "channel": c.ID}); err != nil {
			return err
		}
		return tx.Changed(ctx, "channel", c.ID, c)
	})
	return c, err
}
