package load

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/cachegen/cachegen/generator/model"
)

// tier is one //cachegen:tier directive.
type tier struct {
	model.Tier
	label arg
	opts  given
}

var engines = []string{
	string(model.Fastcache), string(model.Otter), string(model.Redis),
	string(model.Badger), string(model.Backend),
}

// leastFastcache is what a fastcache takes, however little it is asked for.
const leastFastcache = 32 << 20

// addTier reads label = engine(args) option=value and so on.
func (b *block) addTier(r reporter, d directive) {
	label, rest, ok := r.named(d, "label = engine")
	if !ok {
		b.unread = true
		return
	}
	t := &tier{label: label, Tier: model.Tier{
		Label:    label.text,
		Field:    fieldName(label.text),
		Codec:    "binary",
		Compress: "none",
	}}
	rest, ok = t.readEngine(r, rest)
	if !ok {
		b.tiers = append(b.tiers, t) // known to the compositions all the same
		return
	}
	engine := arg{text: string(t.Engine), pos: rest[0].pos}
	t.opts = setOptions(r, "tier", tierOptions, &t.Tier, rest[1:])
	t.opts["engine"] = engine
	t.fits(r)
	if t.Engine == model.Redis && !t.opts.has("timeout") {
		t.Timeout = defaultRedisTimeout
	}
	if t.Engine == model.Redis && !t.opts.has("max-value") {
		t.MaxValue = defaultRedisMax
	}
	b.tiers = append(b.tiers, t)
}

// fits reports the options that mean nothing to the engine of the tier, and
// completes those that only it has.
func (t *tier) fits(r reporter) {
	if t.Engine != model.Otter {
		if v, ok := t.opts["share"]; ok {
			r.at(v.pos, "the other engines give each caller a copy anyway", "share= is an option of otter, not of %s", t.Engine)
		}
		return
	}
	for _, name := range []string{"codec", "compress", "max-value"} {
		if v, ok := t.opts[name]; ok {
			r.at(v.pos, "leave it out, or use fastcache for encoded entries",
				"%s= means nothing to otter, which keeps values as they are and encodes nothing", name)
		}
	}
	if t.Share == "" {
		t.Share = "clone"
	}
}

// named reads the label and the = that a directive begins with, and returns
// what follows: at least one argument.
func (r reporter) named(d directive, form string) (label arg, rest []arg, ok bool) {
	usage := fmt.Sprintf("//%s:%s %s, with spaces around the =", tool, d.verb, form)
	switch {
	case len(d.args) == 0:
		r.at(d.verbPos(), usage, "//%s:%s is empty", tool, d.verb)
		return label, nil, false
	case len(d.args) < 3 || d.args[1].text != "=":
		r.at(d.args[0].pos, usage, "//%s:%s does not begin with %q", tool, d.verb, form)
		return label, nil, false
	}
	label = d.args[0]
	if !isLabel(label.text) {
		hint := "a label is made of a-z, 0-9 and _, and begins with a letter"
		if lower := strings.ToLower(strings.ReplaceAll(label.text, "-", "_")); isLabel(lower) {
			hint = fmt.Sprintf("did you mean %q?", lower)
		}
		r.at(label.pos, hint, "%q is no label", label.text)
		return label, nil, false
	}
	return label, d.args[2:], true
}

var engineForm = regexp.MustCompile(`^([A-Za-z0-9_-]+)(?:\((.*)\))?$`)

// readEngine reads engine(args), and returns it as one argument in front of
// the options, even if spaces have torn it.
func (t *tier) readEngine(r reporter, args []arg) ([]arg, bool) {
	e, rest := args[0], args[1:]
	for strings.Contains(e.text, "(") && !strings.Contains(e.text, ")") && len(rest) > 0 {
		next := rest[0]
		gap := max(int(next.pos-e.pos)-len(e.text), 1)
		e.text += strings.Repeat(" ", gap) + next.text
		rest = rest[1:]
	}
	if len(rest) > 0 && strings.HasPrefix(rest[0].text, "(") {
		r.at(rest[0].pos, "write "+e.text+rest[0].text, "space in front of the parenthesis")
		return nil, false
	}
	m := engineForm.FindStringSubmatchIndex(e.text)
	if m == nil {
		r.at(e.pos, "an engine is written as fastcache(64MiB) or redis", "%q is no engine", e.text)
		return nil, false
	}
	name := e.text[:m[3]]
	if _, err := choice(name, engines...); err != nil {
		r.at(e.pos, didYouMean(name, engines), "unknown engine %q", name)
		return nil, false
	}
	t.Engine = model.Engine(name)
	value := arg{pos: e.at(len(name))}
	if m[4] >= 0 {
		value = arg{text: e.text[m[4]:m[5]], pos: e.at(m[4])}
	}
	if err := t.setSize(value.text, m[4] >= 0); err != nil {
		r.value(name, value.pos, err)
		return nil, false
	}
	return append([]arg{e}, rest...), true
}

// setSize reads what stands in the parentheses of the engine.
func (t *tier) setSize(s string, given bool) (err error) {
	switch t.Engine {
	case model.Fastcache:
		if s == "" {
			return &wrong{msg: "the size is missing", hint: "write fastcache(64MiB)"}
		}
		if t.Size, err = size(s); err != nil {
			return err
		}
		if t.Size < leastFastcache {
			return &wrong{msg: fmt.Sprintf("%s is below 32MiB, the least that a fastcache takes", s), hint: "write fastcache(32MiB)"}
		}
	case model.Otter:
		if s == "" {
			return &wrong{msg: "the number of entries is missing", hint: "write otter(10000)"}
		}
		t.Size, err = count(s)
	default:
		if given {
			return &wrong{msg: "takes no arguments", hint: fmt.Sprintf("write %s; options follow it", t.Engine)}
		}
	}
	return err
}
