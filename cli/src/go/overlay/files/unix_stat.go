//go:build wasip1

package unix

import "syscall"

// hostStat is syscall.hostStat.
func hostStat(st *syscall.Stat_t) {
	st.Gid = st.Uid
	st.Uid = uint32(st.Mode >> 32)
	st.Mode &= 0xffffffff
}
