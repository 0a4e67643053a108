package link_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"yunei/internal/base/clock"
	"yunei/internal/base/errs"
	"yunei/internal/base/sqldb"
	"yunei/internal/core/access"
	"yunei/internal/core/act"
	"yunei/internal/core/ledger"
	"yunei/internal/core/link"
	"yunei/internal/core/notice"
	"yunei/internal/core/regime"
	"yunei/internal/test/house"
	"yunei/internal/test/testdb"
)

// side is one deployment with a door on the loopback interface; what came in there can be kept, changed or turned away.
type side struct {
	*house.House
	clock *clock.Set
	link  *link.Service
	url   string
	seen  []string // what letters of kind "note" said here

	mu    sync.Mutex
	taken []*http.Request // requests as they came in, each with its body
	alter func(*http.Request)
	down  bool
}

func (s *side) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	raw, _ := io.ReadAll(r.Body)
	kept := r.Clone(context.Background())
	kept.Body = io.NopCloser(bytes.NewReader(raw))
	s.mu.Lock()
	s.taken = append(s.taken, kept)
	alter, down := s.alter, s.down
	s.mu.Unlock()
	if down {
		http.Error(w, "bad gateway", http.StatusBadGateway)
		return
	}
	r.Body = io.NopCloser(bytes.NewReader(raw))
	if alter != nil {
		alter(r)
	}
	s.link.ServeHTTP(w, r)
}

func (s *side) set(alter func(*http.Request), down bool) {
	s.mu.Lock()
	s.alter, s.down = alter, down
	s.mu.Unlock()
}

func bureau(t *testing.T) context.Context { return house.As(t.Context(), "org_bureau", access.Bureau) }

func open(t *testing.T, db *sqldb.DB, clk *clock.Set) *side {
	t.Helper()
	s := &side{House: house.New(t, db), clock: clk}
	server := httptest.NewServer(s)
	t.Cleanup(server.Close)
	notice.New(s.Acts)
	s.url = server.URL
	s.link = link.New(s.DB, s.Acts, s.Keys, s.url)
	s.link.Handle("note", link.Lower, func(_ context.Context, _ *act.Tx, _ link.Peer, l link.Letter) error {
		var text string
		if err := json.Unmarshal(l.Content, &text); err != nil || text == "bad" {
			return errs.New(errs.Invalid, "内容不合要求, 请改正")
		}
		s.seen = append(s.seen, text)
		return nil
	})
	s.Acts.Define(act.Def{Name: "test.write", Roles: []access.Role{access.Bureau}})
	return s
}

// pair is a lower and an upper deployment that recorded each other.
func pair(t *testing.T, open1 func(testing.TB, clock.Clock) *sqldb.DB) (lower, upper *side) {
	t.Helper()
	clk := clock.NewSet(time.Date(2025, 9, 24, 1, 0, 0, 0, time.UTC))
	lower, upper = open(t, open1(t, clk), clk), open(t, open1(t, clk), clk)
	join(t, lower, upper, link.Upper)
	join(t, upper, lower, link.Lower)
	return lower, upper
}

func join(t *testing.T, here, there *side, as string) link.Peer {
	t.Helper()
	p, err := here.link.Join(bureau(t), link.Joining{Name: "对方", Side: as, Card: there.link.Card(), Within: 10, Document: "示数〔2025〕1号"})
	if err != nil {
		t.Fatalf("join as %s: %v", as, err)
	}
	return p
}

// write writes letters as one act; fail rolls it back.
func (s *side) write(t *testing.T, to *side, fail error, texts ...string) error {
	t.Helper()
	_, err := s.Acts.Do(bureau(t), act.Call{Act: "test.write"}, func(ctx context.Context, tx *act.Tx) error {
		for _, text := range texts {
			if err := link.Reply(ctx, tx, to.link.Card().Node, "note", "obj_"+text, text); err != nil {
				return err
			}
		}
		return fail
	})
	return err
}

