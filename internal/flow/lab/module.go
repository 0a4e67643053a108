package lab

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"yunei/internal/base/errs"
	"yunei/internal/base/sqldb"
	"yunei/internal/core/act"
	"yunei/internal/core/query"
	"yunei/internal/core/query/guard"
	"yunei/internal/core/query/step"
)

// Module (步骤模块) is a WebAssembly module that an organization uploaded for its models: read, never trusted, and named by
// the digest of its bytes. Which model may use it is said in the model's text (STEP).
type Module struct {
	ID     string      `json:"id"`
	Org    string      `json:"org"`
	Name   string      `json:"name" doc:"Name of the file it came from"`
	Hash   string      `json:"hash"`
	Report step.Report `json:"report" doc:"What is known of it before it runs"`
	Opened time.Time   `json:"opened"`
}

// Source is what a developer wrote: a text and, where it declares a step, the digest of the module.
type Source struct {
	Class  string
	Text   string
	Module string
}

// source is what the draft of a model says.
func (m Model) source() Source { return Source{Class: m.Class, Text: m.Draft, Module: m.Module} }

// AddModule reads an uploaded module and keeps it, each once. One that is outside the closed world is refused with its code.
func (s *Service) AddModule(ctx context.Context, spaceID, name string, raw []byte) (Module, error) {
	var m Module
	read, refusals := guard.Module(raw)
	_, err := s.Acts.Do(ctx, act.Call{Act: "lab.module.add"}, func(ctx context.Context, tx *act.Tx) error {
		sp, sc, err := s.tenantSpace(ctx, tx.Tx, spaceID, ToolModel)
		if err != nil {
			return err
		}
		if len(refusals) > 0 {
			spots := guard.Spots(refusals)
			for i := range spots {
				spots[i].Where = "module"
			}
			return &errs.Error{Code: errs.Invalid, Msg: "模块没有通过检查: " + refusals[0].Zh, Spots: spots}
		}
		if err := tx.Judge(ctx, map[string]string{"org": sp.Org, "plan": sc.ID}); err != nil {
			return err
		}
		report := read.Report()
		m, _, err = loadModule(ctx, tx.Tx, sp.Org, report.Hash)
		if err == nil || !errs.Is(err, errs.NotFound) {
			return err
		}
		m = Module{ID: tx.NewID("wsm"), Org: sp.Org, Name: fileName(name), Hash: report.Hash, Report: report, Opened: tx.Now()}
		if err := s.did(ctx, tx, sp, ToolModel, m.ID); err != nil {
			return err
		}
		if err := insertModule(ctx, tx.Tx, m, raw); err != nil {
			return err
		}
		return tx.Changed(ctx, "step-module", m.ID, m)
	})
	if err != nil {
		return Module{}, err
	}
	return m, nil
}

// fileName keeps what a name says, without where the file lay.
func fileName(name string) string {
	name = strings.TrimSpace(name[strings.LastIndexAny(name, `/\`)+1:])
	if r := []rune(name); len(r) > 100 {
		name = string(r[:100])
	}
	return name
}

// module loads the bytes of a module of an organization; none for a text without one.
func (s *Service) module(ctx context.Context, tx *sqldb.Tx, org, hash string) ([]byte, error) {
	if hash == "" {
		return nil, nil
	}
	_, raw, err := loadModule(ctx, tx, org, hash)
	if err == nil && query.ModuleHash(raw) != hash {
		err = fmt.Errorf("step module %s: its bytes hash to %s", hash, query.ModuleHash(raw))
	}
	return raw, err
}

// Bytes loads the module that a version's representation names; nil where it has no step.
func (s *Service) Bytes(ctx context.Context, tx *sqldb.Tx, v Version) ([]byte, error) {
	return s.module(ctx, tx, v.Org, v.Module)
}

// ModuleFile is a module as its reviewers read it: what runs, as text, beside its bytes.
type ModuleFile struct {
	Module Module `json:"module"`
	Text   string `json:"text" doc:"All code and data of the module as WebAssembly text; assembled again, it is what runs"`
	Bytes  []byte `json:"bytes" doc:"The module as it was uploaded, in base64; its SHA-256 is the digest that the model names"`
}

// VersionModule is the module of a version for those who review it; beside names another version of the same model instead.
func (s *Service) VersionModule(ctx context.Context, id, beside string) (f ModuleFile, err error) {
	err = s.Acts.View(ctx, func(tx *sqldb.Tx) error {
		v, err := reviewed(ctx, tx, id)
		if err == nil && beside != "" {
			line := v.Model
			if v, err = LoadVersion(ctx, tx, beside); err == nil && v.Model != line {
				err = errs.New(errs.NotFound, noVersion)
			}
		}
		if err != nil {
			return err
		}
		if v.Module == "" {
			return errs.New(errs.NotFound, noModule)
		}
		if f.Module, f.Bytes, err = loadModule(ctx, tx, v.Org, v.Module); err != nil {
			return err
		}
		read, refusals := guard.Module(f.Bytes)
		if len(refusals) > 0 {
			return fmt.Errorf("step module %s: %s", v.Module, refusals[0].En)
		}
		f.Text = read.Print()
		return nil
	})
	return f, err
}

const noModule = "没有这个模块, 请先在开发空间上传"

func insertModule(ctx context.Context, tx *sqldb.Tx, m Module, raw []byte) error {
	body, err := encode(m)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `INSERT INTO step_module (id, org, hash, body, bytes, opened) VALUES ($1, $2, $3, $4, $5, $6)`,
		m.ID, m.Org, m.Hash, body, base64.StdEncoding.EncodeToString(raw), m.Opened.UnixMicro())
	return err
}

func loadModule(ctx context.Context, tx *sqldb.Tx, org, hash string) (Module, []byte, error) {
	return scanModule(tx.QueryRow(ctx, `SELECT id, org, hash, body, bytes FROM step_module WHERE org = $1 AND hash = $2`, org, hash))
}

func moduleByID(ctx context.Context, tx *sqldb.Tx, id string) (Module, error) {
	m, _, err := scanModule(tx.QueryRow(ctx, `SELECT id, org, hash, body, bytes FROM step_module WHERE id = $1`, id))
	return m, err
}

func scanModule(r row) (Module, []byte, error) {
	var m Module
	var id, org, hash, body, text string
	if err := r.Scan(&id, &org, &hash, &body, &text); err != nil {
		return m, nil, missing(err, noModule)
	}
	if err := json.Unmarshal([]byte(body), &m); err != nil {
		return m, nil, fmt.Errorf("decode step module %s: %w", id, err)
	}
	m.ID, m.Org, m.Hash = id, org, hash
	raw, err := base64.StdEncoding.DecodeString(text)
	return m, raw, err
}
