package load

import (
	"fmt"
	"go/ast"
	"go/token"
	"regexp"
	"slices"
	"strings"
)

const tool = "cachegen"

var verbs = []string{"cache", "tier", "compose"}

// directive is one //cachegen:verb line.
type directive struct {
	verb string
	pos  token.Pos
	args []arg
}

// verbPos is the position of the verb.
func (d directive) verbPos() token.Pos { return d.pos + token.Pos(len("//"+tool+":")) }

// arg is one token of a directive.
type arg struct {
	text   string
	pos    token.Pos
	quoted bool
}

// at returns the position of the i-th byte of the text.
func (a arg) at(i int) token.Pos {
	if a.quoted {
		i++
	}
	return a.pos + token.Pos(i)
}

// directives returns what a comment group says to this tool, and reports what
// was only meant to.
func (r reporter) directives(g *ast.CommentGroup) []directive {
	var found []directive
	for _, c := range g.List {
		d, ok := ast.ParseDirective(c.Pos(), c.Text)
		switch {
		case !ok:
			r.nearMiss(c)
		case d.Tool == tool:
			found = append(found, directive{d.Name, d.Slash, r.args(d)})
		case slices.Contains(verbs, d.Name) && nearest(d.Tool, []string{tool}) != "":
			r.at(c.Pos(), fmt.Sprintf("did you mean //%s:%s?", tool, d.Name), "//%s:%s: unknown tool %q", d.Tool, d.Name, d.Tool)
		}
	}
	return found
}

// args splits the arguments of a directive. Of malformed ones it returns
// what stands in front of the mistake.
func (r reporter) args(d ast.Directive) []arg {
	list, err := d.ParseArgs()
	if err != nil {
		// The error ends in what could not be read.
		_, rest, _ := strings.Cut(err.Error(), fmt.Sprintf("//%s:%s: ", d.Tool, d.Name))
		good := d
		good.Args = strings.TrimSuffix(d.Args, rest)
		list, _ = good.ParseArgs()
		if !slices.ContainsFunc(list, func(a ast.DirectiveArg) bool { return isComment(a.Arg) }) {
			r.at(d.ArgsPos+token.Pos(len(good.Args)), "", "malformed quoted argument")
		}
	}
	var args []arg
	for _, a := range list {
		quoted := strings.ContainsRune("\"`", rune(d.Args[a.Pos-d.ArgsPos]))
		if !quoted && isComment(a.Arg) {
			r.at(a.Pos, "put the comment on a line of its own", "trailing comment after the arguments of //%s:%s", d.Tool, d.Name)
			break
		}
		args = append(args, arg{a.Arg, a.Pos, quoted})
	}
	return args
}

func isComment(s string) bool {
	return strings.HasPrefix(s, "//") || strings.HasPrefix(s, "/*") || strings.HasPrefix(s, "#")
}

// almost matches the start of a comment that may have been meant as a
// directive: 1 the opening, 2 space, 3 the tool, 4 the colon with spaces, 5 the verb.
var almost = regexp.MustCompile(`^(//|/\*)(\s*)((?i)cachegen)(\s*:\s*|\s+)([A-Za-z]+)`)

// nearMiss reports a comment that Go does not take for a directive although it
// was meant as one. Prose and examples that name the tool pass.
func (r reporter) nearMiss(c *ast.Comment) {
	m := almost.FindStringSubmatch(c.Text)
	if m == nil {
		if strings.HasPrefix(c.Text, "//"+tool+":") {
			r.at(c.Pos(), "one of "+strings.Join(verbs, ", "), "//%s: verb missing", tool)
		}
		return
	}
	open, space, name, colon, verb := m[1], m[2], m[3], m[4], strings.ToLower(m[5])
	if v := nearest(verb, verbs); v != "" {
		verb = v
	}
	block := open == "/*"
	code := !block && (strings.Contains(space, "\t") || len(space) > 3)
	prose := space != "" && colon != ":"
	if code || prose || !slices.Contains(verbs, verb) {
		return
	}
	why := "directives are in lower case"
	switch {
	case block:
		why = "directives are line comments"
	case space != "":
		why = "remove the space after //"
	case colon != ":":
		why = "a colon without spaces follows the tool"
	}
	r.at(c.Pos(), fmt.Sprintf("write //%s:%s", tool, verb), "%q is no directive: %s", open+space+name+colon+m[5], why)
}

