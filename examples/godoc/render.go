package main

import (
	"go/ast"
	"go/doc"
	"go/printer"
	"go/token"
	"path/filepath"
	"regexp"
	"strings"
)

// renderer turns what was found out about a package into its documentation.
type renderer struct {
	parsed
	since     map[string]string   // by symbol
	platforms []string            // of the package
	on        map[string][]string // platforms by symbol
}

func (r *renderer) render() PackageDoc {
	return PackageDoc{
		ImportPath: r.ImportPath,
		Name:       r.Name,
		Synopsis:   r.Synopsis(r.Doc),
		Doc:        r.text(r.Doc),
		Imports:    r.Imports,
		Consts:     each(r.Consts, r.value),
		Vars:       each(r.Vars, r.value),
		Funcs:      each(r.Funcs, r.function),
		Types:      each(r.Types, r.typ),
		Examples:   each(r.Examples, r.example),
		Notes:      r.notes(),
		Platforms:  r.platforms,
		Source:     r.source,
	}
}

// each returns f of every element of list, and nil if there are none.
func each[In, Out any](list []In, f func(In) Out) []Out {
	if len(list) == 0 {
		return nil
	}
	out := make([]Out, len(list))
	for i, in := range list {
		out[i] = f(in)
	}
	return out
}

func (r *renderer) value(v *doc.Value) Value {
	return Value{Symbol: r.symbol(v.Names[0], v.Doc, v.Decl), Names: v.Names}
}

func (r *renderer) function(f *doc.Func) Func {
	name := f.Name
	if f.Recv != "" {
		name = strings.TrimPrefix(f.Recv, "*") + "." + f.Name
	}
	return Func{
		Symbol:   r.symbol(name, f.Doc, f.Decl),
		Name:     f.Name,
		Recv:     f.Recv,
		Examples: each(f.Examples, r.example),
	}
}

func (r *renderer) typ(t *doc.Type) Type {
	return Type{
		Symbol:   r.symbol(t.Name, t.Doc, t.Decl),
		Name:     t.Name,
		Consts:   each(t.Consts, r.value),
		Vars:     each(t.Vars, r.value),
		Funcs:    each(t.Funcs, r.function),
		Methods:  each(t.Methods, r.function),
		Examples: each(t.Examples, r.example),
	}
}

func (r *renderer) symbol(name, comment string, decl ast.Decl) Symbol {
	s := Symbol{
		Doc:        r.text(comment),
		Decl:       r.code(decl),
		Since:      r.since[name],
		Deprecated: strings.HasPrefix(comment, "Deprecated: ") || strings.Contains(comment, "\n\nDeprecated: "),
	}
	if on := r.on[name]; len(on) < len(r.platforms) {
		s.Platforms = on
	}
	s.File, s.Line = r.position(decl.Pos())
	return s
}

func (r *renderer) example(e *doc.Example) Example {
	return Example{
		Suffix:    e.Suffix,
		Doc:       r.text(e.Doc),
		Code:      body(r.code(&printer.CommentedNode{Node: e.Code, Comments: e.Comments})),
		Output:    e.Output,
		Unordered: e.Unordered,
	}
}

func (r *renderer) notes() map[string][]Note {
	if len(r.Notes) == 0 {
		return nil
	}
	notes := make(map[string][]Note, len(r.Notes))
	for marker, list := range r.Notes {
		notes[marker] = each(list, func(n *doc.Note) Note {
			file, line := r.position(n.Pos)
			return Note{UID: n.UID, Body: r.text(n.Body), File: file, Line: line}
		})
	}
	return notes
}

// text renders a comment.
func (r *renderer) text(comment string) string {
	return string(r.Markdown(comment))
}

// code prints a node as gofmt would, without the comment above it: that has been
// rendered as text. What cannot be printed is left out.
func (r *renderer) code(node any) string {
	if decl, ok := node.(*ast.GenDecl); ok {
		bare := *decl
		bare.Doc = nil
		node = &bare
	}
	var b strings.Builder
	config := printer.Config{Mode: printer.UseSpaces | printer.TabIndent, Tabwidth: 8}
	if err := config.Fprint(&b, r.fset, node); err != nil {
		return ""
	}
	return b.String()
}

// outputComment begins the comment with the output of an example.
var outputComment = regexp.MustCompile(`(?i)\n\s*//\s*(unordered )?output:`)

// body returns what is between the braces of a block, one indent to the left, and
// up to the output that is told apart. A whole file stays as it is.
func body(code string) string {
	inner, ok := strings.CutPrefix(code, "{\n")
	if !ok {
		return code
	}
	inner = strings.TrimSuffix(inner, "\n}")
	if at := outputComment.FindStringIndex(inner); at != nil {
		inner = inner[:at[0]]
	}
	return strings.ReplaceAll(strings.TrimPrefix(inner, "\t"), "\n\t", "\n")
}

func (r *renderer) position(p token.Pos) (file string, line int) {
	at := r.fset.Position(p)
	return filepath.Base(at.Filename), at.Line
}
