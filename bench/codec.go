package main

import (
	"encoding/json"

	"github.com/bytedance/sonic"
	"github.com/fxamacker/cbor/v2"
	gojson "github.com/goccy/go-json"
	"github.com/vmihailenco/msgpack/v5"

	"github.com/cachegen/cachegen/bench/hand"
	"github.com/cachegen/cachegen/bench/measure"
	"github.com/cachegen/cachegen/bench/peers"
	"github.com/cachegen/cachegen/bench/peers/pb"
	"github.com/cachegen/cachegen/bench/shop"
)

func codecs() experiment {
	const base = "limit, one buffer for all strings"
	const ours, limit = "/ours", "/" + base
	e := experiment{
		title: "Codec",
		text: `Values are encoded into a buffer that is there, and decoded from bytes that are not theirs to keep. Small has five fields and one string; Product
fifteen fields, 31 strings, and about 900 bytes encoded; Blob a string and 4 KiB; Vehicle two hundred fields of all
kinds, fourteen maps and many structs among them, and about 3,000 bytes. The limits are written by hand for the type and differ in how they make strings. A string that points into the input costs nothing, and is only right where
nobody changes the input: ours does so with replies of Redis. vtprotobuf can do it too.

What makes the difference:

- *One string for all strings of a value.* Encoded strings lie in one section at the end, behind their lengths. Decoding copies that section once and cuts the strings from it: 6
  allocations for a Product and not 37. The price is that a small string keeps all others of its value alive; strings=own copies each.
- *Runs.* Fields of fixed size that stand side by side are one run with one check of bounds, also across nested structs and elements. Lengths of strings and times have one width, so that
  most structs are one run, and a loop over a slice of them checks once for each element.
- *One pass.* Where counts tell at which byte the strings begin, a value is written into the room that there is, and its strings are added up only if there is none.
  Others are sized first. So a map is ranged over once: Go begins each range at a random place, which it draws. The limit does so, too. And the range ends with the last entry: Go would go
  on to look for another, which of a map of five takes 7 in 100 of the time.
- *Few calls.* What is written in one pass is one function. The strings of a run are appended behind its numbers: a call to append takes all registers away. The zone of a time in UTC is a constant, and no call.
- *Functions that are not too long.* The compiler inlines next to nothing into a function of more than 5,000 nodes, not even the writing of four bytes. Long
  structs are cut into parts, by us as by hand: whole, a Vehicle was encoded for 1.3 times the limit.
- Nothing is named or tagged in the bytes: the fingerprint of the shape, in the envelope and in the key, says what they are. msgp and protobuf carry names or numbers of fields, and so can read what an
  older program wrote with other fields. Ours cannot, and does not have to: in a cache that is a miss.
- The formats that look at types when they run (JSON, MessagePack, CBOR) pay for that at each field. sonic compiles a program for each type on the way and gains most of it back in encoding. None
  of those can express a Vehicle, which has complex numbers; gob can.

Encoding a Product is as fast as by hand, and about twice as fast as vtprotobuf and msgp, in whose encoding there is nothing to allocate either. Of 150 ns, the map of five takes 77 with its ten strings, and one of a single entry would take 43:
Go draws where a range is to begin, and no processor foresees where that finds something. All have to do that, and to copy strings, and the code by hand too. What they do besides is a second range, and names of
fields. So there is little room above twice as fast as msgp: it was 1.92 to 2.16, by processor. Strings copied by code of our own, appended two or three in a call, or put where there is room without looking each time took 1.06 to 1.19 of this; the same loops written in other ways, 0.98 to 1.01.`,
		groups: []measure.Group{
			{Name: "codec/Small/encode", Base: base, Cases: smallEncoders()},
			{Name: "codec/Small/decode", Base: base, Cases: smallDecoders()},
			{Name: "codec/Product/encode", Base: base, Cases: productEncoders()},
			{Name: "codec/Product/decode", Base: base, Cases: productDecoders(), Turns: collected, Long: collected},
			{Name: "codec/Blob/encode", Base: base, Cases: blobEncoders()},
			{Name: "codec/Blob/decode", Base: base, Cases: blobDecoders()},
		},
		bars: []bar{
			cost("Product is encoded for 1.10 of the limit", "codec/Product/encode"+ours, "codec/Product/encode"+limit, 1.10),
			most("… without allocating", "codec/Product/encode"+ours, measure.Allocs, 0),
			cost("Small is encoded for 1.10 of the limit", "codec/Small/encode"+ours, "codec/Small/encode"+limit, 1.10),
			most("… without allocating", "codec/Small/encode"+ours, measure.Allocs, 0),
			cost("Product is decoded for 1.05 of the limit", "codec/Product/decode"+ours, "codec/Product/decode"+limit, 1.05),
			most("… with 6 allocations", "codec/Product/decode"+ours, measure.Allocs, 6),
			cost("Small is decoded for 1.10 of the limit", "codec/Small/decode"+ours, "codec/Small/decode"+limit, 1.10),
			most("… with 1 allocation", "codec/Small/decode"+ours, measure.Allocs, 1),
		},
	}
	for _, way := range []string{"encode", "decode"} {
		for _, peer := range []string{"msgp", "vtprotobuf"} {
			e.bars = append(e.bars, gain("Product, "+way+": twice as fast as "+peer,
				"codec/Product/"+way+ours, "codec/Product/"+way+"/"+peer, 2))
		}
	}
	e.groups, e.bars = append(e.groups, vehicles()...), append(e.bars, vehicleBars()...)
	return e
}

