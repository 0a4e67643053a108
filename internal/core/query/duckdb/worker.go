package duckdb

import (
	"bufio"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"math/big"
	"os"
	"slices"
	"strings"
	"time"

	duck "github.com/duckdb/duckdb-go/v2"
)

const (
	workerName = "yunei-query-worker"
	workerEnv  = "YUNEI_QUERY_WORKER"
)

// MaybeWorker turns this process into a query worker if it was started as one, and
// then never returns. Call it first in main and in TestMain.
func MaybeWorker() {
	if len(os.Args) > 0 && os.Args[0] == workerName && os.Getenv(workerEnv) == "1" {
		os.Exit(work(os.Stdin, os.Stdout))
	}
	workerCalled.Store(true)
}

// work is the whole life of a child.
func work(in io.Reader, out io.Writer) int {
	var f frame
	if err := json.NewDecoder(in).Decode(&f); err != nil {
		fmt.Fprintln(os.Stderr, "frame:", err)
		return 2
	}
	walls := putUpWalls(f)
	hello, err := json.Marshal(walls)
	if err != nil || writeMessage(out, msgHello, hello) != nil {
		return 2
	}
	end := statusDone
	switch {
	case f.NeedWalls && len(Missing(walls)) > 0:
		end = statusWalls
	case f.Mode == modeRun:
		w := bufio.NewWriterSize(out, 64<<10)
		end = runJob(f, w)
		if w.Flush() != nil {
			return 2
		}
	}
	if writeMessage(out, msgEnd, []byte{byte(end)}) != nil {
		return 2
	}
	return 0
}

func runJob(f frame, w io.Writer) status {
	db, err := openLocked(f)
	if err != nil {
		fmt.Fprintln(os.Stderr, "open:", err)
		return statusEngine
	}
	args := make([]any, len(f.Params))
	for i, p := range f.Params {
		args[i] = p.value()
	}
	if err := oneSelect(db, f.SQL); err != nil {
		fmt.Fprintln(os.Stderr, "query:", err)
		return statusEngine
	}
	rows, err := db.QueryContext(context.Background(), f.SQL, args...)
	if err != nil {
		fmt.Fprintln(os.Stderr, "query:", err)
		return statusEngine
	}
	defer rows.Close()
	end, err := sendRows(f, rows, w)
	if err != nil {
		fmt.Fprintln(os.Stderr, "rows:", err)
	}
	return end
}

// oneSelect lets the engine itself say what the text is: exactly one statement, and a
// SELECT. A locked configuration still permits CALL, ATTACH ':memory:' and PRAGMA.
func oneSelect(db *sql.DB, query string) error {
	ctx := context.Background()
	conn, err := db.Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	return conn.Raw(func(raw any) error {
		prepared, err := raw.(*duck.Conn).Prepare(query)
		if err != nil {
			return err
		}
		defer prepared.Close()
		kind, err := prepared.(*duck.Stmt).StatementType()
		if err == nil && kind != duck.STATEMENT_TYPE_SELECT {
			err = fmt.Errorf("a statement of type %d where a SELECT was due", kind)
		}
		return err
	})
}

