package hand

import (
	"math"

	"github.com/cachegen/cachegen/bench/fleet"
	"github.com/cachegen/cachegen/golden/bigstruct"
)

func sizeIdentity(v *fleet.Vehicle, n, text int) (int, int) {
	text += len(v.VIN)
	text += len(v.Plate)
	text += len(v.PlateState)
	text += len(v.Country)
	text += len(v.AssetTag)
	text += len(v.Make)
	text += len(v.Model)
	text += len(v.Trim)
	text += len(v.Color)
	text += len(v.InteriorTone)
	if v.Nickname != nil {
		text += len(*v.Nickname)
	}
	n, text = sizeStrings(v.Aliases, n, text)
	n += len(v.Barcode)
	return n, text
}

func putIdentity(b, s []byte, v *fleet.Vehicle) (_, _ []byte) {
	f := (*[identityFixed]byte)(b)
	le.PutUint32(f[:], uint32(len(v.VIN)))
	le.PutUint32(f[4:], uint32(len(v.Plate)))
	le.PutUint32(f[8:], uint32(len(v.PlateState)))
	le.PutUint32(f[12:], uint32(len(v.Country)))
	le.PutUint64(f[16:], uint64(v.FleetID))
	le.PutUint32(f[24:], uint32(len(v.AssetTag)))
	copy(f[28:], v.UUID[:])
	le.PutUint32(f[44:], uint32(len(v.Make)))
	le.PutUint32(f[48:], uint32(len(v.Model)))
	le.PutUint32(f[52:], uint32(len(v.Trim)))
	le.PutUint16(f[56:], v.ModelYear)
	f[58] = uint8(v.BodyStyle)
	le.PutUint32(f[59:], uint32(len(v.Color)))
	le.PutUint32(f[63:], uint32(len(v.InteriorTone)))
	f[67] = v.Doors
	f[68] = v.Seats
	f[69] = bit(v.Nickname != nil)
	if v.Nickname != nil {
		le.PutUint32(f[70:], uint32(len(*v.Nickname)))
	}
	le.PutUint32(f[74:], count(len(v.Aliases), v.Aliases == nil))
	le.PutUint32(f[78:], count(len(v.Barcode), v.Barcode == nil))
	le.PutUint64(f[82:], v.Revision)
	s = s[copy(s, v.VIN):]
	s = s[copy(s, v.Plate):]
	s = s[copy(s, v.PlateState):]
	s = s[copy(s, v.Country):]
	s = s[copy(s, v.AssetTag):]
	s = s[copy(s, v.Make):]
	s = s[copy(s, v.Model):]
	s = s[copy(s, v.Trim):]
	s = s[copy(s, v.Color):]
	s = s[copy(s, v.InteriorTone):]
	if v.Nickname != nil {
		s = s[copy(s, *v.Nickname):]
	}
	b = b[identityFixed:]
	b, s = putStrings(b, s, v.Aliases)
	b = b[copy(b, v.Barcode):]
	return b, s
}

func takeIdentity(v *fleet.Vehicle, b []byte, s string, bad *bool) (_ []byte, _ string) {
	if len(b) < identityFixed {
		*bad = true
		return nil, ""
	}
	f := (*[identityFixed]byte)(b)
	b = b[identityFixed:]
	var country string
	v.VIN, s = cut(s, le.Uint32(f[:]), bad)
	v.Plate, s = cut(s, le.Uint32(f[4:]), bad)
	v.PlateState, s = cut(s, le.Uint32(f[8:]), bad)
	country, s = cut(s, le.Uint32(f[12:]), bad)
	v.Country = bigstruct.Country(country)
	v.FleetID = int64(le.Uint64(f[16:]))
	v.AssetTag, s = cut(s, le.Uint32(f[24:]), bad)
	copy(v.UUID[:], f[28:])
	v.Make, s = cut(s, le.Uint32(f[44:]), bad)
	v.Model, s = cut(s, le.Uint32(f[48:]), bad)
	v.Trim, s = cut(s, le.Uint32(f[52:]), bad)
	v.ModelYear = le.Uint16(f[56:])
	v.BodyStyle = bigstruct.BodyStyle(f[58])
	v.Color, s = cut(s, le.Uint32(f[59:]), bad)
	v.InteriorTone, s = cut(s, le.Uint32(f[63:]), bad)
	v.Doors = f[67]
	v.Seats = f[68]
	if f[69] == 1 {
		v.Nickname = new(string)
		*v.Nickname, s = cut(s, le.Uint32(f[70:]), bad)
	}
	v.Revision = le.Uint64(f[82:])
	v.Aliases, b, s = takeStrings(b, s, le.Uint32(f[74:]), bad)
	v.Barcode, b = takeBytes(b, le.Uint32(f[78:]), bad)
	return b, s
}

