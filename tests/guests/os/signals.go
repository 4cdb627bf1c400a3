package main

import (
	"fmt"
	"os"
	"strconv"
	"time"
	"unsafe"
)

func open() uint32 {
	var fd uint32
	must("signal_open", signal_open(unsafe.Pointer(&fd)))
	return fd
}

func numbers(args []string) []uint32 {
	var all []uint32
	for _, arg := range args {
		number, err := strconv.ParseUint(arg, 10, 32)
		if err != nil {
			panic(err)
		}
		all = append(all, uint32(number))
	}
	return all
}

func catch(signals []uint32) uint32 {
	fd := open()
	for _, signal := range signals {
		must("signal_set", signal_set(signal, 1))
	}
	return fd
}

func action(signal uint32) string {
	var action uint32
	if errno := signal_get(signal, unsafe.Pointer(&action)); errno != 0 {
		return name(errno)
	}
	return fmt.Sprint(action)
}

// pending reads from the descriptor once.
func pending(fd uint32) ([]byte, uint32) {
	buffer := make([]byte, 8)
	iov := vector(buffer)
	var n uint32
	errno := fd_read(fd, unsafe.Pointer(&iov), 1, unsafe.Pointer(&n))
	return buffer[:n], errno
}

// poll waits until the descriptor can be read.
func poll(fd uint32) {
	var subscription [48]byte
	var event [32]byte
	subscription[8] = 1
	*(*uint32)(unsafe.Pointer(&subscription[16])) = fd
	var n uint32
	must("poll_oneoff", poll_oneoff(unsafe.Pointer(&subscription), unsafe.Pointer(&event), 1, unsafe.Pointer(&n)))
	if n != 1 || event[8] != 0 || event[10] != 1 {
		panic(fmt.Sprint("poll_oneoff: ", n, event))
	}
}

// wait catches the signals, and prints each that comes, until TERM.
func wait(args []string) {
	fd := catch(numbers(args))
	_, errno := pending(fd)
	fmt.Println("ready", name(errno))
	for {
		poll(fd)
		got, errno := pending(fd)
		must("fd_read", errno)
		for _, signal := range got {
			fmt.Println("got", signal)
			if signal == 15 {
				return
			}
		}
	}
}

// goroutine waits for the descriptor as Go's library waits for files.
func goroutine(args []string) {
	file := os.NewFile(uintptr(catch(numbers(args))), "signals")
	done := make(chan bool)
	go func() {
		buffer := make([]byte, 1)
		for {
			if _, err := file.Read(buffer); err != nil {
				panic(err)
			}
			fmt.Println("got", buffer[0])
			if buffer[0] == 15 {
				close(done)
				return
			}
		}
	}()
	fmt.Println("ready")
	for i := 0; ; i++ {
		select {
		case <-done:
			fmt.Println("ticked", i > 0)
			return
		case <-time.After(time.Millisecond):
		}
	}
}

var sink uint64

// busy computes without a call until it has input, then reads what has come meanwhile.
func busy(args []string) {
	fd := catch(numbers(args))
	fmt.Println("ready")
	for start := time.Now(); time.Since(start) < 300*time.Millisecond; {
		for i := 0; i < 1_000_000; i++ {
			sink = sink*31 + uint64(i)
		}
	}
	got, errno := pending(fd)
	fmt.Println("got", got, name(errno))
	_, errno = pending(fd)
	fmt.Println("then", name(errno))
}

// leave catches a signal, and gives it an action once it is pending.
func leave(args []string) {
	number := numbers(args)
	fd := catch(number[:1])
	fmt.Println("ready")
	poll(fd)
	fmt.Println("pending")
	must("signal_set", signal_set(number[0], number[1]))
	_, errno := pending(fd)
	fmt.Println("alive", action(number[0]), name(errno))
}

// closed catches a signal, and closes the descriptor once the signal is pending.
func closed(args []string) {
	fd := catch(numbers(args))
	fmt.Println("ready")
	poll(fd)
	must("fd_close", fd_close(fd))
	fmt.Println("alive")
	fd = open()
	_, errno := pending(fd)
	fmt.Println("again", name(errno))
}

// set gives signals an action, prints it, and waits for input.
func set(args []string) {
	number := numbers(args)
	for _, signal := range number[1:] {
		must("signal_set", signal_set(signal, number[0]))
		fmt.Println("action", signal, action(signal))
	}
	fmt.Println("ready")
	os.Stdin.Read(make([]byte, 1))
	fmt.Println("alive")
}

func actions(args []string) {
	for _, signal := range numbers(args) {
		fmt.Println("action", signal, action(signal))
	}
}

// raise raises signals: caught ones reach the descriptor.
func raise(args []string) {
	number := numbers(args)
	fd := catch(number)
	for _, signal := range number {
		must("proc_raise", proc_raise(signal))
	}
	got, errno := pending(fd)
	fmt.Println("got", got, name(errno))
	for _, signal := range []uint32{0, 9, 11, 31} {
		fmt.Println("raise", signal, name(proc_raise(signal)))
	}
	fmt.Println("default")
	must("signal_set", signal_set(15, 0))
	must("proc_raise", proc_raise(15))
	fmt.Println("alive")
}

// refused tries everything.
func refused(args []string) {
	var fd uint32
	fmt.Println("open", name(signal_open(unsafe.Pointer(&fd))))
	fmt.Println("catch", name(signal_set(15, 1)))
	fmt.Println("ignore", name(signal_set(15, 2)))
	fmt.Println("raise", name(proc_raise(15)))
	fmt.Println("action", action(15))
}

// pipe writes to standard output, which nobody reads.
func pipe(args []string) {
	fd := catch(nil)
	action := numbers(args)[0]
	must("signal_set", signal_set(13, action))
	os.Stdin.Read(make([]byte, 1))
	iov := vector([]byte("text"))
	var n uint32
	errno := fd_write(1, unsafe.Pointer(&iov), 1, unsafe.Pointer(&n))
	got, _ := pending(fd)
	println("write", name(errno), "signals", len(got))
}
