package hand

import (
	"math"
	"time"

	"github.com/cachegen/cachegen/golden/bigstruct"
)

func sizeDocument(v *bigstruct.Document, n, text int) (int, int) {
	n += documentFixed
	text += len(v.Title)
	n += len(v.Scan)
	return n, text
}

func putDocument(b, s []byte, v *bigstruct.Document) (_, _ []byte) {
	f := (*[documentFixed]byte)(b)
	le.PutUint32(f[:], uint32(len(v.Title)))
	le.PutUint16(f[4:], v.Pages)
	le.PutUint32(f[6:], count(len(v.Scan), v.Scan == nil))
	le.PutUint64(f[10:], uint64(v.Valid.From.Unix()))
	le.PutUint32(f[18:], uint32(v.Valid.From.Nanosecond()))
	le.PutUint32(f[22:], zone(v.Valid.From, v.Valid.From.Location() == time.UTC))
	le.PutUint64(f[26:], uint64(v.Valid.Until.Unix()))
	le.PutUint32(f[34:], uint32(v.Valid.Until.Nanosecond()))
	le.PutUint32(f[38:], zone(v.Valid.Until, v.Valid.Until.Location() == time.UTC))
	s = s[copy(s, v.Title):]
	b = b[documentFixed:]
	b = b[copy(b, v.Scan):]
	return b, s
}

func takeDocument(v *bigstruct.Document, b []byte, s string, bad *bool) (_ []byte, _ string) {
	if len(b) < documentFixed {
		*bad = true
		return nil, ""
	}
	f := (*[documentFixed]byte)(b)
	b = b[documentFixed:]
	v.Title, s = cut(s, le.Uint32(f[:]), bad)
	v.Pages = le.Uint16(f[4:])
	v.Valid.From = instant(f[10:])
	v.Valid.Until = instant(f[26:])
	v.Scan, b = takeBytes(b, le.Uint32(f[6:]), bad)
	return b, s
}

func sizeInspection(v *bigstruct.Inspection, n, text int) (int, int) {
	n += inspectionFixed
	text += len(v.Station)
	n, text = sizeStrings(v.Findings, n, text)
	return n, text
}

func putInspection(b, s []byte, v *bigstruct.Inspection) (_, _ []byte) {
	f := (*[inspectionFixed]byte)(b)
	le.PutUint64(f[:], uint64(v.At.Unix()))
	le.PutUint32(f[8:], uint32(v.At.Nanosecond()))
	le.PutUint32(f[12:], zone(v.At, v.At.Location() == time.UTC))
	le.PutUint32(f[16:], uint32(len(v.Station)))
	f[20] = bit(v.Passed)
	le.PutUint32(f[21:], count(len(v.Findings), v.Findings == nil))
	le.PutUint64(f[25:], v.Odometer)
	s = s[copy(s, v.Station):]
	b = b[inspectionFixed:]
	b, s = putStrings(b, s, v.Findings)
	return b, s
}

func takeInspection(v *bigstruct.Inspection, b []byte, s string, bad *bool) (_ []byte, _ string) {
	if len(b) < inspectionFixed {
		*bad = true
		return nil, ""
	}
	f := (*[inspectionFixed]byte)(b)
	b = b[inspectionFixed:]
	v.At = instant(f[:])
	v.Station, s = cut(s, le.Uint32(f[16:]), bad)
	v.Passed = f[20] == 1
	v.Odometer = le.Uint64(f[25:])
	v.Findings, b, s = takeStrings(b, s, le.Uint32(f[21:]), bad)
	return b, s
}

func sizeTrip(v *bigstruct.Trip, n, text int) (int, int) {
	n += tripFixed
	text += len(v.Driver)
	text += len(v.Purpose)
	n += positionFixed * len(v.Stops)
	return n, text
}