// annotation is a type with the directives of its doc comment.
type annotation struct {
	spec       *ast.TypeSpec
	directives []directive
}

// annotations returns the annotated types of a file in source order, and
// reports directives that hang on anything else.
func (r reporter) annotations(f *ast.File) []annotation {
	var found []annotation
	docs := map[*ast.CommentGroup]bool{}
	for _, d := range f.Decls {
		gen, ok := d.(*ast.GenDecl)
		if !ok || gen.Tok != token.TYPE {
			continue
		}
		for _, s := range gen.Specs {
			a := annotation{spec: s.(*ast.TypeSpec)}
			if gen.Doc != nil && len(gen.Specs) == 1 {
				docs[gen.Doc] = true
				a.directives = r.directives(gen.Doc)
			}
			if doc := a.spec.Doc; doc != nil && doc != gen.Doc {
				docs[doc] = true
				a.directives = append(a.directives, r.directives(doc)...)
			}
			if len(a.directives) > 0 {
				found = append(found, a)
			}
		}
	}
	for _, g := range f.Comments {
		if docs[g] {
			continue
		}
		if list := r.directives(g); len(list) > 0 {
			d := list[0]
			r.at(d.pos, "put it into the doc comment directly above the type", "//%s:%s hangs on %s, not on a type", tool, d.verb, owner(f, g))
		}
	}
	return found
}

// owner says in words what a comment group belongs to.
func owner(f *ast.File, g *ast.CommentGroup) string {
	if g.Pos() < f.Package {
		return "the package"
	}
	for _, d := range f.Decls {
		if g.Pos() > d.End() && !sameLine(d, g) {
			continue
		}
		switch d := d.(type) {
		case *ast.FuncDecl:
			if g == d.Doc {
				return "func " + d.Name.Name
			}
			if g.Pos() > d.Pos() {
				return "something inside func " + d.Name.Name
			}
		case *ast.GenDecl:
			if g == d.Doc || g.Pos() > d.Pos() {
				return declared(d, g)
			}
		}
	}
	return "nothing"
}

// declared says in words what part of a declaration a comment belongs to.
func declared(d *ast.GenDecl, g *ast.CommentGroup) string {
	kind := map[token.Token]string{token.IMPORT: "an import", token.VAR: "a variable", token.CONST: "a constant"}[d.Tok]
	if kind != "" {
		return kind
	}
	if g == d.Doc {
		return "a group of types"
	}
	words := "nothing"
	ast.Inspect(d, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.TypeSpec:
			if n.Pos() < g.Pos() && g.Pos() < n.End() {
				words = "something inside type " + n.Name.Name
			} else if g == n.Comment {
				words = "the line of type " + n.Name.Name
			}
		case *ast.Field:
			if (g == n.Doc || g == n.Comment) && len(n.Names) > 0 {
				words = "field " + n.Names[0].Name
			}
		}
		return true
	})
	return words
}

// sameLine reports whether nothing but blanks can stand between a declaration
// and a comment behind it: a line comment follows its specification there.
func sameLine(d ast.Decl, g *ast.CommentGroup) bool {
	gen, ok := d.(*ast.GenDecl)
	if !ok {
		return false
	}
	for _, s := range gen.Specs {
		switch s := s.(type) {
		case *ast.TypeSpec:
			ok = s.Comment == g
		case *ast.ValueSpec:
			ok = s.Comment == g
		case *ast.ImportSpec:
			ok = s.Comment == g
		}
		if ok {
			return true
		}
	}
	return false
}
