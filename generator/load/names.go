package load

import (
	"go/token"
	"go/types"
	"strings"
	"unicode"
	"unicode/utf8"
)

// isIdent reports whether s can name something in Go.
func isIdent(s string) bool { return token.IsIdentifier(s) }

// isLabel reports whether s can name a tier or a composition.
func isLabel(s string) bool {
	for i, r := range s {
		lower := 'a' <= r && r <= 'z'
		if !lower && (i == 0 || r != '_' && (r < '0' || r > '9')) {
			return false
		}
	}
	return s != ""
}

// predeclared reports whether s is a name that every Go file knows.
func predeclared(s string) bool { return types.Universe.Lookup(s) != nil }

// fieldName returns the name of the config field of a label: my_tier → MyTier.
func fieldName(label string) string {
	var b strings.Builder
	for part := range strings.SplitSeq(label, "_") {
		b.WriteString(upperFirst(part))
	}
	return b.String()
}

// keyName returns the exported name of a part of a key: tenant → Tenant,
// page_no → PageNo, SKU → SKU.
func keyName(part string) string {
	name := fieldName(part)
	if r, _ := utf8.DecodeRuneInString(name); !unicode.IsUpper(r) {
		return "X" + name // no letter, or one of a script without capitals
	}
	return name
}

func upperFirst(s string) string {
	r, n := utf8.DecodeRuneInString(s)
	if n == 0 {
		return ""
	}
	return string(unicode.ToUpper(r)) + s[n:]
}

// RootLabel returns the label of a cache without tiers of its own, made from
// the name of its type: HTTPPage → http_page.
func RootLabel(typ string) string {
	var b strings.Builder
	runes := []rune(typ)
	for i, r := range runes {
		switch {
		case unicode.IsUpper(r):
			afterWord := i > 0 && (unicode.IsLower(runes[i-1]) || unicode.IsDigit(runes[i-1]))
			endOfCaps := i > 0 && unicode.IsUpper(runes[i-1]) && i+1 < len(runes) && unicode.IsLower(runes[i+1])
			if afterWord || endOfCaps {
				b.WriteByte('_')
			}
			r = unicode.ToLower(r)
		}
		if isLabel("a" + string(r)) {
			b.WriteRune(r)
		}
	}
	label := strings.TrimLeft(b.String(), "_0123456789")
	if label == "" {
		return "cache" // a name without a letter that a label can have
	}
	return label
}

// nearest returns the candidate that s was probably meant to be, or "".
func nearest(s string, candidates []string) string {
	best, least := "", min(max(len(s)/2, 1), 2)+1
	for _, c := range candidates {
		d := distance(strings.ToLower(s), strings.ToLower(c))
		if d < least && d < len(c) {
			best, least = c, d
		}
	}
	return best
}

// didYouMean returns a hint at the nearest candidate, or else at all of them.
func didYouMean(s string, candidates []string) string {
	switch c := nearest(s, candidates); {
	case c != "":
		return "did you mean \"" + c + "\"?"
	case len(candidates) == 0:
		return ""
	default:
		return "one of " + strings.Join(candidates, ", ")
	}
}

// distance is the number of runes to insert, delete, replace or swap with
// their neighbours on the way from a to b.
func distance(a, b string) int {
	s, t := []rune(a), []rune(b)
	var before []int // the row of two runes ago
	above := make([]int, len(t)+1)
	for j := range above {
		above[j] = j
	}
	for i := range s {
		row := make([]int, len(t)+1)
		row[0] = i + 1
		for j := range t {
			cost := 1
			if s[i] == t[j] {
				cost = 0
			}
			row[j+1] = min(above[j+1]+1, row[j]+1, above[j]+cost)
			if i > 0 && j > 0 && s[i] == t[j-1] && s[i-1] == t[j] {
				row[j+1] = min(row[j+1], before[j-1]+1)
			}
		}
		before, above = above, row
	}
	return above[len(t)]
}
