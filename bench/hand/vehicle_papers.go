package hand

import (
	"math"
	"time"

	"github.com/cachegen/cachegen/bench/fleet"
	"github.com/cachegen/cachegen/golden/bigstruct"
)

func sizePapers(v *fleet.Vehicle, n, text int) (int, int) {
	text += len(v.PurchasePrice.Currency)
	text += len(v.ResidualValue.Currency)
	text += len(v.Dealer.Name)
	text += len(v.Dealer.Phone)
	text += len(v.Dealer.Email)
	if v.Dealer.Address != nil {
		text += len(v.Dealer.Address.Street)
		text += len(v.Dealer.Address.City)
		text += len(v.Dealer.Address.Zip)
		text += len(v.Dealer.Address.Country)
	}
	text += len(v.InvoiceNumber)
	text += len(v.CostCenter)
	text += len(v.InsuranceID)
	text += len(v.TaxDue.Currency)
	n += len(v.TitleScan)
	for i := range v.Documents {
		n, text = sizeDocument(&v.Documents[i], n, text)
	}
	n += 20 * len(v.Certificates)
	left := len(v.Certificates)
	for k := range v.Certificates {
		text += len(k)
		if left--; left == 0 {
			break
		}
	}
	for i := range v.Inspections {
		n, text = sizeInspection(&v.Inspections[i], n, text)
	}
	n += 4 * len(v.RecallNumbers)
	n += 8 * len(v.OpenRecalls)
	left2 := len(v.OpenRecalls)
	for _, x := range v.OpenRecalls {
		text += len(x)
		if left2--; left2 == 0 {
			break
		}
	}
	return n, text
}

