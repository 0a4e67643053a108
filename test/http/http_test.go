// Package http_test holds conversations with a whole node: the files beside it, run on both databases. README.md describes them.
package http_test

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"yunei/internal/base/clock"
	"yunei/internal/base/seal"
	"yunei/internal/base/workday"
	"yunei/internal/core/link"
	"yunei/internal/core/query/duckdb"
	"yunei/internal/flow/consent"
	"yunei/internal/gate/node"
	"yunei/internal/test/testdb"
)

// start is a Wednesday morning in Quanzhou, a week before a long holiday.
var start = time.Date(2025, 9, 24, 9, 0, 0, 0, workday.Zone())

func TestMain(m *testing.M) {
	duckdb.MaybeWorker() // the locked child of a run is this very program
	os.Exit(m.Run())
}

func TestHTTP(t *testing.T) {
	files := conversations(t)
	for _, database := range []struct {
		name string
		url  func(t *testing.T, data string) string
	}{
		{"sqlite", func(_ *testing.T, data string) string { return "sqlite:" + filepath.Join(data, "yunei.db") }},
		{"postgres", func(t *testing.T, _ string) string { return testdb.PostgresURL(t) }},
	} {
		t.Run(database.name, func(t *testing.T) {
			for _, file := range files {
				t.Run(strings.TrimSuffix(file, ".txt"), func(t *testing.T) {
					t.Parallel()
					steps, err := readScript(file)
					if err != nil {
						t.Fatal(err)
					}
					data := t.TempDir()
					c := open(t, data, database.url(t, data), packsOf(file)...)
					c.file = file
					if slices.ContainsFunc(steps, func(s step) bool { return s.above }) {
						c.joinAbove(t, database.url, roles(steps, true))
					}
					c.settle(t, roles(steps, false))
					for _, s := range steps {
						c.do(t, s)
					}
				})
			}
		})
	}
}

// conversation is one node, the people who speak to it, and what was kept of its answers.
type conversation struct {
	file   string
	node   *node.Node
	clock  *clock.Set
	server *httptest.Server
	tokens map[string]string
	orgs   map[string]string
	kept   map[string]any
	prefix string        // before the names under which its organizations are kept
	above  *conversation // a second node, where the file speaks to one
	down   atomic.Bool   // whether this node's door for letters is shut
}

// conversations are the files beside this one, and those in a folder named after the pack that they run under.
func conversations(t *testing.T) []string {
	t.Helper()
	var files []string
	for _, pattern := range []string{"*.txt", "*/*.txt"} {
		found, err := filepath.Glob(pattern)
		if err != nil || len(found) == 0 {
			t.Fatalf("found no files %s: %v", pattern, err)
		}
		files = append(files, found...)
	}
	return files
}

// packsOf is the law a file is told under: the folder's, or the one a deployment has by default.
func packsOf(file string) []string {
	if dir := filepath.Dir(file); dir != "." {
		return []string{dir}
	}
	return nil
}

func open(t *testing.T, data, url string, packs ...string) *conversation {
	t.Helper()
	clk := clock.NewSet(start)
	if missing := duckdb.Missing(duckdb.Walls()); len(missing) > 0 {
		t.Logf("THIS MACHINE LACKS WALLS OF THE ENGINE: %v", missing)
	}
	c := &conversation{clock: clk, tokens: map[string]string{}, orgs: map[string]string{},
		kept: map[string]any{"public_key": publicKey(public)}}
	c.server = httptest.NewUnstartedServer(c)
	n, err := node.Open(t.Context(), node.Options{Data: data, DB: url, Heads: filepath.Join(data, "heads.json"), Packs: packs, Clock: clk, NoWalls: true,
		URL: "http://" + c.server.Listener.Addr().String()})
	if err != nil {
		t.Fatalf("open node: %v", err)
	}
	c.node = n
	ctx, stop := context.WithCancel(context.WithoutCancel(t.Context()))
	done := make(chan error, 1)
	go func() { done <- n.Run(ctx) }()
	c.server.Start()
	t.Cleanup(func() {
		c.server.Close()
		stop()
		if err := <-done; err != nil {
			t.Errorf("run node: %v", err)
		}
		if err := n.Close(); err != nil {
			t.Errorf("close node: %v", err)
		}
	})
	return c
}

// ServeHTTP is the node as others reach it.
func (c *conversation) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if c.down.Load() && r.URL.Path == link.Path {
		http.Error(w, "bad gateway", http.StatusBadGateway)
		return
	}
	c.node.Handler().ServeHTTP(w, r)
}

// joinAbove opens the second node of a file, under the same law and clock. What is kept is kept for both; its organizations are
// kept as $above_…_org.
func (c *conversation) joinAbove(t *testing.T, url func(t *testing.T, data string) string, names []string) {
	t.Helper()
	data := t.TempDir()
	up := open(t, data, url(t, data), packsOf(c.file)...)
	up.file, up.kept, up.prefix = c.file, c.kept, "above_"
	c.above = up
	up.settle(t, names)
}

