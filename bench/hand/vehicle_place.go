package hand

import (
	"math"
	"time"

	"github.com/cachegen/cachegen/bench/fleet"
	"github.com/cachegen/cachegen/golden/bigstruct"
)

func sizePlace(v *fleet.Vehicle, n, text int) (int, int) {
	text += len(v.Garage)
	text += len(v.GarageAddress.Street)
	text += len(v.GarageAddress.City)
	text += len(v.GarageAddress.Zip)
	text += len(v.GarageAddress.Country)
	n += 8 * len(v.ZonesEntered)
	left := len(v.ZonesEntered)
	for k := range v.ZonesEntered {
		text += len(k)
		if left--; left == 0 {
			break
		}
	}
	n += positionFixed * len(v.Route)
	text += len(v.RouteName)
	for i := range v.Trips {
		n, text = sizeTrip(&v.Trips[i], n, text)
	}
	return n, text
}

func putPlace(b, s []byte, v *fleet.Vehicle) (_, _ []byte) {
	f := (*[placeFixed]byte)(b)
	le.PutUint64(f[:], math.Float64bits(v.Position.Lat))
	le.PutUint64(f[8:], math.Float64bits(v.Position.Lon))
	le.PutUint32(f[16:], math.Float32bits(v.Position.Altitude))
	le.PutUint16(f[20:], v.Position.Accuracy)
	le.PutUint64(f[22:], uint64(v.Position.At.Unix()))
	le.PutUint32(f[30:], uint32(v.Position.At.Nanosecond()))
	le.PutUint32(f[34:], zone(v.Position.At, v.Position.At.Location() == time.UTC))
	le.PutUint32(f[38:], math.Float32bits(v.Heading))
	le.PutUint32(f[42:], math.Float32bits(v.SpeedKMH))
	for i := range v.Accelerations {
		le.PutUint32(f[46+4*i:], math.Float32bits(v.Accelerations[i]))
	}
	le.PutUint64(f[58:], v.Odometer)
	le.PutUint64(f[66:], math.Float64bits(v.TripMeter))
	f[74] = bit(v.Moving)
	f[75] = bit(v.Ignition)
	le.PutUint64(f[76:], uint64(v.Parked.Unix()))
	le.PutUint32(f[84:], uint32(v.Parked.Nanosecond()))
	le.PutUint32(f[88:], zone(v.Parked, v.Parked.Location() == time.UTC))
	f[92] = bit(v.ParkedAt != nil)
	if v.ParkedAt != nil {
		le.PutUint64(f[93:], math.Float64bits(v.ParkedAt.Lat))
		le.PutUint64(f[101:], math.Float64bits(v.ParkedAt.Lon))
		le.PutUint32(f[109:], math.Float32bits(v.ParkedAt.Altitude))
		le.PutUint16(f[113:], v.ParkedAt.Accuracy)
		le.PutUint64(f[115:], uint64(v.ParkedAt.At.Unix()))
		le.PutUint32(f[123:], uint32(v.ParkedAt.At.Nanosecond()))
		le.PutUint32(f[127:], zone(v.ParkedAt.At, v.ParkedAt.At.Location() == time.UTC))
	}
	le.PutUint32(f[131:], uint32(len(v.Garage)))
	le.PutUint32(f[135:], uint32(len(v.GarageAddress.Street)))
	le.PutUint32(f[139:], uint32(len(v.GarageAddress.City)))
	le.PutUint32(f[143:], uint32(len(v.GarageAddress.Zip)))
	le.PutUint32(f[147:], uint32(len(v.GarageAddress.Country)))
	le.PutUint32(f[151:], uint32(v.Zone))
	le.PutUint32(f[155:], count(len(v.ZonesEntered), v.ZonesEntered == nil))
	le.PutUint32(f[159:], count(len(v.Route), v.Route == nil))
	le.PutUint32(f[163:], uint32(len(v.RouteName)))
	f[167] = bit(v.ETA != nil)
	if v.ETA != nil {
		le.PutUint64(f[168:], uint64(v.ETA.Unix()))
		le.PutUint32(f[176:], uint32(v.ETA.Nanosecond()))
		le.PutUint32(f[180:], zone(*v.ETA, v.ETA.Location() == time.UTC))
	}
	le.PutUint64(f[184:], uint64(v.Delay))
	le.PutUint32(f[192:], count(len(v.Trips), v.Trips == nil))
	le.PutUint64(f[196:], uint64(v.StandsSince))
	s = s[copy(s, v.Garage):]
	s = s[copy(s, v.GarageAddress.Street):]
	s = s[copy(s, v.GarageAddress.City):]
	s = s[copy(s, v.GarageAddress.Zip):]
	s = s[copy(s, v.GarageAddress.Country):]
	s = s[copy(s, v.RouteName):]
	b = b[placeFixed:]
	left := len(v.ZonesEntered)
	for k, x := range v.ZonesEntered {
		_ = b[7]
		le.PutUint32(b, uint32(len(k)))
		le.PutUint32(b[4:], x)
		s = s[copy(s, k):]
		b = b[8:]
		if left--; left == 0 {
			break
		}
	}
	for i := range v.Route {
		b, s = putPosition(b, s, &v.Route[i])
	}
	for i := range v.Trips {
		b, s = putTrip(b, s, &v.Trips[i])
	}
	return b, s
}

