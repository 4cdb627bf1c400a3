;;! emit = asm
;;! cpu = x86-64-v3
;; Counts, shifts of three operands and AVX; products and sums are both rounded, though
;; there is FMA.
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
  (func $products (param v128 v128) (result v128) (i64x2.mul (local.get 0) (local.get 1)))
  (func (export "_start")))
;; expected:
;; ; shift
;;   pushq %rbp
;;   movq %rsp, %rbp
;; block0:
;;   shlxq %rsi, %rdi, %rax
;;   movq %rbp, %rsp
;;   popq %rbp
;;   retq
;; ; count
;;   pushq %rbp
;;   movq %rsp, %rbp
;; block0:
;;   lzcntq %rdi, %rsi
;;   tzcntq %rdi, %r8
;;   popcntq %rdi, %rdi
;;   leaq (%r8, %rdi), %rdi
;;   leaq (%rsi, %rdi), %rax
;;   movq %rbp, %rsp
;;   popq %rbp
;;   retq
;; ; clear
;;   pushq %rbp
;;   movq %rsp, %rbp
;; block0:
;;   andnl %edi, %esi, %eax
;;   movq %rbp, %rsp
;;   popq %rbp
;;   retq
;; ; floor
;;   pushq %rbp
;;   movq %rsp, %rbp
;; block0:
;;   uninit  %xmm2
;;   vxorpd %xmm2, %xmm2, %xmm4
;;   vroundsd $0x1, %xmm0, %xmm4, %xmm0
;;   movq %rbp, %rsp
;;   popq %rbp
;;   retq
;; ; vectors
;;   pushq %rbp
;;   movq %rsp, %rbp
;; block0:
;;   movl %edi, %edi
;;   vmovdqu 0x10000000(%rdi), %xmm7
;;   vmovd %esi, %xmm6
;;   vpbroadcastd %xmm6, %xmm0
;;   vpaddd %xmm0, %xmm7, %xmm0
;;   movq %rbp, %rsp
;;   popq %rbp
;;   retq
;; ; multiply_add
;;   pushq %rbp
;;   movq %rsp, %rbp
;; block0:
;;   vmulps %xmm1, %xmm0, %xmm5
;;   vaddps %xmm2, %xmm5, %xmm0
;;   movq %rbp, %rsp
;;   popq %rbp
;;   retq
;; ; products
;;   pushq %rbp
;;   movq %rsp, %rbp
;; block0:
;;   vpsrlq $0x20, %xmm0, %xmm3
;;   vpmuludq %xmm1, %xmm3, %xmm5
;;   vpsrlq $0x20, %xmm1, %xmm7
;;   vpmuludq %xmm7, %xmm0, %xmm2
;;   vpaddq %xmm2, %xmm5, %xmm2
;;   vpsllq $0x20, %xmm2, %xmm2
;;   vpmuludq %xmm1, %xmm0, %xmm0
;;   vpaddq %xmm2, %xmm0, %xmm0
;;   movq %rbp, %rsp
;;   popq %rbp
;;   retq
