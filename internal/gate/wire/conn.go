package wire

import (
	"context"
	"crypto/rand"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"

	"github.com/jackc/pgx/v5/pgproto3"
	"github.com/jackc/pgx/v5/pgtype"

	"yunei/internal/base/errs"
	"yunei/internal/base/sqldb"
	"yunei/internal/core/access"
	"yunei/internal/core/netlog"
	"yunei/internal/flow/lab"
)

// version is the PostgreSQL whose manners are kept: drivers choose what they say by it.
const version = "15.0"

// conn is one program.
type conn struct {
	server *Server
	net    net.Conn
	back   *pgproto3.Backend
	types  *pgtype.Map

	login, key, space string
	left              map[string]lab.Sheet // results that were read already

	statements map[string]*statement
	fresh      *statement // the one parsed last, with its rows
	portals    map[string]*portal
	state      byte // 'I' outside, 'T' inside a transaction, 'E' inside a failed one
	skipping   bool // after an error, until Sync

	line netlog.Line // for the network log
}

func (c *conn) run(ctx context.Context) error {
	c.net.SetDeadline(time.Now().Add(startTime))
	c.listen()
	ready, err := c.start()
	if err != nil || !ready {
		return err
	}
	if ctx, err = c.signIn(ctx); err != nil {
		return errors.Join(err, c.fail(err, ""))
	}
	c.line.Status = http.StatusOK
	c.types = pgtype.NewMap()
	c.statements, c.portals, c.state = map[string]*statement{}, map[string]*portal{}, 'I'
	for {
		c.net.SetReadDeadline(time.Now().Add(idleTime))
		message, err := c.back.Receive()
		if err != nil {
			return err
		}
		c.net.SetWriteDeadline(time.Now().Add(writeTime))
		if _, leaves := message.(*pgproto3.Terminate); leaves {
			return nil
		}
		if err := c.handle(ctx, message); err != nil {
			return err
		}
	}
}

func (c *conn) listen() {
	c.back = pgproto3.NewBackend(c.net, c.net)
	c.back.SetMaxBodyLen(maxBody)
}

// start takes what comes before the password: whether TLS is spoken, and who is there. ready is false where there is
// nothing more to say.
func (c *conn) start() (ready bool, err error) {
	for {
		message, err := c.back.ReceiveStartupMessage()
		if err != nil {
			return false, err
		}
		switch m := message.(type) {
		case *pgproto3.SSLRequest:
			if err := c.encrypt(); err != nil {
				return false, err
			}
		case *pgproto3.GSSEncRequest:
			if _, err := c.net.Write([]byte("N")); err != nil {
				return false, err
			}
		case *pgproto3.StartupMessage:
			if _, encrypted := c.net.(*tls.Conn); c.server.TLS != nil && !encrypted {
				return false, c.fail(errs.New(errs.Unauthenticated, "本端口只接受加密连接, 请在连接设置中加上 sslmode=require"), "")
			}
			c.login, c.space = m.Parameters["user"], m.Parameters["database"]
			return true, nil
		default: // a request to cancel: every statement is short
			return false, nil
		}
	}
}

func (c *conn) encrypt() error {
	_, already := c.net.(*tls.Conn)
	if c.server.TLS == nil || already {
		_, err := c.net.Write([]byte("N"))
		return err
	}
	if _, err := c.net.Write([]byte("S")); err != nil {
		return err
	}
	c.net = tls.Server(c.net, c.server.TLS)
	c.listen()
	return nil
}

// signIn asks for the key and opens the connection as an act. The context that comes back carries the actor.
func (c *conn) signIn(ctx context.Context) (context.Context, error) {
	c.back.Send(&pgproto3.AuthenticationCleartextPassword{})
	if err := c.back.Flush(); err != nil {
		return ctx, err
	}
	if err := c.back.SetAuthType(pgproto3.AuthTypeCleartextPassword); err != nil {
		return ctx, err
	}
	message, err := c.back.Receive()
	if err != nil {
		return ctx, err
	}
	password, ok := message.(*pgproto3.PasswordMessage)
	if !ok {
		return ctx, fmt.Errorf("wire: %T instead of a password", message)
	}
	c.key = password.Password
	if ctx, err = c.actor(ctx); err != nil {
		c.line.Status = status(err)
		time.Sleep(failureWait)
		return ctx, err
	}
	if err := c.server.Lab.Connect(ctx, c.space); err != nil {
		c.line.Status = status(err)
		return ctx, err
	}
	return ctx, c.welcome()
}

// actor is who the key belongs to, today.
func (c *conn) actor(ctx context.Context) (context.Context, error) {
	var account access.Account
	err := c.server.Acts.View(ctx, func(tx *sqldb.Tx) (err error) {
		account, err = access.ByToken(ctx, tx, c.key)
		return err
	})
	if errs.Is(err, errs.Unauthenticated) || err == nil && account.Login != c.login {
		return ctx, errs.New(errs.Unauthenticated, "用户名与密钥不符或密钥已过期: 用户名填登录名, 密码填本人在“我的密钥”中生成的 API 密钥")
	}
	c.line.Account, c.line.Org = account.ID, account.Org
	return access.With(ctx, account.Actor()), err
}

func (c *conn) welcome() error {
	c.back.Send(&pgproto3.AuthenticationOk{})
	for _, p := range [][2]string{{"server_version", version}, {"server_encoding", "UTF8"}, {"client_encoding", "UTF8"}, {"DateStyle", "ISO, YMD"},
		{"TimeZone", "UTC"}, {"integer_datetimes", "on"}, {"standard_conforming_strings", "on"}, {"is_superuser", "off"}} {
		c.back.Send(&pgproto3.ParameterStatus{Name: p[0], Value: p[1]})
	}
	secret := make([]byte, 4)
	rand.Read(secret)
	c.back.Send(&pgproto3.BackendKeyData{ProcessID: 1, SecretKey: secret})
	c.back.Send(&pgproto3.ReadyForQuery{TxStatus: 'I'})
	return c.back.Flush()
}

// fail tells the program why; the text is what the position counts in.
func (c *conn) fail(err error, text string) error {
	c.back.Send(problem(err, text))
	return c.back.Flush()
}

func refuseFull(nc net.Conn) {
	defer nc.Close()
	nc.SetDeadline(time.Now().Add(time.Second))
	back := pgproto3.NewBackend(nc, nc)
	if _, err := back.ReceiveStartupMessage(); err != nil {
		return
	}
	back.Send(&pgproto3.ErrorResponse{Severity: "FATAL", Code: "53300", Message: "连接数已满, 请稍后再试"})
	back.Flush()
}
