package node

import (
	"net/http"
	"net/netip"
	"testing"
)

// Whoever asks is who the last trusted proxy names; what an untrusted caller writes into the header changes nothing.
func TestPeer(t *testing.T) {
	proxies := []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("::1/128")}
	for _, c := range []struct {
		name, remote string
		forwarded    []string
		want         string
	}{
		{"direct", "203.0.113.7:5123", nil, "203.0.113.7"},
		{"a caller that claims another address", "203.0.113.7:5123", []string{"198.51.100.1"}, "203.0.113.7"},
		{"through a proxy", "10.0.0.1:80", []string{"203.0.113.7"}, "203.0.113.7"},
		{"through two proxies", "10.0.0.1:80", []string{"203.0.113.7, 10.0.0.2"}, "203.0.113.7"},
		{"a caller that claims something before the proxy", "10.0.0.1:80", []string{"198.51.100.1, 203.0.113.7"}, "203.0.113.7"},
		{"over several headers", "10.0.0.1:80", []string{"198.51.100.1", "203.0.113.7"}, "203.0.113.7"},
		{"a word in the header", "10.0.0.1:80", []string{"unknown"}, "10.0.0.1"},
		{"a proxy that says nothing", "10.0.0.1:80", nil, "10.0.0.1"},
		{"mapped", "[::ffff:10.0.0.1]:80", []string{"::ffff:203.0.113.7"}, "203.0.113.7"},
		{"version six", "[::1]:80", []string{"2001:db8::7"}, "2001:db8::7"},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := &http.Request{RemoteAddr: c.remote, Header: http.Header{"X-Forwarded-For": c.forwarded}}
			if got := peer(r, proxies); got != c.want {
				t.Errorf("got %s, want %s", got, c.want)
			}
		})
	}
}
