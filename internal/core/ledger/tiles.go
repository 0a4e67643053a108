package ledger

import (
	"encoding/binary"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"yunei/internal/base/sqldb"
)

// Tiles serves the SHA-256 tree as C2SP tlog-tiles: GET checkpoint, tile/L/N[.p/W] and tile/entries/N[.p/W], so that any
// log client can follow this log. Mount it behind http.StripPrefix.
func (l *Log) Tiles() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			w.Header().Set("Allow", "GET, HEAD")
			http.Error(w, "method not allowed", http.StatusMethodNotAllowed)
			return
		}
		body, kind, err := l.tile(r)
		if errors.Is(err, errNoTile) {
			http.NotFound(w, r)
			return
		}
		if err != nil {
			http.Error(w, "unavailable", http.StatusServiceUnavailable)
			return
		}
		if kind == "checkpoint" {
			// tlog-tiles: "text/plain; charset=utf-8", mutable
			w.Header().Set("Content-Type", "text/plain; charset=utf-8")
			w.Header().Set("Cache-Control", "max-age=2")
		} else {
			w.Header().Set("Content-Type", "application/octet-stream")
			w.Header().Set("Cache-Control", "max-age=31536000, immutable")
		}
		_, _ = w.Write(body)
	})
}

var errNoTile = errors.New("ledger: no such tile")

const tileWidth = 256

func (l *Log) tile(r *http.Request) (body []byte, kind string, err error) {
	path := strings.TrimPrefix(r.URL.Path, "/")
	ctx := r.Context()
	err = l.db.View(ctx, func(tx *sqldb.Tx) error {
		h, ok, err := l.latest(ctx, tx)
		if err != nil {
			return err
		}
		if !ok {
			return errNoTile
		}
		if path == "checkpoint" {
			body, kind = []byte(h.note), "checkpoint"
			return nil
		}
		level, n, width, err := parseTile(path)
		if err != nil {
			return err
		}
		shift := max(level, 0) * 8
		begin := n * tileWidth
		if end := h.size >> shift; begin+width > end { // only what is under the signed head
			return errNoTile
		}
		if level < 0 {
			return eachLeaf(ctx, tx, begin, begin+width, func(leaf []byte) error {
				body = append(binary.BigEndian.AppendUint16(body, uint16(len(leaf))), leaf...)
				return nil
			})
		}
		rows, err := tx.Query(ctx, `SELECT sha256 FROM ledger_node WHERE level = $1 AND idx >= $2 AND idx < $3 ORDER BY idx`, shift, begin, begin+width)
		if err != nil {
			return err
		}
		count := uint64(0)
		for ; rows.Next(); count++ {
			var d []byte
			if err := rows.Scan(&d); err != nil {
				return err
			}
			body = append(body, d...)
		}
		if count != width {
			return fmt.Errorf("tile %s has %d of %d nodes", path, count, width)
		}
		return nil
	})
	return body, kind, err
}

// parseTile reads tile/<L>/<N>[.p/<W>]; entries have level -1. N is in groups of three digits, all but the last with an x:
// "x001/x234/067" for 1234067.
func parseTile(path string) (level int, n, width uint64, err error) {
	rest, ok := strings.CutPrefix(path, "tile/")
	if !ok {
		return 0, 0, 0, errNoTile
	}
	first, rest, _ := strings.Cut(rest, "/")
	switch level, err = strconv.Atoi(first); {
	case first == "entries":
		level = -1
	case err != nil || level < 0 || level > 5 || strconv.Itoa(level) != first:
		return 0, 0, 0, errNoTile
	}
	width = tileWidth
	if number, partial, ok := strings.Cut(rest, ".p/"); ok {
		rest = number
		width, err = strconv.ParseUint(partial, 10, 8)
		if err != nil || width == 0 || strconv.FormatUint(width, 10) != partial {
			return 0, 0, 0, errNoTile
		}
	}
	groups := strings.Split(rest, "/")
	for i, g := range groups {
		digits, marked := strings.CutPrefix(g, "x")
		v, err := strconv.ParseUint(digits, 10, 16)
		if err != nil || len(digits) != 3 || marked != (i < len(groups)-1) || i > 4 {
			return 0, 0, 0, errNoTile
		}
		n = n*1000 + v
	}
	if len(groups) > 1 && groups[0] == "x000" {
		return 0, 0, 0, errNoTile
	}
	return level, n, width, nil
}
