;;! emit = clif
;;! go = without, verified
;; A call of a function that never returns 0. The branch on its result goes: behind the call
;; of main.throws is only what the code does when the stack unwinds, and behind that of
;; main.crashes, which is called where Go's compiler expects no return, the trap, with the
;; offset of `unreachable`.
(module
  (memory 1)
  (global (mut i32) (i32.const 0))
  (func $main.throws (param i32) (result i32)
    (i32.const 1))
  (func $main.checks (param i32) (result i32)
    (call $main.throws (i32.const 0))
    (if (then (i32.const 1) (return)))
    (i32.store (i32.const 8) (i32.const 100))
    (i32.const 0))
  (func $main.crashes (param i32) (result i32)
    (call $main.throws (i32.const 0))
    (if (then (unreachable)))
    (i32.store (i32.const 8) (i32.const 100))
    (i32.const 0))
  (func (export "_start")))
;; expected:
;; ==== without
;; ; main.throws
;; function u0:0(i32) -> i32 tail {
;;     region0 = 0 "linear memory"
;;     region1 = 1 "globals"
;;     region2 = 2 "memory size"
;;                                 block0(v0: i32):
;; @004b                               v1 = iconst.i32 1
;; @004d                               return v1  ; v1 = 1
;; }
;; ; main.checks
;; function u0:1(i32) -> i32 tail {
;;     region0 = 0 "linear memory"
;;     region1 = 1 "globals"
;;     region2 = 2 "memory size"
;;     sig0 = (i32) -> i32 tail
;;     fn0 = colocated u0:0 sig0 ; main.throws
;;                                 block0(v0: i32):
;; @0050                               v1 = iconst.i32 0
;; @0052                               v2 = call fn0(v1)  ; v1 = 0
;; @0054                               brif v2, block1, block2
;;                                 block1:
;; @0056                               v3 = iconst.i32 1
;; @0058                               return v3  ; v3 = 1
;;                                 block2:
;; @0059                               jump block3
;;                                 block3:
;; @005a                               v4 = iconst.i32 8
;; @005c                               v5 = iconst.i32 100
;; @005f                               v6 = uextend.i64 v4  ; v4 = 8
;; @005f                               v7 = iconst.i64 0x1000_0000
;; @005f                               v8 = iadd v6, v7  ; v7 = 0x1000_0000
;; @005f                               store little region0 v5, v8  ; v5 = 100
;; @0062                               v9 = iconst.i32 0
;; @0064                               return v9  ; v9 = 0
;; }
;; ; main.crashes
;; function u0:2(i32) -> i32 tail {
;;     region0 = 0 "linear memory"
;;     region1 = 1 "globals"
;;     region2 = 2 "memory size"
;;     sig0 = (i32) -> i32 tail
;;     fn0 = colocated u0:0 sig0 ; main.throws
;;                                 block0(v0: i32):
;; @0067                               v1 = iconst.i32 0
;; @0069                               v2 = call fn0(v1)  ; v1 = 0
;; @006b                               brif v2, block1, block2
;;                                 block1:
;; @006d                               trap user1 ; unreachable
;;                                 block2:
;; @006e                               jump block3
;;                                 block3:
;; @006f                               v3 = iconst.i32 8
;; @0071                               v4 = iconst.i32 100
;; @0074                               v5 = uextend.i64 v3  ; v3 = 8
;; @0074                               v6 = iconst.i64 0x1000_0000
;; @0074                               v7 = iadd v5, v6  ; v6 = 0x1000_0000
;; @0074                               store little region0 v4, v7  ; v4 = 100
;; @0077                               v8 = iconst.i32 0
;; @0079                               return v8  ; v8 = 0
;; }
;; ==== verified
;; ; main.throws
;; function u0:0(i32) -> i32 tail {
;;     region0 = 0 "linear memory"
;;     region1 = 1 "globals"
;;     region2 = 2 "memory size"
;;                                 block0(v0: i32):
;; @004b                               v1 = iconst.i32 1
;; @004d                               return v1  ; v1 = 1
;; }
;; ; main.checks
;; function u0:1(i32) -> i32 tail {
;;     region0 = 0 "linear memory"
;;     region1 = 1 "globals"
;;     region2 = 2 "memory size"
;;     sig0 = (i32) -> i32 tail
;;     fn0 = colocated u0:0 sig0 ; main.throws
;;                                 block0(v0: i32):
;; @0050                               v1 = iconst.i32 0
;; @0052                               v2 = call fn0(v1)  ; v1 = 0
;; @0054                               jump block1
;;                                 block1 cold:
;; @0056                               v3 = iconst.i32 1
;; @0058                               return v3  ; v3 = 1
;; }
;; ; main.crashes
;; function u0:2(i32) -> i32 tail {
;;     region0 = 0 "linear memory"
;;     region1 = 1 "globals"
;;     region2 = 2 "memory size"
;;     sig0 = (i32) -> i32 tail
;;     fn0 = colocated u0:0 sig0 ; main.throws
;;                                 block0(v0: i32):
;; @0067                               v1 = iconst.i32 0
;; @0069                               v2 = call fn0(v1)  ; v1 = 0
;; @006d                               trap user1 ; unreachable
;; }
