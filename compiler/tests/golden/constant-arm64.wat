;;! emit = asm
;;! target = linux/arm64
;;! cpu = armv8.0-a,fp16
;; With FEAT_FP16 sixteen bits of a constant are moved as a half-precision float.
(module
  (func $smallest (result f32) (f32.const 0x1p-149))
  (func (export "_start")))
;; expected:
;; ; smallest
;;   stp fp, lr, [sp, #-16]!
;;   mov fp, sp
;; block0:
;;   movz w0, #1
;;   fmov h0, w0
;;   ldp fp, lr, [sp], #16
;;   ret
