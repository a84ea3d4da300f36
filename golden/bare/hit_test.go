package bare

import (
	"bufio"
	"bytes"
	"go/ast"
	"go/parser"
	"go/token"
	"os/exec"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// TestHit reads from the compiler's own account of a hit in memory that nothing of it
// is moved to the heap and that nothing is called but by name: no interface, no closure.
// What it says is kept by go build, and said again the next time.
func TestHit(t *testing.T) {
	cmd := exec.Command("go", "build", "-gcflags=-m -S", ".", "../../runtime/fasttier")
	said, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %v\n%s", cmd, err, tail(said))
	}
	calls := called(said)
	for _, name := range []string{
		"golden/bare.(*SessionCache).Get", "golden/bare.(*SessionCache).GetOrLoad", "golden/bare.(*SessionCache).hit",
		"golden/bare.decodeSession", "runtime/fasttier.(*Tier).Get",
	} {
		callees, ok := calls[module+name]
		if !ok {
			t.Errorf("the compiler says nothing of %s", name)
		}
		if slices.Contains(callees, indirect) {
			t.Errorf("%s calls something that only shows when it runs", name)
		}
		for _, callee := range callees {
			if name != "golden/bare.decodeSession" && allocates.MatchString(callee) { // its strings are the caller's
				t.Errorf("%s allocates: it calls %s", name, callee)
			}
		}
	}
	if !slices.Contains(calls[module+"golden/bare.(*SessionCache).hit"], module+"runtime/fasttier.(*Tier).Get") {
		t.Error("hit does not call the tier by its name")
	}
	first, last := lines(t, "types_cachegen.go", "hit")
	for _, m := range moved.FindAllSubmatch(said, -1) {
		if line, _ := strconv.Atoi(string(m[1])); first <= line && line <= last {
			t.Errorf("of hit: %s", m[0])
		}
	}
}

const (
	module   = "github.com/cachegen/cachegen/"
	indirect = "something"
)

var (
	allocates = regexp.MustCompile(`^runtime\.(newobject|mallocgc|makeslice|convT|slicebytetostring|concatstring)`)
	moved     = regexp.MustCompile(`types_cachegen\.go:(\d+):\d+: (moved to heap: .*|.* escapes to heap)`)
	function  = regexp.MustCompile(`^(\S+) STEXT `)
	call      = regexp.MustCompile(`t=R_CALL(IND)?(?:ARM64)? ?(\S*?)(?:<1>)?\+0$`)
)

// called returns what each function calls.
func called(said []byte) map[string][]string {
	calls := map[string][]string{}
	var name string
	for s := bufio.NewScanner(bytes.NewReader(said)); s.Scan(); {
		if m := function.FindStringSubmatch(s.Text()); m != nil {
			name = m[1]
			calls[name] = []string{}
		} else if m := call.FindStringSubmatch(s.Text()); m != nil {
			callee := m[2]
			if m[1] != "" {
				callee = indirect
			}
			calls[name] = append(calls[name], callee)
		}
	}
	return calls
}

// lines returns where a method begins and ends.
func lines(t *testing.T, file, name string) (first, last int) {
	t.Helper()
	fset := token.NewFileSet()
	f, err := parser.ParseFile(fset, file, nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	for _, decl := range f.Decls {
		if fn, ok := decl.(*ast.FuncDecl); ok && fn.Name.Name == name {
			return fset.Position(fn.Pos()).Line, fset.Position(fn.End()).Line
		}
	}
	t.Fatalf("%s has no %s", file, name)
	return 0, 0
}

func tail(b []byte) string {
	all := strings.Split(string(b), "\n")
	return strings.Join(all[max(0, len(all)-20):], "\n")
}
