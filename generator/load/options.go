package load

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/cachegen/cachegen/generator/model"
	"github.com/cachegen/cachegen/policy"
)

// option is one option=value of a verb, and what it sets in the T that the
// verb describes.
type option[T any] struct {
	name string
	set  func(t *T, value string) error
}

var cacheOptions = []option[block]{
	{"name", func(b *block, s string) (err error) { b.Name, err = goName(s); return }},
	{"key", func(*block, string) error { return nil }}, // waits for the type to be known
	{"namespace", func(b *block, s string) (err error) { b.Namespace, err = namespace(s); return }},
	{"ttl", func(b *block, s string) (err error) { b.TTL, err = duration(s); return }},
	{"stale", func(b *block, s string) (err error) { b.Stale, err = duration(s); return }},
	{"on-stale", func(b *block, s string) (err error) {
		b.OnStale, err = choose[policy.OnStale](policy.OnStales, s)
		return
	}},
	{"concurrency", func(b *block, s string) error { n, err := count(s); b.Concurrency = int(n); return err }},
	{"load-timeout", func(b *block, s string) (err error) { b.LoadTimeout, err = duration(s); return }},
	{"jitter", func(b *block, s string) (err error) { b.Jitter, err = percent(s); return }},
	{"absent", func(b *block, s string) (err error) { b.Absent, err = duration(s); return }},
	{"fail-safe", func(b *block, s string) (err error) { b.FailSafe, err = duration(s); return }},
	{"eager", func(b *block, s string) (err error) { b.Eager, err = percent(s); return }},
	{"lease", func(b *block, s string) (err error) { b.Lease, err = duration(s); return }},
	{"slot", func(b *block, s string) error { b.Slot = s; return nil }}, // waits for the key to be known
	{"strings", func(b *block, s string) error {
		v, err := choice(s, "shared", "own")
		b.OwnStrings = v == "own"
		return err
	}},
	{"maps", func(b *block, s string) error {
		v, err := choice(s, "any", "sorted")
		b.SortedMaps = v == "sorted"
		return err
	}},
}

var tierOptions = []option[model.Tier]{
	{"codec", func(t *model.Tier, s string) (err error) {
		t.Codec, err = choice(s, "binary", "json", "msgpack", "custom")
		return
	}},
	{"compress", func(t *model.Tier, s string) (err error) {
		t.Compress, err = choice(s, "none", "gzip", "zstd", "s2")
		return
	}},
	{"ttl", func(t *model.Tier, s string) (err error) { t.TTL, err = duration(s); return }},
	{"timeout", func(t *model.Tier, s string) (err error) { t.Timeout, err = duration(s); return }},
	{"max-value", func(t *model.Tier, s string) (err error) { t.MaxValue, err = size(s); return }},
	{"share", func(t *model.Tier, s string) (err error) { t.Share, err = choice(s, "clone", "readonly"); return }},
}

var composeOptions = []option[model.Node]{
	{"read", func(n *model.Node, s string) (err error) { n.Read, err = choose[policy.Read](policy.Reads, s); return }},
	{"write", func(n *model.Node, s string) (err error) {
		n.Write, err = choose[policy.Write](policy.Writes, s)
		return
	}},
	{"refill", func(n *model.Node, s string) (err error) {
		n.Refill, err = choose[policy.Refill](policy.Refills, s)
		return
	}},
	{"loser", func(n *model.Node, s string) (err error) {
		n.Loser, err = choose[policy.Loser](policy.Losers, s)
		return
	}},
}

// given are the options of a directive as written, by name; each arg is the
// value alone.
type given map[string]arg

// setOptions applies the arguments of a directive to what the directive
// describes, and returns the options as they were written.
func setOptions[T any](r reporter, verb string, options []option[T], target *T, args []arg) given {
	opts := given{}
	for name, value := range r.pairs(args) {
		i := 0
		for i < len(options) && options[i].name != name.text {
			i++
		}
		if i == len(options) {
			r.at(name.pos, optionHint(verb, name.text), "//%s:%s: unknown option %q", tool, verb, name.text)
			continue
		}
		if first, ok := opts[name.text]; ok {
			r.at(name.pos, "", "option %s is given twice, first with %q", name.text, first.text)
			continue
		}
		opts[name.text] = value
		if err := options[i].set(target, value.text); err != nil {
			r.value(name.text, value.pos, err)
			delete(opts, name.text) // what else depends on it cannot be judged
			opts["!"+name.text] = value
		}
	}
	return opts
}

