package link

import (
	"context"
	"net/http"
	"sync"
	"time"

	"yunei/internal/base/errs"
	"yunei/internal/base/seal"
	"yunei/internal/base/sqldb"
	"yunei/internal/core/access"
	"yunei/internal/core/act"
)

// Handler does what a letter of its kind means, in the act that receives it. What it returns as a refusal is the answer.
type Handler func(ctx context.Context, tx *act.Tx, from Peer, l Letter) error

type handling struct {
	from string // side whose letters of this kind are taken
	do   Handler
}

// Service joins this node with others.
type Service struct {
	db       *sqldb.DB
	acts     *act.Runner
	signer   signer
	url      string
	client   *http.Client
	handlers map[string]handling
	looking  sync.Mutex
}

// New makes the service, its acts and its ledger kinds known. url is where other nodes reach this one.
func New(db *sqldb.DB, acts *act.Runner, keys *seal.Keys, url string) *Service {
	s := &Service{db: db, acts: acts, signer: signerOf(keys), url: url, handlers: map[string]handling{},
		client: &http.Client{Timeout: 30 * time.Second, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
	bureau, platform := []access.Role{access.Bureau}, []access.Role{access.Platform}
	acts.Define(
		act.Def{Name: "link.peer.join", Roles: bureau},
		act.Def{Name: "link.peer.suspend", Roles: bureau},
		act.Def{Name: "link.peer.resume", Roles: bureau},
		act.Def{Name: "link.peer.end", Roles: bureau},
		act.Def{Name: "link.peer.lose", Roles: platform},
		act.Def{Name: "link.peer.recover", Roles: platform},
		act.Def{Name: "link.send", Roles: platform},
		act.Def{Name: "link.settle", Roles: platform},
		act.Def{Name: "link.rewind", Roles: platform},
		act.Def{Name: "link.receive", Roles: platform},
		act.Def{Name: "link.refuse", Roles: platform},
	)
	log := acts.Ledger()
	log.Register("peer", func(ctx context.Context, tx *sqldb.Tx, id string) (any, error) { return loadPeer(ctx, tx, id) })
	log.Register("letter-out", func(ctx context.Context, tx *sqldb.Tx, id string) (any, error) { return loadOutgoing(ctx, tx, id) })
	log.Register("letter-in", func(ctx context.Context, tx *sqldb.Tx, id string) (any, error) { return loadIncoming(ctx, tx, id) })
	return s
}

// Handle says what letters of a kind mean, and from which side they are taken. do is nil for records that are kept to be read.
func (s *Service) Handle(kind, from string, do Handler) {
	if _, twice := s.handlers[kind]; twice {
		panic("letters of a kind handled twice: " + kind)
	}
	s.handlers[kind] = handling{from, do}
}

// Card is this node's own.
func (s *Service) Card() Card { return Card{Node: s.signer.node, URL: s.url, Key: s.signer.public()} }

// own refuses who does not answer for this deployment: a county's bureau that works in its city's node joins nothing to it.
func own(a access.Actor) error {
	if a.Area == "" {
		return nil
	}
	return errs.New(errs.Forbidden, "节点互联由本平台的主管部门办理, 请联系该部门")
}

// Join records another node (登记互联节点). It is in force on this side at once; letters flow once the other side has recorded
// this node too.
func (s *Service) Join(ctx context.Context, j Joining) (Peer, error) {
	var p Peer
	if err := j.check(s.Card()); err != nil {
		return p, err
	}
	_, err := s.acts.Do(ctx, act.Call{Act: "link.peer.join"}, func(ctx context.Context, tx *act.Tx) error {
		if err := own(tx.Actor()); err != nil {
			return err
		}
		if err := tx.Lock(ctx, "link "+j.Card.Node); err != nil {
			return err
		}
		if there, err := standing(ctx, tx.Tx, j.Card.Node); err == nil {
			return errs.New(errs.Conflict, "已经与节点 %s 互联 (%s); 更换地址或公钥的, 请先终止再重新登记", j.Card.Node, there.Name)
		} else if !errs.Is(err, errs.NotFound) {
			return err
		}
		if j.Area != "" {
			found, ok := tx.Law().Area(string(j.Area))
			if !ok || j.Side == Upper {
				return spotted("body.area", "行政区域只对下级节点填写, 请从本平台服务区域的下级区域中选择")
			}
			j.Area = access.Area(found.Code)
		}
		p = Peer{ID: tx.NewID("per"), Name: j.Name, Side: j.Side, Card: j.Card, Area: j.Area, Within: j.Within, Document: j.Document,
			State: Active, Account: tx.Actor().Account, Opened: tx.Now(), Changed: tx.Now()}
		if err := insertPeer(ctx, tx.Tx, p); err != nil {
			return err
		}
		if err := beginPulse(ctx, tx.Tx, p.Node); err != nil {
			return err
		}
		if err := tx.Judge(ctx, nil); err != nil {
			return err
		}
		return tx.Changed(ctx, "peer", p.ID, p)
	})
	return p, err
}

// Suspend stops letters both ways; what is written meanwhile waits.
func (s *Service) Suspend(ctx context.Context, id, reason string) (Peer, error) {
	return s.turn(ctx, "link.peer.suspend", id, Suspended, reason)
}

// Resume lets them flow again.
func (s *Service) Resume(ctx context.Context, id string) (Peer, error) {
	return s.turn(ctx, "link.peer.resume", id, Active, "")
}

// End takes the recorded key back.
func (s *Service) End(ctx context.Context, id, reason string) (Peer, error) {
	return s.turn(ctx, "link.peer.end", id, Ended, reason)
}

func (s *Service) turn(ctx context.Context, name, id, to, reason string) (Peer, error) {
	var p Peer
	_, err := s.acts.Do(ctx, act.Call{Act: name}, func(ctx context.Context, tx *act.Tx) (err error) {
		if err := own(tx.Actor()); err != nil {
			return err
		}
		if p, err = loadPeer(ctx, tx.Tx, id); err != nil {
			return err
		}
		if p, err = p.turn(to, reason, tx.Now()); err != nil {
			return err
		}
		if err := tx.Judge(ctx, nil); err != nil {
			return err
		}
		return keepPeer(ctx, tx, p)
	})
	return p, err
}

func keepPeer(ctx context.Context, tx *act.Tx, p Peer) error {
	if err := savePeer(ctx, tx.Tx, p); err != nil {
		return err
	}
	return tx.Changed(ctx, "peer", p.ID, p)
}

// PeerPage is a peer with how its link lives.
type PeerPage struct {
	Peer
	Fingerprint string     `json:"fingerprint" doc:"What both bureaus compare"`
	Heard       *time.Time `json:"heard,omitempty" doc:"When it was last heard, in a request or an answer that verified"`
	Fault       string     `json:"fault,omitempty" doc:"Why it could not be reached last"`
	Waiting     int64      `json:"waiting" doc:"Letters that have not been answered yet"`
}

// Peers lists every node recorded, newest first.
func (s *Service) Peers(ctx context.Context) (list []PeerPage, err error) {
	err = s.acts.View(ctx, func(tx *sqldb.Tx) error {
		peers, err := listPeers(ctx, tx)
		if err != nil {
			return err
		}
		for _, p := range peers {
			page := PeerPage{Peer: p, Fingerprint: p.Fingerprint()}
			life, err := loadPulse(ctx, tx, p.Node)
			if err != nil {
				return err
			}
			if page.Fault = life.fault; !life.heard.IsZero() {
				page.Heard = &life.heard
			}
			if page.Waiting, err = countWaiting(ctx, tx, p.Node); err != nil {
				return err
			}
			list = append(list, page)
		}
		return nil
	})
	return list, err
}

// LetterView chooses letters.
type LetterView struct {
	Node, State, Kind, Object, Before string
	Limit                             int
}

func (v LetterView) filter() letterFilter {
	return letterFilter{node: v.Node, state: v.State, kind: v.Kind, object: v.Object, before: v.Before, limit: v.Limit}
}

// Sent lists what was written to other nodes, newest first.
func (s *Service) Sent(ctx context.Context, v LetterView) (list []Outgoing, err error) {
	err = s.acts.View(ctx, func(tx *sqldb.Tx) error {
		list, err = listOutgoing(ctx, tx, v.filter())
		return err
	})
	return list, err
}

// Received lists what other nodes wrote, newest first.
func (s *Service) Received(ctx context.Context, v LetterView) (list []Incoming, err error) {
	err = s.acts.View(ctx, func(tx *sqldb.Tx) error {
		list, err = listIncoming(ctx, tx, v.filter())
		return err
	})
	return list, err
}
