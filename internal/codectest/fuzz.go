package codectest

import "testing"

// Fuzz feeds the decoder with any bytes, starting from the values' encodings, and
// checks what it takes of memory and what it makes of them.
func (c Codec[V]) Fuzz(f *testing.F, values ...V) {
	f.Helper()
	c = c.ready()
	var encodings [][]byte
	for i := range values {
		data, err := c.Append(nil, &values[i])
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
		encodings = append(encodings, data)
	}
	c.corpus(f, f.Name(), encodings)
	f.Fuzz(func(t *testing.T, data []byte) {
		c.bounded(t, data)
		c.Any(t, data)
	})
}
