package output

import (
	"math"
	"regexp"
	"strings"

	"yunei/internal/base/idnumber"
	"yunei/internal/core/party"
)

// Digits that stand in a run of their own, once spaces and hyphens between them are gone.
var (
	digits   = regexp.MustCompile(`\d+[Xx]?`)
	between  = regexp.MustCompile(`(\d)[ \-‐–—](\d)`)
	code     = regexp.MustCompile(`[0-9A-Z]{18}`)
	plate    = regexp.MustCompile(`[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][A-HJ-NP-Z][·. ]?[0-9A-HJ-NP-Z]{5,6}`)
	email    = regexp.MustCompile(`[\w.+-]+@[\w-]+\.[A-Za-z]{2,}`)
	position = regexp.MustCompile(`\d{1,3}\.\d{4,}\s*[,，; ]\s*\d{1,3}\.\d{4,}`)
	token    = regexp.MustCompile(`[A-Za-z0-9+/_=-]{20,}`)
)

// identifier names the kind of identifier that a text holds, or "". Digits that fail their checksum are not one.
func identifier(s string) string {
	s = halfWidth(s)
	joined := between.ReplaceAllString(between.ReplaceAllString(s, "$1$2"), "$1$2") // twice: matches do not overlap
	for _, run := range append(digits.FindAllString(s, -1), digits.FindAllString(joined, -1)...) {
		if kind := number(run); kind != "" {
			return kind
		}
	}
	for _, c := range code.FindAllString(s, -1) {
		if party.CheckUSCC(c) == nil {
			return "统一社会信用代码"
		}
	}
	switch {
	case email.MatchString(s):
		return "邮箱"
	case plate.MatchString(s):
		return "车牌号"
	case position.MatchString(s):
		return "精确坐标"
	}
	for _, t := range token.FindAllString(s, -1) {
		if entropy(t) > 3.5 {
			return "散列或编码串"
		}
	}
	return ""
}

// number names what a run of digits is.
func number(run string) string {
	plain := strings.TrimRight(run, "Xx")
	switch {
	case idnumber.Valid(strings.ToUpper(run)):
		return "身份证号"
	case len(plain) >= 16 && len(plain) <= 19 && luhn(plain):
		return "银行卡号"
	}
	if len(plain) == 13 {
		plain = strings.TrimPrefix(plain, "86")
	}
	if len(plain) == 11 && plain[0] == '1' && plain[1] >= '3' {
		return "手机号"
	}
	return ""
}

// halfWidth writes full-width letters, digits and signs as their ordinary ones.
func halfWidth(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= '！' && r <= '～' {
			return r - '！' + '!'
		}
		return r
	}, s)
}

func luhn(s string) bool {
	sum := 0
	for i := range len(s) {
		d := int(s[len(s)-1-i] - '0')
		if i%2 == 1 {
			if d *= 2; d > 9 {
				d -= 9
			}
		}
		sum += d
	}
	return sum%10 == 0
}

// entropy is in bits per character.
func entropy(s string) float64 {
	counts := map[rune]float64{}
	for _, r := range s {
		counts[r]++
	}
	var h float64
	for _, n := range counts {
		p := n / float64(len(s))
		h -= p * math.Log2(p)
	}
	return h
}
