package api

import (
	"context"

	"yunei/internal/core/access"
	"yunei/internal/core/party"
)

// registerAccounts lets bureau and operator take organizations into the register and open real-name accounts.
func (a *API) registerAccounts() {
	const tag = "organizations"
	post(a, "/v1/registrations", "register-organization", tag, "登记单位", func(ctx context.Context, in *struct {
		Body party.Registration
	}) (party.Organization, error) {
		return a.s.Party.Register(ctx, in.Body)
	})
	post(a, "/v1/accounts", "open-account", tag, "开立账号", func(ctx context.Context, in *struct {
		Body party.NewAccount
	}) (access.Account, error) {
		return a.s.Party.OpenAccount(ctx, in.Body)
	})
}
