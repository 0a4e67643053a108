package console

import (
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strings"

	"yunei/web"
)

// What the pages may load. Styles are written by the component library at run time; nothing comes from another host.
const policy = "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; " +
	"connect-src 'self'; worker-src 'self' blob:; object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'"

const notBuilt = "控制台尚未构建：请在 web/ 下运行 npm ci 和 npm run build，然后重新编译本程序。接口 /v1 不受影响。\n" +
	"The console is not built: run `npm ci` and `npm run build` in web/, then build this program again. The API under /v1 works.\n"

// Handler answers the console that was embedded when this binary was built.
func Handler() http.Handler {
	dist, err := fs.Sub(web.Dist, "dist")
	if err != nil {
		panic(err) // the folder name is fixed at compile time
	}
	return Files(dist)
}

// Files answers a built console from any file system.
func Files(dist fs.FS) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			w.Header().Set("Allow", "GET, HEAD")
			http.Error(w, "method not allowed", http.StatusMethodNotAllowed)
			return
		}
		name := strings.TrimPrefix(path.Clean("/"+r.URL.Path), "/")
		if name != "" && strings.HasPrefix(path.Base(name), ".") {
			http.NotFound(w, r)
			return
		}
		if info, err := fs.Stat(dist, name); err != nil || info.IsDir() {
			if strings.HasPrefix(name, "assets/") { // an old page asking for a chunk of an older build must not get HTML
				http.NotFound(w, r)
				return
			}
			name = "index.html"
		}
		answer(w, r, dist, name)
	})
}

func answer(w http.ResponseWriter, r *http.Request, dist fs.FS, name string) {
	body, encoding, err := pick(dist, name, r.Header.Get("Accept-Encoding"))
	if err != nil {
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		w.WriteHeader(http.StatusServiceUnavailable)
		_, _ = w.Write([]byte(notBuilt))
		return
	}
	h := w.Header()
	h.Set("Content-Type", contentType(name))
	h.Set("Vary", "Accept-Encoding")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "same-origin")
	h.Set("Content-Security-Policy", policy)
	if encoding != "" {
		h.Set("Content-Encoding", encoding)
	}
	if strings.HasPrefix(name, "assets/") {
		h.Set("Cache-Control", "public, max-age=31536000, immutable")
	} else {
		h.Set("Cache-Control", "no-cache")
	}
	if r.Method == http.MethodHead {
		return
	}
	_, _ = w.Write(body)
}

// pick reads the smallest form of a file that the browser takes.
func pick(dist fs.FS, name, accepts string) (body []byte, encoding string, err error) {
	for _, form := range []struct{ encoding, suffix string }{{"br", ".br"}, {"gzip", ".gz"}} {
		if !takes(accepts, form.encoding) {
			continue
		}
		if body, err = fs.ReadFile(dist, name+form.suffix); err == nil {
			return body, form.encoding, nil
		}
	}
	body, err = fs.ReadFile(dist, name)
	return body, "", err
}

// takes reports whether an Accept-Encoding header names the encoding without refusing it by q=0.
func takes(header, encoding string) bool {
	for part := range strings.SplitSeq(header, ",") {
		name, params, _ := strings.Cut(strings.TrimSpace(part), ";")
		if strings.EqualFold(strings.TrimSpace(name), encoding) {
			q := strings.ReplaceAll(params, " ", "")
			return q != "q=0" && q != "q=0.0" && q != "q=0.00" && q != "q=0.000"
		}
	}
	return false
}

// contentType does not ask the operating system's table, which differs between machines.
func contentType(name string) string {
	switch path.Ext(name) {
	case ".html":
		return "text/html; charset=utf-8"
	case ".js":
		return "text/javascript; charset=utf-8"
	case ".css":
		return "text/css; charset=utf-8"
	case ".svg":
		return "image/svg+xml"
	case ".json":
		return "application/json"
	case ".woff2":
		return "font/woff2"
	}
	if t := mime.TypeByExtension(path.Ext(name)); t != "" {
		return t
	}
	return "application/octet-stream"
}
