;;! emit = asm
;; Vectors stay in registers; products and sums are both rounded.
(module
  (memory 1)
  (func $sum (param i32 i32) (result v128)
    (i32x4.add
      (i32x4.mul (v128.load offset=16 (local.get 0)) (v128.load (local.get 1)))
      (v128.const i32x4 1 2 3 4)))
  (func $find (param i32 i32) (result i32)
    (i8x16.bitmask (i8x16.eq (v128.load (local.get 0)) (i8x16.splat (local.get 1)))))
  (func $dot (param v128 v128) (result v128) (i32x4.dot_i16x8_s (local.get 0) (local.get 1)))
  (func $multiply_add (param v128 v128 v128) (result v128)
    (f32x4.relaxed_madd (local.get 0) (local.get 1) (local.get 2)))
  (func (export "_start")))
;; expected:
;; ; sum
;;   pushq %rbp
;;   movq %rsp, %rbp
;; block0:
;;   movl %edi, %r9d
;;   movdqu 0x10000010(%r9), %xmm0
;;   movl %esi, %r9d
;;   movdqu 0x10000000(%r9), %xmm1
;;   pmulld %xmm1, %xmm0
;;   movdqu (%rip), %xmm1
;;   paddd %xmm1, %xmm0
;;   movq %rbp, %rsp
;;   popq %rbp
;;   retq
;; ; find
;;   pushq %rbp
;;   movq %rsp, %rbp
;; block0:
;;   movl %edi, %r10d
;;   movdqu 0x10000000(%r10), %xmm5
;;   movd %esi, %xmm0
;;   uninit  %xmm1
;;   pxor %xmm1, %xmm1
;;   pshufb %xmm1, %xmm0
;;   pcmpeqb %xmm0, %xmm5
;;   pmovmskb %xmm5, %eax
;;   movq %rbp, %rsp
;;   popq %rbp
;;   retq
;; ; dot
;;   pushq %rbp
;;   movq %rsp, %rbp
;; block0:
;;   pmaddwd %xmm1, %xmm0
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
