;;! emit = clif
;; Offsets that the guard absorbs are unchecked; others are compared with the
;; current size.
(module
  (memory 1)
  (func $load (param i32) (result i64) (i64.load offset=8 (local.get 0)))
  (func $load_narrow (param i32) (result i64) (i64.load32_s (local.get 0)))
  (func $store (param i32 f64) (f64.store (local.get 0) (local.get 1)))
  (func $store_narrow (param i32 i64) (i64.store16 (local.get 0) (local.get 1)))
  (func $load_far (param i32) (result i32) (i32.load offset=0x40000001 (local.get 0)))
  (func (export "_start")))
;; expected:
;; ; load
;; function u0:0(i32) -> i64 tail {
;;     region0 = 0 "linear memory"
;;     region1 = 1 "globals"
;;     region2 = 2 "memory size"
;;                                 block0(v0: i32):
;; @0043                               v1 = uextend.i64 v0
;; @0043                               v2 = iconst.i64 0x1000_0000
;; @0043                               v3 = iadd v1, v2  ; v2 = 0x1000_0000
;; @0043                               v4 = load.i64 little region0 v3+8
;; @0046                               return v4
;; }
;; ; load_narrow
;; function u0:1(i32) -> i64 tail {
;;     region0 = 0 "linear memory"
;;     region1 = 1 "globals"
;;     region2 = 2 "memory size"
;;                                 block0(v0: i32):
;; @004b                               v1 = uextend.i64 v0
;; @004b                               v2 = iconst.i64 0x1000_0000
;; @004b                               v3 = iadd v1, v2  ; v2 = 0x1000_0000
;; @004b                               v4 = sload32 little region0 v3
;; @004e                               return v4
;; }
;; ; store
;; function u0:2(i32, f64) tail {
;;     region0 = 0 "linear memory"
;;     region1 = 1 "globals"
;;     region2 = 2 "memory size"
;;                                 block0(v0: i32, v1: f64):
;; @0055                               v2 = uextend.i64 v0
;; @0055                               v3 = iconst.i64 0x1000_0000
;; @0055                               v4 = iadd v2, v3  ; v3 = 0x1000_0000
;; @0055                               store little region0 v1, v4
;; @0058                               return
;; }
;; ; store_narrow
;; function u0:3(i32, i64) tail {
;;     region0 = 0 "linear memory"
;;     region1 = 1 "globals"
;;     region2 = 2 "memory size"
;;                                 block0(v0: i32, v1: i64):
;; @005f                               v2 = uextend.i64 v0
;; @005f                               v3 = iconst.i64 0x1000_0000
;; @005f                               v4 = iadd v2, v3  ; v3 = 0x1000_0000
;; @005f                               istore16 little region0 v1, v4
;; @0062                               return
;; }
;; ; load_far
;; function u0:4(i32) -> i32 tail {
;;     region0 = 0 "linear memory"
;;     region1 = 1 "globals"
;;     region2 = 2 "memory size"
;;     gv0 = symbol colocated userextname0 ; wasi_aot_memory_pages
;;                                 block0(v0: i32):
;; @0067                               v1 = uextend.i64 v0
;; @0067                               v2 = iconst.i64 0x4000_0001
;; @0067                               v3 = iadd v1, v2  ; v2 = 0x4000_0001
;; @0067                               v4 = iconst.i64 4
;; @0067                               v5 = iadd v3, v4  ; v4 = 4
;; @0067                               v6 = symbol_value.i64 gv0
;; @0067                               v7 = load.i32 notrap aligned region2 v6
;; @0067                               v8 = uextend.i64 v7
;; @0067                               v9 = iconst.i64 16
;; @0067                               v10 = ishl v8, v9  ; v9 = 16
;; @0067                               v11 = icmp ugt v5, v10
;; @0067                               trapnz v11, user5 ; out of bounds memory access
;; @0067                               v12 = iconst.i64 0x1000_0000
;; @0067                               v13 = iadd v3, v12  ; v12 = 0x1000_0000
;; @0067                               v14 = load.i32 little region0 v13
;; @006e                               return v14
;; }
