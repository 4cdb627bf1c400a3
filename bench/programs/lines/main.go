// Lines counts the lines, words and bytes of the file named as its argument.
package main

import (
	"bufio"
	"fmt"
	"log"
	"os"
)

func main() {
	file, err := os.Open(os.Args[1])
	if err != nil {
		log.Fatal(err)
	}
	defer file.Close()
	lines, words, size := 0, 0, 0
	scanner := bufio.NewScanner(file)
	for scanner.Scan() {
		line := scanner.Bytes()
		lines++
		size += len(line) + 1
		inside := false
		for _, c := range line {
			if c == ' ' {
				inside = false
			} else if !inside {
				inside = true
				words++
			}
		}
	}
	if err := scanner.Err(); err != nil {
		log.Fatal(err)
	}
	fmt.Println(lines, words, size)
}
