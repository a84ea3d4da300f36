package runtime

import (
	"encoding/json"
)

// JSONFormat encodes values as encoding/json does.
func JSONFormat[V any]() Format[V] {
	return Format[V]{
		Codec: CodecJSON,
		Append: func(dst []byte, v *V) ([]byte, error) {
			b, err := json.Marshal(v)
			return append(dst, b...), err
		},
		Decode: func(v *V, data []byte, _ string) error { return json.Unmarshal(data, v) },
	}
}
