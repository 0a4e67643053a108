package access

import (
	"context"
	"crypto/ed25519"
	"encoding/base64"
	"errors"
	"fmt"
	"time"

	"yunei/internal/base/errs"
	"yunei/internal/base/sqldb"
)

// SigningKey is the public half of a key with which a person signs opinions and model hashes; the private half
// never leaves their browser or program.
type SigningKey struct {
	ID      string    `json:"id"`
	Account string    `json:"account"`
	Alg     string    `json:"alg" enum:"ed25519"`
	Public  string    `json:"public" doc:"Base64 of the raw public key, 32 bytes"`
	Opened  time.Time `json:"opened"`
	Closed  bool      `json:"closed"`
}

// InsertKey stores a signing key.
func InsertKey(ctx context.Context, tx *sqldb.Tx, k SigningKey) error {
	_, err := tx.Exec(ctx, `INSERT INTO signing_key (id, account, alg, public, opened, closed) VALUES ($1, $2, $3, $4, $5, 0)`,
		k.ID, k.Account, k.Alg, k.Public, k.Opened.UnixMicro())
	if err != nil {
		return fmt.Errorf("insert signing key %s: %w", k.ID, err)
	}
	return nil
}

// LoadKey loads a signing key by id.
func LoadKey(ctx context.Context, tx *sqldb.Tx, id string) (SigningKey, error) {
	k, err := scanKey(tx.QueryRow(ctx, `SELECT id, account, alg, public, opened, closed FROM signing_key WHERE id = $1`, id))
	if errors.Is(err, sqldb.ErrNoRows) {
		return k, errs.New(errs.NotFound, "没有登记这个签名公钥, 请先登记再签名")
	}
	return k, err
}

// KeysOf lists an account's signing keys, newest first.
func KeysOf(ctx context.Context, tx *sqldb.Tx, account string) ([]SigningKey, error) {
	rows, err := tx.Query(ctx, `SELECT id, account, alg, public, opened, closed FROM signing_key WHERE account = $1 ORDER BY id DESC`, account)
	return sqldb.Collect(rows, err, func(r *sqldb.Rows) (SigningKey, error) { return scanKey(r) })
}

func scanKey(row scanner) (SigningKey, error) {
	var k SigningKey
	var opened, closed int64
	err := row.Scan(&k.ID, &k.Account, &k.Alg, &k.Public, &opened, &closed)
	k.Opened, k.Closed = time.UnixMicro(opened).UTC(), closed == 1
	return k, err
}

// Verify checks a base64 signature of text by this key.
func (k SigningKey) Verify(text []byte, signature string) error {
	sig, err := base64.StdEncoding.DecodeString(signature)
	if err != nil {
		return errs.New(errs.Invalid, "签名不是有效的 Base64, 请重新签名: %w", err)
	}
	public, err := base64.StdEncoding.DecodeString(k.Public)
	if err != nil {
		return fmt.Errorf("decode public key %s: %w", k.ID, err)
	}
	if k.Alg != "ed25519" || len(public) != ed25519.PublicKeySize {
		return errs.New(errs.Unimplemented, "暂不支持 %s 签名算法, 请使用 ed25519 密钥", k.Alg)
	}
	if !ed25519.Verify(public, text, sig) {
		return errs.New(errs.Invalid, "签名与内容不符, 请刷新后重新签名")
	}
	return nil
}