func putTrip(b, s []byte, v *bigstruct.Trip) (_, _ []byte) {
	f := (*[tripFixed]byte)(b)
	le.PutUint64(f[:], math.Float64bits(v.From.Lat))
	le.PutUint64(f[8:], math.Float64bits(v.From.Lon))
	le.PutUint32(f[16:], math.Float32bits(v.From.Altitude))
	le.PutUint16(f[20:], v.From.Accuracy)
	le.PutUint64(f[22:], uint64(v.From.At.Unix()))
	le.PutUint32(f[30:], uint32(v.From.At.Nanosecond()))
	le.PutUint32(f[34:], zone(v.From.At, v.From.At.Location() == time.UTC))
	le.PutUint64(f[38:], math.Float64bits(v.To.Lat))
	le.PutUint64(f[46:], math.Float64bits(v.To.Lon))
	le.PutUint32(f[54:], math.Float32bits(v.To.Altitude))
	le.PutUint16(f[58:], v.To.Accuracy)
	le.PutUint64(f[60:], uint64(v.To.At.Unix()))
	le.PutUint32(f[68:], uint32(v.To.At.Nanosecond()))
	le.PutUint32(f[72:], zone(v.To.At, v.To.At.Location() == time.UTC))
	le.PutUint32(f[76:], uint32(len(v.Driver)))
	le.PutUint32(f[80:], v.Meters)
	le.PutUint32(f[84:], uint32(len(v.Purpose)))
	le.PutUint32(f[88:], count(len(v.Stops), v.Stops == nil))
	s = s[copy(s, v.Driver):]
	s = s[copy(s, v.Purpose):]
	b = b[tripFixed:]
	for i := range v.Stops {
		b, s = putPosition(b, s, &v.Stops[i])
	}
	return b, s
}

func takeTrip(v *bigstruct.Trip, b []byte, s string, bad *bool) (_ []byte, _ string) {
	if len(b) < tripFixed {
		*bad = true
		return nil, ""
	}
	f := (*[tripFixed]byte)(b)
	b = b[tripFixed:]
	v.From.Lat = math.Float64frombits(le.Uint64(f[:]))
	v.From.Lon = math.Float64frombits(le.Uint64(f[8:]))
	v.From.Altitude = math.Float32frombits(le.Uint32(f[16:]))
	v.From.Accuracy = le.Uint16(f[20:])
	v.From.At = instant(f[22:])
	v.To.Lat = math.Float64frombits(le.Uint64(f[38:]))
	v.To.Lon = math.Float64frombits(le.Uint64(f[46:]))
	v.To.Altitude = math.Float32frombits(le.Uint32(f[54:]))
	v.To.Accuracy = le.Uint16(f[58:])
	v.To.At = instant(f[60:])
	v.Driver, s = cut(s, le.Uint32(f[76:]), bad)
	v.Meters = le.Uint32(f[80:])
	v.Purpose, s = cut(s, le.Uint32(f[84:]), bad)
	if n := le.Uint32(f[88:]); fits(n, positionFixed, b, bad) {
		v.Stops = make([]bigstruct.Position, n-1)
		for i := range v.Stops {
			b, s = takePosition(&v.Stops[i], b, s, bad)
		}
	}
	return b, s
}

func sizeAccident(v *bigstruct.Accident, n, text int) (int, int) {
	n += accidentFixed
	text += len(v.Report)
	text += len(v.Damage.Currency)
	n += 4 * len(v.Photos)
	for i := range v.Photos {
		n += len(v.Photos[i])
	}
	n, text = sizeStrings(v.Involved, n, text)
	return n, text
}

func putAccident(b, s []byte, v *bigstruct.Accident) (_, _ []byte) {
	f := (*[accidentFixed]byte)(b)
	le.PutUint64(f[:], uint64(v.At.Unix()))
	le.PutUint32(f[8:], uint32(v.At.Nanosecond()))
	le.PutUint32(f[12:], zone(v.At, v.At.Location() == time.UTC))
	le.PutUint64(f[16:], math.Float64bits(v.Where.Lat))
	le.PutUint64(f[24:], math.Float64bits(v.Where.Lon))
	le.PutUint32(f[32:], math.Float32bits(v.Where.Altitude))
	le.PutUint16(f[36:], v.Where.Accuracy)
	le.PutUint64(f[38:], uint64(v.Where.At.Unix()))
	le.PutUint32(f[46:], uint32(v.Where.At.Nanosecond()))
	le.PutUint32(f[50:], zone(v.Where.At, v.Where.At.Location() == time.UTC))
	le.PutUint32(f[54:], uint32(len(v.Report)))
	le.PutUint64(f[58:], uint64(v.Damage.Amount))
	le.PutUint32(f[66:], uint32(len(v.Damage.Currency)))
	le.PutUint32(f[70:], count(len(v.Photos), v.Photos == nil))
	le.PutUint32(f[74:], count(len(v.Involved), v.Involved == nil))
	s = s[copy(s, v.Report):]
	s = s[copy(s, v.Damage.Currency):]
	b = b[accidentFixed:]
	for i := range v.Photos {
		le.PutUint32(b, count(len(v.Photos[i]), v.Photos[i] == nil))
		b = b[4+copy(b[4:], v.Photos[i]):]
	}
	b, s = putStrings(b, s, v.Involved)
	return b, s
}

