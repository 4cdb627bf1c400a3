package main

import (
	"encoding/binary"
	"fmt"
	"os"
	"strings"
	"syscall"
	"unsafe"
)

// prepare mounts what programs expect and brings the loopback interface up.
func prepare() error {
	mounts := []struct{ kind, at string }{
		{"proc", "/proc"}, {"sysfs", "/sys"}, {"devtmpfs", "/dev"}, {"tmpfs", "/tmp"},
	}
	for _, m := range mounts {
		if err := os.MkdirAll(m.at, 0o755); err != nil {
			return err
		}
		if err := syscall.Mount(m.kind, m.at, m.kind, 0, ""); err != nil {
			return fmt.Errorf("mounting %s: %w", m.at, err)
		}
	}
	// The kernel's messages would come between our lines.
	if err := os.WriteFile("/proc/sys/kernel/printk", []byte("1\n"), 0); err != nil {
		return err
	}
	return loopback()
}

// loopback sets the flag IFF_UP; the kernel adds the address.
func loopback() error {
	socket, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_DGRAM, 0)
	if err != nil {
		return err
	}
	defer syscall.Close(socket)
	var request struct {
		name  [16]byte
		flags uint16
		_     [22]byte
	}
	copy(request.name[:], "lo")
	request.flags = syscall.IFF_UP
	_, _, errno := syscall.Syscall(syscall.SYS_IOCTL, uintptr(socket), syscall.SIOCSIFFLAGS, uintptr(unsafe.Pointer(&request)))
	if errno != 0 {
		return fmt.Errorf("bringing up lo: %w", errno)
	}
	return nil
}

// Entries of the auxiliary vector, and bits of its AT_HWCAP (uapi asm/hwcap.h).
const (
	atPageSize    = 6
	atHwcap       = 16
	atMinSigStack = 51
	hwcapAtomics  = 1 << 8
	hwcapSVE      = 1 << 22
)

// facts says what machine this is, for the test to compare with what it asked for.
func facts() {
	var name syscall.Utsname
	syscall.Uname(&name)
	var release []byte
	for _, c := range name.Release {
		if c == 0 {
			break
		}
		release = append(release, byte(c))
	}
	fmt.Printf("FACT kernel %s\n", release)
	auxv, _ := os.ReadFile("/proc/self/auxv")
	values := map[uint64]uint64{}
	for ; len(auxv) >= 16; auxv = auxv[16:] {
		values[binary.LittleEndian.Uint64(auxv)] = binary.LittleEndian.Uint64(auxv[8:])
	}
	fmt.Println("FACT page", values[atPageSize])
	fmt.Println("FACT sigframe", values[atMinSigStack])
	fmt.Println("FACT atomics", values[atHwcap]&hwcapAtomics != 0)
	fmt.Println("FACT sve", values[atHwcap]&hwcapSVE != 0)
	fmt.Println("FACT landlock", landlock())
	thp, _ := os.ReadFile("/sys/kernel/mm/transparent_hugepage/enabled")
	fmt.Println("FACT hugepages", strings.Contains(string(thp), "[always]"))
}

const sysLandlockCreateRuleset = 444

// landlock is the version of the interface, 0 where there is none.
func landlock() int {
	version, _, errno := syscall.Syscall(sysLandlockCreateRuleset, 0, 0, 1)
	if errno != 0 {
		return 0
	}
	return int(version)
}
