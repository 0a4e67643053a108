package party

import (
	"encoding/hex"
	"time"

	"yunei/internal/base/errs"
	"yunei/internal/base/idnumber"
	"yunei/internal/base/seal"
)

// normalNumber gives an identity number the form it is compared in: half width, no blanks, X in upper case.
func normalNumber(s string) string { return NormalUSCC(s) }

// checkIDNumber verifies an 18-digit resident identity number (公民身份号码, GB 11643-1999): digits, a birthday that
// exists, and the check character.
func checkIDNumber(number string) error {
	bad := errs.New(errs.Invalid, "身份号码不正确, 请按证件核对后重新填写")
	if !idnumber.Valid(number) {
		return bad
	}
	if _, err := time.Parse("20060102", number[6:14]); err != nil {
		return bad
	}
	return nil
}

// digest is the keyed digest under which an identity number or a code is kept: a plain one could be guessed.
func (s *Service) digest(kind, value string) string {
	return hex.EncodeToString(seal.MAC(s.key, []byte(kind+"|"+value)))
}
