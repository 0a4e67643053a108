package http_test

import (
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"

	"yunei/internal/core/regime"
	"yunei/regimes"
)

// TestActs_InVocabulary: a pack can bind to every act of the program, because the vocabulary names them all.
func TestActs_InVocabulary(t *testing.T) {
	raw, err := fs.ReadFile(regimes.FS, "vocabulary.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var words regime.Vocabulary
	if err := yaml.Unmarshal(raw, &words); err != nil {
		t.Fatal(err)
	}
	data := t.TempDir()
	acts := open(t, data, "sqlite:"+filepath.Join(data, "yunei.db")).node.Acts.Names()
	for _, name := range acts {
		if !slices.ContainsFunc(words.Acts, func(a regime.ActSpec) bool { return a.Name == name }) {
			t.Errorf("regimes/vocabulary.yaml does not name the act %s", name)
		}
	}
	if len(acts) < 40 {
		t.Errorf("the program defines only %d acts", len(acts))
	}
}

// unspoken are the endpoints that no file here speaks to, and where they are tested instead.
var unspoken = map[string]string{}

// TestEndpoints_AreSpokenTo: an endpoint that no conversation reaches is one nobody has seen work.
func TestEndpoints_AreSpokenTo(t *testing.T) {
	data := t.TempDir()
	c := open(t, data, "sqlite:"+filepath.Join(data, "yunei.db"))
	resp, err := c.client().Get(c.server.URL + "/openapi.json")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK {
		t.Fatalf("openapi.json: %d, %v", resp.StatusCode, err)
	}
	var doc struct {
		Paths map[string]map[string]any `json:"paths"`
	}
	if err := json.Unmarshal(raw, &doc); err != nil {
		t.Fatal(err)
	}
	asked := map[string]bool{}
	files, err := filepath.Glob("*.txt")
	folders, errFolders := filepath.Glob("*/*.txt")
	if err := errors.Join(err, errFolders); err != nil {
		t.Fatal(err)
	}
	files = append(files, folders...)
	for _, file := range files {
		steps, err := readScript(file)
		if err != nil {
			t.Error(err)
		}
		for _, s := range steps {
			address, _, _ := strings.Cut(s.path, "?")
			if template := templateOf(doc.Paths, s.method, address); template != "" {
				asked[s.method+" "+template] = true
			}
		}
	}
	for path, methods := range doc.Paths {
		for method := range methods {
			endpoint := strings.ToUpper(method) + " " + path
			switch why, excused := unspoken[endpoint]; {
			case !asked[endpoint] && !excused:
				t.Errorf("no file speaks to %s", endpoint)
			case asked[endpoint] && excused:
				t.Errorf("%s is spoken to; it needs no excuse (%s)", endpoint, why)
			}
		}
	}
}

// templateOf finds the endpoint that answers an address: the one with the fewest variable parts.
func templateOf(paths map[string]map[string]any, method, address string) string {
	best, fewest := "", len(address)
	parts := strings.Split(address, "/")
	for template, methods := range paths {
		if _, ok := methods[strings.ToLower(method)]; !ok {
			continue
		}
		want := strings.Split(template, "/")
		if len(want) != len(parts) {
			continue
		}
		variable := 0
		for i := range want {
			if strings.HasPrefix(want[i], "{") {
				variable++
			} else if want[i] != parts[i] {
				variable = len(address)
				break
			}
		}
		if variable < fewest {
			best, fewest = template, variable
		}
	}
	return best
}
