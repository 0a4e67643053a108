package main

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	_ "github.com/mattn/go-sqlite3" // the copies that are tampered with are opened without the house's own checks

	"yunei/internal/core/ledger/proof"
	"yunei/internal/gate/node"
)

// auditor does on the demonstration's data what an auditor does with files in hand.
type auditor struct {
	node    *node.Node
	options node.Options
}

// VerifyOffline exports the sealed log and verifies the export as somebody would who has nothing but the file and the
// published keys.
func (a *auditor) VerifyOffline(ctx context.Context) (int, error) {
	if err := a.node.Log.Seal(ctx); err != nil {
		return 0, err
	}
	var file bytes.Buffer
	if err := a.node.Log.Export(ctx, &file, 0, 0); err != nil {
		return 0, err
	}
	head, err := a.node.Log.Checkpoint(ctx)
	if err != nil {
		return 0, err
	}
	return passed(proof.VerifyFile(file.Bytes(), proof.Trust{Key: head.Key, SM3Key: head.SM3Key}))
}

// VerifyReceipt verifies a receipt file against the published keys.
func (a *auditor) VerifyReceipt(ctx context.Context, receipt []byte) error {
	head, err := a.node.Log.Checkpoint(ctx)
	if err != nil {
		return err
	}
	_, err = passed(proof.VerifyFile(receipt, proof.Trust{Key: head.Key, SM3Key: head.SM3Key}))
	return err
}

func passed(r *proof.Report) (int, error) {
	if !r.OK() {
		var text bytes.Buffer
		r.Print(&text)
		return 0, errors.New(text.String())
	}
	return r.Entries, nil
}

// tamperings are changes that somebody with the database file in hands might try: each is one statement on a copy.
var tamperings = []struct{ what, statement string }{
	{"one byte of a ledger entry", `UPDATE ledger_entry SET body = CAST(replace(CAST(body AS TEXT), 'serve.call', 'serve.cale') AS BLOB) WHERE seq = (SELECT MAX(seq) FROM ledger_entry WHERE CAST(body AS TEXT) LIKE '%serve.call%')`},
	{"one digit of a permit's last day", `UPDATE permit SET until_day = '2027-09-29' WHERE kind = 'grant'`},
	{"the state of a matter", `UPDATE matter SET state = CASE state WHEN 'passed' THEN 'refused' ELSE 'passed' END WHERE id = (SELECT MIN(id) FROM matter)`},
	{"the words of an opinion", `UPDATE matter SET body = replace(body, '同意', '反对') WHERE body LIKE '%同意%'`},
	{"a charge of the disclosure ledger", `UPDATE disclosure_charge SET rho = rho - 1`},
	{"one subject's row", `UPDATE subject_row SET body = replace(body, '0', '1') WHERE sid = (SELECT MIN(sid) FROM subject_row)`},
}

// Tamper makes each change in a copy of its own and asks fsck.
func (a *auditor) Tamper(ctx context.Context) (found, of int, err error) {
	for _, c := range tamperings {
		seen, err := a.tamper(ctx, c.statement)
		if err != nil {
			return found, of, fmt.Errorf("%s: %w", c.what, err)
		}
		of++
		if !seen {
			return found, of, fmt.Errorf("%s went unnoticed", c.what)
		}
		found++
	}
	return found, of, nil
}

func (a *auditor) tamper(ctx context.Context, statement string) (bool, error) {
	dir, err := os.MkdirTemp("", "yunei-tamper-")
	if err != nil {
		return false, err
	}
	defer os.RemoveAll(dir)
	copied := filepath.Join(dir, "yunei.db")
	if err := change(ctx, filepath.Join(a.options.Data, "yunei.db"), copied, statement); err != nil {
		return false, err
	}
	o := a.options
	o.DB = "sqlite:" + copied
	log, done, err := node.Inspect(ctx, o)
	if err != nil {
		return false, err
	}
	problems, err := log.Fsck(ctx)
	return len(problems) > 0, errors.Join(err, done())
}

// change copies a live database and runs one statement on the copy; a statement that changes nothing proves nothing.
func change(ctx context.Context, live, copied, statement string) (err error) {
	source, err := sql.Open("sqlite3", "file:"+live+"?mode=ro")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, source.Close()) }()
	if _, err := source.ExecContext(ctx, `VACUUM INTO ?`, copied); err != nil {
		return fmt.Errorf("copy the database: %w", err)
	}
	db, err := sql.Open("sqlite3", copied)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	res, err := db.ExecContext(ctx, statement)
	if err != nil {
		return err
	}
	if n, err := res.RowsAffected(); err != nil || n == 0 {
		return errors.Join(err, errors.New("the tampering changed nothing"))
	}
	_, err = db.ExecContext(ctx, `PRAGMA wal_checkpoint(TRUNCATE)`)
	return err
}
