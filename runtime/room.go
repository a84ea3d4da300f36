package runtime

// keptRoom is how many bytes of room an operation keeps for the next one.
const keptRoom = 64 << 10

// room is where the encodings of an operation lie, one behind the other, if nobody
// looks at them after it: a memory tier copies what it stores.
type room struct {
	open bool
	all  []byte // what is kept for the next operation; len 0
	free []byte // what is left of it; len 0
}

// rest returns what the next encoding is to be appended to.
func (r *room) rest() []byte {
	if !r.open {
		return []byte{}
	}
	return r.free
}

// took notes an encoding that was appended to rest. One that did not fit has memory of
// its own, in which the next operation has room enough.
func (r *room) took(data []byte) {
	switch {
	case !r.open:
	case len(data) <= cap(r.free):
		r.free = r.free[len(data):len(data)]
	default:
		r.all = data[:0]
	}
}

// end takes all of it back.
func (r *room) end() {
	if cap(r.all) > keptRoom {
		r.all = nil
	}
	r.open, r.free = false, r.all
}
