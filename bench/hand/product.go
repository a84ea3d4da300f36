package hand

import (
	"encoding/binary"
	"errors"
	"math"
	"slices"
	"strings"
	"time"
	"unsafe"

	"github.com/cachegen/cachegen/bench/shop"
)

var (
	le         = binary.LittleEndian
	errCorrupt = errors.New("corrupt")
)

// productFixed is how much of a product has one size: numbers, times, and the
// lengths of the strings that there always are.
const productFixed = 8 + 8 + 8 + 1 + 1 + 8 + 16 + 16 + 8 + 6*4 + 3*4

// AppendProduct appends *v to dst: what has one size, then the lengths of the
// strings in slices and maps, then all strings. Into the room of dst it writes at
// once; how much the strings take is added up only if there is none.
func AppendProduct(dst []byte, v *shop.Product) []byte {
	start := len(dst)
	n := productFixed + 4*len(v.Tags) + 8*len(v.Attributes) + 20*len(v.Variants)
	if cap(dst)-start < n {
		dst = slices.Grow(dst, n+productText(v))
	}
	b, s := dst[start:start+n], dst[start+n:start+n]
	_ = b[productFixed-1]
	le.PutUint64(b, uint64(v.ID))
	le.PutUint64(b[8:], math.Float64bits(v.Price))
	le.PutUint64(b[16:], uint64(v.Stock))
	b[24] = 0
	if v.Active {
		b[24] = 1
	}
	b[25] = 0
	if v.Parent != nil {
		b[25] = 1
		le.PutUint64(b[26:], uint64(*v.Parent))
	}
	le.PutUint64(b[34:], uint64(v.Created.Unix()))
	le.PutUint32(b[42:], uint32(v.Created.Nanosecond()))
	le.PutUint32(b[46:], zone(v.Created, v.Created.Location() == time.UTC))
	le.PutUint64(b[50:], uint64(v.Updated.Unix()))
	le.PutUint32(b[58:], uint32(v.Updated.Nanosecond()))
	le.PutUint32(b[62:], zone(v.Updated, v.Updated.Location() == time.UTC))
	le.PutUint64(b[66:], uint64(v.Warranty))
	le.PutUint32(b[74:], uint32(len(v.SKU)))
	s = append(s, v.SKU...)
	le.PutUint32(b[78:], uint32(len(v.Name)))
	s = append(s, v.Name...)
	le.PutUint32(b[82:], uint32(len(v.Description)))
	s = append(s, v.Description...)
	le.PutUint32(b[86:], uint32(len(v.Maker.Name)))
	s = append(s, v.Maker.Name...)
	le.PutUint32(b[90:], uint32(len(v.Maker.Country)))
	s = append(s, v.Maker.Country...)
	le.PutUint32(b[94:], uint32(len(v.Maker.City)))
	s = append(s, v.Maker.City...)
	le.PutUint32(b[98:], count(len(v.Tags), v.Tags == nil))
	le.PutUint32(b[102:], count(len(v.Attributes), v.Attributes == nil))
	le.PutUint32(b[106:], count(len(v.Variants), v.Variants == nil))
	b = b[productFixed:]
	for i := range v.Tags {
		le.PutUint32(b, uint32(len(v.Tags[i])))
		b = b[4:]
		s = append(s, v.Tags[i]...)
	}
	left := len(v.Attributes)
	for k, x := range v.Attributes {
		le.PutUint32(b, uint32(len(k)))
		le.PutUint32(b[4:], uint32(len(x)))
		b = b[8:]
		s = append(s, k...)
		s = append(s, x...)
		if left--; left == 0 {
			break
		}
	}
	for i := range v.Variants {
		e := &v.Variants[i]
		le.PutUint64(b, math.Float64bits(e.Price))
		le.PutUint32(b[8:], uint32(len(e.SKU)))
		le.PutUint32(b[12:], uint32(len(e.Color)))
		le.PutUint32(b[16:], uint32(len(e.Size)))
		b = b[20:]
		s = append(s, e.SKU...)
		s = append(s, e.Color...)
		s = append(s, e.Size...)
	}
	if len(s) <= cap(dst)-start-n {
		return dst[:start+n+len(s)]
	}
	return append(dst[:start+n], s...)
}

// productText returns how many bytes the strings take.
func productText(v *shop.Product) int {
	text := len(v.SKU) + len(v.Name) + len(v.Description) + len(v.Maker.Name) + len(v.Maker.Country) + len(v.Maker.City)
	for i := range v.Tags {
		text += len(v.Tags[i])
	}
	left := len(v.Attributes)
	for k, x := range v.Attributes {
		text += len(k) + len(x)
		if left--; left == 0 {
			break
		}
	}
	for i := range v.Variants {
		e := &v.Variants[i]
		text += len(e.SKU) + len(e.Color) + len(e.Size)
	}
	return text
}

