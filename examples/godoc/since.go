package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// since returns the version of Go that first had each exported symbol of a
// package. GOROOT/api has a file for each version with what it added, in lines
// such as
//
//	pkg bytes, func Clone([]uint8) []uint8 #45038
//	pkg io/fs, method (FileMode) IsDir() bool
//	pkg syscall (linux-386), const AF_ALG ideal-int
//
// Where Go came without these files, the result is empty.
func (s stdlib) since(importPath string) map[string]string {
	versions := make(map[string]string)
	pkg := []byte("pkg " + importPath)
	for minor := 0; ; minor++ {
		data, err := os.ReadFile(s.api(minor))
		if err != nil {
			return versions // there is none yet
		}
		for line := range bytes.Lines(data) {
			rest, ok := bytes.CutPrefix(line, pkg)
			if !ok || rest[0] != ',' && rest[0] != ' ' {
				continue
			}
			_, declaration, _ := bytes.Cut(rest, []byte(", "))
			name := symbol(string(declaration))
			if _, known := versions[name]; name != "" && !known {
				versions[name] = "1." + strconv.Itoa(minor)
			}
		}
	}
}

// api returns the file of Go 1.minor. The one of Go 1.0 is go1.txt.
func (s stdlib) api(minor int) string {
	name := "go1"
	if minor > 0 {
		name += "." + strconv.Itoa(minor)
	}
	return filepath.Join(s.goroot, "api", name+".txt")
}

// symbol returns the name in a declaration: "Clone", "FileMode.IsDir".
func symbol(declaration string) string {
	kind, rest, _ := strings.Cut(declaration, " ")
	if kind != "method" {
		return identifier(rest)
	}
	recv, method, ok := strings.Cut(strings.TrimPrefix(rest, "("), ") ")
	if !ok {
		return ""
	}
	return identifier(strings.TrimPrefix(recv, "*")) + "." + identifier(method)
}

// identifier returns the identifier that s begins with.
func identifier(s string) string {
	if end := strings.IndexAny(s, " ([{,\n"); end >= 0 {
		return s[:end]
	}
	return s
}
