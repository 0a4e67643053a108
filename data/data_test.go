package data

import (
	"encoding/csv"
	"os"
	"strings"
	"testing"
)

func TestOpen(t *testing.T) {
	readme, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, table := range Tables() {
		t.Run(table.Name, func(t *testing.T) {
			r, err := Open(table.Name)
			if err != nil {
				t.Fatal(err)
			}
			rows, err := csv.NewReader(r).ReadAll()
			if err != nil {
				t.Fatal(err)
			}
			if got := len(rows) - 1; got != table.Rows {
				t.Errorf("got %d data rows, want %d", got, table.Rows)
			}
			for _, want := range []string{table.SHA256, table.Cite, table.License} {
				if !strings.Contains(string(readme), want) {
					t.Errorf("README.md does not say %q", want)
				}
			}
		})
	}
}

func TestOpen_Refused(t *testing.T) {
	if _, err := Open("../go.mod"); err == nil {
		t.Error("opened a name that is not shipped")
	}
	changed := Tables()[0]
	changed.SHA256 = strings.Repeat("0", 64)
	if _, err := open(changed); err == nil || !strings.Contains(err.Error(), "was changed") {
		t.Errorf("digest that does not match: got error %v, want one that says the file was changed", err)
	}
}
