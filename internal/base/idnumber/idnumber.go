// Package idnumber computes the check character of a resident identity number (公民身份号码, GB 11643-1999). What makes a
// number acceptable beyond it, such as a birthday that exists, is each caller's rule.
package idnumber

var weights = [17]int{7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2}

// Check is the eighteenth character of the seventeen digits given: ISO 7064 MOD 11-2. Anything but seventeen digits has
// none, which is 0.
func Check(seventeen string) byte {
	if len(seventeen) != len(weights) {
		return 0
	}
	sum := 0
	for i, w := range weights {
		if seventeen[i] < '0' || seventeen[i] > '9' {
			return 0
		}
		sum += int(seventeen[i]-'0') * w
	}
	return "10X98765432"[sum%11]
}

// Valid reports whether eighteen characters are seventeen digits and their check character, X in upper case.
func Valid(number string) bool {
	if len(number) != 18 {
		return false
	}
	check := Check(number[:17])
	return check != 0 && number[17] == check
}
