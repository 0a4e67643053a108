package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/spf13/pflag"
)

// load runs what the root command does before any other: flags, environment, file.
func load(t *testing.T, args []string, env map[string]string) (Config, error) {
	t.Helper()
	cfg := &Config{}
	fs := pflag.NewFlagSet("test", pflag.ContinueOnError)
	cfg.bind(fs)
	if err := fs.Parse(args); err != nil {
		t.Fatal(err)
	}
	err := cfg.load(fs, func(key string) (string, bool) { v, ok := env[key]; return v, ok })
	return *cfg, err
}

func TestConfig_Load(t *testing.T) {
	file := filepath.Join(t.TempDir(), "yunei.yaml")
	if err := os.WriteFile(file, []byte("data: /from/file\nlisten: 127.0.0.1:1\npacks: [a, b]\nno-walls: true\nno-engine: true\nlog-level: warn\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	zero := Config{
		DB: "sqlite:/d/yunei.db", Data: "/d", Heads: "/d/head.json", Listen: defaultListen, URL: "http://" + defaultListen,
		LogLevel: "info",
	}
	with := func(change func(*Config)) Config { c := zero; change(&c); return c }
	for _, c := range []struct {
		name string
		args []string
		env  map[string]string
		want Config
	}{
		{"zero values work", []string{"--data", "/d"}, nil, zero},
		{"environment", nil, map[string]string{"YUNEI_DATA": "/d", "YUNEI_PACKS": "x,y", "YUNEI_NO_WALLS": "true", "YUNEI_LOG_LEVEL": "debug"},
			with(func(c *Config) { c.Packs, c.NoWalls, c.LogLevel = []string{"x", "y"}, true, "debug" })},
		{"file", []string{"--config", file}, nil, with(func(c *Config) {
			c.Data, c.DB, c.Heads = "/from/file", "sqlite:/from/file/yunei.db", "/from/file/head.json"
			c.Listen, c.URL, c.Packs, c.NoWalls, c.NoEngine, c.LogLevel = "127.0.0.1:1", "http://127.0.0.1:1", []string{"a", "b"}, true, true, "warn"
		})},
		{"flag over environment over file", []string{"--data", "/d", "--packs", "p"},
			map[string]string{"YUNEI_CONFIG": file, "YUNEI_DATA": "/env", "YUNEI_LISTEN": "127.0.0.1:2", "YUNEI_PACKS": "x"},
			with(func(c *Config) {
				c.Listen, c.URL, c.Packs, c.NoWalls, c.NoEngine, c.LogLevel = "127.0.0.1:2", "http://127.0.0.1:2", []string{"p"}, true, true, "warn"
			})},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := load(t, c.args, c.env)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, got, cmpopts.IgnoreUnexported(Config{})); diff != "" {
				t.Errorf("args %q env %v (-want +got):\n%s", c.args, c.env, diff)
			}
		})
	}
}

func TestConfig_LoadRefuses(t *testing.T) {
	unknown := filepath.Join(t.TempDir(), "yunei.yaml")
	if err := os.WriteFile(unknown, []byte("data: /d\ndatabase: x\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name string
		args []string
		env  map[string]string
		want string
	}{
		{"unknown key", []string{"--config", unknown}, nil, "database"},
		{"no such file", []string{"--config", unknown + ".not"}, nil, "读不到配置文件"},
		{"database", []string{"--db", "mysql://x"}, nil, "--db"},
		{"listen", []string{"--listen", "8080"}, nil, "--listen"},
		{"url", []string{"--url", "yunei.example"}, nil, "--url"},
		{"trusted proxy", []string{"--trusted-proxy", "10.0.0.0/8,proxy.example"}, nil, "--trusted-proxy"},
		{"log level", nil, map[string]string{"YUNEI_LOG_LEVEL": "loud"}, "--log-level"},
		{"environment of the wrong kind", nil, map[string]string{"YUNEI_NO_WALLS": "perhaps"}, "YUNEI_NO_WALLS"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := load(t, c.args, c.env)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("args %q env %v: got error %v, want one that names %q", c.args, c.env, err, c.want)
			}
		})
	}
}
