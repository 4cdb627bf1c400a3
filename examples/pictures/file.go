package main

import (
	"bufio"
	"fmt"
	"image"
	"image/draw"
	"image/jpeg"
	"image/png"
	"io"
	"os"
	"path/filepath"
	"strings"
)

// More than this isn't decoded: a small file can claim a size that no memory holds.
const maxPixels = 100e6

func load(name string) (image.Image, error) {
	file, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	config, _, err := image.DecodeConfig(bufio.NewReader(file))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	if float64(config.Width)*float64(config.Height) > maxPixels {
		return nil, fmt.Errorf("%s: %d x %d are too many pixels", name, config.Width, config.Height)
	}
	if _, err := file.Seek(0, io.SeekStart); err != nil {
		return nil, err
	}
	picture, _, err := image.Decode(bufio.NewReader(file))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return picture, nil
}

// save writes a picture under a name that says its format. A picture that can't be
// encoded leaves no file.
func save(name string, picture image.Image) error {
	var encode func(io.Writer) error
	switch strings.ToLower(filepath.Ext(name)) {
	case ".png":
		encode = func(w io.Writer) error { return png.Encode(w, picture) }
	case ".jpg", ".jpeg":
		// JPEG has no transparency.
		page := image.NewRGBA(picture.Bounds())
		draw.Draw(page, page.Bounds(), image.White, image.Point{}, draw.Src)
		draw.Draw(page, page.Bounds(), picture, picture.Bounds().Min, draw.Over)
		encode = func(w io.Writer) error { return jpeg.Encode(w, page, &jpeg.Options{Quality: 88}) }
	default:
		return fmt.Errorf("%s: not .png, .jpg or .jpeg", name)
	}
	file, err := os.Create(name)
	if err != nil {
		return err
	}
	buffer := bufio.NewWriter(file)
	err = encode(buffer)
	if err == nil {
		err = buffer.Flush()
	}
	if closed := file.Close(); err == nil {
		err = closed
	}
	if err != nil {
		os.Remove(name)
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}
