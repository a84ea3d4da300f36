package badgertier

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/dgraph-io/badger/v4"
	"go.uber.org/goleak"

	"github.com/cachegen/cachegen/runtime"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func openDB(t *testing.T) *badger.DB {
	t.Helper()
	db, err := badger.Open(badger.DefaultOptions("").WithInMemory(true).WithLogger(nil))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return db
}

func TestExpiry(t *testing.T) {
	second := time.Unix(1000, 0)
	for _, test := range []struct {
		now  time.Time
		life time.Duration
		want uint64
	}{
		{second, 0, 0},
		{second, 1, 1001},
		{second, time.Second, 1001},
		{second, time.Second + 1, 1002},
		{second.Add(time.Second - 1), 1, 1001},
		{second.Add(time.Second - 1), 2, 1002},
		{second.Add(time.Millisecond), time.Minute, 1061},
	} {
		if got := expiry(test.now, test.life); got != test.want {
			t.Errorf("%v after %v: badger drops it at %d, want %d", test.life, test.now.Sub(second), got, test.want)
		}
	}
}

// TestBatch writes, reads and removes more than one transaction holds.
func TestBatch(t *testing.T) {
	ctx := t.Context()
	e := New(openDB(t), 0)
	const n = 3000
	writes, reads, removes := make([]runtime.RemoteWrite, n), make([]runtime.RemoteRead, n+1), make([]runtime.RemoteRemove, n+1)
	for i := range n {
		key := fmt.Sprint("k", i)
		writes[i] = runtime.RemoteWrite{Key: key, Raw: runtime.Raw{Data: make([]byte, 4096)}}
		writes[i].Raw.Data[0] = byte(i)
		reads[i].Key, removes[i].Key = key, key
	}
	reads[n].Key, removes[n].Key = "nothing", "nothing"
	if err := e.Write(ctx, writes); err != nil {
		t.Fatal(err)
	}
	if err := e.Read(ctx, reads); err != nil {
		t.Fatal(err)
	}
	for i, r := range reads {
		if r.Err != nil || r.Found != (i < n) || r.Found && (len(r.Raw.Data) != 4096 || r.Raw.Data[0] != byte(i)) {
			t.Fatalf("%s: %v, %v", r.Key, r.Found, r.Err)
		}
	}
	for _, want := range []int{1, 0} {
		if err := e.Remove(ctx, removes); err != nil {
			t.Fatal(err)
		}
		for i, r := range removes {
			if r.Err != nil || i < n && r.Removed != want || i == n && r.Removed != 0 {
				t.Fatalf("%s: %d, %v", r.Key, r.Removed, r.Err)
			}
			removes[i] = runtime.RemoteRemove{Key: r.Key}
		}
	}
}

// TestKeyErrors: a key that badger refuses is the error of that key alone.
func TestKeyErrors(t *testing.T) {
	ctx := t.Context()
	e := New(openDB(t), 10)
	raw := runtime.Raw{Data: []byte("data")}
	writes := []runtime.RemoteWrite{{Key: "!badger!x", Raw: raw}, {Key: "good", Raw: raw}, {Key: "long", Raw: runtime.Raw{Data: make([]byte, 11)}}}
	if err := e.Write(ctx, writes); err != nil {
		t.Fatal(err)
	}
	if writes[0].Err == nil || writes[1].Err != nil || writes[2].Err != nil {
		t.Error(writes[0].Err, writes[1].Err, writes[2].Err)
	}
	reads := []runtime.RemoteRead{{Key: "good"}, {Key: "long"}}
	if err := e.Read(ctx, reads); err != nil {
		t.Fatal(err)
	}
	if !reads[0].Found || string(reads[0].Raw.Data) != "data" || !errors.Is(reads[1].Err, runtime.ErrTooLarge) {
		t.Error(reads)
	}
}

func TestEndedContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	e := New(openDB(t), 0)
	for name, err := range map[string]error{
		"Read":  e.Read(ctx, []runtime.RemoteRead{{Key: "k"}}),
		"Write": e.Write(ctx, []runtime.RemoteWrite{{Key: "k", Raw: runtime.Raw{Data: []byte("x")}}}),
	} {
		if !errors.Is(err, context.Canceled) {
			t.Error(name, err)
		}
	}
}
