package consent

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"yunei/internal/base/errs"
	"yunei/internal/base/sqldb"
	"yunei/internal/core/access"
	"yunei/internal/core/act"
	"yunei/internal/core/matter"
	"yunei/internal/core/notice"
)

// Draw (抽查) is one sample of the consent files that carry queries. 四(四): 平台运营单位应不定期对数据使用单位提交的授权文件进行合规性和
// 有效性抽查. Nobody chooses the files: like an expert panel they are drawn by lot, so written down that everybody can repeat it.
type Draw struct {
	ID      string    `json:"id"`
	Method  string    `json:"method"`
	Seed    string    `json:"seed"`
	Rate    int64     `json:"rate" doc:"Sampling rate in force, per mille"`
	Of      int       `json:"of" doc:"How many files were in the draw"`
	Digest  string    `json:"digest" doc:"SHA-256 of their ids, one a line in ascending order"`
	Drawn   int       `json:"drawn"`
	Account string    `json:"account"`
	At      time.Time `json:"at"`
}

const drawMethod = "对每份授权文件计算 SHA-256(种子 + 一个空格 + 授权编号), 按十六进制结果从小到大排列, 取前若干份 (总数乘以抽查比例, 向上取整, 至少一份)"

// Spot is one drawn file, and what the operator found.
type Spot struct {
	Draw      string    `json:"draw"`
	Consent   string    `json:"consent"`
	Number    string    `json:"number" doc:"授权书编号"`
	Orgs      []string  `json:"orgs" doc:"Who may ask under it"`
	Compliant *bool     `json:"compliant,omitempty" doc:"合规性; absent: not checked yet"`
	Valid     *bool     `json:"valid,omitempty" doc:"有效性"`
	Note      string    `json:"note,omitempty"`
	Account   string    `json:"account,omitempty"`
	At        time.Time `json:"at,omitzero"`
}

// Failed reports whether the file was found wanting.
func (s Spot) Failed() bool {
	return s.Compliant != nil && !*s.Compliant || s.Valid != nil && !*s.Valid
}

// Finding is what the operator records of one file.
type Finding struct {
	Compliant bool   `json:"compliant" doc:"合规: 模板、告知内容和签署符合要求"`
	Valid     bool   `json:"valid" doc:"有效: 本人签署, 在期限内, 与业务相符"`
	Note      string `json:"note" minLength:"2" maxLength:"1000" doc:"What was looked at, and what is wrong; no personal data"`
}

// drawn are the ids that a draw takes from a population in ascending order.
func drawn(seed string, population []string, rate int64) []string {
	n := int((int64(len(population))*rate + 999) / 1000)
	order := slices.Clone(population)
	slices.SortFunc(order, func(a, b string) int { return strings.Compare(matter.Lot(seed, a), matter.Lot(seed, b)) })
	return order[:min(max(n, 1), len(order))]
}

// DrawSample draws files at the rate the law of the day sets.
func (s *Service) DrawSample(ctx context.Context) (Draw, error) {
	var d Draw
	_, err := s.Acts.Do(ctx, act.Call{Act: ActDraw}, func(ctx context.Context, tx *act.Tx) error {
		rate, _, err := tx.Law().Int("consent.check.rate", tx.Day())
		if err != nil {
			return err
		}
		population, err := standing(ctx, tx.Tx)
		if err != nil {
			return err
		}
		if len(population) == 0 {
			return errs.New(errs.Conflict, "现在没有生效的授权文件, 请在数据使用单位提交授权文件后再抽查")
		}
		list := strings.Join(population, "\n") + "\n"
		sum := sha256.Sum256([]byte(list))
		d = Draw{ID: tx.NewID("cdr"), Method: drawMethod, Rate: rate, Of: len(population), Digest: "sha256:" + hex.EncodeToString(sum[:]),
			Account: tx.Actor().Account, At: tx.Now()}
		d.Seed = d.ID
		ids := drawn(d.Seed, population, rate)
		d.Drawn = len(ids)
		if err := insertDraw(ctx, tx.Tx, d, list); err != nil {
			return err
		}
		if err := tx.Changed(ctx, "consent-draw", d.ID, d); err != nil {
			return err
		}
		for i, id := range ids {
			c, err := Load(ctx, tx.Tx, id)
			if err != nil {
				return err
			}
			spot := Spot{Draw: d.ID, Consent: id, Number: c.Terms.Number}
			for _, r := range c.Terms.Recipients {
				spot.Orgs = append(spot.Orgs, r.Org)
			}
			if err := insertSpot(ctx, tx.Tx, spot, i); err != nil {
				return err
			}
			if err := tx.Changed(ctx, "consent-check", d.ID+"/"+id, spot); err != nil {
				return err
			}
		}
		return tx.Judge(ctx, nil)
	})
	return d, err
}

