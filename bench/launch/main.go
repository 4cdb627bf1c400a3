// Launch runs one command and prints what it cost, as one line of JSON:
//
//	launch OUTPUT COMMAND ARGUMENT...
//
// Standard input is empty; OUTPUT takes standard output, OUTPUT.err standard
// error. A small program of its own does this, not the Python harness, for two
// reasons: starting a process from it is quick, and the kernel counts what the
// process that starts another holds in memory into the peak of the new one
// (exec keeps the maximum). That floor is then this program's few megabytes.
package main

import (
	"encoding/json"
	"log"
	"os"
	"syscall"
	"time"
)

type cost struct {
	Wall   float64 `json:"wall"` // seconds, from before fork to after wait
	User   float64 `json:"user"` // seconds
	System float64 `json:"system"`
	Peak   int64   `json:"peak"` // resident bytes
	Exit   int     `json:"exit"` // exit code, or 128 + signal
}

func seconds(t syscall.Timeval) float64 { return float64(t.Sec) + float64(t.Usec)/1e6 }

func open(path string, flags int) uintptr {
	fd, err := syscall.Open(path, flags|syscall.O_CLOEXEC, 0o644)
	if err != nil {
		log.Fatalf("launch: %s: %v", path, err)
	}
	return uintptr(fd)
}

func run(output string, command []string) cost {
	create := syscall.O_WRONLY | syscall.O_CREAT | syscall.O_TRUNC
	attributes := &syscall.ProcAttr{
		Env:   os.Environ(),
		Files: []uintptr{open(os.DevNull, syscall.O_RDONLY), open(output, create), open(output+".err", create)},
		Sys:   &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL},
	}
	start := time.Now()
	pid, err := syscall.ForkExec(command[0], command, attributes)
	if err != nil {
		log.Fatalf("launch: %s: %v", command[0], err)
	}
	var status syscall.WaitStatus
	var usage syscall.Rusage
	for {
		_, err = syscall.Wait4(pid, &status, 0, &usage)
		if err != syscall.EINTR {
			break
		}
	}
	wall := time.Since(start)
	if err != nil {
		log.Fatalf("launch: wait: %v", err)
	}
	code := status.ExitStatus()
	if status.Signaled() {
		code = 128 + int(status.Signal())
	}
	return cost{wall.Seconds(), seconds(usage.Utime), seconds(usage.Stime), usage.Maxrss * 1024, code}
}

func main() {
	log.SetFlags(0)
	if len(os.Args) < 3 {
		log.Fatal("usage: launch OUTPUT COMMAND ARGUMENT...")
	}
	if err := json.NewEncoder(os.Stdout).Encode(run(os.Args[1], os.Args[2:])); err != nil {
		log.Fatal(err)
	}
}
