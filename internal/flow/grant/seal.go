package grant

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"
	"time"

	"yunei/internal/base/errs"
	"yunei/internal/base/sqldb"
	"yunei/internal/core/access"
	"yunei/internal/core/act"
)

// Seal is a contract seal (合同专用章) in the register: whose word it carries, and who keeps it. 舟山 二(一)1: 市政府设置公共数据授权
// 运营合同专用章, 委托市数据局依法管理使用.
type Seal struct {
	ID       string      `json:"id"`
	Name     string      `json:"name"`
	Role     string      `json:"role" doc:"The body it signs for, such as government"`
	Keepers  []string    `json:"keepers" doc:"Accounts that keep and use it"`
	Document string      `json:"document" doc:"Number of the paper that set it up and entrusted it (文号)"`
	By       string      `json:"by" doc:"The body that keeps it"`
	Area     access.Area `json:"area,omitempty" doc:"行政区域 for whose government it signs: its keeper's"`
	Opened   time.Time   `json:"opened"`
	Closed   *time.Time  `json:"closed,omitempty"`
}

// SealDraft is a seal to be registered.
type SealDraft struct {
	Name     string   `json:"name" minLength:"2" maxLength:"120"`
	Role     string   `json:"role" minLength:"2" maxLength:"60"`
	Keepers  []string `json:"keepers" minItems:"1" maxItems:"20" doc:"Accounts of the body that keeps it"`
	Document string   `json:"document" minLength:"2" maxLength:"120"`
}

// SealUse (用印记录) is one use of a seal.
type SealUse struct {
	ID        string    `json:"id"`
	Seal      string    `json:"seal"`
	Agreement string    `json:"agreement"`
	Digest    string    `json:"digest" doc:"SHA-256 of the text that was sealed"`
	Account   string    `json:"account"`
	Name      string    `json:"name"`
	At        time.Time `json:"at"`
}

// RegisterSeal puts a contract seal into the register with its keepers, who belong to the registering body.
func (s *Service) RegisterSeal(ctx context.Context, d SealDraft) (Seal, error) {
	var seal Seal
	d.Name, d.Document = strings.TrimSpace(d.Name), strings.TrimSpace(d.Document)
	switch {
	case d.Name == "":
		return seal, spotted("body.name", "请填写印章名称")
	case d.Document == "":
		return seal, spotted("body.document", "请填写设置和委托管理印章的文号")
	case !slices.Contains(access.Roles(), access.Role(d.Role)):
		return seal, spotted("body.role", "请选择印章代表的一方")
	}
	_, err := s.acts.Do(ctx, act.Call{Act: "grant.seal.register"}, func(ctx context.Context, tx *act.Tx) error {
		for _, id := range d.Keepers {
			keeper, err := access.LoadAccount(ctx, tx.Tx, id)
			if errs.Is(err, errs.NotFound) || err == nil && (keeper.Closed || keeper.Org == "" || keeper.Org != tx.Actor().Org) {
				return spotted("body.keepers", "印章由本单位的人员保管, 请从本单位的账号中选择保管人")
			}
			if err != nil {
				return err
			}
		}
		seal = Seal{ID: tx.NewID("seal"), Name: d.Name, Role: d.Role, Keepers: d.Keepers, Document: d.Document, By: tx.Actor().Org, Area: tx.Actor().Area, Opened: tx.Now()}
		return s.keepSeal(ctx, tx, seal)
	})
	return seal, err
}

// CloseSeal takes a seal out of use (停用).
func (s *Service) CloseSeal(ctx context.Context, id string) (Seal, error) {
	var seal Seal
	_, err := s.acts.Do(ctx, act.Call{Act: "grant.seal.close"}, func(ctx context.Context, tx *act.Tx) (err error) {
		if seal, err = loadSeal(ctx, tx.Tx, id); err != nil {
			return err
		}
		switch {
		case seal.By != tx.Actor().Org:
			return errs.New(errs.Forbidden, "印章由保管单位停用, 请联系保管单位办理")
		case seal.Closed != nil:
			return errs.New(errs.Conflict, "这枚印章已经停用, 请刷新查看")
		}
		now := tx.Now()
		seal.Closed = &now
		return s.keepSeal(ctx, tx, seal)
	})
	return seal, err
}

