package hand

import (
	"math"
	"time"

	"github.com/cachegen/cachegen/bench/fleet"
	"github.com/cachegen/cachegen/golden/bigstruct"
)

func sizeDevice(v *fleet.Vehicle, n, text int) (int, int) {
	text += len(v.Firmware)
	text += len(v.SIM)
	text += len(v.Carrier)
	text += len(v.LastError)
	n += len(v.SessionKey)
	n += 5 * len(v.Features)
	n += 8 * len(v.Settings)
	left := len(v.Settings)
	for k, x := range v.Settings {
		text += len(k)
		text += len(x)
		if left--; left == 0 {
			break
		}
	}
	n += 30 * len(v.Sensors)
	left2 := len(v.Sensors)
	for _, x := range v.Sensors {
		text += len(x.Unit)
		if left2--; left2 == 0 {
			break
		}
	}
	return n, text
}

func putDevice(b, s []byte, v *fleet.Vehicle) (_, _ []byte) {
	f := (*[deviceFixed]byte)(b)
	le.PutUint64(f[:], v.DeviceID)
	copy(f[8:], v.DeviceMAC[:])
	copy(f[14:], v.DeviceIP[:])
	le.PutUint32(f[18:], uint32(len(v.Firmware)))
	copy(f[22:], v.FirmwareHash[:])
	le.PutUint32(f[54:], uint32(len(v.SIM)))
	le.PutUint32(f[58:], uint32(len(v.Carrier)))
	f[62] = uint8(v.SignalDBM)
	f[63] = v.Satellites
	le.PutUint64(f[64:], uint64(v.Uptime))
	le.PutUint64(f[72:], uint64(v.LastSeen.Unix()))
	le.PutUint32(f[80:], uint32(v.LastSeen.Nanosecond()))
	le.PutUint32(f[84:], zone(v.LastSeen, v.LastSeen.Location() == time.UTC))
	le.PutUint32(f[88:], uint32(len(v.LastError)))
	le.PutUint64(f[92:], uint64(v.Reboots))
	le.PutUint64(f[100:], uint64(v.PacketsSent))
	le.PutUint32(f[108:], v.PacketsLost)
	le.PutUint64(f[112:], uint64(v.BufferedBytes))
	le.PutUint32(f[120:], count(len(v.SessionKey), v.SessionKey == nil))
	le.PutUint32(f[124:], count(len(v.Features), v.Features == nil))
	le.PutUint32(f[128:], count(len(v.Settings), v.Settings == nil))
	le.PutUint32(f[132:], count(len(v.Sensors), v.Sensors == nil))
	s = s[copy(s, v.Firmware):]
	s = s[copy(s, v.SIM):]
	s = s[copy(s, v.Carrier):]
	s = s[copy(s, v.LastError):]
	b = b[deviceFixed:]
	b = b[copy(b, v.SessionKey):]
	left := len(v.Features)
	for k, x := range v.Features {
		_ = b[4]
		le.PutUint32(b, uint32(k))
		b[4] = bit(x)
		b = b[5:]
		if left--; left == 0 {
			break
		}
	}
	left2 := len(v.Settings)
	for k, x := range v.Settings {
		_ = b[7]
		le.PutUint32(b, uint32(len(k)))
		le.PutUint32(b[4:], uint32(len(x)))
		s = s[copy(s, k):]
		s = s[copy(s, x):]
		b = b[8:]
		if left2--; left2 == 0 {
			break
		}
	}
	left3 := len(v.Sensors)
	for k, x := range v.Sensors {
		_ = b[29]
		le.PutUint16(b, k)
		le.PutUint32(b[2:], uint32(len(x.Unit)))
		le.PutUint64(b[6:], math.Float64bits(x.Value))
		le.PutUint64(b[14:], uint64(x.At.Unix()))
		le.PutUint32(b[22:], uint32(x.At.Nanosecond()))
		le.PutUint32(b[26:], zone(x.At, x.At.Location() == time.UTC))
		s = s[copy(s, x.Unit):]
		b = b[30:]
		if left3--; left3 == 0 {
			break
		}
	}
	return b, s
}

func takeDevice(v *fleet.Vehicle, b []byte, s string, bad *bool) (_ []byte, _ string) {
	if len(b) < deviceFixed {
		*bad = true
		return nil, ""
	}
	f := (*[deviceFixed]byte)(b)
	b = b[deviceFixed:]
	v.DeviceID = le.Uint64(f[:])
	copy(v.DeviceMAC[:], f[8:])
	copy(v.DeviceIP[:], f[14:])
	v.Firmware, s = cut(s, le.Uint32(f[18:]), bad)
	copy(v.FirmwareHash[:], f[22:])
	v.SIM, s = cut(s, le.Uint32(f[54:]), bad)
	v.Carrier, s = cut(s, le.Uint32(f[58:]), bad)
	v.SignalDBM = int8(f[62])
	v.Satellites = f[63]
	v.Uptime = time.Duration(le.Uint64(f[64:]))
	v.LastSeen = instant(f[72:])
	v.LastError, s = cut(s, le.Uint32(f[88:]), bad)
	v.Reboots = int(le.Uint64(f[92:]))
	v.PacketsSent = uint(le.Uint64(f[100:]))
	v.PacketsLost = le.Uint32(f[108:])
	v.BufferedBytes = int(le.Uint64(f[112:]))
	v.SessionKey, b = takeBytes(b, le.Uint32(f[120:]), bad)
	if n := le.Uint32(f[124:]); fits(n, 5, b, bad) {
		v.Features = make(map[bigstruct.Feature]bool, n-1)
		for range n - 1 {
			_ = b[4]
			k := bigstruct.Feature(le.Uint32(b))
			v.Features[k] = b[4] == 1
			b = b[5:]
		}
	}
	if n := le.Uint32(f[128:]); fits(n, 8, b, bad) {
		v.Settings = make(map[string]string, n-1)
		for range n - 1 {
			_ = b[7]
			var k string
			k, s = cut(s, le.Uint32(b), bad)
			var x string
			x, s = cut(s, le.Uint32(b[4:]), bad)
			b = b[8:]
			v.Settings[k] = x
		}
	}
	if n := le.Uint32(f[132:]); fits(n, 30, b, bad) {
		v.Sensors = make(map[uint16]bigstruct.Sensor, n-1)
		for range n - 1 {
			_ = b[29]
			k := le.Uint16(b)
			var x bigstruct.Sensor
			x.Unit, s = cut(s, le.Uint32(b[2:]), bad)
			x.Value = math.Float64frombits(le.Uint64(b[6:]))
			x.At = instant(b[14:])
			b = b[30:]
			v.Sensors[k] = x
		}
	}
	return b, s
}
