package collect

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/encoding/simplifiedchinese"

	"yunei/internal/base/errs"
	"yunei/internal/core/query"
	"yunei/internal/flow/catalog"
)

// people is a small entry with one item of each type.
func people() catalog.Entry {
	return catalog.Entry{ID: "res_1", State: catalog.Published, Version: 1, Content: catalog.Content{Table: "people", Unit: catalog.Person, MaxRows: 2, Fields: []catalog.Field{
		{Name: "id_number", Title: "公民身份号码", Type: query.Text, Role: query.SubjectKey},
		{Name: "name", Header: "姓名", Title: "姓名", Type: query.Text, MaxLength: 4},
		{Name: "sex", Title: "性别", Type: query.Int, CodeList: "性别 v1", Codes: []query.Code{{Value: "1", Label: "男"}, {Value: "2", Label: "女"}}},
		{Name: "income", Title: "收入", Type: query.Decimal, Scale: 2, Lo: "-100", Hi: "1000000", Nullable: true, Missing: []string{"NA"}},
		{Name: "since", Title: "起始日", Type: query.Date, Nullable: true},
		{Name: "active", Title: "是否有效", Type: query.Bool, Nullable: true},
	}}}
}

const peopleHeader = "id_number,姓名,sex,income,since,active\n"

// row makes a line with the number of the n-th invented person.
func row(n int, rest string) string { return InventedNumber(n) + "," + rest + "\n" }

func checkText(t *testing.T, e catalog.Entry, text string) (*table, error) {
	t.Helper()
	src, err := spool(t.Context(), t.TempDir(), strings.NewReader(text), 1<<20)
	if err != nil {
		return nil, err
	}
	defer src.Close()
	return check(src, e, NewSealer([]byte("key"), "k1"))
}

func TestCheck_OK(t *testing.T) {
	text := peopleHeader + row(2, "张三,1,1.5,2024-02-29,true") + row(1, " 李四 ,2,NA,,0") + row(2, "张三,1,-1E+02,,") +
		"无,王五,1,0,," + "\n" + "000000199001010019,赵六,2,1,,\n"
	tab, err := checkText(t, people(), text)
	if err != nil {
		t.Fatal(err)
	}
	want := Report{Encoding: "UTF-8", Rows: 5, Subjects: 2, MissingKeys: 1, InvalidKeys: 1, InvalidLines: []int32{6}, Columns: []ColumnReport{
		{"name", 0}, {"sex", 0}, {"income", 1}, {"since", 4}, {"active", 3}}}
	if d := cmp.Diff(want, tab.report); d != "" {
		t.Errorf("report (-want +got):\n%s", d)
	}
	var bodies []string
	for _, r := range tab.order {
		b, _ := tab.body(int(r))
		bodies = append(bodies, b)
	}
	// Sorted by sid, one subject's rows in the file's order, rows without a sid last.
	if got, want := slices.Index(bodies, `["张三",1,150,19782,1]`)+1, slices.Index(bodies, `["张三",1,-10000,null,null]`); got != want {
		t.Errorf("rows of one subject are not neighbors in order: %v", bodies)
	}
	if d := cmp.Diff([]string{`["王五",1,0,null,null]`, `["赵六",2,100,null,null]`}, bodies[3:]); d != "" {
		t.Errorf("last rows (-want +got):\n%s", d)
	}
	if !slices.Contains(bodies, `["李四",2,null,null,0]`) {
		t.Errorf("bodies = %v, want 李四 trimmed with a missing income", bodies)
	}
}

func TestCheck_ColumnsInAnyOrder(t *testing.T) {
	tab, err := checkText(t, people(), "sex,active,since,income,姓名,id_number\r\n1,,,5,张三,"+InventedNumber(0)+"\r\n")
	if err != nil {
		t.Fatal(err)
	}
	if b, _ := tab.body(0); b != `["张三",1,500,null,null]` {
		t.Errorf("body = %s, want the items in the order of the entry", b)
	}
}

