package catalog

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"yunei/internal/base/errs"
	"yunei/internal/base/sqldb"
	"yunei/internal/base/workday"
	"yunei/internal/core/access"
	"yunei/internal/core/act"
	"yunei/internal/core/link"
	"yunei/internal/core/party"
)

// LetterEntry is a published entry on its way into the catalog of the node above (威海 第八条: 互联互通).
const LetterEntry = "entry"

// Origin is where a foreign entry was published.
type Origin struct {
	Node       string      `json:"node"`
	Name       string      `json:"name" doc:"Name of the node"`
	Record     string      `json:"record" doc:"Its id of the entry"`
	Holder     string      `json:"holder" doc:"数据提供单位, by name"`
	HolderCode string      `json:"holder_code" doc:"统一社会信用代码"`
	Area       access.Area `json:"area,omitempty" doc:"行政区域 that the node serves"`
	Received   time.Time   `json:"received"`
}

// shared is an entry as it travels: what everyone who is signed in may read of it, and no count of rows.
type shared struct {
	Content    Content      `json:"content"`
	Version    int          `json:"version"`
	Published  workday.Date `json:"published"`
	Holder     string       `json:"holder"`
	HolderCode string       `json:"holder_code"`
}

func publishUp(ctx context.Context, tx *act.Tx, e Entry) error {
	holder, err := party.Load(ctx, tx.Tx, e.Holder)
	if err != nil && !errs.Is(err, errs.NotFound) {
		return err
	}
	return link.Publish(ctx, tx, LetterEntry, e.ID, shared{Content: e.Content, Version: e.Version, Published: e.Published, Holder: holder.Name, HolderCode: holder.USCC})
}

// ReceiveEntry puts a lower node's published entry into the unified catalog, or its newer version in the place of the older. It
// can be found and read, and nothing else: no stage finds it among the resources of this node.
func (s *Service) ReceiveEntry(ctx context.Context, tx *act.Tx, from link.Peer, l link.Letter) error {
	var r shared
	if err := json.Unmarshal(l.Content, &r); err != nil || r.Content.Title == "" || len(r.Content.Fields) > maxFields {
		return errs.New(errs.Invalid, "目录报文没有资源名称或者格式有误, 请核对双方的程序版本")
	}
	e := Entry{ID: tx.NewID("res"), Content: r.Content.normal(), State: Published, Version: r.Version, Published: r.Published, Created: tx.Now(), Updated: tx.Now(),
		Origin: &Origin{Node: from.Node, Name: from.Name, Record: l.Object, Holder: r.Holder, HolderCode: r.HolderCode, Area: from.Area, Received: tx.Now()}}
	var there string
	err := tx.QueryRow(ctx, `SELECT id FROM foreign_entry WHERE node = $1 AND object = $2`, from.Node, l.Object).Scan(&there)
	if err != nil && !errors.Is(err, sqldb.ErrNoRows) {
		return err
	}
	if there != "" {
		e.ID = there
	}
	if err := keepForeign(ctx, tx.Tx, e); err != nil {
		return err
	}
	return tx.Changed(ctx, "foreign-entry", e.ID, e)
}

func keepForeign(ctx context.Context, tx *sqldb.Tx, e Entry) error {
	body, err := json.Marshal(e)
	if err != nil {
		return fmt.Errorf("encode foreign entry: %w", err)
	}
	_, err = tx.Exec(ctx, `INSERT INTO foreign_entry (id, node, object, area, open_access, operate_access, body) VALUES ($1, $2, $3, $4, $5, $6, $7)
		ON CONFLICT (id) DO UPDATE SET open_access = excluded.open_access, operate_access = excluded.operate_access, body = excluded.body`,
		e.ID, e.Origin.Node, e.Origin.Record, string(e.Origin.Area), string(e.Open.Access), string(e.Operate.Access), string(body))
	if err != nil {
		return fmt.Errorf("keep foreign entry %s: %w", e.ID, err)
	}
	return saveGrams(ctx, tx, e)
}

func scanForeign(r interface{ Scan(...any) error }) (Entry, error) {
	var e Entry
	var id, body string
	if err := r.Scan(&id, &body); err != nil {
		return e, err
	}
	if err := json.Unmarshal([]byte(body), &e); err != nil {
		return e, fmt.Errorf("decode foreign entry %s: %w", id, err)
	}
	return e, nil
}

func loadForeign(ctx context.Context, tx *sqldb.Tx, id string) (Entry, error) {
	e, err := scanForeign(tx.QueryRow(ctx, `SELECT id, body FROM foreign_entry WHERE id = $1`, id))
	if errors.Is(err, sqldb.ErrNoRows) {
		return e, notFound()
	}
	return e, err
}

// listForeign are the foreign entries that a list asks for. They are all published, and their holders are no organizations here.
func listForeign(ctx context.Context, tx *sqldb.Tx, f Filter) ([]Entry, error) {
	if f.State != "" && f.State != Published || f.Holder != "" {
		return nil, nil
	}
	lo, hi := f.Area.Range()
	args := []any{string(f.Open), string(f.Operate), f.After, lo, hi, int64(f.Limit)}
	where := []string{`($1 = '' OR open_access = $1)`, `($2 = '' OR operate_access = $2)`, `($3 = '' OR id < $3)`, `area >= $4 AND area < $5`}
	for _, g := range queryGrams(f.Query) {
		args = append(args, g)
		where = append(where, `id IN (SELECT entry FROM foreign_gram WHERE gram = $`+strconv.Itoa(len(args))+`)`)
	}
	return sqldb.List(ctx, tx, func(r *sqldb.Rows) (Entry, error) { return scanForeign(r) },
		`SELECT id, body FROM foreign_entry WHERE `+strings.Join(where, " AND ")+` ORDER BY id DESC LIMIT $6`, args...)
}

// newest is one page of two lists.
func newest(list []Entry, limit int) []Entry {
	slices.SortFunc(list, func(a, b Entry) int { return cmp.Compare(b.ID, a.ID) })
	return list[:min(len(list), limit)]
}

func foreignPage(ctx context.Context, tx *sqldb.Tx, id string) (Page, error) {
	e, err := loadForeign(ctx, tx, id)
	return Page{Entry: e, Grade: e.Grade(), Personal: e.Personal(), Problems: []errs.Spot{}, Acts: []act.Option{}}, err
}
