;;! emit = clif
;; A passive segment: its bytes are read-only, its length is a cell.
(module
  (memory 1)
  (data $five "abcde")
  (func $init (param i32 i32 i32)
    (memory.init $five (local.get 0) (local.get 1) (local.get 2)))
  (func $drop (data.drop $five))
  (func (export "_start")))
;; expected:
;; ; init
;; function u0:0(i32, i32, i32) tail {
;;     region0 = 0 "linear memory"
;;     region1 = 1 "globals"
;;     region2 = 2 "memory size"
;;     gv0 = symbol colocated userextname0 ; wasi_aot_memory_pages
;;     gv1 = symbol colocated userextname1 ; wasi_aot_data_length_0
;;     gv2 = symbol colocated userextname2 ; wasi_aot_data_0
;;     sig0 = (i64, i64, i64) -> i64 system_v
;;     fn0 = colocated u7:0 sig0 ; memmove
;;                                 block0(v0: i32, v1: i32, v2: i32):
;; @0039                               v3 = uextend.i64 v2
;; @0039                               v4 = uextend.i64 v1
;; @0039                               v5 = uextend.i64 v0
;; @0039                               v6 = iadd v5, v3
;; @0039                               v7 = symbol_value.i64 gv0
;; @0039                               v8 = load.i32 notrap aligned region2 v7
;; @0039                               v9 = uextend.i64 v8
;; @0039                               v10 = iconst.i64 16
;; @0039                               v11 = ishl v9, v10  ; v10 = 16
;; @0039                               v12 = icmp ugt v6, v11
;; @0039                               trapnz v12, user5 ; out of bounds memory access
;; @0039                               v13 = symbol_value.i64 gv1
;; @0039                               v14 = load.i64 notrap aligned v13
;; @0039                               v15 = iadd v4, v3
;; @0039                               v16 = icmp ugt v15, v14
;; @0039                               trapnz v16, user5 ; out of bounds memory access
;; @0039                               v17 = symbol_value.i64 gv2
;; @0039                               v18 = iadd v17, v4
;; @0039                               v19 = iconst.i64 0x1000_0000
;; @0039                               v20 = iadd v5, v19  ; v19 = 0x1000_0000
;; @0039                               v21 = call fn0(v20, v18, v3)
;; @003d                               return
;; }
;; ; drop
;; function u0:1() tail {
;;     region0 = 0 "linear memory"
;;     region1 = 1 "globals"
;;     region2 = 2 "memory size"
;;     gv0 = symbol colocated userextname0 ; wasi_aot_data_length_0
;;                                 block0:
;; @0040                               v0 = symbol_value.i64 gv0
;; @0040                               v1 = iconst.i64 0
;; @0040                               store notrap aligned v1, v0  ; v1 = 0
;; @0043                               return
;; }
