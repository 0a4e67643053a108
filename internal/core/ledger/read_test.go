package ledger_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"yunei/internal/base/clock"
	"yunei/internal/base/merkle"
	"yunei/internal/base/seal"
	"yunei/internal/base/sqldb"
	"yunei/internal/core/ledger"
	"yunei/internal/core/ledger/proof"
	"yunei/internal/test/testdb"
)

func TestLog_Entries(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		ctx := t.Context()
		for i := range 7 {
			_, err := h.set(ctx, fmt.Sprint("t", i%2), int64(i))
			must(t, err)
		}
		must(t, h.db.View(ctx, func(tx *sqldb.Tx) error {
			for _, c := range []struct {
				f    ledger.Filter
				want int
			}{
				{ledger.Filter{}, 7}, {ledger.Filter{Limit: 3}, 3}, {ledger.Filter{Object: "t1"}, 3}, {ledger.Filter{Object: "t1", Kind: "thing"}, 3},
				{ledger.Filter{Object: "t1", Kind: "else"}, 0}, {ledger.Filter{Matter: "mat_t0"}, 4}, {ledger.Filter{Actor: "acc_1", Act: "thing.set", Org: "org_1", Outcome: "done"}, 7},
				{ledger.Filter{Org: "org_2"}, 0}, {ledger.Filter{From: "2026-10-01"}, 0}, {ledger.Filter{From: "2026-09-30", To: "2026-09-30"}, 7}, {ledger.Filter{Before: 1}, 0},
			} {
				got, err := h.Entries(ctx, tx, c.f)
				if err != nil || len(got) != c.want {
					t.Errorf("%+v: got %d entries, %v, want %d", c.f, len(got), err, c.want)
				}
			}
			var all []int64
			for before := int64(0); ; {
				got, err := h.Entries(ctx, tx, ledger.Filter{Limit: 2, Before: before})
				must(t, err)
				if len(got) == 0 {
					break
				}
				for _, r := range got {
					all = append(all, r.Seq)
				}
				before = all[len(all)-1]
			}
			if fmt.Sprint(all) != "[7 6 5 4 3 2 1]" {
				t.Errorf("paged: got %v", all)
			}
			return nil
		}))
	})
}

// The tiles alone give every leaf and the signed root.
func TestTiles_AnyClientCanFollow(t *testing.T) {
	t.Parallel()
	db := testdb.SQLite(t, clock.Real{})
	must(t, db.Do(t.Context(), func(tx *sqldb.Tx) error { return tx.Script(t.Context(), things) }))
	keys, err := seal.LoadOrCreate(t.TempDir())
	must(t, err)
	h := &house{db: db, keys: keys}
	must(t, h.open(t.Context()))
	const n = 300
	must(t, db.Do(t.Context(), func(tx *sqldb.Tx) error {
		for i := range n {
			if _, err := h.Add(t.Context(), tx, ledger.Entry{Act: "x.y", Outcome: ledger.Done, Start: int64(i)}); err != nil {
				return err
			}
		}
		return nil
	}))
	must(t, h.Seal(t.Context()))
	srv := httptest.NewServer(http.StripPrefix("/log", h.Tiles()))
	defer srv.Close()
	get := func(path string, want int) []byte {
		resp, err := http.Get(srv.URL + "/log/" + path)
		must(t, err)
		defer resp.Body.Close()
		body, err := io.ReadAll(resp.Body)
		if err != nil || resp.StatusCode != want {
			t.Fatalf("%s: got %s, %v, want %d", path, resp.Status, err, want)
		}
		return body
	}
	head, err := proof.OpenCheckpoint(string(get("checkpoint", 200)), keys.LogKey("yunei.local/"+keys.KID()))
	must(t, err)
	r, err := merkle.NewRange(merkle.SHA256, 0, 0, nil)
	must(t, err)
	var hashes []byte
	for _, part := range []string{"000", "001.p/44"} {
		bundle := get("tile/entries/"+part, 200)
		for len(bundle) > 0 {
			size := int(bundle[0])<<8 | int(bundle[1])
			must(t, r.Append(bundle[2:2+size], nil))
			hashes = append(hashes, merkle.SHA256.HashLeaf(bundle[2:2+size])...)
			bundle = bundle[2+size:]
		}
	}
	root, err := r.Root()
	if err != nil || string(root) != string(head.Root) || r.End() != n {
		t.Errorf("root of %d leaves %x, %v, want %x", r.End(), root, err, head.Root)
	}
	if got := append(get("tile/0/000", 200), get("tile/0/001.p/44", 200)...); string(got) != string(hashes) {
		t.Error("level 0 tiles are not the leaf hashes")
	}
	if got := get("tile/1/000.p/1", 200); len(got) != merkle.Size {
		t.Errorf("level 1: %d bytes", len(got))
	}
	for _, path := range []string{"", "tile/0/001", "tile/0/001.p/45", "tile/0/000.p/0", "tile/0/000.p/256", "tile/0/0", "tile/0/x000/000", "tile/00/000",
		"tile/6/000", "tile/0/002", "tile/entries/001", "tile/0/999/999", "tile/0/x999/x999/x999/x999/x999/999"} {
		get(path, 404)
	}
}
