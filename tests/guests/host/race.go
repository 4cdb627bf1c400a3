package main

import (
	"fmt"
	"os"
	"strconv"
)

// race reads and writes below a name that others turn from a directory into a
// link out of the granted one and back, as often as it is told, and counts what it
// finds.
func race(args []string) {
	times, err := strconv.Atoi(args[0])
	must(err)
	found := map[string]int{}
	for range times {
		text, err := os.ReadFile("swapped/file")
		if err == nil {
			found["read "+string(text)]++
		} else {
			found["refused"]++
		}
		_ = os.WriteFile("swapped/written", []byte("by the guest"), 0o666)
		_ = os.Mkdir("swapped/made", 0o777)
		_ = os.Rename("swapped/written", "swapped/renamed")
		_ = os.Remove("swapped/made")
	}
	fmt.Println("inside:", found["read inside"] > 0, "refused:", found["refused"] > 0)
	delete(found, "read inside")
	delete(found, "refused")
	fmt.Println("else:", found)
}
