package redistier

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/cachegen/cachegen/runtime"
)

// reply reads a string, with nothing behind it.
func reply(r io.Reader, buf []byte, most int64) (text string, data []byte, err error) {
	in := &inflow{from: r, buf: buf}
	if text, data, err = in.value(most); err == nil && in.at < in.filled {
		return "", nil, errStrange
	}
	if err != nil {
		return "", nil, err
	}
	return text, data, nil
}

// TestReply reads replies of every form, in one piece and byte by byte.
func TestReply(t *testing.T) {
	const most = 40
	long := strings.Repeat("x", most)
	for in, want := range map[string]struct {
		value string
		err   error
	}{
		"$5\r\nvalue\r\n":             {value: "value"},
		"$40\r\n" + long + "\r\n":     {value: long},
		"$2\r\n\r\n\r\n":              {value: "\r\n"},
		"$0\r\n\r\n":                  {},
		"$-1\r\n":                     {},
		"_\r\n":                       {},
		"-ERR no\r\n":                 {err: errRefused},
		"-ERR\r\n+OK\r\n":             {err: errRefused},
		"-WRONGTYPE no\r\n":           {err: runtime.ErrWrongType},
		"-WRONGTYPES\r\n":             {err: errRefused},
		"":                            {err: io.EOF},
		"$":                           {err: io.EOF},
		"$5\r\nval":                   {err: io.EOF},
		"$41\r\n" + long + "x\r\n":    {err: errStrange},
		"$5\r\nvalue--":               {err: errStrange},
		"$40\r\n" + long + "--":       {err: errStrange},
		"$+5\r\nvalue\r\n":            {err: errStrange},
		"$-2\r\n":                     {err: errStrange},
		"$\r\n":                       {err: errStrange},
		"$5\nvalue\r\n":               {err: errStrange},
		"\r\n":                        {err: errStrange},
		"\n":                          {err: errStrange},
		"_x\r\n":                      {err: errStrange},
		":5\r\n":                      {err: errStrange},
		"+OK\r\n":                     {err: errStrange},
		">2\r\n":                      {err: errStrange},
		"$99999999999999999999\r\n":   {err: errStrange},
		strings.Repeat("$", 2*most):   {err: errStrange},
		"-" + strings.Repeat("x", 90): {err: errStrange},
	} {
		for name, r := range map[string]io.Reader{"whole": strings.NewReader(in), "bytes": iotest.OneByteReader(strings.NewReader(in))} {
			text, data, err := reply(r, make([]byte, 24), most)
			if errors.Is(err, io.ErrUnexpectedEOF) {
				err = io.EOF
			}
			if text+string(data) != want.value || !errors.Is(err, want.err) {
				t.Errorf("%s, %q: %q, %q, %v", name, in, text, data, err)
			}
		}
	}
	for _, in := range []string{"$1\r\nv\r\n>", "_\r\n_\r\n", "$40\r\n" + long + "\r\nx"} {
		if _, _, err := reply(strings.NewReader(in), make([]byte, 100), most); !errors.Is(err, errStrange) {
			t.Errorf("%q: %v", in, err)
		}
	}
}

// FuzzReply holds that whatever comes is a string as long as it says, or an error.
func FuzzReply(f *testing.F) {
	for _, in := range []string{"$5\r\nvalue\r\n", "$-1\r\n", "_\r\n", "-ERR\r\n", "$30\r\n123456789012345678901234567890\r\n"} {
		f.Add(in, 7)
	}
	f.Fuzz(func(t *testing.T, in string, room int) {
		if room < 0 || room > 100 {
			return
		}
		text, data, err := reply(strings.NewReader(in), make([]byte, room), 50)
		value := text + string(data)
		switch {
		case err != nil && value != "":
			t.Errorf("%q with %v", value, err)
		case err != nil, value == "" && (in == "_\r\n" || in == "$-1\r\n"):
		case text != "" && data != nil, len(value) > 50:
			t.Errorf("%q, %q", text, data)
		default:
			rest := strings.TrimLeft(strings.TrimPrefix(in, "$"), "0")
			if same := fmt.Sprintf("%d\r\n%s\r\n", len(value), value); !strings.HasPrefix(rest, same) && value != "" {
				t.Errorf("%q from %q", value, in)
			}
		}
	})
}
