package collect

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"os"
	"strconv"
	"syscall"
	"unicode/utf8"

	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/transform"

	"yunei/internal/base/errs"
)

// source is a submitted file: on the disk without a name, so that no identity number outlives the process that reads it.
type source struct {
	file   *os.File
	digest string
	size   int64
	utf8   bool
}

// spool copies r into a temporary file below dir that has no name any more, and learns its digest and encoding on the way.
func spool(ctx context.Context, dir string, r io.Reader, limit int64) (*source, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, storage(err)
	}
	f, err := os.CreateTemp(dir, "source-")
	if err != nil {
		return nil, storage(err)
	}
	if err := os.Remove(f.Name()); err != nil {
		f.Close()
		return nil, err
	}
	s := &source{file: f, utf8: true}
	if err := s.fill(ctx, r, limit); err != nil {
		f.Close()
		return nil, err
	}
	return s, nil
}

func (s *source) fill(ctx context.Context, r io.Reader, limit int64) error {
	sum := sha256.New()
	buf := make([]byte, 1<<20)
	rest := 0 // bytes of a character that the last piece cut in two
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		n, err := r.Read(buf[rest:])
		piece := buf[rest : rest+n]
		if s.size += int64(n); s.size > limit {
			return errs.New(errs.TooLarge, "文件超过 %d MiB 的上限, 请拆分资源或联系平台运营单位", limit>>20)
		}
		sum.Write(piece)
		if _, werr := s.file.Write(piece); werr != nil {
			return storage(werr)
		}
		rest = s.checkUTF8(buf[:rest+n], errors.Is(err, io.EOF))
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return errs.New(errs.Invalid, "文件没有接收完整, 请重新提交: %w", err)
		}
	}
	s.digest = "sha256:" + hex.EncodeToString(sum.Sum(nil))
	return nil
}

// checkUTF8 looks at a piece and moves an unfinished character at its end to the front; it returns how many bytes that is.
func (s *source) checkUTF8(piece []byte, last bool) (rest int) {
	if !s.utf8 {
		return 0
	}
	end := len(piece)
	if !last {
		for i := 1; i < utf8.UTFMax && i <= len(piece); i++ {
			if c := piece[len(piece)-i]; utf8.RuneStart(c) {
				if !utf8.FullRune(piece[len(piece)-i:]) {
					end = len(piece) - i
				}
				break
			}
		}
	}
	s.utf8 = utf8.Valid(piece[:end])
	return copy(piece, piece[end:])
}

func (s *source) Close() error { return s.file.Close() }

// text is the file as UTF-8: valid UTF-8 as it is, anything else as GB18030. A detector that guesses is wrong on files that are mostly
// ASCII with little Chinese; this rule is not, because GB18030 text is practically never valid UTF-8.
func (s *source) text() (io.Reader, error) {
	if _, err := s.file.Seek(0, io.SeekStart); err != nil {
		return nil, err
	}
	r := bufio.NewReaderSize(s.file, 1<<16)
	head, err := r.Peek(3)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	switch {
	case s.size == 0:
		return nil, errs.New(errs.Invalid, "文件是空的, 请检查导出结果后重新提交")
	case bytes.HasPrefix(head, []byte{0xFF, 0xFE}), bytes.HasPrefix(head, []byte{0xFE, 0xFF}):
		return nil, errs.New(errs.Invalid, "文件编码是 UTF-16, 请另存为 UTF-8 (或 GB18030) 编码的 CSV 后重新提交")
	case bytes.HasPrefix(head, []byte("PK\x03")):
		return nil, errs.New(errs.Invalid, "文件是 Excel 或压缩文件, 请另存为 CSV 后重新提交")
	case bytes.HasPrefix(head, []byte{0xEF, 0xBB, 0xBF}):
		r.Discard(3)
	}
	if s.utf8 {
		return r, nil
	}
	if err := s.checkGB18030(); err != nil {
		return nil, err
	}
	return transform.NewReader(s.file, simplifiedchinese.GB18030.NewDecoder()), nil
}

// checkGB18030 refuses a file that is in neither encoding, with the first line that cannot be read, and rewinds it.
func (s *source) checkGB18030() error {
	if _, err := s.file.Seek(0, io.SeekStart); err != nil {
		return err
	}
	lines := bufio.NewReaderSize(transform.NewReader(s.file, simplifiedchinese.GB18030.NewDecoder()), 1<<16)
	for line := 1; ; line++ {
		for {
			part, err := lines.ReadSlice('\n')
			if bytes.ContainsRune(part, utf8.RuneError) {
				return &errs.Error{Code: errs.Invalid, Msg: "文件的编码既不是 UTF-8 也不是 GB18030, 没有归集任何数据, 请以其中一种重新导出后提交",
					Spots: []errs.Spot{{Where: "第 " + strconv.Itoa(line) + " 行", Code: "encoding", Message: "含有无法识别的字符, 请检查该行"}}}
			}
			if errors.Is(err, io.EOF) {
				_, err = s.file.Seek(0, io.SeekStart)
				return err
			}
			if err == nil {
				break
			}
			if !errors.Is(err, bufio.ErrBufferFull) {
				return err
			}
		}
	}
}

// encoding is the name of the rule's answer, for the report.
func (s *source) encoding() string {
	if s.utf8 {
		return "UTF-8"
	}
	return "GB18030"
}

func storage(err error) error {
	if errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) || errors.Is(err, syscall.EFBIG) {
		return errs.New(errs.Unavailable, "存储空间不足, 数据没有归集, 请联系平台运营单位扩容后重试: %w", err)
	}
	return err
}