func putPapers(b, s []byte, v *fleet.Vehicle) (_, _ []byte) {
	f := (*[papersFixed]byte)(b)
	le.PutUint64(f[:], uint64(v.Ordered.Unix()))
	le.PutUint32(f[8:], uint32(v.Ordered.Nanosecond()))
	le.PutUint32(f[12:], zone(v.Ordered, v.Ordered.Location() == time.UTC))
	le.PutUint64(f[16:], uint64(v.Delivered.Unix()))
	le.PutUint32(f[24:], uint32(v.Delivered.Nanosecond()))
	le.PutUint32(f[28:], zone(v.Delivered, v.Delivered.Location() == time.UTC))
	le.PutUint64(f[32:], uint64(v.Registered.Unix()))
	le.PutUint32(f[40:], uint32(v.Registered.Nanosecond()))
	le.PutUint32(f[44:], zone(v.Registered, v.Registered.Location() == time.UTC))
	f[48] = bit(v.FirstUse != nil)
	if v.FirstUse != nil {
		le.PutUint64(f[49:], uint64(v.FirstUse.Unix()))
		le.PutUint32(f[57:], uint32(v.FirstUse.Nanosecond()))
		le.PutUint32(f[61:], zone(*v.FirstUse, v.FirstUse.Location() == time.UTC))
	}
	f[65] = bit(v.Retired != nil)
	if v.Retired != nil {
		le.PutUint64(f[66:], uint64(v.Retired.Unix()))
		le.PutUint32(f[74:], uint32(v.Retired.Nanosecond()))
		le.PutUint32(f[78:], zone(*v.Retired, v.Retired.Location() == time.UTC))
	}
	le.PutUint64(f[82:], uint64(v.PurchasePrice.Amount))
	le.PutUint32(f[90:], uint32(len(v.PurchasePrice.Currency)))
	le.PutUint64(f[94:], uint64(v.ResidualValue.Amount))
	le.PutUint32(f[102:], uint32(len(v.ResidualValue.Currency)))
	f[106] = bit(v.Leased)
	f[107] = v.LeaseMonths
	le.PutUint32(f[108:], math.Float32bits(v.LeaseRate))
	le.PutUint64(f[112:], uint64(v.LeaseEnds.Unix()))
	le.PutUint32(f[120:], uint32(v.LeaseEnds.Nanosecond()))
	le.PutUint32(f[124:], zone(v.LeaseEnds, v.LeaseEnds.Location() == time.UTC))
	le.PutUint32(f[128:], uint32(len(v.Dealer.Name)))
	le.PutUint32(f[132:], uint32(len(v.Dealer.Phone)))
	le.PutUint32(f[136:], uint32(len(v.Dealer.Email)))
	f[140] = bit(v.Dealer.Address != nil)
	if v.Dealer.Address != nil {
		le.PutUint32(f[141:], uint32(len(v.Dealer.Address.Street)))
		le.PutUint32(f[145:], uint32(len(v.Dealer.Address.City)))
		le.PutUint32(f[149:], uint32(len(v.Dealer.Address.Zip)))
		le.PutUint32(f[153:], uint32(len(v.Dealer.Address.Country)))
	}
	le.PutUint64(f[157:], uint64(v.Dealer.Since.Unix()))
	le.PutUint32(f[165:], uint32(v.Dealer.Since.Nanosecond()))
	le.PutUint32(f[169:], zone(v.Dealer.Since, v.Dealer.Since.Location() == time.UTC))
	le.PutUint32(f[173:], uint32(len(v.InvoiceNumber)))
	le.PutUint32(f[177:], uint32(len(v.CostCenter)))
	le.PutUint32(f[181:], uint32(len(v.InsuranceID)))
	le.PutUint64(f[185:], uint64(v.InsuredUntil.Unix()))
	le.PutUint32(f[193:], uint32(v.InsuredUntil.Nanosecond()))
	le.PutUint32(f[197:], zone(v.InsuredUntil, v.InsuredUntil.Location() == time.UTC))
	f[201] = uint8(v.PremiumClass)
	le.PutUint16(f[202:], uint16(v.TaxClass))
	f[204] = bit(v.TaxPaid)
	le.PutUint64(f[205:], uint64(v.TaxDue.Amount))
	le.PutUint32(f[213:], uint32(len(v.TaxDue.Currency)))
	le.PutUint32(f[217:], count(len(v.TitleScan), v.TitleScan == nil))
	le.PutUint32(f[221:], count(len(v.Documents), v.Documents == nil))
	le.PutUint32(f[225:], count(len(v.Certificates), v.Certificates == nil))
	le.PutUint32(f[229:], count(len(v.Inspections), v.Inspections == nil))
	le.PutUint64(f[233:], uint64(v.NextInspection.Unix()))
	le.PutUint32(f[241:], uint32(v.NextInspection.Nanosecond()))
	le.PutUint32(f[245:], zone(v.NextInspection, v.NextInspection.Location() == time.UTC))
	le.PutUint32(f[249:], count(len(v.RecallNumbers), v.RecallNumbers == nil))
	le.PutUint32(f[253:], count(len(v.OpenRecalls), v.OpenRecalls == nil))
	f[257] = v.WarrantyYears
	le.PutUint32(f[258:], v.WarrantyMileage)
	le.PutUint64(f[262:], uint64(v.Warranty))
	s = s[copy(s, v.PurchasePrice.Currency):]
	s = s[copy(s, v.ResidualValue.Currency):]
	s = s[copy(s, v.Dealer.Name):]
	s = s[copy(s, v.Dealer.Phone):]
	s = s[copy(s, v.Dealer.Email):]
	if v.Dealer.Address != nil {
		s = s[copy(s, v.Dealer.Address.Street):]
		s = s[copy(s, v.Dealer.Address.City):]
		s = s[copy(s, v.Dealer.Address.Zip):]
		s = s[copy(s, v.Dealer.Address.Country):]
	}
	s = s[copy(s, v.InvoiceNumber):]
	s = s[copy(s, v.CostCenter):]
	s = s[copy(s, v.InsuranceID):]
	s = s[copy(s, v.TaxDue.Currency):]
	b = b[papersFixed:]
	b = b[copy(b, v.TitleScan):]
	for i := range v.Documents {
		b, s = putDocument(b, s, &v.Documents[i])
	}
	left := len(v.Certificates)
	for k, x := range v.Certificates {
		_ = b[19]
		le.PutUint32(b, uint32(len(k)))
		le.PutUint64(b[4:], uint64(x.Unix()))
		le.PutUint32(b[12:], uint32(x.Nanosecond()))
		le.PutUint32(b[16:], zone(x, x.Location() == time.UTC))
		s = s[copy(s, k):]
		b = b[20:]
		if left--; left == 0 {
			break
		}
	}
	for i := range v.Inspections {
		b, s = putInspection(b, s, &v.Inspections[i])
	}
	for i := range v.RecallNumbers {
		le.PutUint32(b, v.RecallNumbers[i])
		b = b[4:]
	}
	left2 := len(v.OpenRecalls)
	for k, x := range v.OpenRecalls {
		_ = b[7]
		le.PutUint32(b, k)
		le.PutUint32(b[4:], uint32(len(x)))
		s = s[copy(s, x):]
		b = b[8:]
		if left2--; left2 == 0 {
			break
		}
	}
	return b, s
}

