package peers

import (
	"time"

	"github.com/mus-format/mus-go/ord"
	"github.com/mus-format/mus-go/raw"
	"github.com/mus-format/mus-go/varint"

	"github.com/cachegen/cachegen/bench/shop"
)

// The serializers of mus for our types, as its generator writes them: a field after
// the other, in three passes over the type.

var (
	musTags     = ord.NewSliceSer[string](ord.String)
	musAttrs    = ord.NewMapSer[string, string](ord.String, ord.String)
	musParent   = ord.NewPtrSer[int64](varint.Int64)
	musVariants = ord.NewSliceSer[shop.Variant](variantMUS{})
	musTime     = raw.TimeUnixNanoUTC
)

// SmallMUS is the serializer of Small.
type SmallMUS struct{}

// Marshal fills bs, which Size has measured.
func (SmallMUS) Marshal(v shop.Small, bs []byte) (n int) {
	n = varint.Int64.Marshal(v.ID, bs)
	n += ord.String.Marshal(v.Name, bs[n:])
	n += raw.Float64.Marshal(v.Score, bs[n:])
	n += ord.Bool.Marshal(v.Live, bs[n:])
	return n + musTime.Marshal(v.At, bs[n:])
}

// Unmarshal returns the value in bs.
func (SmallMUS) Unmarshal(bs []byte) (v shop.Small, n int, err error) {
	r := reader{bs: bs}
	next(&r, varint.Int64, &v.ID)
	next(&r, ord.String, &v.Name)
	next(&r, raw.Float64, &v.Score)
	next(&r, ord.Bool, &v.Live)
	next(&r, musTime, &v.At)
	return v, r.n, r.err
}

// Size returns how many bytes a value takes.
func (SmallMUS) Size(v shop.Small) (size int) {
	return varint.Int64.Size(v.ID) + ord.String.Size(v.Name) + raw.Float64.Size(v.Score) + ord.Bool.Size(v.Live) + musTime.Size(v.At)
}

// ProductMUS is the serializer of Product.
type ProductMUS struct{}

// Marshal fills bs, which Size has measured.
func (ProductMUS) Marshal(v shop.Product, bs []byte) (n int) {
	n = varint.Int64.Marshal(v.ID, bs)
	n += ord.String.Marshal(v.SKU, bs[n:])
	n += ord.String.Marshal(v.Name, bs[n:])
	n += ord.String.Marshal(v.Description, bs[n:])
	n += raw.Float64.Marshal(v.Price, bs[n:])
	n += varint.Int64.Marshal(v.Stock, bs[n:])
	n += ord.Bool.Marshal(v.Active, bs[n:])
	n += musTags.Marshal(v.Tags, bs[n:])
	n += musAttrs.Marshal(v.Attributes, bs[n:])
	n += ord.String.Marshal(v.Maker.Name, bs[n:])
	n += ord.String.Marshal(v.Maker.Country, bs[n:])
	n += ord.String.Marshal(v.Maker.City, bs[n:])
	n += musVariants.Marshal(v.Variants, bs[n:])
	n += musParent.Marshal(v.Parent, bs[n:])
	n += musTime.Marshal(v.Created, bs[n:])
	n += musTime.Marshal(v.Updated, bs[n:])
	return n + varint.Int64.Marshal(int64(v.Warranty), bs[n:])
}

// Unmarshal returns the value in bs.
func (ProductMUS) Unmarshal(bs []byte) (v shop.Product, n int, err error) {
	r := reader{bs: bs}
	next(&r, varint.Int64, &v.ID)
	next(&r, ord.String, &v.SKU)
	next(&r, ord.String, &v.Name)
	next(&r, ord.String, &v.Description)
	next(&r, raw.Float64, &v.Price)
	next(&r, varint.Int64, &v.Stock)
	next(&r, ord.Bool, &v.Active)
	next(&r, musTags, &v.Tags)
	next(&r, musAttrs, &v.Attributes)
	next(&r, ord.String, &v.Maker.Name)
	next(&r, ord.String, &v.Maker.Country)
	next(&r, ord.String, &v.Maker.City)
	next(&r, musVariants, &v.Variants)
	next(&r, musParent, &v.Parent)
	next(&r, musTime, &v.Created)
	next(&r, musTime, &v.Updated)
	var warranty int64
	next(&r, varint.Int64, &warranty)
	v.Warranty = time.Duration(warranty)
	return v, r.n, r.err
}

// Size returns how many bytes a value takes.
func (ProductMUS) Size(v shop.Product) (size int) {
	return varint.Int64.Size(v.ID) + ord.String.Size(v.SKU) + ord.String.Size(v.Name) + ord.String.Size(v.Description) +
		raw.Float64.Size(v.Price) + varint.Int64.Size(v.Stock) + ord.Bool.Size(v.Active) + musTags.Size(v.Tags) +
		musAttrs.Size(v.Attributes) + ord.String.Size(v.Maker.Name) + ord.String.Size(v.Maker.Country) +
		ord.String.Size(v.Maker.City) + musVariants.Size(v.Variants) + musParent.Size(v.Parent) +
		musTime.Size(v.Created) + musTime.Size(v.Updated) + varint.Int64.Size(int64(v.Warranty))
}

type variantMUS struct{}

func (variantMUS) Marshal(v shop.Variant, bs []byte) (n int) {
	n = ord.String.Marshal(v.SKU, bs)
	n += ord.String.Marshal(v.Color, bs[n:])
	n += ord.String.Marshal(v.Size, bs[n:])
	return n + raw.Float64.Marshal(v.Price, bs[n:])
}

func (variantMUS) Unmarshal(bs []byte) (v shop.Variant, n int, err error) {
	r := reader{bs: bs}
	next(&r, ord.String, &v.SKU)
	next(&r, ord.String, &v.Color)
	next(&r, ord.String, &v.Size)
	next(&r, raw.Float64, &v.Price)
	return v, r.n, r.err
}

func (variantMUS) Size(v shop.Variant) (size int) {
	return ord.String.Size(v.SKU) + ord.String.Size(v.Color) + ord.String.Size(v.Size) + raw.Float64.Size(v.Price)
}

func (s variantMUS) Skip(bs []byte) (n int, err error) {
	_, n, err = s.Unmarshal(bs)
	return n, err
}

// reader goes through the fields of a value.
type reader struct {
	bs  []byte
	n   int
	err error
}

// next reads a field. It is small enough to be inlined for each serializer.
func next[T any, S interface {
	Unmarshal(bs []byte) (T, int, error)
}](r *reader, ser S, v *T) {
	if r.err == nil {
		var n int
		*v, n, r.err = ser.Unmarshal(r.bs[r.n:])
		r.n += n
	}
}
