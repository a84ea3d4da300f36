package redistier

import "strings"

// redacted is an error without what it quotes: servers repeat the arguments of a
// command that they do not know, and the client the bytes of a reply that it
// cannot read, so keys and values would come into logs with it.
type redacted struct {
	err  error
	text string
}

func (e *redacted) Error() string { return e.text }
func (e *redacted) Unwrap() error { return e.err }

// redact returns err without what it quotes, if it quotes anything.
func redact(err error) error {
	if err == nil {
		return nil
	}
	text := err.Error()
	if i := quotation(text); i < len(text) {
		return &redacted{err, strings.TrimRight(text[:i], " :,=(") + " …"}
	}
	return err
}

// quotation returns where the first quotation in text begins. The apostrophe of
// "can't" is none.
func quotation(text string) int {
	for i := range len(text) {
		switch text[i] {
		case '"', '`':
			return i
		case '\'':
			if i == 0 || !letter(text[i-1]) {
				return i
			}
		}
	}
	return len(text)
}

func letter(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' }
