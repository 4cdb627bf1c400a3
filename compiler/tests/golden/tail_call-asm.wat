;;! emit = asm
;; The callee's arguments take more stack than the caller's: the frame moves.
(module
  (func $narrow (param i64) (result i64)
    (return_call $wide (local.get 0) (i64.const 1) (i64.const 2) (i64.const 3)
      (i64.const 4) (i64.const 5) (i64.const 6) (i64.const 7) (i64.const 8)
      (i64.const 9)))
  (func $wide (param i64 i64 i64 i64 i64 i64 i64 i64 i64 i64) (result i64)
    (return_call $narrow (local.get 9)))
  (func (export "_start")))
;; expected:
;; ; narrow
;;   pushq %rbp
;;   movq %rsp, %rbp
;;   subq $0x20, %rsp
;;   movq %rsp, %rbp
;;   movq 0x20(%rsp), %r11
;;   movq %r11, (%rsp)
;;   movq 0x28(%rsp), %r11
;;   movq %r11, 8(%rsp)
;;   subq $0x10, %rsp
;;   movq %r12, (%rsp)
;; block0:
;;   movl $0x1, %esi
;;   movl $0x2, %edx
;;   movl $0x3, %ecx
;;   movl $0x4, %r8d
;;   movl $0x5, %r9d
;;   movl $0x6, %r11d
;;   movl $0x7, %eax
;;   movl $0x8, %r10d
;;   movl $0x9, %r12d
;;   movq %r11, <offset:0>+-0x20(%rbp)
;;   movq %rax, <offset:0>+-0x18(%rbp)
;;   movq %r10, <offset:0>+-0x10(%rbp)
;;   movq %r12, <offset:0>+-8(%rbp)
;;   return_call_known User(userextname0) (32) tmp=%r11 %rdi=%rdi %rsi=%rsi %rdx=%rdx %rcx=%rcx %r8=%r8 %r9=%r9 ; wide
;; ; wide
;;   pushq %rbp
;;   movq %rsp, %rbp
;; block0:
;;   movq <offset:0>+-8(%rbp), %rdi
;;   return_call_known User(userextname0) (0) tmp=%r11 %rdi=%rdi ; narrow
