package policy

// This file is the meaning of the policies as plain functions over what two parts
// do: what generated code is held to.

// Forever is the life of an entry that does not expire.
const Forever = 1<<63 - 1

// Answer is what a part says of one key.
type Answer struct {
	Hit    bool   // there is a value, or an absence, that lives
	Stale  bool   // it lives, past its stale instant
	Life   int64  // what is left of it; Forever if it does not expire
	Err    error  // why there is no answer
	Source string // of the part that has it
}

// Asked is a part that can be asked: its answer, and when that comes. Parts in
// memory answer at once, before another part is asked.
type Asked struct {
	Answer
	At     int // when the answer comes
	Memory bool
}

// Of returns the answer of a composition, and whether its second part is waited
// for or has been asked.
//
//	policy.ReadRace.Of(l1, l2, false)
func (p Read) Of(l1, l2 Asked, drop bool) (a Answer, asked1, asked2 bool) {
	switch p {
	case ReadRace:
		return race(l1, l2, drop)
	case ReadParallel:
		return parallel(l1.Answer, l2.Answer), true, true
	}
	if l1.Hit {
		return l1.Answer, true, false
	}
	return l2.Answer, true, true
}

// race: the first hit wins; without one the other is waited for.
func race(l1, l2 Asked, drop bool) (a Answer, asked1, asked2 bool) {
	switch {
	case l1.Memory && l1.Hit:
		return l1.Answer, true, !drop
	case l2.Memory && !l1.Memory && l2.Hit:
		return l2.Answer, !drop, true
	}
	first, second := l1, l2
	if l2.At < l1.At {
		first, second = l2, l1
	}
	switch {
	case first.Hit && (!first.Stale || second.At != first.At || !second.Hit || second.Stale):
		a = first.Answer
	case second.Hit:
		a = second.Answer
	case l1.Err != nil: // no part says that there is nothing, or L2 does
		a = Answer{Err: l2.Err}
	}
	return a, true, true
}

// parallel: both are waited for; what lives longer wins, and L1 if it is a tie.
func parallel(l1, l2 Answer) Answer {
	switch {
	case l1.Hit && (!l2.Hit || l1.Life >= l2.Life):
		return l1
	case l2.Hit:
		return l2
	case l1.Err != nil && l2.Err != nil:
		return Answer{Err: Both{l1.Err, l2.Err}}
	}
	return Answer{}
}

// Both is the error of a composition of which both parts have failed.
type Both struct{ L1, L2 error }

// Error names both causes.
func (b Both) Error() string { return "L1: " + b.L1.Error() + "; L2: " + b.L2.Error() }

// Written is a part that is written: whether that fails, and when it ends.
type Written struct {
	Err error
	At  int
}

// Of returns the error of a composition that is written, and whether each part has
// been written when everything has ended. A dropped loser has not.
func (p Write) Of(l1, l2 Written, drop bool) (has1, has2 bool, err error) {
	has1, has2 = l1.Err == nil, l2.Err == nil
	switch {
	case p == WriteSequential && !has1:
		return false, false, l1.Err
	case p == WriteSequential:
		return true, has2, l2.Err
	case !has1 && !has2:
		return false, false, Both{l1.Err, l2.Err}
	case p == WriteRace && drop && has1 && has2:
		return l1.At <= l2.At, l2.At < l1.At, nil
	}
	return has1, has2, nil
}

// Refills reports whether an answer of L2 is written into L1: not where L1 has an
// answer that lives as long. capped is the life that a copy in L1 would have.
func (p Refill) Refills(l1 Answer, capped int64) bool {
	return p == RefillAlways && (!l1.Hit || capped > l1.Life)
}
