// Package duration has values that are no durations.
package duration

// want+6:29 `ttl: "10" is no duration\n.*a duration has a unit: 10s, 10m`
// want+5:38 `stale: "-1m" is not positive`
// want+4:55 `load-timeout: "1d" is no duration\n.*hours are the largest unit: 24h`
// want+3:65 `absent: "0s" is not positive`
// want+2:74 `lease: "soon" is no duration`
// want+1:89 `longer than 50 years`
//cachegen:cache key=ID ttl=10 stale=-1m load-timeout=1d absent=0s lease=soon fail-safe=900000h
// want+2:35 `ttl: "x" is no duration`
// want+1:45 `timeout: "1" is no duration`
//cachegen:tier redis = redis ttl=x timeout=1
type Product struct {
	ID   int64
	Name string
}
