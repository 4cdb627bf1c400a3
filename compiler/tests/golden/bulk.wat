;;! emit = clif
;; Both ranges are checked before anything is written.
(module
  (memory 1)
  (func $copy (param i32 i32 i32) (memory.copy (local.get 0) (local.get 1) (local.get 2)))
  (func $fill (param i32 i32 i32) (memory.fill (local.get 0) (local.get 1) (local.get 2)))
  (func (export "_start")))
;; expected:
;; ; copy
;; function u0:0(i32, i32, i32) tail {
;;     region0 = 0 "linear memory"
;;     region1 = 1 "globals"
;;     region2 = 2 "memory size"
;;     gv0 = symbol colocated userextname0
;;     sig0 = (i64, i64, i64) -> i64 system_v
;;     fn0 = colocated u7:0 sig0
;;                                 block0(v0: i32, v1: i32, v2: i32):
;; @0036                               v3 = uextend.i64 v2
;; @0036                               v4 = uextend.i64 v1
;; @0036                               v5 = uextend.i64 v0
;; @0036                               v6 = iadd v5, v3
;; @0036                               v7 = symbol_value.i64 gv0
;; @0036                               v8 = load.i32 notrap aligned region2 v7
;; @0036                               v9 = uextend.i64 v8
;; @0036                               v10 = iconst.i64 16
;; @0036                               v11 = ishl v9, v10  ; v10 = 16
;; @0036                               v12 = icmp ugt v6, v11
;; @0036                               trapnz v12, user5
;; @0036                               v13 = iadd v4, v3
;; @0036                               v14 = symbol_value.i64 gv0
;; @0036                               v15 = load.i32 notrap aligned region2 v14
;; @0036                               v16 = uextend.i64 v15
;; @0036                               v17 = iconst.i64 16
;; @0036                               v18 = ishl v16, v17  ; v17 = 16
;; @0036                               v19 = icmp ugt v13, v18
;; @0036                               trapnz v19, user5
;; @0036                               v20 = iconst.i64 0x1000_0000
;; @0036                               v21 = iadd v4, v20  ; v20 = 0x1000_0000
;; @0036                               v22 = iconst.i64 0x1000_0000
;; @0036                               v23 = iadd v5, v22  ; v22 = 0x1000_0000
;; @0036                               v24 = call fn0(v23, v21, v3)
;; @0036                               return
;; }
;; ; fill
;; function u0:1(i32, i32, i32) tail {
;;     region0 = 0 "linear memory"
;;     region1 = 1 "globals"
;;     region2 = 2 "memory size"
;;     gv0 = symbol colocated userextname0
;;     sig0 = (i64, i64, i64) -> i64 system_v
;;     fn0 = colocated u8:0 sig0
;;                                 block0(v0: i32, v1: i32, v2: i32):
;; @0043                               v3 = uextend.i64 v2
;; @0043                               v4 = uextend.i64 v1
;; @0043                               v5 = uextend.i64 v0
;; @0043                               v6 = iadd v5, v3
;; @0043                               v7 = symbol_value.i64 gv0
;; @0043                               v8 = load.i32 notrap aligned region2 v7
;; @0043                               v9 = uextend.i64 v8
;; @0043                               v10 = iconst.i64 16
;; @0043                               v11 = ishl v9, v10  ; v10 = 16
;; @0043                               v12 = icmp ugt v6, v11
;; @0043                               trapnz v12, user5
;; @0043                               v13 = iconst.i64 0x1000_0000
;; @0043                               v14 = iadd v5, v13  ; v13 = 0x1000_0000
;; @0043                               v15 = call fn0(v14, v4, v3)
;; @0043                               return
;; }
