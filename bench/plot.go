package main

import (
	"image/color"
	"maps"
	"math"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/plotutil"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"github.com/cachegen/cachegen/bench/measure"
)

var unfiled = regexp.MustCompile(`[^a-z0-9]+`)

// fileName makes the name of a plot of what it shows.
func fileName(parts ...string) string {
	return strings.Trim(unfiled.ReplaceAllString(strings.ToLower(strings.Join(parts, " ")), "-"), "-") + ".svg"
}

// drawCurve draws a line for each case of a curve, on logarithmic axes; there is no
// name if there is nothing to draw.
func (r *run) drawCurve(dir string, e experiment, c curve) (name string, err error) {
	p := plot.New()
	p.Title.Text, p.X.Label.Text, p.Y.Label.Text = c.title, c.x, c.y
	logarithmic(&p.X)
	logarithmic(&p.Y)
	p.Legend.Top, p.Legend.Left = true, true
	p.Add(plotter.NewGrid())
	unit := c.unit
	if unit == "" {
		unit = clock
	}
	drawn := false
	for i, name := range c.cases {
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
		line.Color, dots.Color = plotutil.Color(i), plotutil.Color(i)
		dots.Shape = plotutil.Shape(i)
		p.Add(line, dots)
		p.Legend.Add(name, line, dots)
		drawn = true
	}
	if !drawn { // an axis of no values cannot be logarithmic
		return "", nil
	}
	name = fileName(e.title, c.title)
	return name, p.Save(16*vg.Centimeter, 10*vg.Centimeter, filepath.Join(dir, name))
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
	p := plot.New()
	p.Title.Text, p.X.Label.Text = g.Name, "times "+g.Base
	logarithmic(&p.X)
	p.NominalY(names...)
	errors, err := plotter.NewXErrorBars(all)
	if err != nil {
		return "", err
	}
	points, err := plotter.NewScatter(all.XYs)
	if err != nil {
		return "", err
	}
	points.Shape, points.Color = draw.CircleGlyph{}, color.RGBA{R: 0x1f, G: 0x77, B: 0xb4, A: 0xff}
	p.Add(plotter.NewGrid(), errors, points)
	// A logarithmic axis needs more than one value, and room at its ends.
	p.X.Min, p.X.Max = math.Min(p.X.Min, 0.8)*0.9, math.Max(p.X.Max, 1.25)*1.1
	name = fileName(g.Name)
	height := vg.Length(3+0.7*float64(len(names))) * vg.Centimeter
	return name, p.Save(16*vg.Centimeter, height, filepath.Join(dir, name))
}

func logarithmic(a *plot.Axis) {
	a.Scale, a.Tick.Marker = plot.LogScale{}, plot.LogTicks{Prec: -1}
}
