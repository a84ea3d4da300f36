package redistier

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"testing"
	"testing/iotest"
	"time"

	"github.com/cachegen/cachegen/internal/redistest"
	"github.com/cachegen/cachegen/runtime"
)

var _ runtime.Batcher = (*Engine)(nil)

// told is what a reply says.
func told(t *testing.T, rs runtime.Replies, i int) string {
	t.Helper()
	data, text, err := rs.Reply(i)
	if text != "" {
		check(t, text, string(data))
	}
	return fmt.Sprintf("%t %.20q of %d, %v", data != nil, data, len(data), err)
}

// batchesOf returns batches of keys.
func batchesOf(keys ...[]string) []runtime.KeyBatch {
	batches := make([]runtime.KeyBatch, len(keys))
	for i := range keys {
		batches[i].Keys = keys[i]
	}
	return batches
}

// readLentMany reads batches by a connection that is lent.
func readLentMany(t *testing.T, e *Engine, keys ...[]string) []runtime.KeyBatch {
	t.Helper()
	batches := batchesOf(keys...)
	redistest.Until(t, "a read of batches", func() bool {
		lend(t, e, "none")
		b := e.lent[0]
		b.mu.Lock()
		defer b.mu.Unlock()
		if b.conn == nil {
			return false
		}
		b.many.batches = batches
		done, err := b.direct(ctx(t), &b.many, time.Now())
		check(t, err, nil)
		return done
	})
	return batches
}

// TestLentBatches reads batches of all kinds of values on a connection that is lent, by a
// client that is to find out which one that is, and by one whose connections nobody lends:
// it is the same.
func TestLentBatches(t *testing.T) {
	db := redistest.Shared(t)
	client := dialWith(t, db.URL(), patient)
	values := map[string]string{
		"small": "v", "lines": "a\r\n$3\r\nb\r\n", "zeros": "\x00\x00", "empty": "",
		"limit": strings.Repeat("x", limit), "over": strings.Repeat("x", limit+1),
		"scratch": strings.Repeat("s", scratch-2), "more": strings.Repeat("m", scratch-1), "big": strings.Repeat("b", 1<<20),
		strings.Repeat("long key", 5000): "v",
	}
	keys := []string{"none", "list"}
	for key, value := range values {
		check(t, client.Set(ctx(t), key, value, 0).Err(), nil)
		keys = append(keys, key)
	}
	check(t, client.RPush(ctx(t), "list", "x").Err(), nil)
	sets := [][]string{keys, keys[:1], {"small", "small"}, keys[3:], {"none", "list", "empty"}}
	for _, maxValue := range []int64{0, limit, 1 << 30} {
		e, plain := New(client, maxValue), New(db.Client(), maxValue)
		lentTo := readLentMany(t, e, sets...)
		borrowing := batchesOf(sets...)
		asNew := New(dialWith(t, db.URL(), patient), maxValue).lent[0]
		asNew.mu.Lock()
		asNew.many.batches = borrowing
		done, err := asNew.borrow(ctx(t), &asNew.many, time.Now())
		check(t, done && asNew.conn != nil, true)
		check(t, err, nil)
		asNew.mu.Unlock()
		together := batchesOf(sets...)
		check(t, plain.ReadBatches(ctx(t), together), nil)
		for i, keys := range sets {
			want, err := plain.ReadKeys(ctx(t), keys)
			check(t, err, nil)
			for name, got := range map[string]runtime.KeyBatch{"lent": lentTo[i], "borrowing": borrowing[i], "together": together[i]} {
				check(t, got.Err, nil)
				for k, key := range keys {
					w, g := told(t, want, k), told(t, got.Replies, k)
					if _, _, err := want.Reply(k); err == nil && w != g || err != nil && !strings.HasSuffix(g, runtime.ErrTooLarge.Error()) {
						t.Errorf("%s: %.20s: %s, not %s", name, key, g, w)
					}
				}
			}
		}
	}
}

// TestLentBatchesAgain has replies be used again: those of one batch are not those of another
// until they are given back.
func TestLentBatchesAgain(t *testing.T) {
	client := dialWith(t, redistest.Shared(t).URL(), patient)
	check(t, client.MSet(ctx(t), "a", "of a", "b", "of b", "c", strings.Repeat("c", 2*roomy)).Err(), nil)
	e := New(client, 0)
	for range 20 {
		two := readLentMany(t, e, []string{"a", "b"}, []string{"b", "none", "a"})
		check(t, told(t, two[0].Replies, 0), `true "of a" of 4, <nil>`)
		check(t, told(t, two[1].Replies, 0), `true "of b" of 4, <nil>`)
		check(t, told(t, two[1].Replies, 1), `false "" of 0, <nil>`)
		check(t, told(t, two[0].Replies, 1), `true "of b" of 4, <nil>`)
		check(t, told(t, two[1].Replies, 2), `true "of a" of 4, <nil>`)
		two[0].Replies.Release()
		large := readLentMany(t, e, []string{"c", "a"})[0].Replies
		check(t, told(t, two[1].Replies, 2), `true "of a" of 4, <nil>`)
		check(t, strings.HasPrefix(told(t, large, 0), `true "cccc`), true)
		large.Release()
		two[1].Replies.Release()
	}
	e.lent[0].mu.Lock()
	defer e.lent[0].mu.Unlock()
	check(t, cap(e.lent[0].buf) <= roomy, true)
}

