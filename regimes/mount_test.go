package regimes_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"yunei/regimes"
)

// TestMount holds that a pack is named by id or by folder, and that a folder stands beside the program's own files.
func TestMount(t *testing.T) {
	t.Chdir(t.TempDir())
	for _, id := range []string{"mine", "quanzhou-2024-05-17"} {
		if err := os.MkdirAll(filepath.Join("packs", id, "rules"), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join("packs", id, "pack.yaml"), []byte("id: own\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	fsys, ids, err := regimes.Mount("packs/mine/", "packs/quanzhou-2024-05-17", "yunei-base", "nowhere")
	if err != nil {
		t.Fatal(err)
	}
	if ids[0] != "mine" || ids[1] != "quanzhou-2024-05-17" || ids[2] != "yunei-base" || ids[3] != "nowhere" {
		t.Errorf("ids %v", ids)
	}
	for name, want := range map[string]bool{"mine/pack.yaml": true, "quanzhou-2024-05-17/pack.yaml": true, "yunei-base/pack.yaml": false, "vocabulary.yaml": false} {
		text, err := fs.ReadFile(fsys, name)
		if err != nil || (string(text) == "id: own\n") != want {
			t.Errorf("%s: ours %v, %v; want ours %v", name, string(text) == "id: own\n", err, want)
		}
	}
	if found, err := fs.Glob(fsys, "*/pack.yaml"); err != nil || len(found) < 5 {
		t.Errorf("packs %v, %v; want the program's and mine", found, err)
	}
	if found, err := fs.Glob(fsys, "mine/*.yaml"); err != nil || len(found) != 1 {
		t.Errorf("files of mine %v, %v", found, err)
	}
	t.Chdir("packs")
	plain, _, err := regimes.Mount("quanzhou-2024-05-17")
	if err != nil {
		t.Fatal(err)
	}
	if text, err := fs.ReadFile(plain, "quanzhou-2024-05-17/pack.yaml"); err != nil || string(text) == "id: own\n" {
		t.Errorf("a folder in the way takes the place of a pack that was named by id: %v", err)
	}
}
