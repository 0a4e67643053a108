// Package api is the HTTP API under /v1: one endpoint, one function, one generic mount.
//
// An endpoint is registered with get, list or post and is a function from a request struct to a reply; the mount
// does decoding, validation, sign-in, idempotency keys, receipts (header Yunei-Receipt) and problem documents
// (RFC 9457 with the articles that refuse and the places in the input that are wrong). Every endpoint needs a
// signed-in account unless it is registered as public. The OpenAPI 3.1 document is generated from the types.
package api