func takePlace(v *fleet.Vehicle, b []byte, s string, bad *bool) (_ []byte, _ string) {
	if len(b) < placeFixed {
		*bad = true
		return nil, ""
	}
	f := (*[placeFixed]byte)(b)
	b = b[placeFixed:]
	var country string
	v.Position.Lat = math.Float64frombits(le.Uint64(f[:]))
	v.Position.Lon = math.Float64frombits(le.Uint64(f[8:]))
	v.Position.Altitude = math.Float32frombits(le.Uint32(f[16:]))
	v.Position.Accuracy = le.Uint16(f[20:])
	v.Position.At = instant(f[22:])
	v.Heading = math.Float32frombits(le.Uint32(f[38:]))
	v.SpeedKMH = math.Float32frombits(le.Uint32(f[42:]))
	for i := range v.Accelerations {
		v.Accelerations[i] = math.Float32frombits(le.Uint32(f[46+4*i:]))
	}
	v.Odometer = le.Uint64(f[58:])
	v.TripMeter = math.Float64frombits(le.Uint64(f[66:]))
	v.Moving = f[74] == 1
	v.Ignition = f[75] == 1
	v.Parked = instant(f[76:])
	if f[92] == 1 {
		v.ParkedAt = new(bigstruct.Position)
		v.ParkedAt.Lat = math.Float64frombits(le.Uint64(f[93:]))
		v.ParkedAt.Lon = math.Float64frombits(le.Uint64(f[101:]))
		v.ParkedAt.Altitude = math.Float32frombits(le.Uint32(f[109:]))
		v.ParkedAt.Accuracy = le.Uint16(f[113:])
		v.ParkedAt.At = instant(f[115:])
	}
	v.Garage, s = cut(s, le.Uint32(f[131:]), bad)
	v.GarageAddress.Street, s = cut(s, le.Uint32(f[135:]), bad)
	v.GarageAddress.City, s = cut(s, le.Uint32(f[139:]), bad)
	v.GarageAddress.Zip, s = cut(s, le.Uint32(f[143:]), bad)
	country, s = cut(s, le.Uint32(f[147:]), bad)
	v.GarageAddress.Country = bigstruct.Country(country)
	v.Zone = rune(le.Uint32(f[151:]))
	v.RouteName, s = cut(s, le.Uint32(f[163:]), bad)
	if f[167] == 1 {
		v.ETA = new(time.Time)
		*v.ETA = instant(f[168:])
	}
	v.Delay = time.Duration(le.Uint64(f[184:]))
	v.StandsSince = time.Duration(le.Uint64(f[196:]))
	if n := le.Uint32(f[155:]); fits(n, 8, b, bad) {
		v.ZonesEntered = make(map[string]uint32, n-1)
		for range n - 1 {
			_ = b[7]
			var k string
			k, s = cut(s, le.Uint32(b), bad)
			v.ZonesEntered[k] = le.Uint32(b[4:])
			b = b[8:]
		}
	}
	if n := le.Uint32(f[159:]); fits(n, positionFixed, b, bad) {
		v.Route = make([]bigstruct.Position, n-1)
		for i := range v.Route {
			b, s = takePosition(&v.Route[i], b, s, bad)
		}
	}
	if n := le.Uint32(f[192:]); fits(n, tripFixed, b, bad) {
		v.Trips = make([]bigstruct.Trip, n-1)
		for i := range v.Trips {
			b, s = takeTrip(&v.Trips[i], b, s, bad)
		}
	}
	return b, s
}
