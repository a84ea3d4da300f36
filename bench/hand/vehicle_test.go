package hand

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cachegen/cachegen/bench/fleet"
)

// TestVehicle holds the limit of the widest value to doing the whole work.
func TestVehicle(t *testing.T) {
	for name, want := range map[string]fleet.Vehicle{"full": fleet.NewVehicle(), "zero": {}} {
		data := AppendVehicle([]byte("before"), &want)[len("before"):]
		var got fleet.Vehicle
		if err := DecodeVehicle(&got, data); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
		for n := range data {
			if DecodeVehicle(new(fleet.Vehicle), data[:n]) == nil {
				t.Errorf("%s: %d bytes of %d are taken for a vehicle", name, n, len(data))
			}
		}
		if DecodeVehicle(new(fleet.Vehicle), append(data, 0)) == nil {
			t.Errorf("%s: a byte too many is taken for part of a vehicle", name)
		}
	}
}