func takePapers(v *fleet.Vehicle, b []byte, s string, bad *bool) (_ []byte, _ string) {
	if len(b) < papersFixed {
		*bad = true
		return nil, ""
	}
	f := (*[papersFixed]byte)(b)
	b = b[papersFixed:]
	var country string
	v.Ordered = instant(f[:])
	v.Delivered = instant(f[16:])
	v.Registered = instant(f[32:])
	if f[48] == 1 {
		v.FirstUse = new(time.Time)
		*v.FirstUse = instant(f[49:])
	}
	if f[65] == 1 {
		v.Retired = new(time.Time)
		*v.Retired = instant(f[66:])
	}
	v.PurchasePrice.Amount = int64(le.Uint64(f[82:]))
	v.PurchasePrice.Currency, s = cut(s, le.Uint32(f[90:]), bad)
	v.ResidualValue.Amount = int64(le.Uint64(f[94:]))
	v.ResidualValue.Currency, s = cut(s, le.Uint32(f[102:]), bad)
	v.Leased = f[106] == 1
	v.LeaseMonths = f[107]
	v.LeaseRate = math.Float32frombits(le.Uint32(f[108:]))
	v.LeaseEnds = instant(f[112:])
	v.Dealer.Name, s = cut(s, le.Uint32(f[128:]), bad)
	v.Dealer.Phone, s = cut(s, le.Uint32(f[132:]), bad)
	v.Dealer.Email, s = cut(s, le.Uint32(f[136:]), bad)
	if f[140] == 1 {
		v.Dealer.Address = new(bigstruct.Address)
		v.Dealer.Address.Street, s = cut(s, le.Uint32(f[141:]), bad)
		v.Dealer.Address.City, s = cut(s, le.Uint32(f[145:]), bad)
		v.Dealer.Address.Zip, s = cut(s, le.Uint32(f[149:]), bad)
		country, s = cut(s, le.Uint32(f[153:]), bad)
		v.Dealer.Address.Country = bigstruct.Country(country)
	}
	v.Dealer.Since = instant(f[157:])
	v.InvoiceNumber, s = cut(s, le.Uint32(f[173:]), bad)
	v.CostCenter, s = cut(s, le.Uint32(f[177:]), bad)
	v.InsuranceID, s = cut(s, le.Uint32(f[181:]), bad)
	v.InsuredUntil = instant(f[185:])
	v.PremiumClass = int8(f[201])
	v.TaxClass = int16(le.Uint16(f[202:]))
	v.TaxPaid = f[204] == 1
	v.TaxDue.Amount = int64(le.Uint64(f[205:]))
	v.TaxDue.Currency, s = cut(s, le.Uint32(f[213:]), bad)
	v.NextInspection = instant(f[233:])
	v.WarrantyYears = f[257]
	v.WarrantyMileage = le.Uint32(f[258:])
	v.Warranty = time.Duration(le.Uint64(f[262:]))
	v.TitleScan, b = takeBytes(b, le.Uint32(f[217:]), bad)
	if n := le.Uint32(f[221:]); fits(n, documentFixed, b, bad) {
		v.Documents = make([]bigstruct.Document, n-1)
		for i := range v.Documents {
			b, s = takeDocument(&v.Documents[i], b, s, bad)
		}
	}
	if n := le.Uint32(f[225:]); fits(n, 20, b, bad) {
		v.Certificates = make(map[string]time.Time, n-1)
		for range n - 1 {
			_ = b[19]
			var k string
			k, s = cut(s, le.Uint32(b), bad)
			v.Certificates[k] = instant(b[4:])
			b = b[20:]
		}
	}
	if n := le.Uint32(f[229:]); fits(n, inspectionFixed, b, bad) {
		v.Inspections = make([]bigstruct.Inspection, n-1)
		for i := range v.Inspections {
			b, s = takeInspection(&v.Inspections[i], b, s, bad)
		}
	}
	if n := le.Uint32(f[249:]); fits(n, 4, b, bad) {
		v.RecallNumbers = make([]uint32, n-1)
		for i := range v.RecallNumbers {
			v.RecallNumbers[i] = le.Uint32(b)
			b = b[4:]
		}
	}
	if n := le.Uint32(f[253:]); fits(n, 8, b, bad) {
		v.OpenRecalls = make(map[uint32]string, n-1)
		for range n - 1 {
			_ = b[7]
			k := le.Uint32(b)
			var x string
			x, s = cut(s, le.Uint32(b[4:]), bad)
			b = b[8:]
			v.OpenRecalls[k] = x
		}
	}
	return b, s
}
