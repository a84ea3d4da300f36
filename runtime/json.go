package runtime

import (
	"encoding/json"
)

// JSONFormat encodes values as encoding/json does.
func JSONFormat[V any]() Format[V] {
	return Format[V]{
		Codec:  CodecJSON,
		Encode: func(v *V) ([]byte, error) { return json.Marshal(v) },
		Decode: func(v *V, data []byte, _ string) error { return json.Unmarshal(data, v) },
	}
}
