//go:build wasip1

package term

import (
	"io"
	"syscall"
	"time"
	"unsafe"
)

//go:wasmimport wasi_aot_os_1 terminal_size
//go:noescape
func os_terminal_size(fd int32, size unsafe.Pointer) uint32

//go:wasmimport wasi_aot_os_1 terminal_get_mode
//go:noescape
func os_terminal_get_mode(fd int32, mode unsafe.Pointer) uint32

//go:wasmimport wasi_aot_os_1 terminal_set_mode
func os_terminal_set_mode(fd int32, mode uint32) uint32

//go:wasmimport wasi_snapshot_preview1 poll_oneoff
//go:noescape
func os_poll_oneoff(in, out unsafe.Pointer, n uint32, events unsafe.Pointer) uint32

const (
	modeRaw    = 1
	modeNoEcho = 2
)

// A state is a mode of the host's. The host keeps what it found when the mode was 0.
type state struct {
	mode uint32
}

func failed(errno uint32) error {
	if errno == 0 {
		return nil
	}
	return syscall.Errno(errno)
}

func getMode(fd int) (mode uint32, err error) {
	err = failed(os_terminal_get_mode(int32(fd), unsafe.Pointer(&mode)))
	return mode, err
}

func setMode(fd int, mode uint32) error {
	return failed(os_terminal_set_mode(int32(fd), mode))
}

// A program that may not use terminals is told that there is none.
func isTerminal(fd int) bool {
	_, err := getMode(fd)
	return err == nil
}

func makeRaw(fd int) (*State, error) {
	old, err := getState(fd)
	if err == nil {
		err = setMode(fd, modeRaw)
	}
	if err != nil {
		return nil, err
	}
	return old, nil
}

func getState(fd int) (*State, error) {
	mode, err := getMode(fd)
	if err != nil {
		return nil, err
	}
	return &State{state{mode}}, nil
}

func restore(fd int, state *State) error {
	return setMode(fd, state.mode)
}

func getSize(fd int) (width, height int, err error) {
	var size [2]uint16
	if err := failed(os_terminal_size(int32(fd), unsafe.Pointer(&size))); err != nil {
		return 0, 0, err
	}
	return int(size[0]), int(size[1]), nil
}

func readPassword(fd int) ([]byte, error) {
	mode, err := getMode(fd)
	if err != nil {
		return nil, err
	}
	if err := setMode(fd, mode|modeNoEcho); err != nil {
		return nil, err
	}
	defer setMode(fd, mode)
	return readPasswordLine(typed(fd))
}

// typed reads what is typed, and lets other goroutines run meanwhile.
type typed int

func (fd typed) Read(buf []byte) (int, error) {
	for !fd.ready() {
		time.Sleep(20 * time.Millisecond)
	}
	n, err := syscall.Read(int(fd), buf)
	if n == 0 && err == nil && len(buf) > 0 {
		err = io.EOF
	}
	return n, err
}

// ready asks whether a read wouldn't wait: two subscriptions, one for the descriptor and one for
// a time that has passed.
func (fd typed) ready() bool {
	var in [96]byte
	var out [64]byte
	var n uint32
	in[8] = 1
	*(*uint32)(unsafe.Pointer(&in[16])) = uint32(fd)
	*(*uint32)(unsafe.Pointer(&in[64])) = 1
	errno := os_poll_oneoff(unsafe.Pointer(&in), unsafe.Pointer(&out), 2, unsafe.Pointer(&n))
	if errno != 0 {
		return true
	}
	for i := uint32(0); i < n; i++ {
		if out[32*i+10] == 1 {
			return true
		}
	}
	return false
}
