// A library to preload into qemu-user that gives a program the same random numbers in each run.
// Go seeds its maps and the order of `select` with them, so counts of instructions depend on them.
// qemu's option -seed covers only AT_RANDOM; the system call getrandom reaches the kernel through
// the C library's syscall().
//
//     LD_PRELOAD=random.so qemu-aarch64 -seed 1 PROGRAM

#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/syscall.h>

__attribute__((visibility("default"))) long syscall(long number, ...) {
    static long (*next)(long, ...);
    static uint64_t state = 1;
    long argument[6];
    va_list list;
    va_start(list, number);
    for (int i = 0; i < 6; i++)
        argument[i] = va_arg(list, long);
    va_end(list);
    if (number == SYS_getrandom) {
        // Knuth's linear congruential generator; its high bits are the better ones.
        for (long i = 0; i < argument[1]; i++) {
            state = state * 6364136223846793005u + 1442695040888963407u;
            ((uint8_t *)argument[0])[i] = (uint8_t)(state >> 56);
        }
        return argument[1];
    }
    if (next == NULL)
        next = (long (*)(long, ...))dlsym(RTLD_NEXT, "syscall");
    return next(number, argument[0], argument[1], argument[2], argument[3], argument[4], argument[5]);
}
