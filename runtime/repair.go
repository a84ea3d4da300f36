package runtime

import "time"

// How often a tier is asked to remove what could not be written or removed: a
// tier that is back is found out within two seconds.
const (
	repairMin   = 50 * time.Millisecond
	repairMax   = time.Second
	repairBatch = 256
)

// repair starts the goroutine that removes marked keys, unless it runs.
func (l *RemoteLeaf[K, V]) repair() {
	if !l.repairing.CompareAndSwap(false, true) {
		return
	}
	if !l.core.tasks.begin() {
		l.repairing.Store(false)
		return
	}
	go func() {
		defer l.core.tasks.end()
		// The first wait leaves it to a caller who tries again to mend things: a
		// remove at the same time could take away what he has just written.
		if !l.core.sleep(repairMin) {
			return
		}
		for wait := repairMin; ; {
			due := l.marks.due(repairBatch)
			if len(due) == 0 {
				l.repairing.Store(false)
				// A key marked just now found us still running.
				if len(l.marks.due(1)) == 0 || !l.repairing.CompareAndSwap(false, true) {
					return
				}
				continue
			}
			if l.removeDue(due) {
				wait = repairMin
				continue
			}
			if !l.core.sleep(wait) {
				return
			}
			wait = min(2*wait, repairMax)
		}
	}()
}

// removeDue removes the keys and reports whether the tier did so.
func (l *RemoteLeaf[K, V]) removeDue(due []dueKey) bool {
	removes := make([]RemoteRemove, len(due))
	for i, d := range due {
		removes[i].Key = d.text
	}
	_, err := l.caller.run(l.core.ctx, new(call), removeWork{l.engine, removes})
	if err != nil {
		return false
	}
	ok := true
	for i, d := range due {
		if removes[i].Err != nil {
			ok = false
			continue
		}
		l.marks.removed(d)
	}
	return ok
}
