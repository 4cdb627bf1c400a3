;;! emit = clif
;;! cpu = x86-64-v1
;; Without SSE4.1 rounding is arithmetic: no call of a C library.
(module
  (func $ceil (param f64) (result f64) (f64.ceil (local.get 0)))
  (func $nearest (param f32) (result f32) (f32.nearest (local.get 0)))
  (func $trunc (param v128) (result v128) (f32x4.trunc (local.get 0)))
  (func (export "_start")))
;; expected:
;; ; ceil
;; function u0:0(f64) -> f64 tail {
;;     region0 = 0 "linear memory"
;;     region1 = 1 "globals"
;;     region2 = 2 "memory size"
;;     const0 = 0x43300000000000004330000000000000
;;     const1 = 0x80000000000000008000000000000000
;;     const2 = 0x3ff00000000000003ff0000000000000
;;     const3 = 0x00000000000000000000000000000000
;;                                 block0(v0: f64):
;; @0037                               v1 = scalar_to_vector.f64x2 v0
;; @0037                               v2 = vconst.f64x2 const0
;; @0037                               v3 = vconst.f64x2 const1
;; @0037                               v4 = bitcast.i64x2 little v3  ; v3 = const1
;; @0037                               v5 = bitcast.i64x2 little v1
;; @0037                               v6 = band v4, v5
;; @0037                               v7 = bitcast.f64x2 little v6
;; @0037                               v8 = bitcast.i64x2 little v1
;; @0037                               v9 = bxor v8, v6
;; @0037                               v10 = bitcast.f64x2 little v9
;; @0037                               v11 = fadd v10, v2  ; v2 = const0
;; @0037                               v12 = fsub v11, v2  ; v2 = const0
;; @0037                               v13 = bitcast.i64x2 little v12
;; @0037                               v14 = bor v13, v6
;; @0037                               v15 = bitcast.f64x2 little v14
;; @0037                               v16 = fcmp lt v15, v1
;; @0037                               v17 = vconst.f64x2 const2
;; @0037                               v18 = bitcast.i64x2 little v17  ; v17 = const2
;; @0037                               v19 = band v16, v18
;; @0037                               v20 = bitcast.f64x2 little v19
;; @0037                               v21 = fadd v15, v20
;; @0037                               v22 = bitcast.i64x2 little v21
;; @0037                               v23 = bor v22, v6
;; @0037                               v24 = bitcast.f64x2 little v23
;; @0037                               v25 = vconst.f64x2 const3
;; @0037                               v26 = fadd v1, v25  ; v25 = const3
;; @0037                               v27 = fcmp lt v10, v2  ; v2 = const0
;; @0037                               v28 = bitcast.i64x2 little v26
;; @0037                               v29 = bitselect v27, v23, v28
;; @0037                               v30 = bitcast.f64x2 little v29
;; @0037                               v31 = extractlane v30, 0
;; @0038                               return v31
;; }
;; ; nearest
;; function u0:1(f32) -> f32 tail {
;;     region0 = 0 "linear memory"
;;     region1 = 1 "globals"
;;     region2 = 2 "memory size"
;;     const0 = 0x4b0000004b0000004b0000004b000000
;;     const1 = 0x80000000800000008000000080000000
;;     const2 = 0x00000000000000000000000000000000
;;                                 block0(v0: f32):
;; @003d                               v1 = scalar_to_vector.f32x4 v0
;; @003d                               v2 = vconst.f32x4 const0
;; @003d                               v3 = vconst.f32x4 const1
;; @003d                               v4 = bitcast.i32x4 little v3  ; v3 = const1
;; @003d                               v5 = bitcast.i32x4 little v1
;; @003d                               v6 = band v4, v5
;; @003d                               v7 = bitcast.f32x4 little v6
;; @003d                               v8 = bitcast.i32x4 little v1
;; @003d                               v9 = bxor v8, v6
;; @003d                               v10 = bitcast.f32x4 little v9
;; @003d                               v11 = fadd v10, v2  ; v2 = const0
;; @003d                               v12 = fsub v11, v2  ; v2 = const0
;; @003d                               v13 = bitcast.i32x4 little v12
;; @003d                               v14 = bor v13, v6
;; @003d                               v15 = bitcast.f32x4 little v14
;; @003d                               v16 = vconst.f32x4 const2
;; @003d                               v17 = fadd v1, v16  ; v16 = const2
;; @003d                               v18 = fcmp lt v10, v2  ; v2 = const0
;; @003d                               v19 = bitcast.i32x4 little v17
;; @003d                               v20 = bitselect v18, v14, v19
;; @003d                               v21 = bitcast.f32x4 little v20
;; @003d                               v22 = extractlane v21, 0
;; @003e                               return v22
;; }
;; ; trunc
;; function u0:2(i8x16) -> i8x16 tail {
;;     region0 = 0 "linear memory"
;;     region1 = 1 "globals"
;;     region2 = 2 "memory size"
;;     const0 = 0x4b0000004b0000004b0000004b000000
;;     const1 = 0x80000000800000008000000080000000
;;     const2 = 0x3f8000003f8000003f8000003f800000
;;     const3 = 0x00000000000000000000000000000000
;;                                 block0(v0: i8x16):
;; @0043                               v1 = bitcast.f32x4 little v0
;; @0043                               v2 = vconst.f32x4 const0
;; @0043                               v3 = vconst.f32x4 const1
;; @0043                               v4 = bitcast.i32x4 little v3  ; v3 = const1
;; @0043                               v5 = bitcast.i32x4 little v1
;; @0043                               v6 = band v4, v5
;; @0043                               v7 = bitcast.f32x4 little v6
;; @0043                               v8 = bitcast.i32x4 little v1
;; @0043                               v9 = bxor v8, v6
;; @0043                               v10 = bitcast.f32x4 little v9
;; @0043                               v11 = fadd v10, v2  ; v2 = const0
;; @0043                               v12 = fsub v11, v2  ; v2 = const0
;; @0043                               v13 = fcmp gt v12, v10
;; @0043                               v14 = vconst.f32x4 const2
;; @0043                               v15 = bitcast.i32x4 little v14  ; v14 = const2
;; @0043                               v16 = band v13, v15
;; @0043                               v17 = bitcast.f32x4 little v16
;; @0043                               v18 = fsub v12, v17
;; @0043                               v19 = bitcast.i32x4 little v18
;; @0043                               v20 = bor v19, v6
;; @0043                               v21 = bitcast.f32x4 little v20
;; @0043                               v22 = vconst.f32x4 const3
;; @0043                               v23 = fadd v1, v22  ; v22 = const3
;; @0043                               v24 = fcmp lt v10, v2  ; v2 = const0
;; @0043                               v25 = bitcast.i32x4 little v23
;; @0043                               v26 = bitselect v24, v20, v25
;; @0043                               v27 = bitcast.f32x4 little v26
;; @0043                               v28 = bitcast.i8x16 little v27
;; @0045                               return v28
;; }
