package main

import (
	"bytes"
	"image/color"
	"maps"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"github.com/cachegen/cachegen/bench/measure"
)

var unfiled = regexp.MustCompile(`[^a-z0-9]+`)

// fileName makes the name of a plot of what it shows.
func fileName(parts ...string) string {
	return strings.Trim(unfiled.ReplaceAllString(strings.ToLower(strings.Join(parts, " ")), "-"), "-") + ".svg"
}

// palettes are the colours of ours, of limits, and of others.
var palettes = [3][]color.RGBA{
	{{0x1f, 0x77, 0xb4, 0xff}, {0x17, 0xbe, 0xcf, 0xff}},
	{{0x33, 0x33, 0x33, 0xff}, {0x99, 0x99, 0x99, 0xff}},
	{{0xd9, 0x5f, 0x02, 0xff}, {0x2c, 0xa0, 0x2c, 0xff}},
}

// side says whose a case is: the palette to draw it in.
func side(name string) int {
	switch {
	case strings.HasPrefix(name, "ours"):
		return 0
	case strings.HasPrefix(name, "limit"), name == "by hand":
		return 1
	}
	return 2
}

// newPlot returns an empty plot in a font that is, or measures like, one that
// everybody has.
func newPlot(title, x, y string) *plot.Plot {
	plot.DefaultFont = font.Font{Typeface: "Liberation", Variant: "Sans"}
	p := plot.New()
	p.Title.Text, p.X.Label.Text, p.Y.Label.Text = title, x, y
	p.Title.Padding, p.X.Label.Padding, p.Y.Label.Padding = 6, 4, 4
	p.X.Scale = plot.LogScale{}
	grid := plotter.NewGrid()
	grid.Vertical.Color, grid.Horizontal.Color = color.Gray{0xdd}, color.Gray{0xdd}
	p.Add(grid)
	return p
}

// save writes a plot, whose height is in centimetres.
func save(p *plot.Plot, height float64, path string) error {
	w, err := p.WriterTo(16*vg.Centimeter, vg.Length(height)*vg.Centimeter, "svg")
	if err != nil {
		return err
	}
	var buf bytes.Buffer
	if _, err := w.WriteTo(&buf); err != nil {
		return err
	}
	svg := bytes.ReplaceAll(buf.Bytes(), []byte("Liberation Sans"), []byte("Liberation Sans,Arial,Helvetica,sans-serif"))
	return os.WriteFile(path, svg, 0o644)
}

// drawCurve draws a line for each case of a curve, on logarithmic axes; there is no
// name if there is nothing to draw.
func (r *run) drawCurve(dir string, e experiment, c curve) (name string, err error) {
	p := newPlot(c.title, c.x, c.y)
	p.Y.Scale = plot.LogScale{}
	p.Legend.Top, p.Legend.Left = true, true
	unit, label := c.unit, number
	if c.y == "ns" {
		p.Y.Label.Text, label = "time", nanoseconds
	}
	if unit == "" {
		unit = clock
	}
	drawn, sides := 0, [3]int{}
	for _, name := range c.cases {
		var points plotter.XYs
		for _, x := range slices.Sorted(maps.Keys(c.groups)) {
			if f, ok := r.results.Summary(c.groups[x]+"/"+name, unit); ok && f.Median > 0 {
				points = append(points, plotter.XY{X: x, Y: f.Median})
			}
		}
		if len(points) < 2 {
			continue
		}
		line, dots, err := plotter.NewLinePoints(points)
		if err != nil {
			return "", err
		}
		whose := side(name)
		line.Color = palettes[whose][sides[whose]%2]
		dots.Color, dots.Shape, line.Width = line.Color, draw.CircleGlyph{}, vg.Points(1.5)
		if whose == 1 { // which can lie under that of ours
			line.Dashes = []vg.Length{vg.Points(5), vg.Points(3)}
		}
		sides[whose]++
		p.Add(line, dots)
		p.Legend.Add(name, line, dots)
		drawn++
	}
	if drawn == 0 { // an axis of no values cannot be logarithmic
		return "", nil
	}
	p.X.Tick.Marker = measured(c)
	margin := math.Pow(p.X.Max/p.X.Min, 0.03)
	p.X.Min, p.X.Max = p.X.Min/margin, p.X.Max*margin
	rounded(&p.Y, label)
	p.Y.Max *= math.Pow(p.Y.Max/p.Y.Min, 0.08*float64(drawn)) // the legend has the room above
	name = fileName(e.title, c.title)
	return name, save(p, 10, filepath.Join(dir, name))
}

// spread are ratios with how far they can be off.
type spread struct {
	plotter.XYs
	plotter.XErrors
}

// drawRatios draws how the cases of a group compare with its base; there is no name
// if there is nothing to compare.
func (r *run) drawRatios(dir string, g measure.Group) (name string, err error) {
	var all spread
	var names []string
	for _, c := range slices.Backward(g.Cases) {
		f, ok := r.results.Ratio(g.Name+"/"+c.Name, g.Name+"/"+g.Base, clock)
		if !ok || !timed(r.results[g.Name+"/"+c.Name]) {
			continue
		}
		all.XYs = append(all.XYs, plotter.XY{X: f.Median, Y: float64(len(names))})
		all.XErrors = append(all.XErrors, struct{ Low, High float64 }{f.Median - f.Low, f.High - f.Median})
		names = append(names, c.Name)
	}
	if len(names) < 2 {
		return "", nil
	}
	p := newPlot(g.Name, "times the time of “"+g.Base+"”, less is faster", "")
	p.NominalY(names...)
	errors, err := plotter.NewXErrorBars(all)
	if err != nil {
		return "", err
	}
	points, err := plotter.NewScatter(all.XYs)
	if err != nil {
		return "", err
	}
	points.GlyphStyleFunc = func(i int) draw.GlyphStyle {
		return draw.GlyphStyle{Color: palettes[side(names[i])][0], Radius: vg.Points(3.5), Shape: draw.CircleGlyph{}}
	}
	end := float64(len(names)) - 0.5
	one, err := plotter.NewLine(plotter.XYs{{X: 1, Y: -0.5}, {X: 1, Y: end}})
	if err != nil {
		return "", err
	}
	one.Color = color.Gray{0x88}
	p.Add(one, errors, points)
	p.X.Padding, p.Y.Min, p.Y.Max = 0, -0.5, end // half a row of room
	p.X.Min, p.X.Max = math.Min(p.X.Min, 0.9), math.Max(p.X.Max, 1.1)
	rounded(&p.X, number)
	name = fileName(g.Name)
	return name, save(p, 2.5+0.65*float64(len(names)), filepath.Join(dir, name))
}
