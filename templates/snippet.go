package templates

import (
	"fmt"
	"maps"
	"strings"

	"github.com/dave/jennifer/jen"
)

// vars are what the names behind $ in a snippet stand for: strings and numbers,
// or code that jennifer has to render because it mentions an import.
type vars map[string]any

// snippet is Go source with holes in it, as gofmt has it but for the tabs. $name is a
// variable; $pkg.Name is a name of one of the packages in the table of imports, and so
// imports it.
//
//	g.snippet("$v = make($T, $n)", vars{"v": "v.Tags", "T": t, "n": 3})
func (g *gen) snippet(text string, v vars) *jen.Statement {
	var code []jen.Code
	var raw strings.Builder
	flush := func() {
		if raw.Len() > 0 {
			code = append(code, jen.Op(raw.String()))
			raw.Reset()
		}
	}
	for {
		before, rest, found := strings.Cut(text, "$")
		raw.WriteString(before)
		if !found {
			flush()
			return join(code...)
		}
		name := identifier(rest)
		text = rest[len(name):]
		if inner, ok := strings.CutPrefix(rest, "{"); ok { // ${name}: what follows is no part of it
			name = identifier(inner)
			text = inner[len(name)+1:]
		}
		if path, ok := imports[name]; ok && strings.HasPrefix(text, ".") {
			member := identifier(text[1:])
			text = text[1+len(member):]
			flush()
			code = append(code, jen.Qual(path, member))
			continue
		}
		switch value := v[name].(type) {
		case nil:
			panic(fmt.Sprintf("cachegen bug: no $%s for %q", name, rest))
		case jen.Code:
			flush()
			code = append(code, value)
		case string:
			raw.WriteString(value)
		default:
			fmt.Fprint(&raw, value)
		}
	}
}

// join returns pieces of code as one, with nothing between them. A Statement of jennifer
// has blanks there, and leaves it to gofmt to take them away.
func join(code ...jen.Code) *jen.Statement { return jen.Custom(jen.Options{}, code...) }

// identifier returns the identifier at the front of text.
func identifier(text string) string {
	n := strings.IndexFunc(text, func(r rune) bool {
		return r != '_' && (r < '0' || r > '9') && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z')
	})
	if n < 0 {
		return text
	}
	return text[:n]
}

// block is the statements of a function, as they are written.
type block struct {
	g     *gen
	code  []jen.Code
	names map[string]int
}

func (g *gen) block() *block { return &block{g: g, names: map[string]int{}} }

// add appends a snippet.
func (b *block) add(text string, v vars) { b.code = append(b.code, b.g.snippet(text, v)) }

// nested returns a block for the statements inside a loop or a condition: it sees
// the local names around it, and keeps its own to itself.
func (b *block) nested() *block { return &block{g: b.g, names: maps.Clone(b.names)} }

// local returns a name for a variable: the stem, with a number from its second
// use in the same scope on.
func (b *block) local(stem string) string {
	b.names[stem]++
	return b.latest(stem)
}

// latest returns the name that local has given last.
func (b *block) latest(stem string) string {
	if n := b.names[stem]; n > 1 {
		return fmt.Sprint(stem, n)
	}
	return stem
}

// assign returns how a variable of a block gets a value: it is declared by the first
// use that the block can see.
func (b *block) assign(name string) string {
	if b.names[name] > 0 {
		return "="
	}
	b.names[name]++
	return ":="
}

// lines returns the statements, one a line.
func (b *block) lines() jen.Code {
	return jen.Custom(jen.Options{Separator: "\n"}, b.code...)
}
