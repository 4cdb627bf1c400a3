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
;; @003a                               brif v6, block12, block13
;;                                 block12:
;; @003a                               v7 = iconst.i64 1
;; @003a                               return v7  ; v7 = 1
;;                                 block13:
;; @003a                               v8 = ireduce.i32 v0
;; @003a                               v9 = ireduce.i32 v1
;; @003a                               v10 = symbol_value.i64 gv0
;; @003a                               v11 = load.i32 notrap aligned region2 v10
;; @003a                               v12 = uextend.i64 v11
;; @003a                               v13 = iconst.i64 16
;; @003a                               v14 = ishl v12, v13  ; v13 = 16
;; @003a                               v15 = icmp.i64 ugt v2, v14
;; @003a                               brif v15, block1, block14
;;                                 block14:
;; @003a                               v16 = iconst.i64 0
;; @003a                               v17 = select_spectre_guard v15, v16, v2  ; v16 = 0
;; @003a                               v18 = isub.i64 v14, v17
;; @003a                               v19 = uextend.i64 v8
;; @003a                               v20 = icmp ugt v19, v18
;; @003a                               brif v20, block1, block15
;;                                 block15:
;; @003a                               v21 = iconst.i64 0
;; @003a                               v22 = select_spectre_guard v20, v21, v17  ; v21 = 0
;; @003a                               v23 = iconst.i64 0x1000_0000
;; @003a                               v24 = iadd.i64 v19, v23  ; v23 = 0x1000_0000
;; @003a                               v25 = uextend.i64 v9
;; @003a                               v26 = icmp ugt v25, v18
;; @003a                               brif v26, block1, block16
;;                                 block16:
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
;; @0044                               jump block4
;;                                 block4:
;; @0045                               jump block5
;;                                 block5:
;; @0049                               v35 = iconst.i64 0
;; @0049                               v36 = icmp.i64 eq v2, v35  ; v35 = 0
;; @0049                               v37 = uextend.i32 v36
;; @004a                               brif v37, block11, block6(v0, v1, v2)
;;                                 block6(v3: i64, v4: i64, v5: i64):
;; @004f                               jump block7
;;                                 block7:
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
;; @005d                               brif v49, block8, block9
;;                                 block8:
;; @005f                               v50 = iconst.i64 0
;; @0061                               return v50  ; v50 = 0
;;                                 block9:
;; @0062                               jump block10
;;                                 block10:
;; @0065                               v51 = iconst.i64 1
;; @0067                               v52 = iadd.i64 v3, v51  ; v51 = 1
;; @006c                               v53 = iconst.i64 1
;; @006e                               v54 = iadd.i64 v4, v53  ; v53 = 1
;; @0073                               v55 = iconst.i64 1
;; @0075                               v56 = isub.i64 v5, v55  ; v55 = 1
;; @0049                               v57 = iconst.i64 0
;; @0049                               v58 = icmp eq v56, v57  ; v57 = 0
;; @0049                               v59 = uextend.i32 v58
;; @004a                               brif v59, block11, block6(v52, v54, v56)
;;                                 block11:
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
;; @0082                               v10 = uextend.i64 v2
;; @0082                               v11 = symbol_value.i64 gv0
;; @0082                               v12 = load.i32 notrap aligned region2 v11
;; @0082                               v13 = uextend.i64 v12
;; @0082                               v14 = iconst.i64 16
;; @0082                               v15 = ishl v13, v14  ; v14 = 16
;; @0082                               v16 = icmp ugt v10, v15
;; @0082                               brif v16, block1, block12
;;                                 block12:
;; @0082                               v17 = iconst.i64 0
;; @0082                               v18 = select_spectre_guard v16, v17, v10  ; v17 = 0
;; @0082                               v19 = isub.i64 v15, v18
;; @0082                               v20 = uextend.i64 v0
;; @0082                               v21 = icmp ugt v20, v19
;; @0082                               brif v21, block1, block13
;;                                 block13:
;; @0082                               v22 = iconst.i64 0
;; @0082                               v23 = select_spectre_guard v21, v22, v18  ; v22 = 0
;; @0082                               v24 = iconst.i64 0x1000_0000
;; @0082                               v25 = iadd.i64 v20, v24  ; v24 = 0x1000_0000
;; @0082                               v26 = uextend.i64 v1
;; @0082                               v27 = icmp ugt v26, v19
;; @0082                               brif v27, block1, block14
;;                                 block14:
;; @0082                               v28 = iconst.i64 0
;; @0082                               v29 = select_spectre_guard v27, v28, v23  ; v28 = 0
;; @0082                               v30 = iconst.i64 0x1000_0000
;; @0082                               v31 = iadd.i64 v26, v30  ; v30 = 0x1000_0000
;; @0082                               v32 = call fn0(v25, v31, v29)
;; @0082                               return v32
;;                                 block1 cold:
;; @0084                               brif.i32 v2, block2, block10
;;                                 block2:
;; @0086                               jump block3
;;                                 block3:
;; @008a                               v33 = uextend.i64 v0
;; @008a                               v34 = iconst.i64 0x1000_0000
;; @008a                               v35 = iadd v33, v34  ; v34 = 0x1000_0000
;; @008a                               v36 = sload8.i32 little region0 v35
;; @0091                               v37 = uextend.i64 v1
;; @0091                               v38 = iconst.i64 0x1000_0000
;; @0091                               v39 = iadd v37, v38  ; v38 = 0x1000_0000
;; @0091                               v40 = sload8.i32 little region0 v39
;; @0096                               v41 = icmp eq v36, v40
;; @0096                               v42 = uextend.i32 v41
;; @0097                               brif v42, block4(v0, v1, v2), block7(v36, v40)
;;                                 block4(v3: i32, v4: i32, v5: i32):
;; @009b                               v43 = iconst.i32 1
;; @009d                               v44 = iadd v3, v43  ; v43 = 1
;; @00a2                               v45 = iconst.i32 1
;; @00a4                               v46 = iadd v4, v45  ; v45 = 1
;; @00a7                               v47 = iconst.i32 0
;; @00ab                               v48 = iconst.i32 -1
;; @00ad                               v49 = iadd v5, v48  ; v48 = -1
;; @00b0                               v50 = iconst.i32 0
;; @00b0                               v51 = icmp eq v49, v50  ; v50 = 0
;; @00b0                               v52 = uextend.i32 v51
;; @00b1                               brif v52, block5(v47), block6  ; v47 = 0
;;                                 block5(v6: i32):
;; @00cb                               return v6
;;                                 block6:
;; @008a                               v53 = uextend.i64 v44
;; @008a                               v54 = iconst.i64 0x1000_0000
;; @008a                               v55 = iadd v53, v54  ; v54 = 0x1000_0000
;; @008a                               v56 = sload8.i32 little region0 v55
;; @0091                               v57 = uextend.i64 v46
;; @0091                               v58 = iconst.i64 0x1000_0000
;; @0091                               v59 = iadd v57, v58  ; v58 = 0x1000_0000
;; @0091                               v60 = sload8.i32 little region0 v59
;; @0096                               v61 = icmp eq v56, v60
;; @0096                               v62 = uextend.i32 v61
;; @0097                               brif v62, block4(v44, v46, v49), block7(v56, v60)
;;                                 block7(v7: i32, v8: i32):
;; @00b6                               jump block8
;;                                 block8:
;; @00b7                               jump block9
;;                                 block9:
;; @00ba                               v63 = iconst.i32 255
;; @00bd                               v64 = band.i32 v7, v63  ; v63 = 255
;; @00c0                               v65 = iconst.i32 255
;; @00c3                               v66 = band.i32 v8, v65  ; v65 = 255
;; @00c4                               v67 = isub v64, v66
;; @00c5                               jump block11(v67)
;;                                 block10:
;; @00c6                               v68 = iconst.i32 0
;; @00c8                               jump block11(v68)  ; v68 = 0
;;                                 block11(v9: i32):
;; @00c9                               return v9
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
;; @00d1                               v22 = iconst.i32 255
;; @00d1                               v23 = icmp ugt v1, v22  ; v22 = 255
;; @00d1                               brif v23, block1, block33
;;                                 block33:
;; @00d1                               v24 = uextend.i64 v2
;; @00d1                               v25 = symbol_value.i64 gv0
;; @00d1                               v26 = load.i32 notrap aligned region2 v25
;; @00d1                               v27 = uextend.i64 v26
;; @00d1                               v28 = iconst.i64 16
;; @00d1                               v29 = ishl v27, v28  ; v28 = 16
;; @00d1                               v30 = icmp ugt v24, v29
;; @00d1                               brif v30, block1, block34
;;                                 block34:
;; @00d1                               v31 = iconst.i64 0
;; @00d1                               v32 = select_spectre_guard v30, v31, v24  ; v31 = 0
;; @00d1                               v33 = isub.i64 v29, v32
;; @00d1                               v34 = uextend.i64 v0
;; @00d1                               v35 = icmp ugt v34, v33
;; @00d1                               brif v35, block1, block35
;;                                 block35:
;; @00d1                               v36 = iconst.i64 0
;; @00d1                               v37 = select_spectre_guard v35, v36, v32  ; v36 = 0
;; @00d1                               v38 = iconst.i64 0x1000_0000
;; @00d1                               v39 = iadd.i64 v34, v38  ; v38 = 0x1000_0000
;; @00d1                               v40 = call fn0(v39, v1, v37)
;; @00d1                               v41 = iconst.i64 0x1000_0000
;; @00d1                               v42 = isub v40, v41  ; v41 = 0x1000_0000
;; @00d1                               v43 = iconst.i64 0
;; @00d1                               v44 = select v40, v42, v43  ; v43 = 0
;; @00d1                               v45 = ireduce.i32 v44
;; @00d1                               return v45
;;                                 block1 cold:
;; @00db                               v46 = iconst.i32 0
;; @00dd                               v47 = icmp.i32 ne v2, v46  ; v46 = 0
;; @00dd                               v48 = uextend.i32 v47
;; @00e2                               v49 = iconst.i32 3
;; @00e4                               v50 = band.i32 v0, v49  ; v49 = 3
;; @00e5                               v51 = iconst.i32 0
;; @00e7                               v52 = icmp ne v50, v51  ; v51 = 0
;; @00e7                               v53 = uextend.i32 v52
;; @00e8                               v54 = band v48, v53
;; @00e9                               brif v54, block2, block7
;;                                 block2:
;; @00eb                               jump block3(v0, v2)
;;                                 block3(v3: i32, v4: i32):
;; @00ef                               v55 = uextend.i64 v3
;; @00ef                               v56 = iconst.i64 0x1000_0000
;; @00ef                               v57 = iadd v55, v56  ; v56 = 0x1000_0000
;; @00ef                               v58 = uload8.i32 little region0 v57
;; @00f4                               v59 = icmp eq v58, v1
;; @00f4                               v60 = uextend.i32 v59
;; @00f5                               brif v60, block9(v3, v4), block4
;;                                 block4:
;; @00f9                               v61 = iconst.i32 -1
;; @00fb                               v62 = iadd.i32 v4, v61  ; v61 = -1
;; @00fe                               v63 = iconst.i32 0
;; @0100                               v64 = icmp ne v62, v63  ; v63 = 0
;; @0100                               v65 = uextend.i32 v64
;; @0105                               v66 = iconst.i32 1
;; @0107                               v67 = iadd.i32 v3, v66  ; v66 = 1
;; @010a                               v68 = iconst.i32 3
;; @010c                               v69 = band v67, v68  ; v68 = 3
;; @010d                               v70 = iconst.i32 0
;; @010f                               v71 = icmp ne v69, v70  ; v70 = 0
;; @010f                               v72 = uextend.i32 v71
;; @0110                               v73 = band v65, v72
;; @0111                               brif v73, block3(v67, v62), block5
;;                                 block5:
;; @0113                               jump block6
;;                                 block6:
;; @0114                               jump block8(v67, v62, v65)
;;                                 block7:
;; @0114                               jump block8(v0, v2, v48)
;;                                 block8(v5: i32, v6: i32, v7: i32):
;; @0117                               brif v7, block9(v5, v6), block31
;;                                 block9(v8: i32, v9: i32):
;; @0122                               v74 = uextend.i64 v8
;; @0122                               v75 = iconst.i64 0x1000_0000
;; @0122                               v76 = iadd v74, v75  ; v75 = 0x1000_0000
;; @0122                               v77 = uload8.i32 little region0 v76
;; @0129                               v78 = icmp eq v77, v1
;; @0129                               v79 = uextend.i32 v78
;; @012a                               brif v79, block10, block11
;;                                 block10:
;; @0130                               jump block30(v8, v9)
;;                                 block11:
;; @0133                               v80 = iconst.i32 0x0101_0101
;; @0138                               v81 = imul.i32 v1, v80  ; v80 = 0x0101_0101
;; @0141                               v82 = iconst.i32 3
;; @0143                               v83 = icmp.i32 ugt v9, v82  ; v82 = 3
;; @0143                               v84 = uextend.i32 v83
;; @0144                               brif v84, block12, block20
;;                                 block12:
;; @014a                               jump block13(v8, v9)
;;                                 block13(v10: i32, v11: i32):
;; @014e                               v85 = uextend.i64 v10
;; @014e                               v86 = iconst.i64 0x1000_0000
;; @014e                               v87 = iadd v85, v86  ; v86 = 0x1000_0000
;; @014e                               v88 = load.i32 little region0 v87
;; @0153                               v89 = bxor v88, v81
;; @0156                               v90 = iconst.i32 -2139062144
;; @015c                               v91 = band v89, v90  ; v90 = -2139062144
;; @015d                               v92 = iconst.i32 -2139062144
;; @0163                               v93 = bxor v91, v92  ; v92 = -2139062144
;; @0166                               v94 = iconst.i32 -16843009
;; @016b                               v95 = iadd v89, v94  ; v94 = -16843009
;; @016c                               v96 = band v93, v95
;; @016d                               v97 = iconst.i32 0
;; @016d                               v98 = icmp eq v96, v97  ; v97 = 0
;; @016d                               v99 = uextend.i32 v98
;; @016e                               brif v99, block14, block16
;;                                 block14:
;; @0172                               v100 = iconst.i32 4
;; @0174                               v101 = iadd.i32 v10, v100  ; v100 = 4
;; @0179                               v102 = iconst.i32 -4
;; @017b                               v103 = iadd.i32 v11, v102  ; v102 = -4
;; @017e                               v104 = iconst.i32 3
;; @0180                               v105 = icmp ugt v103, v104  ; v104 = 3
;; @0180                               v106 = uextend.i32 v105
;; @0181                               brif v106, block13(v101, v103), block15
;;                                 block15:
;; @0183                               jump block21(v101, v103)
;;                                 block16:
;; @0185                               jump block17
;;                                 block17:
;; @0186                               jump block18
;;                                 block18:
;; @0187                               jump block19
;;                                 block19:
;; @018f                               jump block25(v10, v11)
;;                                 block20:
;; @018c                               jump block21(v8, v9)
;;                                 block21(v12: i32, v13: i32):
;; @0194                               v107 = iconst.i32 0
;; @0194                               v108 = icmp eq v13, v107  ; v107 = 0
;; @0194                               v109 = uextend.i32 v108
;; @0195                               brif v109, block22, block23
;;                                 block22:
;; @0197                               v110 = iconst.i32 0
;; @019b                               jump block32(v12, v110)  ; v110 = 0
;;                                 block23:
;; @019d                               jump block24
;;                                 block24:
;; @019e                               jump block25(v12, v13)
;;                                 block25(v14: i32, v15: i32):
;; @019f                               jump block26(v14, v15)
;;                                 block26(v16: i32, v17: i32):
;; @01a3                               v111 = uextend.i64 v16
;; @01a3                               v112 = iconst.i64 0x1000_0000
;; @01a3                               v113 = iadd v111, v112  ; v112 = 0x1000_0000
;; @01a3                               v114 = uload8.i32 little region0 v113
;; @01a8                               v115 = icmp eq v114, v1
;; @01a8                               v116 = uextend.i32 v115
;; @01a9                               brif v116, block32(v16, v17), block27
;;                                 block27:
;; @01ad                               v117 = iconst.i32 1
;; @01af                               v118 = iadd.i32 v16, v117  ; v117 = 1
;; @01b4                               v119 = iconst.i32 -1
;; @01b6                               v120 = iadd.i32 v17, v119  ; v119 = -1
;; @01b9                               brif v120, block26(v118, v120), block28
;;                                 block28:
;; @01bb                               v121 = iconst.i32 0
;; @01bf                               jump block29
;;                                 block29:
;; @01c0                               jump block30(v118, v121)  ; v121 = 0
;;                                 block30(v18: i32, v19: i32):
;; @01c1                               jump block32(v18, v19)
;;                                 block31:
;; @0119                               v122 = iconst.i32 0
;; @011d                               jump block32(v5, v122)  ; v122 = 0
;;                                 block32(v20: i32, v21: i32):
;; @01c4                               v123 = iconst.i32 0
;; @01c8                               v124 = select v21, v20, v123  ; v123 = 0
;; @01c9                               return v124
;; }
