//go:build wasip1

package signal

import (
	"os"
	"runtime"
	"sync/atomic"
	"syscall"
	"time"
	"unsafe"
)

//go:wasmimport wasi_aot_os_1 signal_open
func signal_open(fd unsafe.Pointer) uint32

//go:wasmimport wasi_aot_os_1 signal_set
func signal_set(signal uint32, action uint32) uint32

//go:wasmimport wasi_aot_os_1 signal_get
func signal_get(signal uint32, action unsafe.Pointer) uint32

// Actions of signal_set and signal_get.
const (
	actionDefault = 0
	actionDeliver = 1
	actionIgnore  = 2
)

// Signals of preview 1, which are those of package syscall.
const numSig = 31

// The descriptor that tells the signals: one byte for each. Package signal's lock guards the
// variable until the loop runs; then nobody writes to it.
var signals *os.File

// The signals that a native Go program catches and drops until it asks for them (this package's
// documentation, "Default behavior of signals in Go programs"). Here they are ignored.
const dropped uint32 = 1<<syscall.SIGUSR1 | 1<<syscall.SIGUSR2 | 1<<syscall.SIGALRM |
	1<<syscall.SIGPROF | 1<<syscall.SIGPOLL | 1<<syscall.SIGPWR

// Those of dropped that the program asked to ignore. Package signal's lock guards writing.
var ignored uint32

// HUP and INT if the process was started with them ignored, as by nohup. Go leaves them so
// whenever nobody waits for them.
var inherited uint32

func init() {
	watchSignalLoop = loop
	for sig := 1; sig < numSig; sig++ {
		if dropped&(1<<sig) != 0 {
			signal_set(uint32(sig), actionIgnore)
		}
	}
	for _, sig := range []syscall.Signal{syscall.SIGHUP, syscall.SIGINT} {
		if signalIgnored(int(sig)) {
			inherited |= 1 << sig
		}
	}
}

// Whether the loop has taken a signal that it hasn't processed yet.
var processing atomic.Bool

// The loop starts behind the first enableSignal. The descriptor doesn't block, so the loop
// waits in Go's scheduler, and other goroutines run.
func loop() {
	// Without the right to catch signals none arrives. A timer keeps the scheduler from calling a
	// program that waits for one deadlocked.
	for signals == nil {
		time.Sleep(time.Hour)
	}
	connection, err := signals.SyscallConn()
	for err == nil {
		var sig syscall.Signal
		var readErr error
		err = connection.Read(func(fd uintptr) bool {
			var next [1]byte
			processing.Store(true)
			_, readErr = syscall.Read(int(fd), next[:])
			if readErr == syscall.EAGAIN {
				processing.Store(false)
				return false
			}
			sig = syscall.Signal(next[0])
			return true
		})
		if err == nil {
			err = readErr
		}
		if err == nil {
			process(sig)
		}
		processing.Store(false)
	}
	panic("os/signal: cannot read signals: " + err.Error())
}

// waitUntilProcessed returns when each signal that the loop has taken has been delivered. A
// signal that it hasn't taken when its action becomes the default acts by default.
func waitUntilProcessed() {
	for processing.Load() {
		runtime.Gosched()
	}
}

func signum(sig os.Signal) int {
	if sig, ok := sig.(syscall.Signal); ok && 0 <= sig && sig < numSig {
		return int(sig)
	}
	return -1
}

// A signal that the host can't deliver stays as it is, as SIGKILL does natively. Without
// the right to catch signals all of them do.
func enableSignal(sig int) {
	ignored &^= 1 << sig
	if signals == nil {
		var fd int32
		if signal_open(unsafe.Pointer(&fd)) != 0 {
			return
		}
		signals = os.NewFile(uintptr(fd), "signals")
	}
	signal_set(uint32(sig), actionDeliver)
}

func disableSignal(sig int) {
	ignored &^= 1 << sig
	action := uint32(actionDefault)
	if (dropped|inherited)&(1<<sig) != 0 {
		action = actionIgnore
	}
	signal_set(uint32(sig), action)
}

func ignoreSignal(sig int) {
	ignored |= dropped & (1 << sig)
	signal_set(uint32(sig), actionIgnore)
}

func signalIgnored(sig int) bool {
	if dropped&(1<<sig) != 0 {
		return ignored&(1<<sig) != 0
	}
	var action uint32
	return signal_get(uint32(sig), unsafe.Pointer(&action)) == 0 && action == actionIgnore
}
