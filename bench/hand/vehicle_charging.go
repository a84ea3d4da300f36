package hand

import (
	"math"
	"time"

	"github.com/cachegen/cachegen/bench/fleet"
	"github.com/cachegen/cachegen/golden/bigstruct"
)

func sizeCharging(v *fleet.Vehicle, n, text int) (int, int) {
	if v.Battery != nil {
		n, text = sizeBattery(v.Battery, n, text)
	}
	text += len(v.ChargePort)
	n += 5 * len(v.ChargeCurve)
	text += len(v.LastCharge.Station)
	if v.LastCharge.Paid != nil {
		text += len(v.LastCharge.Paid.Currency)
	}
	n += len(v.CellTemps)
	n += 2 * len(v.CellVolts)
	n += 6 * len(v.BalanceWH)
	return n, text
}

func putCharging(b, s []byte, v *fleet.Vehicle) (_, _ []byte) {
	f := (*[chargingFixed]byte)(b)
	f[0] = bit(v.Battery != nil)
	le.PutUint32(f[1:], math.Float32bits(v.StarterVolts))
	le.PutUint32(f[5:], math.Float32bits(real(v.StarterImpedance)))
	le.PutUint32(f[9:], math.Float32bits(imag(v.StarterImpedance)))
	le.PutUint64(f[13:], math.Float64bits(v.StateOfCharge))
	le.PutUint64(f[21:], math.Float64bits(v.StateOfHealth))
	le.PutUint16(f[29:], v.RangeKM)
	f[31] = v.ChargeLimit
	le.PutUint32(f[32:], uint32(len(v.ChargePort)))
	f[36] = bit(v.Charging)
	le.PutUint32(f[37:], math.Float32bits(v.ChargePowerKW))
	f[41] = bit(v.ChargeEnds != nil)
	if v.ChargeEnds != nil {
		le.PutUint64(f[42:], uint64(v.ChargeEnds.Unix()))
		le.PutUint32(f[50:], uint32(v.ChargeEnds.Nanosecond()))
		le.PutUint32(f[54:], zone(*v.ChargeEnds, v.ChargeEnds.Location() == time.UTC))
	}
	for i := range v.ChargeSchedule {
		g := (*[32]byte)(f[58+32*i:])
		e := &v.ChargeSchedule[i]
		le.PutUint64(g[:], uint64(e.From.Unix()))
		le.PutUint32(g[8:], uint32(e.From.Nanosecond()))
		le.PutUint32(g[12:], zone(e.From, e.From.Location() == time.UTC))
		le.PutUint64(g[16:], uint64(e.Until.Unix()))
		le.PutUint32(g[24:], uint32(e.Until.Nanosecond()))
		le.PutUint32(g[28:], zone(e.Until, e.Until.Location() == time.UTC))
	}
	le.PutUint32(f[282:], count(len(v.ChargeCurve), v.ChargeCurve == nil))
	le.PutUint32(f[286:], uint32(len(v.LastCharge.Station)))
	le.PutUint64(f[290:], math.Float64bits(v.LastCharge.At.Lat))
	le.PutUint64(f[298:], math.Float64bits(v.LastCharge.At.Lon))
	le.PutUint32(f[306:], math.Float32bits(v.LastCharge.At.Altitude))
	le.PutUint16(f[310:], v.LastCharge.At.Accuracy)
	le.PutUint64(f[312:], uint64(v.LastCharge.At.At.Unix()))
	le.PutUint32(f[320:], uint32(v.LastCharge.At.At.Nanosecond()))
	le.PutUint32(f[324:], zone(v.LastCharge.At.At, v.LastCharge.At.At.Location() == time.UTC))
	le.PutUint64(f[328:], uint64(v.LastCharge.Started.Unix()))
	le.PutUint32(f[336:], uint32(v.LastCharge.Started.Nanosecond()))
	le.PutUint32(f[340:], zone(v.LastCharge.Started, v.LastCharge.Started.Location() == time.UTC))
	le.PutUint64(f[344:], uint64(v.LastCharge.Took))
	le.PutUint32(f[352:], v.LastCharge.EnergyWH)
	f[356] = bit(v.LastCharge.Paid != nil)
	if v.LastCharge.Paid != nil {
		le.PutUint64(f[357:], uint64(v.LastCharge.Paid.Amount))
		le.PutUint32(f[365:], uint32(len(v.LastCharge.Paid.Currency)))
	}
	le.PutUint32(f[369:], v.Charges)
	le.PutUint64(f[373:], uint64(v.EnergyUsedWH))
	le.PutUint64(f[381:], uint64(v.EnergyBackWH))
	le.PutUint32(f[389:], count(len(v.CellTemps), v.CellTemps == nil))
	le.PutUint32(f[393:], count(len(v.CellVolts), v.CellVolts == nil))
	le.PutUint32(f[397:], count(len(v.BalanceWH), v.BalanceWH == nil))
	s = s[copy(s, v.ChargePort):]
	s = s[copy(s, v.LastCharge.Station):]
	if v.LastCharge.Paid != nil {
		s = s[copy(s, v.LastCharge.Paid.Currency):]
	}
	b = b[chargingFixed:]
	if v.Battery != nil {
		b, s = putBattery(b, s, v.Battery)
	}
	for i := range v.ChargeCurve {
		_ = b[4]
		e := &v.ChargeCurve[i]
		b[0] = e.Percent
		le.PutUint32(b[1:], math.Float32bits(e.KW))
		b = b[5:]
	}
	for i := range v.CellTemps {
		b[0] = uint8(v.CellTemps[i])
		b = b[1:]
	}
	for i := range v.CellVolts {
		le.PutUint16(b, v.CellVolts[i])
		b = b[2:]
	}
	left := len(v.BalanceWH)
	for k, x := range v.BalanceWH {
		_ = b[5]
		le.PutUint16(b, uint16(k))
		le.PutUint32(b[2:], uint32(x))
		b = b[6:]
		if left--; left == 0 {
			break
		}
	}
	return b, s
}

