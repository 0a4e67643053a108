package node

import (
	"io"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"time"

	"yunei/internal/core/netlog"
)

// logged leaves one line in the network log for each request, whoever answers it.
func (n *Node) logged(next http.Handler, proxies []netip.Prefix) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		began := time.Now()
		line := &netlog.Line{Door: netlog.HTTP, Method: netlog.Method(r.Method), Peer: peer(r, proxies)}
		r = r.WithContext(netlog.With(r.Context(), line))
		body := &countedBody{ReadCloser: r.Body}
		r.Body = body
		answer := &countedAnswer{ResponseWriter: w, status: http.StatusOK}
		whole := false
		defer func() {
			if !whole {
				answer.status = http.StatusInternalServerError
			}
			if line.Route == "" { // the console, the tiles of the ledger, a letter: their pattern has no identifiers
				if line.Route = r.Pattern; strings.Contains(line.Route, " ") {
					_, line.Route, _ = strings.Cut(line.Route, " ")
				}
			}
			line.Status, line.In, line.Out, line.Took = answer.status, body.n, answer.n, time.Since(began).Microseconds()
			n.Netlog.Add(*line)
		}()
		next.ServeHTTP(answer, r)
		whole = true
	})
}

// peer is the address of whoever asks: the connection's, or behind proxies that are trusted the last one which none of them is.
// What an untrusted caller writes into the header is not looked at.
func peer(r *http.Request, proxies []netip.Prefix) string {
	at, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	addr := at.Addr().Unmap()
	var hops []string
	for _, h := range r.Header.Values("X-Forwarded-For") {
		hops = append(hops, strings.Split(h, ",")...)
	}
	for _, hop := range slices.Backward(hops) {
		if !trusted(addr, proxies) {
			break
		}
		before, err := netip.ParseAddr(strings.TrimSpace(hop))
		if err != nil {
			break
		}
		addr = before.Unmap().WithZone("")
	}
	return addr.String()
}

func trusted(addr netip.Addr, proxies []netip.Prefix) bool {
	return slices.ContainsFunc(proxies, func(p netip.Prefix) bool { return p.Contains(addr) })
}

type countedBody struct {
	io.ReadCloser
	n int64
}

func (b *countedBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	b.n += int64(n)
	return n, err
}

type countedAnswer struct {
	http.ResponseWriter
	status int
	n      int64
}

func (a *countedAnswer) WriteHeader(status int) {
	a.status = status
	a.ResponseWriter.WriteHeader(status)
}

func (a *countedAnswer) Write(b []byte) (int, error) {
	n, err := a.ResponseWriter.Write(b)
	a.n += int64(n)
	return n, err
}

func (a *countedAnswer) Unwrap() http.ResponseWriter { return a.ResponseWriter }
