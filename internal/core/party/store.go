package party

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"yunei/internal/base/errs"
	"yunei/internal/base/sqldb"
	"yunei/internal/core/access"
)

const orgColumns = `id, name, uscc, kind, roles, registered, in_province, dcmm, representative, rep_digest, contact, phone, permit, created, legal_form`

// orgRead are the columns as they are read: where a body stands is kept beside it, for those who know it by id alone.
const orgRead = orgColumns + `, COALESCE((SELECT area FROM org_area WHERE org_area.org = organization.id), '')`

func insertOrg(ctx context.Context, tx *sqldb.Tx, o Organization) error {
	roles, err := json.Marshal(o.Roles)
	if err != nil {
		return fmt.Errorf("encode roles: %w", err)
	}
	n, err := tx.Exec(ctx, `INSERT INTO organization (`+orgColumns+`)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15) ON CONFLICT DO NOTHING`,
		o.ID, o.Name, o.USCC, string(o.Kind), string(roles), o.Registered.String(), flag(o.InProvince), flag(o.DCMM),
		o.Representative, o.repDigest, o.Contact, o.Phone, o.Permit, o.Created.UnixMicro(), string(o.LegalForm))
	if err != nil {
		return fmt.Errorf("insert organization %s: %w", o.ID, err)
	}
	if n == 0 {
		return errs.New(errs.Conflict, "统一社会信用代码 %s 的单位已经注册, 请直接登录; 找回账号请联系平台运营单位", o.USCC)
	}
	return access.SetArea(ctx, tx, o.ID, o.Area)
}

func updateOrg(ctx context.Context, tx *sqldb.Tx, o Organization) error {
	_, err := tx.Exec(ctx, `UPDATE organization SET name = $2, representative = $3, rep_digest = $4, contact = $5, phone = $6, permit = $7
		WHERE id = $1`, o.ID, o.Name, o.Representative, o.repDigest, o.Contact, o.Phone, o.Permit)
	if err != nil {
		return fmt.Errorf("update organization %s: %w", o.ID, err)
	}
	return nil
}

type scanner interface{ Scan(dest ...any) error }

func scanOrg(row scanner) (Organization, error) {
	var o Organization
	var roles string
	err := row.Scan(&o.ID, &o.Name, &o.USCC, &o.Kind, &roles, &o.Registered, &o.InProvince, &o.DCMM, &o.Representative,
		&o.repDigest, &o.Contact, &o.Phone, &o.Permit, &o.Created, &o.LegalForm, &o.Area)
	if err != nil {
		return o, err
	}
	return o, json.Unmarshal([]byte(roles), &o.Roles)
}

// Load loads an organization by id.
func Load(ctx context.Context, tx *sqldb.Tx, id string) (Organization, error) {
	o, err := scanOrg(tx.QueryRow(ctx, `SELECT `+orgRead+` FROM organization WHERE id = $1`, id))
	if errors.Is(err, sqldb.ErrNoRows) {
		return o, errs.New(errs.NotFound, "没有这个单位, 请核对后重试")
	}
	if err != nil {
		return o, fmt.Errorf("load organization %s: %w", id, err)
	}
	return o, nil
}

func listOrgs(ctx context.Context, tx *sqldb.Tx, f OrgFilter, after string, limit int) ([]Organization, error) {
	args := []any{after, limit}
	in := access.Inside("id", f.Area, &args)
	if words := strings.ToLower(strings.TrimSpace(f.Words)); words != "" {
		args = append(args, words)
		within := "instr"
		if tx.Dialect() == sqldb.Postgres {
			within = "strpos"
		}
		n := strconv.Itoa(len(args))
		in += ` AND (` + within + `(lower(name), $` + n + `) > 0 OR ` + within + `(lower(uscc), $` + n + `) > 0)`
	}
	rows, err := tx.Query(ctx, `SELECT `+orgRead+` FROM organization WHERE id > $1 AND `+in+` ORDER BY id LIMIT $2`, args...)
	return sqldb.Collect(rows, err, func(r *sqldb.Rows) (Organization, error) { return scanOrg(r) })
}

