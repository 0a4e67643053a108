package seal

import (
	"crypto/ed25519"
	"crypto/hmac"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/emmansun/gmsm/sm2"
	"github.com/emmansun/gmsm/sm3"

	"yunei/internal/base/errs"
)

// Keys are the opened key file.
type Keys struct {
	root   []byte
	log    ed25519.PrivateKey
	sm2    *sm2.PrivateKey
	anchor *Anchor
}

// file is the key file as it is stored; byte slices are base64 in JSON.
type file struct {
	Version    int    `json:"version"`
	Root       []byte `json:"root"`
	Ed25519    []byte `json:"ed25519"`
	SM2        []byte `json:"sm2"`
	AnchorKey  []byte `json:"anchor_key"`
	AnchorCert string `json:"anchor_cert"`
}

const fileName = "keys.json"

// LoadOrCreate opens dir/keys.json, or makes it at first start. A key file that others may read is refused.
func LoadOrCreate(dir string) (*Keys, error) {
	path := filepath.Join(dir, fileName)
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return create(dir, path)
	}
	if err != nil {
		return nil, errs.New(errs.Unavailable, "读不到密钥文件 %s, 请检查权限: %w", path, err)
	}
	if info.Mode().Perm()&0o077 != 0 {
		return nil, errs.New(errs.Forbidden, "密钥文件 %s 可被其他用户读取, 请执行 chmod 600 后重新启动", path)
	}
	raw, err := os.ReadFile(path)
	if err != nil {
		return nil, errs.New(errs.Unavailable, "读不到密钥文件 %s, 请检查权限: %w", path, err)
	}
	k, err := parse(raw)
	if err != nil {
		return nil, errs.New(errs.Invalid, "密钥文件 %s 已损坏, 请从备份恢复: %w", path, err)
	}
	return k, nil
}

func parse(raw []byte) (*Keys, error) {
	var f file
	if err := json.Unmarshal(raw, &f); err != nil {
		return nil, err
	}
	if f.Version != 1 || len(f.Root) != 32 || len(f.Ed25519) != ed25519.SeedSize {
		return nil, errors.New("seal: not a key file of version 1")
	}
	log, err := sm2.NewPrivateKey(f.SM2)
	if err != nil {
		return nil, err
	}
	anchor, err := parseAnchor(f.AnchorKey, []byte(f.AnchorCert))
	if err != nil {
		return nil, err
	}
	return &Keys{root: f.Root, log: ed25519.NewKeyFromSeed(f.Ed25519), sm2: log, anchor: anchor}, nil
}

func create(dir, path string) (*Keys, error) {
	f := file{Version: 1, Root: make([]byte, 32), Ed25519: make([]byte, ed25519.SeedSize)}
	_, _ = rand.Read(f.Root) // never fails: crypto/rand ends the process instead
	_, _ = rand.Read(f.Ed25519)
	var err error
	if f.SM2, err = newScalar(); err != nil {
		return nil, err
	}
	if f.AnchorKey, err = newScalar(); err != nil {
		return nil, err
	}
	if f.AnchorCert, err = selfSign(f.AnchorKey); err != nil {
		return nil, err
	}
	raw, err := json.MarshalIndent(f, "", "  ")
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, errs.New(errs.Unavailable, "不能建立数据目录 %s, 请检查权限: %w", dir, err)
	}
	if err := WriteFile(path, append(raw, '\n'), 0o600); err != nil {
		return nil, errs.New(errs.Unavailable, "不能写入密钥文件 %s, 请检查磁盘空间和权限: %w", path, err)
	}
	return parse(raw)
}

func newScalar() ([]byte, error) {
	key, err := sm2.GenerateKey(rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("make an SM2 key: %w", err)
	}
	return key.D.FillBytes(make([]byte, 32)), nil
}

// WriteFile replaces a file so that after a power cut it is the old one or the new one, never half of each.
func WriteFile(path string, data []byte, perm fs.FileMode) (err error) {
	temp := path + ".new"
	f, err := os.OpenFile(temp, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, perm)
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	if err == nil {
		err = f.Sync()
	}
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	if err != nil {
		return err
	}
	if err := os.Rename(temp, path); err != nil {
		return err
	}
	dir, err := os.Open(filepath.Dir(path))
	if err != nil {
		return err
	}
	defer func() { _ = dir.Close() }()
	return dir.Sync()
}

// Derive is a secret of 32 bytes for one purpose: HMAC-SM3 of the label under the root key. The same label always gives
// the same secret; knowing one tells nothing about another.
func (k *Keys) Derive(label string) []byte {
	mac := hmac.New(sm3.New, k.root)
	mac.Write([]byte("yunei/derive/1\x00" + label))
	return mac.Sum(nil)
}

// MAC is HMAC-SM3 under the key derived for label: pseudonyms such as a subject identifier.
func (k *Keys) MAC(label string, message []byte) []byte { return MAC(k.Derive(label), message) }

// MAC is HMAC-SM3.
func MAC(key, message []byte) []byte {
	mac := hmac.New(sm3.New, key)
	mac.Write(message)
	return mac.Sum(nil)
}

// KID names this key file in 16 hex digits; it tells nothing about the keys.
func (k *Keys) KID() string { return hex.EncodeToString(k.Derive("kid"))[:16] }

// Anchor is the trust anchor of this installation.
func (k *Keys) Anchor() *Anchor { return k.anchor }

// Sign signs a message with the installation's own SM2 key (ASN.1, user id 1234567812345678).
func (k *Keys) Sign(message []byte) ([]byte, error) { return signSM2(k.sm2, message) }
