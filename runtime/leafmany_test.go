package runtime

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

// keyedRemote is a fakeRemote that reads batches by their keys.
type keyedRemote struct {
	*fakeRemote
	batches *int
}

func (r keyedRemote) ReadsKeys() bool { return true }

func (r keyedRemote) ReadKeys(ctx context.Context, keys []string) (Replies, error) {
	*r.batches++
	reads := make(readReplies, len(keys))
	for i, key := range keys {
		reads[i].Key = key
	}
	return reads, r.Read(ctx, reads)
}

type readReplies []RemoteRead

func (rs readReplies) Release() {}

func (rs readReplies) Reply(i int) (data []byte, text string, err error) {
	return rs[i].Raw.Data, rs[i].Text, rs[i].Err
}

// told is what a read has come to, for whoever asked and for who reads the counters.
type told struct {
	Values map[string]string
	Err    string
	Stats  Stats
}

// late is a context that nothing tells when it is over.
type late struct {
	context.Context
	when time.Time
}

func (l late) Deadline() (time.Time, bool) { return l.when, true }
func (l late) Done() <-chan struct{}       { return nil }

// TestDirect tells one story of keys and batches to a cache whose only tier is read
// directly and to one whose tier is not: nobody can tell which is which.
func TestDirect(t *testing.T) {
	batches := 0
	tell := func(t *testing.T, keyed bool) (all []told) {
		t.Helper()
		fake := &fakeRemote{entries: map[string]RemoteWrite{}, keyErr: map[string]error{}, calls: map[string]int{}}
		c := newCache(t, "r", func(c *config) {
			c.spec.Absent = time.Minute
			c.spec.TextKey = func(dst []byte, key string) ([]byte, error) {
				if key == "unspeakable" {
					return nil, errors.New("no such key")
				}
				return AppendKeyString(dst, key), nil
			}
			c.engine = func(int) RemoteEngine {
				if keyed {
					return keyedRemote{fake, &batches}
				}
				return fake
			}
		})
		for i := range 5 {
			c.set(t, fmt.Sprint(i), fmt.Sprint("value ", i))
		}
		if _, err := c.GetOrLoad(t.Context(), "absent", func(context.Context, string) (item, error) {
			return item{}, ErrNotFound
		}); !errors.Is(err, ErrNotFound) {
			t.Fatal(err)
		}
		note := func(found map[string]item, err error) {
			got := told{Values: map[string]string{}, Err: fmt.Sprint(err), Stats: c.Stats()}
			for key, v := range found {
				got.Values[key] = string(v.B)
			}
			for i := range got.Stats.Tiers { // of which some are drawn to be timed
				got.Stats.Tiers[i].Times = TierTimes{}
			}
			all = append(all, got)
		}
		ask := func(ctx context.Context, keys ...string) {
			note(c.GetMany(ctx, keys))
			for _, key := range keys[:min(len(keys), 5)] {
				found := map[string]item{}
				v, ok, err := c.Get(ctx, key)
				if ok {
					found[key] = v
				}
				note(found, err)
			}
		}
		ctx := t.Context()
		ask(ctx, "0", "1", "2", "3", "4")
		ask(ctx, "0", "none", "0", "absent", "1", "none", "0")
		ask(ctx, "4", "4")
		ask(ctx, "0", "unspeakable", "1")
		time.Sleep(90 * time.Second) // what is there is stale now, and known to be absent no more
		ask(ctx, "0", "absent", "1")
		fake.entries[textKey("2")] = RemoteWrite{Raw: Raw{Data: bytes.Repeat([]byte("x"), 100)}}
		ask(ctx, "1", "2", "3")
		fake.fail("3", ErrWrongType)
		fake.fail("1", errDown)
		ask(ctx, "0", "1", "2", "3")
		fake.fail("3", nil)
		fake.fail("1", nil)
		fake.down()
		ask(ctx, "0", "1")
		if err := c.Set(ctx, "0", it("lost")); err == nil { // so that what is stored must not be handed out
			t.Error("a write to a server that is down has no error")
		}
		fake.up()
		fake.hook(func(_ context.Context, op string) error {
			if op == "remove" {
				return errDown // or the mark would go when it likes
			}
			return nil
		})
		ask(ctx, "0", "1")
		ask(ctx, "0", "0", "0")
		over, cancel := context.WithCancel(ctx)
		cancel()
		ask(over, "0", "1")
		ask(over, "0", "0")
		fake.hook(func(context.Context, string) error { time.Sleep(100 * time.Millisecond); return nil })
		ask(late{ctx, time.Now().Add(50 * time.Millisecond)}, "1", "none")
		soon, cancel := context.WithTimeout(ctx, 20*time.Millisecond)
		ask(soon, "1", "2", "none") // left before the engine has answered, which it does all the same
		cancel()
		time.Sleep(time.Second)
		fake.hookAfter(func(context.Context, string) error { return errDown })
		ask(ctx, "1", "2", "none") // found, and an error
		fake.hookAfter(nil)
		fake.up()
		c.set(t, "1", "another")
		c.set(t, "4", "more")
		ask(ctx, "1", "2")
		l := c.leaf(0) // there was no room for a mark
		bin, _ := binaryKey(nil, "1")
		l.marks.blocked = map[int32]block{c.fence.index(bin): {c.Time.Now() + int64(time.Minute), c.unix()}}
		l.marks.any.Store(true)
		ask(ctx, "1", "4")
		time.Sleep(time.Hour)
		ask(ctx, "1", "2")
		ask(ctx, strings.Split(strings.Repeat("1,2,3,", 300)+"1", ",")...)
		return all
	}
	var want, got []told
	synctest.Test(t, func(t *testing.T) { want = tell(t, false) })
	synctest.Test(t, func(t *testing.T) { got = tell(t, true) })
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("-one by one +by their keys:\n%s", d)
	}
	if batches == 0 {
		t.Error("no batch was read by its keys")
	}
}

