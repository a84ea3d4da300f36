package model

// What a decoder allocates is bounded by what it reads, because nothing is allocated
// for free: elements of slices and maps, and what pointers point to, are paid for by
// their own bytes. Bytes that are not what they seem pay once for each slice, map or
// pointer that has been made room for and not been read, which are as many as lie in
// one another. In a type that nests without end they are kept apart, and pay once.

// Sizes of memory, rounded up.
const (
	slack     = 32  // what an allocator adds to what it is asked for, beside a quarter of that
	mapHeader = 80  // of a map without entries
	zoneSize  = 256 // of a time.Location with one zone
	ownSize   = 512 // that a type's own methods may take, beside ownFactor times their bytes
	ownFactor = 16
	rootSize  = 2048 // of 4 KiB: what the value itself may take, whatever is in it
)

// Factor returns what decoding can cost: n bytes, whatever they are, make a decoder
// allocate at most n times the factor, and 4 KiB. What types allocate that decode
// themselves is not known; they are believed to be modest. own says whether each
// string is copied.
func (t *Type) Factor(own bool) int64 {
	c := &cost{own: own, known: map[*Type]int64{}}
	for before := int64(-1); before != c.sum; { // recursive types depend on themselves
		before, c.sum = c.sum, 0
		c.met = map[*Type]bool{}
		c.factor(t)
	}
	return max(c.factor(t), share(max(c.inline(t)-rootSize, 0), t.MinElem()), 1)
}

// cost finds out what a type costs.
type cost struct {
	own   bool
	known map[*Type]int64 // factors of slices, maps and pointers, as far as they are known
	met   map[*Type]bool  // in this round
	sum   int64           // of the factors in this round
}

// factor returns what is allocated for each byte of values of a type.
func (c *cost) factor(t *Type) (n int64) {
	switch t.Kind {
	case String:
		return 2
	case Custom:
		return ownFactor
	case Struct:
		for _, f := range t.Fields {
			if !f.Skip {
				n = max(n, c.factor(f.Type))
			}
		}
	case Array:
		if t.Len > 0 {
			n = c.factor(t.Elem)
		}
	case Slice, Map, Pointer:
		if !c.met[t] {
			c.met[t] = true
			c.known[t] = c.elements(t)
			c.sum += c.known[t]
		}
		n = c.known[t]
	}
	return n
}

// elements returns what is allocated for each byte of what a slice, a map or a
// pointer holds.
func (c *cost) elements(t *Type) (n int64) {
	inside := c.factor(t.Elem)
	switch t.Kind {
	case Slice:
		n = share(roomy(t.Elem.Size)+c.inline(t.Elem), t.Elem.MinElem())
	case Map:
		inside = max(inside, c.factor(t.Key))
		n = share(slots(t)+c.inline(t.Key)+c.inline(t.Elem), t.MinEntry())
	case Pointer:
		n = alone(t.Elem.Size) + c.inline(t.Elem)
		if !t.Elem.Nests() { // else the bytes that it needs are not kept apart
			n = share(n, 1+t.Elem.Min())
		}
	}
	if t.Nested() {
		return max(n, inside)
	}
	return n + inside
}

// inline returns what a value itself allocates, beside what it holds.
func (c *cost) inline(t *Type) (n int64) {
	switch t.Kind {
	case String:
		if c.own {
			n = slack
		}
	case Slice:
		n = slack
	case Map:
		n = mapHeader
	case Time:
		n = zoneSize
	case Custom:
		n = ownSize + alone(t.Size)
	case Array:
		if t.Len > 0 {
			n = t.Len * c.inline(t.Elem)
		}
	case Struct:
		for _, f := range t.Fields {
			if !f.Skip {
				n += c.inline(f.Type)
			}
		}
	}
	return n
}

// share returns what falls to one of some bytes.
func share(memory, bytes int64) int64 { return (memory + bytes - 1) / bytes }

// roomy returns what an allocator takes for a part of something large.
func roomy(n int64) int64 { return n + (n+3)/4 }

// alone returns what it takes for something that is allocated by itself.
func alone(n int64) int64 {
	if n == 0 {
		return 0
	}
	return roomy(n) + slack
}

// slots returns what a map takes for an entry. It makes room for eight at once, and
// a large one is half empty after it has grown. What is larger than 128 bytes lies
// elsewhere.
func slots(t *Type) int64 {
	slot, elsewhere := int64(1), int64(0)
	for _, part := range []*Type{t.Key, t.Elem} {
		if part.Size > 128 {
			slot += 8
			elsewhere += alone(part.Size)
		} else {
			slot += (part.Size + 7) &^ 7
		}
	}
	return roomy(8*slot) + elsewhere
}
