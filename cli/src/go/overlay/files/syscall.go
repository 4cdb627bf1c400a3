//go:build wasip1

package syscall

import (
	"internal/oserror"
	"unsafe"
)

//go:wasmimport wasi_aot_os_1 path_create_directory
//go:noescape
func os_path_create_directory(fd int32, path unsafe.Pointer, pathLen uint32, mode uint32) uint32

//go:wasmimport wasi_aot_os_1 path_set_mode
//go:noescape
func os_path_set_mode(fd int32, flags uint32, path unsafe.Pointer, pathLen uint32, mode uint32) uint32

//go:wasmimport wasi_aot_os_1 fd_set_mode
func os_fd_set_mode(fd int32, mode uint32) uint32

//go:wasmimport wasi_aot_os_1 host_name
//go:noescape
func os_host_name(buf unsafe.Pointer, bufLen uint32, n unsafe.Pointer) uint32

//go:wasmimport wasi_aot_os_1 process_id
//go:noescape
func os_process_id(pid unsafe.Pointer) uint32

//go:wasmimport wasi_aot_os_1 terminal_open
//go:noescape
func os_terminal_open(fd unsafe.Pointer) uint32

//go:wasmimport wasi_snapshot_preview1 proc_raise
func os_proc_raise(signal uint32) uint32

// The mode bits that a file may get: permissions. What else Go asks for in a new file is
// left out, as Linux does where it isn't allowed.
const permissions = 0777

// hostStat moves what path_stat and fd_stat store behind preview 1's filestat, which are four
// numbers of 32 bits, mode, user, group and 0, to where Stat_t has them.
func hostStat(st *Stat_t) {
	st.Gid = st.Uid
	st.Uid = uint32(st.Mode >> 32)
	st.Mode &= 0xffffffff
}

func hostMkdir(fd int32, path unsafe.Pointer, pathLen uint32, mode uint32) Errno {
	return Errno(os_path_create_directory(fd, path, pathLen, mode&permissions))
}

func hostChmod(path string, mode uint32) error {
	if path == "" {
		return ENOENT
	}
	if mode&^permissions != 0 {
		return EPERM
	}
	fd, p, n := preparePath(path)
	return errnoErr(Errno(os_path_set_mode(fd, LOOKUP_SYMLINK_FOLLOW, unsafe.Pointer(p), n, mode)))
}

func hostFchmod(fd int, mode uint32) error {
	if mode&^permissions != 0 {
		return EPERM
	}
	return errnoErr(Errno(os_fd_set_mode(int32(fd), mode)))
}

// notGranted is an error that says which flag would help.
type notGranted string

func (e notGranted) Error() string { return "not granted by wasi-aot: " + string(e) }

func (e notGranted) Is(target error) bool { return target == oserror.ErrPermission }

// hostTerminal opens the controlling terminal, unless path is another one, or the program may
// not open the terminal: then a granted directory may have it.
func hostTerminal(path string) (int, error, bool) {
	if path != "/dev/tty" {
		return 0, nil, false
	}
	var fd int32
	errno := Errno(os_terminal_open(unsafe.Pointer(&fd)))
	switch errno {
	case 0:
		return int(fd), nil, true
	case ENOTCAPABLE:
		return 0, nil, false
	}
	return -1, errnoErr(errno), true
}

func hostName() (string, error) {
	var buf [256]byte
	var n uint32
	errno := os_host_name(unsafe.Pointer(&buf[0]), uint32(len(buf)), unsafe.Pointer(&n))
	if Errno(errno) == ENOTCAPABLE {
		return "", notGranted("--hostname")
	}
	if errno != 0 {
		return "", errnoErr(Errno(errno))
	}
	return string(buf[:n]), nil
}

func hostGetpid() int {
	var pid uint32
	os_process_id(unsafe.Pointer(&pid))
	return int(pid)
}

// The caller has compared the process.
func hostKill(signum Signal) error {
	if signum == 0 {
		return nil
	}
	return errnoErr(Errno(os_proc_raise(uint32(signum))))
}
