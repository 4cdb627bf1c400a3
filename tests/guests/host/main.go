// What the operating system does to a program: terminals, FIFOs, signals, full
// disks, large files and directories. The tests around it make that happen.
package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"syscall"
)

var commands = map[string]func(args []string){
	"ticks":      ticks,
	"cat":        cat,
	"cat-raw":    catRaw,
	"write-full": writeFull,
	"talk":       talk,
	"open-write": openWrite,
	"epipe":      epipe,
	"flood":      flood,
	"println":    printlnFlood,
	"panic":      panicFlood,
	"sleep":      sleep,
	"standard":   standard,
	"full":       fullOutput,
	"exit":       exit,
	"storm":      storm,
	"devices":    devices,
	"fill":       fill,
	"limit":      limit,
	"big":        big,
	"list":       list,
	"stable":     stable,
	"consume":    consume,
	"names":      names,
	"paths":      paths,
	"deep":       deep,
	"race":       race,
}

func main() {
	command, found := commands[os.Args[1]]
	if !found {
		fmt.Fprintln(os.Stderr, "unknown command")
		os.Exit(99)
	}
	command(os.Args[2:])
}

func must(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "unexpected:", err)
		os.Exit(98)
	}
}

// kind names the class of an error: its text is the platform's.
func kind(err error) string {
	names := map[syscall.Errno]string{
		syscall.ENOSPC: "ENOSPC", syscall.EFBIG: "EFBIG", syscall.EPIPE: "EPIPE", syscall.EISDIR: "EISDIR",
		syscall.EBADF: "EBADF", syscall.ENXIO: "ENXIO", syscall.ENAMETOOLONG: "ENAMETOOLONG", syscall.EINVAL: "EINVAL",
		syscall.EAGAIN: "EAGAIN", syscall.EINTR: "EINTR", syscall.ESPIPE: "ESPIPE", syscall.EIO: "EIO",
	}
	var errno syscall.Errno
	switch {
	case err == nil:
		return "ok"
	case errors.Is(err, fs.ErrNotExist):
		return "not exist"
	case errors.As(err, &errno) && names[errno] != "":
		return names[errno]
	}
	return err.Error()
}
