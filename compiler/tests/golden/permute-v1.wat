;;! emit = clif
;;! cpu = x86-64-v1
;; Without SSSE3 bytes move through the frame, in lanes as wide as they stay together.
(module
  (func $words (param v128 v128) (result v128)
    (i8x16.shuffle 12 13 14 15 16 17 18 19 4 5 6 7 24 25 26 27 (local.get 0) (local.get 1)))
  (func $swizzle (param v128 v128) (result v128)
    (i8x16.swizzle (local.get 0) (local.get 1)))
  (func (export "_start")))
;; expected:
;; ; words
;; function u0:0(i8x16, i8x16) -> i8x16 tail {
;;     ss0 = explicit_slot 64, align = 16
;;     region0 = 0 "linear memory"
;;     region1 = 1 "globals"
;;     region2 = 2 "memory size"
;;                                 block0(v0: i8x16, v1: i8x16):
;; @002f                               v2 = stack_addr.i64 ss0
;; @002f                               store notrap v0, v2
;; @002f                               v3 = stack_addr.i64 ss0+16
;; @002f                               store notrap v1, v3
;; @002f                               v4 = stack_addr.i64 ss0+12
;; @002f                               v5 = load.i32 notrap v4
;; @002f                               v6 = stack_addr.i64 ss0+48
;; @002f                               store notrap v5, v6
;; @002f                               v7 = stack_addr.i64 ss0+16
;; @002f                               v8 = load.i32 notrap v7
;; @002f                               v9 = stack_addr.i64 ss0+52
;; @002f                               store notrap v8, v9
;; @002f                               v10 = stack_addr.i64 ss0+4
;; @002f                               v11 = load.i32 notrap v10
;; @002f                               v12 = stack_addr.i64 ss0+56
;; @002f                               store notrap v11, v12
;; @002f                               v13 = stack_addr.i64 ss0+24
;; @002f                               v14 = load.i32 notrap v13
;; @002f                               v15 = stack_addr.i64 ss0+60
;; @002f                               store notrap v14, v15
;; @002f                               v16 = stack_addr.i64 ss0+48
;; @002f                               v17 = load.i8x16 notrap v16
;; @0041                               return v17
;; }
;; ; swizzle
;; function u0:1(i8x16, i8x16) -> i8x16 tail {
;;     ss0 = explicit_slot 64, align = 16
;;     region0 = 0 "linear memory"
;;     region1 = 1 "globals"
;;     region2 = 2 "memory size"
;;     const0 = 0x00000000000000000000000000000000
;;     const1 = 0x10101010101010101010101010101010
;;                                 block0(v0: i8x16, v1: i8x16):
;; @0048                               v2 = stack_addr.i64 ss0
;; @0048                               store notrap v0, v2
;; @0048                               v3 = vconst.i8x16 const0
;; @0048                               v4 = stack_addr.i64 ss0+16
;; @0048                               store notrap v3, v4  ; v3 = const0
;; @0048                               v5 = vconst.i8x16 const1
;; @0048                               v6 = umin v1, v5  ; v5 = const1
;; @0048                               v7 = stack_addr.i64 ss0+32
;; @0048                               store notrap v6, v7
;; @0048                               v8 = stack_addr.i64 ss0
;; @0048                               v9 = stack_addr.i64 ss0+32
;; @0048                               v10 = load.i8 notrap v9
;; @0048                               v11 = uextend.i64 v10
;; @0048                               v12 = iadd v8, v11
;; @0048                               v13 = load.i8 notrap aligned v12
;; @0048                               v14 = stack_addr.i64 ss0+48
;; @0048                               store notrap v13, v14
;; @0048                               v15 = stack_addr.i64 ss0+33
;; @0048                               v16 = load.i8 notrap v15
;; @0048                               v17 = uextend.i64 v16
;; @0048                               v18 = iadd v8, v17
;; @0048                               v19 = load.i8 notrap aligned v18
;; @0048                               v20 = stack_addr.i64 ss0+49
;; @0048                               store notrap v19, v20
;; @0048                               v21 = stack_addr.i64 ss0+34
;; @0048                               v22 = load.i8 notrap v21
;; @0048                               v23 = uextend.i64 v22
;; @0048                               v24 = iadd v8, v23
;; @0048                               v25 = load.i8 notrap aligned v24
;; @0048                               v26 = stack_addr.i64 ss0+50
;; @0048                               store notrap v25, v26
;; @0048                               v27 = stack_addr.i64 ss0+35
;; @0048                               v28 = load.i8 notrap v27
;; @0048                               v29 = uextend.i64 v28
;; @0048                               v30 = iadd v8, v29
;; @0048                               v31 = load.i8 notrap aligned v30
;; @0048                               v32 = stack_addr.i64 ss0+51
;; @0048                               store notrap v31, v32
;; @0048                               v33 = stack_addr.i64 ss0+36
;; @0048                               v34 = load.i8 notrap v33
;; @0048                               v35 = uextend.i64 v34
;; @0048                               v36 = iadd v8, v35
;; @0048                               v37 = load.i8 notrap aligned v36
;; @0048                               v38 = stack_addr.i64 ss0+52
;; @0048                               store notrap v37, v38
;; @0048                               v39 = stack_addr.i64 ss0+37
;; @0048                               v40 = load.i8 notrap v39
;; @0048                               v41 = uextend.i64 v40
;; @0048                               v42 = iadd v8, v41
;; @0048                               v43 = load.i8 notrap aligned v42
;; @0048                               v44 = stack_addr.i64 ss0+53
;; @0048                               store notrap v43, v44
;; @0048                               v45 = stack_addr.i64 ss0+38
;; @0048                               v46 = load.i8 notrap v45
;; @0048                               v47 = uextend.i64 v46
;; @0048                               v48 = iadd v8, v47
;; @0048                               v49 = load.i8 notrap aligned v48
;; @0048                               v50 = stack_addr.i64 ss0+54
;; @0048                               store notrap v49, v50
;; @0048                               v51 = stack_addr.i64 ss0+39
;; @0048                               v52 = load.i8 notrap v51
;; @0048                               v53 = uextend.i64 v52
;; @0048                               v54 = iadd v8, v53
;; @0048                               v55 = load.i8 notrap aligned v54
;; @0048                               v56 = stack_addr.i64 ss0+55
;; @0048                               store notrap v55, v56
;; @0048                               v57 = stack_addr.i64 ss0+40
;; @0048                               v58 = load.i8 notrap v57
;; @0048                               v59 = uextend.i64 v58
;; @0048                               v60 = iadd v8, v59
;; @0048                               v61 = load.i8 notrap aligned v60
;; @0048                               v62 = stack_addr.i64 ss0+56
;; @0048                               store notrap v61, v62
;; @0048                               v63 = stack_addr.i64 ss0+41
;; @0048                               v64 = load.i8 notrap v63
;; @0048                               v65 = uextend.i64 v64
;; @0048                               v66 = iadd v8, v65
;; @0048                               v67 = load.i8 notrap aligned v66
;; @0048                               v68 = stack_addr.i64 ss0+57
;; @0048                               store notrap v67, v68
;; @0048                               v69 = stack_addr.i64 ss0+42
;; @0048                               v70 = load.i8 notrap v69
;; @0048                               v71 = uextend.i64 v70
;; @0048                               v72 = iadd v8, v71
;; @0048                               v73 = load.i8 notrap aligned v72
;; @0048                               v74 = stack_addr.i64 ss0+58
;; @0048                               store notrap v73, v74
;; @0048                               v75 = stack_addr.i64 ss0+43
;; @0048                               v76 = load.i8 notrap v75
;; @0048                               v77 = uextend.i64 v76
;; @0048                               v78 = iadd v8, v77
;; @0048                               v79 = load.i8 notrap aligned v78
;; @0048                               v80 = stack_addr.i64 ss0+59
;; @0048                               store notrap v79, v80
;; @0048                               v81 = stack_addr.i64 ss0+44
;; @0048                               v82 = load.i8 notrap v81
;; @0048                               v83 = uextend.i64 v82
;; @0048                               v84 = iadd v8, v83
;; @0048                               v85 = load.i8 notrap aligned v84
;; @0048                               v86 = stack_addr.i64 ss0+60
;; @0048                               store notrap v85, v86
;; @0048                               v87 = stack_addr.i64 ss0+45
;; @0048                               v88 = load.i8 notrap v87
;; @0048                               v89 = uextend.i64 v88
;; @0048                               v90 = iadd v8, v89
;; @0048                               v91 = load.i8 notrap aligned v90
;; @0048                               v92 = stack_addr.i64 ss0+61
;; @0048                               store notrap v91, v92
;; @0048                               v93 = stack_addr.i64 ss0+46
;; @0048                               v94 = load.i8 notrap v93
;; @0048                               v95 = uextend.i64 v94
;; @0048                               v96 = iadd v8, v95
;; @0048                               v97 = load.i8 notrap aligned v96
;; @0048                               v98 = stack_addr.i64 ss0+62
;; @0048                               store notrap v97, v98
;; @0048                               v99 = stack_addr.i64 ss0+47
;; @0048                               v100 = load.i8 notrap v99
;; @0048                               v101 = uextend.i64 v100
;; @0048                               v102 = iadd v8, v101
;; @0048                               v103 = load.i8 notrap aligned v102
;; @0048                               v104 = stack_addr.i64 ss0+63
;; @0048                               store notrap v103, v104
;; @0048                               v105 = stack_addr.i64 ss0+48
;; @0048                               v106 = load.i8x16 notrap v105
;; @004a                               return v106
;; }
