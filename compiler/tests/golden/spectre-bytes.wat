;;! emit = clif
;;! spectre = on
;;! functions = byte_loops.wat
;; Ranges of Go's byte loops are guarded before the shim gets them.
(module
  (memory 1)
  (func (export "_start")))
;; expected:
;; ; memeqbody
;; function u0:0(i64, i64, i64) -> i64 tail {
;;     region0 = 0 "linear memory"
;;     region1 = 1 "globals"
;;     region2 = 2 "memory size"
;;     gv0 = symbol colocated userextname0 ; wasi_aot_memory_pages
;;     sig0 = (i64, i64, i64) -> i64 system_v
;;     fn0 = colocated u11:0 sig0 ; wasi_aot_bytes_equal
;;                                 block0(v0: i64, v1: i64, v2: i64):
;; @003a                               v6 = icmp eq v0, v1
;; @003a                               brif v6, block8, block9
;;                                 block8:
;; @003a                               v7 = iconst.i64 1
;; @003a                               return v7  ; v7 = 1
;;                                 block9:
;; @003a                               v8 = ireduce.i32 v0
;; @003a                               v9 = ireduce.i32 v1
;; @003a                               v10 = symbol_value.i64 gv0
;; @003a                               v11 = load.i32 notrap aligned region2 v10
;; @003a                               v12 = uextend.i64 v11
;; @003a                               v13 = iconst.i64 16
;; @003a                               v14 = ishl v12, v13  ; v13 = 16
;; @003a                               v15 = icmp.i64 ugt v2, v14
;; @003a                               brif v15, block1, block10
;;                                 block10:
;; @003a                               v16 = iconst.i64 0
;; @003a                               v17 = select_spectre_guard v15, v16, v2  ; v16 = 0
;; @003a                               v18 = isub.i64 v14, v17
;; @003a                               v19 = uextend.i64 v8
;; @003a                               v20 = icmp ugt v19, v18
;; @003a                               brif v20, block1, block11
;;                                 block11:
;; @003a                               v21 = iconst.i64 0
;; @003a                               v22 = select_spectre_guard v20, v21, v17  ; v21 = 0
;; @003a                               v23 = iconst.i64 0x1000_0000
;; @003a                               v24 = iadd.i64 v19, v23  ; v23 = 0x1000_0000
;; @003a                               v25 = uextend.i64 v9
;; @003a                               v26 = icmp ugt v25, v18
;; @003a                               brif v26, block1, block12
;;                                 block12:
;; @003a                               v27 = iconst.i64 0
;; @003a                               v28 = select_spectre_guard v26, v27, v22  ; v27 = 0
;; @003a                               v29 = iconst.i64 0x1000_0000
;; @003a                               v30 = iadd.i64 v25, v29  ; v29 = 0x1000_0000
;; @003a                               v31 = call fn0(v24, v30, v28)
;; @003a                               return v31
;;                                 block1 cold:
;; @003e                               v32 = icmp.i64 eq v0, v1
;; @003e                               v33 = uextend.i32 v32
;; @003f                               brif v33, block2, block3
;;                                 block2:
;; @0041                               v34 = iconst.i64 1
;; @0043                               return v34  ; v34 = 1
;;                                 block3:
;; @0049                               v35 = iconst.i64 0
;; @0049                               v36 = icmp.i64 eq v2, v35  ; v35 = 0
;; @0049                               v37 = uextend.i32 v36
;; @004a                               brif v37, block7, block4(v0, v1, v2)
;;                                 block4(v3: i64, v4: i64, v5: i64):
;; @0052                               v38 = ireduce.i32 v3
;; @0053                               v39 = uextend.i64 v38
;; @0053                               v40 = iconst.i64 0x1000_0000
;; @0053                               v41 = iadd v39, v40  ; v40 = 0x1000_0000
;; @0053                               v42 = uload8.i64 little region0 v41
;; @0058                               v43 = ireduce.i32 v4
;; @0059                               v44 = uextend.i64 v43
;; @0059                               v45 = iconst.i64 0x1000_0000
;; @0059                               v46 = iadd v44, v45  ; v45 = 0x1000_0000
;; @0059                               v47 = uload8.i64 little region0 v46
;; @005c                               v48 = icmp ne v42, v47
;; @005c                               v49 = uextend.i32 v48
;; @005d                               brif v49, block5, block6
;;                                 block5:
;; @005f                               v50 = iconst.i64 0
;; @0061                               return v50  ; v50 = 0
;;                                 block6:
;; @0065                               v51 = iconst.i64 1
;; @0067                               v52 = iadd.i64 v3, v51  ; v51 = 1
;; @006c                               v53 = iconst.i64 1
;; @006e                               v54 = iadd.i64 v4, v53  ; v53 = 1
;; @0073                               v55 = iconst.i64 1
;; @0075                               v56 = isub.i64 v5, v55  ; v55 = 1
;; @0049                               v57 = iconst.i64 0
;; @0049                               v58 = icmp eq v56, v57  ; v57 = 0
;; @0049                               v59 = uextend.i32 v58
;; @004a                               brif v59, block7, block4(v52, v54, v56)
;;                                 block7:
;; @004c                               v60 = iconst.i64 1
;; @004e                               return v60  ; v60 = 1
;; }
;; ; memcmp
;; function u0:1(i32, i32, i32) -> i32 tail {
;;     region0 = 0 "linear memory"
;;     region1 = 1 "globals"
;;     region2 = 2 "memory size"
;;     gv0 = symbol colocated userextname0 ; wasi_aot_memory_pages
;;     sig0 = (i64, i64, i64) -> i32 system_v
;;     fn0 = colocated u12:0 sig0 ; wasi_aot_bytes_compare
;;                                 block0(v0: i32, v1: i32, v2: i32):
;; @0082                               v8 = uextend.i64 v2
;; @0082                               v9 = symbol_value.i64 gv0
;; @0082                               v10 = load.i32 notrap aligned region2 v9
;; @0082                               v11 = uextend.i64 v10
;; @0082                               v12 = iconst.i64 16
;; @0082                               v13 = ishl v11, v12  ; v12 = 16
;; @0082                               v14 = icmp ugt v8, v13
;; @0082                               brif v14, block1, block8
;;                                 block8:
;; @0082                               v15 = iconst.i64 0
;; @0082                               v16 = select_spectre_guard v14, v15, v8  ; v15 = 0
;; @0082                               v17 = isub.i64 v13, v16
;; @0082                               v18 = uextend.i64 v0
;; @0082                               v19 = icmp ugt v18, v17
;; @0082                               brif v19, block1, block9
;;                                 block9:
;; @0082                               v20 = iconst.i64 0
;; @0082                               v21 = select_spectre_guard v19, v20, v16  ; v20 = 0
;; @0082                               v22 = iconst.i64 0x1000_0000
;; @0082                               v23 = iadd.i64 v18, v22  ; v22 = 0x1000_0000
;; @0082                               v24 = uextend.i64 v1
;; @0082                               v25 = icmp ugt v24, v17
;; @0082                               brif v25, block1, block10
;;                                 block10:
;; @0082                               v26 = iconst.i64 0
;; @0082                               v27 = select_spectre_guard v25, v26, v21  ; v26 = 0
;; @0082                               v28 = iconst.i64 0x1000_0000
;; @0082                               v29 = iadd.i64 v24, v28  ; v28 = 0x1000_0000
;; @0082                               v30 = call fn0(v23, v29, v27)
;; @0082                               return v30
;;                                 block1 cold:
;; @0084                               brif.i32 v2, block2(v0, v1, v2), block6
;;                                 block2(v3: i32, v4: i32, v5: i32):
;; @008a                               v31 = uextend.i64 v3
;; @008a                               v32 = iconst.i64 0x1000_0000
;; @008a                               v33 = iadd v31, v32  ; v32 = 0x1000_0000
;; @008a                               v34 = sload8.i32 little region0 v33
;; @0091                               v35 = uextend.i64 v4
;; @0091                               v36 = iconst.i64 0x1000_0000
;; @0091                               v37 = iadd v35, v36  ; v36 = 0x1000_0000
;; @0091                               v38 = sload8.i32 little region0 v37
;; @0096                               v39 = icmp eq v34, v38
;; @0096                               v40 = uextend.i32 v39
;; @0097                               brif v40, block3, block5
;;                                 block3:
;; @009b                               v41 = iconst.i32 1
;; @009d                               v42 = iadd.i32 v3, v41  ; v41 = 1
;; @00a2                               v43 = iconst.i32 1
;; @00a4                               v44 = iadd.i32 v4, v43  ; v43 = 1
;; @00a7                               v45 = iconst.i32 0
;; @00ab                               v46 = iconst.i32 -1
;; @00ad                               v47 = iadd.i32 v5, v46  ; v46 = -1
;; @00b0                               v48 = iconst.i32 0
;; @00b0                               v49 = icmp eq v47, v48  ; v48 = 0
;; @00b0                               v50 = uextend.i32 v49
;; @00b1                               brif v50, block4(v45), block2(v42, v44, v47)  ; v45 = 0
;;                                 block4(v6: i32):
;; @00cb                               return v6
;;                                 block5:
;; @00ba                               v51 = iconst.i32 255
;; @00bd                               v52 = band.i32 v34, v51  ; v51 = 255
;; @00c0                               v53 = iconst.i32 255
;; @00c3                               v54 = band.i32 v38, v53  ; v53 = 255
;; @00c4                               v55 = isub v52, v54
;; @00c5                               jump block7(v55)
;;                                 block6:
;; @00c6                               v56 = iconst.i32 0
;; @00c8                               jump block7(v56)  ; v56 = 0
;;                                 block7(v7: i32):
;; @00c9                               return v7
;; }
;; ; memchr
;; function u0:2(i32, i32, i32) -> i32 tail {
;;     region0 = 0 "linear memory"
;;     region1 = 1 "globals"
;;     region2 = 2 "memory size"
;;     gv0 = symbol colocated userextname0 ; wasi_aot_memory_pages
;;     sig0 = (i64, i32, i64) -> i64 system_v
;;     fn0 = colocated u13:0 sig0 ; wasi_aot_bytes_find
;;                                 block0(v0: i32, v1: i32, v2: i32):
;; @00d1                               v18 = iconst.i32 255
;; @00d1                               v19 = icmp ugt v1, v18  ; v18 = 255
;; @00d1                               brif v19, block1, block19
;;                                 block19:
;; @00d1                               v20 = uextend.i64 v2
;; @00d1                               v21 = symbol_value.i64 gv0
;; @00d1                               v22 = load.i32 notrap aligned region2 v21
;; @00d1                               v23 = uextend.i64 v22
;; @00d1                               v24 = iconst.i64 16
;; @00d1                               v25 = ishl v23, v24  ; v24 = 16
;; @00d1                               v26 = icmp ugt v20, v25
;; @00d1                               brif v26, block1, block20
;;                                 block20:
;; @00d1                               v27 = iconst.i64 0
;; @00d1                               v28 = select_spectre_guard v26, v27, v20  ; v27 = 0
;; @00d1                               v29 = isub.i64 v25, v28
;; @00d1                               v30 = uextend.i64 v0
;; @00d1                               v31 = icmp ugt v30, v29
;; @00d1                               brif v31, block1, block21
;;                                 block21:
;; @00d1                               v32 = iconst.i64 0
;; @00d1                               v33 = select_spectre_guard v31, v32, v28  ; v32 = 0
;; @00d1                               v34 = iconst.i64 0x1000_0000
;; @00d1                               v35 = iadd.i64 v30, v34  ; v34 = 0x1000_0000
;; @00d1                               v36 = call fn0(v35, v1, v33)
;; @00d1                               v37 = iconst.i64 0x1000_0000
;; @00d1                               v38 = isub v36, v37  ; v37 = 0x1000_0000
;; @00d1                               v39 = iconst.i64 0
;; @00d1                               v40 = select v36, v38, v39  ; v39 = 0
;; @00d1                               v41 = ireduce.i32 v40
;; @00d1                               return v41
;;                                 block1 cold:
;; @00db                               v42 = iconst.i32 0
;; @00dd                               v43 = icmp.i32 ne v2, v42  ; v42 = 0
;; @00dd                               v44 = uextend.i32 v43
;; @00e2                               v45 = iconst.i32 3
;; @00e4                               v46 = band.i32 v0, v45  ; v45 = 3
;; @00e5                               v47 = iconst.i32 0
;; @00e7                               v48 = icmp ne v46, v47  ; v47 = 0
;; @00e7                               v49 = uextend.i32 v48
;; @00e8                               v50 = band v44, v49
;; @00e9                               brif v50, block2(v0, v2), block4(v0, v2, v44)
;;                                 block2(v3: i32, v4: i32):
;; @00ef                               v51 = uextend.i64 v3
;; @00ef                               v52 = iconst.i64 0x1000_0000
;; @00ef                               v53 = iadd v51, v52  ; v52 = 0x1000_0000
;; @00ef                               v54 = uload8.i32 little region0 v53
;; @00f4                               v55 = icmp eq v54, v1
;; @00f4                               v56 = uextend.i32 v55
;; @00f5                               brif v56, block5(v3, v4), block3
;;                                 block3:
;; @00f9                               v57 = iconst.i32 -1
;; @00fb                               v58 = iadd.i32 v4, v57  ; v57 = -1
;; @00fe                               v59 = iconst.i32 0
;; @0100                               v60 = icmp ne v58, v59  ; v59 = 0
;; @0100                               v61 = uextend.i32 v60
;; @0105                               v62 = iconst.i32 1
;; @0107                               v63 = iadd.i32 v3, v62  ; v62 = 1
;; @010a                               v64 = iconst.i32 3
;; @010c                               v65 = band v63, v64  ; v64 = 3
;; @010d                               v66 = iconst.i32 0
;; @010f                               v67 = icmp ne v65, v66  ; v66 = 0
;; @010f                               v68 = uextend.i32 v67
;; @0110                               v69 = band v61, v68
;; @0111                               brif v69, block2(v63, v58), block4(v63, v58, v61)
;;                                 block4(v5: i32, v6: i32, v7: i32):
;; @0117                               brif v7, block5(v5, v6), block17
;;                                 block5(v8: i32, v9: i32):
;; @0122                               v70 = uextend.i64 v8
;; @0122                               v71 = iconst.i64 0x1000_0000
;; @0122                               v72 = iadd v70, v71  ; v71 = 0x1000_0000
;; @0122                               v73 = uload8.i32 little region0 v72
;; @0129                               v74 = icmp eq v73, v1
;; @0129                               v75 = uextend.i32 v74
;; @012a                               brif v75, block6, block7
;;                                 block6:
;; @0130                               jump block18(v8, v9)
;;                                 block7:
;; @0133                               v76 = iconst.i32 0x0101_0101
;; @0138                               v77 = imul.i32 v1, v76  ; v76 = 0x0101_0101
;; @0141                               v78 = iconst.i32 3
;; @0143                               v79 = icmp.i32 ugt v9, v78  ; v78 = 3
;; @0143                               v80 = uextend.i32 v79
;; @0144                               brif v80, block8, block11
;;                                 block8:
;; @014a                               jump block9(v8, v9)
;;                                 block9(v10: i32, v11: i32):
;; @014e                               v81 = uextend.i64 v10
;; @014e                               v82 = iconst.i64 0x1000_0000
;; @014e                               v83 = iadd v81, v82  ; v82 = 0x1000_0000
;; @014e                               v84 = load.i32 little region0 v83
;; @0153                               v85 = bxor v84, v77
;; @0156                               v86 = iconst.i32 -2139062144
;; @015c                               v87 = band v85, v86  ; v86 = -2139062144
;; @015d                               v88 = iconst.i32 -2139062144
;; @0163                               v89 = bxor v87, v88  ; v88 = -2139062144
;; @0166                               v90 = iconst.i32 -16843009
;; @016b                               v91 = iadd v85, v90  ; v90 = -16843009
;; @016c                               v92 = band v89, v91
;; @016d                               v93 = iconst.i32 0
;; @016d                               v94 = icmp eq v92, v93  ; v93 = 0
;; @016d                               v95 = uextend.i32 v94
;; @016e                               brif v95, block10, block14(v10, v11)
;;                                 block10:
;; @0172                               v96 = iconst.i32 4
;; @0174                               v97 = iadd.i32 v10, v96  ; v96 = 4
;; @0179                               v98 = iconst.i32 -4
;; @017b                               v99 = iadd.i32 v11, v98  ; v98 = -4
;; @017e                               v100 = iconst.i32 3
;; @0180                               v101 = icmp ugt v99, v100  ; v100 = 3
;; @0180                               v102 = uextend.i32 v101
;; @0181                               brif v102, block9(v97, v99), block12(v97, v99)
;;                                 block11:
;; @018c                               jump block12(v8, v9)
;;                                 block12(v12: i32, v13: i32):
;; @0194                               v103 = iconst.i32 0
;; @0194                               v104 = icmp eq v13, v103  ; v103 = 0
;; @0194                               v105 = uextend.i32 v104
;; @0195                               brif v105, block13, block14(v12, v13)
;;                                 block13:
;; @0197                               v106 = iconst.i32 0
;; @019b                               jump block18(v12, v106)  ; v106 = 0
;;                                 block14(v14: i32, v15: i32):
;; @01a3                               v107 = uextend.i64 v14
;; @01a3                               v108 = iconst.i64 0x1000_0000
;; @01a3                               v109 = iadd v107, v108  ; v108 = 0x1000_0000
;; @01a3                               v110 = uload8.i32 little region0 v109
;; @01a8                               v111 = icmp eq v110, v1
;; @01a8                               v112 = uextend.i32 v111
;; @01a9                               brif v112, block18(v14, v15), block15
;;                                 block15:
;; @01ad                               v113 = iconst.i32 1
;; @01af                               v114 = iadd.i32 v14, v113  ; v113 = 1
;; @01b4                               v115 = iconst.i32 -1
;; @01b6                               v116 = iadd.i32 v15, v115  ; v115 = -1
;; @01b9                               brif v116, block14(v114, v116), block16
;;                                 block16:
;; @01bb                               v117 = iconst.i32 0
;; @01bf                               jump block18(v114, v117)  ; v117 = 0
;;                                 block17:
;; @0119                               v118 = iconst.i32 0
;; @011d                               jump block18(v5, v118)  ; v118 = 0
;;                                 block18(v16: i32, v17: i32):
;; @01c4                               v119 = iconst.i32 0
;; @01c8                               v120 = select v17, v16, v119  ; v119 = 0
;; @01c9                               return v120
;; }