// Check records what was found of a drawn file. A failed one carries no further query until a later check passes.
func (s *Service) Check(ctx context.Context, draw, id string, f Finding) (Spot, error) {
	var spot Spot
	_, err := s.Acts.Do(ctx, act.Call{Act: ActCheck}, func(ctx context.Context, tx *act.Tx) error {
		var err error
		if spot, err = loadSpot(ctx, tx.Tx, draw, id); err != nil {
			return err
		}
		if spot.Compliant != nil && !spot.Failed() {
			return errs.New(errs.Conflict, "这份授权文件在本次抽查中已经通过, 无需再次登记")
		}
		spot.Compliant, spot.Valid, spot.Note, spot.Account, spot.At = &f.Compliant, &f.Valid, strings.TrimSpace(f.Note), tx.Actor().Account, tx.Now()
		if spot.Note == "" {
			return &errs.Error{Code: errs.Invalid, Msg: "请写明核查了什么、结论是什么", Spots: []errs.Spot{{Where: "body.note", Message: "不能为空"}}}
		}
		if err := saveSpot(ctx, tx.Tx, spot); err != nil {
			return err
		}
		if err := tx.Changed(ctx, "consent-check", draw+"/"+id, spot); err != nil {
			return err
		}
		c, err := Load(ctx, tx.Tx, id)
		if err != nil {
			return err
		}
		switch {
		case spot.Failed() && c.State == StateValid:
			c.State = StateSuspended
		case !spot.Failed() && c.State == StateSuspended:
			c.State = StateValid
		default:
			return tx.Judge(ctx, map[string]string{"consent": id})
		}
		if err := updateState(ctx, tx.Tx, c); err != nil {
			return err
		}
		if err := tx.Changed(ctx, "consent", c.ID, c); err != nil {
			return err
		}
		result := "ok"
		if spot.Failed() {
			result = "failed"
		}
		for _, r := range c.Terms.Recipients {
			err := notice.Send(ctx, tx, notice.Message{Kind: notice.ConsentChecked, ObjectKind: "consent", Object: c.ID,
				Params: map[string]string{"number": c.Terms.Number, "result": result}}, access.OrgAddress(r.Org, access.DataUser))
			if err != nil {
				return err
			}
		}
		return tx.Judge(ctx, map[string]string{"consent": id})
	})
	return spot, err
}

// Draws lists the draws, newest first, to those who check and supervise.
func (s *Service) Draws(ctx context.Context, before string, limit int) (list []Draw, err error) {
	if !access.From(ctx).Overseer() {
		return nil, nil
	}
	err = s.Acts.View(ctx, func(tx *sqldb.Tx) error {
		list, err = sqldb.Bodies[Draw](ctx, tx, `SELECT body FROM consent_draw WHERE ($1 = '' OR id < $1) ORDER BY id DESC LIMIT $2`, before, limit)
		return err
	})
	return list, err
}

// Sample is a draw with its files, and with all that were in it, so that anybody repeats it.
type Sample struct {
	Draw       Draw     `json:"draw"`
	Spots      []Spot   `json:"spots"`
	Population []string `json:"population"`
}

// Sample shows one draw.
func (s *Service) Sample(ctx context.Context, id string) (out Sample, err error) {
	if !access.From(ctx).Overseer() {
		return out, errNoDraw()
	}
	err = s.Acts.View(ctx, func(tx *sqldb.Tx) error {
		var population string
		if out.Draw, population, err = loadDraw(ctx, tx, id); err != nil {
			return err
		}
		out.Population = strings.Fields(population)
		out.Spots, err = spotsOf(ctx, tx, `draw = $1 ORDER BY place`, id)
		return err
	})
	return out, err
}

