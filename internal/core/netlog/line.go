package netlog

import (
	"context"
	"net/http"
	"slices"
	"time"
)

// The doors through which a request comes in.
const (
	HTTP = "http"
	Wire = "psql"
)

var methods = []string{http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodOptions}

// Method is a request's method where it is a known one: a client may send any word.
func Method(sent string) string {
	if slices.Contains(methods, sent) {
		return sent
	}
	return "OTHER"
}

// Line is one request that was answered.
type Line struct {
	At      time.Time `json:"at" doc:"When it was answered"`
	Door    string    `json:"door" enum:"http,psql"`
	Method  string    `json:"method"`
	Route   string    `json:"route" doc:"The template that it matched, never the path; empty: none"`
	Status  int       `json:"status"`
	In      int64     `json:"in" doc:"Bytes of the request's body that were read"`
	Out     int64     `json:"out" doc:"Bytes of the answer's body"`
	Took    int64     `json:"us" doc:"Microseconds"`
	Peer    string    `json:"peer" doc:"Address; behind a trusted proxy the one that the proxy names"`
	Account string    `json:"account,omitempty"`
	Org     string    `json:"org,omitempty"`
	System  string    `json:"system,omitempty" doc:"The deployment or the connected system that was called or called"`
	Lost    int64     `json:"lost,omitempty" doc:"This line stands for so many before it that could not be kept"`
}

type noteKey struct{}

// With gives what answers a request a line to write on.
func With(ctx context.Context, line *Line) context.Context {
	return context.WithValue(ctx, noteKey{}, line)
}

// Of is the line of the request that is being answered; where none is kept, one that nobody reads.
func Of(ctx context.Context) *Line {
	if line, ok := ctx.Value(noteKey{}).(*Line); ok {
		return line
	}
	return &Line{}
}