// TestCheck_Errors: each fault is named by line and column, and what is right beside it stays right.
func TestCheck_Errors(t *testing.T) {
	ok := row(0, "张三,1,1,,")
	for _, c := range []struct {
		name  string
		text  string
		where string
		code  string
		says  string
	}{
		{"missing column", "id_number,姓名,sex,income,since\n" + InventedNumber(0) + ",张三,1,1,\n", "第 1 行", "header", `缺少列 "active"`},
		{"unknown column", strings.TrimSpace(peopleHeader) + ",phone\n" + row(0, "张三,1,1,,,138"), "第 1 行", "header", `列 "phone" 不在目录条目中`},
		{"column twice", strings.TrimSpace(peopleHeader) + ",sex\n" + row(0, "张三,1,1,,,1"), "第 1 行", "header", `列名 "sex" 在第 3 列和第 7 列重复`},
		{"semicolons", strings.ReplaceAll(peopleHeader+ok, ",", ";"), "第 1 行", "separator", "英文逗号"},
		{"too few columns", peopleHeader + ok + row(1, "张三,1"), "第 3 行", "width", "有 3 列, 列名有 6 列"},
		{"too many columns", peopleHeader + row(1, "张三,1,1,,,") + ok, "第 2 行", "width", "有 7 列"},
		{"not a number", peopleHeader + ok + row(1, "李四,1,abc,,"), "第 3 行, 列 income", "type", `"abc" 不是小数位数不超过 2 位的数`},
		{"too fine", peopleHeader + row(1, "李四,1,1.005,,"), "第 2 行, 列 income", "type", "超过目录规定的 2 位"},
		{"not an integer", peopleHeader + row(1, "李四,1.5,1,,"), "第 2 行, 列 sex", "type", "不是整数"},
		{"out of bounds", peopleHeader + row(1, "李四,1,1000000.01,,"), "第 2 行, 列 income", "bounds", "超出目录规定的范围 -100 到 1000000"},
		{"not in the code list", peopleHeader + row(1, "李四,3,1,,"), "第 2 行, 列 sex", "domain", `"3" 不在取值表 性别 v1 中`},
		{"missing where it may not", peopleHeader + row(1, ",1,1,,"), "第 2 行, 列 姓名", "missing", "不可空"},
		{"too long", peopleHeader + row(1, "欧阳上官司马,1,1,,"), "第 2 行, 列 姓名", "length", "有 6 个字"},
		{"no such day", peopleHeader + row(1, "李四,1,1,2023-02-29,"), "第 2 行, 列 since", "type", "不是日期"},
		{"not a flag", peopleHeader + row(1, "李四,1,1,,是"), "第 2 行, 列 active", "type", "不是是否值"},
		{"line of a value with a line break", peopleHeader + row(1, "\"李\n四\",1,1,,") + row(2, "王五,9,1,,"), "第 4 行, 列 sex", "domain", "取值表"},
		{"more rows than promised", peopleHeader + ok + ok + ok, "第 4 行", "rows-per-subject", "超过目录规定的 2 行"},
		{"no rows", peopleHeader, "第 2 行", "no-rows", "没有数据"},
		{"masked keys", peopleHeader + "3501**********0011,张三,1,1,,\n", "列 id_number", "key", "1 行中有 1 行没有有效的主体标识号码"},
		{"open quote", peopleHeader + row(1, "\"李四,1,1,,"), "第 2 行", "csv", "引号没有成对"},
		{"quote inside", peopleHeader + row(1, "李\"四\",1,1,,"), "第 2 行", "csv", "引号没有成对"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := checkText(t, people(), c.text)
			var e *errs.Error
			if !errors.As(err, &e) || e.Code != errs.Invalid {
				t.Fatalf("got %v, want invalid", err)
			}
			if !slices.ContainsFunc(e.Spots, func(s errs.Spot) bool {
				return strings.HasPrefix(s.Where, c.where) && s.Code == c.code && strings.Contains(s.Message, c.says)
			}) {
				t.Errorf("spots = %+v, want one at %q, code %s, saying %q", e.Spots, c.where, c.code, c.says)
			}
		})
	}
}

// What the catalog says names one row does, of one subject or of all.
func TestCheck_Unique(t *testing.T) {
	orders := catalog.Entry{ID: "res_2", State: catalog.Published, Version: 1, Content: catalog.Content{Table: "orders", Unit: catalog.Person, MaxRows: 3, Unique: []string{"order_no"}, Fields: []catalog.Field{
		{Name: "id_number", Title: "公民身份号码", Type: query.Text, Role: query.SubjectKey},
		{Name: "order_no", Title: "订单号", Type: query.Int, Role: query.JoinKey},
	}}}
	text := "id_number,order_no\n" + row(1, "1") + row(1, "2") + row(2, "1") + "无,1\n无,1\n"
	if _, err := checkText(t, orders, text); err != nil {
		t.Errorf("one number of two people, and rows that are nobody's: %v, want taken", err)
	}
	_, err := checkText(t, orders, text+row(2, "1"))
	var e *errs.Error
	if !errors.As(err, &e) || len(e.Spots) != 1 || e.Spots[0].Where != "第 7 行" || e.Spots[0].Code != "unique" {
		t.Errorf("an order number twice of one person = %+v, want refused at line 7", err)
	}
	orders.Unit, orders.MaxRows, orders.Fields = catalog.NoUnit, 0, orders.Fields[1:]
	if _, err := checkText(t, orders, "order_no\n1\n2\n1\n"); !errors.As(err, &e) || e.Spots[0].Where != "第 4 行" {
		t.Errorf("a public key twice = %+v, want refused at line 4", err)
	}
}

