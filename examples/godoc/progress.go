package main

import (
	"fmt"
	"io"
	"strings"
)

// barWidth is how long the bar itself is.
const barWidth = 30

// progress is a bar that is drawn again and again on one line of a terminal.
type progress struct {
	out   io.Writer
	width int // columns of the terminal; 0: there is none, and nothing is drawn
	total int
}

// show draws how far the work is, and what is being worked on.
func (p *progress) show(done int, what string) {
	if p.width == 0 {
		return
	}
	full := barWidth * done / p.total
	line := fmt.Sprintf("[%s%s] %d/%d %s",
		strings.Repeat("=", full), strings.Repeat(" ", barWidth-full), done, p.total, what)
	fmt.Fprint(p.out, "\r\x1b[K", line[:min(len(line), p.width-1)])
}

// clear removes the bar.
func (p *progress) clear() {
	if p.width > 0 {
		fmt.Fprint(p.out, "\r\x1b[K")
	}
}
