package hand

import (
	"math"
	"time"

	"github.com/cachegen/cachegen/bench/fleet"
	"github.com/cachegen/cachegen/golden/bigstruct"
)

func sizePeople(v *fleet.Vehicle, n, text int) (int, int) {
	if v.Driver != nil {
		n, text = sizeContact(v.Driver, n, text)
	}
	for i := range v.Drivers {
		n, text = sizeContact(&v.Drivers[i], n, text)
	}
	text += len(v.Pool)
	text += len(v.BookedBy)
	n += 40 * len(v.Bookings)
	n += 8 * len(v.KeyCards)
	n += 12 * len(v.Fines)
	for i := range v.Fines {
		text += len(v.Fines[i].Currency)
	}
	for i := range v.Accidents {
		n, text = sizeAccident(&v.Accidents[i], n, text)
	}
	if v.Allowance != nil {
		text += len(v.Allowance.Currency)
	}
	n += 4 * len(v.Restrictions)
	text += len(v.Remarks)
	return n, text
}

func putPeople(b, s []byte, v *fleet.Vehicle) (_, _ []byte) {
	f := (*[peopleFixed]byte)(b)
	f[0] = bit(v.Driver != nil)
	le.PutUint32(f[1:], count(len(v.Drivers), v.Drivers == nil))
	le.PutUint32(f[5:], uint32(len(v.Pool)))
	le.PutUint32(f[9:], uint32(len(v.BookedBy)))
	le.PutUint64(f[13:], uint64(v.BookedFrom.Unix()))
	le.PutUint32(f[21:], uint32(v.BookedFrom.Nanosecond()))
	le.PutUint32(f[25:], zone(v.BookedFrom, v.BookedFrom.Location() == time.UTC))
	le.PutUint64(f[29:], uint64(v.BookedUntil.Unix()))
	le.PutUint32(f[37:], uint32(v.BookedUntil.Nanosecond()))
	le.PutUint32(f[41:], zone(v.BookedUntil, v.BookedUntil.Location() == time.UTC))
	le.PutUint32(f[45:], count(len(v.Bookings), v.Bookings == nil))
	le.PutUint32(f[49:], uint32(v.KeyNumber))
	le.PutUint32(f[53:], count(len(v.KeyCards), v.KeyCards == nil))
	f[57] = bit(v.SpareKey)
	for i := range v.SeatPosition {
		le.PutUint16(f[58+2*i:], uint16(v.SeatPosition[i]))
	}
	le.PutUint64(f[70:], math.Float64bits(v.DriverScore))
	le.PutUint16(f[78:], v.HarshBrakings)
	le.PutUint16(f[80:], v.Speedings)
	le.PutUint32(f[82:], count(len(v.Fines), v.Fines == nil))
	le.PutUint32(f[86:], count(len(v.Accidents), v.Accidents == nil))
	f[90] = bit(v.PrivateUse)
	f[91] = bit(v.Allowance != nil)
	if v.Allowance != nil {
		le.PutUint64(f[92:], uint64(v.Allowance.Amount))
		le.PutUint32(f[100:], uint32(len(v.Allowance.Currency)))
	}
	le.PutUint32(f[104:], count(len(v.Restrictions), v.Restrictions == nil))
	le.PutUint32(f[108:], uint32(len(v.Remarks)))
	s = s[copy(s, v.Pool):]
	s = s[copy(s, v.BookedBy):]
	if v.Allowance != nil {
		s = s[copy(s, v.Allowance.Currency):]
	}
	s = s[copy(s, v.Remarks):]
	b = b[peopleFixed:]
	if v.Driver != nil {
		b, s = putContact(b, s, v.Driver)
	}
	for i := range v.Drivers {
		b, s = putContact(b, s, &v.Drivers[i])
	}
	left := len(v.Bookings)
	for k, x := range v.Bookings {
		_ = b[39]
		le.PutUint64(b, uint64(k))
		le.PutUint64(b[8:], uint64(x.From.Unix()))
		le.PutUint32(b[16:], uint32(x.From.Nanosecond()))
		le.PutUint32(b[20:], zone(x.From, x.From.Location() == time.UTC))
		le.PutUint64(b[24:], uint64(x.Until.Unix()))
		le.PutUint32(b[32:], uint32(x.Until.Nanosecond()))
		le.PutUint32(b[36:], zone(x.Until, x.Until.Location() == time.UTC))
		b = b[40:]
		if left--; left == 0 {
			break
		}
	}
	for i := range v.KeyCards {
		copy(b, v.KeyCards[i][:])
		b = b[8:]
	}
	for i := range v.Fines {
		_ = b[11]
		e := &v.Fines[i]
		le.PutUint64(b, uint64(e.Amount))
		le.PutUint32(b[8:], uint32(len(e.Currency)))
		s = s[copy(s, e.Currency):]
		b = b[12:]
	}
	for i := range v.Accidents {
		b, s = putAccident(b, s, &v.Accidents[i])
	}
	for i := range v.Restrictions {
		le.PutUint32(b, uint32(v.Restrictions[i]))
		b = b[4:]
	}
	return b, s
}