// has reports whether an option was written, with a good value or a bad one.
func (g given) has(name string) bool {
	_, good := g[name]
	_, bad := g["!"+name]
	return good || bad
}

// pairs yields the options among args as name and value, and reports every
// argument that is none.
func (r reporter) pairs(args []arg) func(yield func(name, value arg) bool) {
	return func(yield func(name, value arg) bool) {
		for i := 0; i < len(args); i++ {
			a := args[i]
			name, value, ok := strings.Cut(a.text, "=")
			v := arg{value, a.at(len(name) + 1), false}
			switch {
			case !ok && i+1 < len(args) && strings.HasPrefix(args[i+1].text, "="), ok && (name == "" || value == ""):
				var more int
				name, v.text, more = r.spaced(args, i)
				i += more
				if name == "" || v.text == "" {
					continue
				}
			case !ok:
				r.stray(args, i)
				continue
			case !a.quoted && strings.ContainsRune("\"`", rune(value[0])):
				r.at(v.pos, fmt.Sprintf("write \"%s=...\"", name), "quotes go around the whole argument, not around the value of %s", name)
				i += quotedRest(args[i:])
				continue
			case i+1 < len(args) && unitForm.MatchString(args[i+1].text) && strings.Trim(value, "0123456789.") == "":
				r.stray(args, i+1)
				i++
				v.text += args[i].text
			}
			if !yield(arg{name, a.at(0), false}, v) {
				return
			}
		}
	}
}

// spaced reports an option that is torn by spaces around its =, or has no
// value. It returns the option as it was meant, and how many further arguments
// belong to it.
func (r reporter) spaced(args []arg, i int) (name, value string, more int) {
	text := args[i].text
	join := func() {
		next := i + more + 1
		if next < len(args) && !strings.Contains(strings.TrimPrefix(args[next].text, "="), "=") {
			text += args[next].text
			more++
		}
	}
	if !strings.Contains(text, "=") {
		join() // = or =value
	}
	if strings.HasSuffix(text, "=") {
		join() // value
	}
	name, value, _ = strings.Cut(text, "=")
	switch {
	case name == "":
		r.at(args[i].pos, "an option is written as name=value", "%q has no name", text)
	case value == "":
		r.at(args[i].pos, "", "option %s has no value", name)
	default:
		r.at(args[i].pos, "write "+text, "spaces around the = of option %s", name)
	}
	return name, value, more
}

var unitForm = regexp.MustCompile(`^(B|KB|MB|GB|KiB|MiB|GiB|ns|us|µs|ms|s|m|h|%)\)?$`)

// stray reports an argument that is no option.
func (r reporter) stray(args []arg, i int) {
	a := args[i]
	before := ""
	if i > 0 && strings.Contains(args[i-1].text, "=") {
		before = args[i-1].text
	}
	switch {
	case before != "" && unitForm.MatchString(a.text):
		r.at(a.pos, "write "+before+a.text, "space before the unit %q", a.text)
	case before != "":
		r.at(a.pos, fmt.Sprintf("an argument with spaces is quoted whole: %q", before+" "+a.text), "unexpected %q", a.text)
	default:
		r.at(a.pos, "an option is written as name=value", "unexpected %q", a.text)
	}
}

// quotedRest returns how many arguments after the first belong to a value
// whose quotes begin in the first.
func quotedRest(args []arg) int {
	for i, a := range args {
		if end := a.text[len(a.text)-1]; end == '"' || end == '`' {
			return i
		}
	}
	return len(args) - 1
}

// optionHint points at the verb that has the option, or at the nearest option.
func optionHint(verb, name string) string {
	all := map[string][]string{
		"cache": optionNames(cacheOptions), "tier": optionNames(tierOptions), "compose": optionNames(composeOptions),
	}
	for _, v := range verbs {
		for _, n := range all[v] {
			if n == name {
				return fmt.Sprintf("%s= belongs to //%s:%s", name, tool, v)
			}
		}
	}
	return didYouMean(name, all[verb])
}

func optionNames[T any](options []option[T]) []string {
	names := make([]string, len(options))
	for i, o := range options {
		names[i] = o.name
	}
	return names
}