// TestLentBatchRefused has an error come that is the reply to nothing: the connection is not
// used again, and the client reads.
func TestLentBatchRefused(t *testing.T) {
	proxy, e := throughProxy(t)
	lend(t, e, "a")
	b := e.lent[0]
	b.mu.Lock()
	proxy.Filter(redistest.ToClient, func([]byte) []byte { return []byte("*2\r\n$1\r\nx\r\n-ERR out of turn\r\n") })
	b.many.batches = batchesOf([]string{"a", "b"})
	done, err := b.direct(ctx(t), &b.many, time.Now())
	proxy.Filter(redistest.ToClient, nil)
	b.mu.Unlock()
	check(t, done, false)
	check(t, errors.Is(err, errRefused), true)
	check(t, e.single.PoolStats().TotalConns, 0)
	rs, err := e.ReadKeys(ctx(t), []string{"b", "a"})
	check(t, err, nil)
	check(t, told(t, rs, 0), `true "of b" of 4, <nil>`)
}

// TestLentBatchNotAllowed has the server refuse batches, and not single reads: who asks for
// them is told so by the client.
func TestLentBatchNotAllowed(t *testing.T) {
	server := redistest.Start(t)
	client := dialWith(t, "redis://reader:secret@"+server.Addr(), "")
	admin := server.Client()
	check(t, admin.Do(ctx(t), "acl", "setuser", "reader", "on", ">secret", "~*", "+@all", "-mget").Err(), nil)
	e := New(client, 0)
	for range 3 {
		lend(t, e, "k")
		for range 2 * several {
			_, err := e.ReadKeys(ctx(t), []string{"a", "b"})
			check(t, err != nil && strings.HasPrefix(err.Error(), "NOPERM"), true)
			batches := batchesOf([]string{"a"}, []string{"b", "c"})
			err = e.ReadBatches(ctx(t), batches)
			check(t, err != nil && strings.HasPrefix(err.Error(), "NOPERM"), true)
		}
		check(t, read(t, e, "k")[0].Err, nil)
	}
}

// TestLentBatchBorrows lends connections to who reads nothing but batches, of keys of which
// some are not there.
func TestLentBatchBorrows(t *testing.T) {
	client := dialWith(t, redistest.Shared(t).URL(), patient)
	check(t, client.MSet(ctx(t), "a", "of a", "b", "of b").Err(), nil)
	e := New(client, 0)
	redistest.Until(t, "a connection that is lent", func() bool {
		for range 2 * several {
			rs, err := e.ReadKeys(ctx(t), []string{"none", "a", "none either", "b"})
			check(t, err, nil)
			check(t, told(t, rs, 1), `true "of a" of 4, <nil>`)
			check(t, told(t, rs, 2), `false "" of 0, <nil>`)
			check(t, told(t, rs, 3), `true "of b" of 4, <nil>`)
		}
		return isLent(e)
	})
}

// TestLentToSeveral lends to several callers at a time, and never so much that others had
// nothing: a quarter of the pool.
func TestLentToSeveral(t *testing.T) {
	client := dialWith(t, redistest.Shared(t).URL(), "?pool_size=11")
	check(t, client.MSet(ctx(t), "a", "of a", "b", "of b").Err(), nil)
	e := New(client, 0)
	check(t, len(e.lent), 2)
	check(t, len(New(dialWith(t, redistest.Shared(t).URL(), "?pool_size=1000"), 0).lent), lenders)
	redistest.Until(t, "two connections that are lent", func() bool {
		lend(t, e, "a")
		e.lent[0].mu.Lock() // the first one has something to do
		defer e.lent[0].mu.Unlock()
		for range 2 * several {
			check(t, read(t, e, "b")[0].Text, "of b")
		}
		e.lent[1].mu.Lock()
		defer e.lent[1].mu.Unlock()
		check(t, read(t, e, "a")[0].Text, "of a") // by the client
		return e.lent[0].conn != nil && e.lent[1].conn != nil && e.lent[0].conn != e.lent[1].conn
	})
	redistest.Until(t, "all connections in the pool", func() bool {
		s := client.PoolStats()
		return s.TotalConns == s.IdleConns
	})
}

