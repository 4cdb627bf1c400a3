// A library for a host (-buildmode=c-shared, Go 1.24 and later): it exports
// _initialize and double, and no _start.
package main

//go:wasmexport double
func double(x int32) int32 { return 2 * x }

func main() {}
