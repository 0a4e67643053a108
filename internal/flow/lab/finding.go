package lab

import (
	"context"
	"strings"
	"time"

	"yunei/internal/base/errs"
	"yunei/internal/base/sqldb"
	"yunei/internal/core/access"
	"yunei/internal/core/act"
	"yunei/internal/core/notice"
)

// Finding (发现) is what the platform saw by itself and tells those concerned.
type Finding struct {
	ID        string    `json:"id"`
	Space     string    `json:"space"`
	Org       string    `json:"org" doc:"Whose space it is"`
	Addressee string    `json:"addressee,omitempty" doc:"The body that authorized it, which is told"`
	Kind      string    `json:"kind" enum:"leftover,unknown,misuse,write,reach"`
	What      string    `json:"what" doc:"Files, or the model and the scenario it was meant for"`
	Result    string    `json:"result" doc:"What the platform did"`
	At        time.Time `json:"at"`
}

func (s *Service) saveFinding(ctx context.Context, tx *act.Tx, f Finding) error {
	body, err := encode(f)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `INSERT INTO space_finding (id, org, space, kind, addressee, body, opened) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
		f.ID, f.Org, f.Space, f.Kind, f.Addressee, body, f.At.UnixMicro())
	if err != nil {
		return err
	}
	if err := tell(ctx, tx, f); err != nil {
		return err
	}
	return tx.Changed(ctx, "space-finding", f.ID, f)
}

// tell tells the user, the providers whose data lies in the space, and whoever authorized the user.
func tell(ctx context.Context, tx *act.Tx, f Finding) error {
	to := []string{access.RoleAddress(access.Bureau)}
	if f.Org != "" {
		to = append(to, access.WholeOrg(f.Org))
	}
	if f.Addressee != "" {
		to = append(to, access.WholeOrg(f.Addressee))
	}
	supplies, err := SuppliesOf(ctx, tx.Tx, f.Space)
	if err != nil {
		return err
	}
	told := map[string]bool{}
	for _, sup := range supplies {
		if !told[sup.Provider] {
			told[sup.Provider] = true
			to = append(to, access.OrgAddress(sup.Provider, access.Holder))
		}
	}
	return notice.Send(ctx, tx, notice.Message{Kind: notice.SpaceFinding, ObjectKind: "space", Object: f.Space, Params: map[string]string{"what": f.What, "result": f.Result}}, to...)
}

func loadFinding(ctx context.Context, tx *sqldb.Tx, id string) (Finding, error) {
	list, err := sqldb.Bodies[Finding](ctx, tx, `SELECT body FROM space_finding WHERE id = $1`, id)
	return one(list, err, "没有这条发现记录, 请核对后重试")
}

func findingsOf(ctx context.Context, tx *sqldb.Tx, space string) ([]Finding, error) {
	return sqldb.Bodies[Finding](ctx, tx, `SELECT body FROM space_finding WHERE space = $1 ORDER BY id DESC`, space)
}

// Findings lists what the caller may see, newest first: overseers everything, the others what is about them or was told to them.
func (s *Service) Findings(ctx context.Context, before string, limit int) (list []Finding, err error) {
	org, area, ok := access.From(ctx).Whose()
	if !ok {
		return nil, nil
	}
	err = s.Acts.View(ctx, func(tx *sqldb.Tx) (err error) {
		args := []any{org, before, limit}
		list, err = sqldb.Bodies[Finding](ctx, tx, `SELECT body FROM space_finding WHERE ($1 = '' OR org = $1 OR addressee = $1 OR space IN
			(SELECT space FROM space_supply WHERE provider = $1)) AND ($2 = '' OR id < $2) AND `+inArea("space", area, &args)+` ORDER BY id DESC LIMIT $3`, args...)
		return err
	})
	return list, err
}

// report tells the body that authorized a developer that its data was asked for under another scenario. The refusal itself stands in
// the ledger already; a report that fails changes nothing about it.
func (s *Service) report(ctx context.Context, f Finding) error {
	_, err := s.Acts.Do(access.With(ctx, access.System()), act.Call{Act: "lab.find"}, func(ctx context.Context, tx *act.Tx) error {
		f.ID, f.At = tx.NewID("fnd"), tx.Now()
		return s.saveFinding(ctx, tx, f)
	})
	return err
}

// misused reports a run that a refusal stopped because its model is granted for another scenario than the space's
// (一场景一授权: the data in a space serves that space's scenario alone), or reads items that were not supplied into the space.
func (s *Service) misused(ctx context.Context, spaceID, versionID string, refusal error) error {
	if code := errs.CodeOf(refusal); code != errs.Unlawful && code != errs.Forbidden {
		return nil
	}
	var f Finding
	err := s.Acts.View(ctx, func(tx *sqldb.Tx) error {
		sp, sc, err := s.space(ctx, tx, spaceID)
		if err != nil {
			return err
		}
		found := Finding{Space: sp.ID, Org: sp.Org, Result: "已拒绝, 未读取任何数据"}
		if found.Addressee, err = s.Grant.AuthorizerOf(ctx, tx, sc); err != nil {
			return err
		}
		other, elsewhere, err := s.Grant.OtherScenario(ctx, tx, sp.Org, sp.Scenario, versionID)
		if err != nil {
			return err
		}
		if elsewhere {
			found.Kind, found.What = FindingMisuse, "模型 "+versionID+" 属于场景 "+other+", 试图在场景 "+sp.Scenario+" 的空间运行"
			f = found
			return nil
		}
		v, err := LoadVersion(ctx, tx, versionID)
		if err != nil {
			return err
		}
		items, err := unsupplied(ctx, tx, sp.ID, v)
		if err == nil && len(items) > 0 {
			found.Kind, found.What = FindingReach, "试图读取供给以外的数据: "+strings.Join(items, "、")
			f = found
		}
		return err
	})
	if err != nil || f.Kind == "" {
		return err
	}
	return s.report(ctx, f)
}