// collected is how many turns a round of what allocates much has, and how many times as long
// as others it is: so garbage is collected several times in each turn. Whether that was once
// or not at all, which a little decides, could make 1.4 times as much of it.
const collected = 3

// into measures an encoder that appends to a buffer which is large enough.
func into(enc func(dst []byte) []byte) func(n int) {
	buf := make([]byte, 0, 8192)
	return func(n int) {
		for range n {
			enc(buf[:0])
		}
	}
}

// whole measures an encoder that makes its own buffer.
func whole(v any, enc func(any) ([]byte, error)) func(n int) {
	return func(n int) {
		for range n {
			must(enc(v))
		}
	}
}

// from measures a decoder.
func from[V any](data []byte, dec func(v *V, data []byte) error) func(n int) {
	return func(n int) {
		for range n {
			var v V
			check(dec(&v, data))
		}
	}
}

// reflected are codecs that look at a type when they run.
var reflected = []struct {
	name string
	enc  func(any) ([]byte, error)
	dec  func([]byte, any) error
}{
	{"sonic", sonic.Marshal, sonic.Unmarshal},
	{"go-json", gojson.Marshal, gojson.Unmarshal},
	{"encoding/json", json.Marshal, json.Unmarshal},
	{"msgpack", msgpack.Marshal, msgpack.Unmarshal},
	{"cbor", cbor.Marshal, cbor.Unmarshal},
}

func reflectedEncoders[V any](v *V) (cases []measure.Case) {
	for _, c := range reflected {
		cases = append(cases, measure.Case{Name: c.name, Do: whole(v, c.enc)})
	}
	return cases
}

func reflectedDecoders[V any](v *V) (cases []measure.Case) {
	for _, c := range reflected {
		cases = append(cases, measure.Case{Name: c.name, Do: from(must(c.enc(v)), func(v *V, data []byte) error {
			return c.dec(data, v)
		})})
	}
	return cases
}

func smallEncoders() []measure.Case {
	v := shop.NewSmall(7)
	message := peers.SmallProto(v)
	return append([]measure.Case{
		{Name: "limit, one buffer for all strings", Do: into(func(dst []byte) []byte { return hand.AppendSmall(dst, &v) })},
		{Name: "ours", Do: into(func(dst []byte) []byte { return must(shop.AppendSmall(dst, &v)) })},
		{Name: "msgp", Do: into(func(dst []byte) []byte { return must(v.MarshalMsg(dst)) })},
		{Name: "vtprotobuf", Do: into(func(dst []byte) []byte {
			dst = dst[:message.SizeVT()]
			must(message.MarshalToSizedBufferVT(dst))
			return dst
		})},
		{Name: "mus", Do: into(func(dst []byte) []byte {
			dst = dst[:peers.SmallMUS{}.Size(v)]
			peers.SmallMUS{}.Marshal(v, dst)
			return dst
		})},
	}, reflectedEncoders(&v)...)
}

func smallDecoders() []measure.Case {
	v := shop.NewSmall(7)
	byHand, byUs := hand.AppendSmall(nil, &v), must(shop.AppendSmall(nil, &v))
	message := must(peers.SmallProto(v).MarshalVT())
	by := make([]byte, peers.SmallMUS{}.Size(v))
	peers.SmallMUS{}.Marshal(v, by)
	text := string(byUs)
	return append([]measure.Case{
		{Name: "limit, one buffer for all strings", Do: from(byHand, hand.DecodeSmall)},
		{Name: "limit, strings in the input", Do: from(byHand, hand.DecodeSmallInside)},
		{Name: "ours", Do: from(byUs, func(v *shop.Small, b []byte) error { return shop.DecodeSmall(v, b, "") })},
		{Name: "ours, strings in the input", Do: from(byUs, func(v *shop.Small, b []byte) error { return shop.DecodeSmall(v, b, text) })},
		{Name: "msgp", Do: from(must(v.MarshalMsg(nil)), func(v *shop.Small, b []byte) error { _, err := v.UnmarshalMsg(b); return err })},
		{Name: "vtprotobuf", Do: from(message, func(v *pb.Small, b []byte) error { return v.UnmarshalVT(b) })},
		{Name: "vtprotobuf, strings in the input", Do: from(message, func(v *pb.Small, b []byte) error { return v.UnmarshalVTUnsafe(b) })},
		{Name: "mus", Do: from(by, func(v *shop.Small, b []byte) (err error) { *v, _, err = peers.SmallMUS{}.Unmarshal(b); return err })},
	}, reflectedDecoders(&v)...)
}

