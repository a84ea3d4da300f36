package hand

import (
	"math"
	"time"

	"github.com/cachegen/cachegen/golden/bigstruct"
)

func sizeContact(v *bigstruct.Contact, n, text int) (int, int) {
	n += contactFixed
	text += len(v.Name)
	text += len(v.Phone)
	text += len(v.Email)
	if v.Address != nil {
		text += len(v.Address.Street)
		text += len(v.Address.City)
		text += len(v.Address.Zip)
		text += len(v.Address.Country)
	}
	return n, text
}

func putContact(b, s []byte, v *bigstruct.Contact) (_, _ []byte) {
	f := (*[contactFixed]byte)(b)
	le.PutUint32(f[:], uint32(len(v.Name)))
	le.PutUint32(f[4:], uint32(len(v.Phone)))
	le.PutUint32(f[8:], uint32(len(v.Email)))
	f[12] = bit(v.Address != nil)
	if v.Address != nil {
		le.PutUint32(f[13:], uint32(len(v.Address.Street)))
		le.PutUint32(f[17:], uint32(len(v.Address.City)))
		le.PutUint32(f[21:], uint32(len(v.Address.Zip)))
		le.PutUint32(f[25:], uint32(len(v.Address.Country)))
	}
	le.PutUint64(f[29:], uint64(v.Since.Unix()))
	le.PutUint32(f[37:], uint32(v.Since.Nanosecond()))
	le.PutUint32(f[41:], zone(v.Since, v.Since.Location() == time.UTC))
	s = s[copy(s, v.Name):]
	s = s[copy(s, v.Phone):]
	s = s[copy(s, v.Email):]
	if v.Address != nil {
		s = s[copy(s, v.Address.Street):]
		s = s[copy(s, v.Address.City):]
		s = s[copy(s, v.Address.Zip):]
		s = s[copy(s, v.Address.Country):]
	}
	b = b[contactFixed:]
	return b, s
}

func takeContact(v *bigstruct.Contact, b []byte, s string, bad *bool) (_ []byte, _ string) {
	if len(b) < contactFixed {
		*bad = true
		return nil, ""
	}
	f := (*[contactFixed]byte)(b)
	b = b[contactFixed:]
	var country string
	v.Name, s = cut(s, le.Uint32(f[:]), bad)
	v.Phone, s = cut(s, le.Uint32(f[4:]), bad)
	v.Email, s = cut(s, le.Uint32(f[8:]), bad)
	if f[12] == 1 {
		v.Address = new(bigstruct.Address)
		v.Address.Street, s = cut(s, le.Uint32(f[13:]), bad)
		v.Address.City, s = cut(s, le.Uint32(f[17:]), bad)
		v.Address.Zip, s = cut(s, le.Uint32(f[21:]), bad)
		country, s = cut(s, le.Uint32(f[25:]), bad)
		v.Address.Country = bigstruct.Country(country)
	}
	v.Since = instant(f[29:])
	return b, s
}

func sizeEngine(v *bigstruct.Engine, n, text int) (int, int) {
	n += engineFixed
	text += len(v.Code)
	text += len(v.Fuel)
	n += 8 * len(v.TimingMaps)
	left := len(v.TimingMaps)
	for k, x := range v.TimingMaps {
		text += len(k)
		n += 4 * len(x)
		if left--; left == 0 {
			break
		}
	}
	return n, text
}

func putEngine(b, s []byte, v *bigstruct.Engine) (_, _ []byte) {
	f := (*[engineFixed]byte)(b)
	le.PutUint32(f[:], uint32(len(v.Code)))
	le.PutUint32(f[4:], uint32(len(v.Fuel)))
	f[8] = v.Cylinders
	le.PutUint32(f[9:], math.Float32bits(v.Liters))
	le.PutUint16(f[13:], v.PowerKW)
	le.PutUint16(f[15:], v.TorqueNM)
	f[17] = bit(v.Turbo)
	le.PutUint64(f[18:], uint64(v.Mounted.Unix()))
	le.PutUint32(f[26:], uint32(v.Mounted.Nanosecond()))
	le.PutUint32(f[30:], zone(v.Mounted, v.Mounted.Location() == time.UTC))
	le.PutUint32(f[34:], count(len(v.TimingMaps), v.TimingMaps == nil))
	s = s[copy(s, v.Code):]
	s = s[copy(s, v.Fuel):]
	b = b[engineFixed:]
	left := len(v.TimingMaps)
	for k, x := range v.TimingMaps {
		_ = b[7]
		le.PutUint32(b, uint32(len(k)))
		le.PutUint32(b[4:], count(len(x), x == nil))
		s = s[copy(s, k):]
		b = b[8:]
		for i := range x {
			le.PutUint32(b, math.Float32bits(x[i]))
			b = b[4:]
		}
		if left--; left == 0 {
			break
		}
	}
	return b, s
}

