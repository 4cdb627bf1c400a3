;;! emit = clif
;;! spectre = on
;; A table that nothing writes: the entry's address is guarded, and entries of other
;; signatures lead to a stub, so no signature is compared.
(module
  (type $unary (func (param i32) (result i32)))
  (table 4 funcref)
  (elem (i32.const 1) $one $one)
  (func $one (param i32) (result i32) (local.get 0))
  (func $call (param i32 i32) (result i32)
    (call_indirect (type $unary) (local.get 0) (local.get 1)))
  (func $tail (param i32 i32) (result i32)
    (return_call_indirect (type $unary) (local.get 0) (local.get 1)))
  (func (export "_start")))
;; expected:
;; ; one
;; function u0:0(i32) -> i32 tail {
;;     region0 = 0 "linear memory"
;;     region1 = 1 "globals"
;;     region2 = 2 "memory size"
;;                                 block0(v0: i32):
;; @0043                               return v0
;; }
;; ; call
;; function u0:1(i32, i32) -> i32 tail {
;;     region0 = 0 "linear memory"
;;     region1 = 1 "globals"
;;     region2 = 2 "memory size"
;;     gv0 = symbol colocated userextname0 ; wasi_aot_table_0_0
;;     sig0 = (i32) -> i32 tail
;;                                 block0(v0: i32, v1: i32):
;; @004a                               v2 = iconst.i32 -1
;; @004a                               v3 = iadd v1, v2  ; v2 = -1
;; @004a                               v4 = iconst.i32 2
;; @004a                               v5 = icmp ult v3, v4  ; v4 = 2
;; @004a                               brif v5, block1, block2
;;                                 block2 cold:
;; @004a                               v6 = iconst.i32 4
;; @004a                               v7 = icmp.i32 uge v1, v6  ; v6 = 4
;; @004a                               trapnz v7, user2 ; undefined element
;; @004a                               trap user3 ; uninitialized element
;;                                 block1:
;; @004a                               v8 = symbol_value.i64 gv0
;; @004a                               v9 = uextend.i64 v3
;; @004a                               v10 = iconst.i64 4
;; @004a                               v11 = imul v9, v10  ; v10 = 4
;; @004a                               v12 = iadd v8, v11
;; @004a                               v13 = iconst.i64 0
;; @004a                               v14 = select_spectre_guard v5, v12, v13  ; v13 = 0
;; @004a                               v15 = uload32 notrap aligned readonly v14
;; @004a                               v16 = call_indirect sig0, v15(v0)
;; @004d                               return v16
;; }
;; ; tail
;; function u0:2(i32, i32) -> i32 tail {
;;     region0 = 0 "linear memory"
;;     region1 = 1 "globals"
;;     region2 = 2 "memory size"
;;     gv0 = symbol colocated userextname0 ; wasi_aot_table_0_0
;;     sig0 = (i32) -> i32 tail
;;                                 block0(v0: i32, v1: i32):
;; @0054                               v2 = iconst.i32 -1
;; @0054                               v3 = iadd v1, v2  ; v2 = -1
;; @0054                               v4 = iconst.i32 2
;; @0054                               v5 = icmp ult v3, v4  ; v4 = 2
;; @0054                               brif v5, block1, block2
;;                                 block2 cold:
;; @0054                               v6 = iconst.i32 4
;; @0054                               v7 = icmp.i32 uge v1, v6  ; v6 = 4
;; @0054                               trapnz v7, user2 ; undefined element
;; @0054                               trap user3 ; uninitialized element
;;                                 block1:
;; @0054                               v8 = symbol_value.i64 gv0
;; @0054                               v9 = uextend.i64 v3
;; @0054                               v10 = iconst.i64 4
;; @0054                               v11 = imul v9, v10  ; v10 = 4
;; @0054                               v12 = iadd v8, v11
;; @0054                               v13 = iconst.i64 0
;; @0054                               v14 = select_spectre_guard v5, v12, v13  ; v13 = 0
;; @0054                               v15 = uload32 notrap aligned readonly v14
;; @0054                               return_call_indirect sig0, v15(v0)
;; }
