;;! emit = asm
;;! target = linux/arm64
;; SP is read once from call to call, here at the start and not in the loop.
(module
  (memory 1)
  (global $sp (mut i32) (i32.const 65536))
  (func $callee)
  (func $sum (param $n i32) (result i32)
    (loop $next
      (i32.store (global.get $sp)
        (i32.add (i32.load (global.get $sp)) (i32.load (local.get $n))))
      (local.set $n (i32.sub (local.get $n) (i32.const 4)))
      (br_if $next (local.get $n)))
    (global.set $sp (i32.sub (global.get $sp) (i32.const 16)))
    (call $callee)
    (i32.load offset=8 (global.get $sp)))
  (func (export "_start")))
;; expected:
;; ; callee
;;   stp fp, lr, [sp, #-16]!
;;   mov fp, sp
;; block0:
;;   ldp fp, lr, [sp], #16
;;   ret
;; ; sum
;;   stp fp, lr, [sp, #-16]!
;;   mov fp, sp
;; block0:
;;   sub x12, x3, x3, UXTW
;;   b label1
;; block1:
;;   ldr w13, [x3]
;;   ldr w14, [x12, w2, UXTW]
;;   add w13, w13, w14
;;   str w13, [x3]
;;   sub w2, w2, #4
;;   cbnz w2, label2 ; b label3
;; block2:
;;   b label1
;; block3:
;;   sub w0, w3, #16
;;   add x2, x12, x0, UXTW
;;   bl 0
;;   mov x0, x2
;;   ldr w2, [x0, #8]
;;   mov x3, x0
;;   ldp fp, lr, [sp], #16
;;   ret
