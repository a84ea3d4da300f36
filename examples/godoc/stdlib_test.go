package main

import (
	"errors"
	"go/build"
	"path/filepath"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	cachert "github.com/cachegen/cachegen/runtime"
)

// small is a GOROOT of a few files.
var small = stdlib{filepath.Join("testdata", "goroot")}

func TestPackages(t *testing.T) {
	got, err := small.packages()
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"greet"}, got); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
	if _, err := (stdlib{t.TempDir()}).packages(); err == nil {
		t.Error("no error without sources")
	}
}

func TestPackagesOfGo(t *testing.T) {
	got, err := stdlib{build.Default.GOROOT}.packages()
	if err != nil {
		t.Fatal(err)
	}
	if len(got) < 150 || !slices.IsSorted(got) {
		t.Errorf("%d packages, sorted: %v", len(got), slices.IsSorted(got))
	}
	for path, want := range map[string]bool{
		"fmt": true, "net/http": true, "syscall": true,
		"cmd/go": false, "internal/abi": false, "vendor/golang.org/x/net/idna": false,
	} {
		if slices.Contains(got, path) != want {
			t.Errorf("%s is there: %v, want %v", path, !want, want)
		}
	}
}

func TestLoad(t *testing.T) {
	got, err := small.load(t.Context(), "greet")
	if err != nil {
		t.Fatal(err)
	}
	if got.Parsed <= 0 {
		t.Errorf("Parsed = %v", got.Parsed)
	}
	got.Parsed = 0
	want := PackageDoc{
		ImportPath: "greet",
		Name:       "greet",
		Synopsis:   "Package greet says hello.",
		Doc:        "Package greet says hello.\n\nIt is polite.\n",
		Imports:    []string{"fmt", "io"},
		Consts: []Value{{
			Symbol: Symbol{
				Doc: "How loud a greeting may be.\n", Decl: "const (\n\tSoft = iota\n\tLoud\n)",
				Since: "1.1", File: "greet.go", Line: 12,
			},
			Names: []string{"Soft", "Loud"},
		}},
		Vars: []Value{{
			Symbol: Symbol{
				Doc: "Default is who is greeted when nobody is named.\n", Decl: `var Default = "world"`,
				Since: "1.1", File: "greet.go", Line: 18,
			},
			Names: []string{"Default"},
		}},
		Funcs: []Func{{
			Symbol: Symbol{
				Doc:  "Hello writes a greeting to w.\n\nDeprecated: Use [Greeter.Greet](#Greeter.Greet).\n",
				Decl: "func Hello(w io.Writer)", Since: "1.0", Deprecated: true, File: "greet.go", Line: 23,
			},
			Name: "Hello",
		}, {
			Symbol: Symbol{
				Doc: "Wave greets without a word.\n", Decl: "func Wave()",
				Platforms: []string{"darwin/arm64", "js/wasm", "linux/amd64"}, File: "wave.go", Line: 6,
			},
			Name: "Wave",
		}},
		Types: []Type{{
			Symbol: Symbol{
				Doc:   "A Greeter greets.\n",
				Decl:  "type Greeter struct {\n\tName string // of whom it greets\n\t// contains filtered or unexported fields\n}",
				Since: "1.0", File: "greet.go", Line: 26,
			},
			Name: "Greeter",
			Funcs: []Func{{
				Symbol: Symbol{
					Doc: "New returns a Greeter for name.\n", Decl: "func New(name string) *Greeter",
					Since: "1.1", File: "greet.go", Line: 33,
				},
				Name: "New",
			}},
			Methods: []Func{{
				Symbol: Symbol{
					Doc: "Greet returns a greeting.\n", Decl: "func (g *Greeter) Greet() string",
					Since: "1.1", File: "greet.go", Line: 36,
				},
				Name: "Greet", Recv: "*Greeter",
				Examples: []Example{{
					Code:   "// Ann comes in.\nfmt.Println(greet.New(\"Ann\").Greet())",
					Output: "hello, Ann\n",
				}},
			}},
		}},
		Notes: map[string][]Note{
			"BUG": {{UID: "ann", Body: "It greets in English only.\n", File: "greet.go", Line: 38}},
		},
		Platforms: []string{"darwin/arm64", "js/wasm", "linux/amd64", "windows/amd64"},
		Source:    Source{Files: 3, Lines: 57, Bytes: 930},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}

func TestLoadAbsent(t *testing.T) {
	for _, path := range []string{"no/such/package", "onlytests"} {
		if _, err := small.load(t.Context(), path); !errors.Is(err, cachert.ErrNotFound) {
			t.Errorf("load %s: %v, want ErrNotFound", path, err)
		}
	}
}

func TestSymbol(t *testing.T) {
	for declaration, want := range map[string]string{
		"func Clone([]uint8) []uint8 #45038\n":             "Clone",
		"func Compare[$0 Ordered]($0, $0) int":             "Compare",
		"method (FileMode) IsDir() bool":                   "FileMode.IsDir",
		"method (*Pointer[$0]) Load() *$0":                 "Pointer.Load",
		"type Server struct, DisableOptionsHandler bool\n": "Server",
		"const AF_ALG ideal-int":                           "AF_ALG",
		"var ErrInsecurePath error\n":                      "ErrInsecurePath",
		"method nonsense":                                  "",
		"":                                                 "",
	} {
		if got := symbol(declaration); got != want {
			t.Errorf("symbol(%q) = %q, want %q", declaration, got, want)
		}
	}
}
