;;! emit = clif
;; A table that is written has references; a call through it compares their tag.
(module
  (type $unary (func (param i32) (result i32)))
  (table $t 4 100 funcref)
  (elem $passive func $one)
  (func $one (param i32) (result i32) (local.get 0))
  (func $call (param i32 i32) (result i32)
    (call_indirect $t (type $unary) (local.get 0) (local.get 1)))
  (func $set (param i32)
    (table.set $t (local.get 0) (ref.func $one)))
  (func $grow (param i32) (result i32)
    (table.grow $t (ref.null func) (local.get 0)))
  (func $init (param i32 i32 i32)
    (table.init $t $passive (local.get 0) (local.get 1) (local.get 2))
    (elem.drop $passive))
  (func $is_null (param i32) (result i32)
    (ref.is_null (table.get $t (local.get 0))))
  (func (export "_start")))
;; expected:
;; ; one
;; function u0:0(i32) -> i32 tail {
;;     region0 = 0 "linear memory"
;;     region1 = 1 "globals"
;;     region2 = 2 "memory size"
;;                                 block0(v0: i32):
;; @004e                               return v0
;; }
;; ; call
;; function u0:1(i32, i32) -> i32 tail {
;;     region0 = 0 "linear memory"
;;     region1 = 1 "globals"
;;     region2 = 2 "memory size"
;;     gv0 = symbol colocated userextname0 ; wasi_aot_table_size_0
;;     gv1 = symbol colocated userextname1 ; wasi_aot_cells_0
;;     sig0 = (i32) -> i32 tail
;;                                 block0(v0: i32, v1: i32):
;; @0055                               v2 = uextend.i64 v1
;; @0055                               v3 = symbol_value.i64 gv0
;; @0055                               v4 = uload32 notrap aligned v3
;; @0055                               v5 = icmp uge v2, v4
;; @0055                               trapnz v5, user2 ; undefined element
;; @0055                               v6 = symbol_value.i64 gv1
;; @0055                               v7 = iconst.i64 3
;; @0055                               v8 = ishl v2, v7  ; v7 = 3
;; @0055                               v9 = iadd v6, v8
;; @0055                               v10 = load.i64 notrap aligned v9
;; @0055                               v11 = iconst.i64 32
;; @0055                               v12 = ushr v10, v11  ; v11 = 32
;; @0055                               v13 = iconst.i64 1
;; @0055                               v14 = icmp ne v12, v13  ; v13 = 1
;; @0055                               brif v14, block1, block2
;;                                 block1 cold:
;; @0055                               trapz.i64 v10, user3 ; uninitialized element
;; @0055                               trap user4 ; indirect call type mismatch
;;                                 block2:
;; @0055                               v15 = iconst.i64 0xffff_ffff
;; @0055                               v16 = band.i64 v10, v15  ; v15 = 0xffff_ffff
;; @0055                               v17 = call_indirect sig0, v16(v0)
;; @0058                               return v17
;; }
;; ; set
;; function u0:2(i32) tail {
;;     region0 = 0 "linear memory"
;;     region1 = 1 "globals"
;;     region2 = 2 "memory size"
;;     gv0 = symbol colocated userextname0 ; one
;;     gv1 = symbol colocated userextname1 ; wasi_aot_table_size_0
;;     gv2 = symbol colocated userextname2 ; wasi_aot_cells_0
;;                                 block0(v0: i32):
;; @005d                               v1 = symbol_value.i64 gv0
;; @005d                               v2 = iconst.i64 0x0001_0000_0000
;; @005d                               v3 = bor v1, v2  ; v2 = 0x0001_0000_0000
;; @005f                               v4 = uextend.i64 v0
;; @005f                               v5 = symbol_value.i64 gv1
;; @005f                               v6 = uload32 notrap aligned v5
;; @005f                               v7 = icmp uge v4, v6
;; @005f                               trapnz v7, user7 ; out of bounds table access
;; @005f                               v8 = symbol_value.i64 gv2
;; @005f                               v9 = iconst.i64 3
;; @005f                               v10 = ishl v4, v9  ; v9 = 3
;; @005f                               v11 = iadd v8, v10
;; @005f                               store notrap aligned v3, v11
;; @0061                               return
;; }
;; ; grow
;; function u0:3(i32) -> i32 tail {
;;     region0 = 0 "linear memory"
;;     region1 = 1 "globals"
;;     region2 = 2 "memory size"
;;     gv0 = symbol colocated userextname0 ; wasi_aot_table_size_0
;;     gv1 = symbol colocated userextname1 ; wasi_aot_cells_0
;;                                 block0(v0: i32):
;; @0064                               v1 = iconst.i64 0
;; @0068                               v2 = uextend.i64 v0
;; @0068                               v3 = symbol_value.i64 gv0
;; @0068                               v4 = uload32 notrap aligned v3
;; @0068                               v5 = iadd v4, v2
;; @0068                               v6 = iconst.i64 100
;; @0068                               v7 = icmp ugt v5, v6  ; v6 = 100
;; @0068                               v8 = iconst.i32 -1
;; @0068                               brif v7, block1(v8), block2  ; v8 = -1
;;                                 block2:
;; @0068                               v10 = symbol_value.i64 gv1
;; @0068                               v11 = iconst.i64 3
;; @0068                               v12 = ishl.i64 v4, v11  ; v11 = 3
;; @0068                               v13 = iadd v10, v12
;; @0068                               v14 = iconst.i64 3
;; @0068                               v15 = ishl.i64 v2, v14  ; v14 = 3
;; @0068                               v16 = iadd v13, v15
;; @0068                               jump block3(v13)
;;                                 block3(v17: i64):
;; @0068                               v18 = icmp ult v17, v16
;; @0068                               brif v18, block4, block5
;;                                 block4:
;; @0068                               store.i64 notrap aligned v1, v17  ; v1 = 0
;; @0068                               v19 = iconst.i64 8
;; @0068                               v20 = iadd.i64 v17, v19  ; v19 = 8
;; @0068                               jump block3(v20)
;;                                 block5:
;; @0068                               v21 = symbol_value.i64 gv0
;; @0068                               istore32.i64 notrap aligned v5, v21
;; @0068                               v22 = ireduce.i32 v4
;; @0068                               jump block1(v22)
;;                                 block1(v9: i32):
;; @006b                               return v9
;; }
;; ; init
;; function u0:4(i32, i32, i32) tail {
;;     region0 = 0 "linear memory"
;;     region1 = 1 "globals"
;;     region2 = 2 "memory size"
;;     gv0 = symbol colocated userextname0 ; wasi_aot_table_size_0
;;     gv1 = symbol colocated userextname1 ; wasi_aot_elements_length_0
;;     gv2 = symbol colocated userextname2 ; wasi_aot_elements_0
;;     gv3 = symbol colocated userextname3 ; wasi_aot_cells_0
;;     sig0 = (i64, i64, i64) -> i64 system_v
;;     fn0 = colocated u7:0 sig0 ; memmove
;;                                 block0(v0: i32, v1: i32, v2: i32):
;; @0074                               v3 = uextend.i64 v2
;; @0074                               v4 = uextend.i64 v1
;; @0074                               v5 = uextend.i64 v0
;; @0074                               v6 = symbol_value.i64 gv0
;; @0074                               v7 = uload32 notrap aligned v6
;; @0074                               v8 = iadd v5, v3
;; @0074                               v9 = icmp ugt v8, v7
;; @0074                               trapnz v9, user7 ; out of bounds table access
;; @0074                               v10 = symbol_value.i64 gv1
;; @0074                               v11 = load.i64 notrap aligned v10
;; @0074                               v12 = iadd v4, v3
;; @0074                               v13 = icmp ugt v12, v11
;; @0074                               trapnz v13, user7 ; out of bounds table access
;; @0074                               v14 = symbol_value.i64 gv2
;; @0074                               v15 = iconst.i64 3
;; @0074                               v16 = ishl v4, v15  ; v15 = 3
;; @0074                               v17 = iadd v14, v16
;; @0074                               v18 = symbol_value.i64 gv3
;; @0074                               v19 = iconst.i64 3
;; @0074                               v20 = ishl v5, v19  ; v19 = 3
;; @0074                               v21 = iadd v18, v20
;; @0074                               v22 = iconst.i64 3
;; @0074                               v23 = ishl v3, v22  ; v22 = 3
;; @0074                               v24 = call fn0(v21, v17, v23)
;; @0078                               v25 = symbol_value.i64 gv1
;; @0078                               v26 = iconst.i64 0
;; @0078                               store notrap aligned v26, v25  ; v26 = 0
;; @007b                               return
;; }
;; ; is_null
;; function u0:5(i32) -> i32 tail {
;;     region0 = 0 "linear memory"
;;     region1 = 1 "globals"
;;     region2 = 2 "memory size"
;;     gv0 = symbol colocated userextname0 ; wasi_aot_table_size_0
;;     gv1 = symbol colocated userextname1 ; wasi_aot_cells_0
;;                                 block0(v0: i32):
;; @0080                               v1 = uextend.i64 v0
;; @0080                               v2 = symbol_value.i64 gv0
;; @0080                               v3 = uload32 notrap aligned v2
;; @0080                               v4 = icmp uge v1, v3
;; @0080                               trapnz v4, user7 ; out of bounds table access
;; @0080                               v5 = symbol_value.i64 gv1
;; @0080                               v6 = iconst.i64 3
;; @0080                               v7 = ishl v1, v6  ; v6 = 3
;; @0080                               v8 = iadd v5, v7
;; @0080                               v9 = load.i64 notrap aligned v8
;; @0082                               v10 = iconst.i64 0
;; @0082                               v11 = icmp eq v9, v10  ; v10 = 0
;; @0082                               v12 = uextend.i32 v11
;; @0083                               return v12
;; }
