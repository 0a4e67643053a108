package main

import (
	"log/slog"
	"net"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/spf13/pflag"

	"yunei/internal/base/errs"
)

// Config is every setting of the program. The zero value of each works, and an old file starts a new program: a setting
// is added, never renamed.
type Config struct {
	Data     string   `yaml:"data"`
	DB       string   `yaml:"db"`
	Heads    string   `yaml:"heads"`
	Listen   string   `yaml:"listen"`
	URL      string   `yaml:"url"`
	Packs    []string `yaml:"packs"`
	NoWalls  bool     `yaml:"no-walls"`
	NoEngine bool     `yaml:"no-engine"`
	Wire     string   `yaml:"wire"`
	WireCert string   `yaml:"wire-cert"`
	WireKey  string   `yaml:"wire-key"`
	LogLevel string   `yaml:"log-level"`
	Proxies  []string `yaml:"trusted-proxy"`

	file string
}

const (
	defaultData   = "var"
	defaultListen = "127.0.0.1:8080"
)

// bind names each setting once: flag, key of the file, and variable of the environment.
func (c *Config) bind(fs *pflag.FlagSet) {
	fs.StringVar(&c.file, "config", c.file, "YAML file with the settings below, one key per flag name (env YUNEI_CONFIG)")
	fs.StringVar(&c.Data, "data", c.Data, "data folder: database, files, keys; one process at a time (default ./var)")
	fs.StringVar(&c.DB, "db", c.DB, "control database: sqlite:/path/file.db or postgres://… (default sqlite in the data folder)")
	fs.StringVar(&c.Heads, "heads", c.Heads, "file that keeps the last published ledger head; best on another disk (default head.json in the data folder)")
	fs.StringVar(&c.Listen, "listen", c.Listen, "address to listen on (default "+defaultListen+")")
	fs.StringVar(&c.URL, "url", c.URL, "address under which people reach the server, printed into QR codes (default http:// and --listen)")
	fs.StringSliceVar(&c.Packs, "packs", c.Packs, "regime packs in force, by id or folder, separated by commas (default: Quanzhou's of 2024)")
	fs.BoolVar(&c.NoWalls, "no-walls", c.NoWalls, "serve SQL on raw data although this machine lacks a wall of the locked engine; doctor says which")
	fs.BoolVar(&c.NoEngine, "no-engine", c.NoEngine, "run without the locked engine: answers about one person only, no aggregates; models are submitted without its comparison")
	fs.StringVar(&c.Wire, "wire", c.Wire, "address on which psql and reporting tools may read synthetic tables and released results over PostgreSQL's protocol (default none)")
	fs.StringVar(&c.WireCert, "wire-cert", c.WireCert, "TLS certificate file of --wire, PEM; needed outside the loopback interface")
	fs.StringVar(&c.WireKey, "wire-key", c.WireKey, "private key file of --wire-cert, PEM")
	fs.StringSliceVar(&c.Proxies, "trusted-proxy", c.Proxies, "networks (CIDR) of reverse proxies whose X-Forwarded-For is believed, separated by commas (default none: the address of the connection counts)")
	fs.StringVar(&c.LogLevel, "log-level", c.LogLevel, "debug, info, warn or error (default info)")
}

// load fills the settings that no flag gave, from the environment first and the file second, then the defaults, and
// fails on what could not work.
func (c *Config) load(flags *pflag.FlagSet, env func(string) (string, bool)) error {
	fromFile, err := c.read(env)
	if err != nil {
		return err
	}
	// A second flag set bound to the file's values gives them by flag name, so that the settings are listed once.
	file := pflag.NewFlagSet("", pflag.ContinueOnError)
	fromFile.bind(file)

	file.VisitAll(func(setting *pflag.Flag) {
		target := flags.Lookup(setting.Name)
		if err != nil || target == nil || target.Changed || setting.Name == "config" {
			return
		}
		name := "YUNEI_" + strings.ToUpper(strings.ReplaceAll(setting.Name, "-", "_"))
		if value, ok := env(name); ok && value != "" {
			if e := target.Value.Set(value); e != nil {
				err = errs.New(errs.Invalid, "环境变量 %s 的值 %q 无法识别, 请改正: %w", name, value, e)
			}
			return
		}
		if list, ok := setting.Value.(pflag.SliceValue); ok {
			if values := list.GetSlice(); len(values) > 0 {
				err = target.Value.(pflag.SliceValue).Replace(values)
			}
			return
		}
		err = target.Value.Set(setting.Value.String())
	})
	if err != nil {
		return err
	}
	return c.complete()
}

