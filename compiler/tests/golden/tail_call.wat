;;! emit = clif
;; A tail call leaves the frame to the callee; one of an import calls it and returns.
(module
  (import "wasi_snapshot_preview1" "sched_yield" (func $yield (result i32)))
  (global $sp (mut i32) (i32.const 0))
  (table 16 funcref)
  (elem (i32.const 4) $direct)
  (func $direct (param i32) (result i32)
    (global.set $sp (local.get 0)) (return_call $direct (i32.const 7)))
  (func $indirect (param i32) (result i32)
    (return_call_indirect (param i32) (result i32) (i32.const 7) (local.get 0)))
  (func $import (param i32) (result i32) (local.get 0) (return_call $yield))
  (func (export "_start")))
;; expected:
;; ; direct
;; function u0:0(i32, i64) -> i32, i64 tail {
;;     region0 = 0 "linear memory"
;;     region1 = 1 "globals"
;;     region2 = 2 "memory size"
;;     sig0 = (i32, i64) -> i32, i64 tail
;;     fn0 = colocated u0:0 sig0 ; direct
;;                                 block0(v0: i32, v1: i64):
;; @0070                               v2 = uextend.i64 v0
;; @0072                               v3 = iconst.i32 7
;; @0074                               return_call fn0(v3, v2)  ; v3 = 7
;; }
;; ; indirect
;; function u0:1(i32, i64) -> i32, i64 tail {
;;     region0 = 0 "linear memory"
;;     region1 = 1 "globals"
;;     region2 = 2 "memory size"
;;     gv0 = symbol colocated userextname0 ; wasi_aot_table_0_1
;;     sig0 = (i32, i64) -> i32, i64 tail
;;                                 block0(v0: i32, v1: i64):
;; @0079                               v2 = iconst.i32 7
;; @007d                               v3 = iconst.i32 -4
;; @007d                               v4 = iadd v0, v3  ; v3 = -4
;; @007d                               v5 = iconst.i32 1
;; @007d                               v6 = icmp ult v4, v5  ; v5 = 1
;; @007d                               brif v6, block1, block2
;;                                 block2 cold:
;; @007d                               v7 = iconst.i32 16
;; @007d                               v8 = icmp.i32 uge v0, v7  ; v7 = 16
;; @007d                               trapnz v8, user2 ; undefined element
;; @007d                               trap user3 ; uninitialized element
;;                                 block1:
;; @007d                               v9 = symbol_value.i64 gv0
;; @007d                               v10 = uextend.i64 v4
;; @007d                               v11 = iconst.i64 4
;; @007d                               v12 = imul v10, v11  ; v11 = 4
;; @007d                               v13 = iadd v9, v12
;; @007d                               v14 = uload32 notrap aligned readonly v13
;; @007d                               return_call_indirect sig0, v14(v2, v1)  ; v2 = 7
;; }
;; ; import
;; function u0:2(i32, i64) -> i32, i64 tail {
;;     region0 = 0 "linear memory"
;;     region1 = 1 "globals"
;;     region2 = 2 "memory size"
;;     sig0 = () -> i32 system_v
;;     fn0 = colocated u1:0 sig0 ; wasi_aot_sched_yield
;;                                 block0(v0: i32, v1: i64):
;; @0085                               v2 = call fn0()
;; @0085                               return v2, v1
;; }
