;;! emit = asm
;;! cpu = x86-64-v4
;; One instruction for what takes eight on x86-64-v3, of vectors as long as wasm's.
(module
  (func $products (param v128 v128) (result v128) (i64x2.mul (local.get 0) (local.get 1)))
  (func $shift (param v128 i32) (result v128) (i64x2.shr_s (local.get 0) (local.get 1)))
  (func (export "_start")))
;; expected:
;; ; products
;;   pushq %rbp
;;   movq %rsp, %rbp
;; block0:
;;   vpmullq %xmm1, %xmm0, %xmm0
;;   movq %rbp, %rsp
;;   popq %rbp
;;   retq
;; ; shift
;;   pushq %rbp
;;   movq %rsp, %rbp
;; block0:
;;   andq $0x3f, %rdi
;;   vmovd %edi, %xmm5
;;   vpsraq %xmm5, %xmm0, %xmm0
;;   movq %rbp, %rsp
;;   popq %rbp
;;   retq
