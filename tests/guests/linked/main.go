// Calls functions of another module, from several goroutines and between
// collections.
package main

import (
	"fmt"
	"os"
	"runtime"
	"sync"
)

//go:wasmimport calc add
func add(a, b int32) int32

//go:wasmimport calc half
func half(x float64) float64

//go:wasmimport calc next
func next() int64

//go:wasmimport calc one
func one(x int32) int32

//go:wasmimport calc fail
func fail()

func main() {
	fmt.Println(add(40, 2), add(-1, -1), half(3), one(7))
	var group sync.WaitGroup
	for range 8 {
		group.Add(1)
		go func() {
			defer group.Done()
			for range 1000 {
				next()
				_ = make([]byte, 1000)
			}
			runtime.GC()
		}()
	}
	group.Wait()
	fmt.Println("calls:", next())
	if len(os.Args) > 1 {
		fail()
	}
}