// count tells an empty list from one that is nil.
func count(n int, isNil bool) uint32 {
	if isNil {
		return 0
	}
	return uint32(n) + 1
}

// cutter hands out the strings of a value in their order.
type cutter struct {
	text  string // what is left
	each  bool   // text points into the input, and each string is a copy
	short bool   // there was less than was asked for
}

func (c *cutter) cut(n uint32) string {
	if uint64(n) > uint64(len(c.text)) {
		c.short = true
		return ""
	}
	s := c.text[:n]
	c.text = c.text[n:]
	if c.each {
		s = strings.Clone(s)
	}
	return s
}

// inside returns b as a string.
func inside(b []byte) string { return unsafe.String(unsafe.SliceData(b), len(b)) }

// DecodeProduct sets *v, which is zero. Its strings are cut from one.
func DecodeProduct(v *shop.Product, b []byte) error {
	n := productHead(b)
	if n == 0 {
		return errCorrupt
	}
	return decodeProduct(v, b[:n], cutter{text: string(b[n:])})
}

// DecodeProductInside lets strings point into b, which must never change.
func DecodeProductInside(v *shop.Product, b []byte) error {
	n := productHead(b)
	if n == 0 {
		return errCorrupt
	}
	return decodeProduct(v, b[:n], cutter{text: inside(b[n:])})
}

// DecodeProductEach copies each string.
func DecodeProductEach(v *shop.Product, b []byte) error {
	n := productHead(b)
	if n == 0 {
		return errCorrupt
	}
	return decodeProduct(v, b[:n], cutter{text: inside(b[n:]), each: true})
}

// productHead returns how long what stands before the strings is, or 0.
func productHead(b []byte) int {
	if len(b) < productFixed {
		return 0
	}
	f := b[:productFixed]
	tags, attributes, variants := le.Uint32(f[98:]), le.Uint32(f[102:]), le.Uint32(f[106:])
	n := productFixed + 4*length(tags) + 8*length(attributes) + 20*length(variants)
	if tags|attributes|variants > 1<<24 || len(b) < n {
		return 0
	}
	return n
}

func decodeProduct(v *shop.Product, b []byte, c cutter) error {
	f := b[:productFixed]
	tags, attributes, variants := le.Uint32(f[98:]), le.Uint32(f[102:]), le.Uint32(f[106:])
	v.ID = int64(le.Uint64(f))
	v.Price = math.Float64frombits(le.Uint64(f[8:]))
	v.Stock = int64(le.Uint64(f[16:]))
	v.Active = f[24] == 1
	if f[25] == 1 {
		parent := int64(le.Uint64(f[26:]))
		v.Parent = &parent
	}
	v.Created = instant(f[34:])
	v.Updated = instant(f[50:])
	v.Warranty = time.Duration(le.Uint64(f[66:]))
	v.SKU = c.cut(le.Uint32(f[74:]))
	v.Name = c.cut(le.Uint32(f[78:]))
	v.Description = c.cut(le.Uint32(f[82:]))
	v.Maker.Name = c.cut(le.Uint32(f[86:]))
	v.Maker.Country = c.cut(le.Uint32(f[90:]))
	v.Maker.City = c.cut(le.Uint32(f[94:]))
	b = b[productFixed:]
	if tags > 0 {
		v.Tags = make([]string, tags-1)
		for i := range v.Tags {
			v.Tags[i] = c.cut(le.Uint32(b))
			b = b[4:]
		}
	}
	if attributes > 0 {
		v.Attributes = make(map[string]string, attributes-1)
		for range attributes - 1 {
			k := c.cut(le.Uint32(b))
			v.Attributes[k] = c.cut(le.Uint32(b[4:]))
			b = b[8:]
		}
	}
	if variants > 0 {
		v.Variants = make([]shop.Variant, variants-1)
		for i := range v.Variants {
			e := &v.Variants[i]
			e.Price = math.Float64frombits(le.Uint64(b))
			e.SKU = c.cut(le.Uint32(b[8:]))
			e.Color = c.cut(le.Uint32(b[12:]))
			e.Size = c.cut(le.Uint32(b[16:]))
			b = b[20:]
		}
	}
	if c.short || len(c.text) > 0 {
		return errCorrupt
	}
	return nil
}

func length(count uint32) int { return max(int(count)-1, 0) }

// CloneProduct makes *v, a copy of a product, share nothing with it.
func CloneProduct(v *shop.Product) {
	v.Tags = append(make([]string, 0, len(v.Tags)), v.Tags...)
	attributes := make(map[string]string, len(v.Attributes))
	for k, x := range v.Attributes {
		attributes[k] = x
	}
	v.Attributes = attributes
	v.Variants = append(make([]shop.Variant, 0, len(v.Variants)), v.Variants...)
	if v.Parent != nil {
		parent := *v.Parent
		v.Parent = &parent
	}
}
