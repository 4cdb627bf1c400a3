;;! emit = asm
;; Rounding is one instruction on x86-64-v2.
(module
  (func $floor_f64 (param f64) (result f64) (f64.floor (local.get 0)))
  (func $sqrt_f64 (param f64) (result f64) (f64.sqrt (local.get 0)))
  (func (export "_start")))
;; expected:
;; ; floor_f64
;;   pushq %rbp
;;   movq %rsp, %rbp
;; block0:
;;   roundsd $0x1, %xmm0, %xmm0
;;   movq %rbp, %rsp
;;   popq %rbp
;;   retq
;; ; sqrt_f64
;;   pushq %rbp
;;   movq %rsp, %rbp
;; block0:
;;   movdqa %xmm0, %xmm5
;;   uninit  %xmm0
;;   xorpd %xmm0, %xmm0
;;   movdqa %xmm5, %xmm7
;;   sqrtsd %xmm7, %xmm0
;;   movq %rbp, %rsp
;;   popq %rbp
;;   retq
