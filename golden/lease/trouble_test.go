package lease

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"strings"
	"testing"

	"github.com/cachegen/cachegen/internal/redistest"
	"github.com/cachegen/cachegen/runtime"
	"github.com/cachegen/cachegen/runtime/redistier"
)

// TestNoRedis loads without leases where Redis is down, hangs, or lets us run no scripts.
func TestNoRedis(t *testing.T) {
	server := redistest.Start(t)
	c := pages(t, server.Client())
	u := newUpstream()
	for id := range int64(4) {
		u.put(id, "loaded")
	}
	get := func(id int64) {
		t.Helper()
		p, err := c.GetOrLoad(ctx(t), id, u.load)
		check(t, err, nil)
		check(t, p.Text, "loaded")
	}
	get(0)
	check(t, server.Client().Do(ctx(t), "ACL", "SETUSER", "default", "-@scripting").Err(), nil)
	get(1)
	if s := c.Stats().Leases; s.Errors == 0 {
		t.Errorf("no error is counted: %+v", s)
	}
	check(t, server.Client().Do(ctx(t), "ACL", "SETUSER", "default", "+@scripting").Err(), nil)
	server.Stop()
	get(2)
	server.Cont()
	server.Kill()
	get(3)
	check(t, u.loads(), 4)
}

// TestPermissions has all work for a user who may do what the README says, and no more.
func TestPermissions(t *testing.T) {
	server := redistest.Start(t)
	readme, err := os.ReadFile("../../README.md")
	check(t, err, nil)
	_, rest, _ := strings.Cut(string(readme), "The least that a Redis user needs is `")
	list, _, _ := strings.Cut(rest, "`")
	rules := []any{"ACL", "SETUSER", "app", "on", ">secret", "~pages:*", "&pages:*"}
	for _, rule := range strings.Fields(list) {
		rules = append(rules, rule)
	}
	check(t, server.Client().Do(ctx(t), rules...).Err(), nil)
	var logs strings.Builder
	var all []*PageCache
	for range 2 {
		client, err := redistier.Dial("redis://app:secret@" + server.Addr())
		check(t, err, nil)
		t.Cleanup(func() { _ = client.Close() })
		c, err := NewPageCache(PageCacheConfig{Redis: client, Options: runtime.Options{Logger: slog.New(slog.NewTextHandler(&logs, nil))}})
		check(t, err, nil)
		t.Cleanup(func() { check(t, c.Close(context.Background()), nil) })
		all = append(all, c)
	}
	a, b, u := all[0], all[1], held()
	u.put(1, "one")
	ofA := ask(a, 1, u.load)
	<-u.began
	ofB := ask(b, 1, u.load)
	waiting(t, b, 1)
	u.release()
	(<-ofA).want(t, "one")
	(<-ofB).want(t, "one")
	check(t, u.loads(), 1)
	check(t, a.SetMany(ctx(t), map[int64]Page{2: {2, "two"}, 3: {3, "three"}}), nil)
	found, err := b.GetMany(ctx(t), []int64{2, 3})
	check(t, err, nil)
	check(t, len(found), 2)
	removed, err := b.Delete(ctx(t), 2)
	check(t, err, nil)
	check(t, removed, 2)
	_, err = a.GetOrLoad(ctx(t), 9, func(context.Context, int64) (Page, error) { return Page{}, errors.New("wrong") })
	check(t, err != nil, true) // and the lease is given back
	for _, c := range all {
		check(t, c.Stats().Leases.Errors, 0)
		check(t, c.Stats().Tiers[1].WriteErrors+c.Stats().Tiers[1].RemoveErrors+c.Stats().Tiers[1].ReadErrors, 0)
	}
	check(t, logs.String(), "")
}
