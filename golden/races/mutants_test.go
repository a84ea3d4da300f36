//go:build cachegen_mutants

package races

import (
	"strings"
	"testing"

	"github.com/VictoriaMetrics/fastcache"

	"github.com/cachegen/cachegen/internal/remedy"
)

// remedies are the switches, by name.
var remedies = map[string]*bool{
	"Generations": &remedy.Generations,
	"SecondMove":  &remedy.SecondMove,
	"Quiet":       &remedy.Quiet,
	"FarFirst":    &remedy.FarFirst,
	"Turns":       &remedy.Turns,
	"Flights":     &remedy.Flights,
	"Claims":      &remedy.Claims,
	"Marks":       &remedy.Marks,
	"Instants":    &remedy.Instants,
	"Onward":      &remedy.Onward,
	"Drain":       &remedy.Drain,
}

// TestMutants has every race happen without its remedy: an explorer that does not
// see it then proves nothing.
func TestMutants(t *testing.T) {
	const limit = 5_000
	for _, r := range races {
		for _, names := range r.without {
			t.Run(r.name+"/"+strings.Join(names, "+"), func(t *testing.T) {
				for _, name := range names {
					*remedies[name] = false
					defer func() { *remedies[name] = true }()
				}
				e := explorer{race: r, memory: fastcache.New(32 << 20)}
				defer e.memory.Reset()
				hashes, wrong := e.explore(t, 1, limit)
				if wrong == nil {
					t.Fatalf("not seen in %d schedules", limit)
				}
				t.Logf("seen in schedule %d: %v", len(hashes), wrong)
			})
		}
	}
}
