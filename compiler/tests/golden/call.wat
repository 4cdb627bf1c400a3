;;! emit = clif
;; Imports are C functions of the shim; an indirect call is one bounds check and
;; one load from a table of this signature.
(module
  (import "wasi_snapshot_preview1" "sched_yield" (func $yield (result i32)))
  (table 16 funcref)
  (elem (i32.const 4) $direct $direct)
  (func $direct (param i32) (result i32) (i32.add (call $yield) (local.get 0)))
  (func $indirect (param i32) (result i32) (call_indirect (param i32) (result i32) (i32.const 7) (local.get 0)))
  (func $multi (result i32 i32) (call $direct (i32.const 1)) (i32.const 2))
  (func (export "_start")))
;; expected:
;; ; direct
;; function u0:0(i32) -> i32 tail {
;;     region0 = 0 "linear memory"
;;     region1 = 1 "globals"
;;     region2 = 2 "memory size"
;;     sig0 = () -> i32 system_v
;;     fn0 = colocated u1:0 sig0 ; wasi_aot_sched_yield
;;                                 block0(v0: i32):
;; @006c                               v1 = call fn0()
;; @0070                               v2 = iadd v1, v0
;; @0071                               return v2
;; }
;; ; indirect
;; function u0:1(i32) -> i32 tail {
;;     region0 = 0 "linear memory"
;;     region1 = 1 "globals"
;;     region2 = 2 "memory size"
;;     gv0 = symbol colocated userextname0 ; wasi_aot_table_0_1
;;     sig0 = (i32) -> i32 tail
;;                                 block0(v0: i32):
;; @0074                               v1 = iconst.i32 7
;; @0078                               v2 = iconst.i32 -4
;; @0078                               v3 = iadd v0, v2  ; v2 = -4
;; @0078                               v4 = iconst.i32 2
;; @0078                               v5 = icmp ult v3, v4  ; v4 = 2
;; @0078                               brif v5, block1, block2
;;                                 block2 cold:
;; @0078                               v6 = iconst.i32 16
;; @0078                               v7 = icmp.i32 uge v0, v6  ; v6 = 16
;; @0078                               trapnz v7, user2 ; undefined element
;; @0078                               trap user3 ; uninitialized element
;;                                 block1:
;; @0078                               v8 = symbol_value.i64 gv0
;; @0078                               v9 = uextend.i64 v3
;; @0078                               v10 = iconst.i64 4
;; @0078                               v11 = imul v9, v10  ; v10 = 4
;; @0078                               v12 = iadd v8, v11
;; @0078                               v13 = uload32 notrap aligned readonly v12
;; @0078                               v14 = call_indirect sig0, v13(v1)  ; v1 = 7
;; @007b                               return v14
;; }
;; ; multi
;; function u0:2() -> i32, i32 tail {
;;     region0 = 0 "linear memory"
;;     region1 = 1 "globals"
;;     region2 = 2 "memory size"
;;     sig0 = (i32) -> i32 tail
;;     fn0 = colocated u0:0 sig0 ; direct
;;                                 block0:
;; @007e                               v0 = iconst.i32 1
;; @0080                               v1 = call fn0(v0)  ; v0 = 1
;; @0082                               v2 = iconst.i32 2
;; @0084                               return v1, v2  ; v2 = 2
;; }
