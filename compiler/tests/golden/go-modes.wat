;;! emit = ir
;;! go = trusted
;;! after = give-way, file-modes
;; The mode that Go drops: syscall.path_create_directory finds it in the frame of syscall.Mkdir,
;; whose return address is at SP. Frames of other callers have none.
(module
  (import "wasi_snapshot_preview1" "path_create_directory" (func $mkdir (param i32 i32 i32) (result i32)))
  (memory 1)
  (global (mut i32) (i32.const 0))
  ;; frame syscall.Mkdir 40 48
  ;; frame internal/syscall/unix.Mkdirat 56 48
  (func $syscall.path_create_directory (param i32) (result i32) (local i32)
    (local.set 1 (global.get 0))
    (i64.store32 offset=32 (local.get 1) (i64.extend_i32_u (call $mkdir
      (i32.load offset=8 (local.get 1)) (i32.load offset=16 (local.get 1)) (i32.load offset=24 (local.get 1)))))
    (global.set 0 (local.tee 1 (i32.add (local.get 1) (i32.const 8))))
    (i32.const 0))
  (func $syscall.Mkdir (param i32) (result i32) (local i32)
    (local.set 1 (global.get 0))
    (global.set 0 (local.tee 1 (i32.sub (local.get 1) (i32.const 56))))
    (i64.store (local.get 1) (i64.const @syscall.Mkdir:4))
    (call $syscall.path_create_directory (i32.const 0)))
  ;; Its arguments have another size than Go's, and so another form.
  (func $internal/syscall/unix.Mkdirat (param i32) (result i32) (local i32)
    (local.set 1 (global.get 0))
    (global.set 0 (local.tee 1 (i32.sub (local.get 1) (i32.const 56))))
    (i64.store (local.get 1) (i64.const @internal/syscall/unix.Mkdirat:4))
    (call $syscall.path_create_directory (i32.const 0)))
  (func (export "_start")))
