package main

import (
	"fmt"
	"image"
	"image/color"
	"image/draw"
)

// fitted is the largest size of the same shape that fits into the box; never larger than
// the picture.
func fitted(size, box image.Point) image.Point {
	scale := min(1, float64(box.X)/float64(size.X), float64(box.Y)/float64(size.Y))
	return image.Pt(max(1, int(float64(size.X)*scale+.5)), max(1, int(float64(size.Y)*scale+.5)))
}

// resize makes each pixel the average of the pixels that it stands for.
func resize(picture image.Image, size image.Point) *image.RGBA {
	source := image.NewRGBA(image.Rectangle{Max: picture.Bounds().Size()})
	draw.Draw(source, source.Bounds(), picture, picture.Bounds().Min, draw.Src)
	result := image.NewRGBA(image.Rectangle{Max: size})
	width, height := source.Bounds().Dx(), source.Bounds().Dy()
	for y := 0; y < size.Y; y++ {
		top, bottom := y*height/size.Y, max((y+1)*height/size.Y, y*height/size.Y+1)
		for x := 0; x < size.X; x++ {
			left, right := x*width/size.X, max((x+1)*width/size.X, x*width/size.X+1)
			result.SetRGBA(x, y, average(source, image.Rect(left, top, right, bottom)))
		}
	}
	return result
}

func average(source *image.RGBA, area image.Rectangle) color.RGBA {
	var sums [4]uint64
	for y := area.Min.Y; y < area.Max.Y; y++ {
		row := source.Pix[source.PixOffset(area.Min.X, y):source.PixOffset(area.Max.X, y)]
		for i := 0; i < len(row); i += 4 {
			for channel := range sums {
				sums[channel] += uint64(row[i+channel])
			}
		}
	}
	count := uint64(area.Dx() * area.Dy())
	mean := func(channel int) uint8 { return uint8((sums[channel] + count/2) / count) }
	return color.RGBA{mean(0), mean(1), mean(2), mean(3)}
}

func crop(picture image.Image, part image.Rectangle) (image.Image, error) {
	bounds := picture.Bounds()
	part = part.Add(bounds.Min)
	if part.Empty() || !part.In(bounds) {
		return nil, fmt.Errorf("%v is not a part of the picture, which is %d x %d", part.Sub(bounds.Min), bounds.Dx(), bounds.Dy())
	}
	result := image.NewRGBA(image.Rectangle{Max: part.Size()})
	draw.Draw(result, result.Bounds(), picture, part.Min, draw.Src)
	return result, nil
}

const (
	cell   = 160
	margin = 12
)

// sheet puts the pictures into cells of the same size, row by row.
func sheet(files []string, columns int) (image.Image, error) {
	if len(files) == 0 {
		return nil, fmt.Errorf("no files for the sheet")
	}
	columns = min(columns, len(files))
	rows := (len(files) + columns - 1) / columns
	page := image.NewRGBA(image.Rect(0, 0, margin+columns*(cell+margin), margin+rows*(cell+margin)))
	draw.Draw(page, page.Bounds(), image.NewUniform(color.Gray{0xf4}), image.Point{}, draw.Src)
	for i, name := range files {
		picture, err := load(name)
		if err != nil {
			return nil, err
		}
		size := fitted(picture.Bounds().Size(), image.Pt(cell, cell))
		small := resize(picture, size)
		corner := image.Pt(margin+i%columns*(cell+margin), margin+i/columns*(cell+margin))
		corner = corner.Add(image.Pt((cell-size.X)/2, (cell-size.Y)/2))
		draw.Draw(page, image.Rectangle{Min: corner, Max: corner.Add(size)}, small, image.Point{}, draw.Over)
	}
	return page, nil
}
