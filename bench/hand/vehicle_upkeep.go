package hand

import (
	"math"
	"time"

	"github.com/cachegen/cachegen/bench/fleet"
	"github.com/cachegen/cachegen/golden/bigstruct"
)

func sizeUpkeep(v *fleet.Vehicle, n, text int) (int, int) {
	if v.ServicePartner != nil {
		n, text = sizeContact(v.ServicePartner, n, text)
	}
	text += len(v.ServiceCost.Currency)
	for i := range v.ServiceLog {
		n, text = sizeService(&v.ServiceLog[i], n, text)
	}
	n += 12 * len(v.PartsInStock)
	left := len(v.PartsInStock)
	for k := range v.PartsInStock {
		text += len(k)
		if left--; left == 0 {
			break
		}
	}
	n += 8 * len(v.PartsOrdered)
	left2 := len(v.PartsOrdered)
	for k, x := range v.PartsOrdered {
		text += len(k)
		n += 12 * len(x)
		for i := range x {
			text += len(x[i].Currency)
		}
		if left2--; left2 == 0 {
			break
		}
	}
	n += 4 * len(v.Photos)
	for i := range v.Photos {
		n += len(v.Photos[i])
	}
	n, text = sizeStrings(v.Tags, n, text)
	n += 8 * len(v.Labels)
	left3 := len(v.Labels)
	for k, x := range v.Labels {
		text += len(k)
		text += len(x)
		if left3--; left3 == 0 {
			break
		}
	}
	n += len(v.Ratings)
	n += 8 * len(v.Extras)
	left4 := len(v.Extras)
	for k, x := range v.Extras {
		text += len(k)
		n += 12 * len(x)
		for k2 := range x {
			text += len(k2)
		}
		if left4--; left4 == 0 {
			break
		}
	}
	text += len(v.ChangedBy)
	return n, text
}

