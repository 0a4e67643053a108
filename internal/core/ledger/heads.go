package ledger

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"yunei/internal/base/errs"
	"yunei/internal/base/seal"
	"yunei/internal/base/sqldb"
)

// headFile is what stands on the second path: the last head that was shown to anyone.
type headFile struct {
	Checkpoint    string `json:"checkpoint"`
	SM3Checkpoint string `json:"sm3_checkpoint"`
}

// publish writes the head to the second path, durably, before any receipt can be made from it elsewhere.
func (l *Log) publish(h head) error {
	if l.opt.Heads == "" {
		return nil
	}
	raw, err := json.MarshalIndent(headFile{h.note, h.sm3}, "", "  ")
	if err == nil {
		err = seal.WriteFile(l.opt.Heads, append(raw, '\n'), 0o644)
	}
	if err != nil {
		return errs.New(errs.Unavailable, "不能把账本检查点写到 %s, 请检查该路径的磁盘: %w", l.opt.Heads, err)
	}
	l.shown = h.note
	return nil
}

func (l *Log) published() (h head, ok bool, err error) {
	if l.opt.Heads == "" {
		return head{}, false, nil
	}
	raw, err := os.ReadFile(l.opt.Heads)
	if errors.Is(err, fs.ErrNotExist) {
		return head{}, false, nil
	}
	var f headFile
	if err == nil {
		err = json.Unmarshal(raw, &f)
	}
	if err == nil {
		h, err = l.open(f.Checkpoint, f.SM3Checkpoint)
	}
	if err != nil {
		return head{}, false, errs.New(errs.Unavailable, "读不懂账本检查点文件 %s, 或它不是本机密钥签署的; 请恢复该文件或密钥文件: %w", l.opt.Heads, err)
	}
	return h, true, nil
}

// Check compares the database with itself and with the published head, as every start must. A database that is behind,
// or that has another history, takes no entries from then on; what is already there can still be read.
func (l *Log) Check(ctx context.Context) error {
	err := l.check(ctx)
	l.mu.Lock()
	l.refusal = err
	l.mu.Unlock()
	return err
}

func (l *Log) check(ctx context.Context) error {
	l.sealing.Lock()
	defer l.sealing.Unlock()
	out, haveOut, err := l.published()
	if err != nil {
		return err
	}
	var in head
	var haveIn bool
	err = l.db.View(ctx, func(tx *sqldb.Tx) error {
		if in, haveIn, err = l.latest(ctx, tx); err != nil {
			return damaged(err)
		}
		size, err := l.size(ctx, tx)
		if err != nil {
			return err
		}
		if uint64(size) != in.size {
			return damaged(fmt.Errorf("%d leaves, but the last checkpoint is of %d", size, in.size))
		}
		if haveIn {
			if err := fits(ctx, tx, in); err != nil {
				return damaged(err)
			}
		}
		if !haveOut {
			return nil
		}
		return l.compare(ctx, tx, in, out)
	})
	if err != nil || !haveIn {
		return err
	}
	if haveOut && out.note == in.note {
		l.shown = in.note
		return nil
	}
	return l.publish(in) // a crash came between commit and publication
}

// compare: the database must hold everything that was ever published, but for what a signed loss statement gave up.
func (l *Log) compare(ctx context.Context, tx *sqldb.Tx, in, out head) error {
	if in.sha256.Origin != out.sha256.Origin {
		given, err := givenUp(ctx, tx, out)
		if err != nil {
			return err
		}
		if given { // a recovery that crashed before it published
			return nil
		}
	}
	if in.size < out.size {
		return behind("数据库账本只有 %d 条, 已公布的检查点有 %d 条: 数据库可能是旧备份, 或丢失了数据", in.size, out.size)
	}
	if out.size > 0 && fits(ctx, tx, out) != nil {
		return behind("数据库账本的前 %d 条与已公布的检查点不同: 账本被改动过", out.size)
	}
	return nil
}

func behind(format string, args ...any) error {
	what := fmt.Sprintf(format, args...)
	return errs.New(errs.Unavailable, "%s。已停止办理。请恢复最新的备份后重新启动; 确实无法恢复的, 由主管部门与上级部门共同签署损失说明, 再执行 yunei ledger recover", what)
}