// work breaks, mends or works the link between the two nodes.
func (c *conversation) work(t *testing.T, how string) {
	t.Helper()
	switch how {
	case "down", "up":
		c.above.down.Store(how == "down")
		c.down.Store(how == "down")
	case "carry":
		for range 2 { // what one receives may have the other answer
			for _, n := range []*conversation{c, c.above} {
				if err := n.node.Link.Look(t.Context()); err != nil {
					t.Fatalf("carry letters: %v", err)
				}
			}
		}
	}
}

// roles are the people a file names at one of its nodes, in order of appearance.
func roles(steps []step, above bool) []string {
	var names []string
	seen := map[string]bool{"": true, public: true}
	for _, s := range steps {
		if s.above == above && !seen[s.role] {
			seen[s.role] = true
			names = append(names, s.role)
		}
	}
	return names
}

func (c *conversation) do(t *testing.T, s step) {
	t.Helper()
	where := fmt.Sprintf("%s:%d", c.file, s.line)
	switch {
	case s.clock != "":
		c.moveClock(t, where, s.clock)
		if c.above != nil {
			c.above.moveClock(t, where, s.clock)
		}
		return
	case s.link != "":
		c.work(t, s.link)
		return
	case s.above:
		c = c.above
	}
	kind, content := c.body(t, where, s)
	req, err := http.NewRequestWithContext(t.Context(), s.method, c.server.URL+c.fill(t, where, s.path), content)
	if err != nil {
		t.Fatalf("%s: %v", where, err)
	}
	if kind != "" {
		req.Header.Set("Content-Type", kind)
	}
	if s.role != public {
		req.Header.Set("Authorization", "Bearer "+c.token(t, s.role))
	}
	for _, h := range s.headers {
		req.Header.Set(h[0], c.fill(t, where, h[1]))
	}
	resp, err := c.client().Do(req)
	if err != nil {
		t.Fatalf("%s: %v", where, err)
	}
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatalf("%s: %v", where, err)
	}
	c.check(t, s, resp, string(raw))
}

// body is what a request carries, and of which type.
func (c *conversation) body(t *testing.T, where string, s step) (kind string, content io.Reader) {
	t.Helper()
	switch s.file {
	case "":
		if s.body == "" {
			return "", nil
		}
		return "application/json", strings.NewReader(c.fillJSON(t, where, s.body))
	case "csv":
		return "text/csv", strings.NewReader(s.body)
	}
	var form bytes.Buffer
	w := multipart.NewWriter(&form)
	part, err := w.CreateFormFile("file", s.file)
	if err == nil {
		_, err = io.WriteString(part, s.body)
	}
	if err = errors.Join(err, w.Close()); err != nil {
		t.Fatalf("%s: %v", where, err)
	}
	return w.FormDataContentType(), &form
}

func (c *conversation) client() *http.Client {
	client := c.server.Client()
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return client
}

func (c *conversation) check(t *testing.T, s step, resp *http.Response, body string) {
	t.Helper()
	failed := false
	for _, k := range s.checks {
		where := fmt.Sprintf("%s:%d", c.file, k.line)
		wrong := c.wrong(t, where, k, s.role, resp, body)
		if wrong == "" {
			continue
		}
		failed = true
		if k.on == "set" || k.on == "sign" || k.on == "consent" {
			t.Fatalf("%s: %s\n%s %s answered %d %s", where, wrong, s.method, s.path, resp.StatusCode, body)
		}
		t.Errorf("%s: %s %s: %s", where, k.on, k.at, wrong)
	}
	if failed {
		t.Logf("%s:%d: %s %s %s answered %d %s", c.file, s.line, s.role, s.method, s.path, resp.StatusCode, body)
	}
}

// wrong says "" or what one check finds wrong with an answer.
func (c *conversation) wrong(t *testing.T, where string, k check, role string, resp *http.Response, body string) string {
	t.Helper()
	want := k.want
	switch {
	case k.op == "~": // a regular expression has dollars of its own
	case k.on == "json":
		want = c.fillJSON(t, where, want)
	default:
		want = c.fill(t, where, want)
	}
	switch k.on {
	case "code":
		if got := strconv.Itoa(resp.StatusCode); got != want {
			return fmt.Sprintf("got %s, want %s", got, want)
		}
	case "header":
		return wrongHeader(k, resp.Header.Values(k.at), want)
	case "body":
		if k.op == "has" && !strings.Contains(body, want) {
			return "want it to contain " + want
		}
		if k.op == "~" {
			return compare(body, "~", want)
		}
	case "json":
		return c.wrongJSON(t, where, k, body, want)
	case "set":
		k.want = want
		return c.keep(k, resp, body)
	case "sign":
		k.want = want
		return c.sign(k, role, body)
	case "consent":
		k.want = want
		return c.consent(k, body)
	}
	return ""
}

