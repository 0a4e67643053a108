package querytest

import (
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"
	"time"

	"yunei/internal/core/query"
	"yunei/internal/core/query/guard"
)

// TestHostile sends what no honest person writes. Each is refused with a code, fast, and the parser still works after.
func TestHostile(t *testing.T) {
	guard.WarmUp()
	many := func(s string, n int) string { return strings.Repeat(s, n) }
	from := " FROM credit_default"
	tests := map[string]struct {
		text string
		code guard.Code
	}{
		"empty":             {"", guard.OneSelect},
		"only a comment":    {"-- nothing", guard.OneSelect},
		"a megabyte":        {"SELECT " + many("a, ", 1<<19) + "a" + from, guard.TooExpensive},
		"20k parentheses":   {"SELECT " + many("(", 20000) + "1" + many(")", 20000), guard.TooExpensive},
		"unclosed":          {"SELECT " + many("(", 20000), guard.TooExpensive},
		"unopened":          {"SELECT 1" + many(")", 20000), guard.Syntax},
		"30k signs":         {"SELECT " + many("- ", 30000) + "1" + from, guard.TooExpensive},
		"16k NOT":           {"SELECT " + many("NOT ", 16000) + "true" + from, guard.TooExpensive},
		"3k CASE":           {"SELECT " + many("CASE WHEN true THEN ", 3000) + "1" + many(" END", 3000), guard.TooExpensive},
		"5k casts":          {"SELECT 1" + many("::int", 5000), guard.TooExpensive},
		"5k IS NULL":        {"SELECT 1" + many(" IS NULL", 5000), guard.TooExpensive},
		"BETWEEN chain":     {"SELECT 1 WHERE a" + many(" BETWEEN 1 AND 2 IS NULL", 2000), guard.TooExpensive},
		"AT TIME ZONE":      {"SELECT a" + many(" AT TIME ZONE 'x'", 2000), guard.TooExpensive},
		"4k joins":          {"SELECT 1 FROM a" + many(" JOIN a ON true", 4000), guard.TooExpensive},
		"4k unions":         {"SELECT 1" + many(" UNION SELECT 1", 4000), guard.TooExpensive},
		"subscripts":        {"SELECT a" + many("[1]", 9000), guard.TooExpensive},
		"field path":        {"SELECT a" + many(".b", 9000) + from, guard.UnknownName},
		"20k columns":       {"SELECT " + many("a,", 20000) + "a" + from, guard.NameColumns},
		"20k tables":        {"SELECT 1 AS x FROM a" + many(",a", 20000), guard.JoinNotAllowed},
		"nested WITH":       {"SELECT COUNT(*) AS n FROM " + many("(SELECT sid FROM ", 40) + "credit_default" + many(") x", 40), guard.Subquery},
		"nested EXISTS":     {"SELECT " + many("EXISTS (SELECT ", 20) + "1" + many(")", 20), guard.Subquery},
		"nested ARRAY":      {"SELECT " + many("ARRAY[", 30) + "1" + many("]", 30), guard.NotListed},
		"nested rows":       {"SELECT " + many("ROW(", 30) + "1" + many(")", 30), guard.NotListed},
		"nested calls":      {"SELECT " + many("abs(", 60) + "1" + many(")", 60) + " AS x" + from, guard.RawOutput},
		"CTE circle":        {"WITH a AS (SELECT sid FROM b), b AS (SELECT sid FROM a) SELECT COUNT(*) AS n FROM a", guard.UnknownName},
		"doubling tables":   {"WITH a0 AS (SELECT sid FROM credit_default)" + chain(15, "SELECT x.sid AS sid FROM a%[1]d x JOIN a%[1]d y ON x.sid = y.sid") + " SELECT COUNT(*) AS n FROM a15", guard.TooExpensive},
		"doubling columns":  {"WITH a0 AS (SELECT sid, age AS c FROM credit_default)" + chain(15, "SELECT sid, c + c + c + c + c AS c FROM a%d") + " SELECT SUM(c) AS n FROM a15", guard.TooExpensive},
		"doubling nullif":   {"SELECT SUM(" + many("nullif(", 50) + "age" + many(", 1)", 50) + ") AS s" + from, guard.TooExpensive},
		"doubling CASE":     {"SELECT SUM(" + many("CASE ", 20) + "age" + many(" WHEN 1 THEN 1 WHEN 2 THEN 3 WHEN 4 THEN 5 WHEN 6 THEN 7 END", 20) + ") AS s" + from, guard.TooExpensive},
		"doubling BETWEEN":  {"SELECT COUNT(*) AS n FROM credit_default WHERE " + many("CASE WHEN ", 20) + "age = 1" + many(" THEN 1 END BETWEEN 1 AND 2", 20), guard.TooExpensive},
		"radical":           {"SELECT COUNT(*) AS \"⼤\"" + from, guard.HiddenText},
		"rows without end":  {"SELECT COUNT(*) AS n FROM visit a" + joins(9), guard.TooExpensive},
		"NUL":               {"SELECT COUNT(*) AS n\x00 FROM credit_default", guard.HiddenText},
		"bidi":              {"SELECT COUNT(*) AS n /* \u202e */" + from, guard.HiddenText},
		"zero width":        {"SELECT COUNT(*) AS n\u200b" + from, guard.HiddenText},
		"no-break space":    {"SELECT COUNT(*)\u00a0AS n" + from, guard.HiddenText},
		"fullwidth":         {"SELECT COUNT(*) AS ｎ" + from, guard.HiddenText},
		"Cyrillic":          {"SELECT COUNT(*) AS n FROM сredit_default", guard.HiddenText},
		"not UTF-8":         {"SELECT '\xff'" + from, guard.HiddenText},
		"not NFC":           {"SELECT 1 AS \"e\u0301\"" + from, guard.HiddenText},
		"dollar quote":      {"SELECT $a$ ' $a$" + from, guard.HiddenText},
		"unicode escape":    {"SELECT U&'\\0041'" + from, guard.HiddenText},
		"comment in a star": {"SELECT 1 /*/", guard.HiddenText},
		"overlapping":       {"SELECT 1 /* /*/ , 2 */ */ AS x" + from, guard.HiddenText},
		"open comment":      {"SELECT 1 /*", guard.HiddenText},
		"quoted key":        {"SELECT \"sid\"" + from, guard.KeyExposed},
		"huge number":       {"SELECT SUM(clamp(age, 0, 99999999999999999999)) AS s" + from, guard.WrongType},
		"huge exponent":     {"SELECT SUM(clamp(age, 0, 1e999999999)) AS s" + from, guard.WrongType},
		"overflowing":       {"SELECT SUM(limit_bal * limit_bal * limit_bal * limit_bal) AS s" + from, guard.Unbounded},
		"least integer":     {"SELECT SUM(clamp(age, -5000000000000000000, 1)) AS s" + from, guard.Unbounded},
		"51 in a list":      {"SELECT COUNT(*) AS n" + from + " WHERE education IN (" + numbers(51) + ")", guard.TooSpecific},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			began := time.Now()
			m, refusals := guard.Compile(tc.text, query.A, City())
			if took := time.Since(began); took > 5*time.Second {
				t.Errorf("took %v", took)
			}
			if m != nil || len(refusals) == 0 {
				t.Fatalf("accepted")
			}
			if refusals[0].Code != tc.code {
				t.Errorf("got %s at %d: %s %s, want %s", refusals[0].Code, refusals[0].Start, refusals[0].Zh, refusals[0].En, tc.code)
			}
			if err := guard.Ready(); err != nil {
				t.Fatalf("the parser broke: %v", err)
			}
			if m, refusals := guard.Compile("SELECT COUNT(*) AS n FROM credit_default", query.A, City()); m == nil {
				t.Fatalf("an honest text is refused afterwards: %+v", refusals)
			}
		})
	}
}

