package main

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/cachegen/cachegen/internal/redistest"
)

// TestMain makes the test binary the tool: scripts run it as cachegen.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"cachegen": main})
}

// TestScripts runs the stories in testdata/script. Each begins in a module of its
// own, which uses this one by a replace line.
func TestScripts(t *testing.T) {
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	server := redistest.Start(t)
	env := goEnv(t, "GOCACHE", "GOMODCACHE", "GOPROXY", "GOSUMDB", "GOTOOLCHAIN", "GOROOT")
	testscript.Run(t, testscript.Params{
		Dir: filepath.Join(root, "testdata", "script"),
		Setup: func(e *testscript.Env) error {
			e.Vars = append(e.Vars, env...)
			e.Vars = append(e.Vars, "GOFLAGS=-mod=mod", "REDIS_URL="+server.URL())
			return newModule(root, e.WorkDir, "example.com/shop")
		},
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
	})
}

// goEnv returns settings of the go command, since scripts have a home of their own.
func goEnv(t *testing.T, names ...string) []string {
	t.Helper()
	out, err := exec.Command("go", append([]string{"env"}, names...)...).Output()
	if err != nil {
		t.Fatal(err)
	}
	values := strings.Split(strings.TrimRight(string(out), "\n"), "\n")
	for i := range names {
		names[i] += "=" + values[i]
	}
	return names
}

// newModule writes the go.mod and go.sum of a module that uses this one.
func newModule(root, dir, name string) error {
	mod, err := os.ReadFile(filepath.Join(root, "go.mod"))
	if err != nil {
		return err
	}
	sum, err := os.ReadFile(filepath.Join(root, "go.sum"))
	if err != nil {
		return err
	}
	mod = bytes.Replace(mod, []byte("module github.com/cachegen/cachegen\n"), []byte("module "+name+"\n"), 1)
	mod = append(mod, "\nrequire github.com/cachegen/cachegen v0.0.0\n\nreplace github.com/cachegen/cachegen => "+filepath.ToSlash(root)+"\n"...)
	if err := os.WriteFile(filepath.Join(dir, "go.mod"), mod, 0o644); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, "go.sum"), sum, 0o644)
}

// TestExitCodes has the codes that scripts cannot tell apart.
func TestExitCodes(t *testing.T) {
	for _, test := range []struct {
		args []string
		want int
	}{
		{[]string{"-version"}, exitClean},
		{[]string{"-h"}, exitClean},
		{[]string{"-nonsense"}, exitError},
		{[]string{"./no/such/package"}, exitError},
		{[]string{"-check", "../../golden/bare"}, exitClean},
		{[]string{"-diff", "../../golden/bare"}, exitClean},
		{[]string{"../../testdata/bad/..."}, exitError},
	} {
		var stdout, stderr bytes.Buffer
		if got := run(context.Background(), test.args, &stdout, &stderr); got != test.want {
			t.Errorf("cachegen %v: exit code %d, want %d\n%s%s", test.args, got, test.want, &stdout, &stderr)
		}
		if (test.want == exitError) != (stderr.Len() > 0) && test.args[0] != "-h" {
			t.Errorf("cachegen %v: standard error: %q", test.args, &stderr)
		}
	}
}
