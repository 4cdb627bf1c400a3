package main

import (
	"fmt"
	"os"
	"runtime"
	"strconv"
	"syscall"
	"unsafe"
)

// Of uapi linux/prctl.h, linux/seccomp.h and linux/bpf_common.h.
const (
	prSetNoNewPrivs = 38
	prSetSeccomp    = 22
	modeFilter      = 2
	load            = 0x20
	jumpGreaterEq   = 0x35
	ret             = 0x06
	retAllow        = 0x7fff0000
	retErrno        = 0x00050000
)

type instruction struct {
	code   uint16
	jt, jf uint8
	k      uint32
}

// lacking executes a program for which system calls from number first on fail. It returns
// only if that fails.
func lacking(first, errno string, program []string) error {
	from, err := strconv.Atoi(first)
	if err != nil {
		return err
	}
	number, err := strconv.Atoi(errno)
	if err != nil {
		return err
	}
	filter := []instruction{
		{load, 0, 0, 0},
		{jumpGreaterEq, 0, 1, uint32(from)},
		{ret, 0, 0, retErrno | uint32(number)},
		{ret, 0, 0, retAllow},
	}
	argument := struct {
		len    uint16
		filter *instruction
	}{uint16(len(filter)), &filter[0]}
	// A filter belongs to a thread.
	runtime.LockOSThread()
	if _, _, e := syscall.RawSyscall6(syscall.SYS_PRCTL, prSetNoNewPrivs, 1, 0, 0, 0, 0); e != 0 {
		return fmt.Errorf("no new privileges: %w", e)
	}
	if _, _, e := syscall.RawSyscall(syscall.SYS_PRCTL, prSetSeccomp, modeFilter, uintptr(unsafe.Pointer(&argument))); e != 0 {
		return fmt.Errorf("the filter: %w", e)
	}
	return syscall.Exec(program[0], program, os.Environ())
}
