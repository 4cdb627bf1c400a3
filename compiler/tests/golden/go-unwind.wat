;;! emit = clif
;;! go = without, verified
;; Two calls of functions that may return 1: the blocks that return 1 themselves become one.
(module
  (memory 1)
  (global (mut i32) (i32.const 0))
  (func $main.may_unwind (param i32) (result i32)
    (i32.load (i32.const 8)))
  (func $main.calls (param i32) (result i32)
    (call $main.may_unwind (i32.const 0))
    (if (then (i32.const 1) (return)))
    (call $main.may_unwind (i32.const 0))
    (if (then (i32.const 1) (return)))
    (i32.const 0))
  (func (export "_start")))
;; expected:
;; ==== without
;; ; main.may_unwind
;; function u0:0(i32) -> i32 tail {
;;     region0 = 0 "linear memory"
;;     region1 = 1 "globals"
;;     region2 = 2 "memory size"
;;                                 block0(v0: i32):
;; @0049                               v1 = iconst.i32 8
;; @004b                               v2 = uextend.i64 v1  ; v1 = 8
;; @004b                               v3 = iconst.i64 0x1000_0000
;; @004b                               v4 = iadd v2, v3  ; v3 = 0x1000_0000
;; @004b                               v5 = load.i32 little region0 v4
;; @004e                               return v5
;; }
;; ; main.calls
;; function u0:1(i32) -> i32 tail {
;;     region0 = 0 "linear memory"
;;     region1 = 1 "globals"
;;     region2 = 2 "memory size"
;;     sig0 = (i32) -> i32 tail
;;     fn0 = colocated u0:0 sig0 ; main.may_unwind
;;                                 block0(v0: i32):
;; @0051                               v1 = iconst.i32 0
;; @0053                               v2 = call fn0(v1)  ; v1 = 0
;; @0055                               brif v2, block1, block2
;;                                 block1:
;; @0057                               v3 = iconst.i32 1
;; @0059                               return v3  ; v3 = 1
;;                                 block2:
;; @005a                               jump block3
;;                                 block3:
;; @005b                               v4 = iconst.i32 0
;; @005d                               v5 = call fn0(v4)  ; v4 = 0
;; @005f                               brif v5, block4, block5
;;                                 block4:
;; @0061                               v6 = iconst.i32 1
;; @0063                               return v6  ; v6 = 1
;;                                 block5:
;; @0064                               jump block6
;;                                 block6:
;; @0065                               v7 = iconst.i32 0
;; @0067                               return v7  ; v7 = 0
;; }
;; ==== verified
;; ; main.may_unwind
;; function u0:0(i32) -> i32 tail {
;;     region0 = 0 "linear memory"
;;     region1 = 1 "globals"
;;     region2 = 2 "memory size"
;;                                 block0(v0: i32):
;; @0049                               v1 = iconst.i32 8
;; @004b                               v2 = uextend.i64 v1  ; v1 = 8
;; @004b                               v3 = iconst.i64 0x1000_0000
;; @004b                               v4 = iadd v2, v3  ; v3 = 0x1000_0000
;; @004b                               v5 = load.i32 little region0 v4
;; @004e                               return v5
;; }
;; ; main.calls
;; function u0:1(i32) -> i32 tail {
;;     region0 = 0 "linear memory"
;;     region1 = 1 "globals"
;;     region2 = 2 "memory size"
;;     sig0 = (i32) -> i32 tail
;;     fn0 = colocated u0:0 sig0 ; main.may_unwind
;;                                 block0(v0: i32):
;; @0051                               v1 = iconst.i32 0
;; @0053                               v2 = call fn0(v1)  ; v1 = 0
;; @0055                               brif v2, block3, block1
;;                                 block1:
;; @005a                               jump block2
;;                                 block2:
;; @005b                               v3 = iconst.i32 0
;; @005d                               v4 = call fn0(v3)  ; v3 = 0
;; @005f                               brif v4, block3, block4
;;                                 block3 cold:
;; @0057                               v5 = iconst.i32 1
;; @0059                               return v5  ; v5 = 1
;;                                 block4:
;; @0064                               jump block5
;;                                 block5:
;; @0065                               v6 = iconst.i32 0
;; @0067                               return v6  ; v6 = 0
;; }