func takeAccident(v *bigstruct.Accident, b []byte, s string, bad *bool) (_ []byte, _ string) {
	if len(b) < accidentFixed {
		*bad = true
		return nil, ""
	}
	f := (*[accidentFixed]byte)(b)
	b = b[accidentFixed:]
	v.At = instant(f[:])
	v.Where.Lat = math.Float64frombits(le.Uint64(f[16:]))
	v.Where.Lon = math.Float64frombits(le.Uint64(f[24:]))
	v.Where.Altitude = math.Float32frombits(le.Uint32(f[32:]))
	v.Where.Accuracy = le.Uint16(f[36:])
	v.Where.At = instant(f[38:])
	v.Report, s = cut(s, le.Uint32(f[54:]), bad)
	v.Damage.Amount = int64(le.Uint64(f[58:]))
	v.Damage.Currency, s = cut(s, le.Uint32(f[66:]), bad)
	v.Photos, b = takeScans(b, le.Uint32(f[70:]), bad)
	v.Involved, b, s = takeStrings(b, s, le.Uint32(f[74:]), bad)
	return b, s
}

func sizeService(v *bigstruct.Service, n, text int) (int, int) {
	n += serviceFixed
	n, text = sizeStrings(v.Work, n, text)
	n += 6 * len(v.Parts)
	left := len(v.Parts)
	for k := range v.Parts {
		text += len(k)
		if left--; left == 0 {
			break
		}
	}
	text += len(v.Cost.Currency)
	return n, text
}

func putService(b, s []byte, v *bigstruct.Service) (_, _ []byte) {
	f := (*[serviceFixed]byte)(b)
	le.PutUint64(f[:], uint64(v.At.Unix()))
	le.PutUint32(f[8:], uint32(v.At.Nanosecond()))
	le.PutUint32(f[12:], zone(v.At, v.At.Location() == time.UTC))
	le.PutUint64(f[16:], v.Odometer)
	le.PutUint32(f[24:], count(len(v.Work), v.Work == nil))
	le.PutUint32(f[28:], count(len(v.Parts), v.Parts == nil))
	le.PutUint64(f[32:], uint64(v.Cost.Amount))
	le.PutUint32(f[40:], uint32(len(v.Cost.Currency)))
	s = s[copy(s, v.Cost.Currency):]
	b = b[serviceFixed:]
	b, s = putStrings(b, s, v.Work)
	left := len(v.Parts)
	for k, x := range v.Parts {
		_ = b[5]
		le.PutUint32(b, uint32(len(k)))
		le.PutUint16(b[4:], x)
		s = s[copy(s, k):]
		b = b[6:]
		if left--; left == 0 {
			break
		}
	}
	return b, s
}

func takeService(v *bigstruct.Service, b []byte, s string, bad *bool) (_ []byte, _ string) {
	if len(b) < serviceFixed {
		*bad = true
		return nil, ""
	}
	f := (*[serviceFixed]byte)(b)
	b = b[serviceFixed:]
	v.At = instant(f[:])
	v.Odometer = le.Uint64(f[16:])
	v.Cost.Amount = int64(le.Uint64(f[32:]))
	v.Cost.Currency, s = cut(s, le.Uint32(f[40:]), bad)
	v.Work, b, s = takeStrings(b, s, le.Uint32(f[24:]), bad)
	if n := le.Uint32(f[28:]); fits(n, 6, b, bad) {
		v.Parts = make(map[string]uint16, n-1)
		for range n - 1 {
			_ = b[5]
			var k string
			k, s = cut(s, le.Uint32(b), bad)
			v.Parts[k] = le.Uint16(b[4:])
			b = b[6:]
		}
	}
	return b, s
}
