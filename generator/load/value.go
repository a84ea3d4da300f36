package load

import (
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/cachegen/cachegen/policy"
)

// longest keeps the sum of a cache's durations, and the instants that they
// lead to, within what 64 bits of nanoseconds can hold.
const longest = 50 * 365 * 24 * time.Hour

func duration(s string) (time.Duration, error) {
	d, err := time.ParseDuration(s)
	switch {
	case err != nil:
		return 0, &wrong{msg: fmt.Sprintf("%q is no duration", s), hint: durationHint(s)}
	case d <= 0:
		return 0, &wrong{msg: fmt.Sprintf("%q is not positive", s), hint: "leave the option out for its default"}
	case d > longest:
		return 0, &wrong{msg: fmt.Sprintf("%q is longer than 50 years", s)}
	}
	return d, nil
}

var days = regexp.MustCompile(`^(\d{1,5})(d|day|days|w|week|weeks)$`)

func durationHint(s string) string {
	if m := days.FindStringSubmatch(s); m != nil {
		n, _ := strconv.Atoi(m[1])
		if m[2][0] == 'w' {
			n *= 7
		}
		return fmt.Sprintf("hours are the largest unit: %dh", n*24)
	}
	if _, err := strconv.ParseFloat(s, 64); err == nil {
		return fmt.Sprintf("a duration has a unit: %ss, %sm", s, s)
	}
	return "a duration is written as 90s, 10m or 1h30m"
}

// units are the units of a size, in bytes.
var sizeUnits = map[string]int64{
	"": 1, "B": 1,
	"KB": 1e3, "MB": 1e6, "GB": 1e9,
	"KiB": 1 << 10, "MiB": 1 << 20, "GiB": 1 << 30,
}

var sizeForm = regexp.MustCompile(`^(\d+)(\s*)([A-Za-z]*)$`)

func size(s string) (int64, error) {
	m := sizeForm.FindStringSubmatch(s)
	if m == nil {
		return 0, &wrong{msg: fmt.Sprintf("%q is no size", s), hint: "a size is written as 64MiB or 65536"}
	}
	unit, ok := sizeUnits[m[3]]
	if !ok {
		return 0, &wrong{msg: fmt.Sprintf("%q is no size", s), hint: sizeHint(m[1], m[3])}
	}
	if m[2] != "" {
		return 0, &wrong{
			msg:    fmt.Sprintf("space before the unit %q", m[3]),
			hint:   "write " + m[1] + m[3],
			offset: len(m[1]) + len(m[2]),
		}
	}
	n, err := strconv.ParseInt(m[1], 10, 64)
	switch {
	case err != nil || n > math.MaxInt64/unit:
		return 0, &wrong{msg: fmt.Sprintf("%q is too large", s)}
	case n == 0:
		return 0, &wrong{msg: fmt.Sprintf("%q is not positive", s)}
	}
	return n * unit, nil
}

func sizeHint(number, unit string) string {
	letters := strings.ToUpper(unit[:1])
	for _, known := range []string{"KiB", "MiB", "GiB"} {
		if known[:1] == letters {
			return "did you mean " + number + known + "?"
		}
	}
	return "the units are B, KiB, MiB, GiB, KB, MB and GB"
}

func count(s string) (int64, error) {
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil || n <= 0 || n > math.MaxInt32 {
		return 0, &wrong{msg: fmt.Sprintf("%q is no count", s), hint: "a positive integer is expected"}
	}
	return n, nil
}

var percentForm = regexp.MustCompile(`^\d+(\.\d+)?%$`)

// percent reads a share between 0 and 100%, and returns it as one of 1.
func percent(s string) (float64, error) {
	p, err := strconv.ParseFloat(strings.TrimSuffix(s, "%"), 64)
	if err != nil || !percentForm.MatchString(s) {
		return 0, &wrong{msg: fmt.Sprintf("%q is no share", s), hint: "a share is written as 10%"}
	}
	if p <= 0 || p >= 100 {
		return 0, &wrong{msg: fmt.Sprintf("%q is not between 0%% and 100%%", s)}
	}
	return p / 100, nil
}

// choice reads one of a few words.
func choice(s string, words ...string) (string, error) {
	for _, w := range words {
		if s == w {
			return s, nil
		}
	}
	return "", &wrong{msg: fmt.Sprintf("unknown value %q", s), hint: didYouMean(s, words)}
}

// choose reads the name of a policy.
func choose[P ~uint8](names []string, s string) (P, error) {
	p, ok := policy.Parse[P](names, s)
	if !ok {
		_, err := choice(s, names...)
		return 0, err
	}
	return p, nil
}

// namespace reads a text that is to begin keys: it is printed, quoted and
// logged in many places, so it is plain.
func namespace(s string) (string, error) {
	for i, r := range s {
		bad := r == utf8.RuneError || !unicode.IsPrint(r) || unicode.IsSpace(r) || strings.ContainsRune("{}\"'`\\", r)
		if bad {
			return "", &wrong{
				msg:    fmt.Sprintf("%q cannot be part of a namespace", r),
				hint:   "printable text without spaces, braces, quotes and backslashes",
				offset: i,
			}
		}
	}
	if s == "" {
		return "", &wrong{msg: "the namespace is empty"}
	}
	return s, nil
}

// goName reads the name of a type to be declared.
func goName(s string) (string, error) {
	switch {
	case !isIdent(s) || s == "_":
		return "", &wrong{msg: fmt.Sprintf("%q is no Go identifier", s)}
	case predeclared(s) || s == "init":
		return "", &wrong{msg: fmt.Sprintf("%q has a meaning in Go already", s)}
	}
	return s, nil
}