func TestCheck_CountsAllFaults(t *testing.T) {
	var b strings.Builder
	b.WriteString(peopleHeader)
	for n := range 200 {
		b.WriteString(row(n, "张三,7,1,,"))
	}
	_, err := checkText(t, people(), b.String())
	var e *errs.Error
	if !errors.As(err, &e) || len(e.Spots) != maxSpots || !strings.Contains(e.Msg, "共 200 处") {
		t.Errorf("got %v with %d spots, want 200 counted and %d listed", err, len(e.Spots), maxSpots)
	}
}

// TestCheck_SaysNoNumber: identity numbers, right or wrong, stand in no message.
func TestCheck_SaysNoNumber(t *testing.T) {
	wrong := "000000199001010019"
	_, err := checkText(t, people(), peopleHeader+wrong+",张三,9,1,,\n"+row(5, "张三,9,1,,"))
	var e *errs.Error
	if !errors.As(err, &e) {
		t.Fatalf("got %v, want faults", err)
	}
	if all := fmt.Sprintf("%v %+v", e, e.Spots); strings.Contains(all, wrong) || strings.Contains(all, InventedNumber(5)) {
		t.Errorf("message holds an identity number: %s", all)
	}
}

func TestCheck_Encoding(t *testing.T) {
	text := peopleHeader + row(1, "张三,1,1,,")
	gb, err := simplifiedchinese.GB18030.NewEncoder().String(text)
	if err != nil {
		t.Fatal(err)
	}
	var utf16 bytes.Buffer
	utf16.Write([]byte{0xFF, 0xFE})
	for _, r := range text {
		utf16.Write([]byte{byte(r), byte(r >> 8)})
	}
	for _, c := range []struct{ name, text, encoding, says string }{
		{"UTF-8", text, "UTF-8", ""},
		{"UTF-8 with mark", "\ufeff" + text, "UTF-8", ""},
		{"GB18030", gb, "GB18030", ""},
		{"mostly ASCII with little Chinese", "", "GB18030", ""},
		{"UTF-16", utf16.String(), "", "UTF-16"},
		{"Excel", "PK\x03\x04rest", "", "Excel"},
		{"empty", "", "", "空的"},
		{"neither", strings.Replace(text, "张三", "\xff\xff", 1), "", "既不是 UTF-8 也不是 GB18030"},
		{"NUL", strings.Replace(text, "张三", "张\x00三", 1), "", "无法识别的字符"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if c.name == "mostly ASCII with little Chinese" {
				c.text = gb + strings.Repeat(row(2, "a,1,1,,")+row(3, "b,1,1,,"), 1)
			}
			tab, err := checkText(t, people(), c.text)
			if c.says != "" {
				var e *errs.Error
				if !errors.As(err, &e) || !strings.Contains(e.Msg+fmt.Sprint(e.Spots), c.says) {
					t.Errorf("got %v, want an error that says %s", err, c.says)
				}
				return
			}
			if err != nil {
				t.Fatalf("got %v, want it read", err)
			}
			if tab.report.Encoding != c.encoding || tab.columns[0].s[0] != "张三" {
				t.Errorf("read as %s: %q, want %s: 张三", tab.report.Encoding, tab.columns[0].s[0], c.encoding)
			}
		})
	}
}

// TestSpool_CutCharacters: a character that two reads share is no reason to take the file for GB18030.
func TestSpool_CutCharacters(t *testing.T) {
	text := strings.Repeat("数据", 1000)
	for _, size := range []int{1, 2, 3, 5, 7} {
		src, err := spool(t.Context(), t.TempDir(), &slow{text, size}, 1<<20)
		if err != nil {
			t.Fatal(err)
		}
		if !src.utf8 {
			t.Errorf("in pieces of %d bytes: taken for GB18030, want UTF-8", size)
		}
		src.Close()
	}
	src, _ := spool(t.Context(), t.TempDir(), strings.NewReader("abc\xe6\x95"), 1<<20)
	if src.utf8 {
		t.Error("a character that is never finished was taken for UTF-8")
	}
	src.Close()
}

type slow struct {
	rest string
	size int
}

func (s *slow) Read(p []byte) (int, error) {
	n := copy(p, s.rest[:min(s.size, len(s.rest))])
	if s.rest = s.rest[n:]; n == 0 {
		return 0, io.EOF
	}
	return n, nil
}

func TestSpool_LeavesNothing(t *testing.T) {
	dir := t.TempDir()
	src, err := spool(t.Context(), dir, strings.NewReader(peopleHeader), 1<<20)
	if err != nil {
		t.Fatal(err)
	}
	if left, _ := os.ReadDir(dir); len(left) != 0 {
		t.Errorf("the spooled file has a name: %v, want none, so that a crash leaves no identity number", left)
	}
	src.Close()
	if _, err := spool(t.Context(), dir, strings.NewReader(strings.Repeat("x", 11)), 10); !errs.Is(err, errs.TooLarge) {
		t.Errorf("file over the limit: got %v, want too_large", err)
	}
}
