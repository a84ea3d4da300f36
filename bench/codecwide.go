package main

import (
	"bytes"
	"encoding/gob"

	"github.com/cachegen/cachegen/bench/fleet"
	"github.com/cachegen/cachegen/bench/hand"
	"github.com/cachegen/cachegen/bench/measure"
)

// vehicles compare codecs of the widest value: two hundred fields, many of them
// structs. Of the formats that look at types when they run, gob alone knows complex
// numbers.
func vehicles() []measure.Group {
	const base = "limit, one buffer for all strings"
	v := fleet.NewVehicle()
	byHand, byUs, byGob := hand.AppendVehicle(nil, &v), must(fleet.AppendVehicle(nil, &v)), must(gobbed(&v))
	text := string(byUs)
	return []measure.Group{
		{Name: "codec/Vehicle/encode", Base: base, Cases: []measure.Case{
			{Name: base, Do: into(func(dst []byte) []byte { return hand.AppendVehicle(dst, &v) })},
			{Name: "ours", Do: into(func(dst []byte) []byte { return must(fleet.AppendVehicle(dst, &v)) })},
			{Name: "gob", Do: whole(&v, gobbed)},
		}},
		{Name: "codec/Vehicle/decode", Base: base, Turns: collected, Long: collected, Cases: []measure.Case{
			{Name: base, Do: from(byHand, hand.DecodeVehicle)},
			{Name: "ours", Do: from(byUs, func(v *fleet.Vehicle, b []byte) error { return fleet.DecodeVehicle(v, b, "") })},
			{Name: "ours, strings in the input", Do: from(byUs, func(v *fleet.Vehicle, b []byte) error { return fleet.DecodeVehicle(v, b, text) })},
			{Name: "gob", Do: from(byGob, func(v *fleet.Vehicle, b []byte) error { return gob.NewDecoder(bytes.NewReader(b)).Decode(v) })},
		}},
	}
}

// vehicleBars are those of the widest value.
func vehicleBars() []bar {
	const encode, decode = "codec/Vehicle/encode", "codec/Vehicle/decode"
	const ours, limit = "/ours", "/limit, one buffer for all strings"
	return []bar{
		cost("Vehicle is encoded for 1.10 of the limit", encode+ours, encode+limit, 1.10),
		most("… without allocating", encode+ours, measure.Allocs, 0),
		cost("Vehicle is decoded for 1.10 of the limit", decode+ours, decode+limit, 1.10),
		extra("… with no more allocations", decode+ours, decode+limit, measure.Allocs, 0),
	}
}

// gobbed encodes with types and all, as a value that stands alone has to be.
func gobbed(v any) ([]byte, error) {
	var b bytes.Buffer
	err := gob.NewEncoder(&b).Encode(v)
	return b.Bytes(), err
}