// TestBatchesTogether has many callers read batches and single keys at a time, by clients
// that lend and by one that does not: everybody gets his own.
func TestBatchesTogether(t *testing.T) {
	db := redistest.Shared(t)
	for name, e := range map[string]*Engine{"lends": New(dialWith(t, db.URL(), ""), limit), "does not": New(db.Client(), limit)} {
		for i := range 100 {
			check(t, e.single.Set(ctx(t), fmt.Sprint(i), fmt.Sprint("value ", i), 0).Err(), nil)
		}
		var wg sync.WaitGroup
		for g := range 12 {
			wg.Go(func() {
				for round := range 200 {
					batches := make([]runtime.KeyBatch, 1+round%3)
					for i := range batches {
						for k := range 2 + (g+round)%20 {
							batches[i].Keys = append(batches[i].Keys, fmt.Sprint((7*g+i+3*k+round)%110))
						}
					}
					if err := e.ReadBatches(context.Background(), batches); err != nil {
						t.Errorf("%s: %v", name, err)
						return
					}
					for _, b := range batches {
						for i, key := range b.Keys {
							data, _, err := b.Replies.Reply(i)
							if want := "value " + key; err != nil || string(data) != want && (data != nil || len(key) < 3) {
								t.Errorf("%s: %q, %v under %s", name, data, err, key)
							}
						}
						b.Replies.Release()
					}
					r := []runtime.RemoteRead{{Key: "7"}}
					if err := e.ReadEach(context.Background(), r); err != nil || string(r[0].Raw.Data) != "value 7" {
						t.Errorf("%s: %q, %v", name, r[0].Text, err)
					}
				}
			})
		}
		wg.Wait()
	}
}

// TestReplies reads replies to batches, in one piece and byte by byte.
func TestReplies(t *testing.T) {
	long := strings.Repeat("x", 40)
	for in, want := range map[string]struct {
		value string
		err   error
	}{
		"*2\r\n$1\r\na\r\n$1\r\nb\r\n":              {value: "a b"},
		"*2\r\n$-1\r\n_\r\n":                        {value: "- -"},
		"*2\r\n$0\r\n\r\n$1\r\nb\r\n":               {value: "- b"},
		"*2\r\n$40\r\n" + long + "\r\n$1\r\nb\r\n":  {value: long + " b"},
		"*2\r\n$41\r\nx" + long + "\r\n$1\r\nb\r\n": {value: "! b"},
		"*2\r\n$1\r\na\r\n":                         {err: io.EOF},
		"*2\r\n$1\r\na\r\n$5\r\nb":                  {err: io.EOF},
		"*1\r\n$1\r\na\r\n":                         {err: errStrange},
		"*3\r\n$1\r\na\r\n$1\r\nb\r\n$1\r\nc\r\n":   {err: errStrange},
		"*-1\r\n":                       {err: errStrange},
		"*\r\n":                         {err: errStrange},
		"$2\r\nab\r\n":                  {err: errStrange},
		"_\r\n":                         {err: errStrange},
		">2\r\n$1\r\na\r\n$1\r\nb\r\n":  {err: errStrange},
		"*2\r\n:1\r\n$1\r\nb\r\n":       {err: errStrange},
		"*2\r\n$1\r\naa\r\n$1\r\nb\r\n": {err: errStrange},
		"*2\r\n$41\r\nx" + long + "--$1\r\nb\r\n": {err: errStrange},
		"-ERR no\r\n":                  {err: errRefused},
		"*2\r\n-ERR no\r\n$1\r\nb\r\n": {err: errRefused},
	} {
		for name, r := range map[string]io.Reader{"whole": strings.NewReader(in), "bytes": iotest.OneByteReader(strings.NewReader(in))} {
			value, err := two(r, 24)
			if errors.Is(err, io.ErrUnexpectedEOF) {
				err = io.EOF
			}
			if value != want.value || !errors.Is(err, want.err) {
				t.Errorf("%s, %q: %q, %v", name, in, value, err)
			}
		}
	}
}

// two reads the replies to two keys, of at most 40 bytes each, with a buffer of so many: - is
// for none, and ! for one that is too large.
func two(r io.Reader, room int) (string, error) {
	in, b := &inflow{from: r, buf: make([]byte, room)}, &bulk{}
	if err := b.hears(in, 2, 40); err != nil {
		return "", err
	}
	var all []string
	for i := range 2 {
		switch data, text, err := b.Reply(i); {
		case errors.Is(err, runtime.ErrTooLarge) && data == nil:
			all = append(all, "!")
		case err != nil || text != "":
			return "", fmt.Errorf("%q, %w", text, err)
		case data == nil:
			all = append(all, "-")
		default:
			all = append(all, string(data))
		}
	}
	return strings.Join(all, " "), nil
}

// FuzzReplies holds that whatever comes, in pieces of any size, is the same, and no more
// than there was.
func FuzzReplies(f *testing.F) {
	for _, in := range []string{"*2\r\n$1\r\na\r\n$-1\r\n", "*2\r\n_\r\n$41\r\n" + strings.Repeat("x", 41) + "\r\n", "*2\r\n$0\r\n\r\n-ERR\r\n"} {
		f.Add([]byte(in))
	}
	f.Fuzz(func(t *testing.T, in []byte) {
		whole, err := two(bytes.NewReader(in), 32)
		piecemeal, again := two(iotest.OneByteReader(bytes.NewReader(in)), 64)
		if whole != piecemeal || (err == nil) != (again == nil) {
			t.Errorf("%q, %v, and %q, %v", whole, err, piecemeal, again)
		}
		if len(whole) > max(len(in), 3) {
			t.Errorf("%q from %q", whole, in)
		}
	})
}
