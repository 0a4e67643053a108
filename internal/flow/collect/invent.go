package collect

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"yunei/internal/base/idnumber"
)

// inventedDivision is no division of GB/T 2260: a number that begins with it belongs to nobody.
const inventedDivision = "990000"

// inventedDays is how many birth days invented persons are spread over.
const inventedDays = 20_000

// InventedNumber is the identity number of the n-th invented person (n from 0): division 990000, a real date, a valid check digit. It
// is the same for the same n, and different for different n below 19,980,000.
func InventedNumber(n int) string {
	born := time.Date(1940, 1, 1, 0, 0, 0, 0, time.UTC).AddDate(0, 0, n%inventedDays)
	seventeen := inventedDivision + born.Format("20060102") + fmt.Sprintf("%03d", n/inventedDays%999+1)
	return seventeen + string(idnumber.Check(seventeen))
}

// WithInventedNumbers gives each line of a CSV file a first column with the identity number of an invented person, the first row that
// of person number start. Everything else stays byte for byte: no real row is changed, missing values stay what they were.
func WithInventedNumbers(r io.Reader, header string, start int) io.Reader {
	pr, pw := io.Pipe()
	go func() { pw.CloseWithError(invent(pw, r, header, start)) }()
	return pr
}

func invent(w io.Writer, r io.Reader, header string, start int) error {
	in := bufio.NewReaderSize(r, 1<<16)
	out := bufio.NewWriterSize(w, 1<<16)
	for n := -1; ; n++ {
		line, err := in.ReadString('\n')
		if err != nil && !errors.Is(err, io.EOF) {
			return err
		}
		if strings.ContainsRune(line, '"') {
			return fmt.Errorf("line %d is quoted: a row could span lines, so it gets no number", n+2)
		}
		if line != "" {
			first := header
			if n >= 0 {
				first = InventedNumber(start + n)
			}
			if _, err := out.WriteString(first + "," + line); err != nil {
				return err
			}
		}
		if err != nil {
			return out.Flush()
		}
	}
}
