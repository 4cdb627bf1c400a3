;;! emit = clif
;; Both ranges are checked before anything is written, unless the length is short
;; and constant: then all is loaded before anything is stored.
(module
  (memory 1)
  (func $copy (param i32 i32 i32) (memory.copy (local.get 0) (local.get 1) (local.get 2)))
  (func $fill (param i32 i32 i32) (memory.fill (local.get 0) (local.get 1) (local.get 2)))
  (func $copy_24 (param i32 i32) (memory.copy (local.get 0) (local.get 1) (i32.const 24)))
  (func $copy_0 (param i32 i32) (memory.copy (local.get 0) (local.get 1) (i32.const 0)))
  (func $clear_40 (param i32) (memory.fill (local.get 0) (i32.const 0) (i32.const 40)))
  (func $fill_7 (param i32) (memory.fill (local.get 0) (i32.const 0x1ab) (i32.const 7)))
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
;; @0043                               trapnz v12, user5 ; out of bounds memory access
;; @0043                               v13 = iadd v4, v3
;; @0043                               v14 = symbol_value.i64 gv0
;; @0043                               v15 = load.i32 notrap aligned region2 v14
;; @0043                               v16 = uextend.i64 v15
;; @0043                               v17 = iconst.i64 16
;; @0043                               v18 = ishl v16, v17  ; v17 = 16
;; @0043                               v19 = icmp ugt v13, v18
;; @0043                               trapnz v19, user5 ; out of bounds memory access
;; @0043                               v20 = iconst.i64 0x1000_0000
;; @0043                               v21 = iadd v4, v20  ; v20 = 0x1000_0000
;; @0043                               v22 = iconst.i64 0x1000_0000
;; @0043                               v23 = iadd v5, v22  ; v22 = 0x1000_0000
;; @0043                               v24 = call fn0(v23, v21, v3)
;; @0047                               return
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
;; @0050                               v3 = uextend.i64 v2
;; @0050                               v4 = uextend.i64 v1
;; @0050                               v5 = uextend.i64 v0
;; @0050                               v6 = iadd v5, v3
;; @0050                               v7 = symbol_value.i64 gv0
;; @0050                               v8 = load.i32 notrap aligned region2 v7
;; @0050                               v9 = uextend.i64 v8
;; @0050                               v10 = iconst.i64 16
;; @0050                               v11 = ishl v9, v10  ; v10 = 16
;; @0050                               v12 = icmp ugt v6, v11
;; @0050                               trapnz v12, user5 ; out of bounds memory access
;; @0050                               v13 = iconst.i64 0x1000_0000
;; @0050                               v14 = iadd v5, v13  ; v13 = 0x1000_0000
;; @0050                               v15 = call fn0(v14, v4, v3)
;; @0053                               return
;; }
;; ; copy_24
;; function u0:2(i32, i32) tail {
;;     region0 = 0 "linear memory"
;;     region1 = 1 "globals"
;;     region2 = 2 "memory size"
;;                                 block0(v0: i32, v1: i32):
;; @005c                               v2 = uextend.i64 v1
;; @005c                               v3 = iconst.i64 0x1000_0000
;; @005c                               v4 = iadd v2, v3  ; v3 = 0x1000_0000
;; @005c                               v5 = uextend.i64 v0
;; @005c                               v6 = iconst.i64 0x1000_0000
;; @005c                               v7 = iadd v5, v6  ; v6 = 0x1000_0000
;; @005c                               v8 = load.i8x16 little region0 v4
;; @005c                               v9 = load.i8x16 little region0 v4+8
;; @005c                               store little region0 v8, v7
;; @005c                               store little region0 v9, v7+8
;; @0060                               return
;; }
;; ; copy_0
;; function u0:3(i32, i32) tail {
;;     region0 = 0 "linear memory"
;;     region1 = 1 "globals"
;;     region2 = 2 "memory size"
;;     gv0 = symbol colocated userextname0 ; wasi_aot_memory_pages
;;     sig0 = (i64, i64, i64) -> i64 system_v
;;     fn0 = colocated u7:0 sig0 ; memmove
;;                                 block0(v0: i32, v1: i32):
;; @0067                               v2 = iconst.i32 0
;; @0069                               v3 = uextend.i64 v2  ; v2 = 0
;; @0069                               v4 = uextend.i64 v1
;; @0069                               v5 = uextend.i64 v0
;; @0069                               v6 = iadd v5, v3
;; @0069                               v7 = symbol_value.i64 gv0
;; @0069                               v8 = load.i32 notrap aligned region2 v7
;; @0069                               v9 = uextend.i64 v8
;; @0069                               v10 = iconst.i64 16
;; @0069                               v11 = ishl v9, v10  ; v10 = 16
;; @0069                               v12 = icmp ugt v6, v11
;; @0069                               trapnz v12, user5 ; out of bounds memory access
;; @0069                               v13 = iadd v4, v3
;; @0069                               v14 = symbol_value.i64 gv0
;; @0069                               v15 = load.i32 notrap aligned region2 v14
;; @0069                               v16 = uextend.i64 v15
;; @0069                               v17 = iconst.i64 16
;; @0069                               v18 = ishl v16, v17  ; v17 = 16
;; @0069                               v19 = icmp ugt v13, v18
;; @0069                               trapnz v19, user5 ; out of bounds memory access
;; @0069                               v20 = iconst.i64 0x1000_0000
;; @0069                               v21 = iadd v4, v20  ; v20 = 0x1000_0000
;; @0069                               v22 = iconst.i64 0x1000_0000
;; @0069                               v23 = iadd v5, v22  ; v22 = 0x1000_0000
;; @0069                               v24 = call fn0(v23, v21, v3)
;; @006d                               return
;; }
;; ; clear_40
;; function u0:4(i32) tail {
;;     region0 = 0 "linear memory"
;;     region1 = 1 "globals"
;;     region2 = 2 "memory size"
;;     const0 = 0x00000000000000000000000000000000
;;                                 block0(v0: i32):
;; @0076                               v1 = uextend.i64 v0
;; @0076                               v2 = iconst.i64 0x1000_0000
;; @0076                               v3 = iadd v1, v2  ; v2 = 0x1000_0000
;; @0076                               v4 = vconst.i8x16 const0
;; @0076                               store little region0 v4, v3  ; v4 = const0
;; @0076                               v5 = vconst.i8x16 const0
;; @0076                               store little region0 v5, v3+16  ; v5 = const0
;; @0076                               v6 = vconst.i8x16 const0
;; @0076                               store little region0 v6, v3+24  ; v6 = const0
;; @0079                               return
;; }
;; ; fill_7
;; function u0:5(i32) tail {
;;     region0 = 0 "linear memory"
;;     region1 = 1 "globals"
;;     region2 = 2 "memory size"
;;                                 block0(v0: i32):
;; @0083                               v1 = uextend.i64 v0
;; @0083                               v2 = iconst.i64 0x1000_0000
;; @0083                               v3 = iadd v1, v2  ; v2 = 0x1000_0000
;; @0083                               v4 = iconst.i32 -1414812757
;; @0083                               store little region0 v4, v3  ; v4 = -1414812757
;; @0083                               v5 = iconst.i32 -1414812757
;; @0083                               store little region0 v5, v3+3  ; v5 = -1414812757
;; @0086                               return
;; }
