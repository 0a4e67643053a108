package main

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"time"

	"golang.org/x/sync/errgroup"
)

// grace is how long a stopping server lets requests finish that it has begun.
const grace = 20 * time.Second

// run serves HTTP and keeps the background work going until ctx ends or one of them fails. It stops in this order: no new
// requests, the begun ones finish, and only then the background stops, so that the last act is still sealed.
func run(ctx context.Context, listener net.Listener, handler http.Handler, background ...func(context.Context) error) error {
	server := &http.Server{
		Handler:           handler,
		ReadHeaderTimeout: 10 * time.Second,
		IdleTimeout:       2 * time.Minute,
		ErrorLog:          slog.NewLogLogger(slog.Default().Handler(), slog.LevelWarn),
	}
	behind, stopBehind := context.WithCancel(context.WithoutCancel(ctx))
	defer stopBehind()
	group, failed := errgroup.WithContext(behind)
	for _, work := range background {
		group.Go(func() error { return work(failed) })
	}
	group.Go(func() error {
		if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			return err
		}
		return nil
	})

	select {
	case <-ctx.Done():
		slog.Info("stopping", "grace", grace.String())
	case <-failed.Done():
	}
	finish, cancel := context.WithTimeout(context.WithoutCancel(ctx), grace)
	defer cancel()
	if err := server.Shutdown(finish); err != nil {
		slog.Warn("requests were cut off", "error", err)
		server.Close()
	}
	stopBehind()
	if err := group.Wait(); err != nil && !errors.Is(err, context.Canceled) {
		return err
	}
	return nil
}