func sizeBody(v *fleet.Vehicle, n, text int) (int, int) {
	text += len(v.TireSize)
	for i := range v.TireSerials {
		text += len(v.TireSerials[i])
	}
	return n, text
}

func putBody(b, s []byte, v *fleet.Vehicle) (_, _ []byte) {
	f := (*[bodyFixed]byte)(b)
	le.PutUint16(f[:], v.LengthMM)
	le.PutUint16(f[2:], v.WidthMM)
	le.PutUint16(f[4:], v.HeightMM)
	le.PutUint16(f[6:], v.WheelbaseMM)
	le.PutUint16(f[8:], v.ClearanceMM)
	le.PutUint32(f[10:], v.CurbWeightKG)
	le.PutUint32(f[14:], v.GrossWeightKG)
	le.PutUint32(f[18:], v.TowingKG)
	le.PutUint16(f[22:], v.RoofLoadKG)
	le.PutUint16(f[24:], v.CargoLiters)
	for i := range v.AxleLoadsKG {
		le.PutUint16(f[26+2*i:], v.AxleLoadsKG[i])
	}
	le.PutUint32(f[32:], uint32(len(v.TireSize)))
	for i := range v.TirePressures {
		le.PutUint32(f[36+4*i:], math.Float32bits(v.TirePressures[i]))
	}
	for i := range v.TireTemps {
		f[52+1*i] = uint8(v.TireTemps[i])
	}
	for i := range v.TireSerials {
		le.PutUint32(f[56+4*i:], uint32(len(v.TireSerials[i])))
	}
	for i := range v.TreadDepthMM {
		le.PutUint32(f[72+4*i:], math.Float32bits(v.TreadDepthMM[i]))
	}
	f[88] = bit(v.SpareTire)
	f[89] = bit(v.WinterTires)
	copy(f[90:], v.PaintThickness[:])
	for i := range v.CenterOfGravity {
		le.PutUint64(f[98+8*i:], math.Float64bits(v.CenterOfGravity[i]))
	}
	s = s[copy(s, v.TireSize):]
	for i := range v.TireSerials {
		s = s[copy(s, v.TireSerials[i]):]
	}
	b = b[bodyFixed:]
	return b, s
}

func takeBody(v *fleet.Vehicle, b []byte, s string, bad *bool) (_ []byte, _ string) {
	if len(b) < bodyFixed {
		*bad = true
		return nil, ""
	}
	f := (*[bodyFixed]byte)(b)
	b = b[bodyFixed:]
	v.LengthMM = le.Uint16(f[:])
	v.WidthMM = le.Uint16(f[2:])
	v.HeightMM = le.Uint16(f[4:])
	v.WheelbaseMM = le.Uint16(f[6:])
	v.ClearanceMM = le.Uint16(f[8:])
	v.CurbWeightKG = le.Uint32(f[10:])
	v.GrossWeightKG = le.Uint32(f[14:])
	v.TowingKG = le.Uint32(f[18:])
	v.RoofLoadKG = le.Uint16(f[22:])
	v.CargoLiters = le.Uint16(f[24:])
	for i := range v.AxleLoadsKG {
		v.AxleLoadsKG[i] = le.Uint16(f[26+2*i:])
	}
	v.TireSize, s = cut(s, le.Uint32(f[32:]), bad)
	for i := range v.TirePressures {
		v.TirePressures[i] = math.Float32frombits(le.Uint32(f[36+4*i:]))
	}
	for i := range v.TireTemps {
		v.TireTemps[i] = int8(f[52+1*i])
	}
	for i := range v.TireSerials {
		v.TireSerials[i], s = cut(s, le.Uint32(f[56+4*i:]), bad)
	}
	for i := range v.TreadDepthMM {
		v.TreadDepthMM[i] = math.Float32frombits(le.Uint32(f[72+4*i:]))
	}
	v.SpareTire = f[88] == 1
	v.WinterTires = f[89] == 1
	copy(v.PaintThickness[:], f[90:])
	for i := range v.CenterOfGravity {
		v.CenterOfGravity[i] = math.Float64frombits(le.Uint64(f[98+8*i:]))
	}
	return b, s
}
