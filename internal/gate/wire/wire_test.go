package wire_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"math/big"
	"net"
	"net/url"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"yunei/internal/base/sqldb"
	"yunei/internal/base/workday"
	"yunei/internal/core/access"
	"yunei/internal/core/act"
	"yunei/internal/core/query/duckdb"
	"yunei/internal/gate/wire"
	"yunei/internal/test/town"
)

func TestMain(m *testing.M) {
	duckdb.MaybeWorker()
	os.Exit(m.Run())
}

// serve answers on the loopback interface until the test ends, and gives the address of a connection.
func serve(w *town.Town, t *tls.Config) func(who, key, space, more string) string {
	w.T.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	town.Must(w.T, err)
	ctx, cancel := context.WithCancel(w.T.Context())
	done := make(chan error, 1)
	server := &wire.Server{Acts: w.Acts, Lab: w.Lab, Output: w.Output, Netlog: w.Netlog, TLS: t}
	go func() { done <- server.Serve(ctx, listener) }()
	w.T.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			w.T.Errorf("Serve: %v", err)
		}
	})
	return func(who, key, space, more string) string {
		u := url.URL{Scheme: "postgres", User: url.UserPassword(who, key), Host: listener.Addr().String(), Path: "/" + space, RawQuery: more}
		return u.String()
	}
}

// login and key are what a person types into a driver.
func login(w *town.Town, who string) (name, key string) {
	w.T.Helper()
	w.Arrange(func(ctx context.Context, tx *act.Tx) error {
		a, err := access.LoadAccount(ctx, tx.Tx, access.From(w.As(who)).Account)
		if err != nil {
			return err
		}
		name = a.Login
		key, _, err = access.OpenKey(ctx, tx.Tx, a.ID, "psql", time.Hour)
		return err
	})
	return name, key
}

func connect(t *testing.T, address string) *pgx.Conn {
	t.Helper()
	c, err := pgx.Connect(t.Context(), address)
	town.Must(t, err)
	t.Cleanup(func() { c.Close(context.Background()) })
	return c
}

func wantState(t *testing.T, what string, err error, state string) *pgconn.PgError {
	t.Helper()
	var e *pgconn.PgError
	if !errors.As(err, &e) || e.Code != state {
		t.Fatalf("%s: %v, want SQLSTATE %s", what, err, state)
	}
	return e
}

// A driver reads synthetic rows, in the binary formats it prefers, and what it may not say is refused with its place.
func TestServer_Driver(t *testing.T) {
	town.Each(t, func(t *testing.T, w *town.Town) {
		sp := w.Space("bank", w.Scenario("bank", 10_000_000_000, town.Fields...))
		address := serve(w, nil)
		name, key := login(w, "bank")
		c := connect(t, address(name, key, sp.ID, ""))

		rows, err := c.Query(t.Context(), `SELECT education, COUNT(*) AS n, AVG(default_next_month) AS rate FROM public.credit_default GROUP BY education HAVING COUNT(*) > 1 ORDER BY n DESC, education LIMIT 3`)
		town.Must(t, err)
		var total int64
		list, err := pgx.CollectRows(rows, func(r pgx.CollectableRow) (int64, error) {
			var education, n int64
			var rate *float64
			err := r.Scan(&education, &n, &rate)
			total += n
			return n, err
		})
		if err != nil || len(list) != 3 || list[0] < list[2] || total < 10 {
			t.Errorf("groups %v of %d rows, %v; want three, the largest first", list, total, err)
		}
		var n int64
		town.Must(t, c.QueryRow(t.Context(), `SELECT COUNT(*) AS n FROM information_schema.columns WHERE table_name = 'credit_default'`).Scan(&n))
		if n != int64(len(town.Fields))+1 {
			t.Errorf("the information schema has %d columns, want %d and the subject key", n, len(town.Fields))
		}

		_, err = c.Exec(t.Context(), "SELECT 教育 FROM credit_default")
		wantState(t, "an unknown name", err, "42P01")
		_, err = c.Exec(t.Context(), "SELECT education, random() AS r FROM credit_default")
		if e := wantState(t, "a volatile function", err, "0A000"); e.Position != 19 || !strings.HasPrefix(e.Message, "G012 ") || e.Detail == "" {
			t.Errorf("refused at %d: %s / %s", e.Position, e.Message, e.Detail)
		}
		for _, hostile := range []string{"DELETE FROM credit_default", "COPY credit_default TO '/tmp/x'", "SELECT education FROM pg_shadow", "SELECT * FROM read_parquet('/etc/passwd')",
			"SELECT education FROM credit_default; SELECT 1", "SET x = (SELECT 1); DROP TABLE y", "SELECT pg_sleep(100)"} {
			if _, err := c.Exec(t.Context(), hostile, pgx.QueryExecModeSimpleProtocol); err == nil {
				t.Errorf("%s was answered", hostile)
			}
		}
		_, err = c.Exec(t.Context(), "SELECT COUNT(*) AS n FROM credit_default WHERE education = $1", 1)
		if err == nil {
			t.Error("a bound parameter was taken")
		}

		tx, err := c.Begin(t.Context())
		town.Must(t, err)
		_, err = tx.Exec(t.Context(), "SELECT nothing FROM credit_default")
		wantState(t, "in a transaction", err, "42P01")
		_, err = tx.Exec(t.Context(), "SELECT education FROM credit_default")
		wantState(t, "after a failure in a transaction", err, "55000")
		town.Must(t, tx.Rollback(t.Context()))
	})
}