func putUpkeep(b, s []byte, v *fleet.Vehicle) (_, _ []byte) {
	f := (*[upkeepFixed]byte)(b)
	le.PutUint64(f[:], uint64(v.ServiceDue.Unix()))
	le.PutUint32(f[8:], uint32(v.ServiceDue.Nanosecond()))
	le.PutUint32(f[12:], zone(v.ServiceDue, v.ServiceDue.Location() == time.UTC))
	le.PutUint64(f[16:], v.ServiceAt)
	f[24] = bit(v.ServicePartner != nil)
	le.PutUint64(f[25:], uint64(v.ServiceCost.Amount))
	le.PutUint32(f[33:], uint32(len(v.ServiceCost.Currency)))
	le.PutUint32(f[37:], math.Float32bits(v.ServiceHours))
	le.PutUint32(f[41:], count(len(v.ServiceLog), v.ServiceLog == nil))
	le.PutUint32(f[45:], count(len(v.PartsInStock), v.PartsInStock == nil))
	le.PutUint32(f[49:], count(len(v.PartsOrdered), v.PartsOrdered == nil))
	le.PutUint64(f[53:], uint64(v.CleanedAt.Unix()))
	le.PutUint32(f[61:], uint32(v.CleanedAt.Nanosecond()))
	le.PutUint32(f[65:], zone(v.CleanedAt, v.CleanedAt.Location() == time.UTC))
	f[69] = bit(v.Smoking)
	le.PutUint32(f[70:], count(len(v.Photos), v.Photos == nil))
	le.PutUint32(f[74:], count(len(v.Tags), v.Tags == nil))
	le.PutUint32(f[78:], count(len(v.Labels), v.Labels == nil))
	le.PutUint32(f[82:], count(len(v.Ratings), v.Ratings == nil))
	le.PutUint32(f[86:], count(len(v.Extras), v.Extras == nil))
	f[90] = bit(v.Checks.Lights)
	f[91] = bit(v.Checks.Brakes)
	f[92] = bit(v.Checks.Wipers)
	f[93] = bit(v.Checks.Horn)
	le.PutUint32(f[94:], uint32(v.Version))
	le.PutUint32(f[98:], uint32(len(v.ChangedBy)))
	le.PutUint64(f[102:], uint64(v.Created.Unix()))
	le.PutUint32(f[110:], uint32(v.Created.Nanosecond()))
	le.PutUint32(f[114:], zone(v.Created, v.Created.Location() == time.UTC))
	le.PutUint64(f[118:], uint64(v.Changed.Unix()))
	le.PutUint32(f[126:], uint32(v.Changed.Nanosecond()))
	le.PutUint32(f[130:], zone(v.Changed, v.Changed.Location() == time.UTC))
	s = s[copy(s, v.ServiceCost.Currency):]
	s = s[copy(s, v.ChangedBy):]
	b = b[upkeepFixed:]
	if v.ServicePartner != nil {
		b, s = putContact(b, s, v.ServicePartner)
	}
	for i := range v.ServiceLog {
		b, s = putService(b, s, &v.ServiceLog[i])
	}
	left := len(v.PartsInStock)
	for k, x := range v.PartsInStock {
		_ = b[11]
		le.PutUint32(b, uint32(len(k)))
		le.PutUint64(b[4:], uint64(x))
		s = s[copy(s, k):]
		b = b[12:]
		if left--; left == 0 {
			break
		}
	}
	left2 := len(v.PartsOrdered)
	for k, x := range v.PartsOrdered {
		_ = b[7]
		le.PutUint32(b, uint32(len(k)))
		le.PutUint32(b[4:], count(len(x), x == nil))
		s = s[copy(s, k):]
		b = b[8:]
		for i := range x {
			_ = b[11]
			e := &x[i]
			le.PutUint64(b, uint64(e.Amount))
			le.PutUint32(b[8:], uint32(len(e.Currency)))
			s = s[copy(s, e.Currency):]
			b = b[12:]
		}
		if left2--; left2 == 0 {
			break
		}
	}
	for i := range v.Photos {
		le.PutUint32(b, count(len(v.Photos[i]), v.Photos[i] == nil))
		b = b[4+copy(b[4:], v.Photos[i]):]
	}
	b, s = putStrings(b, s, v.Tags)
	left3 := len(v.Labels)
	for k, x := range v.Labels {
		_ = b[7]
		le.PutUint32(b, uint32(len(k)))
		le.PutUint32(b[4:], uint32(len(x)))
		s = s[copy(s, k):]
		s = s[copy(s, x):]
		b = b[8:]
		if left3--; left3 == 0 {
			break
		}
	}
	for i := range v.Ratings {
		b[0] = uint8(v.Ratings[i])
		b = b[1:]
	}
	left4 := len(v.Extras)
	for k, x := range v.Extras {
		_ = b[7]
		le.PutUint32(b, uint32(len(k)))
		le.PutUint32(b[4:], count(len(x), x == nil))
		s = s[copy(s, k):]
		b = b[8:]
		for k2, x2 := range x {
			_ = b[11]
			le.PutUint32(b, uint32(len(k2)))
			le.PutUint64(b[4:], math.Float64bits(x2))
			s = s[copy(s, k2):]
			b = b[12:]
		}
		if left4--; left4 == 0 {
			break
		}
	}
	return b, s
}