// newKeyed returns a cache with one tier that reads batches by their keys, and the engine
// that wrap makes of it. It has three values.
func newKeyed(t *testing.T, wrap func(keyedRemote) RemoteEngine) *cache {
	t.Helper()
	fake := &fakeRemote{entries: map[string]RemoteWrite{}, keyErr: map[string]error{}, calls: map[string]int{}}
	c := newCache(t, "r", func(c *config) {
		c.engine = func(int) RemoteEngine { return wrap(keyedRemote{fake, new(int)}) }
	})
	for _, key := range strings.Split("abc", "") {
		c.set(t, key, "value of "+key)
	}
	return c
}

// wordyRemote returns texts that are not what it has found.
type wordyRemote struct{ keyedRemote }

type wordyReplies struct{ Replies }

func (r wordyRemote) ReadKeys(ctx context.Context, keys []string) (Replies, error) {
	found, err := r.keyedRemote.ReadKeys(ctx, keys)
	return wordyReplies{found}, err
}

func (r wordyReplies) Reply(i int) (data []byte, text string, err error) {
	data, _, err = r.Replies.Reply(i)
	return data, "x", err
}

// TestReplyText decodes from the bytes if the text is not they.
func TestReplyText(t *testing.T) {
	c := newKeyed(t, func(r keyedRemote) RemoteEngine { return wordyRemote{r} })
	found, err := c.GetMany(t.Context(), []string{"a", "b"})
	check(t, err, nil)
	check(t, len(found), 2)
	check(t, string(found["b"].B), "value of b")
}

// lendingRemote returns replies that are somebody else's when they are given back.
type lendingRemote struct {
	keyedRemote
	released *int
}

type lentReplies struct {
	readReplies
	released *int
}

func (r lendingRemote) ReadKeys(ctx context.Context, keys []string) (Replies, error) {
	found, err := r.keyedRemote.ReadKeys(ctx, keys)
	reads, _ := found.(readReplies)
	for i := range reads {
		reads[i].Raw.Data = bytes.Clone(reads[i].Raw.Data)
	}
	return lentReplies{reads, r.released}, err
}

func (rs lentReplies) Release() {
	*rs.released++
	for i := range rs.readReplies {
		clear(rs.readReplies[i].Raw.Data)
	}
}

// TestReplyRelease gives replies back when nothing is needed of them any more: at once where
// values are copies, and never where a codec may have kept what it was given.
func TestReplyRelease(t *testing.T) {
	for codec, want := range map[byte]int{CodecBinary: 2, CodecJSON: 0} {
		released := 0
		fake := &fakeRemote{entries: map[string]RemoteWrite{}, keyErr: map[string]error{}, calls: map[string]int{}}
		c := newCache(t, "r", func(c *config) {
			c.spec.Formats = []Format[item]{format(codec)}
			c.engine = func(int) RemoteEngine { return lendingRemote{keyedRemote{fake, new(int)}, &released} }
		})
		c.set(t, "a", "value of a")
		c.set(t, "b", "value of b")
		for range 2 {
			found, err := c.GetMany(t.Context(), []string{"a", "none", "b"})
			check(t, err, nil)
			check(t, string(found["a"].B)+string(found["b"].B), "value of avalue of b")
		}
		check(t, released, want)
		fake.before = func(context.Context, string) error { return errDown }
		_, err := c.GetMany(t.Context(), []string{"a", "b"})
		check(t, err != nil, true)
		check(t, released, want)
	}
}

// TestReplyPanic asks a codec that panics once for each entry.
func TestReplyPanic(t *testing.T) {
	c := newKeyed(t, func(r keyedRemote) RemoteEngine { return r })
	calls := 0
	c.spec.Formats[0].Decode = func(v *item, data []byte, text string) error {
		if calls++; calls == 2 {
			panic("cannot read it")
		}
		v.B = data
		return nil
	}
	found, err := c.GetMany(t.Context(), []string{"a", "b", "c"})
	check(t, err, nil)
	check(t, len(found), 2)
	check(t, found["b"].B == nil, true)
	check(t, calls, 3)
	s := c.Stats().Tiers[0]
	check(t, s.Rejected, 1)
	check(t, s.Hits, 2)
}
