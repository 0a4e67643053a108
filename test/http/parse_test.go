package http_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestParse(t *testing.T) {
	steps, err := parse(strings.Split(`# A heading.

# Because.
BANK POST /v1/things/$id
Idempotency-Key: k1
{"a":
  1}
code 403
json cites.0.article == "七(八)"
no header Yunei-Receipt
set next = header Location

# Time passes.
clock +73h

# Files come as they are.
HOLDER POST /v1/load
csv
a,b
1,2
.
code 200`, "\n"))
	if err != nil {
		t.Fatal(err)
	}
	want := []step{
		{line: 4, role: "BANK", method: "POST", path: "/v1/things/$id", headers: [][2]string{{"Idempotency-Key", "k1"}}, body: "{\"a\":\n  1}\n", checks: []check{
			{line: 8, on: "code", want: "403"}, {line: 9, on: "json", at: "cites.0.article", op: "==", want: `"七(八)"`},
			{line: 10, on: "header", at: "Yunei-Receipt", op: "absent"}, {line: 11, on: "set", at: "next", op: "header ", want: "Location"}}},
		{line: 14, clock: "+73h"},
		{line: 17, role: "HOLDER", method: "POST", path: "/v1/load", body: "a,b\n1,2\n", file: "csv", checks: []check{{line: 22, on: "code", want: "200"}}},
	}
	if diff := cmp.Diff(want, steps, cmp.AllowUnexported(step{}, check{})); diff != "" {
		t.Errorf("parsed, want -, got +:\n%s", diff)
	}
}

// TestParse_Refuses: a file that checks less than it seems to is refused with its line.
func TestParse_Refuses(t *testing.T) {
	for name, c := range map[string]struct{ text, want string }{
		"nothing":             {"# only a heading", "1: nothing is asked"},
		"no reason":           {"PUBLIC GET /v1/regime\ncode 200", "1: say in a comment"},
		"no code":             {"# why\nPUBLIC GET /v1/regime\njson . present", "3: the request has no check of its code"},
		"misspelled check":    {"# why\nPUBLIC GET /v1/regime\ncode 200\njsn a == 1", `4: "jsn a == 1" is no check`},
		"unknown operator":    {"# why\nPUBLIC GET /v1/regime\ncode 200\njson a = 1", "4:"},
		"value missing":       {"# why\nPUBLIC GET /v1/regime\ncode 200\njson a ==", "4: json a ==: a value is missing"},
		"body cut by a check": {"# why\nBANK POST /v1/x\n{\"a\": 1\ncode 200", "3: the body is not JSON"},
		"endless file":        {"# why\nBANK POST /v1/x\ncsv\na\ncode 200", "the file does not end"},
		"lower-case role":     {"# why\nbank POST /v1/x\ncode 200", "2: want ROLE METHOD /path"},
		"clock in a request":  {"# why\nclock +1h\nBANK GET /v1/x\ncode 200", "3: clock is a block of its own"},
	} {
		if _, err := parse(strings.Split(c.text, "\n")); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v, want %s", name, err, c.want)
		}
	}
}

func TestFind(t *testing.T) {
	v, err := decode(`{"items": [{"act": "a.b", "on": {"id": 12345678901234567}}, {"act": "c", "list": []}], "n": null}`)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		path, op, want string
		wrong          bool
	}{
		{path: "items", op: "len", want: "2"},
		{path: "items.0.on.id", op: "==", want: "12345678901234567"},
		{path: "items.0.on.id", op: "==", want: "12345678901234568", wrong: true}, // a float could not tell them apart
		{path: "items[act=a.b].on", op: "has", want: `{"id": 12345678901234567}`},
		{path: "items", op: "has", want: `{"act": "c"}`},
		{path: "items", op: "has", want: `{"act": "d"}`, wrong: true},
		{path: "items[act=c].list", op: "len", want: "0"},
		{path: "items.1.act", op: "~", want: "^[a-c]$"},
		{path: "items.1.act", op: "!=", want: `"c"`, wrong: true},
		{path: "items.1", op: "has", want: `{"act": "c", "more": 1}`, wrong: true},
		{path: "n", op: "==", want: "null"},
	} {
		got, found := find(v, c.path)
		if !found {
			t.Errorf("%s is not found", c.path)
			continue
		}
		if wrong := compare(got, c.op, c.want); (wrong != "") != c.wrong {
			t.Errorf("%s %s %s: got %q", c.path, c.op, c.want, wrong)
		}
	}
	for _, path := range []string{"items.2", "items.x", "items[act=d]", "n.a", "m"} {
		if got, found := find(v, path); found {
			t.Errorf("%s: got %v, want nothing", path, got)
		}
	}
}
