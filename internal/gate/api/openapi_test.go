package api

import (
	"flag"
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write openapi.yaml")

// The OpenAPI document is generated from the types and committed: the console's client is generated from it, and a
// change of the interface shows in review.
func TestOpenAPI(t *testing.T) {
	got, err := New(Services{}).OpenAPI()
	if err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile("openapi.yaml", got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile("openapi.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("openapi.yaml is not what the types say; run go test ./internal/gate/api -update (-committed +generated):\n%s", diff)
	}
}