func (s *side) look(t *testing.T) {
	t.Helper()
	if err := s.link.Look(t.Context()); err != nil {
		t.Fatalf("look: %v", err)
	}
}

func (s *side) sent(t *testing.T) []link.Outgoing {
	t.Helper()
	list, err := s.link.Sent(t.Context(), link.LetterView{Limit: 100})
	if err != nil {
		t.Fatal(err)
	}
	slices.SortFunc(list, func(a, b link.Outgoing) int { return int(a.Seq - b.Seq) })
	return list
}

func each(t *testing.T, fn func(t *testing.T, lower, upper *side)) {
	t.Run("sqlite", func(t *testing.T) {
		lower, upper := pair(t, func(t testing.TB, c clock.Clock) *sqldb.DB { return testdb.SQLite(t, c) })
		fn(t, lower, upper)
	})
	t.Run("postgres", func(t *testing.T) {
		lower, upper := pair(t, func(t testing.TB, c clock.Clock) *sqldb.DB { return testdb.Postgres(t, c) })
		fn(t, lower, upper)
	})
}

func TestLetters_OnceAndInOrder(t *testing.T) {
	each(t, func(t *testing.T, lower, upper *side) {
		if err := lower.write(t, upper, nil, "a", "b", "c"); err != nil {
			t.Fatal(err)
		}
		if err := lower.write(t, upper, errs.New(errs.Conflict, "不办"), "never"); err == nil {
			t.Fatal("the act was to fail")
		}
		lower.look(t)
		lower.look(t)
		if got := strings.Join(upper.seen, " "); got != "a b c" {
			t.Errorf("received %q, want a b c: each once, in order, and nothing of what was rolled back", got)
		}
		for _, o := range lower.sent(t) {
			if o.State != link.Accepted || o.Answer == nil || o.Answer.Number == "" {
				t.Errorf("letter %d is %s with answer %v, want it accepted with a number", o.Seq, o.State, o.Answer)
			}
		}
		for _, s := range []*side{lower, upper} {
			if problems, err := s.Log.Fsck(t.Context()); err != nil || len(problems) > 0 {
				t.Errorf("fsck: %v %v", problems, err)
			}
		}
	})
}

// A letter that its meaning forbids is refused for good, with the words, and holds up no other.
func TestLetters_Refused(t *testing.T) {
	each(t, func(t *testing.T, lower, upper *side) {
		if err := lower.write(t, upper, nil, "bad", "good"); err != nil {
			t.Fatal(err)
		}
		lower.look(t)
		list := lower.sent(t)
		if list[0].State != link.Refused || !strings.Contains(list[0].Answer.Words, "内容不合要求") {
			t.Errorf("the first is %s, %v; want refused with the words", list[0].State, list[0].Answer)
		}
		if list[1].State != link.Accepted {
			t.Errorf("the second is %s, want accepted", list[1].State)
		}
		// From above no note is taken at all.
		if err := upper.write(t, lower, nil, "down"); err != nil {
			t.Fatal(err)
		}
		upper.look(t)
		if o := upper.sent(t)[0]; o.State != link.Refused || len(lower.seen) > 0 {
			t.Errorf("a note from above is %s, seen %v; want refused", o.State, lower.seen)
		}
	})
}

// A lost answer is asked for again, and the letter is not taken twice.
func TestLetters_AnswerLost(t *testing.T) {
	each(t, func(t *testing.T, lower, upper *side) {
		lower.look(t)
		if err := lower.write(t, upper, nil, "a"); err != nil {
			t.Fatal(err)
		}
		upper.set(nil, true)
		lower.look(t)
		if o := lower.sent(t)[0]; o.State != link.Waiting || o.Attempts != 1 || o.Fault == "" {
			t.Fatalf("after a broken attempt: %+v, want it waiting with the reason", o)
		}
		// The very request that got no answer arrives after all, by way of somebody who kept it.
		upper.set(nil, false)
		last := upper.taken[len(upper.taken)-1]
		upper.link.ServeHTTP(httptest.NewRecorder(), last)
		lower.clock.Advance(time.Minute)
		lower.look(t)
		if o := lower.sent(t)[0]; o.State != link.Accepted || len(upper.seen) != 1 {
			t.Errorf("letter is %s and was taken %d times, want accepted and once", o.State, len(upper.seen))
		}
	})
}

