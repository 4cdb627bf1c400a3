;;! emit = asm
;;! target = linux/arm64
;; The callee's arguments take more stack than the caller's: the frame moves.
(module
  (func $narrow (param i64) (result i64)
    (return_call $wide (local.get 0) (i64.const 1) (i64.const 2) (i64.const 3)
      (i64.const 4) (i64.const 5) (i64.const 6) (i64.const 7) (i64.const 8)
      (i64.const 9)))
  (func $wide (param i64 i64 i64 i64 i64 i64 i64 i64 i64 i64) (result i64)
    (return_call $narrow (local.get 9)))
  (func (export "_start")))
;; expected:
;; ; narrow
;;   stp fp, lr, [sp, #-16]!
;;   mov fp, sp
;;   sub sp, sp, #32
;;   ldr fp, [sp, #32]
;;   stp fp, lr, [sp]
;;   mov fp, sp
;; block0:
;;   movz x3, #1
;;   movz x4, #2
;;   movz x5, #3
;;   movz x6, #4
;;   movz x7, #5
;;   movz x10, #6
;;   movz x11, #7
;;   movz x12, #8
;;   movz x13, #9
;;   str x10, [sp, #16]
;;   str x11, [sp, #24]
;;   str x12, [sp, #32]
;;   str x13, [sp, #40]
;;   return_call User(userextname0) new_stack_arg_size:32 x2=x2 x3=x3 x4=x4 x5=x5 x6=x6 x7=x7 ; wide
;; ; wide
;;   stp fp, lr, [sp, #-16]!
;;   mov fp, sp
;; block0:
;;   ldr x2, [sp, #40]
;;   return_call User(userextname0) new_stack_arg_size:0 x2=x2 ; narrow
