// Pictures resizes, crops and converts PNG and JPEG files, and makes contact sheets.
package main

import (
	"flag"
	"fmt"
	"image"
	"os"
	"strings"
)

const usage = `usage: pictures COMMAND [FLAGS] FILE...

  info    FILE...                     size and format
  convert IN OUT                      PNG to JPEG or back
  resize  -fit WxH IN OUT             as large as fits, never larger than it is
  crop    -at X,Y -size WxH IN OUT    a part
  sheet   -columns N -o OUT FILE...   all of them on one page, small

The format of OUT is that of its name: .png, .jpg or .jpeg. Flags come before files.
`

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "pictures:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	if len(args) == 0 {
		args = []string{"help"}
	}
	flags := flag.NewFlagSet(args[0], flag.ExitOnError)
	flags.Usage = func() { fmt.Fprint(os.Stderr, usage) }
	fit := flags.String("fit", "800x800", "")
	at := flags.String("at", "0,0", "")
	size := flags.String("size", "", "")
	columns := flags.Int("columns", 4, "")
	output := flags.String("o", "sheet.png", "")
	flags.Parse(args[1:])
	files := flags.Args()

	switch args[0] {
	case "info":
		return info(files)
	case "convert":
		return change(files, func(picture image.Image) (image.Image, error) { return picture, nil })
	case "resize":
		return change(files, func(picture image.Image) (image.Image, error) {
			box, err := pair(*fit, "x")
			if err != nil {
				return nil, fmt.Errorf("-fit %s: %w", *fit, err)
			}
			return resize(picture, fitted(picture.Bounds().Size(), box)), nil
		})
	case "crop":
		return change(files, func(picture image.Image) (image.Image, error) {
			corner, err := pair(*at, ",")
			if err != nil {
				return nil, fmt.Errorf("-at %s: %w", *at, err)
			}
			extent, err := pair(*size, "x")
			if err != nil {
				return nil, fmt.Errorf("-size %s: %w", *size, err)
			}
			return crop(picture, image.Rectangle{Min: corner, Max: corner.Add(extent)})
		})
	case "sheet":
		if *columns < 1 {
			return fmt.Errorf("-columns %d: at least 1", *columns)
		}
		page, err := sheet(files, *columns)
		if err != nil {
			return err
		}
		return save(*output, page)
	case "help":
		fmt.Print(usage)
		return nil
	default:
		return fmt.Errorf("no command %s; see pictures help", args[0])
	}
}

func info(files []string) error {
	for _, name := range files {
		file, err := os.Open(name)
		if err != nil {
			return err
		}
		config, format, err := image.DecodeConfig(file)
		file.Close()
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		fmt.Printf("%s: %s, %d x %d\n", name, strings.ToUpper(format), config.Width, config.Height)
	}
	return nil
}

// change reads a picture, changes it, and writes the result to another file.
func change(files []string, by func(image.Image) (image.Image, error)) error {
	if len(files) != 2 {
		return fmt.Errorf("give two files, IN and OUT, not %d", len(files))
	}
	picture, err := load(files[0])
	if err != nil {
		return err
	}
	changed, err := by(picture)
	if err != nil {
		return err
	}
	return save(files[1], changed)
}

// pair reads two numbers: 640x480, or 10,20.
func pair(text, separator string) (image.Point, error) {
	var point image.Point
	_, err := fmt.Sscanf(text, "%d"+separator+"%d", &point.X, &point.Y)
	if err != nil || point.X < 0 || point.Y < 0 {
		return point, fmt.Errorf("two numbers with %q between are expected", separator)
	}
	return point, nil
}
