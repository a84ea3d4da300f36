package redistier

import (
	"errors"
	"testing"
)

func TestRedact(t *testing.T) {
	for text, want := range map[string]string{
		"ERR unknown command 'GETRANGE', with args beginning with: 'products:1' '0' '9' ": "ERR unknown command …",
		`redis: can't parse "secret"`:                                           "redis: can't parse …",
		`redis: can't parse reply="secret" reading string`:                      "redis: can't parse reply …",
		"NOPERM User default has no permissions to access the 'k' key":          "NOPERM User default has no permissions to access the …",
		"LOADING Redis is loading the dataset in memory":                        "LOADING Redis is loading the dataset in memory",
		"MISCONF Redis is configured to save RDB snapshots, but it's currently": "MISCONF Redis is configured to save RDB snapshots, but it's currently",
		"": "",
	} {
		err := errors.New(text)
		got := redact(err)
		if got.Error() != want || !errors.Is(got, err) {
			t.Errorf("%q is redacted to %q, want %q", text, got, want)
		}
	}
	if redact(nil) != nil {
		t.Error("no error is redacted to one")
	}
}
