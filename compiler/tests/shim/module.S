/* A module as the compiler emits it, written by hand. What its entry does is
   chosen by -DCASE_... . VERSION, PARTS, SYMBOL_WORDS and MEMORIES are the contract's.
   Generated code has frame pointers, so this has too. */

#define MEMORY_BASE 0x10000000
#define PAGE 0x10000
#define INITIAL_PAGES 2
#define MAXIMUM_PAGES 5

#ifndef CPU_FEATURES
#define CPU_FEATURES 0x1f    /* x86-64-v2 */
#endif

/* Kind in the upper 4 bits, offset in the wasm file below. */
#define UNREACHABLE 0x00001234
#define BAD_SIGNATURE 0x4fffffff
#define DIVIDE_BY_ZERO 0x60000077

#ifdef CASE_DIVIDE
#define TRAP DIVIDE_BY_ZERO
#else
#define TRAP UNREACHABLE
#endif

    .section .wasi_aot.module, "a"
    .balign 8
    .globl wasi_aot_module
wasi_aot_module:
    .long VERSION, CPU_FEATURES
    .quad wasi_aot_entry, text_start, text_end
    .quad traps, 2
    .quad functions, 4
    .quad names, names_end - names
    .quad policy
    .zero SYMBOL_WORDS * 8       /* no symbols of the runtime */
    .long INITIAL_PAGES, MAXIMUM_PAGES
    .zero (MEMORIES - 1) * 8     /* no other memories */
    .quad 0                      /* nothing is preempted */
    .long 0, 0, 0, 0
    .long 1, 0                   /* memories; padding */

    .section .wasi_aot.policy, "a"
    .balign 8
policy:
    .quad manifest, manifest_end - manifest
    .zero PARTS * 8              /* no parts */

    .section .rodata.tables, "a"
    .balign 4
traps:
    .long stub_trap - text_start, BAD_SIGNATURE
    .long trap - text_start, TRAP
functions:
    .long 0, 0
    .long function_f - text_start, name_f - names
    .long function_g - text_start, name_g - names
    .long wasi_aot_entry - text_start, name_entry - names
names:
    .asciz ""
name_f:
    .asciz "main.f"
name_g:
    .asciz "main.(*T).g"
name_entry:
    .asciz "main.main"
names_end:

    .section .note.wasi_aot, "a", @note
    .balign 4
    .long 9, manifest_end - manifest, 1
    .asciz "wasi-aot"
    .balign 4
manifest:
#ifdef BAD_MANIFEST
    .asciz "wasi-aot manifest 0"
#else
    .asciz "wasi-aot manifest 1"
#endif
#ifdef STACK_SIZE
    .asciz "stack-size"
    .asciz STACK_SIZE
#endif
manifest_end:
    .balign 4

    .section .wasi_aot.memory, "aw"
    .balign 0x1000
    .ascii "data"
    .section .wasi_aot.memory_zero, "aw", @nobits
    .zero INITIAL_PAGES * PAGE - 4

    .text
text_start:
/* A helper without a name. */
stub:
    push %rbp
    mov %rsp, %rbp
stub_trap:
    ud2

function_f:
    push %rbp
    mov %rsp, %rbp
#if defined(CASE_UNREACHABLE)
#define HAS_TRAP
trap:
    ud2
#elif defined(CASE_DIVIDE)
#define HAS_TRAP
    xor %ecx, %ecx
    xor %edx, %edx
trap:
    div %ecx
#elif defined(CASE_STUB)
    call stub
#elif defined(CASE_LOAD)
    mov $MEMORY_BASE + INITIAL_PAGES * PAGE, %eax
    mov (%rax), %al
#elif defined(CASE_STORE_BELOW)
    mov $MEMORY_BASE, %eax
    mov %al, -8(%rax)
#elif defined(CASE_LOAD_LAST)
    mov $0xffffffff, %eax
    mov MEMORY_BASE + 0x40000000(%rax), %rax
#elif defined(CASE_OVERFLOW)
    call function_f
#elif defined(CASE_OVERFLOW_IN_SHIM)
    /* A frame that only memset touches. */
    sub $0x8000, %rsp
    mov %rsp, %rdi
    add $0x7f00, %rdi
    xor %esi, %esi
    mov $0x100, %edx
    call memset
    call function_f
#elif defined(CASE_BUG)
    xor %edi, %edi
    mov $MEMORY_BASE, %esi
    mov $8, %edx
    call memmove
#elif defined(CASE_LOOP)
    mov $MEMORY_BASE, %eax
    jmp .
#endif
    pop %rbp
    ret
#ifndef HAS_TRAP
trap:
#endif

function_g:
    push %rbp
    mov %rsp, %rbp
    call function_f
    pop %rbp
    ret

    .globl wasi_aot_entry
wasi_aot_entry:
    push %rbp
    mov %rsp, %rbp
    mov $-1, %r15 /* the pinned register is the module's */
#ifdef CASE_MEMORY
#define EXPECT(code, operand, value) \
    mov $code, %edi; cmpl value, operand; jne exit
#define GROW(delta) mov $delta, %edi; call wasi_aot_memory_grow
    EXPECT(2, MEMORY_BASE, $0x61746164)
    mov $MEMORY_BASE + INITIAL_PAGES * PAGE - 4, %r12d
    EXPECT(3, (%r12), $0)
    EXPECT(4, wasi_aot_memory_pages, $INITIAL_PAGES)
    GROW(0)
    EXPECT(5, %eax, $INITIAL_PAGES)
    GROW(MAXIMUM_PAGES - INITIAL_PAGES + 1)
    EXPECT(6, %eax, $-1)
    GROW(-1)
    EXPECT(7, %eax, $-1)
    EXPECT(8, wasi_aot_memory_pages, $INITIAL_PAGES)
    GROW(1)
    EXPECT(9, %eax, $INITIAL_PAGES)
    GROW(MAXIMUM_PAGES - INITIAL_PAGES - 1)
    EXPECT(10, %eax, $INITIAL_PAGES + 1)
    EXPECT(11, wasi_aot_memory_pages, $MAXIMUM_PAGES)
    mov $MEMORY_BASE + MAXIMUM_PAGES * PAGE - 4, %r12d
    EXPECT(12, (%r12), $0)
    movl $7, (%r12)
    mov $42, %edi
exit:
    call wasi_aot_proc_exit
#endif
#ifdef CASE_GROWN_END
    mov $MAXIMUM_PAGES - INITIAL_PAGES, %edi
    call wasi_aot_memory_grow
    mov MEMORY_BASE + MAXIMUM_PAGES * PAGE, %al
#endif
    call function_g
    pop %rbp
    ret
text_end:
    .section .note.GNU-stack, "", @progbits
