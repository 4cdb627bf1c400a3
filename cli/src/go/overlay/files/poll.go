//go:build wasip1

package runtime

// hostPoll readies the goroutines whose descriptors are ready. Natively sysmon polls for a
// goroutine that computes. There is no sysmon on wasm, and the scheduler polls only where no
// goroutine is runnable.
func hostPoll() {
	if netpollinited() && netpollAnyWaiters() {
		list, delta := netpoll(0)
		injectglist(&list)
		netpollAdjustWaiters(delta)
	}
}
