package templates

import (
	"bytes"
	gofmt "go/format"
	"strings"
)

// layout returns a declaration as gofmt has it. Templates write functions as they are
// to be, but for the tabs, and these are most of a file: gofmt takes thirty times as
// long to set them, so that it gets only what it has to align, or may want to break.
func layout(decl string) (string, error) {
	if text, ok := indent(decl); ok {
		return text, nil
	}
	text, err := gofmt.Source([]byte(decl))
	return string(bytes.TrimSpace(text)), err
}

// indent sets the tabs of a function or of a constant in one line, and drops its empty
// lines. It reports false for whatever takes more than that.
func indent(decl string) (text string, ok bool) {
	var out strings.Builder
	out.Grow(len(decl) + len(decl)/8)
	depth, begun, remark := 0, false, false
	for line := range strings.Lines(decl) {
		line = strings.TrimSpace(line)
		if line == "" {
			continue
		}
		l, ok := parseLine(line)
		if !ok || l.remark && remark { // one remark below the other: they are aligned
			return "", false
		}
		remark = l.remark
		if l.closes {
			depth--
		}
		switch {
		case l.comment:
		case depth > 0, depth == 0 && l.closes && !l.opens:
		case !begun && (strings.HasPrefix(line, "func ") && l.opens || strings.HasPrefix(line, "const ")):
			begun = true
		default:
			return "", false // another declaration, or a function in one line
		}
		if out.Len() > 0 {
			out.WriteByte('\n')
		}
		for range depth {
			out.WriteByte('\t')
		}
		out.WriteString(line)
		if l.opens {
			depth++
		}
	}
	return out.String(), begun && depth == 0
}

// sourceLine is what indent has to know of a line.
type sourceLine struct {
	comment bool // it is nothing else
	remark  bool // it ends in a comment
	closes  bool // the block before it
	opens   bool // a block
}

// parseLine reports false for a line that gofmt may lay out in another way: part of a
// literal, a type or a call in several lines, or a comment that is more than prose.
func parseLine(line string) (l sourceLine, ok bool) {
	if prose, is := strings.CutPrefix(line, "//"); is {
		l.comment = true
		return l, len(prose) > 1 && prose[0] == ' ' && isLetter(prose[1])
	}
	code := line
	if rest, is := strings.CutPrefix(line, "}"); is {
		l.closes, code = true, rest
	}
	code, l.remark, ok = balanced(code)
	if !ok || strings.Contains(code, "struct") {
		return l, false
	}
	head, opens := strings.CutSuffix(code, "{")
	l.opens = opens
	switch {
	case l.closes && l.opens:
		return l, head == " else " || strings.HasPrefix(head, " else if ")
	case l.closes:
		return l, head == ""
	case l.opens:
		return l, strings.HasPrefix(head, "func ") || strings.HasPrefix(head, "if ") || strings.HasPrefix(head, "for ")
	}
	return l, true
}

// balanced cuts the comment from a line of code. It reports false if a bracket stays
// open, other than a brace at the end.
func balanced(line string) (code string, remark, ok bool) {
	depth := 0
	for i := 0; i < len(line); i++ {
		switch c := line[i]; c {
		case '(', '[', '{':
			depth++
		case ')', ']', '}':
			if depth--; depth < 0 {
				return "", false, false
			}
		case '"', '\'':
			for i++; i < len(line) && line[i] != c; i++ {
				if line[i] == '\\' {
					i++
				}
			}
		case '`':
			return "", false, false
		case '/':
			if strings.HasPrefix(line[i:], "/*") {
				return "", false, false
			}
			if strings.HasPrefix(line[i:], "//") {
				line, remark = strings.TrimRight(line[:i], " "), true
			}
		}
	}
	if strings.HasSuffix(line, "{") {
		depth--
	}
	return line, remark, depth == 0 && (!goesOn(line) || strings.HasSuffix(line, "++") || strings.HasSuffix(line, "--"))
}

// goesOn reports whether a line ends within an expression, or is a label.
func goesOn(line string) bool {
	return line != "" && strings.IndexByte("+-*/%&|^<>=!,.:", line[len(line)-1]) >= 0
}

func isLetter(c byte) bool { return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' }