const admissionColumns = `id, org, method, state, documents, applied, applied_on, code_digest, code_generated, code_expires, code_used,
	pledge, reason, decided`

func insertAdmission(ctx context.Context, tx *sqldb.Tx, a Admission) error {
	documents, pledge, err := encodePapers(a)
	if err != nil {
		return err
	}
	generated, expires, used := a.codeTimes()
	n, err := tx.Exec(ctx, `INSERT INTO admission (`+admissionColumns+`)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14) ON CONFLICT DO NOTHING`,
		a.ID, a.Org, string(a.Method), string(a.State), documents, a.Applied.UnixMicro(), a.AppliedOn.String(), a.codeDigest,
		generated, expires, used, pledge, a.Reason, micros(a.Decided))
	if err != nil {
		return fmt.Errorf("insert admission %s: %w", a.ID, err)
	}
	if n == 0 {
		return errs.New(errs.Conflict, "本单位已有一件入驻申请正在办理, 请等待办结后再申请")
	}
	return nil
}

func updateAdmission(ctx context.Context, tx *sqldb.Tx, a Admission) error {
	documents, pledge, err := encodePapers(a)
	if err != nil {
		return err
	}
	generated, expires, used := a.codeTimes()
	_, err = tx.Exec(ctx, `UPDATE admission SET method = $2, state = $3, documents = $4, code_digest = $5, code_generated = $6,
		code_expires = $7, code_used = $8, pledge = $9, reason = $10, decided = $11 WHERE id = $1`,
		a.ID, string(a.Method), string(a.State), documents, a.codeDigest, generated, expires, used, pledge, a.Reason, micros(a.Decided))
	if err != nil {
		return fmt.Errorf("update admission %s: %w", a.ID, err)
	}
	return nil
}

func encodePapers(a Admission) (documents, pledge string, err error) {
	docs, err := json.Marshal(a.Documents)
	if err != nil {
		return "", "", fmt.Errorf("encode documents: %w", err)
	}
	if a.Pledge == nil {
		return string(docs), "", nil
	}
	p, err := json.Marshal(a.Pledge)
	if err != nil {
		return "", "", fmt.Errorf("encode pledge: %w", err)
	}
	return string(docs), string(p), nil
}

func (a Admission) codeTimes() (generated, expires, used int64) {
	if a.Code == nil {
		return 0, 0, 0
	}
	return a.Code.Generated.UnixMicro(), a.Code.Expires.UnixMicro(), micros(a.Code.Used)
}

func scanAdmission(row scanner) (Admission, error) {
	var a Admission
	var documents, pledge string
	var applied, generated, expires, used, decided int64
	err := row.Scan(&a.ID, &a.Org, &a.Method, &a.State, &documents, &applied, &a.AppliedOn, &a.codeDigest, &generated, &expires, &used,
		&pledge, &a.Reason, &decided)
	if err != nil {
		return a, err
	}
	a.Applied, a.Decided = instant(applied), instant(decided)
	if generated != 0 {
		a.Code = &CodeState{Generated: instant(generated), Expires: instant(expires), Used: instant(used)}
	}
	if pledge != "" {
		a.Pledge = &Pledge{}
		if err := json.Unmarshal([]byte(pledge), a.Pledge); err != nil {
			return a, fmt.Errorf("decode pledge of %s: %w", a.ID, err)
		}
	}
	return a, json.Unmarshal([]byte(documents), &a.Documents)
}

// LoadAdmission loads an admission by id.
func LoadAdmission(ctx context.Context, tx *sqldb.Tx, id string) (Admission, error) {
	a, err := scanAdmission(tx.QueryRow(ctx, `SELECT `+admissionColumns+` FROM admission WHERE id = $1`, id))
	if errors.Is(err, sqldb.ErrNoRows) {
		return a, errs.New(errs.NotFound, "没有这件入驻申请, 请核对后重试")
	}
	if err != nil {
		return a, fmt.Errorf("load admission %s: %w", id, err)
	}
	return a, nil
}

