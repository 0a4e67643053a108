package sqldb

import (
	"errors"
	"fmt"
	"io"
	"os"
	"syscall"

	"yunei/internal/base/errs"
)

// lockFile makes one data folder belong to one process. The kernel drops the lock with the process, so a crash leaves
// nothing to clean up; the number in the file is for the person who reads the message.
func lockFile(path string) (*os.File, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, errs.New(errs.Unavailable, "不能写数据目录, 请检查路径和权限: %w", err)
	}
	err = syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if err == nil {
		if err = f.Truncate(0); err == nil {
			_, err = fmt.Fprintf(f, "%d\n", os.Getpid())
		}
		if err != nil {
			_ = f.Close()
			return nil, errs.New(errs.Unavailable, "不能写数据目录, 请检查磁盘空间: %w", err)
		}
		return f, nil
	}
	holder, _ := io.ReadAll(io.LimitReader(f, 20))
	_ = f.Close()
	if errors.Is(err, syscall.EWOULDBLOCK) {
		return nil, errs.New(errs.Conflict, "数据目录正由另一个进程 (进程号 %q) 使用, 请先停止它, 或改用另一个数据目录 (%s)", string(trim(holder)), path)
	}
	return nil, errs.New(errs.Unavailable, "不能锁定数据目录, 请把它放在本地磁盘上: %w", err)
}

func trim(b []byte) []byte {
	for len(b) > 0 && b[len(b)-1] == '\n' {
		b = b[:len(b)-1]
	}
	return b
}
