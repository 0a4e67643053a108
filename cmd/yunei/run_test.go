package main

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"testing"
	"time"
)

func listen(t *testing.T) net.Listener {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// TestRun_Graceful: a request that has begun is answered, and the background (the sealer) outlives it.
func TestRun_Graceful(t *testing.T) {
	l := listen(t)
	ctx, stop := context.WithCancel(t.Context())
	begun, answer, behindDone := make(chan struct{}), make(chan struct{}), make(chan struct{})
	handler := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		close(begun)
		<-answer
		select {
		case <-behindDone:
			t.Error("the background stopped before the last request was answered")
		default:
		}
		io.WriteString(w, "done")
	})
	result := make(chan error, 1)
	go func() {
		result <- run(ctx, l, handler, func(ctx context.Context) error {
			<-ctx.Done()
			close(behindDone)
			return ctx.Err()
		})
	}()
	body := make(chan string, 1)
	go func() {
		res, err := http.Get("http://" + l.Addr().String())
		if err != nil {
			body <- err.Error()
			return
		}
		defer res.Body.Close()
		text, _ := io.ReadAll(res.Body)
		body <- string(text)
	}()
	<-begun
	stop()
	time.AfterFunc(50*time.Millisecond, func() { close(answer) })
	if got := <-body; got != "done" {
		t.Errorf("request under way when stopping: got %q, want %q", got, "done")
	}
	if err := <-result; err != nil {
		t.Errorf("stopped by its context: got error %v, want none", err)
	}
}

// TestRun_BackgroundFails: a server whose sealer died must not go on answering.
func TestRun_BackgroundFails(t *testing.T) {
	broken := errors.New("broken")
	err := run(t.Context(), listen(t), http.NotFoundHandler(), func(context.Context) error { return broken })
	if !errors.Is(err, broken) {
		t.Errorf("got error %v, want %v", err, broken)
	}
}
