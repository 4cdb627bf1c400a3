;;! emit = clif
;;! spectre = on
;; Tables that are written: bounds of each operator, the loop that fills, the size that
;; growing leaves, and the tag of a call.
(module
  (type $unary (func (param i32) (result i32)))
  (table $t 4 100 funcref)
  (table $u 4 4 funcref)
  (elem $passive func $one)
  (func $one (param i32) (result i32) (local.get 0))
  (func $get (param i32) (result i32)
    (ref.is_null (table.get $t (local.get 0))))
  (func $set (param i32)
    (table.set $u (local.get 0) (ref.null func)))
  (func $fill (param i32 i32)
    (table.fill $u (local.get 0) (ref.null func) (local.get 1)))
  (func $grow (param i32) (result i32)
    (table.grow $t (ref.null func) (local.get 0)))
  (func $copy (param i32 i32 i32)
    (table.copy $u $t (local.get 0) (local.get 1) (local.get 2)))
  (func $init (param i32 i32 i32)
    (table.init $t $passive (local.get 0) (local.get 1) (local.get 2)))
  (func $call (param i32 i32) (result i32)
    (call_indirect $t (type $unary) (local.get 0) (local.get 1)))
  (func (export "_start")))
;; expected:
;; ; one
;; function u0:0(i32) -> i32 tail {
;;     region0 = 0 "linear memory"
;;     region1 = 1 "globals"
;;     region2 = 2 "memory size"
;;                                 block0(v0: i32):
;; @0059                               return v0
;; }
;; ; get
;; function u0:1(i32) -> i32 tail {
;;     region0 = 0 "linear memory"
;;     region1 = 1 "globals"
;;     region2 = 2 "memory size"
;;     gv0 = symbol colocated userextname0 ; wasi_aot_table_size_0
;;     gv1 = symbol colocated userextname1 ; wasi_aot_cells_0
;;                                 block0(v0: i32):
;; @005e                               v1 = uextend.i64 v0
;; @005e                               v2 = symbol_value.i64 gv0
;; @005e                               v3 = uload32 notrap aligned v2
;; @005e                               v4 = icmp uge v1, v3
;; @005e                               trapnz v4, user7 ; out of bounds table access
;; @005e                               v5 = symbol_value.i64 gv1
;; @005e                               v6 = iconst.i64 3
;; @005e                               v7 = ishl v1, v6  ; v6 = 3
;; @005e                               v8 = iadd v5, v7
;; @005e                               v9 = iconst.i64 0
;; @005e                               v10 = select_spectre_guard v4, v9, v8  ; v9 = 0
;; @005e                               v11 = load.i64 notrap aligned v10
;; @0060                               v12 = iconst.i64 0
;; @0060                               v13 = icmp eq v11, v12  ; v12 = 0
;; @0060                               v14 = uextend.i32 v13
;; @0061                               return v14
;; }
;; ; set
;; function u0:2(i32) tail {
;;     region0 = 0 "linear memory"
;;     region1 = 1 "globals"
;;     region2 = 2 "memory size"
;;     gv0 = symbol colocated userextname0 ; wasi_aot_cells_1
;;                                 block0(v0: i32):
;; @0066                               v1 = iconst.i64 0
;; @0068                               v2 = uextend.i64 v0
;; @0068                               v3 = iconst.i64 4
;; @0068                               v4 = icmp uge v2, v3  ; v3 = 4
;; @0068                               trapnz v4, user7 ; out of bounds table access
;; @0068                               v5 = symbol_value.i64 gv0
;; @0068                               v6 = iconst.i64 3
;; @0068                               v7 = ishl v2, v6  ; v6 = 3
;; @0068                               v8 = iadd v5, v7
;; @0068                               v9 = iconst.i64 0
;; @0068                               v10 = select_spectre_guard v4, v9, v8  ; v9 = 0
;; @0068                               store notrap aligned v1, v10  ; v1 = 0
;; @006a                               return
;; }
;; ; fill
;; function u0:3(i32, i32) tail {
;;     region0 = 0 "linear memory"
;;     region1 = 1 "globals"
;;     region2 = 2 "memory size"
;;     gv0 = symbol colocated userextname0 ; wasi_aot_cells_1
;;                                 block0(v0: i32, v1: i32):
;; @006f                               v2 = iconst.i64 0
;; @0073                               v3 = uextend.i64 v1
;; @0073                               v4 = uextend.i64 v0
;; @0073                               v5 = iconst.i64 4
;; @0073                               v6 = iadd v4, v3
;; @0073                               v7 = icmp ugt v6, v5  ; v5 = 4
;; @0073                               trapnz v7, user7 ; out of bounds table access
;; @0073                               v8 = iconst.i64 0
;; @0073                               v9 = select_spectre_guard v7, v8, v3  ; v8 = 0
;; @0073                               v10 = symbol_value.i64 gv0
;; @0073                               v11 = iconst.i64 3
;; @0073                               v12 = ishl v4, v11  ; v11 = 3
;; @0073                               v13 = iadd v10, v12
;; @0073                               v14 = iconst.i64 3
;; @0073                               v15 = ishl v9, v14  ; v14 = 3
;; @0073                               v16 = iadd v13, v15
;; @0073                               jump block1(v13)
;;                                 block1(v17: i64):
;; @0073                               v18 = icmp ult v17, v16
;; @0073                               brif v18, block2, block3
;;                                 block2:
;; @0073                               v19 = iconst.i64 0
;; @0073                               v20 = select_spectre_guard.i64 v18, v17, v19  ; v19 = 0
;; @0073                               store.i64 notrap aligned v2, v20  ; v2 = 0
;; @0073                               v21 = iconst.i64 8
;; @0073                               v22 = iadd.i64 v17, v21  ; v21 = 8
;; @0073                               jump block1(v22)
;;                                 block3:
;; @0076                               return
;; }
;; ; grow
;; function u0:4(i32) -> i32 tail {
;;     region0 = 0 "linear memory"
;;     region1 = 1 "globals"
;;     region2 = 2 "memory size"
;;     gv0 = symbol colocated userextname0 ; wasi_aot_table_size_0
;;     gv1 = symbol colocated userextname1 ; wasi_aot_cells_0
;;                                 block0(v0: i32):
;; @0079                               v1 = iconst.i64 0
;; @007d                               v2 = uextend.i64 v0
;; @007d                               v3 = symbol_value.i64 gv0
;; @007d                               v4 = uload32 notrap aligned v3
;; @007d                               v5 = iadd v4, v2
;; @007d                               v6 = iconst.i64 100
;; @007d                               v7 = icmp ugt v5, v6  ; v6 = 100
;; @007d                               v8 = iconst.i32 -1
;; @007d                               brif v7, block1(v8), block2  ; v8 = -1
;;                                 block2:
;; @007d                               v10 = iconst.i64 0
;; @007d                               v11 = select_spectre_guard v7, v10, v2  ; v10 = 0
;; @007d                               v12 = symbol_value.i64 gv1
;; @007d                               v13 = iconst.i64 3
;; @007d                               v14 = ishl.i64 v4, v13  ; v13 = 3
;; @007d                               v15 = iadd v12, v14
;; @007d                               v16 = iconst.i64 3
;; @007d                               v17 = ishl v11, v16  ; v16 = 3
;; @007d                               v18 = iadd v15, v17
;; @007d                               jump block3(v15)
;;                                 block3(v19: i64):
;; @007d                               v20 = icmp ult v19, v18
;; @007d                               brif v20, block4, block5
;;                                 block4:
;; @007d                               v21 = iconst.i64 0
;; @007d                               v22 = select_spectre_guard.i64 v20, v19, v21  ; v21 = 0
;; @007d                               store.i64 notrap aligned v1, v22  ; v1 = 0
;; @007d                               v23 = iconst.i64 8
;; @007d                               v24 = iadd.i64 v19, v23  ; v23 = 8
;; @007d                               jump block3(v24)
;;                                 block5:
;; @007d                               v25 = iconst.i64 0
;; @007d                               v26 = select_spectre_guard v7, v25, v5  ; v25 = 0
;; @007d                               v27 = symbol_value.i64 gv0
;; @007d                               istore32 notrap aligned v26, v27
;; @007d                               v28 = ireduce.i32 v4
;; @007d                               jump block1(v28)
;;                                 block1(v9: i32):
;; @0080                               return v9
;; }
;; ; copy
;; function u0:5(i32, i32, i32) tail {
;;     region0 = 0 "linear memory"
;;     region1 = 1 "globals"
;;     region2 = 2 "memory size"
;;     gv0 = symbol colocated userextname0 ; wasi_aot_table_size_0
;;     gv1 = symbol colocated userextname1 ; wasi_aot_cells_0
;;     gv2 = symbol colocated userextname2 ; wasi_aot_cells_1
;;     sig0 = (i64, i64, i64) -> i64 system_v
;;     fn0 = colocated u7:0 sig0 ; memmove
;;                                 block0(v0: i32, v1: i32, v2: i32):
;; @0089                               v3 = uextend.i64 v2
;; @0089                               v4 = uextend.i64 v1
;; @0089                               v5 = uextend.i64 v0
;; @0089                               v6 = iconst.i64 4
;; @0089                               v7 = iadd v5, v3
;; @0089                               v8 = icmp ugt v7, v6  ; v6 = 4
;; @0089                               trapnz v8, user7 ; out of bounds table access
;; @0089                               v9 = symbol_value.i64 gv0
;; @0089                               v10 = uload32 notrap aligned v9
;; @0089                               v11 = iadd v4, v3
;; @0089                               v12 = icmp ugt v11, v10
;; @0089                               trapnz v12, user7 ; out of bounds table access
;; @0089                               v13 = symbol_value.i64 gv1
;; @0089                               v14 = iconst.i64 3
;; @0089                               v15 = ishl v4, v14  ; v14 = 3
;; @0089                               v16 = iadd v13, v15
;; @0089                               v17 = iconst.i64 0
;; @0089                               v18 = select_spectre_guard v12, v17, v16  ; v17 = 0
;; @0089                               v19 = iconst.i64 0
;; @0089                               v20 = select_spectre_guard v12, v19, v3  ; v19 = 0
;; @0089                               v21 = symbol_value.i64 gv2
;; @0089                               v22 = iconst.i64 3
;; @0089                               v23 = ishl v5, v22  ; v22 = 3
;; @0089                               v24 = iadd v21, v23
;; @0089                               v25 = iconst.i64 0
;; @0089                               v26 = select_spectre_guard v8, v25, v24  ; v25 = 0
;; @0089                               v27 = iconst.i64 0
;; @0089                               v28 = select_spectre_guard v8, v27, v20  ; v27 = 0
;; @0089                               v29 = iconst.i64 3
;; @0089                               v30 = ishl v28, v29  ; v29 = 3
;; @0089                               v31 = call fn0(v26, v18, v30)
;; @008d                               return
;; }
;; ; init
;; function u0:6(i32, i32, i32) tail {
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
;; @0096                               v3 = uextend.i64 v2
;; @0096                               v4 = uextend.i64 v1
;; @0096                               v5 = uextend.i64 v0
;; @0096                               v6 = symbol_value.i64 gv0
;; @0096                               v7 = uload32 notrap aligned v6
;; @0096                               v8 = iadd v5, v3
;; @0096                               v9 = icmp ugt v8, v7
;; @0096                               trapnz v9, user7 ; out of bounds table access
;; @0096                               v10 = symbol_value.i64 gv1
;; @0096                               v11 = load.i64 notrap aligned v10
;; @0096                               v12 = iadd v4, v3
;; @0096                               v13 = icmp ugt v12, v11
;; @0096                               trapnz v13, user7 ; out of bounds table access
;; @0096                               v14 = symbol_value.i64 gv2
;; @0096                               v15 = iconst.i64 3
;; @0096                               v16 = ishl v4, v15  ; v15 = 3
;; @0096                               v17 = iadd v14, v16
;; @0096                               v18 = iconst.i64 0
;; @0096                               v19 = select_spectre_guard v13, v18, v17  ; v18 = 0
;; @0096                               v20 = iconst.i64 0
;; @0096                               v21 = select_spectre_guard v13, v20, v3  ; v20 = 0
;; @0096                               v22 = symbol_value.i64 gv3
;; @0096                               v23 = iconst.i64 3
;; @0096                               v24 = ishl v5, v23  ; v23 = 3
;; @0096                               v25 = iadd v22, v24
;; @0096                               v26 = iconst.i64 0
;; @0096                               v27 = select_spectre_guard v9, v26, v25  ; v26 = 0
;; @0096                               v28 = iconst.i64 0
;; @0096                               v29 = select_spectre_guard v9, v28, v21  ; v28 = 0
;; @0096                               v30 = iconst.i64 3
;; @0096                               v31 = ishl v29, v30  ; v30 = 3
;; @0096                               v32 = call fn0(v27, v19, v31)
;; @009a                               return
;; }
;; ; call
;; function u0:7(i32, i32) -> i32 tail {
;;     region0 = 0 "linear memory"
;;     region1 = 1 "globals"
;;     region2 = 2 "memory size"
;;     gv0 = symbol colocated userextname0 ; wasi_aot_table_size_0
;;     gv1 = symbol colocated userextname1 ; wasi_aot_cells_0
;;     sig0 = (i32) -> i32 tail
;;                                 block0(v0: i32, v1: i32):
;; @00a1                               v2 = uextend.i64 v1
;; @00a1                               v3 = symbol_value.i64 gv0
;; @00a1                               v4 = uload32 notrap aligned v3
;; @00a1                               v5 = icmp uge v2, v4
;; @00a1                               trapnz v5, user2 ; undefined element
;; @00a1                               v6 = symbol_value.i64 gv1
;; @00a1                               v7 = iconst.i64 3
;; @00a1                               v8 = ishl v2, v7  ; v7 = 3
;; @00a1                               v9 = iadd v6, v8
;; @00a1                               v10 = iconst.i64 0
;; @00a1                               v11 = select_spectre_guard v5, v10, v9  ; v10 = 0
;; @00a1                               v12 = load.i64 notrap aligned v11
;; @00a1                               v13 = iconst.i64 32
;; @00a1                               v14 = ushr v12, v13  ; v13 = 32
;; @00a1                               v15 = iconst.i64 1
;; @00a1                               v16 = icmp ne v14, v15  ; v15 = 1
;; @00a1                               brif v16, block1, block2
;;                                 block1 cold:
;; @00a1                               trapz.i64 v12, user3 ; uninitialized element
;; @00a1                               trap user4 ; indirect call type mismatch
;;                                 block2:
;; @00a1                               v17 = iconst.i64 0xffff_ffff
;; @00a1                               v18 = band.i64 v12, v17  ; v17 = 0xffff_ffff
;; @00a1                               v19 = iconst.i64 0
;; @00a1                               v20 = select_spectre_guard v16, v19, v18  ; v19 = 0
;; @00a1                               v21 = call_indirect sig0, v20(v0)
;; @00a4                               return v21
;; }
