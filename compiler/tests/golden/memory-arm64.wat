;;! emit = asm
;;! target = linux/arm64
(module
  (memory 1)
  (func $load (param i32) (result i64) (i64.load offset=8 (local.get 0)))
  (func (export "_start")))
;; expected:
;; ; load
;;   stp fp, lr, [sp, #-16]!
;;   mov fp, sp
;; block0:
;;   mov w5, w2
;;   movz w4, #8
;;   movk w4, w4, #4096, LSL #16
;;   ldr x2, [x5, x4]
;;   ldp fp, lr, [sp], #16
;;   ret
