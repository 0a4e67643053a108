package collect

import (
	"crypto/hmac"
	"encoding/hex"
	"errors"
	"strings"
	"time"

	"github.com/emmansun/gmsm/sm3"
	"golang.org/x/text/width"

	"yunei/internal/base/errs"
	"yunei/internal/base/idnumber"
	"yunei/internal/base/seal"
)

// KindPerson is the kind of subject that is named by a citizen identity number (公民身份号码, GB 11643).
const KindPerson = "person"

// Reasons why a text is no key. A row with such a key gets no sid.
var (
	ErrNoKey    = errors.New("key is missing or a placeholder")
	ErrWrongKey = errors.New("key is not a valid identity number")
)

// Sealer turns subject keys into pseudonyms (主体标识) with the domain's key.
type Sealer struct {
	key []byte
	kid string
}

// NewSealer makes a sealer from a derived key; kid names the key, for rotation.
func NewSealer(key []byte, kid string) *Sealer { return &Sealer{key: key, kid: kid} }

// SealerOf is the sealer of a domain, from its keys. Everyone who turns an identity number into a sid uses it: collection, consents, calls,
// accounts of citizens.
func SealerOf(keys *seal.Keys) *Sealer { return NewSealer(keys.Derive("sid"), keys.KID()) }

// KID names the key that the sealer uses.
func (s *Sealer) KID() string { return s.kid }

// SID is the pseudonym of a subject: HMAC-SM3(K, kind || normal form), in hexadecimal. The same person has the same sid in every
// resource, however a file writes the number.
func (s *Sealer) SID(kind, number string) (string, error) {
	if kind != KindPerson {
		return "", errs.New(errs.Unimplemented, "主体类型 %q 还不支持, 请使用自然人", kind)
	}
	normal, err := NormalPerson(number)
	if err != nil {
		return "", err
	}
	mac := hmac.New(sm3.New, s.key)
	mac.Write([]byte(kind))
	mac.Write([]byte{0}) // the kind cannot run into the number
	mac.Write([]byte(normal))
	return hex.EncodeToString(mac.Sum(nil)), nil
}

// placeholders are what people write when they have no number. A number of one repeated digit is one too.
var placeholders = []string{"", "-", "--", "/", "\\", "?", "*", "NA", "N/A", "NULL", "NONE", "NIL", "无", "空", "暂无", "不详", "未知", "待补", "待补充"}

// NormalPerson is the normal form of a citizen identity number: eighteen characters, half-width, with a capital X. A number of fifteen
// digits, as issued until 1999, is completed by the century and the check digit.
func NormalPerson(number string) (string, error) {
	s := strings.ToUpper(width.Narrow.String(number))
	s = strings.Map(func(r rune) rune {
		if r == ' ' || r == '\t' || r == '\u3000' || r == '\u00a0' || r == '\ufeff' {
			return -1
		}
		return r
	}, s)
	for _, p := range placeholders {
		if s == p {
			return "", ErrNoKey
		}
	}
	if strings.Trim(s, s[:1]) == "" {
		return "", ErrNoKey
	}
	if len(s) == 15 && digits(s) {
		s = s[:6] + "19" + s[6:]
		s += string(idnumber.Check(s))
	}
	if !idnumber.Valid(s) {
		return "", ErrWrongKey
	}
	// The birth date must be a day of the calendar; that the division exists is a separate rule, because divisions come and go.
	if _, err := time.Parse("20060102", s[6:14]); err != nil {
		return "", ErrWrongKey
	}
	return s, nil
}

func digits(s string) bool { return s != "" && strings.Trim(s, "0123456789") == "" }