func replay(s *side, r *http.Request, alter func(*http.Request)) *httptest.ResponseRecorder {
	again := r.Clone(context.Background())
	raw, _ := io.ReadAll(r.Body)
	r.Body, again.Body = io.NopCloser(bytes.NewReader(raw)), io.NopCloser(bytes.NewReader(raw))
	if alter != nil {
		alter(again)
	}
	w := httptest.NewRecorder()
	s.link.ServeHTTP(w, again)
	return w
}

func body(text string) io.ReadCloser { return io.NopCloser(strings.NewReader(text)) }

func TestLetters_ForgedAreRefused(t *testing.T) {
	each(t, func(t *testing.T, lower, upper *side) {
		if err := lower.write(t, upper, nil, "a", "b"); err != nil {
			t.Fatal(err)
		}
		lower.look(t)
		recorded := upper.taken[1] // after the pulse: the letter that says a

		stranger := open(t, testdb.SQLite(t, lower.clock), lower.clock)
		join(t, stranger, upper, link.Upper)
		if err := stranger.write(t, upper, nil, "s"); err != nil {
			t.Fatal(err)
		}
		before := len(upper.taken)
		stranger.look(t)
		foreign := upper.taken[before]

		for _, c := range []struct {
			name  string
			req   *http.Request
			alter func(*http.Request)
			want  int
		}{
			{"replayed", recorded, nil, http.StatusConflict},
			{"tampered content", recorded, func(r *http.Request) {
				raw, _ := io.ReadAll(r.Body)
				r.Body = body(strings.Replace(string(raw), `"a"`, `"x"`, 1))
			}, http.StatusUnauthorized},
			{"tampered content with a digest to match", recorded, func(r *http.Request) {
				r.Header.Set("Content-Digest", "sha-256=:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=:")
				r.Body = body("")
			}, http.StatusUnauthorized},
			{"without a digest", recorded, func(r *http.Request) { r.Header.Del("Content-Digest") }, http.StatusUnauthorized},
			{"to another path", recorded, func(r *http.Request) { r.URL.Path = "/link/v2/letters" }, http.StatusUnauthorized},
			{"unsigned", recorded, func(r *http.Request) { r.Header.Del("Signature") }, http.StatusUnauthorized},
			{"signed by a stranger", foreign, nil, http.StatusUnauthorized},
			{"signed by a stranger in the name of the other", foreign, func(r *http.Request) {
				r.Header.Set("Signature-Input", strings.Replace(r.Header.Get("Signature-Input"), stranger.link.Card().Node, lower.link.Card().Node, 1))
			}, http.StatusUnauthorized},
			{"parameters of another type", recorded, func(r *http.Request) {
				r.Header.Set("Signature-Input", `yunei-link=("@method" "@path" "content-digest");created="then";keyid="`+lower.link.Card().Node+`";tag="yunei-link"`)
			}, http.StatusUnauthorized},
			{"for another protocol", recorded, func(r *http.Request) {
				r.Header.Set("Signature-Input", strings.Replace(r.Header.Get("Signature-Input"), `tag="yunei-link"`, `tag="other"`, 1))
			}, http.StatusUnauthorized},
		} {
			if w := replay(upper, c.req, c.alter); w.Code != c.want {
				t.Errorf("%s: answered %d %s, want %d", c.name, w.Code, w.Body, c.want)
			}
		}
		if got := strings.Join(upper.seen, " "); got != "a b" {
			t.Errorf("received %q, want a b and nothing else", got)
		}
		if o := stranger.sent(t)[0]; o.State != link.Waiting {
			t.Errorf("the stranger's letter is %s, want waiting", o.State)
		}
	})
}

