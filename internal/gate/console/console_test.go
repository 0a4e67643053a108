package console_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/fstest"

	"yunei/internal/gate/console"
)

var dist = fstest.MapFS{
	"index.html":          {Data: []byte("<!doctype html>page")},
	"index.html.gz":       {Data: []byte("gz")},
	"assets/app-1.js":     {Data: []byte("let a")},
	"assets/app-1.js.br":  {Data: []byte("br")},
	"assets/app-1.js.gz":  {Data: []byte("gz")},
	"assets/logo-1.woff2": {Data: []byte("font")},
	".keep":               {Data: []byte("")},
}

func get(t *testing.T, h http.Handler, path, accept string) *http.Response {
	t.Helper()
	r := httptest.NewRequest(http.MethodGet, path, nil)
	r.Header.Set("Accept-Encoding", accept)
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w.Result()
}

func TestFiles(t *testing.T) {
	h := console.Files(dist)
	for _, tc := range []struct {
		name, path, accept      string
		status                  int
		encoding, kind, caching string
	}{
		{"Page", "/", "", 200, "", "text/html", "no-cache"},
		{"PageOfTheRouter", "/catalog/ent_1", "gzip", 200, "gzip", "text/html", "no-cache"},
		{"ChunkBrotli", "/assets/app-1.js", "gzip, br", 200, "br", "text/javascript", "public, max-age=31536000, immutable"},
		{"ChunkGzipWhenBrotliRefused", "/assets/app-1.js", "br;q=0, gzip", 200, "gzip", "text/javascript", "public, max-age=31536000, immutable"},
		{"FontAsIs", "/assets/logo-1.woff2", "br", 200, "", "font/woff2", "public, max-age=31536000, immutable"},
		{"MissingChunkIsNoPage", "/assets/app-0.js", "", 404, "", "text/plain", ""},
		{"HiddenFile", "/.keep", "", 404, "", "text/plain", ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			res := get(t, h, tc.path, tc.accept)
			if res.StatusCode != tc.status {
				t.Fatalf("GET %s: got status %d, want %d", tc.path, res.StatusCode, tc.status)
			}
			if got := res.Header.Get("Content-Encoding"); got != tc.encoding {
				t.Errorf("GET %s: got encoding %q, want %q", tc.path, got, tc.encoding)
			}
			if got := res.Header.Get("Content-Type"); !strings.HasPrefix(got, tc.kind) {
				t.Errorf("GET %s: got type %q, want %q", tc.path, got, tc.kind)
			}
			if got := res.Header.Get("Cache-Control"); got != tc.caching {
				t.Errorf("GET %s: got caching %q, want %q", tc.path, got, tc.caching)
			}
		})
	}
}

func TestFiles_NotBuilt(t *testing.T) {
	res := get(t, console.Files(fstest.MapFS{".keep": {}}), "/", "gzip")
	if res.StatusCode != http.StatusServiceUnavailable {
		t.Fatalf("without a build: got status %d, want 503", res.StatusCode)
	}
}

func TestFiles_OnlyReads(t *testing.T) {
	w := httptest.NewRecorder()
	console.Files(dist).ServeHTTP(w, httptest.NewRequest(http.MethodPost, "/", nil))
	if w.Code != http.StatusMethodNotAllowed {
		t.Fatalf("POST /: got status %d, want 405", w.Code)
	}
}