// A statement prepared while the key held is not answered once it is gone, nor does it go on showing the rows of then.
func TestServer_Prepared(t *testing.T) {
	town.Each(t, func(t *testing.T, w *town.Town) {
		sp := w.Space("bank", w.Scenario("bank", 10_000_000_000, town.Fields...))
		address := serve(w, nil)
		name, key := login(w, "bank")
		c := connect(t, address(name, key, sp.ID, "")).PgConn()
		_, err := c.Prepare(t.Context(), "held", "SELECT COUNT(*) AS n FROM credit_default", nil)
		town.Must(t, err)
		for range 2 {
			r := c.ExecPrepared(t.Context(), "held", nil, nil, nil).Read()
			if r.Err != nil || len(r.Rows) != 1 {
				t.Fatalf("while the key holds: %d rows, %v", len(r.Rows), r.Err)
			}
		}
		town.Must(t, w.DB.Do(t.Context(), func(tx *sqldb.Tx) error { return access.CloseToken(t.Context(), tx, key) }))
		r := c.ExecPrepared(t.Context(), "held", nil, nil, nil).Read()
		wantState(t, "a prepared statement after the key was closed", r.Err, "28P01")
	})
}

// Who has no key, another's key, or another's space is not let in; who loses admission is not answered any more.
func TestServer_Strangers(t *testing.T) {
	town.Each(t, func(t *testing.T, w *town.Town) {
		sp := w.Space("bank", w.Scenario("bank", 10_000_000_000, town.Fields...))
		address := serve(w, nil)
		bank, key := login(w, "bank")
		other, theirs := login(w, "other")
		for what, a := range map[string]struct{ address, state string }{
			"no key":             {address(bank, "", sp.ID, ""), "28P01"},
			"another's key":      {address(bank, theirs, sp.ID, ""), "28P01"},
			"another's space":    {address(other, theirs, sp.ID, ""), "3D000"},
			"a space of nobody":  {address(bank, key, "spc_none", ""), "3D000"},
			"no space":           {address(bank, key, "", ""), "3D000"},
			"the key as a login": {address(key, key, sp.ID, ""), "28P01"},
		} {
			_, err := pgx.Connect(t.Context(), a.address)
			wantState(t, what, err, a.state)
		}
		c := connect(t, address(bank, key, sp.ID, ""))
		_, err := c.Exec(t.Context(), "SELECT education FROM credit_default")
		town.Must(t, err)
		w.Arrange(func(ctx context.Context, tx *act.Tx) error {
			_, err := access.SetPermitState(ctx, tx.Tx, sp.Permit, access.Suspended)
			return err
		})
		_, err = c.Exec(t.Context(), "SELECT education FROM credit_default")
		if err == nil {
			t.Error("answered although the permit is suspended")
		}
		w.Arrange(func(ctx context.Context, tx *act.Tx) error { return access.CloseToken(ctx, tx.Tx, key) })
		_, err = c.Exec(t.Context(), "SELECT education FROM credit_default")
		wantState(t, "a closed key", err, "28P01")
	})
}

