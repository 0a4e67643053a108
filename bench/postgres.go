package main

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/oklog/ulid/v2"
)

// postgres makes a fresh database in the cluster that the environment names; drop takes it away again.
func postgres(ctx context.Context) (made string, drop func() error, err error) {
	server := os.Getenv("YUNEI_TEST_POSTGRES")
	if server == "" {
		return "", nil, errors.New("YUNEI_TEST_POSTGRES names no cluster (make bench starts one)")
	}
	u, err := url.Parse(server)
	if err != nil {
		return "", nil, fmt.Errorf("YUNEI_TEST_POSTGRES: %w", err)
	}
	name := "bench_" + strings.ToLower(ulid.Make().String())
	if err := administer(ctx, server, "CREATE DATABASE "+name+" TEMPLATE template0 LC_COLLATE 'C' LC_CTYPE 'C' ENCODING 'UTF8'"); err != nil {
		return "", nil, err
	}
	u.Path = "/" + name
	return u.String(), func() error {
		return administer(context.WithoutCancel(ctx), server, "DROP DATABASE "+name+" WITH (FORCE)")
	}, nil
}

func administer(ctx context.Context, server, statement string) error {
	admin, err := pgx.Connect(ctx, server)
	if err != nil {
		return err
	}
	_, err = admin.Exec(ctx, statement)
	return errors.Join(err, admin.Close(ctx))
}
