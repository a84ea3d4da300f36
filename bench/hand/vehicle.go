package hand

import (
	"github.com/cachegen/cachegen/bench/fleet"
)

// How much of each group of fields, and of each struct in them, has one size: numbers,
// times, and the lengths of strings, lists and maps. What lists and maps hold comes
// behind that, group by group, and all strings stand at the end. For each, size… adds
// up what has more than that size (n) and the strings (text), put… writes it to the
// front of b and s, and take… reads it from there; they return what is left.
const (
	identityFixed   = 90
	papersFixed     = 270
	bodyFixed       = 122
	driveFixed      = 184
	chargingFixed   = 401
	placeFixed      = 204
	deviceFixed     = 136
	peopleFixed     = 112
	upkeepFixed     = 134
	contactFixed    = 45
	documentFixed   = 42
	inspectionFixed = 33
	engineFixed     = 38
	batteryFixed    = 22
	positionFixed   = 38
	tripFixed       = 92
	accidentFixed   = 78
	serviceFixed    = 44
	vehicleFixed    = 4 + identityFixed + papersFixed + bodyFixed + driveFixed + chargingFixed + placeFixed + deviceFixed + peopleFixed + upkeepFixed
)

// AppendVehicle appends *v to dst, a group of fields after the other: a function of
// all of them would be one of those that are too long for the compiler to inline into.
func AppendVehicle(dst []byte, v *fleet.Vehicle) []byte {
	n, text := sizeIdentity(v, vehicleFixed, 0)
	n, text = sizePapers(v, n, text)
	n, text = sizeBody(v, n, text)
	n, text = sizeDrive(v, n, text)
	n, text = sizeCharging(v, n, text)
	n, text = sizePlace(v, n, text)
	n, text = sizeDevice(v, n, text)
	n, text = sizePeople(v, n, text)
	n, text = sizeUpkeep(v, n, text)
	start := len(dst)
	if cap(dst)-start < n+text {
		grown := make([]byte, start, start+n+text)
		copy(grown, dst)
		dst = grown
	}
	dst = dst[:start+n+text]
	b, s := dst[start:start+n], dst[start+n:]
	le.PutUint32(b, uint32(n))
	b, s = putIdentity(b[4:], s, v)
	b, s = putPapers(b, s, v)
	b, s = putBody(b, s, v)
	b, s = putDrive(b, s, v)
	b, s = putCharging(b, s, v)
	b, s = putPlace(b, s, v)
	b, s = putDevice(b, s, v)
	b, s = putPeople(b, s, v)
	putUpkeep(b, s, v)
	return dst
}

// DecodeVehicle sets *v, which is zero. Its strings are cut from one.
func DecodeVehicle(v *fleet.Vehicle, b []byte) error {
	if len(b) < vehicleFixed || uint64(le.Uint32(b)) > uint64(len(b)) || le.Uint32(b) < 4 {
		return errCorrupt
	}
	n := le.Uint32(b)
	b, s := b[4:n], string(b[n:])
	var short bool
	b, s = takeIdentity(v, b, s, &short)
	b, s = takePapers(v, b, s, &short)
	b, s = takeBody(v, b, s, &short)
	b, s = takeDrive(v, b, s, &short)
	b, s = takeCharging(v, b, s, &short)
	b, s = takePlace(v, b, s, &short)
	b, s = takeDevice(v, b, s, &short)
	b, s = takePeople(v, b, s, &short)
	b, s = takeUpkeep(v, b, s, &short)
	if short || len(b) > 0 || len(s) > 0 {
		return errCorrupt
	}
	return nil
}

// bit is how a bool is stored.
func bit(x bool) byte {
	if x {
		return 1
	}
	return 0
}

func sizeStrings(list []string, n, text int) (int, int) {
	for i := range list {
		text += len(list[i])
	}
	return n + 4*len(list), text
}

func putStrings(b, s []byte, list []string) (_, _ []byte) {
	for i := range list {
		le.PutUint32(b, uint32(len(list[i])))
		b = b[4:]
		s = s[copy(s, list[i]):]
	}
	return b, s
}

// cut takes a string of n bytes from the front of s. It stores only what nobody
// expects, so that all else stays in registers.
func cut(s string, n uint32, bad *bool) (_, rest string) {
	if uint64(n) > uint64(len(s)) {
		*bad = true
		return "", s
	}
	return s[:n], s[n:]
}

// fits says whether a list is not nil and b has room for its elements, each of which
// takes so many bytes at least.
func fits(count uint32, size int, b []byte, bad *bool) bool {
	if count == 0 {
		return false
	}
	if uint64(count-1)*uint64(size) > uint64(len(b)) {
		*bad = true
		return false
	}
	return true
}

func takeStrings(b []byte, s string, n uint32, bad *bool) (list []string, _ []byte, _ string) {
	if fits(n, 4, b, bad) {
		list = make([]string, n-1)
		for i := range list {
			list[i], s = cut(s, le.Uint32(b), bad)
			b = b[4:]
		}
	}
	return list, b, s
}

func takeBytes(b []byte, n uint32, bad *bool) (list, _ []byte) {
	if fits(n, 1, b, bad) {
		list = make([]byte, n-1)
		b = b[copy(list, b):]
	}
	return list, b
}

func takeScans(b []byte, n uint32, bad *bool) (list [][]byte, _ []byte) {
	if fits(n, 4, b, bad) {
		list = make([][]byte, n-1)
		for i := range list {
			if len(b) < 4 {
				*bad = true
				break
			}
			list[i], b = takeBytes(b[4:], le.Uint32(b), bad)
		}
	}
	return list, b
}
