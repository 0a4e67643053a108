package open

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"slices"

	"yunei/internal/base/errs"
	"yunei/internal/core/query"
)

// Format is a form in which a resource is downloaded.
type Format string

const (
	CSV  Format = "csv"
	JSON Format = "json"
)

// stamp is what is known of a rendered file before it is sent.
type stamp struct {
	digest string
	size   int64
}

// Download is a whole open resource, ready to be written.
type Download struct {
	Name   string // file name
	Type   string // media type
	Digest string // sha256:<hex> of the bytes
	Size   int64
	Source string // 来源标注
	write  func(w io.Writer) error
}

// WriteTo writes the file.
func (d Download) WriteTo(w io.Writer) (int64, error) {
	c := &counter{w: w}
	buf := bufio.NewWriterSize(c, 1<<16)
	if err := d.write(buf); err != nil {
		return c.n, err
	}
	err := buf.Flush()
	return c.n, err
}

type counter struct {
	w io.Writer
	n int64
}

func (c *counter) Write(p []byte) (int, error) {
	n, err := c.w.Write(p)
	c.n += int64(n)
	return n, err
}

// Download prepares a download. The same snapshot gives the same bytes, so the digest is computed once and nothing is stored.
func (s *Service) Download(ctx context.Context, name string, format Format) (Download, error) {
	if !slices.Contains([]Format{CSV, JSON}, format) {
		return Download{}, errs.New(errs.Invalid, "下载格式 %q 不支持, 请用 csv 或 json", format)
	}
	d, err := s.data(ctx, name)
	if err != nil {
		return Download{}, err
	}
	all, err := d.places(nil)
	if err != nil {
		return Download{}, err
	}
	if err := d.permitted(ctx, all, nil); err != nil {
		return Download{}, err
	}
	file := Download{Name: fmt.Sprintf("%s-v%d.%s", d.entry.Table, d.snapshot.Version, format), Type: "text/csv; charset=utf-8", Source: d.entry.Source, write: d.table.csv}
	if format == JSON {
		file.Type, file.write = "application/json", d.table.json
	}
	st, err := d.table.stamp(format, file)
	if err != nil {
		return Download{}, err
	}
	file.Digest, file.Size = st.digest, st.size
	s.count(d.entry.ID, string(format))
	return file, nil
}

func (t *table) stamp(format Format, file Download) (stamp, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if st, ok := t.digests[format]; ok {
		return st, nil
	}
	sum := sha256.New()
	n, err := file.WriteTo(sum)
	if err != nil {
		return stamp{}, err
	}
	st := stamp{"sha256:" + hex.EncodeToString(sum.Sum(nil)), n}
	t.digests[format] = st
	return st, nil
}

// csv writes RFC 4180 with the items' names as header; a missing value is empty.
func (t *table) csv(w io.Writer) error {
	out := csv.NewWriter(w)
	if err := out.Write(t.columns); err != nil {
		return err
	}
	record := make([]string, len(t.columns))
	for _, row := range t.rows {
		for i, v := range row {
			record[i] = text(v)
		}
		if err := out.Write(record); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}

// json writes an array of objects, one row a line.
func (t *table) json(w io.Writer) error {
	names := make([]string, len(t.columns))
	for i, c := range t.columns {
		quoted, err := json.Marshal(c)
		if err != nil {
			return err
		}
		names[i] = string(quoted) + ":"
	}
	line := []byte("[\n")
	for n, row := range t.rows {
		if n > 0 {
			line = append(line, ",\n"...)
		}
		line = append(line, '{')
		for i, v := range row {
			if i > 0 {
				line = append(line, ',')
			}
			line = append(line, names[i]...)
			switch v.Kind {
			case "":
				line = append(line, "null"...)
			case query.Int, query.Decimal, query.Bool:
				line = append(line, text(v)...)
			default:
				quoted, err := json.Marshal(text(v))
				if err != nil {
					return err
				}
				line = append(line, quoted...)
			}
		}
		if _, err := w.Write(append(line, '}')); err != nil {
			return err
		}
		line = line[:0]
	}
	_, err := io.WriteString(w, "\n]\n")
	return err
}