func takeEngine(v *bigstruct.Engine, b []byte, s string, bad *bool) (_ []byte, _ string) {
	if len(b) < engineFixed {
		*bad = true
		return nil, ""
	}
	f := (*[engineFixed]byte)(b)
	b = b[engineFixed:]
	v.Code, s = cut(s, le.Uint32(f[:]), bad)
	v.Fuel, s = cut(s, le.Uint32(f[4:]), bad)
	v.Cylinders = f[8]
	v.Liters = math.Float32frombits(le.Uint32(f[9:]))
	v.PowerKW = le.Uint16(f[13:])
	v.TorqueNM = le.Uint16(f[15:])
	v.Turbo = f[17] == 1
	v.Mounted = instant(f[18:])
	if n := le.Uint32(f[34:]); fits(n, 8, b, bad) {
		v.TimingMaps = make(map[string][]float32, n-1)
		for range n - 1 {
			if len(b) < 8 {
				*bad = true
				break
			}
			g := (*[8]byte)(b)
			b = b[8:]
			var k string
			k, s = cut(s, le.Uint32(g[:]), bad)
			var x []float32
			if n := le.Uint32(g[4:]); fits(n, 4, b, bad) {
				x = make([]float32, n-1)
				for i := range x {
					x[i] = math.Float32frombits(le.Uint32(b))
					b = b[4:]
				}
			}
			v.TimingMaps[k] = x
		}
	}
	return b, s
}

func sizeBattery(v *bigstruct.Battery, n, text int) (int, int) {
	n += batteryFixed
	text += len(v.Serial)
	n, text = sizeStrings(v.Modules, n, text)
	return n, text
}

func putBattery(b, s []byte, v *bigstruct.Battery) (_, _ []byte) {
	f := (*[batteryFixed]byte)(b)
	le.PutUint32(f[:], uint32(len(v.Serial)))
	le.PutUint64(f[4:], math.Float64bits(v.Capacity))
	le.PutUint16(f[12:], v.Cells)
	le.PutUint32(f[14:], v.Cycles)
	le.PutUint32(f[18:], count(len(v.Modules), v.Modules == nil))
	s = s[copy(s, v.Serial):]
	b = b[batteryFixed:]
	b, s = putStrings(b, s, v.Modules)
	return b, s
}

func takeBattery(v *bigstruct.Battery, b []byte, s string, bad *bool) (_ []byte, _ string) {
	if len(b) < batteryFixed {
		*bad = true
		return nil, ""
	}
	f := (*[batteryFixed]byte)(b)
	b = b[batteryFixed:]
	v.Serial, s = cut(s, le.Uint32(f[:]), bad)
	v.Capacity = math.Float64frombits(le.Uint64(f[4:]))
	v.Cells = le.Uint16(f[12:])
	v.Cycles = le.Uint32(f[14:])
	v.Modules, b, s = takeStrings(b, s, le.Uint32(f[18:]), bad)
	return b, s
}

func putPosition(b, s []byte, v *bigstruct.Position) (_, _ []byte) {
	f := (*[positionFixed]byte)(b)
	le.PutUint64(f[:], math.Float64bits(v.Lat))
	le.PutUint64(f[8:], math.Float64bits(v.Lon))
	le.PutUint32(f[16:], math.Float32bits(v.Altitude))
	le.PutUint16(f[20:], v.Accuracy)
	le.PutUint64(f[22:], uint64(v.At.Unix()))
	le.PutUint32(f[30:], uint32(v.At.Nanosecond()))
	le.PutUint32(f[34:], zone(v.At, v.At.Location() == time.UTC))
	b = b[positionFixed:]
	return b, s
}

func takePosition(v *bigstruct.Position, b []byte, s string, bad *bool) (_ []byte, _ string) {
	if len(b) < positionFixed {
		*bad = true
		return nil, ""
	}
	f := (*[positionFixed]byte)(b)
	b = b[positionFixed:]
	v.Lat = math.Float64frombits(le.Uint64(f[:]))
	v.Lon = math.Float64frombits(le.Uint64(f[8:]))
	v.Altitude = math.Float32frombits(le.Uint32(f[16:]))
	v.Accuracy = le.Uint16(f[20:])
	v.At = instant(f[22:])
	return b, s
}
