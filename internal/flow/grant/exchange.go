package grant

import (
	"context"
	"encoding/json"
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

// What goes between joined nodes, where the law in force exchanges the kind. It is what a register shows: no application, no
// opinion, no person.
const (
	LetterGrant         = "grant"               // 场景授权, kept to be read
	LetterAuthorization = "authorization"       // 授权资格, kept to be read
	LetterFiling        = "filing"              // 备案, goes into the register of the node above
	LetterAcknowledged  = "filing.acknowledged" // 备案回执, in the place of the paper one
)

// Exchanged is the record of an authorization as the node above reads it.
type Exchanged struct {
	Title   string       `json:"title"`
	Org     string       `json:"org" doc:"被授权单位"`
	OrgCode string       `json:"org_code" doc:"统一社会信用代码"`
	Level   string       `json:"level,omitempty"`
	Purpose string       `json:"purpose,omitempty"`
	Field   string       `json:"field,omitempty"`
	Models  int          `json:"models,omitempty"`
	From    workday.Date `json:"from"`
	Until   workday.Date `json:"until"`
	State   string       `json:"state"`
}

// filed is a filing as it travels.
type filed struct {
	Kind    string    `json:"kind"`
	Title   string    `json:"title"`
	Org     string    `json:"org"`
	OrgCode string    `json:"org_code"`
	Number  string    `json:"number"`
	Note    string    `json:"note,omitempty"`
	Filed   time.Time `json:"filed"`
}

type acknowledged struct {
	Number string `json:"number"`
	Note   string `json:"note,omitempty"`
	Office string `json:"office"`
}

// codeOf is an organization's name and code; both are empty where a result is about none.
func codeOf(ctx context.Context, tx *sqldb.Tx, org string) (name, code string, err error) {
	if org == "" {
		return "", "", nil
	}
	o, err := party.Load(ctx, tx, org)
	return o.Name, o.USCC, err
}

func publishGrant(ctx context.Context, tx *act.Tx, g Grant, state string) error {
	name, code, err := codeOf(ctx, tx.Tx, g.Org)
	if err != nil {
		return err
	}
	return link.Publish(ctx, tx, LetterGrant, g.ID, Exchanged{Title: g.Title, Org: name, OrgCode: code, Purpose: g.Purpose, Models: len(g.Models),
		From: g.From, Until: g.Until, State: state})
}

func publishAuthorization(ctx context.Context, tx *act.Tx, a Authorization) error {
	name, code, err := codeOf(ctx, tx.Tx, a.Org)
	if err != nil {
		return err
	}
	return link.Publish(ctx, tx, LetterAuthorization, a.ID, Exchanged{Title: name + " 授权", Org: name, OrgCode: code, Level: a.Level, Field: a.Field,
		From: a.From, Until: a.Until, State: a.State})
}

// publishFiling sends what is filed with the authority above over the link, where there is one.
func publishFiling(ctx context.Context, tx *act.Tx, f Filing) error {
	if f.To != string(access.Upper) || f.State != FilingFiled {
		return nil
	}
	name, code, err := codeOf(ctx, tx.Tx, f.Owner)
	if err != nil {
		return err
	}
	return link.Publish(ctx, tx, LetterFiling, f.ID, filed{Kind: f.Kind, Title: f.Title, Org: name, OrgCode: code, Number: f.Number, Note: f.Note, Filed: *f.Filed})
}

// Origin is the node that a filing came from.
type Origin struct {
	Node    string `json:"node"`
	Name    string `json:"name" doc:"Name of the node"`
	Record  string `json:"record" doc:"Its id of the filing"`
	Org     string `json:"org" doc:"The organization the result is about, by name"`
	OrgCode string `json:"org_code"`
}

// ReceiveFiling puts a lower node's filing into the register here, under the number that the lower one gave it; the bureau
// acknowledges it like any other.
func (s *Service) ReceiveFiling(ctx context.Context, tx *act.Tx, from link.Peer, l link.Letter) error {
	var r filed
	if err := json.Unmarshal(l.Content, &r); err != nil || r.Title == "" || r.Number == "" {
		return errs.New(errs.Invalid, "备案报文缺少事项或者备案号, 请核对双方的程序版本")
	}
	f := Filing{ID: tx.NewID("fil"), Kind: r.Kind, Subject: from.Node + "/" + l.Object, Title: r.Title, Area: from.Area,
		To: string(access.Bureau), ToTitle: tx.Law().Role(string(access.Bureau)), State: FilingFiled, Number: r.Number, Note: r.Note, Filed: &r.Filed,
		Origin: &Origin{Node: from.Node, Name: from.Name, Record: l.Object, Org: r.Org, OrgCode: r.OrgCode}, Opened: tx.Now()}
	return s.insertFiling(ctx, tx, f)
}

// ReceiveAcknowledgement is the answer of the authority above to what was filed over the link: it stands in the place of the
// paper acknowledgement.
func (s *Service) ReceiveAcknowledgement(ctx context.Context, tx *act.Tx, from link.Peer, l link.Letter) error {
	var r acknowledged
	if err := json.Unmarshal(l.Content, &r); err != nil || strings.TrimSpace(r.Number) == "" {
		return errs.New(errs.Invalid, "备案回执缺少编号, 请核对双方的程序版本")
	}
	if err := tx.Lock(ctx, "filing "+l.Object); err != nil {
		return err
	}
	f, err := loadFiling(ctx, tx.Tx, l.Object)
	switch {
	case err != nil:
		return err
	case f.To != string(access.Upper) || f.State == FilingDue:
		return errs.New(errs.Conflict, "这件备案没有报送给对方, 不能接收回执")
	case f.State == FilingAcknowledged:
		return errs.New(errs.Conflict, "这件备案已经回执, 编号 %s", f.Received.Number)
	}
	f.State = FilingAcknowledged
	f.Received = &Acknowledgement{Number: r.Number, Note: r.Note, Account: from.ID, Name: r.Office, At: tx.Now()}
	if err := s.saveFiling(ctx, tx, f); err != nil {
		return err
	}
	return tx.JudgeAs(ctx, "grant.filing.acknowledge", map[string]string{"org": f.Owner, "filing": f.ID}, nil)
}
