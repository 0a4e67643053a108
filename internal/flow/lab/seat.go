package lab

import (
	"context"
	"slices"

	"yunei/internal/base/errs"
	"yunei/internal/base/sqldb"
	"yunei/internal/core/access"
	"yunei/internal/core/act"
	"yunei/internal/core/party"
	"yunei/internal/flow/grant"
)

// seatOf is the seat at which the caller works in a space. Spaces from before there were seats let in everyone of their
// organization. A seat under a commission ends with it, also before anybody said so.
func seatOf(ctx context.Context, tx *sqldb.Tx, sp Space) (Seat, error) {
	actor := access.From(ctx)
	seats, err := seatsOf(ctx, tx, sp.ID)
	if err != nil {
		return Seat{}, err
	}
	if actor.Org == sp.Org && (len(seats) == 0 || sp.State == SpaceClosed) { // into a closed one nobody gets, and the law says why
		return Seat{Space: sp.ID, Account: actor.Account, Org: sp.Org, State: SeatActive}, nil
	}
	i := slices.IndexFunc(seats, func(seat Seat) bool { return seat.Account == actor.Account && seat.State == SeatActive })
	if i < 0 {
		if actor.Org == sp.Org {
			return Seat{}, errs.New(errs.Forbidden, "您在这个开发空间没有席位, 不能进入; 请本单位的空间负责人为您开通席位")
		}
		return Seat{}, errs.New(errs.NotFound, noSpace)
	}
	if seats[i].Commission == "" {
		return seats[i], nil
	}
	return seats[i], commissioned(ctx, tx, sp, seats[i].Commission, seats[i].Org)
}

// commissioned reports whether a provider works for the space's organization on its scenario.
func commissioned(ctx context.Context, tx *sqldb.Tx, sp Space, commission, org string) error {
	c, provider, err := party.LoadCommission(ctx, tx, commission)
	switch {
	case errs.CodeOf(err) == errs.Internal:
		return err
	case err != nil || c.Org != sp.Org || provider != org || c.Scenario != "" && c.Scenario != sp.Scenario:
		return errs.New(errs.Forbidden, "没有就本场景委托这家第三方服务商, 其人员不能进入开发空间; 请先在服务商名录中选用")
	case c.State != "running":
		return errs.New(errs.Forbidden, "对第三方服务商的委托已经终止, 其人员不能再进入开发空间; 需要继续的请重新委托")
	}
	return nil
}

// NewSeat is whom to let in.
type NewSeat struct {
	Login      string   `json:"login" minLength:"1" maxLength:"100" doc:"Login name of the account"`
	Commission string   `json:"commission,omitempty" maxLength:"64" doc:"For a third-party provider's developer: the commission"`
	Tools      []string `json:"tools,omitempty" maxItems:"20" doc:"Tools to enable; none: all"`
}