;; expected:
;; ==== trusted
;; ==== after give-way
;; ; syscall.path_create_directory
;; function (i32, sp) -> (i32, sp)
;; variables i32 i32 sp, sp is x2
;; b0(v0: i32, v1: sp):
;;   v4: sp = get x2                                 @86
;;   v5: i32 = sp.low v4                             @86
;;   set x1 v5                                       @88
;;   v6: i32 = i32.load v5 +8                        @8e
;;   v7: i32 = i32.load v5 +16                       @93
;;   v8: i32 = i32.load v5 +24                       @98
;;   v9: i32 = call 0:wasi_aot_path_create_directory v6 v7 v8@9b
;;   v10: i64 = i64.extend_i32_u v9                  @9d
;;   i64.store32 v5 v10 +32                          @9e
;;   v11: i32 = i32.const 8                          @a3
;;   v12: i32 = i32.add v5 v11                       @a5
;;   set x1 v12                                      @a6
;;   v13: sp = sp.from v12                           @a8
;;   set x2 v13                                      @a8
;;   v14: i32 = i32.const 0                          @aa
;;   return v14 v13                                  @ac
;; ; syscall.Mkdir
;; function (i32, sp) -> (i32, sp)
;; variables i32 i32 sp, sp is x2
;; b0(v0: i32, v1: sp):
;;   v4: sp = get x2                                 @b1
;;   v5: i32 = sp.low v4                             @b1
;;   set x1 v5                                       @b3
;;   v6: i32 = i32.const 56                          @b7
;;   v7: i32 = i32.sub v5 v6                         @b9
;;   set x1 v7                                       @ba
;;   v8: sp = sp.from v7                             @bc
;;   set x2 v8                                       @bc
;;   v9: i64 = i64.const 268500996                   @c0
;;   i64.store v7 v9 +0                              @c6
;;   v10: i32 = i32.const 0                          @c9
;;   v11: i32, v12: sp = call 1:syscall.path_create_directory go 4 slots 0 v10 v8@cb
;;   set x2 v12                                      @cb
;;   return v11 v12                                  @cd
;; ; internal/syscall/unix.Mkdirat
;; function (i32, sp) -> (i32, sp)
;; variables i32 i32 sp, sp is x2
;; b0(v0: i32, v1: sp):
;;   v4: sp = get x2                                 @d2
;;   v5: i32 = sp.low v4                             @d2
;;   set x1 v5                                       @d4
;;   v6: i32 = i32.const 56                          @d8
;;   v7: i32 = i32.sub v5 v6                         @da
;;   set x1 v7                                       @db
;;   v8: sp = sp.from v7                             @dd
;;   set x2 v8                                       @dd
;;   v9: i64 = i64.const 268566532                   @e1
;;   i64.store v7 v9 +0                              @e7
;;   v10: i32 = i32.const 0                          @ea
;;   v11: i32, v12: sp = call 1:syscall.path_create_directory go 4 slots 0 v10 v8@ec
;;   set x2 v12                                      @ec
;;   return v11 v12                                  @ee
;; ==== after file-modes
;; ; syscall.path_create_directory
;; function (i32, sp) -> (i32, sp)
;; variables i32 i32 sp, sp is x2
;; b0(v0: i32, v1: sp):
;;   v4: sp = get x2                                 @86
;;   v5: i32 = sp.low v4                             @86
;;   set x1 v5                                       @88
;;   v6: i32 = i32.load v5 +8                        @8e
;;   v7: i32 = i32.load v5 +16                       @93
;;   v8: i32 = i32.load v5 +24                       @98
;;   v15: sp = get x2                                @9b
;;   v16: i32 = sp.low v15                           @9b
;;   v17: i64 = i64.load v16 +0                      @9b
;;   v18: i32 = i32.const 0                          @9b
;;   v19: i64 = i64.const 268500996                  @9b
;;   v20: i32 = i64.eq v17 v19                       @9b
;;   v21: i32 = i32.const 80                         @9b
;;   v22: i32 = select.i32 v21 v18 v20               @9b
;;   v23: i32 = i32.add v16 v22                      @9b
;;   v24: i32 = i32.load v23 +0                      @9b
;;   v25: i32 = i32.const 511                        @9b
;;   v26: i32 = i32.and v24 v25                      @9b
;;   v27: i32 = i32.const 511                        @9b
;;   v28: i32 = select.i32 v26 v27 v22               @9b
;;   v9: i32 = call_os path_create_directory v6 v7 v8 v28@9b
;;   v10: i64 = i64.extend_i32_u v9                  @9d
;;   i64.store32 v5 v10 +32                          @9e
;;   v11: i32 = i32.const 8                          @a3
;;   v12: i32 = i32.add v5 v11                       @a5
;;   set x1 v12                                      @a6
;;   v13: sp = sp.from v12                           @a8
;;   set x2 v13                                      @a8
;;   v14: i32 = i32.const 0                          @aa
;;   return v14 v13                                  @ac
;; ; syscall.Mkdir
;; function (i32, sp) -> (i32, sp)
;; variables i32 i32 sp, sp is x2
;; b0(v0: i32, v1: sp):
;;   v4: sp = get x2                                 @b1
;;   v5: i32 = sp.low v4                             @b1
;;   set x1 v5                                       @b3
;;   v6: i32 = i32.const 56                          @b7
;;   v7: i32 = i32.sub v5 v6                         @b9
;;   set x1 v7                                       @ba
;;   v8: sp = sp.from v7                             @bc
;;   set x2 v8                                       @bc
;;   v9: i64 = i64.const 268500996                   @c0
;;   i64.store v7 v9 +0                              @c6
;;   v10: i32 = i32.const 0                          @c9
;;   v11: i32, v12: sp = call 1:syscall.path_create_directory go 4 slots 0 v10 v8@cb
;;   set x2 v12                                      @cb
;;   return v11 v12                                  @cd
;; ; internal/syscall/unix.Mkdirat
;; function (i32, sp) -> (i32, sp)
;; variables i32 i32 sp, sp is x2
;; b0(v0: i32, v1: sp):
;;   v4: sp = get x2                                 @d2
;;   v5: i32 = sp.low v4                             @d2
;;   set x1 v5                                       @d4
;;   v6: i32 = i32.const 56                          @d8
;;   v7: i32 = i32.sub v5 v6                         @da
;;   set x1 v7                                       @db
;;   v8: sp = sp.from v7                             @dd
;;   set x2 v8                                       @dd
;;   v9: i64 = i64.const 268566532                   @e1
;;   i64.store v7 v9 +0                              @e7
;;   v10: i32 = i32.const 0                          @ea
;;   v11: i32, v12: sp = call 1:syscall.path_create_directory go 4 slots 0 v10 v8@ec
;;   set x2 v12                                      @ec
;;   return v11 v12                                  @ee
