package hand

import (
	"math"
	"time"

	"github.com/cachegen/cachegen/bench/fleet"
	"github.com/cachegen/cachegen/golden/bigstruct"
)

func sizeDrive(v *fleet.Vehicle, n, text int) (int, int) {
	text += len(v.Engine.Code)
	text += len(v.Engine.Fuel)
	n += 8 * len(v.Engine.TimingMaps)
	left := len(v.Engine.TimingMaps)
	for k, x := range v.Engine.TimingMaps {
		text += len(k)
		n += 4 * len(x)
		if left--; left == 0 {
			break
		}
	}
	if v.SecondEngine != nil {
		n, text = sizeEngine(v.SecondEngine, n, text)
	}
	text += len(v.Gearbox)
	n += 4 * len(v.GearRatios)
	text += len(v.EmissionClass)
	n, text = sizeStrings(v.FaultCodes, n, text)
	n += 8 * len(v.FaultHistory)
	left2 := len(v.FaultHistory)
	for k, x := range v.FaultHistory {
		text += len(k)
		n += 16 * len(x)
		if left2--; left2 == 0 {
			break
		}
	}
	n += 8 * len(v.KnockSpectrum)
	return n, text
}

func putDrive(b, s []byte, v *fleet.Vehicle) (_, _ []byte) {
	f := (*[driveFixed]byte)(b)
	le.PutUint32(f[:], uint32(len(v.Engine.Code)))
	le.PutUint32(f[4:], uint32(len(v.Engine.Fuel)))
	f[8] = v.Engine.Cylinders
	le.PutUint32(f[9:], math.Float32bits(v.Engine.Liters))
	le.PutUint16(f[13:], v.Engine.PowerKW)
	le.PutUint16(f[15:], v.Engine.TorqueNM)
	f[17] = bit(v.Engine.Turbo)
	le.PutUint64(f[18:], uint64(v.Engine.Mounted.Unix()))
	le.PutUint32(f[26:], uint32(v.Engine.Mounted.Nanosecond()))
	le.PutUint32(f[30:], zone(v.Engine.Mounted, v.Engine.Mounted.Location() == time.UTC))
	le.PutUint32(f[34:], count(len(v.Engine.TimingMaps), v.Engine.TimingMaps == nil))
	f[38] = bit(v.SecondEngine != nil)
	le.PutUint32(f[39:], uint32(len(v.Gearbox)))
	f[43] = uint8(v.Gears)
	le.PutUint32(f[44:], count(len(v.GearRatios), v.GearRatios == nil))
	le.PutUint64(f[48:], math.Float64bits(v.FinalDrive))
	f[56] = bit(v.AllWheelDrive)
	le.PutUint16(f[57:], v.TopSpeedKMH)
	le.PutUint32(f[59:], math.Float32bits(v.SprintSeconds))
	le.PutUint32(f[63:], uint32(len(v.EmissionClass)))
	le.PutUint16(f[67:], uint16(v.CO2GramsPerKM))
	le.PutUint16(f[69:], uint16(v.NOxMilligrams))
	le.PutUint32(f[71:], math.Float32bits(v.FuelTankLiters))
	le.PutUint32(f[75:], math.Float32bits(v.FuelLevel))
	le.PutUint32(f[79:], math.Float32bits(v.AdBlueLevel))
	le.PutUint32(f[83:], math.Float32bits(v.OilLevel))
	f[87] = bit(v.OilQuality != nil)
	if v.OilQuality != nil {
		le.PutUint32(f[88:], math.Float32bits(*v.OilQuality))
	}
	le.PutUint16(f[92:], uint16(v.CoolantTemp))
	le.PutUint16(f[94:], uint16(v.OilTemp))
	le.PutUint32(f[96:], uint32(v.ExhaustTemp))
	le.PutUint32(f[100:], v.Starts)
	le.PutUint32(f[104:], v.ColdStarts)
	le.PutUint64(f[108:], uint64(v.EngineTime))
	le.PutUint64(f[116:], uint64(v.IdleTime))
	le.PutUint64(f[124:], v.FuelUsedML)
	le.PutUint32(f[132:], count(len(v.FaultCodes), v.FaultCodes == nil))
	le.PutUint32(f[136:], count(len(v.FaultHistory), v.FaultHistory == nil))
	for i := range v.Calibration {
		for j := range v.Calibration[i] {
			le.PutUint32(f[140+12*i+4*j:], math.Float32bits(v.Calibration[i][j]))
		}
	}
	le.PutUint32(f[164:], count(len(v.KnockSpectrum), v.KnockSpectrum == nil))
	le.PutUint64(f[168:], math.Float64bits(real(v.CrankResonance)))
	le.PutUint64(f[176:], math.Float64bits(imag(v.CrankResonance)))
	s = s[copy(s, v.Engine.Code):]
	s = s[copy(s, v.Engine.Fuel):]
	s = s[copy(s, v.Gearbox):]
	s = s[copy(s, v.EmissionClass):]
	b = b[driveFixed:]
	left := len(v.Engine.TimingMaps)
	for k, x := range v.Engine.TimingMaps {
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
	if v.SecondEngine != nil {
		b, s = putEngine(b, s, v.SecondEngine)
	}
	for i := range v.GearRatios {
		le.PutUint32(b, math.Float32bits(v.GearRatios[i]))
		b = b[4:]
	}
	b, s = putStrings(b, s, v.FaultCodes)
	left2 := len(v.FaultHistory)
	for k, x := range v.FaultHistory {
		_ = b[7]
		le.PutUint32(b, uint32(len(k)))
		le.PutUint32(b[4:], count(len(x), x == nil))
		s = s[copy(s, k):]
		b = b[8:]
		for i := range x {
			_ = b[15]
			le.PutUint64(b, uint64(x[i].Unix()))
			le.PutUint32(b[8:], uint32(x[i].Nanosecond()))
			le.PutUint32(b[12:], zone(x[i], x[i].Location() == time.UTC))
			b = b[16:]
		}
		if left2--; left2 == 0 {
			break
		}
	}
	for i := range v.KnockSpectrum {
		_ = b[7]
		le.PutUint32(b, math.Float32bits(real(v.KnockSpectrum[i])))
		le.PutUint32(b[4:], math.Float32bits(imag(v.KnockSpectrum[i])))
		b = b[8:]
	}
	return b, s
}

func takeDrive(v *fleet.Vehicle, b []byte, s string, bad *bool) (_ []byte, _ string) {
	if len(b) < driveFixed {
		*bad = true
		return nil, ""
	}
	f := (*[driveFixed]byte)(b)
	b = b[driveFixed:]
	v.Engine.Code, s = cut(s, le.Uint32(f[:]), bad)
	v.Engine.Fuel, s = cut(s, le.Uint32(f[4:]), bad)
	v.Engine.Cylinders = f[8]
	v.Engine.Liters = math.Float32frombits(le.Uint32(f[9:]))
	v.Engine.PowerKW = le.Uint16(f[13:])
	v.Engine.TorqueNM = le.Uint16(f[15:])
	v.Engine.Turbo = f[17] == 1
	v.Engine.Mounted = instant(f[18:])
	v.Gearbox, s = cut(s, le.Uint32(f[39:]), bad)
	v.Gears = int8(f[43])
	v.FinalDrive = math.Float64frombits(le.Uint64(f[48:]))
	v.AllWheelDrive = f[56] == 1
	v.TopSpeedKMH = le.Uint16(f[57:])
	v.SprintSeconds = math.Float32frombits(le.Uint32(f[59:]))
	v.EmissionClass, s = cut(s, le.Uint32(f[63:]), bad)
	v.CO2GramsPerKM = int16(le.Uint16(f[67:]))
	v.NOxMilligrams = int16(le.Uint16(f[69:]))
	v.FuelTankLiters = math.Float32frombits(le.Uint32(f[71:]))
	v.FuelLevel = math.Float32frombits(le.Uint32(f[75:]))
	v.AdBlueLevel = math.Float32frombits(le.Uint32(f[79:]))
	v.OilLevel = math.Float32frombits(le.Uint32(f[83:]))
	if f[87] == 1 {
		v.OilQuality = new(float32)
		*v.OilQuality = math.Float32frombits(le.Uint32(f[88:]))
	}
	v.CoolantTemp = int16(le.Uint16(f[92:]))
	v.OilTemp = int16(le.Uint16(f[94:]))
	v.ExhaustTemp = int32(le.Uint32(f[96:]))
	v.Starts = le.Uint32(f[100:])
	v.ColdStarts = le.Uint32(f[104:])
	v.EngineTime = time.Duration(le.Uint64(f[108:]))
	v.IdleTime = time.Duration(le.Uint64(f[116:]))
	v.FuelUsedML = le.Uint64(f[124:])
	for i := range v.Calibration {
		for j := range v.Calibration[i] {
			v.Calibration[i][j] = math.Float32frombits(le.Uint32(f[140+12*i+4*j:]))
		}
	}
	v.CrankResonance = complex(math.Float64frombits(le.Uint64(f[168:])), math.Float64frombits(le.Uint64(f[176:])))
	if n := le.Uint32(f[34:]); fits(n, 8, b, bad) {
		v.Engine.TimingMaps = make(map[string][]float32, n-1)
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
			v.Engine.TimingMaps[k] = x
		}
	}
	if f[38] == 1 {
		v.SecondEngine = new(bigstruct.Engine)
		b, s = takeEngine(v.SecondEngine, b, s, bad)
	}
	if n := le.Uint32(f[44:]); fits(n, 4, b, bad) {
		v.GearRatios = make([]float32, n-1)
		for i := range v.GearRatios {
			v.GearRatios[i] = math.Float32frombits(le.Uint32(b))
			b = b[4:]
		}
	}
	v.FaultCodes, b, s = takeStrings(b, s, le.Uint32(f[132:]), bad)
	if n := le.Uint32(f[136:]); fits(n, 8, b, bad) {
		v.FaultHistory = make(map[string][]time.Time, n-1)
		for range n - 1 {
			if len(b) < 8 {
				*bad = true
				break
			}
			g := (*[8]byte)(b)
			b = b[8:]
			var k string
			k, s = cut(s, le.Uint32(g[:]), bad)
			var x []time.Time
			if n := le.Uint32(g[4:]); fits(n, 16, b, bad) {
				x = make([]time.Time, n-1)
				for i := range x {
					x[i] = instant(b)
					b = b[16:]
				}
			}
			v.FaultHistory[k] = x
		}
	}
	if n := le.Uint32(f[164:]); fits(n, 8, b, bad) {
		v.KnockSpectrum = make([]complex64, n-1)
		for i := range v.KnockSpectrum {
			v.KnockSpectrum[i] = complex(math.Float32frombits(le.Uint32(b)), math.Float32frombits(le.Uint32(b[4:])))
			b = b[8:]
		}
	}
	return b, s
}
