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
;;   movz x4, #1, LSL #32
;;   add x4, x4, x2, UXTW
;;   ldr x2, [x4, #8]
;;   ldp fp, lr, [sp], #16
;;   ret
