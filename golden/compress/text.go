package compress

import (
	"encoding/json"
	"sync/atomic"
)

// Text counts how often it is encoded as JSON.
type Text string

var encodings atomic.Int64

// MarshalJSON implements json.Marshaler.
func (t Text) MarshalJSON() ([]byte, error) {
	encodings.Add(1)
	return json.Marshal(string(t))
}