func (s *Service) keepSeal(ctx context.Context, tx *act.Tx, seal Seal) error {
	if err := keepSeal(ctx, tx.Tx, seal); err != nil {
		return err
	}
	if err := tx.Judge(ctx, nil); err != nil {
		return err
	}
	return tx.Changed(ctx, "seal", seal.ID, seal)
}

// useSeal seals an agreement by the hand of one of the seal's keepers, and enters the use in the register.
func (s *Service) useSeal(ctx context.Context, tx *act.Tx, id string, side Party, a Agreement) (string, error) {
	if id == "" {
		return "", spotted("body.seal", side.Title+"签订协议须加盖合同专用章, 请由印章保管人选择印章后签署")
	}
	seal, err := loadSeal(ctx, tx.Tx, id)
	switch actor := tx.Actor(); {
	case err != nil:
		return "", err
	case seal.Closed != nil:
		return "", errs.New(errs.Conflict, "印章“%s”已经停用, 请改用现行的印章", seal.Name)
	case seal.Role != side.Role:
		return "", spotted("body.seal", "印章“"+seal.Name+"”不代表"+side.Title+", 请改选印章")
	case seal.Area != a.Area: // 舟山 二(一)1: 县(区)设置专用章, 由相关部门依法管理使用
		return "", spotted("body.seal", "印章“"+seal.Name+"”属于"+tx.Law().AreaName(string(seal.Area))+", 这份协议由"+tx.Law().AreaName(string(a.Area))+"签订, 须使用其本级的合同专用章")
	case !slices.Contains(seal.Keepers, actor.Account):
		return "", errs.New(errs.Forbidden, "印章“%s”由登记的保管人使用, 您不是保管人; 请转由保管人签署", seal.Name)
	}
	sum := sha256.Sum256([]byte(a.Text))
	use := SealUse{ID: tx.NewID("use"), Seal: seal.ID, Agreement: a.ID, Digest: "sha256:" + hex.EncodeToString(sum[:]),
		Account: tx.Actor().Account, Name: tx.Actor().Name, At: tx.Now()}
	if err := insertSealUse(ctx, tx.Tx, use); err != nil {
		return "", err
	}
	return seal.ID, tx.Changed(ctx, "seal-use", use.ID, use)
}

// Seals is the register, newest first; it is read by the bodies that supervise and by keepers.
func (s *Service) Seals(ctx context.Context, before string, limit int) (list []Seal, err error) {
	err = s.acts.View(ctx, func(tx *sqldb.Tx) error {
		if !access.From(ctx).Has(access.Bureau, access.Government, access.Auditor) {
			return errs.New(errs.Forbidden, "印章登记簿由主管部门和审计人员查阅, 请联系他们")
		}
		list, err = listSeals(ctx, tx, before, limit)
		list = slices.DeleteFunc(list, func(s Seal) bool { return !access.From(ctx).Area.Covers(s.Area) })
		return err
	})
	return list, err
}

// SealUses are the uses of one seal, newest first.
func (s *Service) SealUses(ctx context.Context, id, before string, limit int) (list []SealUse, err error) {
	err = s.acts.View(ctx, func(tx *sqldb.Tx) error {
		if !access.From(ctx).Has(access.Bureau, access.Government, access.Auditor) {
			return errs.New(errs.Forbidden, "用印记录由主管部门和审计人员查阅, 请联系他们")
		}
		seal, err := loadSeal(ctx, tx, id)
		if err == nil && !access.From(ctx).Area.Covers(seal.Area) {
			err = errs.New(errs.NotFound, noSeal)
		}
		if err != nil {
			return err
		}
		list, err = listSealUses(ctx, tx, id, before, limit)
		return err
	})
	return list, err
}
