// Hello does nothing but start, write and end.
package main

import "fmt"

func main() {
	fmt.Println("hello, world")
}