// With a certificate nothing is said in the clear.
func TestServer_TLS(t *testing.T) {
	w := town.SQLite(t)
	sp := w.Space("bank", w.Scenario("bank", 10_000_000_000, town.Fields...))
	address := serve(w, &tls.Config{Certificates: []tls.Certificate{certificate(t)}})
	name, key := login(w, "bank")
	_, err := pgx.Connect(t.Context(), address(name, key, sp.ID, "sslmode=disable"))
	wantState(t, "in the clear", err, "28P01")
	c := connect(t, address(name, key, sp.ID, "sslmode=require"))
	town.Must(t, c.Ping(t.Context()))
}

// What is no PostgreSQL ends its own connection and nobody else's.
func TestServer_Noise(t *testing.T) {
	w := town.SQLite(t)
	sp := w.Space("bank", w.Scenario("bank", 10_000_000_000, town.Fields...))
	address := serve(w, nil)
	name, key := login(w, "bank")
	host := strings.Split(strings.Split(address(name, key, sp.ID, ""), "@")[1], "/")[0]
	noises := []string{"GET / HTTP/1.1\r\n\r\n", "\xff\xff\xff\xff\xff\xff\xff\xff", "\x00\x00\x00\x08\x00\x00\x00\x00", "\x00\x00\x00\x09\x00\x03\x00\x00\x00Q\x7f\xff\xff\xff"}
	for _, noise := range noises {
		nc, err := net.Dial("tcp", host)
		town.Must(t, err)
		_, err = nc.Write([]byte(noise))
		town.Must(t, err)
		nc.Close()
	}
	c := connect(t, address(name, key, sp.ID, ""))
	town.Must(t, c.Ping(t.Context()))
	// In the network log it is the caller's fault, also where it comes instead of the password.
	for seen := 0; seen < len(noises); time.Sleep(20 * time.Millisecond) {
		town.Must(t, t.Context().Err())
		town.Must(t, w.Netlog.Flush())
		seen = 0
		town.Must(t, w.Netlog.Read(t.Context(), workday.DateOf(w.Clock.Now()), 0, func(_ int64, text []byte) error {
			seen++
			if !strings.Contains(string(text), `"status":400`) {
				t.Errorf("got %s", text)
			}
			return nil
		}))
	}
}

// psql itself, where it is installed: the lists a person asks for, and a query.
func TestServer_PSQL(t *testing.T) {
	if _, err := exec.LookPath("psql"); err != nil {
		t.Skip("psql is not installed")
	}
	w := town.SQLite(t)
	sp := w.Space("bank", w.Scenario("bank", 10_000_000_000, town.Fields...))
	address := serve(w, nil)
	name, key := login(w, "bank")
	for command, want := range map[string][]string{
		`\dt`:                {"public", "credit_default", "table"},
		`\dt+`:               {"credit_default"},
		`\d credit_default`:  {"education", "bigint"},
		`\d+ credit_default`: {"education", "bigint"},
		`\l`:                 {sp.ID},
		`\dn`:                {"public"},
		`SELECT education, COUNT(*) AS n FROM credit_default GROUP BY education ORDER BY education`: {"education", "n"},
	} {
		out, err := exec.CommandContext(t.Context(), "psql", "-X", "-v", "ON_ERROR_STOP=1", address(name, key, sp.ID, ""), "-c", command).CombinedOutput()
		if err != nil {
			t.Errorf("psql %s: %v\n%s", command, err, out)
		}
		for _, word := range want {
			if !strings.Contains(string(out), word) {
				t.Errorf("psql %s lacks %q:\n%s", command, word, out)
			}
		}
	}
}

func certificate(t *testing.T) tls.Certificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	town.Must(t, err)
	now := time.Now()
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotBefore: now.Add(-time.Hour), NotAfter: now.Add(time.Hour), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	town.Must(t, err)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
}
