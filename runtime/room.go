package runtime

// keptRoom is how many bytes of room an operation keeps for the next one.
const keptRoom = 2 << 20

// room is where the encodings of an operation lie, one behind the other, if nobody
// looks at them after it: a memory tier copies what it stores.
type room struct {
	open bool
	all  []byte // what is kept for the next operation; len 0
	free []byte // what is left of it; len 0
	used int    // bytes of all encodings so far
}

// rest returns what the next encoding is to be appended to.
func (r *room) rest() []byte {
	if !r.open {
		return []byte{}
	}
	return r.free
}

// front is rest with n bytes in front of the encoding, or nil if the room is not open.
func (r *room) front(n int) []byte {
	switch {
	case !r.open:
		return nil
	case cap(r.free) < n:
		return make([]byte, n)
	}
	return r.free[:n]
}

// took notes an encoding that was appended to rest. One that did not fit has memory of
// its own.
func (r *room) took(data []byte) {
	if !r.open {
		return
	}
	r.used += len(data)
	if len(data) <= cap(r.free) {
		r.free = r.free[len(data):len(data)]
	} else if cap(data) > cap(r.all) {
		r.all = data[:0]
	}
}

// end takes all of it back. The next operation has room for as much as this one.
func (r *room) end() {
	switch {
	case max(r.used, cap(r.all)) > keptRoom:
		r.all = nil
	case r.used > cap(r.all):
		r.all = make([]byte, 0, r.used)
	}
	r.open, r.free, r.used = false, r.all, 0
}
