package templates

import (
	"slices"

	"github.com/dave/jennifer/jen"

	"github.com/cachegen/cachegen/generator/model"
)

// format is one way in which tiers store values. Tiers of one format share what
// they store: a value is encoded and compressed once for all of them.
type format struct {
	codec    string
	field    string // of the tier, if its codec is custom: nobody knows two to be the same
	compress string // "" if it is not compressed
}

func formatOf(t *model.Tier) format {
	f := format{codec: t.Codec}
	if t.Codec == "custom" {
		f.field = t.Field
	}
	if t.Compressed() {
		f.compress = t.Compress
	}
	return f
}

// base returns the format without its compression.
func (f format) base() format {
	f.compress = ""
	return f
}

// addFormat numbers a format that is new, behind the one that it compresses.
func (x *cacheGen) addFormat(f format) {
	if f.compress != "" {
		x.addFormat(f.base())
	}
	if x.index(f) < 0 {
		x.formats = append(x.formats, f)
	}
}

// index returns the number of a format, or -1.
func (x *cacheGen) index(f format) int { return slices.Index(x.formats, f) }

// formatCode spells a format as an element of the Spec:
//
//	{Codec: cachert.CodecBinary, Append: appendProduct, Decode: decodeProduct},
//	{Base: 0, Compressor: zstdformat.New()},
func (x *cacheGen) formatCode(f format) jen.Code {
	if f.compress != "" {
		return x.snippet("{Base: $n, Compressor: $"+f.compress+"format.New()},\n", vars{"n": x.index(f.base())})
	}
	switch f.codec {
	case "json":
		return x.snippet("$cachert.JSONFormat[$V](),\n", x.v)
	case "msgpack":
		if x.c.SortedMaps {
			return x.snippet("$msgpackformat.NewSorted[$V](),\n", x.v)
		}
		return x.snippet("$msgpackformat.New[$V](),\n", x.v)
	case "custom":
		return x.snippet("$cachert.CustomFormat(cfg.${F}Codec),\n", vars{"F": f.field})
	}
	return x.snippet("{Codec: $cachert.CodecBinary, Append: append$n, Decode: decode$n},\n", vars{"n": x.codec.name})
}