func takeCharging(v *fleet.Vehicle, b []byte, s string, bad *bool) (_ []byte, _ string) {
	if len(b) < chargingFixed {
		*bad = true
		return nil, ""
	}
	f := (*[chargingFixed]byte)(b)
	b = b[chargingFixed:]
	v.StarterVolts = math.Float32frombits(le.Uint32(f[1:]))
	v.StarterImpedance = complex(math.Float32frombits(le.Uint32(f[5:])), math.Float32frombits(le.Uint32(f[9:])))
	v.StateOfCharge = math.Float64frombits(le.Uint64(f[13:]))
	v.StateOfHealth = math.Float64frombits(le.Uint64(f[21:]))
	v.RangeKM = le.Uint16(f[29:])
	v.ChargeLimit = f[31]
	v.ChargePort, s = cut(s, le.Uint32(f[32:]), bad)
	v.Charging = f[36] == 1
	v.ChargePowerKW = math.Float32frombits(le.Uint32(f[37:]))
	if f[41] == 1 {
		v.ChargeEnds = new(time.Time)
		*v.ChargeEnds = instant(f[42:])
	}
	for i := range v.ChargeSchedule {
		g := (*[32]byte)(f[58+32*i:])
		e := &v.ChargeSchedule[i]
		e.From = instant(g[:])
		e.Until = instant(g[16:])
	}
	v.LastCharge.Station, s = cut(s, le.Uint32(f[286:]), bad)
	v.LastCharge.At.Lat = math.Float64frombits(le.Uint64(f[290:]))
	v.LastCharge.At.Lon = math.Float64frombits(le.Uint64(f[298:]))
	v.LastCharge.At.Altitude = math.Float32frombits(le.Uint32(f[306:]))
	v.LastCharge.At.Accuracy = le.Uint16(f[310:])
	v.LastCharge.At.At = instant(f[312:])
	v.LastCharge.Started = instant(f[328:])
	v.LastCharge.Took = time.Duration(le.Uint64(f[344:]))
	v.LastCharge.EnergyWH = le.Uint32(f[352:])
	if f[356] == 1 {
		v.LastCharge.Paid = new(bigstruct.Money)
		v.LastCharge.Paid.Amount = int64(le.Uint64(f[357:]))
		v.LastCharge.Paid.Currency, s = cut(s, le.Uint32(f[365:]), bad)
	}
	v.Charges = le.Uint32(f[369:])
	v.EnergyUsedWH = int64(le.Uint64(f[373:]))
	v.EnergyBackWH = int64(le.Uint64(f[381:]))
	if f[0] == 1 {
		v.Battery = new(bigstruct.Battery)
		b, s = takeBattery(v.Battery, b, s, bad)
	}
	if n := le.Uint32(f[282:]); fits(n, 5, b, bad) {
		v.ChargeCurve = make([]bigstruct.ChargePoint, n-1)
		for i := range v.ChargeCurve {
			e := &v.ChargeCurve[i]
			_ = b[4]
			e.Percent = b[0]
			e.KW = math.Float32frombits(le.Uint32(b[1:]))
			b = b[5:]
		}
	}
	if n := le.Uint32(f[389:]); fits(n, 1, b, bad) {
		v.CellTemps = make([]int8, n-1)
		for i := range v.CellTemps {
			v.CellTemps[i] = int8(b[0])
			b = b[1:]
		}
	}
	if n := le.Uint32(f[393:]); fits(n, 2, b, bad) {
		v.CellVolts = make([]uint16, n-1)
		for i := range v.CellVolts {
			v.CellVolts[i] = le.Uint16(b)
			b = b[2:]
		}
	}
	if n := le.Uint32(f[397:]); fits(n, 6, b, bad) {
		v.BalanceWH = make(map[int16]int32, n-1)
		for range n - 1 {
			_ = b[5]
			k := int16(le.Uint16(b))
			v.BalanceWH[k] = int32(le.Uint32(b[2:]))
			b = b[6:]
		}
	}
	return b, s
}