// openLocked opens an in-memory engine whose only tables are the job's inputs and
// whose configuration cannot be changed any more. The order of the settings matters:
// paths can be allowed only while external access is still on.
func openLocked(f frame) (*sql.DB, error) {
	connector, err := duck.NewConnector("", nil)
	if err != nil {
		return nil, err
	}
	db := sql.OpenDB(connector)
	db.SetMaxOpenConns(1)
	tables := slices.Sorted(maps.Keys(f.Inputs))
	paths := make([]string, 0, len(tables)+1)
	for _, t := range tables {
		paths = append(paths, text(f.Inputs[t]))
	}
	if len(paths) == 0 {
		paths = append(paths, text(f.Temp+"/none")) // an empty list would mean something else
	}
	settings := []string{
		"SET temp_directory=" + text(f.Temp),
		fmt.Sprintf("SET max_temp_directory_size='%dKiB'", f.Limits.Temp>>10),
		"SET allowed_paths=[" + strings.Join(paths, ",") + "]",
		"SET enable_external_access=false",
		"SET autoinstall_known_extensions=false",
		"SET autoload_known_extensions=false",
		"SET allow_community_extensions=false",
		"SET allow_unsigned_extensions=false",
		"SET allow_persistent_secrets=false",
		"SET enable_external_file_cache=false",
		fmt.Sprintf("SET threads=%d", f.Limits.Threads),
		fmt.Sprintf("SET memory_limit='%dKiB'", f.Limits.Memory>>10),
		"SET max_expression_depth=200",
		"SET TimeZone='UTC'",
		"SET enable_logging=false",
		"SET enable_profiling='no_output'",
		"PRAGMA disable_profiling",
		"SET enable_progress_bar=false",
	}
	for _, t := range tables {
		settings = append(settings, "CREATE VIEW "+name(t)+" AS SELECT * FROM read_parquet("+text(f.Inputs[t])+")")
	}
	settings = append(settings, "SET lock_configuration=true")
	for _, s := range settings {
		if _, err := db.Exec(s); err != nil {
			db.Close()
			return nil, fmt.Errorf("%s: %w", s, err)
		}
	}
	return db, nil
}

func text(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }

func name(s string) string { return `"` + strings.ReplaceAll(s, `"`, `""`) + `"` }

func sendRows(f frame, rows *sql.Rows, w io.Writer) (status, error) {
	columns, err := rows.Columns()
	if err != nil {
		return statusEngine, err
	}
	if len(columns) != len(f.Shape) {
		return statusShape, fmt.Errorf("%d columns, the shape has %d", len(columns), len(f.Shape))
	}
	words := make([]map[string]int64, len(f.Shape))
	for i, col := range f.Shape {
		words[i] = make(map[string]int64, len(col.Words))
		for j, word := range col.Words {
			words[i][word] = int64(j)
		}
	}
	values := make([]any, len(f.Shape))
	into := make([]any, len(f.Shape))
	for i := range values {
		into[i] = &values[i]
	}
	var body []byte
	for left := f.Limits.Cells; rows.Next(); {
		if left -= len(f.Shape); left < 0 {
			return statusTooMany, errors.New("more cells than allowed")
		}
		if err := rows.Scan(into...); err != nil {
			return statusEngine, err
		}
		body = body[:0]
		for i, col := range f.Shape {
			cell, err := toCell(col, words[i], values[i])
			if err != nil {
				return statusShape, fmt.Errorf("column %s: %w", col.Name, err)
			}
			body = appendCell(body, col.Kind, cell)
		}
		if err := writeMessage(w, msgRow, body); err != nil {
			return statusEngine, err
		}
	}
	if err := rows.Err(); err != nil {
		return statusEngine, err
	}
	return statusDone, nil
}

// toCell turns an engine value into an integer or a word; anything else is refused.
func toCell(col Column, words map[string]int64, v any) (Cell, error) {
	if v == nil {
		return Cell{Null: true}, nil
	}
	if col.Kind == Word {
		s, ok := v.(string)
		if !ok {
			return Cell{}, fmt.Errorf("a %T where a word was due", v)
		}
		n, ok := words[s]
		if !ok {
			return Cell{}, errors.New("text outside the vocabulary")
		}
		return Cell{N: n}, nil
	}
	switch v := v.(type) {
	case int64:
		return Cell{N: v}, nil
	case int32:
		return Cell{N: int64(v)}, nil
	case int16:
		return Cell{N: int64(v)}, nil
	case int8:
		return Cell{N: int64(v)}, nil
	case bool:
		if v {
			return Cell{N: 1}, nil
		}
		return Cell{}, nil
	case *big.Int:
		if v.IsInt64() {
			return Cell{N: v.Int64()}, nil
		}
	case time.Time:
		// Days are rendered as integers; a bare date or timestamp is a renderer's mistake.
	}
	return Cell{}, fmt.Errorf("a %T where an integer was due", v)
}
