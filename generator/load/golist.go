package load

import (
	"bytes"
	"context"
	"encoding/json"
	"os/exec"
	"path/filepath"
	"strings"

	"golang.org/x/tools/go/packages"
)

// goList has the go command list packages. An error is for [packages.Load] to explain, which
// asks for the same and goes on where this ends.
func (l *loader) goList(ctx context.Context, args ...string) ([]byte, error) {
	cfg := l.config(ctx, 0)
	args = append(append([]string{"list", "-buildvcs=false", "-pgo=off"}, cfg.BuildFlags...), args...)
	cmd := exec.CommandContext(ctx, "go", args...)
	cmd.Dir = cfg.Dir
	cmd.Env = append(cfg.Env[:len(cfg.Env):len(cfg.Env)], "PWD="+cfg.Dir) // a path may have symbolic links that are to stay
	return cmd.Output()
}

// listNamed returns the packages that the patterns name, with what the go command knows of
// them without a look at what they import, or nil if it has anything to say against one.
func (l *loader) listNamed(ctx context.Context) []*packages.Package {
	out, err := l.goList(ctx, append([]string{"-find", "-json=ImportPath,Name,Dir,GoFiles,CgoFiles,Module", "--"}, l.cfg.Patterns...)...)
	if err != nil {
		return nil
	}
	var pkgs []*packages.Package
	for dec := json.NewDecoder(bytes.NewReader(out)); dec.More(); {
		var p struct {
			ImportPath, Name, Dir string
			GoFiles, CgoFiles     []string
			Module                *packages.Module
		}
		if dec.Decode(&p) != nil {
			return nil
		}
		files := append(p.GoFiles, p.CgoFiles...)
		for i, name := range files {
			files[i] = filepath.Join(p.Dir, name)
		}
		pkgs = append(pkgs, &packages.Package{
			ID: p.ImportPath, PkgPath: p.ImportPath, Name: p.Name, Dir: p.Dir, GoFiles: files, Module: p.Module,
		})
	}
	return pkgs
}

// exported is a package with export data, or one that such a package imports in turn.
type exported struct {
	path, name string
	file       string // with the export data
	indirect   bool
	compiler   string // gc
	arch       string
}

// listExported returns the packages with certain paths, compiled, and all that they import.
func (l *loader) listExported(ctx context.Context, paths []string) ([]exported, error) {
	const format = "{{context.Compiler}}\t{{context.GOARCH}}\t{{.DepOnly}}\t{{.Name}}\t{{.ImportPath}}\t{{.Export}}"
	out, err := l.goList(ctx, append([]string{"-deps", "-export", "-f", format, "--"}, paths...)...)
	if err != nil {
		return nil, err
	}
	var list []exported
	for line := range strings.Lines(string(out)) {
		var f [6]string
		copy(f[:], strings.SplitN(strings.TrimRight(line, "\r\n"), "\t", len(f)))
		list = append(list, exported{compiler: f[0], arch: f[1], indirect: f[2] == "true", name: f[3], path: f[4], file: f[5]})
	}
	return list, nil
}

// driven reports whether packages come from another build system than the go command, as
// [packages.Load] has it.
func driven(env []string) bool {
	driver := ""
	for _, v := range env {
		if value, ok := strings.CutPrefix(v, "GOPACKAGESDRIVER="); ok {
			driver = value
		}
	}
	if driver == "" {
		driver, _ = exec.LookPath("gopackagesdriver")
	}
	return driver != "" && driver != "off"
}
