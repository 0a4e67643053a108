package connect

import (
	"context"

	"yunei/internal/base/errs"
	"yunei/internal/base/sqldb"
	"yunei/internal/base/workday"
	"yunei/internal/core/access"
	"yunei/internal/core/act"
	"yunei/internal/core/notice"
)

// KeyPrefix begins every key of a connected system.
const KeyPrefix = "conn_"

// Item is a connection as it stands on a day, with what the caller may do about it.
type Item struct {
	Connection
	Lacks     []Lack       `json:"lacks" doc:"Papers that the law asks for and that are not valid today"`
	Suspended bool         `json:"suspended" doc:"Its calls are refused until the papers are valid again"`
	Uses      []Use        `json:"uses" doc:"Its calls by month, newest first"`
	Acts      []act.Option `json:"acts"`
}

// Connections lists what the caller may see, newest first.
func (s *Registry) Connections(ctx context.Context, before string, limit int) (out []Item, err error) {
	err = s.acts.View(ctx, func(tx *sqldb.Tx) error {
		found, err := list(ctx, tx, before, limit)
		for _, c := range found {
			item, err := s.item(ctx, tx, c)
			if err != nil {
				return err
			}
			out = append(out, item)
		}
		return err
	})
	return out, err
}

// Connection is one connection as the caller may see it.
func (s *Registry) Connection(ctx context.Context, id string) (item Item, err error) {
	err = s.acts.View(ctx, func(tx *sqldb.Tx) error {
		c, err := load(ctx, tx, id)
		if err != nil {
			return err
		}
		if err := sees(ctx, tx, access.From(ctx), c.Org, noConnection); err != nil {
			return err
		}
		item, err = s.item(ctx, tx, c)
		return err
	})
	return item, err
}

func (s *Registry) item(ctx context.Context, tx *sqldb.Tx, c Connection) (Item, error) {
	actor, day := access.From(ctx), workday.DateOf(tx.Now())
	item := Item{Connection: c, Acts: []act.Option{}}
	asked, err := s.required(c.Kind, day)
	if err != nil {
		return item, err
	}
	item.Lacks = c.lacks(asked, day)
	if item.Suspended, err = s.suspended(c, item.Lacks, day); err != nil {
		return item, err
	}
	if item.Uses, err = uses(ctx, tx, c.ID); err != nil {
		return item, err
	}
	add := func(name string, state error) {
		if err != nil {
			return
		}
		var option act.Option
		option, err = s.acts.Option(ctx, tx, name, state, map[string]string{"org": c.Org, "connection": c.ID})
		item.Acts = append(item.Acts, option)
	}
	when := func(ok bool, words string) error {
		if ok {
			return nil
		}
		return errs.New(errs.Conflict, "%s", words)
	}
	if c.Org == actor.Org {
		add(ActRenew, when(c.State == Requested || c.State == Connected, "这项接入已经结束, 请重新申请"))
		add(ActKey, when(c.State == Connected, "这个系统还没有接入, 不能生成密钥"))
	} else if actor.Has(deciders...) {
		// Whether it may be connected the law says once the decision is known; here only whether it is open.
		add(ActDecide, when(c.State == Requested, "这项接入申请已经办结, 请刷新查看"))
	}
	if c.Org == actor.Org || actor.Has(deciders...) {
		add(ActClose, when(c.State == Connected, "这个系统现在没有接入"))
	}
	return item, err
}

// RequiredOf is what the law asks today of each kind of system, for the form.
func (s *Registry) RequiredOf(ctx context.Context) (map[Kind][]Required, error) {
	out := map[Kind][]Required{}
	err := s.acts.View(ctx, func(tx *sqldb.Tx) error {
		for _, k := range kinds {
			asked, err := s.required(k, workday.DateOf(tx.Now()))
			if err != nil {
				return err
			}
			out[k] = asked
		}
		return nil
	})
	return out, err
}