// Checked lists what spot checks found of a consent, newest first, to whoever may see it.
func (s *Service) Checked(ctx context.Context, id string) (list []Spot, err error) {
	err = s.Acts.View(ctx, func(tx *sqldb.Tx) error {
		if _, err := s.visible(ctx, tx, id); err != nil {
			return err
		}
		list, err = spotsOf(ctx, tx, `consent = $1 ORDER BY draw DESC`, id)
		return err
	})
	return list, err
}

func errNoDraw() error { return errs.New(errs.NotFound, "没有这次抽查, 请核对后重试") }

// standing lists the ids of the documents that carry queries, in ascending order.
func standing(ctx context.Context, tx *sqldb.Tx) ([]string, error) {
	rows, err := tx.Query(ctx, `SELECT id FROM consent WHERE state = 'valid' AND erased = 0 AND uses < max_uses AND until_day >= $1 ORDER BY id`,
		Day(dayOf(tx)).String())
	return sqldb.Collect(rows, err, func(r *sqldb.Rows) (id string, err error) { return id, r.Scan(&id) })
}

func insertDraw(ctx context.Context, tx *sqldb.Tx, d Draw, population string) error {
	body, err := json.Marshal(d)
	if err != nil {
		return fmt.Errorf("encode draw: %w", err)
	}
	if _, err := tx.Exec(ctx, `INSERT INTO consent_draw (id, body, population, drawn) VALUES ($1, $2, $3, $4)`, d.ID, string(body), population, d.At.UnixMicro()); err != nil {
		return fmt.Errorf("insert draw %s: %w", d.ID, err)
	}
	return nil
}

func loadDraw(ctx context.Context, tx *sqldb.Tx, id string) (d Draw, population string, err error) {
	var body string
	err = tx.QueryRow(ctx, `SELECT body, population FROM consent_draw WHERE id = $1`, id).Scan(&body, &population)
	if errors.Is(err, sqldb.ErrNoRows) {
		return d, "", errNoDraw()
	}
	if err != nil {
		return d, "", fmt.Errorf("load draw %s: %w", id, err)
	}
	return d, population, json.Unmarshal([]byte(body), &d)
}

func insertSpot(ctx context.Context, tx *sqldb.Tx, p Spot, place int) error {
	body, err := json.Marshal(p)
	if err != nil {
		return fmt.Errorf("encode check: %w", err)
	}
	if _, err := tx.Exec(ctx, `INSERT INTO consent_check (draw, place, consent, body) VALUES ($1, $2, $3, $4)`, p.Draw, place, p.Consent, string(body)); err != nil {
		return fmt.Errorf("insert check of consent %s: %w", p.Consent, err)
	}
	return nil
}

func saveSpot(ctx context.Context, tx *sqldb.Tx, p Spot) error {
	body, err := json.Marshal(p)
	if err != nil {
		return fmt.Errorf("encode check: %w", err)
	}
	if _, err := tx.Exec(ctx, `UPDATE consent_check SET body = $3 WHERE draw = $1 AND consent = $2`, p.Draw, p.Consent, string(body)); err != nil {
		return fmt.Errorf("update check of consent %s: %w", p.Consent, err)
	}
	return nil
}

func loadSpot(ctx context.Context, tx *sqldb.Tx, draw, id string) (Spot, error) {
	list, err := spotsOf(ctx, tx, `draw = $1 AND consent = $2`, draw, id)
	if err == nil && len(list) == 0 {
		err = errs.New(errs.NotFound, "这次抽查没有抽到这份授权文件, 请从抽中的文件中选择")
	}
	if err != nil {
		return Spot{}, err
	}
	return list[0], nil
}

func spotsOf(ctx context.Context, tx *sqldb.Tx, where string, args ...any) ([]Spot, error) {
	return sqldb.Bodies[Spot](ctx, tx, `SELECT body FROM consent_check WHERE `+where, args...)
}
