package party

import (
	"context"
	"strings"
	"time"

	"yunei/internal/base/errs"
	"yunei/internal/base/sqldb"
	"yunei/internal/base/workday"
	"yunei/internal/core/access"
	"yunei/internal/core/act"
)

// Acts on security files.
const (
	ActSecurity    = "party.security.file"
	ActSecurityEnd = "party.security.end"
)

// States of a security file.
const (
	SecurityFiled = "filed"
	SecurityEnded = "ended"
)

// SecurityFile (安全管理制度文件) is one paper of an organization's own security: its rules for handling data and for operating
// staff, its protection and operation plan, its secrecy self-supervision. Which papers an organization needs the pack says
// (file.requires.<role>); one counts on the days it is valid.
type SecurityFile struct {
	ID     string       `json:"id"`
	Org    string       `json:"org"`
	Kind   string       `json:"kind" doc:"Which required paper it is, as the pack names it"`
	Title  string       `json:"title"`
	Number string       `json:"number,omitempty" doc:"Number of the paper (文号)"`
	Paper  string       `json:"paper" doc:"Digest of the uploaded file"`
	From   workday.Date `json:"from"`
	Until  workday.Date `json:"until,omitempty" doc:"Last valid day; absent without an end"`
	State  string       `json:"state" enum:"filed,ended"`
	Filed  time.Time    `json:"filed"`
}

func (f SecurityFile) tab() tab { return tab{ID: f.ID, Org: f.Org, State: f.State} }

// ValidOn reports whether the paper counts on a day.
func (f SecurityFile) ValidOn(day workday.Date) bool {
	return f.State == SecurityFiled && f.From <= day && (f.Until == "" || day <= f.Until)
}

var securityFiles = shelf[SecurityFile]{"security-file", "security_file", "没有这份安全管理文件, 请刷新查看"}

// SecurityDraft is a paper to be filed.
type SecurityDraft struct {
	Kind   string       `json:"kind" minLength:"2" maxLength:"60"`
	Title  string       `json:"title" minLength:"2" maxLength:"200"`
	Number string       `json:"number,omitempty" maxLength:"120"`
	Paper  string       `json:"paper" minLength:"8" maxLength:"200" doc:"Digest of the uploaded file"`
	From   workday.Date `json:"from"`
	Until  workday.Date `json:"until,omitempty"`
}

func (s *Service) defineSecurity(acts *act.Runner) {
	acts.Define(act.Def{Name: ActSecurity, Roles: members}, act.Def{Name: ActSecurityEnd, Roles: members})
	securityFiles.register(acts)
}

// FileSecurity files a security paper of the actor's organization. A newer one of the same kind stands beside the older.
func (s *Service) FileSecurity(ctx context.Context, d SecurityDraft) (f SecurityFile, err error) {
	f = SecurityFile{Kind: strings.TrimSpace(d.Kind), Title: strings.TrimSpace(d.Title), Number: strings.TrimSpace(d.Number), Paper: d.Paper,
		From: d.From, Until: d.Until, State: SecurityFiled}
	switch {
	case f.Kind == "":
		return f, spotted("kind", "请选择是哪一种文件")
	case !between(f.Title, 2, 200):
		return f, spotted("title", "请填写文件名称")
	case f.Paper == "":
		return f, spotted("paper", "请上传文件")
	case !f.From.Valid():
		return f, spotted("from", "请填写施行日, 写成 2006-01-02 的形式")
	case f.Until != "" && (!f.Until.Valid() || f.Until < f.From):
		return f, spotted("until", "有效期的最后一日不能早于施行日; 长期有效的请留空")
	}
	_, err = s.Acts.Do(ctx, act.Call{Act: ActSecurity}, func(ctx context.Context, tx *act.Tx) error {
		f.ID, f.Org, f.Filed = tx.NewID("sec"), tx.Actor().Org, tx.Now()
		if err := tx.Judge(ctx, map[string]string{"org": f.Org}); err != nil {
			return err
		}
		return securityFiles.put(ctx, tx, f)
	})
	return f, err
}

// EndSecurity takes a paper out of force (废止).
func (s *Service) EndSecurity(ctx context.Context, id string) (f SecurityFile, err error) {
	_, err = s.Acts.Do(ctx, act.Call{Act: ActSecurityEnd}, func(ctx context.Context, tx *act.Tx) error {
		if f, err = securityFiles.load(ctx, tx.Tx, id); err != nil {
			return err
		}
		switch {
		case f.Org != tx.Actor().Org:
			return errs.New(errs.NotFound, "%s", securityFiles.missing)
		case f.State != SecurityFiled:
			return errs.New(errs.Conflict, "这份文件已经废止, 请刷新查看")
		}
		f.State = SecurityEnded
		if err := tx.Judge(ctx, map[string]string{"org": f.Org}); err != nil {
			return err
		}
		return securityFiles.put(ctx, tx, f)
	})
	return f, err
}

// SecurityFiles lists an organization's papers, to it and to those who decide and supervise.
func (s *Service) SecurityFiles(ctx context.Context, orgID string) (list []SecurityFile, err error) {
	err = s.viewFile(ctx, orgID, func(tx *sqldb.Tx) error {
		list, err = securityFiles.of(ctx, tx, orgID)
		return err
	})
	return list, err
}

// seesGaps: an organization sees its own gaps, those who decide and supervise everyone's.
func seesGaps(a access.Actor, org string) bool { return decides(a) || a.Org == org && org != "" }
