//go:build wasip1

package unix

import (
	"syscall"
	"unsafe"
)

//go:wasmimport wasi_aot_os_1 path_set_mode
//go:noescape
func path_set_mode(fd int32, flags uint32, path *byte, pathLen size, mode uint32) syscall.Errno

func hostFchmodat(dirfd int, path string, mode uint32, flags int) error {
	if mode&^0777 != 0 {
		return syscall.EPERM
	}
	var follow uint32
	if flags&AT_SYMLINK_NOFOLLOW == 0 {
		follow = syscall.LOOKUP_SYMLINK_FOLLOW
	}
	return errnoErr(path_set_mode(int32(dirfd), follow, unsafe.StringData(path), size(len(path)), mode))
}
