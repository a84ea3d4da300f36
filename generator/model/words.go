package model

import (
	"strconv"
	"strings"
	"time"
)

// Words returns a duration as a person writes it: 10m and not 10m0s.
func Words(d time.Duration) string {
	s := d.String()
	if strings.HasSuffix(s, "m0s") {
		s = strings.TrimSuffix(s, "0s")
	}
	if strings.HasSuffix(s, "h0m") {
		s = strings.TrimSuffix(s, "0m")
	}
	return s
}

// Percent returns a share of 1 as it is annotated: 80%.
func Percent(share float64) string {
	return strconv.FormatFloat(100*share, 'g', 6, 64) + "%"
}
