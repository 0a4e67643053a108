// Package data ships the real tables that the story and the tests run on: three files of the UCI Machine Learning
// Repository under CC BY 4.0, compressed and otherwise unchanged (README.md beside this file says how to cite them).
//
// A table is checked against its known digest each time it is opened, so that nobody demonstrates on rows that were
// touched. The package gives bytes only: what the columns mean is cataloged (编目) by the departments in the story.
package data

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"io"
)

//go:embed *.csv.gz
var files embed.FS

// Table says what a shipped file is and on which terms it may be used.
type Table struct {
	Name    string // file name as Open takes it, such as "beijing_pm25.csv"
	Rows    int    // data rows, the header not counted
	SHA256  string // of the uncompressed bytes, hex
	License string
	Cite    string // how the source asks to be cited
}

const ccBy = "CC BY 4.0"

// Tables lists every shipped file.
func Tables() []Table {
	return []Table{
		{
			Name: "credit_default.csv", Rows: 30000, License: ccBy,
			SHA256: "020fec7b4fa8e2b2b05460a51b3979de560ec8645c6a189bb2884bf37d12d1eb",
			Cite:   "Yeh, I. (2009). Default of Credit Card Clients. UCI Machine Learning Repository. https://doi.org/10.24432/C55S3H",
		},
		{
			Name: "census_income.csv", Rows: 32561, License: ccBy,
			SHA256: "46fee580843add44a1d99aaa7538bca0ff944b6bd89b11f326564bf8b2512abf",
			Cite:   "Becker, B. & Kohavi, R. (1996). Adult. UCI Machine Learning Repository. https://doi.org/10.24432/C5XW20",
		},
		{
			Name: "beijing_pm25.csv", Rows: 43824, License: ccBy,
			SHA256: "5e6ea1811dc9c6e52b477650597b7473dc1ce2f3a246057ccfaba25fb598e95f",
			Cite:   "Chen, S. (2015). Beijing PM2.5. UCI Machine Learning Repository. https://doi.org/10.24432/C5JS49",
		},
	}
}

// Open gives the uncompressed bytes of a shipped file, after comparing them with the digest they are known by.
func Open(name string) (*bytes.Reader, error) {
	for _, t := range Tables() {
		if t.Name == name {
			return open(t)
		}
	}
	return nil, fmt.Errorf("data: no table %q is shipped", name)
}

func open(t Table) (*bytes.Reader, error) {
	packed, err := files.Open(t.Name + ".gz")
	if err != nil {
		return nil, fmt.Errorf("data: open %s: %w", t.Name, err)
	}
	defer packed.Close()
	unpacked, err := gzip.NewReader(packed)
	if err != nil {
		return nil, fmt.Errorf("data: unpack %s: %w", t.Name, err)
	}
	raw, err := io.ReadAll(unpacked)
	if err != nil {
		return nil, fmt.Errorf("data: unpack %s: %w", t.Name, err)
	}
	sum := sha256.Sum256(raw)
	if got := hex.EncodeToString(sum[:]); got != t.SHA256 {
		return nil, fmt.Errorf("data: %s has sha256 %s, known as %s: the file was changed", t.Name, got, t.SHA256)
	}
	return bytes.NewReader(raw), nil
}
