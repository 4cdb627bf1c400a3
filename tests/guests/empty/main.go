// The smallest module that Go makes.
package main

func main() {}
