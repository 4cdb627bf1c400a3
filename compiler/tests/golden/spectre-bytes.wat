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
;;     gv0 = symbol colocated userextname0
;;     sig0 = (i64, i64, i64) -> i64 system_v
;;     fn0 = colocated u11:0 sig0
;; block0(v0: i64, v1: i64, v2: i64):
;;     v29 -> v0
;;     v30 -> v1
;;     v60 -> v2
;;     v3 = icmp eq v0, v1
;;     brif v3, block2, block3
;; block2:
;;     v4 = iconst.i64 1
;;     return v4  ; v4 = 1
;; block3:
;;     v5 = ireduce.i32 v0
;;     v6 = ireduce.i32 v1
;;     v7 = symbol_value.i64 gv0
;;     v8 = load.i32 notrap aligned region2 v7
;;     v9 = uextend.i64 v8
;;     v10 = iconst.i64 16
;;     v11 = ishl v9, v10  ; v10 = 16
;;     v12 = icmp.i64 ugt v2, v11
;;     brif v12, block1, block4
;; block4:
;;     v13 = iconst.i64 0
;;     v14 = select_spectre_guard v12, v13, v2  ; v13 = 0
;;     v15 = isub.i64 v11, v14
;;     v16 = uextend.i64 v5
;;     v17 = icmp ugt v16, v15
;;     brif v17, block1, block5
;; block5:
;;     v18 = iconst.i64 0
;;     v19 = select_spectre_guard v17, v18, v14  ; v18 = 0
;;     v20 = iconst.i64 0x1000_0000
;;     v21 = iadd.i64 v16, v20  ; v20 = 0x1000_0000
;;     v22 = uextend.i64 v6
;;     v23 = icmp ugt v22, v15
;;     brif v23, block1, block6
;; block6:
;;     v24 = iconst.i64 0
;;     v25 = select_spectre_guard v23, v24, v19  ; v24 = 0
;;     v26 = iconst.i64 0x1000_0000
;;     v27 = iadd.i64 v22, v26  ; v26 = 0x1000_0000
;;     v28 = call fn0(v21, v27, v25)
;;     return v28
;; block1 cold:
;;     v31 = icmp.i64 eq v0, v1
;;     v32 = uextend.i32 v31
;;     brif v32, block7, block8
;; block7:
;;     v33 = iconst.i64 1
;;     return v33  ; v33 = 1
;; block8:
;;     jump block9
;; block9:
;;     jump block10(v2, v29, v30)
;; block10(v34: i64, v39: i64, v45: i64):
;;     v35 = iconst.i64 0
;;     v36 = icmp eq v34, v35  ; v35 = 0
;;     v37 = uextend.i32 v36
;;     brif v37, block11, block12
;; block11:
;;     v38 = iconst.i64 1
;;     return v38  ; v38 = 1
;; block12:
;;     jump block13
;; block13:
;;     v40 = ireduce.i32 v39
;;     v41 = uextend.i64 v40
;;     v42 = iconst.i64 0x1000_0000
;;     v43 = iadd v41, v42  ; v42 = 0x1000_0000
;;     v44 = uload8.i64 little region0 v43
;;     v46 = ireduce.i32 v45
;;     v47 = uextend.i64 v46
;;     v48 = iconst.i64 0x1000_0000
;;     v49 = iadd v47, v48  ; v48 = 0x1000_0000
;;     v50 = uload8.i64 little region0 v49
;;     v51 = icmp ne v44, v50
;;     v52 = uextend.i32 v51
;;     brif v52, block14, block15
;; block14:
;;     v53 = iconst.i64 0
;;     return v53  ; v53 = 0
;; block15:
;;     jump block16
;; block16:
;;     v54 = iconst.i64 1
;;     v55 = iadd.i64 v39, v54  ; v54 = 1
;;     v56 = iconst.i64 1
;;     v57 = iadd.i64 v45, v56  ; v56 = 1
;;     v58 = iconst.i64 1
;;     v59 = isub.i64 v34, v58  ; v58 = 1
;;     jump block10(v59, v55, v57)
;; }
;; ; memcmp
;; function u0:1(i32, i32, i32) -> i32 tail {
;;     region0 = 0 "linear memory"
;;     region1 = 1 "globals"
;;     region2 = 2 "memory size"
;;     gv0 = symbol colocated userextname0
;;     sig0 = (i64, i64, i64) -> i32 system_v
;;     fn0 = colocated u12:0 sig0
;; block0(v0: i32, v1: i32, v2: i32):
;;     v52 -> v0
;;     v53 -> v1
;;     v28 -> v2
;;     v3 = iconst.i32 0
;;     v4 = iconst.i32 0
;;     v5 = uextend.i64 v2
;;     v6 = symbol_value.i64 gv0
;;     v7 = load.i32 notrap aligned region2 v6
;;     v8 = uextend.i64 v7
;;     v9 = iconst.i64 16
;;     v10 = ishl v8, v9  ; v9 = 16
;;     v11 = icmp ugt v5, v10
;;     brif v11, block1, block2
;; block2:
;;     v12 = iconst.i64 0
;;     v13 = select_spectre_guard v11, v12, v5  ; v12 = 0
;;     v14 = isub.i64 v10, v13
;;     v15 = uextend.i64 v0
;;     v16 = icmp ugt v15, v14
;;     brif v16, block1, block3
;; block3:
;;     v17 = iconst.i64 0
;;     v18 = select_spectre_guard v16, v17, v13  ; v17 = 0
;;     v19 = iconst.i64 0x1000_0000
;;     v20 = iadd.i64 v15, v19  ; v19 = 0x1000_0000
;;     v21 = uextend.i64 v1
;;     v22 = icmp ugt v21, v14
;;     brif v22, block1, block4
;; block4:
;;     v23 = iconst.i64 0
;;     v24 = select_spectre_guard v22, v23, v18  ; v23 = 0
;;     v25 = iconst.i64 0x1000_0000
;;     v26 = iadd.i64 v21, v25  ; v25 = 0x1000_0000
;;     v27 = call fn0(v20, v26, v24)
;;     return v27
;; block1 cold:
;;     brif.i32 v2, block5, block13
;; block5:
;;     jump block6(v0, v1, v28)
;; block6(v29: i32, v34: i32, v46: i32):
;;     v30 = uextend.i64 v29
;;     v31 = iconst.i64 0x1000_0000
;;     v32 = iadd v30, v31  ; v31 = 0x1000_0000
;;     v33 = sload8.i32 little region0 v32
;;     v35 = uextend.i64 v34
;;     v36 = iconst.i64 0x1000_0000
;;     v37 = iadd v35, v36  ; v36 = 0x1000_0000
;;     v38 = sload8.i32 little region0 v37
;;     v39 = icmp eq v33, v38
;;     v40 = uextend.i32 v39
;;     brif v40, block7, block10
;; block7:
;;     v41 = iconst.i32 1
;;     v42 = iadd.i32 v29, v41  ; v41 = 1
;;     v43 = iconst.i32 1
;;     v44 = iadd.i32 v34, v43  ; v43 = 1
;;     v45 = iconst.i32 0
;;     v47 = iconst.i32 -1
;;     v48 = iadd.i32 v46, v47  ; v47 = -1
;;     v49 = iconst.i32 0
;;     v50 = icmp eq v48, v49  ; v49 = 0
;;     v51 = uextend.i32 v50
;;     brif v51, block8, block9
;; block8:
;;     return v45  ; v45 = 0
;; block9:
;;     jump block6(v42, v44, v48)
;; block10:
;;     jump block11
;; block11:
;;     jump block12
;; block12:
;;     v54 = iconst.i32 255
;;     v55 = band.i32 v33, v54  ; v54 = 255
;;     v56 = iconst.i32 255
;;     v57 = band.i32 v38, v56  ; v56 = 255
;;     v58 = isub v55, v57
;;     jump block14(v58)
;; block13:
;;     v59 = iconst.i32 0
;;     jump block14(v59)  ; v59 = 0
;; block14(v60: i32):
;;     return v60
;; }
;; ; memchr
;; function u0:2(i32, i32, i32) -> i32 tail {
;;     region0 = 0 "linear memory"
;;     region1 = 1 "globals"
;;     region2 = 2 "memory size"
;;     gv0 = symbol colocated userextname0
;;     sig0 = (i64, i32, i64) -> i64 system_v
;;     fn0 = colocated u13:0 sig0
;; block0(v0: i32, v1: i32, v2: i32):
;;     v34 -> v0
;;     v29 -> v1
;;     v46 -> v1
;;     v70 -> v1
;;     v71 -> v1
;;     v72 -> v1
;;     v117 -> v1
;;     v127 -> v1
;;     v128 -> v1
;;     v129 -> v1
;;     v30 -> v2
;;     v3 = iconst.i32 0
;;     v4 = iconst.i32 0
;;     v5 = iconst.i32 255
;;     v6 = icmp ugt v1, v5  ; v5 = 255
;;     brif v6, block1, block2
;; block2:
;;     v7 = uextend.i64 v2
;;     v8 = symbol_value.i64 gv0
;;     v9 = load.i32 notrap aligned region2 v8
;;     v10 = uextend.i64 v9
;;     v11 = iconst.i64 16
;;     v12 = ishl v10, v11  ; v11 = 16
;;     v13 = icmp ugt v7, v12
;;     brif v13, block1, block3
;; block3:
;;     v14 = iconst.i64 0
;;     v15 = select_spectre_guard v13, v14, v7  ; v14 = 0
;;     v16 = isub.i64 v12, v15
;;     v17 = uextend.i64 v0
;;     v18 = icmp ugt v17, v16
;;     brif v18, block1, block4
;; block4:
;;     v19 = iconst.i64 0
;;     v20 = select_spectre_guard v18, v19, v15  ; v19 = 0
;;     v21 = iconst.i64 0x1000_0000
;;     v22 = iadd.i64 v17, v21  ; v21 = 0x1000_0000
;;     v23 = call fn0(v22, v1, v20)
;;     v24 = iconst.i64 0x1000_0000
;;     v25 = isub v23, v24  ; v24 = 0x1000_0000
;;     v26 = iconst.i64 0
;;     v27 = select v23, v25, v26  ; v26 = 0
;;     v28 = ireduce.i32 v27
;;     return v28
;; block1 cold:
;;     v31 = iconst.i32 0
;;     v32 = icmp.i32 ne v2, v31  ; v31 = 0
;;     v33 = uextend.i32 v32
;;     v35 = iconst.i32 3
;;     v36 = band.i32 v0, v35  ; v35 = 3
;;     v37 = iconst.i32 0
;;     v38 = icmp ne v36, v37  ; v37 = 0
;;     v39 = uextend.i32 v38
;;     v40 = band v33, v39
;;     brif v40, block5, block10
;; block5:
;;     jump block6(v34, v30)
;; block6(v41: i32, v49: i32):
;;     v42 = uextend.i64 v41
;;     v43 = iconst.i64 0x1000_0000
;;     v44 = iadd v42, v43  ; v43 = 0x1000_0000
;;     v45 = uload8.i32 little region0 v44
;;     v47 = icmp eq v45, v46
;;     v48 = uextend.i32 v47
;;     brif v48, block12(v41, v49), block7
;; block7:
;;     v50 = iconst.i32 -1
;;     v51 = iadd.i32 v49, v50  ; v50 = -1
;;     v52 = iconst.i32 0
;;     v53 = icmp ne v51, v52  ; v52 = 0
;;     v54 = uextend.i32 v53
;;     v55 = iconst.i32 1
;;     v56 = iadd.i32 v41, v55  ; v55 = 1
;;     v57 = iconst.i32 3
;;     v58 = band v56, v57  ; v57 = 3
;;     v59 = iconst.i32 0
;;     v60 = icmp ne v58, v59  ; v59 = 0
;;     v61 = uextend.i32 v60
;;     v62 = band v54, v61
;;     brif v62, block6(v56, v51), block8
;; block8:
;;     jump block9
;; block9:
;;     jump block11(v54, v56, v51)
;; block10:
;;     jump block11(v33, v34, v30)
;; block11(v63: i32, v65: i32, v76: i32):
;;     brif v63, block12(v65, v76), block34
;; block12(v64: i32, v75: i32):
;;     v66 = uextend.i64 v64
;;     v67 = iconst.i64 0x1000_0000
;;     v68 = iadd v66, v67  ; v67 = 0x1000_0000
;;     v69 = uload8.i32 little region0 v68
;;     v73 = icmp eq v69, v1
;;     v74 = uextend.i32 v73
;;     brif v74, block13, block14
;; block13:
;;     jump block33(v64, v75)
;; block14:
;;     v77 = iconst.i32 0x0101_0101
;;     v78 = imul.i32 v70, v77  ; v77 = 0x0101_0101
;;     v87 -> v78
;;     v79 = iconst.i32 3
;;     v80 = icmp.i32 ugt v75, v79  ; v79 = 3
;;     v81 = uextend.i32 v80
;;     brif v81, block15, block23
;; block15:
;;     jump block16(v64, v75)
;; block16(v82: i32, v101: i32):
;;     v83 = uextend.i64 v82
;;     v84 = iconst.i64 0x1000_0000
;;     v85 = iadd v83, v84  ; v84 = 0x1000_0000
;;     v86 = load.i32 little region0 v85
;;     v88 = bxor v86, v87
;;     v89 = iconst.i32 -2139062144
;;     v90 = band v88, v89  ; v89 = -2139062144
;;     v91 = iconst.i32 -2139062144
;;     v92 = bxor v90, v91  ; v91 = -2139062144
;;     v93 = iconst.i32 -16843009
;;     v94 = iadd v88, v93  ; v93 = -16843009
;;     v95 = band v92, v94
;;     v96 = iconst.i32 0
;;     v97 = icmp eq v95, v96  ; v96 = 0
;;     v98 = uextend.i32 v97
;;     brif v98, block17, block19
;; block17:
;;     v99 = iconst.i32 4
;;     v100 = iadd.i32 v82, v99  ; v99 = 4
;;     v102 = iconst.i32 -4
;;     v103 = iadd.i32 v101, v102  ; v102 = -4
;;     v104 = iconst.i32 3
;;     v105 = icmp ugt v103, v104  ; v104 = 3
;;     v106 = uextend.i32 v105
;;     brif v106, block16(v100, v103), block18
;; block18:
;;     jump block24(v103, v100)
;; block19:
;;     jump block20
;; block20:
;;     jump block21
;; block21:
;;     jump block22
;; block22:
;;     jump block28(v82, v101)
;; block23:
;;     jump block24(v75, v64)
;; block24(v107: i32, v126: i32):
;;     v108 = iconst.i32 0
;;     v109 = icmp eq v107, v108  ; v108 = 0
;;     v110 = uextend.i32 v109
;;     brif v110, block25, block26
;; block25:
;;     v111 = iconst.i32 0
;;     jump block35(v126, v111)  ; v111 = 0
;; block26:
;;     jump block27
;; block27:
;;     jump block28(v126, v107)
;; block28(v125: i32, v130: i32):
;;     jump block29(v125, v130)
;; block29(v112: i32, v122: i32):
;;     v113 = uextend.i64 v112
;;     v114 = iconst.i64 0x1000_0000
;;     v115 = iadd v113, v114  ; v114 = 0x1000_0000
;;     v116 = uload8.i32 little region0 v115
;;     v118 = icmp eq v116, v117
;;     v119 = uextend.i32 v118
;;     brif v119, block35(v112, v122), block30
;; block30:
;;     v120 = iconst.i32 1
;;     v121 = iadd.i32 v112, v120  ; v120 = 1
;;     v123 = iconst.i32 -1
;;     v124 = iadd.i32 v122, v123  ; v123 = -1
;;     brif v124, block29(v121, v124), block31
;; block31:
;;     v131 = iconst.i32 0
;;     jump block32
;; block32:
;;     jump block33(v121, v131)  ; v131 = 0
;; block33(v134: i32, v137: i32):
;;     jump block35(v134, v137)
;; block34:
;;     v132 = iconst.i32 0
;;     jump block35(v65, v132)  ; v132 = 0
;; block35(v133: i32, v136: i32):
;;     v135 = iconst.i32 0
;;     v138 = select v136, v133, v135  ; v135 = 0
;;     return v138
;; }
