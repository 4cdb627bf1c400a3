;;! emit = asm
;; Base and offset fold into the displacement.
(module
  (memory 1)
  (func $load (param i32) (result i64) (i64.load offset=8 (local.get 0)))
  (func $size (result i32) (memory.size))
  (func $grow (param i32) (result i32) (memory.grow (local.get 0)))
  (func (export "_start")))
;; expected:
;; ; load
;;   pushq %rbp
;;   movq %rsp, %rbp
;; block0:
;;   movl %edi, %esi
;;   movq 0x10000008(%rsi), %rax
;;   movq %rbp, %rsp
;;   popq %rbp
;;   retq
;; ; size
;;   pushq %rbp
;;   movq %rsp, %rbp
;; block0:
;;   load_ext_name userextname0+0, %rcx ; wasi_aot_memory_pages
;;   movl (%rcx), %eax
;;   movq %rbp, %rsp
;;   popq %rbp
;;   retq
;; ; grow
;;   pushq %rbp
;;   movq %rsp, %rbp
;; block0:
;;   call    User(userextname0) ; wasi_aot_memory_grow
;;   movq %rbp, %rsp
;;   popq %rbp
;;   retq
