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
;;   movz x9, #1, LSL #32
;;   add x10, x9, x2, UXTW
;;   ldr q16, [x10, #16]
;;   ldr q17, [x9, w3, UXTW]
;;   mul v16.4s, v16.4s, v17.4s
;;   ldr q17, [const(0)]
;;   add v0.4s, v16.4s, v17.4s
;;   ldp fp, lr, [sp], #16
;;   ret
;; ; find
;;   stp fp, lr, [sp, #-16]!
;;   mov fp, sp
;; block0:
;;   movz x0, #1, LSL #32
;;   ldr q17, [x0, w2, UXTW]
;;   dup v18.16b, w3
;;   cmeq v17.16b, v17.16b, v18.16b
;;   sshr v7.16b, v17.16b, #7
;;   movz x12, #513
;;   movk x12, x12, #2052, LSL #16
;;   movk x12, x12, #8208, LSL #32
;;   movk x12, x12, #32832, LSL #48
;;   dup v17.2d, x12
;;   and v19.16b, v7.16b, v17.16b
;;   ext v21.16b, v19.16b, v19.16b, #8
;;   zip1 v23.16b, v19.16b, v21.16b
;;   addv h25, v23.8h
;;   umov w2, v25.h[0]
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
