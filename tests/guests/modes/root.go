//go:build go1.25

package main

import "os"

func root() {
	check("a directory", os.Mkdir("root", 0o777))
	root, err := os.OpenRoot("root")
	check("a root", err)
	check("below a root", root.Mkdir("made-710", 0o710))
	check("below a root", root.MkdirAll("all-700/below", 0o700))
	check("below a root", root.WriteFile("written-640", []byte("text"), 0o640))
	check("below a root", root.Close())
}
