package runtime

import (
	"bytes"
	"strings"
	"testing"
)

// TestFront holds that a value that was encoded where its envelope is going to be is stored
// as any other, whatever was written before, and that nobody changes it afterwards.
func TestFront(t *testing.T) {
	for _, kinds := range []string{"r", "mr", "rr"} {
		c := newCache(t, kinds, nil)
		stored := map[string][]byte{}
		for i, n := range []int{2, 1, 10, 9, 100, 1, ample, ample + 1, 3 * ample, 7, 20} {
			key := strings.Repeat("k", 1+i)
			c.set(t, key, strings.Repeat("v", n))
			w, ok := c.remote.get(key)
			check(t, ok, true)
			e := envelope{fingerprint: c.spec.Fingerprint}
			check(t, e.open(w.Raw.Data, textKey(key)), reasonNone)
			check(t, bytes.Equal(e.seal(textKey(key)), w.Raw.Data), true)
			c.want(t, key, strings.Repeat("v", n))
			stored[key] = bytes.Clone(w.Raw.Data)
		}
		for key, data := range stored {
			w, _ := c.remote.get(key)
			check(t, bytes.Equal(w.Raw.Data, data), true)
		}
		check(t, c.fronts[0].tier >= 0, kinds != "rr")
	}
}
