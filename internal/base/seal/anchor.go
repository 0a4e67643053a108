package seal

import (
	"crypto/ecdsa"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"time"

	"github.com/emmansun/gmsm/sm2"
	"github.com/emmansun/gmsm/smx509"

	"yunei/internal/base/errs"
)

// What can be wrong with a person's signature. Each comes wrapped in an errs.Error with a sentence for the person.
var (
	ErrNotTrusted   = errors.New("seal: certificate does not come from a trusted anchor")
	ErrExpired      = errors.New("seal: certificate is not valid on this day")
	ErrBadSignature = errors.New("seal: signature does not fit the message and the certificate")
)

// Subject is who a certificate speaks for.
type Subject struct {
	Name     string // 姓名
	IDNumber string // 公民身份号码 or 统一社会信用代码, the subject's serialNumber
}

// Anchor issues and recognizes people's certificates (SM2, X.509). An outside CA is one more trusted root (Trust).
type Anchor struct {
	key   *sm2.PrivateKey
	cert  *smx509.Certificate
	roots *smx509.CertPool
}

const personYears = 2

// selfSign makes the anchor's certificate. Its validity does not start at the day it is made: a demonstration may
// replay decisions of years ago.
func selfSign(scalar []byte) (string, error) {
	key, err := sm2.NewPrivateKey(scalar)
	if err != nil {
		return "", err
	}
	template := &x509.Certificate{
		SerialNumber:          big.NewInt(1),
		Subject:               pkix.Name{Country: []string{"CN"}, CommonName: "域内信任锚"},
		NotBefore:             time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC),
		NotAfter:              time.Date(2060, 1, 1, 0, 0, 0, 0, time.UTC),
		KeyUsage:              x509.KeyUsageCertSign | x509.KeyUsageCRLSign,
		BasicConstraintsValid: true,
		IsCA:                  true,
		MaxPathLenZero:        true,
	}
	der, err := smx509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		return "", fmt.Errorf("make the trust anchor: %w", err)
	}
	return string(encodePEM("CERTIFICATE", der)), nil
}

func parseAnchor(scalar, certPEM []byte) (*Anchor, error) {
	key, err := sm2.NewPrivateKey(scalar)
	if err != nil {
		return nil, err
	}
	cert, err := parseCert(certPEM)
	if err != nil {
		return nil, err
	}
	if pub, ok := cert.PublicKey.(*ecdsa.PublicKey); !ok || !pub.Equal(&key.PublicKey) {
		return nil, errors.New("seal: the anchor's certificate is not of its key")
	}
	a := &Anchor{key: key, cert: cert, roots: smx509.NewCertPool()}
	a.roots.AddCert(cert)
	return a, nil
}

// CertPEM is the anchor's own certificate, for the trust bundle that verifiers get by another way.
func (a *Anchor) CertPEM() []byte { return encodePEM("CERTIFICATE", a.cert.Raw) }

// Trust adds the root of an outside CA.
func (a *Anchor) Trust(certPEM []byte) error {
	cert, err := parseCert(certPEM)
	if err != nil {
		return errs.New(errs.Invalid, "不是可读的 CA 证书, 请提供 PEM 格式的根证书: %w", err)
	}
	a.roots.AddCert(cert)
	return nil
}

// IssuePerson makes a key and a certificate for a person, valid for two years from now. Production takes certificates
// from a licensed CA (电子签名法); this is for demonstrations, tests and closed pilots.
func (a *Anchor) IssuePerson(name, idNumber string, now time.Time) (certPEM, keyPEM []byte, err error) {
	key, err := sm2.GenerateKey(rand.Reader)
	if err != nil {
		return nil, nil, fmt.Errorf("make a person's key: %w", err)
	}
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 120))
	if err != nil {
		return nil, nil, err
	}
	template := &x509.Certificate{
		SerialNumber:          serial,
		Subject:               pkix.Name{Country: []string{"CN"}, CommonName: name, SerialNumber: idNumber},
		NotBefore:             now.UTC().Truncate(time.Second),
		NotAfter:              now.UTC().AddDate(personYears, 0, 0),
		KeyUsage:              x509.KeyUsageDigitalSignature | x509.KeyUsageContentCommitment,
		BasicConstraintsValid: true,
	}
	der, err := smx509.CreateCertificate(rand.Reader, template, a.cert, &key.PublicKey, a.key)
	if err != nil {
		return nil, nil, fmt.Errorf("issue a certificate: %w", err)
	}
	keyDER, err := smx509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, nil, fmt.Errorf("issue a certificate: %w", err)
	}
	return encodePEM("CERTIFICATE", der), encodePEM("PRIVATE KEY", keyDER), nil
}

