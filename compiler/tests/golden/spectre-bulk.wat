;;! emit = clif
;;! spectre = on
;; Ranges of bulk operations are guarded: an index or address and the length.
(module
  (memory 1)
  (data $passive "segment")
  (func $copy (param i32 i32 i32)
    (memory.copy (local.get 0) (local.get 1) (local.get 2)))
  (func $fill (param i32 i32 i32)
    (memory.fill (local.get 0) (local.get 1) (local.get 2)))
  (func $init (param i32 i32 i32)
    (memory.init $passive (local.get 0) (local.get 1) (local.get 2)))
  (func (export "_start")))
;; expected:
;; ; copy
;; function u0:0(i32, i32, i32) tail {
;;     region0 = 0 "linear memory"
;;     region1 = 1 "globals"
;;     region2 = 2 "memory size"
;;     gv0 = symbol colocated userextname0 ; wasi_aot_memory_pages
;;     sig0 = (i64, i64, i64) -> i64 system_v
;;     fn0 = colocated u7:0 sig0 ; memmove
;;                                 block0(v0: i32, v1: i32, v2: i32):
;; @003a                               v3 = uextend.i64 v2
;; @003a                               v4 = uextend.i64 v1
;; @003a                               v5 = uextend.i64 v0
;; @003a                               v6 = iadd v5, v3
;; @003a                               v7 = symbol_value.i64 gv0
;; @003a                               v8 = load.i32 notrap aligned region2 v7
;; @003a                               v9 = uextend.i64 v8
;; @003a                               v10 = iconst.i64 16
;; @003a                               v11 = ishl v9, v10  ; v10 = 16
;; @003a                               v12 = icmp ugt v6, v11
;; @003a                               trapnz v12, user5 ; out of bounds memory access
;; @003a                               v13 = iconst.i64 0
;; @003a                               v14 = select_spectre_guard v12, v13, v3  ; v13 = 0
;; @003a                               v15 = iadd v4, v14
;; @003a                               v16 = symbol_value.i64 gv0
;; @003a                               v17 = load.i32 notrap aligned region2 v16
;; @003a                               v18 = uextend.i64 v17
;; @003a                               v19 = iconst.i64 16
;; @003a                               v20 = ishl v18, v19  ; v19 = 16
;; @003a                               v21 = icmp ugt v15, v20
;; @003a                               trapnz v21, user5 ; out of bounds memory access
;; @003a                               v22 = iconst.i64 0
;; @003a                               v23 = select_spectre_guard v21, v22, v14  ; v22 = 0
;; @003a                               v24 = iconst.i64 0x1000_0000
;; @003a                               v25 = iadd v4, v24  ; v24 = 0x1000_0000
;; @003a                               v26 = iconst.i64 0x1000_0000
;; @003a                               v27 = iadd v5, v26  ; v26 = 0x1000_0000
;; @003a                               v28 = call fn0(v27, v25, v23)
;; @003e                               return
;; }
;; ; fill
;; function u0:1(i32, i32, i32) tail {
;;     region0 = 0 "linear memory"
;;     region1 = 1 "globals"
;;     region2 = 2 "memory size"
;;     gv0 = symbol colocated userextname0 ; wasi_aot_memory_pages
;;     sig0 = (i64, i64, i64) -> i64 system_v
;;     fn0 = colocated u8:0 sig0 ; memset
;;                                 block0(v0: i32, v1: i32, v2: i32):
;; @0047                               v3 = uextend.i64 v2
;; @0047                               v4 = uextend.i64 v1
;; @0047                               v5 = uextend.i64 v0
;; @0047                               v6 = iadd v5, v3
;; @0047                               v7 = symbol_value.i64 gv0
;; @0047                               v8 = load.i32 notrap aligned region2 v7
;; @0047                               v9 = uextend.i64 v8
;; @0047                               v10 = iconst.i64 16
;; @0047                               v11 = ishl v9, v10  ; v10 = 16
;; @0047                               v12 = icmp ugt v6, v11
;; @0047                               trapnz v12, user5 ; out of bounds memory access
;; @0047                               v13 = iconst.i64 0
;; @0047                               v14 = select_spectre_guard v12, v13, v3  ; v13 = 0
;; @0047                               v15 = iconst.i64 0x1000_0000
;; @0047                               v16 = iadd v5, v15  ; v15 = 0x1000_0000
;; @0047                               v17 = call fn0(v16, v4, v14)
;; @004a                               return
;; }
;; ; init
;; function u0:2(i32, i32, i32) tail {
;;     region0 = 0 "linear memory"
;;     region1 = 1 "globals"
;;     region2 = 2 "memory size"
;;     gv0 = symbol colocated userextname0 ; wasi_aot_memory_pages
;;     gv1 = symbol colocated userextname1 ; wasi_aot_data_length_0
;;     gv2 = symbol colocated userextname2 ; wasi_aot_data_0
;;     sig0 = (i64, i64, i64) -> i64 system_v
;;     fn0 = colocated u7:0 sig0 ; memmove
;;                                 block0(v0: i32, v1: i32, v2: i32):
;; @0053                               v3 = uextend.i64 v2
;; @0053                               v4 = uextend.i64 v1
;; @0053                               v5 = uextend.i64 v0
;; @0053                               v6 = iadd v5, v3
;; @0053                               v7 = symbol_value.i64 gv0
;; @0053                               v8 = load.i32 notrap aligned region2 v7
;; @0053                               v9 = uextend.i64 v8
;; @0053                               v10 = iconst.i64 16
;; @0053                               v11 = ishl v9, v10  ; v10 = 16
;; @0053                               v12 = icmp ugt v6, v11
;; @0053                               trapnz v12, user5 ; out of bounds memory access
;; @0053                               v13 = iconst.i64 0
;; @0053                               v14 = select_spectre_guard v12, v13, v3  ; v13 = 0
;; @0053                               v15 = symbol_value.i64 gv1
;; @0053                               v16 = load.i64 notrap aligned v15
;; @0053                               v17 = iadd v4, v14
;; @0053                               v18 = icmp ugt v17, v16
;; @0053                               trapnz v18, user5 ; out of bounds memory access
;; @0053                               v19 = symbol_value.i64 gv2
;; @0053                               v20 = iadd v19, v4
;; @0053                               v21 = iconst.i64 0
;; @0053                               v22 = select_spectre_guard v18, v21, v20  ; v21 = 0
;; @0053                               v23 = iconst.i64 0
;; @0053                               v24 = select_spectre_guard v18, v23, v14  ; v23 = 0
;; @0053                               v25 = iconst.i64 0x1000_0000
;; @0053                               v26 = iadd v5, v25  ; v25 = 0x1000_0000
;; @0053                               v27 = call fn0(v26, v22, v24)
;; @0057                               return
;; }
