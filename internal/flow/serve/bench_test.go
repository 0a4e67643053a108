package serve_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"yunei/internal/base/clock"
	"yunei/internal/base/sqldb"
	"yunei/internal/core/access"
	"yunei/internal/flow/collect"
	"yunei/internal/flow/consent"
	"yunei/internal/flow/serve"
	"yunei/internal/test/testdb"
)

// BenchmarkCallVsBare puts a consent-verified call beside a bare indexed read of the same person's row, both as JSON over
// the same HTTP server, one after the other in one run. Pacing is off: it would only show itself. The call verifies
// permits, purpose, document and uses, charges precision, runs the model and waits for its ledger entry to be durable.
func BenchmarkCallVsBare(b *testing.B) {
	clk := clock.NewSet(opening)
	br := newBranch(b, testdb.SQLite(b, clk), clk, time.Hour)
	snapshot := ""
	must(b, br.db.View(b.Context(), func(tx *sqldb.Tx) error {
		s, err := br.collect.ActiveSnapshot(b.Context(), tx, br.entry.ID)
		snapshot = s.ID
		return err
	}))
	sid := access.From(br.citizen(0)).SID
	bank := br.bank()
	mux := http.NewServeMux()
	mux.HandleFunc("POST /bare", func(w http.ResponseWriter, r *http.Request) {
		var body string
		err := br.db.View(r.Context(), func(tx *sqldb.Tx) error {
			return tx.QueryRow(r.Context(), `SELECT body FROM subject_row WHERE snapshot = $1 AND sid = $2`, snapshot, sid).Scan(&body)
		})
		reply(w, map[string]string{"body": body}, err)
	})
	mux.HandleFunc("POST /call", func(w http.ResponseWriter, r *http.Request) {
		var ask serve.Ask
		if err := json.NewDecoder(r.Body).Decode(&ask); err != nil {
			reply(w, nil, err)
			return
		}
		answer, err := br.Call(bank, ask)
		reply(w, answer, err)
	})
	server := httptest.NewServer(mux)
	defer server.Close()

	docs := 0
	id := ""
	ask := func() []byte {
		if docs%10 == 0 { // a document of this template allows ten uses
			id = br.consentOf(0, func(d *consent.Document) { d.MaxUses = 10 })
		}
		docs++
		raw, err := json.Marshal(br.ask(0, nil, func(a *serve.Ask) { a.Consent = id }))
		must(b, err)
		return raw
	}
	inline := func() []byte {
		raw, err := json.Marshal(br.ask(0, br.signed(0, br.document(0))))
		must(b, err)
		return raw
	}
	bare, call, first := time.Duration(0), time.Duration(0), time.Duration(0)
	empty := []byte(`{"subject":"` + collect.InventedNumber(0) + `"}`)
	post(b, server.URL+"/bare", empty) // opens the connection
	for b.Loop() {
		bare += post(b, server.URL+"/bare", empty)
		call += post(b, server.URL+"/call", ask())
		first += post(b, server.URL+"/call", inline())
	}
	n := float64(b.N)
	b.ReportMetric(bare.Seconds()*1e6/n, "bare-µs")
	b.ReportMetric(call.Seconds()*1e6/n, "call-µs")
	b.ReportMetric(first.Seconds()*1e6/n, "call-with-document-µs")
	b.ReportMetric(call.Seconds()/bare.Seconds(), "call/bare")
	b.ReportMetric(first.Seconds()/bare.Seconds(), "call-with-document/bare")
}

func reply(w http.ResponseWriter, v any, err error) {
	w.Header().Set("Content-Type", "application/json")
	if err != nil {
		w.WriteHeader(http.StatusInternalServerError)
		v = err.Error()
	}
	_ = json.NewEncoder(w).Encode(v)
}

// post measures one request and fails the benchmark when it is not answered.
func post(b *testing.B, url string, body []byte) time.Duration {
	b.Helper()
	began := time.Now()
	resp, err := http.Post(url, "application/json", bytes.NewReader(body))
	must(b, err)
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	must(b, err)
	took := time.Since(began)
	if resp.StatusCode != http.StatusOK {
		b.Fatalf("%s: %s: %s", url, resp.Status, raw)
	}
	return took
}
