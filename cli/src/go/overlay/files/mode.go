//go:build wasip1

package os

import "syscall"

// hostMode translates mode bits of Linux.
func hostMode(sys *syscall.Stat_t) FileMode {
	mode := FileMode(sys.Mode & 0777)
	if sys.Mode&04000 != 0 {
		mode |= ModeSetuid
	}
	if sys.Mode&02000 != 0 {
		mode |= ModeSetgid
	}
	if sys.Mode&01000 != 0 {
		mode |= ModeSticky
	}
	return mode
}