func takeUpkeep(v *fleet.Vehicle, b []byte, s string, bad *bool) (_ []byte, _ string) {
	if len(b) < upkeepFixed {
		*bad = true
		return nil, ""
	}
	f := (*[upkeepFixed]byte)(b)
	b = b[upkeepFixed:]
	v.ServiceDue = instant(f[:])
	v.ServiceAt = le.Uint64(f[16:])
	v.ServiceCost.Amount = int64(le.Uint64(f[25:]))
	v.ServiceCost.Currency, s = cut(s, le.Uint32(f[33:]), bad)
	v.ServiceHours = math.Float32frombits(le.Uint32(f[37:]))
	v.CleanedAt = instant(f[53:])
	v.Smoking = f[69] == 1
	v.Checks.Lights = f[90] == 1
	v.Checks.Brakes = f[91] == 1
	v.Checks.Wipers = f[92] == 1
	v.Checks.Horn = f[93] == 1
	v.Version = int32(le.Uint32(f[94:]))
	v.ChangedBy, s = cut(s, le.Uint32(f[98:]), bad)
	v.Created = instant(f[102:])
	v.Changed = instant(f[118:])
	if f[24] == 1 {
		v.ServicePartner = new(bigstruct.Contact)
		b, s = takeContact(v.ServicePartner, b, s, bad)
	}
	if n := le.Uint32(f[41:]); fits(n, serviceFixed, b, bad) {
		v.ServiceLog = make([]bigstruct.Service, n-1)
		for i := range v.ServiceLog {
			b, s = takeService(&v.ServiceLog[i], b, s, bad)
		}
	}
	if n := le.Uint32(f[45:]); fits(n, 12, b, bad) {
		v.PartsInStock = make(map[string]int, n-1)
		for range n - 1 {
			_ = b[11]
			var k string
			k, s = cut(s, le.Uint32(b), bad)
			v.PartsInStock[k] = int(le.Uint64(b[4:]))
			b = b[12:]
		}
	}
	if n := le.Uint32(f[49:]); fits(n, 8, b, bad) {
		v.PartsOrdered = make(map[string][]bigstruct.Money, n-1)
		for range n - 1 {
			if len(b) < 8 {
				*bad = true
				break
			}
			g := (*[8]byte)(b)
			b = b[8:]
			var k string
			k, s = cut(s, le.Uint32(g[:]), bad)
			var x []bigstruct.Money
			if n := le.Uint32(g[4:]); fits(n, 12, b, bad) {
				x = make([]bigstruct.Money, n-1)
				for i := range x {
					e := &x[i]
					_ = b[11]
					e.Amount = int64(le.Uint64(b))
					e.Currency, s = cut(s, le.Uint32(b[8:]), bad)
					b = b[12:]
				}
			}
			v.PartsOrdered[k] = x
		}
	}
	v.Photos, b = takeScans(b, le.Uint32(f[70:]), bad)
	v.Tags, b, s = takeStrings(b, s, le.Uint32(f[74:]), bad)
	if n := le.Uint32(f[78:]); fits(n, 8, b, bad) {
		v.Labels = make(map[string]string, n-1)
		for range n - 1 {
			_ = b[7]
			var k string
			k, s = cut(s, le.Uint32(b), bad)
			var x string
			x, s = cut(s, le.Uint32(b[4:]), bad)
			b = b[8:]
			v.Labels[k] = x
		}
	}
	if n := le.Uint32(f[82:]); fits(n, 1, b, bad) {
		v.Ratings = make([]int8, n-1)
		for i := range v.Ratings {
			v.Ratings[i] = int8(b[0])
			b = b[1:]
		}
	}
	if n := le.Uint32(f[86:]); fits(n, 8, b, bad) {
		v.Extras = make(map[string]map[string]float64, n-1)
		for range n - 1 {
			if len(b) < 8 {
				*bad = true
				break
			}
			g := (*[8]byte)(b)
			b = b[8:]
			var k string
			k, s = cut(s, le.Uint32(g[:]), bad)
			var x map[string]float64
			if m := le.Uint32(g[4:]); fits(m, 12, b, bad) {
				x = make(map[string]float64, m-1)
				for range m - 1 {
					_ = b[11]
					var k2 string
					k2, s = cut(s, le.Uint32(b), bad)
					x[k2] = math.Float64frombits(le.Uint64(b[4:]))
					b = b[12:]
				}
			}
			v.Extras[k] = x
		}
	}
	return b, s
}
