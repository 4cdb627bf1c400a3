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
;;                                     v29 -> v0
;;                                     v30 -> v1
;;                                     v60 -> v2
;; @003a                               v3 = icmp eq v0, v1
;; @003a                               brif v3, block2, block3
;;                                 block2:
;; @003a                               v4 = iconst.i64 1
;; @003a                               return v4  ; v4 = 1
;;                                 block3:
;; @003a                               v5 = ireduce.i32 v0
;; @003a                               v6 = ireduce.i32 v1
;; @003a                               v7 = symbol_value.i64 gv0
;; @003a                               v8 = load.i32 notrap aligned region2 v7
;; @003a                               v9 = uextend.i64 v8
;; @003a                               v10 = iconst.i64 16
;; @003a                               v11 = ishl v9, v10  ; v10 = 16
;; @003a                               v12 = icmp.i64 ugt v2, v11
;; @003a                               brif v12, block1, block4
;;                                 block4:
;; @003a                               v13 = iconst.i64 0
;; @003a                               v14 = select_spectre_guard v12, v13, v2  ; v13 = 0
;; @003a                               v15 = isub.i64 v11, v14
;; @003a                               v16 = uextend.i64 v5
;; @003a                               v17 = icmp ugt v16, v15
;; @003a                               brif v17, block1, block5
;;                                 block5:
;; @003a                               v18 = iconst.i64 0
;; @003a                               v19 = select_spectre_guard v17, v18, v14  ; v18 = 0
;; @003a                               v20 = iconst.i64 0x1000_0000
;; @003a                               v21 = iadd.i64 v16, v20  ; v20 = 0x1000_0000
;; @003a                               v22 = uextend.i64 v6
;; @003a                               v23 = icmp ugt v22, v15
;; @003a                               brif v23, block1, block6
;;                                 block6:
;; @003a                               v24 = iconst.i64 0
;; @003a                               v25 = select_spectre_guard v23, v24, v19  ; v24 = 0
;; @003a                               v26 = iconst.i64 0x1000_0000
;; @003a                               v27 = iadd.i64 v22, v26  ; v26 = 0x1000_0000
;; @003a                               v28 = call fn0(v21, v27, v25)
;; @003a                               return v28
;;                                 block1 cold:
;; @003e                               v31 = icmp.i64 eq v0, v1
;; @003e                               v32 = uextend.i32 v31
;; @003f                               brif v32, block7, block8
;;                                 block7:
;; @0041                               v33 = iconst.i64 1
;; @0043                               return v33  ; v33 = 1
;;                                 block8:
;; @0044                               jump block9
;;                                 block9:
;; @0045                               jump block10(v2, v29, v30)
;;                                 block10(v34: i64, v39: i64, v45: i64):
;; @0049                               v35 = iconst.i64 0
;; @0049                               v36 = icmp eq v34, v35  ; v35 = 0
;; @0049                               v37 = uextend.i32 v36
;; @004a                               brif v37, block11, block12
;;                                 block11:
;; @004c                               v38 = iconst.i64 1
;; @004e                               return v38  ; v38 = 1
;;                                 block12:
;; @004f                               jump block13
;;                                 block13:
;; @0052                               v40 = ireduce.i32 v39
;; @0053                               v41 = uextend.i64 v40
;; @0053                               v42 = iconst.i64 0x1000_0000
;; @0053                               v43 = iadd v41, v42  ; v42 = 0x1000_0000
;; @0053                               v44 = uload8.i64 little region0 v43
;; @0058                               v46 = ireduce.i32 v45
;; @0059                               v47 = uextend.i64 v46
;; @0059                               v48 = iconst.i64 0x1000_0000
;; @0059                               v49 = iadd v47, v48  ; v48 = 0x1000_0000
;; @0059                               v50 = uload8.i64 little region0 v49
;; @005c                               v51 = icmp ne v44, v50
;; @005c                               v52 = uextend.i32 v51
;; @005d                               brif v52, block14, block15
;;                                 block14:
;; @005f                               v53 = iconst.i64 0
;; @0061                               return v53  ; v53 = 0
;;                                 block15:
;; @0062                               jump block16
;;                                 block16:
;; @0065                               v54 = iconst.i64 1
;; @0067                               v55 = iadd.i64 v39, v54  ; v54 = 1
;; @006c                               v56 = iconst.i64 1
;; @006e                               v57 = iadd.i64 v45, v56  ; v56 = 1
;; @0073                               v58 = iconst.i64 1
;; @0075                               v59 = isub.i64 v34, v58  ; v58 = 1
;; @0078                               jump block10(v59, v55, v57)
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
;;                                     v52 -> v0
;;                                     v53 -> v1
;;                                     v28 -> v2
;;                                     v3 = iconst.i32 0
;;                                     v4 = iconst.i32 0
;; @0082                               v5 = uextend.i64 v2
;; @0082                               v6 = symbol_value.i64 gv0
;; @0082                               v7 = load.i32 notrap aligned region2 v6
;; @0082                               v8 = uextend.i64 v7
;; @0082                               v9 = iconst.i64 16
;; @0082                               v10 = ishl v8, v9  ; v9 = 16
;; @0082                               v11 = icmp ugt v5, v10
;; @0082                               brif v11, block1, block2
;;                                 block2:
;; @0082                               v12 = iconst.i64 0
;; @0082                               v13 = select_spectre_guard v11, v12, v5  ; v12 = 0
;; @0082                               v14 = isub.i64 v10, v13
;; @0082                               v15 = uextend.i64 v0
;; @0082                               v16 = icmp ugt v15, v14
;; @0082                               brif v16, block1, block3
;;                                 block3:
;; @0082                               v17 = iconst.i64 0
;; @0082                               v18 = select_spectre_guard v16, v17, v13  ; v17 = 0
;; @0082                               v19 = iconst.i64 0x1000_0000
;; @0082                               v20 = iadd.i64 v15, v19  ; v19 = 0x1000_0000
;; @0082                               v21 = uextend.i64 v1
;; @0082                               v22 = icmp ugt v21, v14
;; @0082                               brif v22, block1, block4
;;                                 block4:
;; @0082                               v23 = iconst.i64 0
;; @0082                               v24 = select_spectre_guard v22, v23, v18  ; v23 = 0
;; @0082                               v25 = iconst.i64 0x1000_0000
;; @0082                               v26 = iadd.i64 v21, v25  ; v25 = 0x1000_0000
;; @0082                               v27 = call fn0(v20, v26, v24)
;; @0082                               return v27
;;                                 block1 cold:
;; @0084                               brif.i32 v2, block5, block13
;;                                 block5:
;; @0086                               jump block6(v0, v1, v28)
;;                                 block6(v29: i32, v34: i32, v46: i32):
;; @008a                               v30 = uextend.i64 v29
;; @008a                               v31 = iconst.i64 0x1000_0000
;; @008a                               v32 = iadd v30, v31  ; v31 = 0x1000_0000
;; @008a                               v33 = sload8.i32 little region0 v32
;; @0091                               v35 = uextend.i64 v34
;; @0091                               v36 = iconst.i64 0x1000_0000
;; @0091                               v37 = iadd v35, v36  ; v36 = 0x1000_0000
;; @0091                               v38 = sload8.i32 little region0 v37
;; @0096                               v39 = icmp eq v33, v38
;; @0096                               v40 = uextend.i32 v39
;; @0097                               brif v40, block7, block10
;;                                 block7:
;; @009b                               v41 = iconst.i32 1
;; @009d                               v42 = iadd.i32 v29, v41  ; v41 = 1
;; @00a2                               v43 = iconst.i32 1
;; @00a4                               v44 = iadd.i32 v34, v43  ; v43 = 1
;; @00a7                               v45 = iconst.i32 0
;; @00ab                               v47 = iconst.i32 -1
;; @00ad                               v48 = iadd.i32 v46, v47  ; v47 = -1
;; @00b0                               v49 = iconst.i32 0
;; @00b0                               v50 = icmp eq v48, v49  ; v49 = 0
;; @00b0                               v51 = uextend.i32 v50
;; @00b1                               brif v51, block8, block9
;;                                 block8:
;; @00cb                               return v45  ; v45 = 0
;;                                 block9:
;; @00b4                               jump block6(v42, v44, v48)
;;                                 block10:
;; @00b6                               jump block11
;;                                 block11:
;; @00b7                               jump block12
;;                                 block12:
;; @00ba                               v54 = iconst.i32 255
;; @00bd                               v55 = band.i32 v33, v54  ; v54 = 255
;; @00c0                               v56 = iconst.i32 255
;; @00c3                               v57 = band.i32 v38, v56  ; v56 = 255
;; @00c4                               v58 = isub v55, v57
;; @00c5                               jump block14(v58)
;;                                 block13:
;; @00c6                               v59 = iconst.i32 0
;; @00c8                               jump block14(v59)  ; v59 = 0
;;                                 block14(v60: i32):
;; @00c9                               return v60
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
;;                                     v34 -> v0
;;                                     v29 -> v1
;;                                     v46 -> v1
;;                                     v70 -> v1
;;                                     v71 -> v1
;;                                     v72 -> v1
;;                                     v117 -> v1
;;                                     v127 -> v1
;;                                     v128 -> v1
;;                                     v129 -> v1
;;                                     v30 -> v2
;;                                     v3 = iconst.i32 0
;;                                     v4 = iconst.i32 0
;; @00d1                               v5 = iconst.i32 255
;; @00d1                               v6 = icmp ugt v1, v5  ; v5 = 255
;; @00d1                               brif v6, block1, block2
;;                                 block2:
;; @00d1                               v7 = uextend.i64 v2
;; @00d1                               v8 = symbol_value.i64 gv0
;; @00d1                               v9 = load.i32 notrap aligned region2 v8
;; @00d1                               v10 = uextend.i64 v9
;; @00d1                               v11 = iconst.i64 16
;; @00d1                               v12 = ishl v10, v11  ; v11 = 16
;; @00d1                               v13 = icmp ugt v7, v12
;; @00d1                               brif v13, block1, block3
;;                                 block3:
;; @00d1                               v14 = iconst.i64 0
;; @00d1                               v15 = select_spectre_guard v13, v14, v7  ; v14 = 0
;; @00d1                               v16 = isub.i64 v12, v15
;; @00d1                               v17 = uextend.i64 v0
;; @00d1                               v18 = icmp ugt v17, v16
;; @00d1                               brif v18, block1, block4
;;                                 block4:
;; @00d1                               v19 = iconst.i64 0
;; @00d1                               v20 = select_spectre_guard v18, v19, v15  ; v19 = 0
;; @00d1                               v21 = iconst.i64 0x1000_0000
;; @00d1                               v22 = iadd.i64 v17, v21  ; v21 = 0x1000_0000
;; @00d1                               v23 = call fn0(v22, v1, v20)
;; @00d1                               v24 = iconst.i64 0x1000_0000
;; @00d1                               v25 = isub v23, v24  ; v24 = 0x1000_0000
;; @00d1                               v26 = iconst.i64 0
;; @00d1                               v27 = select v23, v25, v26  ; v26 = 0
;; @00d1                               v28 = ireduce.i32 v27
;; @00d1                               return v28
;;                                 block1 cold:
;; @00db                               v31 = iconst.i32 0
;; @00dd                               v32 = icmp.i32 ne v2, v31  ; v31 = 0
;; @00dd                               v33 = uextend.i32 v32
;; @00e2                               v35 = iconst.i32 3
;; @00e4                               v36 = band.i32 v0, v35  ; v35 = 3
;; @00e5                               v37 = iconst.i32 0
;; @00e7                               v38 = icmp ne v36, v37  ; v37 = 0
;; @00e7                               v39 = uextend.i32 v38
;; @00e8                               v40 = band v33, v39
;; @00e9                               brif v40, block5, block10
;;                                 block5:
;; @00eb                               jump block6(v34, v30)
;;                                 block6(v41: i32, v49: i32):
;; @00ef                               v42 = uextend.i64 v41
;; @00ef                               v43 = iconst.i64 0x1000_0000
;; @00ef                               v44 = iadd v42, v43  ; v43 = 0x1000_0000
;; @00ef                               v45 = uload8.i32 little region0 v44
;; @00f4                               v47 = icmp eq v45, v46
;; @00f4                               v48 = uextend.i32 v47
;; @00f5                               brif v48, block12(v41, v49), block7
;;                                 block7:
;; @00f9                               v50 = iconst.i32 -1
;; @00fb                               v51 = iadd.i32 v49, v50  ; v50 = -1
;; @00fe                               v52 = iconst.i32 0
;; @0100                               v53 = icmp ne v51, v52  ; v52 = 0
;; @0100                               v54 = uextend.i32 v53
;; @0105                               v55 = iconst.i32 1
;; @0107                               v56 = iadd.i32 v41, v55  ; v55 = 1
;; @010a                               v57 = iconst.i32 3
;; @010c                               v58 = band v56, v57  ; v57 = 3
;; @010d                               v59 = iconst.i32 0
;; @010f                               v60 = icmp ne v58, v59  ; v59 = 0
;; @010f                               v61 = uextend.i32 v60
;; @0110                               v62 = band v54, v61
;; @0111                               brif v62, block6(v56, v51), block8
;;                                 block8:
;; @0113                               jump block9
;;                                 block9:
;; @0114                               jump block11(v54, v56, v51)
;;                                 block10:
;; @0114                               jump block11(v33, v34, v30)
;;                                 block11(v63: i32, v65: i32, v76: i32):
;; @0117                               brif v63, block12(v65, v76), block34
;;                                 block12(v64: i32, v75: i32):
;; @0122                               v66 = uextend.i64 v64
;; @0122                               v67 = iconst.i64 0x1000_0000
;; @0122                               v68 = iadd v66, v67  ; v67 = 0x1000_0000
;; @0122                               v69 = uload8.i32 little region0 v68
;; @0129                               v73 = icmp eq v69, v1
;; @0129                               v74 = uextend.i32 v73
;; @012a                               brif v74, block13, block14
;;                                 block13:
;; @0130                               jump block33(v64, v75)
;;                                 block14:
;; @0133                               v77 = iconst.i32 0x0101_0101
;; @0138                               v78 = imul.i32 v70, v77  ; v77 = 0x0101_0101
;;                                     v87 -> v78
;; @0141                               v79 = iconst.i32 3
;; @0143                               v80 = icmp.i32 ugt v75, v79  ; v79 = 3
;; @0143                               v81 = uextend.i32 v80
;; @0144                               brif v81, block15, block23
;;                                 block15:
;; @014a                               jump block16(v64, v75)
;;                                 block16(v82: i32, v101: i32):
;; @014e                               v83 = uextend.i64 v82
;; @014e                               v84 = iconst.i64 0x1000_0000
;; @014e                               v85 = iadd v83, v84  ; v84 = 0x1000_0000
;; @014e                               v86 = load.i32 little region0 v85
;; @0153                               v88 = bxor v86, v87
;; @0156                               v89 = iconst.i32 -2139062144
;; @015c                               v90 = band v88, v89  ; v89 = -2139062144
;; @015d                               v91 = iconst.i32 -2139062144
;; @0163                               v92 = bxor v90, v91  ; v91 = -2139062144
;; @0166                               v93 = iconst.i32 -16843009
;; @016b                               v94 = iadd v88, v93  ; v93 = -16843009
;; @016c                               v95 = band v92, v94
;; @016d                               v96 = iconst.i32 0
;; @016d                               v97 = icmp eq v95, v96  ; v96 = 0
;; @016d                               v98 = uextend.i32 v97
;; @016e                               brif v98, block17, block19
;;                                 block17:
;; @0172                               v99 = iconst.i32 4
;; @0174                               v100 = iadd.i32 v82, v99  ; v99 = 4
;; @0179                               v102 = iconst.i32 -4
;; @017b                               v103 = iadd.i32 v101, v102  ; v102 = -4
;; @017e                               v104 = iconst.i32 3
;; @0180                               v105 = icmp ugt v103, v104  ; v104 = 3
;; @0180                               v106 = uextend.i32 v105
;; @0181                               brif v106, block16(v100, v103), block18
;;                                 block18:
;; @0183                               jump block24(v103, v100)
;;                                 block19:
;; @0185                               jump block20
;;                                 block20:
;; @0186                               jump block21
;;                                 block21:
;; @0187                               jump block22
;;                                 block22:
;; @018f                               jump block28(v82, v101)
;;                                 block23:
;; @018c                               jump block24(v75, v64)
;;                                 block24(v107: i32, v126: i32):
;; @0194                               v108 = iconst.i32 0
;; @0194                               v109 = icmp eq v107, v108  ; v108 = 0
;; @0194                               v110 = uextend.i32 v109
;; @0195                               brif v110, block25, block26
;;                                 block25:
;; @0197                               v111 = iconst.i32 0
;; @019b                               jump block35(v126, v111)  ; v111 = 0
;;                                 block26:
;; @019d                               jump block27
;;                                 block27:
;; @019e                               jump block28(v126, v107)
;;                                 block28(v125: i32, v130: i32):
;; @019f                               jump block29(v125, v130)
;;                                 block29(v112: i32, v122: i32):
;; @01a3                               v113 = uextend.i64 v112
;; @01a3                               v114 = iconst.i64 0x1000_0000
;; @01a3                               v115 = iadd v113, v114  ; v114 = 0x1000_0000
;; @01a3                               v116 = uload8.i32 little region0 v115
;; @01a8                               v118 = icmp eq v116, v117
;; @01a8                               v119 = uextend.i32 v118
;; @01a9                               brif v119, block35(v112, v122), block30
;;                                 block30:
;; @01ad                               v120 = iconst.i32 1
;; @01af                               v121 = iadd.i32 v112, v120  ; v120 = 1
;; @01b4                               v123 = iconst.i32 -1
;; @01b6                               v124 = iadd.i32 v122, v123  ; v123 = -1
;; @01b9                               brif v124, block29(v121, v124), block31
;;                                 block31:
;; @01bb                               v131 = iconst.i32 0
;; @01bf                               jump block32
;;                                 block32:
;; @01c0                               jump block33(v121, v131)  ; v131 = 0
;;                                 block33(v134: i32, v137: i32):
;; @01c1                               jump block35(v134, v137)
;;                                 block34:
;; @0119                               v132 = iconst.i32 0
;; @011d                               jump block35(v65, v132)  ; v132 = 0
;;                                 block35(v133: i32, v136: i32):
;; @01c4                               v135 = iconst.i32 0
;; @01c8                               v138 = select v136, v133, v135  ; v135 = 0
;; @01c9                               return v138
;; }
