// A plugin for qemu-user that counts executed instructions: at exit it writes one line
// "ADDRESS INSTRUCTIONS RUNS" per block of code that ran, the address in hexadecimal.
// A block may come twice. A fault or a signal inside a block counts the whole block.
//
//     qemu-aarch64 -plugin count.so,out=FILE PROGRAM
//
// The declarations are qemu's, version 1 of docs/devel/tcg-plugins; its header is in no
// package.

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define EXPORT __attribute__((visibility("default")))

typedef uint64_t plugin_id;
struct qemu_plugin_tb;
enum operation { INLINE_ADD_U64 };

void qemu_plugin_register_vcpu_tb_trans_cb(plugin_id, void (*)(plugin_id, struct qemu_plugin_tb *));
void qemu_plugin_register_vcpu_tb_exec_inline(struct qemu_plugin_tb *, enum operation, void *, uint64_t);
void qemu_plugin_register_atexit_cb(plugin_id, void (*)(plugin_id, void *), void *);
size_t qemu_plugin_tb_n_insns(const struct qemu_plugin_tb *);
uint64_t qemu_plugin_tb_vaddr(const struct qemu_plugin_tb *);

struct block {
    uint64_t address, instructions, runs;
    struct block *next;
};

static struct block *blocks;
static const char *path;

// qemu holds a lock while it translates.
static void translated(plugin_id id, struct qemu_plugin_tb *tb) {
    (void)id;
    struct block *block = malloc(sizeof *block);
    if (block == NULL)
        abort();
    *block = (struct block){qemu_plugin_tb_vaddr(tb), qemu_plugin_tb_n_insns(tb), 0, blocks};
    blocks = block;
    // Not atomic: the caller has the program on one core.
    qemu_plugin_register_vcpu_tb_exec_inline(tb, INLINE_ADD_U64, &block->runs, 1);
}

// Not abort(): qemu takes the signal for one of the program's.
static void fail(void) {
    fprintf(stderr, "count: can't write %s\n", path);
    _exit(1);
}

static void at_exit(plugin_id id, void *unused) {
    (void)id, (void)unused;
    // Opened here: a program may close all descriptors that it inherits, and qemu's are among them.
    FILE *out = fopen(path, "w");
    if (out == NULL)
        fail();
    for (const struct block *block = blocks; block != NULL; block = block->next)
        if (block->runs != 0)
            fprintf(out, "%" PRIx64 " %" PRIu64 " %" PRIu64 "\n", block->address, block->instructions, block->runs);
    if (fclose(out) != 0)
        fail();
}

EXPORT int qemu_plugin_version = 1;

// Not 0 refuses the plugin, and with it the run.
EXPORT int qemu_plugin_install(plugin_id id, const void *info, int argc, char **argv) {
    (void)info;
    if (argc != 1 || strncmp(argv[0], "out=", 4) != 0)
        return 1;
    path = strdup(argv[0] + 4);
    if (path == NULL)
        return 1;
    qemu_plugin_register_vcpu_tb_trans_cb(id, translated);
    qemu_plugin_register_atexit_cb(id, at_exit, NULL);
    return 0;
}
