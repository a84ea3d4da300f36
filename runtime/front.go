package runtime

import "sync/atomic"

// front has the encoding of an operation's only value begin where its envelope ends, so
// that the one tier that stores it in an envelope does not copy it. A tier in memory
// without others has room for a header of its own there.
type front struct {
	tier   int          // index of the tier; -1: none, or several, or they compress it
	memory bool         // it is one in memory
	size   atomic.Int64 // of the encoding that was made last outside of it: the next one is given as much room
}

// MemoryFront is how many bytes of room there are in front of the payload in
// MemoryEntry.Whole.
const MemoryFront = 32

// ample is how much room an encoding is given at most before its size is known, in bytes.
const ample = 4 << 10

// newFronts returns the front of each format.
func (c *Core[K, V]) newFronts() []front {
	fronts := make([]front, len(c.spec.Formats))
	for i := range fronts {
		fronts[i].tier = c.encloser(i)
	}
	if l, ok := c.leaves[0].(*MemoryLeaf[K, V]); ok && len(c.leaves) == 1 && c.spec.Formats[l.Format].Codec == CodecBinary {
		f := &fronts[l.Format]
		f.tier, f.memory = l.Index, true
	}
	return fronts
}

// encloser returns the index of the one tier that puts encodings in a format into envelopes
// as they are, or -1. Codecs of others are given nothing to append to.
func (c *Core[K, V]) encloser(format int) (tier int) {
	tier = -1
	for _, t := range c.leaves {
		l, ok := t.(*RemoteLeaf[K, V])
		if !ok || l.typed || l.Format != format {
			continue
		}
		if tier >= 0 || c.spec.Formats[format].Codec != CodecBinary {
			return -1
		}
		tier = l.Index
	}
	return tier
}

// before returns what the encoding of the only value in a format is to be appended to, or
// nil if nothing will be put around it.
func (op *Op[K, V]) before(s *slot[K, V], format int) []byte {
	f := &op.core.fronts[format]
	if f.tier < 0 || len(op.slots) != 1 || s != &op.slots[0] || op.mask>>f.tier&1 == 0 {
		return nil
	}
	if f.memory {
		return op.room.front(MemoryFront) // nothing, if it is not open
	}
	n, size := envelopeFront(s.text), int(f.size.Load())
	if size > ample {
		size = 0
	}
	return make([]byte, n, n+size+size/8+envelopeTrailer)
}

// made notes an encoding that was appended to a front of n bytes, and returns it.
func (op *Op[K, V]) made(data []byte, n, format int) []byte {
	if f := &op.core.fronts[format]; f.memory {
		op.room.took(data)
	} else {
		f.size.Store(int64(len(data) - n))
	}
	op.front = data
	return data[n:len(data):len(data)]
}

// whole returns the encoding of the operation's only value with its front of n bytes, if
// the payload is that encoding and has been made for the tier, or nil. Other tiers, which
// may write at the same time, do not look at the front.
func (op *Op[K, V]) whole(l *Leaf, payload []byte, n int) []byte {
	if op.core.fronts[l.Format].tier != l.Index {
		return nil
	}
	b := op.front
	if len(b) != n+len(payload) || len(payload) == 0 || &b[n] != &payload[0] {
		return nil
	}
	return b
}

// enclose returns the payload in its envelope. It uses the front of the operation once:
// who gets it may keep it.
func (l *RemoteLeaf[K, V]) enclose(op *Op[K, V], e *envelope, key string) []byte {
	b := op.whole(&l.Leaf, e.payload, envelopeFront(key))
	if b == nil {
		return e.seal(key)
	}
	op.front = nil
	return e.around(b, key)
}