// TestHostile_OwnRows: the condition of a class B text is searched for the subject key, however often it repeats itself.
func TestHostile_OwnRows(t *testing.T) {
	began := time.Now()
	text := "SELECT sex FROM credit_default WHERE " + strings.Repeat("CASE WHEN ", 20) + "sid = :subject" + strings.Repeat(" THEN 1 END BETWEEN 1 AND 2", 20)
	_, refusals := guard.Compile(text, query.B, City())
	if len(refusals) == 0 || refusals[0].Code != guard.IsolatingValue {
		t.Errorf("got %+v, want G004", refusals)
	}
	if took := time.Since(began); took > 5*time.Second {
		t.Errorf("took %v", took)
	}
}

// chain writes WITH queries a1 to an, each using the one before.
func chain(n int, query string) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, ", a%d AS (%s)", i+1, fmt.Sprintf(query, i))
	}
	return b.String()
}

func joins(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, " JOIN visit v%d ON a.sid = v%d.sid", i, i)
	}
	return b.String()
}

func numbers(n int) string {
	list := make([]string, n)
	for i := range list {
		list[i] = strconv.Itoa(i)
	}
	return strings.Join(list, ",")
}

// TestDeep nests every kind of construct inside every other as deep as the guard lets it reach the parser: the parser
// must never be strained beyond its stack.
func TestDeep(t *testing.T) {
	wraps := [][2]string{
		{"(", ")"}, {"CASE WHEN true THEN ", " END"}, {"CASE ", " WHEN 1 THEN 1 END"}, {"NOT ", ""}, {"- ", ""}, {"1 + ", ""}, {"", " + 1"},
		{"", " IS NULL"}, {"", " BETWEEN 1 AND 2"}, {"", "::int"}, {"", "[1]"}, {"f(", ")"}, {"coalesce(1, ", ")"}, {"EXISTS (SELECT ", ")"},
		{"(SELECT ", " FROM a)"}, {"ARRAY[", "]"}, {"ROW(1, ", ")"}, {"", " AT TIME ZONE 'x'"}, {"", " COLLATE c"}, {"", " IN (1)"}, {"1 IN (", ")"},
		{"", " LIKE 'a' ESCAPE 'b'"}, {"@ ", ""}, {"", " OPERATOR(+) 1"}, {"CAST(", " AS int)"}, {"extract(year FROM ", ")"}, {"", " IS DISTINCT FROM 1"},
		{"(WITH a AS (SELECT 1) SELECT ", ")"}, {"sum(1) FILTER (WHERE ", ")"}, {"1 = ANY (", ")"}, {"(VALUES (", "))"}, {"", " AND true OR false"},
		{"sum(1) OVER (ORDER BY ", ")"}, {"JSON_OBJECT('a' VALUE ", ")"}, {"(SELECT 1 FROM a JOIN b ON ", ")"}, {"(SELECT 1 UNION SELECT ", ")"},
	}
	random := rand.New(rand.NewPCG(1, 2))
	for i := range 300 {
		var few [][2]string
		if i < 2*len(wraps) {
			few = wraps[i/2 : i/2+1]
		} else {
			few = [][2]string{wraps[random.IntN(len(wraps))], wraps[random.IntN(len(wraps))], wraps[random.IntN(len(wraps))]}
		}
		texts := []string{"1"}
		for range 100 {
			w := few[random.IntN(len(few))]
			texts = append(texts, w[0]+texts[len(texts)-1]+w[1])
		}
		last := ""
		for j := len(texts) - 1; j >= 0; j-- {
			last = "SELECT " + texts[j]
			_, refusals := guard.Compile(last, query.A, City())
			if len(refusals) == 0 || refusals[0].Code != guard.TooExpensive {
				break
			}
		}
		if err := guard.Ready(); err != nil {
			t.Fatalf("the parser broke: %v\n%s", err, last)
		}
	}
}

// TestErrorWords holds that another tenant's table is answered in the same words as one that does not exist.
func TestErrorWords(t *testing.T) {
	mine := query.Catalog{Tables: []query.Table{CreditDefault()}}
	_, other := guard.Compile("SELECT COUNT(*) AS n FROM visit", query.A, mine)
	_, none := guard.Compile("SELECT COUNT(*) AS n FROM vizit", query.A, mine)
	if len(other) != 1 || len(none) != 1 {
		t.Fatalf("got %+v and %+v, want one refusal each", other, none)
	}
	if got, want := strings.ReplaceAll(other[0].Zh, "visit", "vizit"), none[0].Zh; got != want || other[0].Code != none[0].Code {
		t.Errorf("got %q, want %q", got, want)
	}
}
