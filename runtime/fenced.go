package runtime

import (
	"context"
	"errors"
	"slices"
	"sync/atomic"
)

// writ is what a key may be written by in the tiers that ask for tokens. A key that
// is set has one made when its turn begins; one that is loaded, before the load; and
// one that has been read, by the tiers that have been asked on the way.
type writ struct {
	set     bool     // the value is the truth, and not what the truth was when the writ was made
	tokens  []string // by tier; empty: it has none
	errs    []error  // why not
	refused atomic.Bool
	used    atomic.Bool // its token for the tier of the leases is being written by, or has been
}

// errNoWrit is why a tier is not written with what is no news.
var errNoWrit = errors.New("no token for the write")

// isRefused reports whether another process has written or removed the key since the
// writ was made, so that what it was made for is out of date.
func (w *writ) isRefused() bool { return w != nil && w.refused.Load() }

// join returns a writ with the tokens of two that were made side by side.
func (w *writ) join(other *writ) *writ {
	if w == nil || other == nil || w == other {
		if w == nil {
			return other
		}
		return w
	}
	both := &writ{set: w.set, tokens: slices.Clone(w.tokens), errs: w.errs}
	for i, token := range other.tokens {
		if both.tokens[i] == "" {
			both.tokens[i] = token
		}
	}
	return both
}

func (c *Core[K, V]) newWrit(set bool) *writ {
	return &writ{set: set, tokens: make([]string, len(c.leaves)), errs: make([]error, len(c.leaves))}
}

// fence finds out whether the tier asks for tokens.
func (l *RemoteLeaf[K, V]) fence() {
	if l.core.spec.Lease == 0 {
		return
	}
	if l.fenced, _ = l.engine.(LeaseEngine); l.fenced == nil {
		return
	}
	for _, other := range l.core.leaves {
		l.target = l.target || other.base().Refill>>l.Index&1 == 1
	}
}

// permitted returns the token that the slot's writ has for the tier.
func (l *RemoteLeaf[K, V]) permitted(s *slot[K, V]) (token string, err error) {
	if l.fenced == nil {
		return "", nil
	}
	if s.writ != nil {
		token, err = s.writ.tokens[l.Index], s.writ.errs[l.Index]
	}
	switch {
	case token != "":
		return token, nil
	case err != nil && s.writ.set:
		return "", err
	}
	return "", errNoWrit
}

// permit takes tokens of the tier for all keys of the operation that have none.
func (l *RemoteLeaf[K, V]) permit(op *Op[K, V]) {
	tokens := make([]RemoteToken, 0, len(op.slots))
	writs := make([]*writ, 0, len(op.slots))
	for i := range op.slots {
		if s := &op.slots[i]; s.writ.tokens[l.Index] == "" {
			tokens, writs = append(tokens, RemoteToken{Key: s.text}), append(writs, s.writ)
		}
	}
	if len(tokens) == 0 {
		return
	}
	left, err := l.caller.run(op.ctx, new(call), &tokenWork{l.fenced, tokens})
	for i, w := range writs {
		switch {
		case left || err != nil:
			w.errs[l.Index] = err
		case tokens[i].Err != nil:
			w.errs[l.Index] = tokens[i].Err
		default:
			w.tokens[l.Index] = tokens[i].Token
			continue
		}
		l.core.leases.failed(op.ctx, l, w.errs[l.Index])
	}
}

// tokenWork takes tokens. What nobody waits for does no harm.
type tokenWork struct {
	engine LeaseEngine
	tokens []RemoteToken
}

func (w *tokenWork) do(ctx context.Context) error { return w.engine.Tokens(ctx, w.tokens) }
func (w *tokenWork) left()                        {}
func (w *tokenWork) over(error)                   {}

// insist writes again what others have overtaken: whoever sets a key at the same time
// may be the later one. It does not for what is no news, and not without end.
func (l *RemoteLeaf[K, V]) insist(ctx context.Context, writes []RemoteWrite) error {
	const attempts = 8
	for range attempts {
		var index []int
		var tokens []RemoteToken
		for i := range writes {
			if errors.Is(writes[i].Err, ErrOvertaken) {
				index, tokens = append(index, i), append(tokens, RemoteToken{Key: writes[i].Key})
			}
		}
		if len(index) == 0 || ctx.Err() != nil {
			return nil
		}
		if err := l.fenced.Tokens(ctx, tokens); err != nil {
			return err
		}
		again := make([]RemoteWrite, len(index))
		for j, i := range index {
			again[j] = writes[i]
			again[j].Token = tokens[j].Token
		}
		if err := l.fenced.Write(ctx, again); err != nil {
			return err
		}
		for j, i := range index {
			writes[i].Err = again[j].Err
		}
	}
	return nil
}

// overdue takes what a write of the tier came to and reports whether it was refused,
// because another process has written or removed the key since it was loaded or read.
// That is no failure, and memory must not keep the value either.
func (l *RemoteLeaf[K, V]) overdue(op *Op[K, V], s *slot[K, V], err error) bool {
	if l.fenced == nil || s.writ.set {
		return false
	}
	if !errors.Is(err, ErrOvertaken) {
		l.unused(s, err)
		return false
	}
	c := l.core
	c.leases.refused.Add(1)
	s.writ.refused.Store(true)
	st := c.fence.stripe(s.stripe)
	st.mu.Lock()
	defer st.mu.Unlock()
	for _, other := range c.leaves {
		if near, ok := other.(memoryLeaf[K, V]); ok {
			near.drop(s, op.now)
		}
	}
	return true
}

// unused notes that the tier with the leases has certainly not been written.
func (l *RemoteLeaf[K, V]) unused(s *slot[K, V], err error) {
	if err != nil && s.writ != nil && l.core.leases.leaf == l {
		s.writ.used.Store(false)
	}
}

// noted keeps the token that a read has brought, and what is to be known of the entry
// for a lease.
func (l *RemoteLeaf[K, V]) noted(s *slot[K, V], r *RemoteRead) {
	if l.target && r.Token != "" {
		if s.writ == nil {
			s.writ = l.core.newWrit(false)
		}
		s.writ.tokens[l.Index] = r.Token
	}
	if l.core.leases != nil && l == l.core.leases.leaf {
		data := r.Raw.Data
		m := s.rest()
		m.seen = seen{known: true, any: r.Err != nil, end: string(data[max(0, len(data)-SeenEnd):])}
		s.more = &m
	}
}

// seen is what the tier that has the leases held under a key.
type seen struct {
	known bool   // it has answered
	any   bool   // it holds something that has not been read whole
	end   string // of the entry
}
