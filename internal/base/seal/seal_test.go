package seal

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/note"

	"yunei/internal/base/errs"
)

func keys(t *testing.T) *Keys {
	t.Helper()
	k, err := LoadOrCreate(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func TestLoadOrCreate_SameKeysAfterwards(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "var")
	first, err := LoadOrCreate(dir)
	if err != nil {
		t.Fatal(err)
	}
	second, err := LoadOrCreate(dir)
	if err != nil {
		t.Fatal(err)
	}
	if first.LogKey("o") != second.LogKey("o") || first.SM2LogKey("o") != second.SM2LogKey("o") || first.KID() != second.KID() ||
		!bytes.Equal(first.Anchor().CertPEM(), second.Anchor().CertPEM()) {
		t.Error("the second start has other keys")
	}
	if bytes.Equal(first.Derive("a"), first.Derive("b")) || bytes.Equal(first.Derive("a"), keys(t).Derive("a")) {
		t.Error("derived secrets repeat")
	}
	path := filepath.Join(dir, "keys.json")
	if err := os.Chmod(path, 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := LoadOrCreate(dir); !errs.Is(err, errs.Forbidden) {
		t.Errorf("a key file that all may read: got %v", err)
	}
	if err := os.WriteFile(path, []byte("{}"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(path, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := LoadOrCreate(dir); !errs.Is(err, errs.Invalid) {
		t.Errorf("a broken key file: got %v", err)
	}
}

func TestNote_BothSignatures(t *testing.T) {
	k, other := keys(t), keys(t)
	const origin = "yunei.example/log"
	for _, c := range []struct {
		signer         note.Signer
		vkey, stranger string
	}{
		{k.LogSigner(origin), k.LogKey(origin), other.LogKey(origin)},
		{k.SM2LogSigner(origin), k.SM2LogKey(origin), other.SM2LogKey(origin)},
	} {
		msg, err := note.Sign(&note.Note{Text: origin + "\n1\nAA==\n"}, c.signer)
		if err != nil {
			t.Fatal(err)
		}
		v, err := ParseVerifier(c.vkey)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := OpenNote(string(msg), v); err != nil {
			t.Errorf("%s: %v", c.vkey, err)
		}
		for i := range msg {
			forged := bytes.Clone(msg)
			forged[i] ^= 1
			if _, err := OpenNote(string(forged), v); err == nil {
				t.Errorf("%s: byte %d flipped and still signed", c.vkey, i)
			}
		}
		s, err := ParseVerifier(c.stranger)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := OpenNote(string(msg), s); err == nil {
			t.Error("verified under a stranger's key")
		}
		for _, bad := range []string{"", "a+b", strings.Replace(c.vkey, "+", "+0", 1), strings.Replace(c.vkey, "example", "exbmple", 1), c.vkey + "AAAA"} {
			if _, err := ParseVerifier(bad); err == nil {
				t.Errorf("parsed %q", bad)
			}
		}
	}
}

func TestAnchor_VerifySigned(t *testing.T) {
	a := keys(t).Anchor()
	now := time.Date(2026, 9, 30, 1, 0, 0, 0, time.UTC)
	cert, key, err := a.IssuePerson("林月娥", "350500199001011234", now)
	if err != nil {
		t.Fatal(err)
	}
	message := []byte("授权书")
	sig, err := SignAs(key, message)
	if err != nil {
		t.Fatal(err)
	}
	flipped := bytes.Clone(sig)
	flipped[len(flipped)-1] ^= 1
	for _, c := range []struct {
		name    string
		by      *Anchor
		cert    []byte
		message string
		sig     []byte
		now     time.Time
		want    error
	}{
		{"OK", a, cert, "授权书", sig, now, nil},
		{"last day", a, cert, "授权书", sig, now.AddDate(2, 0, 0), nil},
		{"other text", a, cert, "授权书 ", sig, now, ErrBadSignature},
		{"other signature", a, cert, "授权书", flipped, now, ErrBadSignature},
		{"no signature", a, cert, "授权书", nil, now, ErrBadSignature},
		{"expired", a, cert, "授权书", sig, now.AddDate(2, 0, 1), ErrExpired},
		{"before its day", a, cert, "授权书", sig, now.AddDate(0, 0, -1), ErrExpired},
		{"another anchor", keys(t).Anchor(), cert, "授权书", sig, now, ErrNotTrusted},
		{"no certificate", a, []byte("x"), "授权书", sig, now, ErrNotTrusted},
		{"the anchor itself", a, a.CertPEM(), "授权书", sig, now, ErrNotTrusted},
	} {
		who, err := c.by.VerifySigned(c.cert, []byte(c.message), c.sig, c.now)
		if !errors.Is(err, c.want) || c.want != nil && !errs.Is(err, errs.Invalid) {
			t.Errorf("%s: got %v, want %v", c.name, err, c.want)
		}
		if c.want == nil && (who != Subject{"林月娥", "350500199001011234"}) {
			t.Errorf("%s: got %v", c.name, who)
		}
	}
	outside := keys(t).Anchor()
	if err := outside.Trust(a.CertPEM()); err != nil {
		t.Fatal(err)
	}
	if _, err := outside.VerifySigned(cert, message, sig, now); err != nil {
		t.Errorf("a trusted outside anchor: %v", err)
	}
}
