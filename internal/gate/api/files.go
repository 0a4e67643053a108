package api

import (
	"context"

	"github.com/danielgtaylor/huma/v2"

	"yunei/internal/base/sqldb"
	"yunei/internal/core/blob"
	"yunei/internal/core/matter"
)

// registerFiles takes uploads. A file is kept under the digest of its bytes and means nothing until an act names it; who brought it
// is noted, because naming a digest is not having the file.
func (a *API) registerFiles() {
	post(a, "/v1/files", "upload", "files", "上传文件", func(ctx context.Context, in *struct {
		RawBody huma.MultipartFormFiles[struct {
			File huma.FormFile `form:"file" required:"true"`
		}]
	}) (blob.Ref, error) {
		file := in.RawBody.Data().File
		defer file.Close()
		ref, err := a.s.Blobs.Put(ctx, file)
		if err != nil {
			return ref, err
		}
		return ref, a.s.DB.Do(ctx, func(tx *sqldb.Tx) error { return matter.Brought(ctx, tx, ref.Digest, ref.Size) })
	})
}