func takePeople(v *fleet.Vehicle, b []byte, s string, bad *bool) (_ []byte, _ string) {
	if len(b) < peopleFixed {
		*bad = true
		return nil, ""
	}
	f := (*[peopleFixed]byte)(b)
	b = b[peopleFixed:]
	v.Pool, s = cut(s, le.Uint32(f[5:]), bad)
	v.BookedBy, s = cut(s, le.Uint32(f[9:]), bad)
	v.BookedFrom = instant(f[13:])
	v.BookedUntil = instant(f[29:])
	v.KeyNumber = int32(le.Uint32(f[49:]))
	v.SpareKey = f[57] == 1
	for i := range v.SeatPosition {
		v.SeatPosition[i] = int16(le.Uint16(f[58+2*i:]))
	}
	v.DriverScore = math.Float64frombits(le.Uint64(f[70:]))
	v.HarshBrakings = le.Uint16(f[78:])
	v.Speedings = le.Uint16(f[80:])
	v.PrivateUse = f[90] == 1
	if f[91] == 1 {
		v.Allowance = new(bigstruct.Money)
		v.Allowance.Amount = int64(le.Uint64(f[92:]))
		v.Allowance.Currency, s = cut(s, le.Uint32(f[100:]), bad)
	}
	v.Remarks, s = cut(s, le.Uint32(f[108:]), bad)
	if f[0] == 1 {
		v.Driver = new(bigstruct.Contact)
		b, s = takeContact(v.Driver, b, s, bad)
	}
	if n := le.Uint32(f[1:]); fits(n, contactFixed, b, bad) {
		v.Drivers = make([]bigstruct.Contact, n-1)
		for i := range v.Drivers {
			b, s = takeContact(&v.Drivers[i], b, s, bad)
		}
	}
	if n := le.Uint32(f[45:]); fits(n, 40, b, bad) {
		v.Bookings = make(map[int64]bigstruct.Window, n-1)
		for range n - 1 {
			_ = b[39]
			k := int64(le.Uint64(b))
			var x bigstruct.Window
			x.From = instant(b[8:])
			x.Until = instant(b[24:])
			b = b[40:]
			v.Bookings[k] = x
		}
	}
	if n := le.Uint32(f[53:]); fits(n, 8, b, bad) {
		v.KeyCards = make([][8]byte, n-1)
		for i := range v.KeyCards {
			copy(v.KeyCards[i][:], b)
			b = b[8:]
		}
	}
	if n := le.Uint32(f[82:]); fits(n, 12, b, bad) {
		v.Fines = make([]bigstruct.Money, n-1)
		for i := range v.Fines {
			e := &v.Fines[i]
			_ = b[11]
			e.Amount = int64(le.Uint64(b))
			e.Currency, s = cut(s, le.Uint32(b[8:]), bad)
			b = b[12:]
		}
	}
	if n := le.Uint32(f[86:]); fits(n, accidentFixed, b, bad) {
		v.Accidents = make([]bigstruct.Accident, n-1)
		for i := range v.Accidents {
			b, s = takeAccident(&v.Accidents[i], b, s, bad)
		}
	}
	if n := le.Uint32(f[104:]); fits(n, 4, b, bad) {
		v.Restrictions = make([]bigstruct.Feature, n-1)
		for i := range v.Restrictions {
			v.Restrictions[i] = bigstruct.Feature(le.Uint32(b))
			b = b[4:]
		}
	}
	return b, s
}
