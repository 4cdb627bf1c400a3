;;! emit = asm
;;! target = linux/arm64
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
;;   stp fp, lr, [sp, #-16]!
;;   mov fp, sp
;; block0:
;;   mov w12, w2
;;   movz w11, #16
;;   movk w11, w11, #4096, LSL #16
;;   ldr q16, [x12, x11]
;;   mov w12, w3
;;   movz x11, #4096, LSL #16
;;   ldr q17, [x12, x11]
;;   mul v16.4s, v16.4s, v17.4s
;;   ldr q17, [const(0)]
;;   add v0.4s, v16.4s, v17.4s
;;   ldp fp, lr, [sp], #16
;;   ret
;; ; find
;;   stp fp, lr, [sp, #-16]!
;;   mov fp, sp
;; block0:
;;   mov w0, w2
;;   movz x1, #4096, LSL #16
;;   ldr q19, [x0, x1]
;;   dup v18.16b, w3
;;   cmeq v18.16b, v19.16b, v18.16b
;;   sshr v16.16b, v18.16b, #7
;;   movz x13, #513
;;   movk x13, x13, #2052, LSL #16
;;   movk x13, x13, #8208, LSL #32
;;   movk x13, x13, #32832, LSL #48
;;   dup v18.2d, x13
;;   and v20.16b, v16.16b, v18.16b
;;   ext v22.16b, v20.16b, v20.16b, #8
;;   zip1 v24.16b, v20.16b, v22.16b
;;   addv h26, v24.8h
;;   umov w2, v26.h[0]
;;   ldp fp, lr, [sp], #16
;;   ret
;; ; dot
;;   stp fp, lr, [sp, #-16]!
;;   mov fp, sp
;; block0:
;;   smull v5.4s, v0.4h, v1.4h
;;   smull2 v6.4s, v0.8h, v1.8h
;;   addp v0.4s, v5.4s, v6.4s
;;   ldp fp, lr, [sp], #16
;;   ret
;; ; multiply_add
;;   stp fp, lr, [sp, #-16]!
;;   mov fp, sp
;; block0:
;;   fmul v5.4s, v0.4s, v1.4s
;;   fadd v0.4s, v5.4s, v2.4s
;;   ldp fp, lr, [sp], #16
;;   ret