// SignAs signs a message with a key of IssuePerson, as the person's own device would.
func SignAs(keyPEM, message []byte) ([]byte, error) {
	block, _ := pem.Decode(keyPEM)
	if block == nil {
		return nil, errs.New(errs.Invalid, "不是可读的私钥, 请提供 PEM 格式的私钥")
	}
	parsed, err := smx509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return nil, errs.New(errs.Invalid, "不是可读的私钥, 请提供 PKCS#8 格式的 SM2 私钥: %w", err)
	}
	key, ok := parsed.(*sm2.PrivateKey)
	if !ok {
		return nil, errs.New(errs.Invalid, "不是 SM2 私钥, 请提供 SM2 私钥")
	}
	return signSM2(key, message)
}

// VerifySigned checks that the holder of the certificate signed the message (SM2 over SM3, ASN.1, user id
// 1234567812345678) and that the certificate was valid at that time, and says who that is.
func (a *Anchor) VerifySigned(certPEM, message, sig []byte, now time.Time) (Subject, error) {
	cert, err := parseCert(certPEM)
	if err != nil {
		return Subject{}, refuse(ErrNotTrusted, "证书无法读取, 请提供 PEM 格式的签名证书")
	}
	_, err = cert.Verify(smx509.VerifyOptions{Roots: a.roots, CurrentTime: now, KeyUsages: []smx509.ExtKeyUsage{smx509.ExtKeyUsageAny}})
	if invalid, ok := errors.AsType[smx509.CertificateInvalidError](err); ok && invalid.Reason == smx509.Expired {
		return Subject{}, refuse(ErrExpired, "证书不在有效期内 (%s 至 %s), 请更换有效的证书后重新签署",
			day(cert.NotBefore), day(cert.NotAfter))
	}
	if err != nil {
		return Subject{}, refuse(ErrNotTrusted, "证书不是由受信任的机构签发, 请使用认可机构签发的证书重新签署")
	}
	pub, ok := cert.PublicKey.(*ecdsa.PublicKey)
	if !ok || !sm2.IsSM2PublicKey(pub) || cert.KeyUsage&smx509.KeyUsageDigitalSignature == 0 {
		return Subject{}, refuse(ErrNotTrusted, "证书不能用于 SM2 签名, 请使用签名证书重新签署")
	}
	if !sm2.VerifyASN1WithSM2(pub, userID, message, sig) {
		return Subject{}, refuse(ErrBadSignature, "签名与文件内容或证书不符, 文件可能在签署后被改动, 请核对原文后重新签署")
	}
	return Subject{Name: cert.Subject.CommonName, IDNumber: cert.Subject.SerialNumber}, nil
}

func refuse(cause error, format string, args ...any) error {
	e := errs.New(errs.Invalid, format, args...)
	e.Err = cause
	return e
}

var shanghai = time.FixedZone("CST", 8*60*60)

func day(t time.Time) string { return t.In(shanghai).Format(time.DateOnly) }

func parseCert(certPEM []byte) (*smx509.Certificate, error) {
	block, rest := pem.Decode(certPEM)
	if block == nil || block.Type != "CERTIFICATE" || len(rest) > 0 {
		return nil, errors.New("seal: not one PEM certificate")
	}
	return smx509.ParseCertificate(block.Bytes)
}

func encodePEM(kind string, der []byte) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der})
}
