;;! emit = clif
;;! go = verified, trusted
;; A function that is resumed at 1, as the return address says that it stores before a call:
;; the dispatch keeps that target, in a cold block.
(module
  (memory 1)
  (global (mut i32) (i32.const 0))
  (func $main.calls (param i32) (result i32) (local i32)
    (loop $entry
      (block $b2 (block $b1 (block $b0
        (br_table $b0 $b1 $b2 (local.get 0)))
        (i64.store (global.get 0) (i64.const @main.calls:1))
        (call $main.callee (i32.const 0))
        (if (then (i32.const 1) (return))))
        (return (i32.const 0)))
      (unreachable))
    (unreachable))
  (func $main.callee (param i32) (result i32)
    (i32.load (i32.const 8)))
  (func (export "_start")))
;; expected:
;; ==== verified
;; ; main.calls
;; function u0:0(i32, i64) -> i32, i64 tail {
;;     region0 = 0 "linear memory"
;;     region1 = 1 "globals"
;;     region2 = 2 "memory size"
;;     sig0 = (i32, i64) -> i32, i64 tail
;;     fn0 = colocated u0:1 sig0 ; main.callee
;;                                 block0(v0: i32, v1: i64):
;; @0055                               br_table v0, block4, [block1, block3(v1)]
;;                                 block1:
;; @005d                               v3 = iconst.i64 0x1000_0001
;; @0063                               v4 = iconst.i64 0x1000_0000
;; @0063                               v5 = iadd.i64 v1, v4  ; v4 = 0x1000_0000
;; @0063                               store little region0 v3, v5  ; v3 = 0x1000_0001
;; @0066                               v6 = iconst.i32 0
;; @0068                               v7, v8 = call fn0(v6, v1)  ; v6 = 0
;; @006a                               brif v7, block2, block3(v8)
;;                                 block2 cold:
;; @006c                               v9 = iconst.i32 1
;; @006e                               return v9, v8  ; v9 = 1
;;                                 block3(v2: i64):
;; @0071                               v10 = iconst.i32 0
;; @0073                               return v10, v2  ; v10 = 0
;;                                 block4:
;; @0075                               trap user1 ; unreachable
;; }
;; ; main.callee
;; function u0:1(i32, i64) -> i32, i64 tail {
;;     region0 = 0 "linear memory"
;;     region1 = 1 "globals"
;;     region2 = 2 "memory size"
;;                                 block0(v0: i32, v1: i64):
;; @007b                               v2 = iconst.i32 8
;; @007d                               v3 = uextend.i64 v2  ; v2 = 8
;; @007d                               v4 = iconst.i64 0x1000_0000
;; @007d                               v5 = iadd v3, v4  ; v4 = 0x1000_0000
;; @007d                               v6 = load.i32 little region0 v5
;; @0080                               return v6, v1
;; }
;; ==== trusted
;; ; main.calls
;; function u0:0(i32, i64) -> i32, i64 tail {
;;     region0 = 0 "linear memory"
;;     region1 = 1 "globals"
;;     region2 = 2 "memory size"
;;     sig0 = (i32, i64) -> i32, i64 tail
;;     fn0 = colocated u0:1 sig0 ; main.callee
;;                                 block0(v0: i32, v1: i64):
;; @0055                               brif v0, block1, block3
;;                                 block1 cold:
;; @0055                               v3 = iconst.i32 1
;; @0055                               v4 = icmp.i32 eq v0, v3  ; v3 = 1
;; @0055                               brif v4, block6, block2
;;                                 block6 cold:
;; @0055                               jump block5(v1)
;;                                 block2 cold:
;; @0055                               trap user6 ; resumed where Go never resumes (build with --no-go-opt)
;;                                 block3:
;; @005d                               v5 = iconst.i64 0x1000_0001
;; @0063                               v6 = iconst.i64 0x1000_0000
;; @0063                               v7 = iadd.i64 v1, v6  ; v6 = 0x1000_0000
;; @0063                               store little region0 v5, v7  ; v5 = 0x1000_0001
;; @0066                               v8 = iconst.i32 0
;; @0068                               v9, v10 = call fn0(v8, v1)  ; v8 = 0
;; @006a                               brif v9, block4, block5(v10)
;;                                 block4 cold:
;; @006c                               v11 = iconst.i32 1
;; @006e                               return v11, v10  ; v11 = 1
;;                                 block5(v2: i64):
;; @0071                               v12 = iconst.i32 0
;; @0073                               return v12, v2  ; v12 = 0
;; }
;; ; main.callee
;; function u0:1(i32, i64) -> i32, i64 tail {
;;     region0 = 0 "linear memory"
;;     region1 = 1 "globals"
;;     region2 = 2 "memory size"
;;                                 block0(v0: i32, v1: i64):
;; @007b                               v2 = iconst.i32 8
;; @007d                               v3 = uextend.i64 v2  ; v2 = 8
;; @007d                               v4 = iconst.i64 0x1000_0000
;; @007d                               v5 = iadd v3, v4  ; v4 = 0x1000_0000
;; @007d                               v6 = load.i32 little region0 v5
;; @0080                               return v6, v1
;; }
