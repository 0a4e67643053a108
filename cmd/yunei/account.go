package main

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"yunei/internal/base/errs"
	"yunei/internal/base/workday"
	"yunei/internal/core/access"
	"yunei/internal/core/party"
	"yunei/internal/gate/node"
)

// accountCommand opens the first accounts of a new installation: somebody must be there to sign in. Afterwards the
// bureau and the operator open accounts on line.
func accountCommand(cfg *Config) *cobra.Command {
	cmd := &cobra.Command{
		Use:     "account",
		Short:   "账号 (open the first accounts, with the server stopped)",
		Example: "  yunei account open --data ./var --login lin --name 林某 --role data-bureau --org-name 某市数据管理局 --uscc 1135…",
	}
	var n party.NewAccount
	var r party.Registration
	var role, registered string
	open := &cobra.Command{
		Use:   "open",
		Short: "开立账号 (and, with --org-name, register its organization)",
		Long: `Opens a real-name account and, when --org-name is given, first takes the organization into the register. The password is
read from the environment (YUNEI_PASSWORD) or from standard input, never from the command line.`,
		Example: `  yunei account open --data ./var --login lin --name 林某 --role data-bureau --org-name 某市数据管理局 \
      --uscc 1135… --representative 林某 --representative-id 3505… --phone 0595-…
  yunei account open --data ./var --login zhou --name 周某 --role auditor`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) (err error) {
			if n.Password, err = password(cmd); err != nil {
				return err
			}
			if err := cfg.prepare(); err != nil {
				return err
			}
			o, err := node.Open(cmd.Context(), cfg.options())
			if err != nil {
				return err
			}
			defer func() { err = errors.Join(err, o.Close()) }()
			ctx := access.With(cmd.Context(), access.System())
			n.Roles = []access.Role{access.Role(role)}
			if r.Name != "" {
				if r.Registered, err = workday.Parse(registered); err != nil {
					return errs.New(errs.Invalid, "成立日期 %q 须写成 2000-01-01 这样, 请改正 --registered: %w", registered, err)
				}
				r.Kind, r.Roles, r.InProvince, r.Contact = party.PublicBody, n.Roles, true, n.Name
				org, err := o.Party.Register(ctx, r)
				if err != nil {
					return err
				}
				n.Org = org.ID
			}
			account, err := o.Party.OpenAccount(ctx, n)
			if err != nil {
				return err
			}
			if err := o.Log.Seal(ctx); err != nil {
				return err
			}
			_, err = fmt.Fprintf(cmd.OutOrStdout(), "已开立账号 %s (%s)\n", account.Login, account.ID)
			return err
		},
	}
	f := open.Flags()
	f.StringVar(&n.Login, "login", "", "login name")
	f.StringVar(&n.Name, "name", "", "real name of the person")
	f.StringVar(&role, "role", "", "role: "+roleList())
	f.StringVar(&n.Org, "org", "", "id of an organization that is in the register")
	f.StringVar(&r.Name, "org-name", "", "name of a public body to register first")
	f.StringVar(&r.USCC, "uscc", "", "its unified social credit code")
	f.StringVar(&registered, "registered", "2000-01-01", "day it was founded")
	f.StringVar(&r.Representative, "representative", "", "its head")
	f.StringVar(&r.RepresentativeID, "representative-id", "", "identity number of its head; only a keyed digest is kept")
	f.StringVar(&r.Phone, "phone", "", "its telephone number")
	for _, name := range []string{"login", "name", "role"} {
		if err := open.MarkFlagRequired(name); err != nil {
			panic(err) // the flag is defined above
		}
	}
	cmd.AddCommand(open)
	return cmd
}

func roleList() string {
	var names []string
	for _, r := range access.Roles() {
		names = append(names, string(r))
	}
	return strings.Join(names, ", ")
}

func password(cmd *cobra.Command) (string, error) {
	if p := os.Getenv("YUNEI_PASSWORD"); p != "" {
		return p, nil
	}
	fmt.Fprint(cmd.ErrOrStderr(), "口令: ")
	line, err := bufio.NewReader(cmd.InOrStdin()).ReadString('\n')
	if p := strings.TrimRight(line, "\r\n"); p != "" {
		return p, nil
	}
	return "", errs.New(errs.Invalid, "没有读到口令, 请从标准输入或 YUNEI_PASSWORD 提供: %w", err)
}
