package regimes

import (
	"errors"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// Mount finds the packs that were named: those inside the program by their id, others by the path of their folder. It answers
// one file system that holds the program's packs, calendars and words and those folders beside them, and the ids of all.
// A folder written as a path (./quanzhou-2024-05-17) takes the place of the program's pack of that id: that is how a new
// version is tried.
func Mount(names ...string) (fs.FS, []string, error) {
	m := mounted{FS, map[string]fs.FS{}}
	ids := make([]string, len(names))
	for i, name := range names {
		if fs.ValidPath(name) && !strings.Contains(name, "/") {
			if _, err := fs.Stat(FS, path.Join(name, "pack.yaml")); err == nil {
				ids[i] = name
				continue
			}
		}
		folder := filepath.Clean(name)
		if _, err := os.Stat(filepath.Join(folder, "pack.yaml")); errors.Is(err, fs.ErrNotExist) {
			ids[i] = name // whoever reads the packs says that there is none of this name
			continue
		} else if err != nil {
			return nil, nil, err
		}
		absolute, err := filepath.Abs(folder)
		if err != nil {
			return nil, nil, err
		}
		ids[i] = filepath.Base(absolute)
		m.folders[ids[i]] = os.DirFS(absolute)
	}
	if len(m.folders) == 0 {
		return FS, ids, nil
	}
	return m, ids, nil
}

// mounted is the program's packs with folders beside or over them.
type mounted struct {
	base    fs.FS
	folders map[string]fs.FS
}

func (m mounted) Open(name string) (fs.File, error) {
	first, rest, _ := strings.Cut(name, "/")
	if sub, ok := m.folders[first]; ok {
		return sub.Open(path.Clean(rest))
	}
	return m.base.Open(name)
}

// ReadDir lists a folder; the root is both lists together.
func (m mounted) ReadDir(name string) ([]fs.DirEntry, error) {
	if first, rest, _ := strings.Cut(name, "/"); m.folders[first] != nil {
		return fs.ReadDir(m.folders[first], path.Clean(rest))
	}
	list, err := fs.ReadDir(m.base, name)
	if name != "." || err != nil {
		return list, err
	}
	for id := range m.folders {
		if !slices.ContainsFunc(list, func(e fs.DirEntry) bool { return e.Name() == id }) {
			list = append(list, folder(id))
		}
	}
	slices.SortFunc(list, func(a, b fs.DirEntry) int { return strings.Compare(a.Name(), b.Name()) })
	return list, nil
}

// folder is a mounted folder in the list of the root.
type folder string

func (f folder) Name() string               { return string(f) }
func (f folder) IsDir() bool                { return true }
func (f folder) Type() fs.FileMode          { return fs.ModeDir }
func (f folder) Info() (fs.FileInfo, error) { return nil, fs.ErrInvalid }
