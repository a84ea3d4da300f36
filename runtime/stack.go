package runtime

// deepen gives a goroutine the stack that a call of a client takes, in one step and while
// there is little on it: grown when it is needed, it is copied twice or three times, and
// every frame on it adjusted. That is for goroutines that have just begun, as those of
// requests have; others have it, and do nothing here. Pass a negative number.
//
//go:noinline
func deepen(never int) byte {
	if never < 0 {
		return 0
	}
	var room [7 << 10]byte // not used: it is the size of this frame that counts
	return room[never%len(room)]
}
