package api

import (
	"path"
	"reflect"
	"strings"

	"github.com/danielgtaylor/huma/v2"
)

// schemaName names a type in the OpenAPI document. Stages use the law's plain nouns, so two of them may have a Document:
// outside this package the name of the stage comes first.
func schemaName(t reflect.Type, hint string) string {
	name := huma.DefaultSchemaNamer(t, hint)
	for t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice || t.Kind() == reflect.Map {
		t = t.Elem()
	}
	stage := path.Base(t.PkgPath())
	if t.PkgPath() == "" || stage == "api" || t.Name() == "" {
		return name
	}
	prefix := strings.ToUpper(stage[:1]) + stage[1:]
	if strings.HasPrefix(name, prefix) {
		return name
	}
	return prefix + name
}
