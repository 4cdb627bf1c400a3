;;! emit = asm
;; The base of the first memory is part of the displacement, that of another is in a
;; register; its size is in a cell of its own, and it grows by a function of its own.
(module
  (memory 1) (memory 1) (memory 1)
  (func $first (param i32) (result i32) (i32.load offset=8 (local.get 0)))
  (func $third (param i32) (result i32) (i32.load 2 offset=8 (local.get 0)))
  (func $checked (param i32) (result i32) (i32.load 1 offset=0x60000000 (local.get 0)))
  (func $copy (param i32 i32) (memory.copy 2 1 (local.get 0) (local.get 1) (i32.const 8)))
  (func $size (result i32) (memory.size 2))
  (func $grow (param i32) (result i32) (memory.grow 2 (local.get 0)))
  (func (export "_start")))
;; expected:
;; ; first
;;   pushq %rbp
;;   movq %rsp, %rbp
;; block0:
;;   movl %edi, %esi
;;   movl 0x10000008(%rsi), %eax
;;   movq %rbp, %rsp
;;   popq %rbp
;;   retq
;; ; third
;;   pushq %rbp
;;   movq %rsp, %rbp
;; block0:
;;   movl %edi, %esi
;;   movabsq $0x310000000, %rdi
;;   movl 8(%rsi, %rdi), %eax
;;   movq %rbp, %rsp
;;   popq %rbp
;;   retq
;; ; checked
;;   pushq %rbp
;;   movq %rsp, %rbp
;; block0:
;;   load_ext_name userextname0+0, %r9 ; wasi_aot_memory_pages
;;   movl %edi, %r8d
;;   leaq 0x60000004(%r8), %r10
;;   movl 4(%r9), %edi
;;   shlq $0x10, %rdi
;;   cmpq %rdi, %r10
;;   jnbe #trap=user5 ; out of bounds memory access
;;   movabsq $0x1f0000000, %r10
;;   movl (%r8, %r10), %eax
;;   movq %rbp, %rsp
;;   popq %rbp
;;   retq
;; ; copy
;;   pushq %rbp
;;   movq %rsp, %rbp
;; block0:
;;   movl %esi, %r8d
;;   movabsq $0x190000000, %r9
;;   movq (%r8, %r9), %r8
;;   movl %edi, %edi
;;   movabsq $0x310000000, %r9
;;   movq %r8, (%rdi, %r9)
;;   movq %rbp, %rsp
;;   popq %rbp
;;   retq
;; ; size
;;   pushq %rbp
;;   movq %rsp, %rbp
;; block0:
;;   load_ext_name userextname0+0, %rcx ; wasi_aot_memory_pages
;;   movl 8(%rcx), %eax
;;   movq %rbp, %rsp
;;   popq %rbp
;;   retq
;; ; grow
;;   pushq %rbp
;;   movq %rsp, %rbp
;; block0:
;;   movl $0x2, %esi
;;   call    User(userextname0) ; wasi_aot_memory_grow_other
;;   movq %rbp, %rsp
;;   popq %rbp
;;   retq