func admissionByCode(ctx context.Context, tx *sqldb.Tx, digest string) (Admission, error) {
	a, err := scanAdmission(tx.QueryRow(ctx, `SELECT `+admissionColumns+` FROM admission WHERE code_digest = $1`, digest))
	if errors.Is(err, sqldb.ErrNoRows) {
		return a, errs.New(errs.NotFound, "没有这个入驻二维码, 请核对链接或请本单位经办人重新生成")
	}
	if err != nil {
		return a, fmt.Errorf("find admission code: %w", err)
	}
	return a, nil
}

func listAdmissions(ctx context.Context, tx *sqldb.Tx, org string, area access.Area, after string, limit int) ([]Admission, error) {
	args := []any{org, after, limit}
	in := access.Inside("org", area, &args)
	rows, err := tx.Query(ctx, `SELECT `+admissionColumns+` FROM admission WHERE ($1 = '' OR org = $1) AND id > $2 AND `+in+` ORDER BY id LIMIT $3`, args...)
	return sqldb.Collect(rows, err, func(r *sqldb.Rows) (Admission, error) { return scanAdmission(r) })
}

const changeColumns = `id, org, happened, filed_on, due, late, change, rep_digest, state, reason, filed, decided`

func insertChange(ctx context.Context, tx *sqldb.Tx, c Change) error {
	body, err := json.Marshal(c.Set)
	if err != nil {
		return fmt.Errorf("encode change: %w", err)
	}
	n, err := tx.Exec(ctx, `INSERT INTO organization_change (`+changeColumns+`)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) ON CONFLICT DO NOTHING`,
		c.ID, c.Org, c.Happened.String(), c.FiledOn.String(), c.Due.String(), flag(c.Late), string(body), c.repDigest, string(c.State),
		c.Reason, c.Filed.UnixMicro(), micros(c.Decided))
	if err != nil {
		return fmt.Errorf("insert change %s: %w", c.ID, err)
	}
	if n == 0 {
		return errs.New(errs.Conflict, "本单位已有一件信息变更正在核验, 请等待办结后再提交")
	}
	return nil
}

func updateChange(ctx context.Context, tx *sqldb.Tx, c Change) error {
	_, err := tx.Exec(ctx, `UPDATE organization_change SET state = $2, reason = $3, decided = $4 WHERE id = $1`,
		c.ID, string(c.State), c.Reason, micros(c.Decided))
	if err != nil {
		return fmt.Errorf("update change %s: %w", c.ID, err)
	}
	return nil
}

func loadChange(ctx context.Context, tx *sqldb.Tx, id string) (Change, error) {
	c, err := scanChange(tx.QueryRow(ctx, `SELECT `+changeColumns+` FROM organization_change WHERE id = $1`, id))
	if errors.Is(err, sqldb.ErrNoRows) {
		return c, errs.New(errs.NotFound, "没有这件信息变更, 请核对后重试")
	}
	if err != nil {
		return c, fmt.Errorf("load change %s: %w", id, err)
	}
	return c, nil
}

func scanChange(row scanner) (Change, error) {
	var c Change
	var body string
	var filed, decided int64
	err := row.Scan(&c.ID, &c.Org, &c.Happened, &c.FiledOn, &c.Due, &c.Late, &body, &c.repDigest, &c.State, &c.Reason, &filed, &decided)
	if err != nil {
		return c, err
	}
	c.Filed, c.Decided = instant(filed), instant(decided)
	return c, json.Unmarshal([]byte(body), &c.Set)
}

func listChanges(ctx context.Context, tx *sqldb.Tx, org string) ([]Change, error) {
	rows, err := tx.Query(ctx, `SELECT `+changeColumns+` FROM organization_change WHERE org = $1 ORDER BY id DESC LIMIT 200`, org)
	return sqldb.Collect(rows, err, func(r *sqldb.Rows) (Change, error) { return scanChange(r) })
}

func flag(b bool) int64 {
	if b {
		return 1
	}
	return 0
}

func micros(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMicro()
}

func instant(n int64) time.Time {
	if n == 0 {
		return time.Time{}
	}
	return time.UnixMicro(n).UTC()
}
