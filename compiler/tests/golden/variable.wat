;;! emit = clif
;; The first global lives in the pinned register, others in cells.
(module
  (global $sp (mut i32) (i32.const 1024))
  (global $g (mut i64) (i64.const 0))
  (func $frame (global.set $sp (i32.sub (global.get $sp) (i32.const 16))))
  (func $cell (param i64) (result i64) (global.get $g) (global.set $g (local.get 0)))
  (func $tee (param i32) (result i32) (local i32) (local.tee 1 (local.get 0)) (i32.add (local.get 1)))
  (func (export "_start")))
;; expected:
;; ; frame
;; function u0:0(i64) -> i64 tail {
;;     region0 = 0 "linear memory"
;;     region1 = 1 "globals"
;;     region2 = 2 "memory size"
;;                                 block0(v0: i64):
;; @0042                               v1 = ireduce.i32 v0
;; @0042                               v2 = iconst.i32 -16
;; @0042                               v3 = iadd v1, v2  ; v2 = -16
;; @0042                               v4 = uextend.i64 v3
;; @0045                               return v4
;; }
;; ; cell
;; function u0:1(i64, i64) -> i64, i64 tail {
;;     region0 = 0 "linear memory"
;;     region1 = 1 "globals"
;;     region2 = 2 "memory size"
;;     gv0 = symbol colocated userextname0 ; wasi_aot_globals
;;                                 block0(v0: i64, v1: i64):
;; @0048                               v2 = symbol_value.i64 gv0
;; @0048                               v3 = load.i64 notrap aligned region1 v2+8
;; @004c                               v4 = symbol_value.i64 gv0
;; @004c                               store notrap aligned region1 v0, v4+8
;; @004e                               return v3, v1
;; }
;; ; tee
;; function u0:2(i32, i64) -> i32, i64 tail {
;;     region0 = 0 "linear memory"
;;     region1 = 1 "globals"
;;     region2 = 2 "memory size"
;;                                 block0(v0: i32, v1: i64):
;; @0059                               v2 = iadd v0, v0
;; @005a                               return v2, v1
;; }
