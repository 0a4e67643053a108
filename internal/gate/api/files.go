package api

import (
	"context"

	"github.com/danielgtaylor/huma/v2"

	"yunei/internal/core/blob"
)

// registerFiles takes uploads. A file is kept under the digest of its bytes and means nothing until an act names it.
func (a *API) registerFiles() {
	post(a, "/v1/files", "upload", "files", "上传文件", func(ctx context.Context, in *struct {
		RawBody huma.MultipartFormFiles[struct {
			File huma.FormFile `form:"file" required:"true"`
		}]
	}) (blob.Ref, error) {
		file := in.RawBody.Data().File
		defer file.Close()
		return a.s.Blobs.Put(ctx, file)
	})
}
