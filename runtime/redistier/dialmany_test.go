package redistier

import (
	"strings"
	"testing"
	"time"
)

func TestDialCluster(t *testing.T) {
	c, err := DialCluster("redis://user:pw@h1:1?addr=h2:2&read_timeout=3s")
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	o := c.Options()
	if strings.Join(o.Addrs, " ") != "h1:1 h2:2" || o.Username != "user" {
		t.Errorf("addresses %v, user %q", o.Addrs, o.Username)
	}
	if !o.ContextTimeoutEnabled || o.ReadTimeout != 3*time.Second || o.WriteTimeout != ioTimeout || o.DialerRetries != 1 {
		t.Errorf("options %+v", o)
	}
}

func TestDialSentinel(t *testing.T) {
	c, err := DialSentinel("redis://h1:1/2?master_name=main&addr=h2:2")
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if o := c.Options(); !o.ContextTimeoutEnabled || o.ReadTimeout != ioTimeout || o.DB != 2 {
		t.Errorf("options %+v", o)
	}
	if _, err := DialSentinel("redis://h1:1/2"); err == nil || !strings.Contains(err.Error(), "master_name=") {
		t.Errorf("without a name: %v", err)
	}
}

// TestDialManyHidesPasswords holds the errors of URLs with a mistake.
func TestDialManyHidesPasswords(t *testing.T) {
	for _, rawURL := range []string{"redis://u:sec/ret@h:1", "http://u:secret@h:1", "redis://u:secret@h:1?nonsense=1"} {
		if _, err := DialCluster(rawURL); err == nil || strings.Contains(err.Error(), "sec") {
			t.Errorf("DialCluster: %v", err)
		}
		if _, err := DialSentinel(rawURL + "&master_name=m"); err == nil || strings.Contains(err.Error(), "sec") {
			t.Errorf("DialSentinel: %v", err)
		}
	}
}
