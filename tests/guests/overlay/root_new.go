//go:build go1.25

package main

import (
	"fmt"
	"os"
)

// Modes below an os.Root.
func root() {
	root, err := os.OpenRoot(".")
	fmt.Println(err, root.Mkdir("in", 0o750), root.Chmod("in", 0o710))
	info, err := root.Stat("in")
	fmt.Println(info.Mode(), err)
	file, err := root.OpenFile("in/file", os.O_CREATE|os.O_RDWR, 0o604)
	fmt.Println(err, file.Close())
	info, err = root.Lstat("in/file")
	fmt.Println(info.Mode(), err)
}
