;;! emit = asm
;;! cpu = x86-64-v1
;; What every x86-64 has: counts are sequences and no shift has three operands.
(module
  (memory 1)
  (func $shift (param i64 i64) (result i64) (i64.shl (local.get 0) (local.get 1)))
  (func $count (param i64) (result i64)
    (i64.add (i64.clz (local.get 0)) (i64.add (i64.ctz (local.get 0)) (i64.popcnt (local.get 0)))))
  (func $clear (param i32 i32) (result i32)
    (i32.and (local.get 0) (i32.xor (local.get 1) (i32.const -1))))
  (func $floor (param f64) (result f64) (f64.floor (local.get 0)))
  (func $vectors (param i32 i32) (result v128)
    (i32x4.add (v128.load (local.get 0)) (i32x4.splat (local.get 1))))
  (func $multiply_add (param v128 v128 v128) (result v128)
    (f32x4.relaxed_madd (local.get 0) (local.get 1) (local.get 2)))
  (func (export "_start")))
;; expected:
;; ; shift
;;   pushq %rbp
;;   movq %rsp, %rbp
;; block0:
;;   movq %rsi, %rcx
;;   movq %rdi, %rax
;;   shlq %cl, %rax
;;   movq %rbp, %rsp
;;   popq %rbp
;;   retq
;; ; count
;;   pushq %rbp
;;   movq %rsp, %rbp
;; block0:
;;   movq $0xffffffffffffffff, %rax
;;   bsrq %rdi, %rcx
;;   cmoveq %rax, %rcx
;;   movl $0x3f, %eax
;;   subq %rcx, %rax
;;   movl $0x40, %edx
;;   bsfq %rdi, %rcx
;;   cmoveq %rdx, %rcx
;;   movq %rdi, %rdx
;;   shrq $0x1, %rdx
;;   movabsq $0x7777777777777777, %rsi
;;   andq %rsi, %rdx
;;   subq %rdx, %rdi
;;   shrq $0x1, %rdx
;;   andq %rsi, %rdx
;;   subq %rdx, %rdi
;;   shrq $0x1, %rdx
;;   andq %rsi, %rdx
;;   subq %rdx, %rdi
;;   movq %rdi, %rdx
;;   shrq $0x4, %rdx
;;   addq %rdi, %rdx
;;   movabsq $0xf0f0f0f0f0f0f0f, %rsi
;;   andq %rsi, %rdx
;;   movabsq $0x101010101010101, %rsi
;;   imulq %rsi, %rdx
;;   shrq $0x38, %rdx
;;   leaq (%rcx, %rdx), %rcx
;;   leaq (%rax, %rcx), %rax
;;   movq %rbp, %rsp
;;   popq %rbp
;;   retq
;; ; clear
;;   pushq %rbp
;;   movq %rsp, %rbp
;; block0:
;;   notl %esi
;;   movq %rdi, %rax
;;   andl %esi, %eax
;;   movq %rbp, %rsp
;;   popq %rbp
;;   retq
;; ; floor
;;   pushq %rbp
;;   movq %rsp, %rbp
;; block0:
;;   uninit  %xmm5
;;   xorpd %xmm5, %xmm5
;;   movsd %xmm0, %xmm5
;;   movupd (%rip), %xmm1
;;   pand %xmm5, %xmm1
;;   movdqa %xmm5, %xmm7
;;   pxor %xmm1, %xmm7
;;   movupd (%rip), %xmm2
;;   movdqa %xmm7, %xmm0
;;   cmpltpd %xmm2, %xmm0
;;   addpd %xmm2, %xmm7
;;   subpd %xmm2, %xmm7
;;   por %xmm1, %xmm7
;;   movdqa %xmm5, %xmm2
;;   cmpltpd %xmm7, %xmm2
;;   movupd (%rip), %xmm3
;;   pand %xmm3, %xmm2
;;   subpd %xmm2, %xmm7
;;   por %xmm1, %xmm7
;;   uninit  %xmm1
;;   xorpd %xmm1, %xmm1
;;   addpd %xmm1, %xmm5
;;   pand %xmm0, %xmm7
;;   pandn %xmm5, %xmm0
;;   por %xmm7, %xmm0
;;   movq %rbp, %rsp
;;   popq %rbp
;;   retq
;; ; vectors
;;   pushq %rbp
;;   movq %rsp, %rbp
;; block0:
;;   movl %edi, %edi
;;   movdqu 0x10000000(%rdi), %xmm0
;;   movd %esi, %xmm6
;;   pshufd $0x0, %xmm6, %xmm1
;;   paddd %xmm1, %xmm0
;;   movq %rbp, %rsp
;;   popq %rbp
;;   retq
;; ; multiply_add
;;   pushq %rbp
;;   movq %rsp, %rbp
;; block0:
;;   mulps %xmm1, %xmm0
;;   addps %xmm2, %xmm0
;;   movq %rbp, %rsp
;;   popq %rbp
;;   retq