// An answer that the other node did not sign is none, whatever it says.
func TestAnswers_ForgedAreNone(t *testing.T) {
	clk := clock.NewSet(time.Date(2025, 9, 24, 1, 0, 0, 0, time.UTC))
	lower := open(t, testdb.SQLite(t, clk), clk)
	liar := open(t, testdb.SQLite(t, clk), clk)
	fake := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var l link.Letter
		if err := json.NewDecoder(r.Body).Decode(&l); err != nil {
			t.Errorf("decode: %v", err)
		}
		_ = json.NewEncoder(w).Encode(link.Answer{Turn: l.Turn, Letter: l.ID, Result: link.Accepted, Number: "收2025-00001"})
	}))
	defer fake.Close()
	card := liar.link.Card()
	card.URL = fake.URL
	if _, err := lower.link.Join(bureau(t), link.Joining{Name: "对方", Side: link.Upper, Card: card, Within: 10, Document: "示数〔2025〕1号"}); err != nil {
		t.Fatal(err)
	}
	if err := lower.write(t, liar, nil, "a"); err != nil {
		t.Fatal(err)
	}
	lower.look(t)
	if o := lower.sent(t)[0]; o.State != link.Waiting {
		t.Errorf("after an unsigned answer the letter is %s, want waiting", o.State)
	}
}

// A letter out of its order is not taken; the other node's answer says which comes next.
func TestLetters_OutOfOrder(t *testing.T) {
	each(t, func(t *testing.T, lower, upper *side) {
		if err := lower.write(t, upper, nil, "a", "b", "c"); err != nil {
			t.Fatal(err)
		}
		lower.look(t)
		// The upper node is restored from a backup that knew the first letter only.
		err := upper.DB.Do(t.Context(), func(tx *sqldb.Tx) error {
			_, err := tx.Exec(t.Context(), `DELETE FROM link_incoming WHERE seq > 1`)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		upper.seen = upper.seen[:1]
		if err := lower.write(t, upper, nil, "d"); err != nil {
			t.Fatal(err)
		}
		lower.look(t)
		lower.clock.Advance(time.Minute)
		lower.look(t)
		lower.clock.Advance(time.Minute)
		lower.look(t)
		if got := strings.Join(upper.seen, " "); got != "a b c d" {
			t.Errorf("received %q, want a b c d: what was lost is sent again, in order", got)
		}
	})
}

// Two processes on one database carry each letter once.
func TestLook_Together(t *testing.T) {
	each(t, func(t *testing.T, lower, upper *side) {
		texts := []string{"1", "2", "3", "4", "5", "6"}
		if err := lower.write(t, upper, nil, texts...); err != nil {
			t.Fatal(err)
		}
		log, err := ledger.Open(t.Context(), lower.DB, lower.Keys, ledger.Options{})
		if err != nil {
			t.Fatal(err)
		}
		twin := act.NewRunner(lower.DB, log, regime.New())
		notice.New(twin)
		second := link.New(lower.DB, twin, lower.Keys, lower.url)
		var both sync.WaitGroup
		var errOne, errTwo error
		both.Go(func() { errOne = lower.link.Look(t.Context()) })
		both.Go(func() { errTwo = second.Look(t.Context()) })
		both.Wait()
		if err := errors.Join(errOne, errTwo); err != nil {
			t.Fatal(err)
		}
		for range 8 {
			lower.clock.Advance(2 * time.Minute)
			lower.look(t)
		}
		if got := strings.Join(upper.seen, " "); got != strings.Join(texts, " ") {
			t.Errorf("received %q, want %q", got, texts)
		}
	})
}
