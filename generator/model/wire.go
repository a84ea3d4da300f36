package model

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"strings"
)

// Fingerprint returns the 64 bits that tell the stored form of one cache from
// every other: the package, the cache and its key, and the shape of the value
// as far as it is stored. With a namespace of its own the names of the package
// and the cache stay out, so that programs which agree on the rest share their
// entries. It is the first half of a SHA-256 sum over Canonical, in big endian.
func (c *Cache) Fingerprint() uint64 {
	sum := sha256.Sum256([]byte(c.Canonical()))
	return binary.BigEndian.Uint64(sum[:8])
}

// Canonical returns the text that Fingerprint sums.
func (c *Cache) Canonical() string {
	var b strings.Builder
	fmt.Fprintf(&b, "format 2\n")
	if c.Namespace != "" {
		fmt.Fprintf(&b, "namespace %q\n", c.Namespace)
	} else {
		fmt.Fprintf(&b, "cache %q %q\n", c.Type.Pkg, c.Name)
	}
	for _, p := range c.Key.Parts {
		fmt.Fprintf(&b, "key %q ", p.Name)
		(&shape{out: &b, keys: true}).write(p.Type)
		b.WriteByte('\n')
	}
	tags := map[string]bool{}
	for _, t := range c.Tiers {
		if c.Namespace != "" {
			fmt.Fprintf(&b, "codec %s\n", t.Codec)
		}
		if t.Codec == "json" || t.Codec == "msgpack" {
			tags[t.Codec] = true
		}
	}
	(&shape{out: &b, json: tags["json"], msgpack: tags["msgpack"]}).write(c.Type)
	return b.String()
}

// shape spells types by what is stored of them: the names of fields count, the
// names of types do not, except where a type's own methods decide.
type shape struct {
	out           *strings.Builder
	json, msgpack bool // tags of these codecs count
	keys          bool // a method pair decides for keys, whatever the kind
	open          []*Type
}

func (s *shape) write(t *Type) {
	for i, u := range s.open {
		if u == t { // recursion: how many types up
			fmt.Fprintf(s.out, "^%d", len(s.open)-i)
			return
		}
	}
	if t.Kind == Custom || s.keys && t.Marshal != NoMarshal {
		fmt.Fprintf(s.out, "%s.%s", t.Pkg, t.Name)
		for _, a := range t.Args {
			s.out.WriteString("[")
			s.write(a)
			s.out.WriteString("]")
		}
		fmt.Fprintf(s.out, ":%d", t.Marshal)
		return
	}
	s.open = append(s.open, t)
	defer func() { s.open = s.open[:len(s.open)-1] }()
	switch t.Kind {
	case Array:
		fmt.Fprintf(s.out, "[%d]", t.Len)
		s.write(t.Elem)
	case Slice:
		s.out.WriteString("[]")
		s.write(t.Elem)
	case Pointer:
		s.out.WriteString("*")
		s.write(t.Elem)
	case Map:
		s.out.WriteString("map[")
		s.write(t.Key)
		s.out.WriteString("]")
		s.write(t.Elem)
	case Struct:
		s.fields(t)
	default:
		s.out.WriteString(t.Kind.String())
	}
}

func (s *shape) fields(t *Type) {
	s.out.WriteString("struct{")
	for _, f := range t.Fields {
		if f.Skip {
			continue
		}
		fmt.Fprintf(s.out, "%s ", f.Name)
		s.write(f.Type)
		if f.Embedded && (s.json || s.msgpack) {
			s.out.WriteString(" embedded")
		}
		if s.json {
			s.tag(f, "json")
		}
		if s.msgpack {
			s.tag(f, "msgpack")
		}
		s.out.WriteString(";")
	}
	s.out.WriteString("}")
}
