package runtime

import "bytes"

// CustomFormat encodes values as a codec of the user's does. A codec in another
// tier is another format, even if it is the same one: nobody can tell.
func CustomFormat[V any](c Codec[V]) Format[V] {
	return Format[V]{
		Codec:  CodecCustom,
		Append: c.Append,
		// A value may go on to use the bytes that it was decoded from, and its
		// owner may change them, while other tiers still store the same ones.
		Decode: func(v *V, data []byte, _ string) error { return c.Decode(bytes.Clone(data), v) },
	}
}
