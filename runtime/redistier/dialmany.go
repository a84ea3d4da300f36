package redistier

import (
	"errors"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/maintnotifications"
)

// DialCluster returns a client of a Redis Cluster for a URL with the addresses of some
// of its nodes, such as redis://user:password@host1:6379?addr=host2:6379&addr=host3:6379,
// with the options of Dial. It follows keys that move between nodes, which is
// why it may send a command up to max_redirects= times more, by default 3.
func DialCluster(rawURL string) (*redis.ClusterClient, error) {
	o, err := redis.ParseClusterURL(rawURL)
	if err != nil {
		return nil, badURL(rawURL, err)
	}
	o.ContextTimeoutEnabled, o.DisableIdentity = true, true
	o.MaintNotificationsConfig = &maintnotifications.Config{Mode: maintnotifications.ModeDisabled}
	soundRetries(&o.MaxRetries, &o.DialerRetries)
	soundTimeouts(&o.DialTimeout, &o.ReadTimeout, &o.WriteTimeout, &o.PoolTimeout)
	return redis.NewClusterClient(o), nil
}

// DialSentinel returns a client of the server that Redis Sentinel says is the master, for
// a URL with the addresses of sentinels and the name they know the server by, such as
// redis://host1:26379/0?master_name=main&addr=host2:26379, with the options of Dial.
// The user and password of the URL are those of the sentinels; the server's are the
// parameters username= and password=.
func DialSentinel(rawURL string) (*redis.Client, error) {
	o, err := redis.ParseFailoverURL(rawURL)
	if err != nil {
		return nil, badURL(rawURL, err)
	}
	if o.MasterName == "" {
		return nil, errors.New("redistier: the URL of a Redis Sentinel needs master_name=, such as redis://localhost:26379/0?master_name=main")
	}
	o.ContextTimeoutEnabled, o.DisableIdentity = true, true
	soundRetries(&o.MaxRetries, &o.DialerRetries)
	soundTimeouts(&o.DialTimeout, &o.ReadTimeout, &o.WriteTimeout, &o.PoolTimeout)
	return redis.NewFailoverClient(o), nil
}

func soundRetries(commands, dials *int) {
	setIfZero(commands, -1) // a late write must not be sent again
	setIfZero(dials, 1)
}

func soundTimeouts(dial, read, write, pool *time.Duration) {
	setIfZero(dial, dialTimeout)
	for _, d := range []*time.Duration{read, write, pool} {
		setIfZero(d, ioTimeout)
	}
}
