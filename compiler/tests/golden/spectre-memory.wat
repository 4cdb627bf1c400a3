;;! emit = clif
;;! spectre = on
;; An access with a large offset is compared, and its index guarded; what relies on
;; PROT_NONE is not compared, so there is nothing to guard: small offsets, and short
;; constant copies.
(module
  (memory 1)
  (func $large (param i32) (result i64)
    (i64.load offset=0x40000001 (local.get 0)))
  (func $large_store (param i32 v128)
    (v128.store offset=0xffffffff (local.get 0) (local.get 1)))
  (func $large_lane (param i32 v128) (result v128)
    (v128.load16_lane offset=0x80000000 3 (local.get 0) (local.get 1)))
  (func $small (param i32) (result i64)
    (i64.load offset=0x40000000 (local.get 0)))
  (func $short_copy (param i32 i32)
    (memory.copy (local.get 0) (local.get 1) (i32.const 16)))
  (func $short_fill (param i32)
    (memory.fill (local.get 0) (i32.const 0) (i32.const 16)))
  (func (export "_start")))
;; expected:
;; ; large
;; function u0:0(i32) -> i64 tail {
;;     region0 = 0 "linear memory"
;;     region1 = 1 "globals"
;;     region2 = 2 "memory size"
;;     gv0 = symbol colocated userextname0 ; wasi_aot_memory_pages
;;                                 block0(v0: i32):
;; @0049                               v1 = uextend.i64 v0
;; @0049                               v2 = iconst.i64 0x4000_0001
;; @0049                               v3 = iadd v1, v2  ; v2 = 0x4000_0001
;; @0049                               v4 = iconst.i64 8
;; @0049                               v5 = iadd v3, v4  ; v4 = 8
;; @0049                               v6 = symbol_value.i64 gv0
;; @0049                               v7 = load.i32 notrap aligned region2 v6
;; @0049                               v8 = uextend.i64 v7
;; @0049                               v9 = iconst.i64 16
;; @0049                               v10 = ishl v8, v9  ; v9 = 16
;; @0049                               v11 = icmp ugt v5, v10
;; @0049                               trapnz v11, user5 ; out of bounds memory access
;; @0049                               v12 = iconst.i64 0
;; @0049                               v13 = select_spectre_guard v11, v12, v3  ; v12 = 0
;; @0049                               v14 = iconst.i64 0x1000_0000
;; @0049                               v15 = iadd v13, v14  ; v14 = 0x1000_0000
;; @0049                               v16 = load.i64 little region0 v15
;; @0050                               return v16
;; }
;; ; large_store
;; function u0:1(i32, i8x16) tail {
;;     region0 = 0 "linear memory"
;;     region1 = 1 "globals"
;;     region2 = 2 "memory size"
;;     gv0 = symbol colocated userextname0 ; wasi_aot_memory_pages
;;                                 block0(v0: i32, v1: i8x16):
;; @0057                               v2 = uextend.i64 v0
;; @0057                               v3 = iconst.i64 0xffff_ffff
;; @0057                               v4 = iadd v2, v3  ; v3 = 0xffff_ffff
;; @0057                               v5 = iconst.i64 16
;; @0057                               v6 = iadd v4, v5  ; v5 = 16
;; @0057                               v7 = symbol_value.i64 gv0
;; @0057                               v8 = load.i32 notrap aligned region2 v7
;; @0057                               v9 = uextend.i64 v8
;; @0057                               v10 = iconst.i64 16
;; @0057                               v11 = ishl v9, v10  ; v10 = 16
;; @0057                               v12 = icmp ugt v6, v11
;; @0057                               trapnz v12, user5 ; out of bounds memory access
;; @0057                               v13 = iconst.i64 0
;; @0057                               v14 = select_spectre_guard v12, v13, v4  ; v13 = 0
;; @0057                               v15 = iconst.i64 0x1000_0000
;; @0057                               v16 = iadd v14, v15  ; v15 = 0x1000_0000
;; @0057                               store little region0 v1, v16
;; @005f                               return
;; }
;; ; large_lane
;; function u0:2(i32, i8x16) -> i8x16 tail {
;;     region0 = 0 "linear memory"
;;     region1 = 1 "globals"
;;     region2 = 2 "memory size"
;;     gv0 = symbol colocated userextname0 ; wasi_aot_memory_pages
;;                                 block0(v0: i32, v1: i8x16):
;; @0066                               v2 = bitcast.i16x8 little v1
;; @0066                               v3 = uextend.i64 v0
;; @0066                               v4 = iconst.i64 0x8000_0000
;; @0066                               v5 = iadd v3, v4  ; v4 = 0x8000_0000
;; @0066                               v6 = iconst.i64 2
;; @0066                               v7 = iadd v5, v6  ; v6 = 2
;; @0066                               v8 = symbol_value.i64 gv0
;; @0066                               v9 = load.i32 notrap aligned region2 v8
;; @0066                               v10 = uextend.i64 v9
;; @0066                               v11 = iconst.i64 16
;; @0066                               v12 = ishl v10, v11  ; v11 = 16
;; @0066                               v13 = icmp ugt v7, v12
;; @0066                               trapnz v13, user5 ; out of bounds memory access
;; @0066                               v14 = iconst.i64 0
;; @0066                               v15 = select_spectre_guard v13, v14, v5  ; v14 = 0
;; @0066                               v16 = iconst.i64 0x1000_0000
;; @0066                               v17 = iadd v15, v16  ; v16 = 0x1000_0000
;; @0066                               v18 = load.i16 little region0 v17
;; @0066                               v19 = insertlane v2, v18, 3
;; @0066                               v20 = bitcast.i8x16 little v19
;; @006f                               return v20
;; }
;; ; small
;; function u0:3(i32) -> i64 tail {
;;     region0 = 0 "linear memory"
;;     region1 = 1 "globals"
;;     region2 = 2 "memory size"
;;                                 block0(v0: i32):
;; @0074                               v1 = uextend.i64 v0
;; @0074                               v2 = iconst.i64 0x1000_0000
;; @0074                               v3 = iadd v1, v2  ; v2 = 0x1000_0000
;; @0074                               v4 = load.i64 little region0 v3+0x4000_0000
;; @007b                               return v4
;; }
;; ; short_copy
;; function u0:4(i32, i32) tail {
;;     region0 = 0 "linear memory"
;;     region1 = 1 "globals"
;;     region2 = 2 "memory size"
;;                                 block0(v0: i32, v1: i32):
;; @0084                               v2 = uextend.i64 v1
;; @0084                               v3 = iconst.i64 0x1000_0000
;; @0084                               v4 = iadd v2, v3  ; v3 = 0x1000_0000
;; @0084                               v5 = uextend.i64 v0
;; @0084                               v6 = iconst.i64 0x1000_0000
;; @0084                               v7 = iadd v5, v6  ; v6 = 0x1000_0000
;; @0084                               v8 = load.i8x16 little region0 v4
;; @0084                               store little region0 v8, v7
;; @0088                               return
;; }
;; ; short_fill
;; function u0:5(i32) tail {
;;     region0 = 0 "linear memory"
;;     region1 = 1 "globals"
;;     region2 = 2 "memory size"
;;     const0 = 0x00000000000000000000000000000000
;;                                 block0(v0: i32):
;; @0091                               v1 = uextend.i64 v0
;; @0091                               v2 = iconst.i64 0x1000_0000
;; @0091                               v3 = iadd v1, v2  ; v2 = 0x1000_0000
;; @0091                               v4 = vconst.i8x16 const0
;; @0091                               store little region0 v4, v3  ; v4 = const0
;; @0094                               return
;; }
