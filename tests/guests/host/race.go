package main

import (
	"fmt"
	"os"
	"strconv"
)

// race reads and writes below a name, as often as its argument says, and counts what it
// finds. Meanwhile another process turns the name from a directory into a link out of the
// granted directory and back.
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
