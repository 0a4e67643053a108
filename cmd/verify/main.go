// Command verify checks a receipt (回执) or an export (导出) of the ledger offline. It is pure Go and contains no part of the
// server: whoever doubts the operator can read it in an hour and build it with CGO_ENABLED=0.
//
//	verify [-key KEY] [-sm3-key KEY] FILE...
//
// KEY is the log's public key as the bureau published it by another way. Without it the keys in the file are used, which
// shows that the file fits together but not who made it. It exits 0 when every file is good, 1 when one is not, 2 when
// it could not look.
package main

import (
	"flag"
	"fmt"
	"io"
	"os"

	"yunei/internal/core/ledger/proof"
)

func main() { os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr)) }

func run(args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	flags := flag.NewFlagSet("verify", flag.ContinueOnError)
	flags.SetOutput(stderr)
	var trust proof.Trust
	flags.StringVar(&trust.Key, "key", "", "主管部门公布的 Ed25519 公钥 (名称+摘要+公钥)")
	flags.StringVar(&trust.SM3Key, "sm3-key", "", "主管部门公布的 SM2 公钥 (名称+摘要+公钥)")
	flags.Usage = func() {
		fmt.Fprintln(stderr, "用法: verify [-key 公钥] [-sm3-key 公钥] 文件...\n核验账本回执或导出文件, 不联网, 不需要服务器; 文件名为 - 时读标准输入。")
		flags.PrintDefaults()
	}
	if err := flags.Parse(args); err != nil {
		return 2
	}
	if flags.NArg() == 0 {
		flags.Usage()
		return 2
	}
	code := 0
	for _, name := range flags.Args() {
		data, err := read(name, stdin)
		if err != nil {
			fmt.Fprintf(stderr, "读不到文件 %s, 请核对文件名: %v\n", name, err)
			return 2
		}
		fmt.Fprintf(stdout, "文件: %s\n", name)
		report := proof.VerifyFile(data, trust)
		report.Print(stdout)
		if !report.OK() {
			code = 1
		}
	}
	return code
}

func read(name string, stdin io.Reader) ([]byte, error) {
	if name == "-" {
		return io.ReadAll(stdin)
	}
	return os.ReadFile(name)
}
