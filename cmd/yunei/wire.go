package main

import (
	"context"
	"crypto/tls"
	"net"

	"yunei/internal/base/errs"
	"yunei/internal/gate/node"
)

// wireDoor is where programs that speak PostgreSQL's protocol come in.
type wireDoor struct {
	listener net.Listener
	tls      *tls.Config
}

// wireDoor listens where --wire says, nowhere without it. Outside the loopback interface it needs a certificate: the
// password of a connection is a key.
func (c *Config) wireDoor() (*wireDoor, error) {
	if c.Wire == "" {
		return &wireDoor{}, nil
	}
	door := &wireDoor{}
	if c.WireCert != "" || c.WireKey != "" {
		pair, err := tls.LoadX509KeyPair(c.WireCert, c.WireKey)
		if err != nil {
			return nil, errs.New(errs.Invalid, "读不到工作台外接的证书或私钥, 请检查 --wire-cert 与 --wire-key: %w", err)
		}
		door.tls = &tls.Config{Certificates: []tls.Certificate{pair}, MinVersion: tls.VersionTLS12}
	}
	if host, _, err := net.SplitHostPort(c.Wire); err != nil || door.tls == nil && !loopback(host) {
		return nil, errs.New(errs.Invalid, "工作台外接的地址 %q 须写成 主机:端口; 不是本机回环地址时须同时给出 --wire-cert 与 --wire-key", c.Wire)
	}
	var err error
	if door.listener, err = net.Listen("tcp", c.Wire); err != nil {
		return nil, errs.New(errs.Unavailable, "监听 %s 失败, 请检查 --wire 或占用该端口的程序: %w", c.Wire, err)
	}
	return door, nil
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// address is what programs are told, "" where there is no door.
func (d *wireDoor) address() string {
	if d.listener == nil {
		return ""
	}
	return d.listener.Addr().String()
}

// serve answers at the door until ctx ends.
func (d *wireDoor) serve(n *node.Node) func(context.Context) error {
	return func(ctx context.Context) error {
		if d.listener == nil {
			return nil
		}
		return n.Wire(d.tls).Serve(ctx, d.listener)
	}
}
