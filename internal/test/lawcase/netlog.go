package lawcase

import (
	"os"
	"path/filepath"

	"yunei/internal/base/workday"
	"yunei/internal/core/access"
)

// purgeLog leaves a day of the network log that is long over, and purges it.
func purgeLog(w *World) (func() error, error) {
	w.n++
	day := workday.Date("2010-01-01").AddDays(w.n)
	dir := filepath.Join(w.data, "netlog")
	line := `{"at":"` + day.String() + `T04:00:00Z","door":"http","method":"GET","route":"/v1/me","status":200}` + "\n"
	err := os.MkdirAll(dir, 0o700)
	if err == nil {
		err = os.WriteFile(filepath.Join(dir, day.String()+".ndjson"), []byte(line), 0o600)
	}
	if err == nil {
		err = w.Watch.Sweep(w.system())
	}
	return func() error { _, err := w.Watch.PurgeLog(w.seat(access.Bureau), day, "留存期满"); return err }, err
}