// Channels lists what the caller may see: an overseer everybody's, a body its own.
func (s *Registry) Channels(ctx context.Context, before string, limit int) (out []Channel, err error) {
	err = s.acts.View(ctx, func(tx *sqldb.Tx) error {
		out, err = listChannels(ctx, tx, before, limit)
		return err
	})
	return out, err
}

// Enter lets a connected system in by its key: as the person who opened it, for one capability. A refused call is counted too.
func (s *Registry) Enter(ctx context.Context, key, capability string) (actor access.Actor, id string, err error) {
	err = s.acts.View(ctx, func(tx *sqldb.Tx) error {
		c, err := byDigest(ctx, tx, access.SecretDigest(key))
		if errs.Is(err, errs.NotFound) || err == nil && c.State != Connected {
			return errs.New(errs.Unauthenticated, "接入密钥无效或者已经停用, 请在接入系统页面重新生成")
		}
		if err != nil {
			return err
		}
		id = c.ID
		day := workday.DateOf(tx.Now())
		asked, err := s.required(c.Kind, day)
		if err != nil {
			return err
		}
		lacks := c.lacks(asked, day)
		off, err := s.suspended(c, lacks, day)
		if err != nil {
			return err
		}
		if off {
			return &errs.Error{Code: errs.Unlawful, Msg: "接入系统的" + words(lacks) + "不在有效期内, 接入已经暂停。请更新证书后再调用。", Cites: citesOf(lacks)}
		}
		if capability == "" {
			return errs.New(errs.Forbidden, "接入密钥只能调用目录、空间、样例、模型和运行等平台能力, 不能办理这项业务")
		}
		account, err := access.LoadAccount(ctx, tx, c.Keeper)
		if err != nil || account.Closed {
			return errs.Or(err, errs.New(errs.Unauthenticated, "生成密钥的账号已经停用, 请由在用账号重新生成密钥"))
		}
		actor = account.Actor()
		return nil
	})
	return actor, id, err
}

func citesOf(lacks []Lack) (cites []errs.Cite) {
	for _, l := range lacks {
		if len(cites) == 0 || cites[len(cites)-1] != l.Cite {
			cites = append(cites, l.Cite)
		}
	}
	return cites
}

// Count meters one call of a connected system.
func (s *Registry) Count(ctx context.Context, id, capability string, answered bool) error {
	return s.db.Do(ctx, func(tx *sqldb.Tx) error {
		yes, no := int64(1), int64(0)
		if !answered {
			yes, no = no, yes
		}
		return meter(ctx, tx, id, workday.DateOf(tx.Now()).String()[:7], capability, yes, no)
	})
}

// Sweep tells an organization, and the bureau, once of each paper that ran out.
func (s *Registry) Sweep(ctx context.Context) error {
	var due []notice.Reminder
	for after := ""; ; {
		var found []Connection
		err := s.acts.View(ctx, func(tx *sqldb.Tx) (err error) {
			if found, err = connectedAfter(ctx, tx, after, 200); err != nil {
				return err
			}
			day := workday.DateOf(tx.Now())
			for _, c := range found {
				after = c.ID
				asked, err := s.required(c.Kind, day)
				if err != nil {
					return err
				}
				area, err := access.AreaOf(ctx, tx, c.Org)
				if err != nil {
					return err
				}
				for _, l := range c.lacks(asked, day) {
					if l.State != "lapsed" {
						continue
					}
					due = append(due, notice.Reminder{To: []string{access.WholeOrg(c.Org), access.AreaAddress(access.Bureau, area)}, Message: notice.Message{
						Kind: notice.ConnectionLapsed, ObjectKind: "connection", Object: c.ID,
						Params: map[string]string{"title": c.Name, "paper": l.Title, "since": l.Since.String()},
						Mark:   "lapsed:" + c.ID + ":" + l.What + ":" + l.Since.String()}})
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
		if len(found) < 200 {
			break
		}
	}
	return notice.Remind(ctx, s.acts, due)
}
