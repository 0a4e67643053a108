package party

import (
	"encoding/hex"
	"time"

	"yunei/internal/base/errs"
	"yunei/internal/base/seal"
)

// normalNumber gives an identity number the form it is compared in: half width, no blanks, X in upper case.
func normalNumber(s string) string { return NormalUSCC(s) }

var idWeights = [17]int{7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2}

// checkIDNumber verifies an 18-digit resident identity number (公民身份号码, GB 11643-1999): digits, a birthday that
// exists, and the check character.
func checkIDNumber(number string) error {
	bad := errs.New(errs.Invalid, "身份号码不正确, 请按证件核对后重新填写")
	if len(number) != 18 {
		return bad
	}
	sum := 0
	for i, w := range idWeights {
		if number[i] < '0' || number[i] > '9' {
			return bad
		}
		sum += int(number[i]-'0') * w
	}
	if _, err := time.Parse("20060102", number[6:14]); err != nil || number[17] != "10X98765432"[sum%11] {
		return bad
	}
	return nil
}

// digest is the keyed digest under which an identity number or a code is kept: a plain one could be guessed.
func (s *Service) digest(kind, value string) string {
	return hex.EncodeToString(seal.MAC(s.key, []byte(kind+"|"+value)))
}