func wrongHeader(k check, values []string, want string) string {
	switch k.op {
	case "present", "absent":
		if (len(values) > 0) != (k.op == "present") {
			return fmt.Sprintf("got %q, want it %s", values, k.op)
		}
		return ""
	case "==":
		if got := strings.Join(values, ", "); got != want {
			return fmt.Sprintf("got %q, want %q", got, want)
		}
		return ""
	}
	return compare(strings.Join(values, ", "), k.op, want)
}

func (c *conversation) wrongJSON(t *testing.T, where string, k check, body, want string) string {
	t.Helper()
	v, err := decode(body)
	if err != nil {
		return fmt.Sprintf("the answer is not JSON: %v", err)
	}
	got, found := find(v, c.fill(t, where, k.at))
	switch {
	case k.op == "absent" && found:
		return "it is there: " + encode(got)
	case k.op == "absent":
		return ""
	case !found:
		return "it is not there"
	case k.op == "present":
		return ""
	}
	return compare(got, k.op, want)
}

func (c *conversation) keep(k check, resp *http.Response, body string) string {
	if k.op != "" {
		value := resp.Header.Get(k.want)
		if value == "" {
			return "no header " + k.want + " to keep"
		}
		c.kept[k.at] = value
		return ""
	}
	got, wrong := valueAt(body, k.want)
	if wrong == "" {
		c.kept[k.at] = got
	}
	return wrong
}

// sign keeps the signature that the person who asked puts under a text of the answer.
func (c *conversation) sign(k check, role, body string) string {
	got, wrong := valueAt(body, k.want)
	if wrong != "" {
		return wrong
	}
	text, ok := got.(string)
	if !ok || text == "" {
		return "no text at " + k.want + " to sign"
	}
	c.kept[k.at] = base64.StdEncoding.EncodeToString(ed25519.Sign(keyOf(role), []byte(text)))
	return ""
}

// consent keeps the drafted document as the person it is about signs it, with a certificate of this city's certification service.
func (c *conversation) consent(k check, body string) string {
	got, wrong := valueAt(body, k.want)
	if wrong != "" {
		return wrong
	}
	text, _ := got.(string)
	d, err := consent.Parse([]byte(text))
	if err != nil {
		return err.Error()
	}
	certificate, key, err := c.node.Keys.Anchor().IssuePerson(d.Subject.Name, d.Subject.IDNumber, c.clock.Now().Add(-24*time.Hour))
	if err != nil {
		return err.Error()
	}
	signature, err := seal.SignAs(key, []byte(text))
	if err != nil {
		return err.Error()
	}
	c.kept[k.at+"_document"], c.kept[k.at+"_certificate"] = text, string(certificate)
	c.kept[k.at+"_signature"] = base64.StdEncoding.EncodeToString(signature)
	return ""
}

func valueAt(body, path string) (v any, wrong string) {
	v, err := decode(body)
	if err != nil {
		return nil, fmt.Sprintf("the answer is not JSON: %v", err)
	}
	got, found := find(v, path)
	if !found {
		return nil, "nothing at " + path + " to keep"
	}
	return got, ""
}

var keptName = regexp.MustCompile(`\$[a-z][a-z0-9_]*`)

// fill puts kept values in the place of their names.
func (c *conversation) fill(t *testing.T, where, text string) string {
	t.Helper()
	return c.replace(t, where, text, func(v any) string {
		if text, ok := v.(string); ok {
			return text
		}
		return encode(v)
	})
}

// fillJSON does so inside JSON: a kept text stands inside quotes and may have lines, anything else stands as it is.
func (c *conversation) fillJSON(t *testing.T, where, text string) string {
	t.Helper()
	return c.replace(t, where, text, func(v any) string {
		if _, ok := v.(string); ok {
			quoted := encode(v)
			return quoted[1 : len(quoted)-1]
		}
		return encode(v)
	})
}

func (c *conversation) replace(t *testing.T, where, text string, write func(any) string) string {
	t.Helper()
	return keptName.ReplaceAllStringFunc(text, func(found string) string {
		value, ok := c.kept[found[1:]]
		if !ok {
			t.Fatalf("%s: nothing was kept as %s", where, found)
		}
		return write(value)
	})
}

// moveClock moves by a duration or to an instant in Quanzhou. Everyone signs in anew afterwards.
func (c *conversation) moveClock(t *testing.T, where, to string) {
	t.Helper()
	if by, ok := strings.CutPrefix(to, "+"); ok {
		d, err := time.ParseDuration(by)
		if err != nil {
			t.Fatalf("%s: %v", where, err)
		}
		c.clock.Advance(d)
	} else {
		at, err := time.ParseInLocation("2006-01-02T15:04", to, workday.Zone())
		if err != nil {
			t.Fatalf("%s: %v", where, err)
		}
		d := at.Sub(c.clock.Now())
		if d <= 0 {
			t.Fatalf("%s: the clock stands at %s already and never runs backward", where, c.clock.Now().In(workday.Zone()).Format(time.RFC3339))
		}
		c.clock.Advance(d)
	}
	c.node.Sweep(system(t)) // the platform's timers see the new time at once
	clear(c.tokens)
}
