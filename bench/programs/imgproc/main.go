// Imgproc draws a picture, blurs it, finds edges, scales it, and sends it
// through image/jpeg and image/png.
package main

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"log"

	"bench/internal/gen"
)

const width, height = 800, 600

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

// draw mixes gradients, discs and a little noise.
func draw(r *gen.Rand) *image.RGBA {
	m := image.NewRGBA(image.Rect(0, 0, width, height))
	for y := 0; y < height; y++ {
		for x := 0; x < width; x++ {
			dx, dy := x%160-80, y%120-60
			c := color.RGBA{uint8(x * 255 / width), uint8(y * 255 / height), uint8(r.Intn(24)), 255}
			if dx*dx+dy*dy < 2000 {
				c.B = uint8(200 + (x+y)%50)
			}
			m.SetRGBA(x, y, c)
		}
	}
	return m
}

// blur is a 5 by 5 binomial filter; the border stays black.
func blur(in *image.RGBA) *image.RGBA {
	weights := [5]int{1, 4, 6, 4, 1}
	out := image.NewRGBA(in.Rect)
	for y := 2; y < height-2; y++ {
		for x := 2; x < width-2; x++ {
			var sum [4]int
			for j, wj := range weights {
				row := in.Pix[in.PixOffset(x-2, y+j-2):]
				for i, wi := range weights {
					for c := range sum {
						sum[c] += wi * wj * int(row[i*4+c])
					}
				}
			}
			at := out.PixOffset(x, y)
			for c, s := range sum {
				out.Pix[at+c] = uint8(s >> 8)
			}
		}
	}
	return out
}

// edges is the Sobel operator on the luma, through the image interface.
func edges(in image.Image) *image.Gray {
	luma := func(x, y int) int { return int(color.GrayModel.Convert(in.At(x, y)).(color.Gray).Y) }
	out := image.NewGray(in.Bounds())
	for y := 1; y < height-1; y += 2 {
		for x := 1; x < width-1; x += 2 {
			gx := luma(x+1, y-1) + 2*luma(x+1, y) + luma(x+1, y+1) - luma(x-1, y-1) - 2*luma(x-1, y) - luma(x-1, y+1)
			gy := luma(x-1, y+1) + 2*luma(x, y+1) + luma(x+1, y+1) - luma(x-1, y-1) - 2*luma(x, y-1) - luma(x+1, y-1)
			out.SetGray(x, y, color.Gray{uint8(min(gx*gx+gy*gy, 255*255) / 255)})
		}
	}
	return out
}

// round sends one picture the whole way.
func round(r *gen.Rand, sum *gen.Sum) {
	picture := blur(draw(r))
	sum.Write(picture.Pix)

	var file bytes.Buffer
	check(jpeg.Encode(&file, picture, &jpeg.Options{Quality: 85}))
	sum.Write(file.Bytes())
	lossy, err := jpeg.Decode(&file)
	check(err)

	outline := edges(lossy)
	sum.Write(outline.Pix)
	for _, m := range []image.Image{picture, outline} {
		file.Reset()
		check(png.Encode(&file, m))
		sum.Add(uint64(file.Len()))
		back, err := png.Decode(&file)
		check(err)
		r, g, b, _ := back.At(width/2, height/2).RGBA()
		sum.Add(uint64(r + g + b))
	}
}

func main() {
	r := gen.Rand(13)
	sum := gen.NewSum()
	for i := 0; i < 4; i++ {
		round(&r, &sum)
	}
	fmt.Printf("%016x\n", uint64(sum))
}
