package load

import "go/token"

// unbuilt lists what an annotation can say and no code is generated for yet.
// A line goes when its feature comes.
var unbuilt = []missing{
	{verb: "cache", option: "lease"},
}

// missing is an option that cannot be used yet: with one value, or at all. pos is
// set where it was used nevertheless.
type missing struct {
	verb, option string
	value        string
	pos          token.Pos
}

// note collects the options of a directive that are not built. They are
// reported once the block has no other mistakes.
func (b *block) note(d directive, opts given) {
	for _, m := range unbuilt {
		v, ok := opts[m.option]
		if !ok || m.verb != d.verb || m.value != "" && v.text != m.value {
			continue
		}
		m.value, m.pos = v.text, v.pos
		b.unbuilt = append(b.unbuilt, m)
	}
}

// refuse reports what the block uses and is not built yet.
func (b *block) refuse(r reporter) {
	for _, m := range b.unbuilt {
		b.bad = true
		if m.option == "engine" {
			r.at(m.pos, "", "engine %s is not supported yet", m.value)
		} else {
			r.at(m.pos, "", "%s=%s is not supported yet", m.option, m.value)
		}
	}
}
