package party

import (
	"strings"

	"yunei/internal/base/errs"
)

// usccAlphabet is the character set of GB 32100-2015, in order of value: no I, O, S, V, Z.
const usccAlphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY"

var (
	usccWeights = [17]int{1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28} // 3^i mod 31
	orgWeights  = [8]int{3, 7, 9, 10, 5, 8, 4, 2}                                         // GB 11714-1997
)

// NormalUSCC gives a unified social credit code (统一社会信用代码) its normal form: no spaces, half width, upper case.
func NormalUSCC(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= '！' && r <= '～' { // full-width forms, as Chinese input methods produce them
			r -= '！' - '!'
		}
		switch {
		case r == ' ' || r == '　' || r == '-':
			return -1
		case r >= 'a' && r <= 'z':
			return r - 'a' + 'A'
		}
		return r
	}, s)
}

// CheckUSCC verifies form and both check characters of a code in normal form: the organization code's own (GB 11714, ninth to
// seventeenth character) and the whole code's (GB 32100).
func CheckUSCC(code string) error {
	if len(code) != 18 {
		return errs.New(errs.Invalid, "统一社会信用代码应为 18 位, 收到 %d 位, 请按营业执照核对后重新填写", len([]rune(code)))
	}
	var values [18]int
	for i := range 18 {
		values[i] = strings.IndexByte(usccAlphabet, code[i])
		if values[i] < 0 {
			return errs.New(errs.Invalid, "统一社会信用代码第 %d 位不是允许的字符（不含 I、O、S、V、Z）, 请按营业执照核对后重新填写", i+1)
		}
		if i >= 2 && i < 8 && values[i] > 9 {
			return errs.New(errs.Invalid, "统一社会信用代码第 3 至 8 位应为行政区划数字, 请按营业执照核对后重新填写")
		}
	}
	if code[16] != orgCheck(code[8:16]) || code[17] != usccCheck(values) {
		return errs.New(errs.Invalid, "统一社会信用代码校验位不符, 请按营业执照逐位核对后重新填写")
	}
	return nil
}

func usccCheck(values [18]int) byte {
	sum := 0
	for i, w := range usccWeights {
		sum += values[i] * w
	}
	return usccAlphabet[(31-sum%31)%31]
}

// orgCheck values letters as 10 for A to 35 for Z: unlike GB 32100, GB 11714 skips none.
func orgCheck(body string) byte {
	sum := 0
	for i, w := range orgWeights {
		v := int(body[i] - '0')
		if body[i] >= 'A' {
			v = int(body[i]-'A') + 10
		}
		sum += v * w
	}
	switch c := 11 - sum%11; c {
	case 10:
		return 'X'
	case 11:
		return '0'
	default:
		return byte('0' + c)
	}
}

// MakeUSCC completes the first sixteen characters of a code with its two check characters. Samples and demonstrations use
// it with division 990000, which belongs to nobody.
func MakeUSCC(first16 string) (string, error) {
	if len(first16) != 16 {
		return "", errs.New(errs.Invalid, "前 16 位应恰为 16 个字符, 收到 %d 个", len(first16))
	}
	code := first16 + string(orgCheck(first16[8:]))
	var values [18]int
	for i := range 17 {
		if values[i] = strings.IndexByte(usccAlphabet, code[i]); values[i] < 0 {
			return "", errs.New(errs.Invalid, "第 %d 位不是统一社会信用代码允许的字符, 请更换", i+1)
		}
	}
	return code + string(usccCheck(values)), nil
}
