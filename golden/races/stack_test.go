package races

// deepen makes the stack of a new goroutine as large as an actor will need it, in
// one step and while there is nothing on it to move. Growing on the way, with all
// those frames to adjust, takes a fifth of the time of a schedule.
//
//go:noinline
func deepen() byte {
	var room [6 << 10]byte
	return use(&room)
}

//go:noinline
func use(room *[6 << 10]byte) byte { return room[0] }