func productEncoders() []measure.Case {
	v := shop.NewProduct(7)
	message := peers.ProductProto(v)
	return append([]measure.Case{
		{Name: "limit, one buffer for all strings", Do: into(func(dst []byte) []byte { return hand.AppendProduct(dst, &v) })},
		{Name: "ours", Do: into(func(dst []byte) []byte { return must(shop.AppendProduct(dst, &v)) })},
		{Name: "msgp", Do: into(func(dst []byte) []byte { return must(v.MarshalMsg(dst)) })},
		{Name: "vtprotobuf", Do: into(func(dst []byte) []byte {
			dst = dst[:message.SizeVT()]
			must(message.MarshalToSizedBufferVT(dst))
			return dst
		})},
		{Name: "mus", Do: into(func(dst []byte) []byte {
			dst = dst[:peers.ProductMUS{}.Size(v)]
			peers.ProductMUS{}.Marshal(v, dst)
			return dst
		})},
	}, reflectedEncoders(&v)...)
}

func productDecoders() []measure.Case {
	v := shop.NewProduct(7)
	byHand, byUs := hand.AppendProduct(nil, &v), must(shop.AppendProduct(nil, &v))
	message := must(peers.ProductProto(v).MarshalVT())
	by := make([]byte, peers.ProductMUS{}.Size(v))
	peers.ProductMUS{}.Marshal(v, by)
	text := string(byUs)
	return append([]measure.Case{
		{Name: "limit, a copy for each string", Do: from(byHand, hand.DecodeProductEach)},
		{Name: "limit, one buffer for all strings", Do: from(byHand, hand.DecodeProduct)},
		{Name: "limit, strings in the input", Do: from(byHand, hand.DecodeProductInside)},
		{Name: "ours", Do: from(byUs, func(v *shop.Product, b []byte) error { return shop.DecodeProduct(v, b, "") })},
		{Name: "ours, strings in the input", Do: from(byUs, func(v *shop.Product, b []byte) error { return shop.DecodeProduct(v, b, text) })},
		{Name: "msgp", Do: from(must(v.MarshalMsg(nil)), func(v *shop.Product, b []byte) error { _, err := v.UnmarshalMsg(b); return err })},
		{Name: "vtprotobuf", Do: from(message, func(v *pb.Product, b []byte) error { return v.UnmarshalVT(b) })},
		{Name: "vtprotobuf, strings in the input", Do: from(message, func(v *pb.Product, b []byte) error { return v.UnmarshalVTUnsafe(b) })},
		{Name: "mus", Do: from(by, func(v *shop.Product, b []byte) (err error) { *v, _, err = peers.ProductMUS{}.Unmarshal(b); return err })},
	}, reflectedDecoders(&v)...)
}

func blobEncoders() []measure.Case {
	v := shop.NewBlob(4096)
	return append([]measure.Case{
		{Name: "limit, one buffer for all strings", Do: into(func(dst []byte) []byte { return hand.AppendBlob(dst, &v) })},
		{Name: "ours", Do: into(func(dst []byte) []byte { return must(shop.AppendBlob(dst, &v)) })},
		{Name: "msgp", Do: into(func(dst []byte) []byte { return must(v.MarshalMsg(dst)) })},
	}, reflectedEncoders(&v)...)
}

func blobDecoders() []measure.Case {
	v := shop.NewBlob(4096)
	return append([]measure.Case{
		{Name: "limit, one buffer for all strings", Do: from(hand.AppendBlob(nil, &v), hand.DecodeBlob)},
		{Name: "ours", Do: from(must(shop.AppendBlob(nil, &v)), func(v *shop.Blob, b []byte) error { return shop.DecodeBlob(v, b, "") })},
		{Name: "msgp", Do: from(must(v.MarshalMsg(nil)), func(v *shop.Blob, b []byte) error { _, err := v.UnmarshalMsg(b); return err })},
	}, reflectedDecoders(&v)...)
}
