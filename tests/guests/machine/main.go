// Process 1 of an emulated machine: makes it usable, runs the checks that are listed
// in /plan, says on the console what each found, and switches the machine off.
//
// Lines begin with FACT (what the machine is), AT (a check begins), PASS or FAIL (it
// has ended), and the last one is DONE.
//
// Started as `init lacking FIRST ERRNO PROGRAM ARGS...`, it executes PROGRAM, for which
// system calls from number FIRST on fail with ERRNO.
package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"syscall"
	"time"
)

func main() {
	if len(os.Args) > 4 && os.Args[1] == "lacking" {
		fmt.Fprintln(os.Stderr, lacking(os.Args[2], os.Args[3], os.Args[4:]))
		os.Exit(99)
	}
	// If process 1 panicked, the kernel would panic, and its message says little.
	defer switchOff()
	defer func() {
		if problem := recover(); problem != nil {
			fmt.Println("FAIL the machine:", problem)
		}
	}()
	if err := prepare(); err != nil {
		panic(err)
	}
	facts()
	plan, err := os.ReadFile("/plan")
	if err != nil {
		panic(err)
	}
	for _, line := range bytes.Split(bytes.TrimSpace(plan), []byte("\n")) {
		var c check
		if err := json.Unmarshal(line, &c); err != nil {
			panic(err)
		}
		fmt.Println("AT", c.Name)
		started := time.Now()
		err := c.run()
		spent := time.Since(started).Round(time.Millisecond)
		if err != nil {
			fmt.Printf("FAIL %s: %s\n", c.Name, oneLine(err.Error()))
		} else {
			fmt.Printf("PASS %s: %v\n", c.Name, spent)
		}
	}
	fmt.Println("DONE")
}

func switchOff() {
	syscall.Sync()
	syscall.Reboot(syscall.LINUX_REBOOT_CMD_POWER_OFF)
}

// oneLine keeps a message apart from the kernel's messages on the same console.
func oneLine(text string) string {
	return strings.ReplaceAll(strings.TrimSpace(text), "\n", " | ")
}