// read decodes the file strictly: a key that is no setting is a mistake, not a wish.
func (c *Config) read(env func(string) (string, bool)) (*Config, error) {
	name := c.file
	if name == "" {
		name, _ = env("YUNEI_CONFIG")
	}
	from := &Config{}
	if name == "" {
		return from, nil
	}
	raw, err := os.ReadFile(name)
	if err != nil {
		return nil, errs.New(errs.Invalid, "读不到配置文件 %s, 请检查 --config 或 YUNEI_CONFIG: %w", name, err)
	}
	if err := yaml.UnmarshalWithOptions(raw, from, yaml.Strict()); err != nil {
		return nil, errs.New(errs.Invalid, "配置文件 %s 有误, 请按提示改正 (可用的键即各参数名, 见 yunei --help): %w", name, err)
	}
	return from, nil
}

// complete puts defaults where nothing was given, and says what cannot work while it is still easy to mend.
func (c *Config) complete() error {
	if c.Data == "" {
		c.Data = defaultData
	}
	absolute, err := filepath.Abs(c.Data)
	if err != nil {
		return err
	}
	c.Data = absolute
	if c.DB == "" {
		c.DB = "sqlite:" + filepath.Join(c.Data, sqliteName)
	}
	if !strings.HasPrefix(c.DB, "sqlite:") && !strings.HasPrefix(c.DB, "postgres://") && !strings.HasPrefix(c.DB, "postgresql://") {
		return errs.New(errs.Invalid, "数据库地址 %q 须以 sqlite: 或 postgres:// 开头, 请改正 --db", c.DB)
	}
	if c.Heads == "" {
		c.Heads = filepath.Join(c.Data, headsName)
	}
	if c.Heads, err = filepath.Abs(c.Heads); err != nil {
		return err
	}
	if c.Listen == "" {
		c.Listen = defaultListen
	}
	if _, _, err := net.SplitHostPort(c.Listen); err != nil {
		return errs.New(errs.Invalid, "监听地址 %q 须写成 主机:端口, 请改正 --listen: %w", c.Listen, err)
	}
	if c.URL == "" {
		c.URL = "http://" + c.Listen
	}
	if u, err := url.Parse(c.URL); err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return errs.New(errs.Invalid, "对外地址 %q 须以 http:// 或 https:// 开头, 请改正 --url", c.URL)
	}
	if _, err := c.proxies(); err != nil {
		return err
	}
	if c.LogLevel == "" {
		c.LogLevel = "info"
	}
	var level slog.Level
	if err := level.UnmarshalText([]byte(c.LogLevel)); err != nil {
		return errs.New(errs.Invalid, "日志级别 %q 须是 debug, info, warn 或 error, 请改正 --log-level", c.LogLevel)
	}
	return nil
}

func (c *Config) level() slog.Level {
	var level slog.Level
	if err := level.UnmarshalText([]byte(c.LogLevel)); err != nil {
		return slog.LevelInfo
	}
	return level
}

// proxies are the networks of --trusted-proxy; a bare address is a network of one.
func (c *Config) proxies() ([]netip.Prefix, error) {
	list := make([]netip.Prefix, 0, len(c.Proxies))
	for _, text := range c.Proxies {
		p, err := netip.ParsePrefix(text)
		if addr, bare := netip.ParseAddr(text); err != nil && bare == nil {
			p, err = addr.Prefix(addr.BitLen())
		}
		if err != nil {
			return nil, errs.New(errs.Invalid, "可信代理 %q 须写成网段, 如 10.0.0.0/8, 请改正 --trusted-proxy: %w", text, err)
		}
		list = append(list, p.Masked())
	}
	return list, nil
}

// sqlitePath is the file of the embedded database, or false on PostgreSQL.
func (c *Config) sqlitePath() (string, bool) { return strings.CutPrefix(c.DB, "sqlite:") }

// prepare makes the folders that a program which writes needs, closed to everybody else on the machine.
func (c *Config) prepare() error {
	for _, dir := range []string{c.Data, filepath.Dir(c.Heads)} {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return errs.New(errs.Invalid, "建不了目录 %s, 请检查 --data, --heads 和权限: %w", dir, err)
		}
	}
	return nil
}