// AddSeat gives a named account a seat. Whether the person was trained and signed the undertaking is the law's to ask of that
// person, not of who gives the seat. Nobody outside the parties gets one (不得转授权给第三方).
func (s *Service) AddSeat(ctx context.Context, spaceID string, in NewSeat) (Seat, error) {
	var seat Seat
	for _, id := range in.Tools {
		if !slices.ContainsFunc(tools, func(t Tool) bool { return t.ID == id }) {
			return seat, errs.New(errs.Invalid, "没有工具 %s, 请从列表中选择", id)
		}
	}
	_, err := s.Acts.Do(ctx, act.Call{Act: "lab.seat.add"}, func(ctx context.Context, tx *act.Tx) error {
		sp, sc, err := s.ownSpace(ctx, tx.Tx, spaceID)
		if err != nil {
			return err
		}
		if err := sp.open(); err != nil {
			return err
		}
		found, err := access.FindLogin(ctx, tx.Tx, in.Login)
		if err != nil {
			return err
		}
		a := found.Account
		if a.ID == "" || a.Closed {
			return &errs.Error{Code: errs.Invalid, Msg: "没有这个登录名的账号, 请核对后重试", Spots: []errs.Spot{{Where: "body.login", Message: "没有这个账号"}}}
		}
		outside := s.outside(ctx, tx.Tx, sp, sc.Plan.Ahead, a, in.Commission)
		if errs.CodeOf(outside) == errs.Internal {
			return outside
		}
		if err := tx.JudgeAs(ctx, "lab.seat.add", map[string]string{"org": sp.Org, "plan": sc.ID, "space": sp.ID, "account": a.ID}, map[string]any{"seat.party": outside == nil}); err != nil {
			return err
		}
		if outside != nil {
			return outside
		}
		active, err := activeSeats(ctx, tx.Tx, sp.ID)
		if err != nil {
			return err
		}
		if slices.ContainsFunc(active, func(other Seat) bool { return other.Account == a.ID }) {
			return errs.New(errs.Conflict, "这个账号在本空间已有席位, 请刷新查看")
		}
		seat = Seat{ID: tx.NewID("sea"), Space: sp.ID, Account: a.ID, Org: a.Org, Commission: in.Commission, Tools: in.Tools, State: SeatActive,
			By: tx.Actor().Account, Opened: tx.Now()}
		return s.saveSeat(ctx, tx, seat)
	})
	return seat, err
}

// outside says why an account may not work in a space: it belongs to no party of it.
func (s *Service) outside(ctx context.Context, tx *sqldb.Tx, sp Space, ahead bool, a access.Account, commission string) error {
	if a.Org == sp.Org && (a.Actor().Has(access.DataUser) || ahead && a.Actor().Has(access.Provider)) {
		return nil
	}
	if a.Org == sp.Org {
		return errs.New(errs.Forbidden, "这个账号没有数据使用的角色, 不能开通席位; 请先由本单位变更角色")
	}
	if commission == "" {
		return errs.New(errs.Forbidden, "只能为本单位的人员或者受委托的第三方服务商的人员开通席位, 不得转授权给第三方; 需要第三方参与的请先选用并写明委托")
	}
	return commissioned(ctx, tx, sp, commission, a.Org)
}

// EndSeat takes a seat back.
func (s *Service) EndSeat(ctx context.Context, spaceID, seatID string) (Seat, error) {
	var seat Seat
	_, err := s.Acts.Do(ctx, act.Call{Act: "lab.seat.end"}, func(ctx context.Context, tx *act.Tx) error {
		sp, _, err := s.ownSpace(ctx, tx.Tx, spaceID)
		if err != nil {
			return err
		}
		if seat, err = loadSeat(ctx, tx.Tx, seatID); err == nil && seat.Space != sp.ID {
			err = errs.New(errs.NotFound, noSeat)
		}
		if err != nil {
			return err
		}
		if seat.State != SeatActive {
			return errs.New(errs.Conflict, "这个席位已经收回, 请刷新查看")
		}
		if err := tx.Judge(ctx, map[string]string{"org": sp.Org, "space": sp.ID}); err != nil {
			return err
		}
		if err := s.leave(ctx, tx, sp, seat.Account); err != nil {
			return err
		}
		seat = seat.end("由本单位收回", tx.Now())
		return s.saveSeat(ctx, tx, seat)
	})
	return seat, err
}

// ownSpace is a space of the caller's own organization, for what only its own people decide.
func (s *Service) ownSpace(ctx context.Context, tx *sqldb.Tx, id string) (Space, grant.Scenario, error) {
	sp, err := loadSpace(ctx, tx, id)
	if err == nil && sp.Org != access.From(ctx).Org {
		err = errs.New(errs.NotFound, noSpace)
	}
	if err != nil {
		return Space{}, grant.Scenario{}, err
	}
	sc, err := grant.LoadScenario(ctx, tx, sp.Scenario)
	return sp, sc, err
}

func (s *Service) saveSeat(ctx context.Context, tx *act.Tx, seat Seat) error {
	if err := putSeat(ctx, tx.Tx, seat); err != nil {
		return err
	}
	return tx.Changed(ctx, "space-seat", seat.ID, seat)
}
