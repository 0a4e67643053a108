// Package internal holds no code: its tests keep the house in shape. They draw the house from its imports and compare
// it with the plan below, check that each package says what it is for, and pin the list of modules we link.
package internal

import (
	"fmt"
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const module = "yunei"

// A row is a set of peers inside a floor, and why they stand where they stand. A package imports lower floors and,
// in its own floor, rows above its own; peers do not import each other.
type row struct {
	packages string // separated by blanks
	why      string
	only     string // when set: the packages of its own floor it may import, and no others ("none": not one)
}

type floor struct {
	name string
	rows []row
}

// floors is the plan, lowest floor first. Changing it is changing the architecture: docs/ARCHITECTURE.md tells why.
var floors = []floor{
	{"base", []row{
		{packages: "clock errs idnumber merkle", why: "know nothing but Go: time, failure, a check digit, hashing"},
		{packages: "id seal workday", why: "an id carries a time, a key and a calendar fail with a sentence"},
		{packages: "sqldb", why: "one instant per transaction needs the clock, recognized constraint failures need errs"},
	}},
	{"core", []row{
		{packages: "schema", why: "the tables stand before anything that reads them"},
		{packages: "ledger/proof", why: "what an auditor computes without us: knows hashing and signatures only"},
		{packages: "ledger blob netlog", why: "what is proven and what is kept, whoever asked"},
		{packages: "access", why: "who is asking, and by which permit"},
		{packages: "regime", why: "judges facts that others register, so it stands left of all who register them"},
		{packages: "act", why: "joins access, regime and ledger into one transaction: every change goes through it"},
		{packages: "notice", why: "what is made public; a period in public is published by a matter"},
		{packages: "link", why: "other deployments: a letter goes out with the act it tells of, and its loss is told by a message"},
		{packages: "matter", why: "an application on its way: knows who is addressed, not what an organization is"},
		{packages: "party", why: "organizations and people, admitted by a matter"},
		{packages: "query", why: "the relational IR: types that guard and engines share", only: "none"},
		{packages: "query/step query/noise", why: "one person's WebAssembly step, and exact noise: each knows the IR at most", only: "query"},
		{packages: "query/interp", why: "the oracle, and the executor of classes B and C with their steps", only: "query query/step"},
		{packages: "query/guard", why: "turns text into IR; constants are computed by the oracle, modules read by the sandbox", only: "query query/interp query/step"},
		{packages: "query/snapshot", why: "the file that engine, interpreter and samples agree on: rows of the interpreter, written down", only: "query query/interp"},
		{packages: "query/duckdb", why: "the locked child: knows files, walls and integers, and no question", only: "none"},
		{packages: "query/render", why: "writes a question as a job of the engine", only: "query query/snapshot query/duckdb"},
		{packages: "query/audit", why: "whether exact tables tell too much: sets of ordinals and thresholds, and no question", only: "none"},
		{packages: "query/release", why: "noise and threshold between the engine's cells and what may leave", only: "query query/interp query/noise query/duckdb query/audit"},
		{packages: "query/synth", why: "samples are rows of the interpreter, made from the policy alone or from a charged release", only: "query query/interp query/snapshot query/noise query/release"},
		{packages: "query/disclose", why: "charges a release before it runs", only: "query query/release"},
		{packages: "query/querytest", why: "one suite that each engine calls", only: "query query/guard query/interp query/step query/snapshot query/duckdb query/render"},
	}},
	{"flow", []row{
		{packages: "catalog", why: "a resource is described first"},
		{packages: "standard", why: "holds the catalog against a standard by version"},
		{packages: "connect", why: "systems and channels outside: a channel is folded in by a cataloged resource"},
		{packages: "collect", why: "then its data arrives"},
		{packages: "consent", why: "a person's word is about cataloged fields"},
		{packages: "grant", why: "a scenario asks for cataloged resources"},
		{packages: "statistics", why: "exact figures are permitted before a lab computes any"},
		{packages: "lab", why: "a space and its models belong to a grant"},
		{packages: "supply", why: "what an operator supplies goes into a space of the lab"},
		{packages: "open", why: "what is open to all needs catalog and collection only"},
		{packages: "output", why: "reviews what a model of the lab gave"},
		{packages: "serve", why: "answers by a model, a grant and a consent"},
		{packages: "watch", why: "looks at all of them"},
		{packages: "trace", why: "follows one thing through all of them, and changes nothing"},
	}},
	{"gate", []row{
		{packages: "console", why: "the built console as files"},
		{packages: "api", why: "the outside's way in: imports every stage"},
		{packages: "wire", why: "the way in for programs that speak PostgreSQL's protocol"},
		{packages: "node", why: "one running program: builds every service and hands them to the API"},
	}},
}

// place is where a package stands: floor and row number, counted from the bottom and the left.
type place struct {
	floor, row int
	only       []string
}

func plan() map[string]place {
	places := map[string]place{}
	for f, fl := range floors {
		for r, ro := range fl.rows {
			var only []string
			for _, o := range strings.Fields(ro.only) {
				only = append(only, "internal/"+fl.name+"/"+o)
			}
			for _, p := range strings.Fields(ro.packages) {
				places["internal/"+fl.name+"/"+p] = place{f, r, only}
			}
		}
	}
	return places
}

// judge says why pkg may not import dep, or "" when it may. Paths are inside the module; inTest is true for _test.go.
func judge(places map[string]place, pkg, dep string, inTest bool) string {
	inHouse := func(p string) bool { _, ok := places[p]; return ok }
	isRoot := func(p string) bool { return !strings.HasPrefix(p, "internal/") && p != "internal" }

	switch {
	case dep == "internal/test/story" && pkg == "cmd/yunei":
		return "" // `yunei demo` tells the story that the tests tell
	case strings.HasPrefix(dep, "internal/test/"):
		if inTest || strings.HasPrefix(pkg, "internal/test/") || pkg == "bench" {
			return ""
		}
		return "test helpers are for tests only"
	case isRoot(dep): // data, regimes, web: what we ship, not how the house works
		floorOf, known := places[pkg]
		if inTest || !known || floors[floorOf.floor].name == "gate" {
			return ""
		}
		return "the house knows no particular law, data or screen: only gate, commands and tests may name what we ship"
	case !inHouse(dep):
		return fmt.Sprintf("%s stands in no row of the plan", dep)
	case !inHouse(pkg):
		return "" // commands, test helpers and the bench may import the whole house
	}

	from, to := places[pkg], places[dep]
	switch {
	case to.floor > from.floor:
		return fmt.Sprintf("upward: floor %s may not know floor %s; send it as a fact instead", floors[from.floor].name, floors[to.floor].name)
	case to.floor < from.floor:
		return ""
	case inTest && from.floor == to.floor:
		return "" // a test may set up the neighbors it needs, on its own floor; the go command refuses circles
	case to.row > from.row:
		return fmt.Sprintf("rightward: %q stands right of %q", floors[to.floor].rows[to.row].packages, floors[from.floor].rows[from.row].packages)
	case to.row == from.row:
		return "peers of one row do not import each other"
	case from.only != nil && !slices.Contains(from.only, dep):
		return fmt.Sprintf("its row allows only %v of its floor", from.only)
	}
	return ""
}

// source is one Go file of the module.
type source struct {
	pkg    string // folder inside the module, with slashes
	file   string
	inTest bool
}

// sources lists the module's Go files without asking the go command, so that no build constraint hides an import.
func sources(t *testing.T) []source {
	t.Helper()
	var found []source
	err := filepath.WalkDir("..", func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			switch name := d.Name(); {
			case name == "node_modules", name == "testdata", name == "bin", name == "var",
				strings.HasPrefix(name, ".") && name != "..":
				return filepath.SkipDir
			}
			return nil
		}
		if strings.HasSuffix(p, ".go") {
			rel, err := filepath.Rel("..", p)
			if err != nil {
				return err
			}
			found = append(found, source{path.Dir(filepath.ToSlash(rel)), p, strings.HasSuffix(p, "_test.go")})
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(found) < 10 {
		t.Fatalf("found only %d Go files: is the test run inside the repository?", len(found))
	}
	return found
}

func TestLayout(t *testing.T) {
	places := plan()
	seen := map[string]bool{}
	for _, src := range sources(t) {
		if src.pkg == "internal" {
			continue
		}
		seen[src.pkg] = true
		if _, ok := places[src.pkg]; !ok && strings.HasPrefix(src.pkg, "internal/") && !strings.HasPrefix(src.pkg, "internal/test/") {
			t.Errorf("%s: the folder stands in no row of the plan; give it a row with a reason", src.file)
			continue
		}
		f, err := parser.ParseFile(token.NewFileSet(), src.file, nil, parser.ImportsOnly)
		if err != nil {
			t.Error(err)
			continue
		}
		for _, spec := range f.Imports {
			imported, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				t.Error(err)
				continue
			}
			dep, ours := strings.CutPrefix(imported, module+"/")
			if !ours || dep == src.pkg { // an external test package imports its own package
				continue
			}
			if why := judge(places, src.pkg, dep, src.inTest); why != "" {
				t.Errorf("%s imports %s: %s", src.file, dep, why)
			}
		}
	}
	for p := range places {
		if !seen[p] {
			t.Errorf("the plan has a row for %s, which does not exist", p)
		}
	}
}

// TestLayout_Judge shows that the rule bites: each kind of wrong arrow is refused, its lawful neighbor is not.
func TestLayout_Judge(t *testing.T) {
	places := plan()
	for _, c := range []struct {
		name, pkg, dep string
		inTest         bool
		refused        string
	}{
		{"lower floor", "internal/flow/grant", "internal/core/act", false, ""},
		{"earlier row", "internal/core/act", "internal/core/regime", false, ""},
		{"upward", "internal/core/act", "internal/flow/grant", false, "upward"},
		{"rightward", "internal/core/regime", "internal/core/act", false, "rightward"},
		{"peer", "internal/core/ledger", "internal/core/blob", false, "peers"},
		{"unknown", "internal/core/act", "internal/core/util", false, "no row"},
		{"neighbor in a test", "internal/flow/serve", "internal/flow/watch", true, ""},
		{"upward in a test", "internal/core/act", "internal/flow/grant", true, "upward"},
		{"narrow row", "internal/core/query/guard", "internal/core/ledger", false, "allows only"},
		{"test helper in a test", "internal/core/ledger", "internal/test/testdb", true, ""},
		{"test helper in the program", "internal/core/ledger", "internal/test/testdb", false, "tests only"},
		{"law in the house", "internal/core/regime", "regimes", false, "particular law"},
		{"law in a test", "internal/core/regime", "regimes", true, ""},
		{"story in the demo", "cmd/yunei", "internal/test/story", false, ""},
		{"story in a stage", "internal/flow/lab", "internal/test/story", false, "tests only"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := judge(places, c.pkg, c.dep, c.inTest)
			if (c.refused == "") != (got == "") || !strings.Contains(got, c.refused) {
				t.Errorf("%s imports %s: got %q, want %q", c.pkg, c.dep, got, c.refused)
			}
		})
	}
}
