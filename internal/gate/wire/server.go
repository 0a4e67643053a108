package wire

import (
	"context"
	"crypto/tls"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"time"

	"yunei/internal/core/act"
	"yunei/internal/core/netlog"
	"yunei/internal/flow/lab"
	"yunei/internal/flow/output"
)

const (
	maxConns    = 64               // at once; one more is told so
	startTime   = 15 * time.Second // to say who one is
	idleTime    = 30 * time.Minute // between two statements
	writeTime   = time.Minute      // to take an answer
	maxBody     = 1 << 20          // bytes of one message; a text of more than 64 KiB is refused by the guard
	failureWait = time.Second      // before a wrong key is answered
)

// Server answers over PostgreSQL's protocol.
type Server struct {
	Acts   *act.Runner
	Lab    *lab.Service
	Output *output.Service
	Netlog *netlog.Log
	TLS    *tls.Config // nil: the listener is on the loopback interface
}

// Serve answers connections until ctx ends, and then closes them.
func (s *Server) Serve(ctx context.Context, listener net.Listener) error {
	var wg sync.WaitGroup
	defer wg.Wait()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(ctx, func() { listener.Close() })()
	seats := make(chan struct{}, maxConns)
	for {
		nc, err := listener.Accept()
		if ctx.Err() != nil {
			return nil
		}
		if err != nil {
			var temporary net.Error
			if errors.As(err, &temporary) && temporary.Timeout() {
				continue
			}
			return err
		}
		select {
		case seats <- struct{}{}:
		default:
			s.Netlog.Add(netlog.Line{Door: netlog.Wire, Method: "CONNECT", Status: http.StatusServiceUnavailable, Peer: host(nc.RemoteAddr())})
			refuseFull(nc)
			continue
		}
		wg.Go(func() {
			defer func() { <-seats }()
			stop := context.AfterFunc(ctx, func() { nc.Close() })
			defer stop()
			s.answer(ctx, nc)
		})
	}
}

// answer speaks with one program until it leaves. What it does can end this connection and nothing else.
func (s *Server) answer(ctx context.Context, nc net.Conn) {
	defer nc.Close()
	defer func() {
		if p := recover(); p != nil {
			slog.ErrorContext(ctx, "wire: a connection failed", "panic", p)
		}
	}()
	began, count := time.Now(), &counted{Conn: nc}
	c := &conn{server: s, net: count, line: netlog.Line{Door: netlog.Wire, Method: "CONNECT", Status: http.StatusBadRequest, Peer: host(nc.RemoteAddr())}}
	defer func() {
		c.line.In, c.line.Out, c.line.Took = count.in, count.out, time.Since(began).Microseconds()
		s.Netlog.Add(c.line)
	}()
	if err := c.run(ctx); err != nil && ctx.Err() == nil {
		slog.DebugContext(ctx, "wire: connection ended", "remote", nc.RemoteAddr().String(), "err", err)
	}
}

// counted counts what goes over a connection, encrypted or not.
type counted struct {
	net.Conn
	in, out int64
}

func (c *counted) Read(b []byte) (int, error) {
	n, err := c.Conn.Read(b)
	c.in += int64(n)
	return n, err
}

func (c *counted) Write(b []byte) (int, error) {
	n, err := c.Conn.Write(b)
	c.out += int64(n)
	return n, err
}

func host(a net.Addr) string {
	host, _, err := net.SplitHostPort(a.String())
	if err != nil {
		return a.String()
	}
	return host
}
