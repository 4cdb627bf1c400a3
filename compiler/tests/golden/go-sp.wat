;;! emit = ir
;;! go = trusted
;;! after = give-way, mirror-sp, values, slots
;; Local 1 is a copy of SP wherever it is read (`mirror-sp`), SP is a value from call to call
;; (`values`), and accesses are off that value: exactly at SP (`sp-bases`), and at SP plus a
;; constant that was added in 64 bits (`slots`).
(module
  (memory 1)
  (global (mut i32) (i32.const 0))
  (func $main.frame (param i32) (result i32) (local i32)
    (local.set 1 (global.get 0))
    (global.set 0 (local.tee 1 (i32.sub (local.get 1) (i32.const 32))))
    (i64.store offset=8 (local.get 1) (i64.const 7))
    (call $main.callee (i32.const 0))
    (global.get 0) (local.set 1)
    (if (then (i32.const 1) (return)))
    (i64.store offset=16 (local.get 1) (i64.const 9))
    (global.set 0 (local.tee 1 (i32.add (local.get 1) (i32.const 40))))
    (i32.const 0))
  (func $main.callee (param i32) (result i32)
    (i32.load (i32.const 8)))
  (func $main.slot (param i32) (result i32) (local i32)
    (local.set 1 (global.get 0))
    (block $start (br_table $start (local.get 0)))
    (i64.store
      (i32.wrap_i64 (i64.add (i64.extend_i32_u (local.get 1)) (i64.const 24)))
      (i64.const 7))
    (i32.const 0))
  (func (export "_start")))
;; expected:
;; ==== trusted
;; ==== after give-way
;; ; main.frame
;; function (i32, sp) -> (i32, sp)
;; variables i32 i32 sp, sp is x2
;; b0(v0: i32, v1: sp):
;;   v4: sp = get x2                                 @4d
;;   v5: i32 = sp.low v4                             @4d
;;   set x1 v5                                       @4f
;;   v6: i32 = i32.const 32                          @53
;;   v7: i32 = i32.sub v5 v6                         @55
;;   set x1 v7                                       @56
;;   v8: sp = sp.from v7                             @58
;;   set x2 v8                                       @58
;;   v9: i64 = i64.const 7                           @5c
;;   i64.store v7 v9 +8                              @5e
;;   v10: i32 = i32.const 0                          @61
;;   v11: i32, v12: sp = call 1:main.callee v10 v8   @63
;;   set x2 v12                                      @63
;;   v13: i32 = sp.low v12                           @65
;;   set x1 v13                                      @67
;;   branch v11 b3 b2                                @69
;; b3() cold:
;;   v14: i32 = i32.const 1                          @6b
;;   v15: sp = get x2                                @6d
;;   return v14 v15                                  @6d
;; b2():
;;   v16: i32 = get x1                               @6f
;;   v17: i64 = i64.const 9                          @71
;;   i64.store v16 v17 +16                           @73
;;   v18: i32 = i32.const 40                         @78
;;   v19: i32 = i32.add v16 v18                      @7a
;;   set x1 v19                                      @7b
;;   v20: sp = sp.from v19                           @7d
;;   set x2 v20                                      @7d
;;   v21: i32 = i32.const 0                          @7f
;;   return v21 v20                                  @81
;; ; main.callee
;; function (i32, sp) -> (i32, sp)
;; variables i32 sp, sp is x1
;; b0(v0: i32, v1: sp):
;;   v4: i32 = i32.const 8                           @84
;;   v5: i32 = i32.load v4 +0                        @86
;;   v6: sp = get x1                                 @89
;;   return v5 v6                                    @89
;; ; main.slot
;; function (i32, sp) -> (i32, sp)
;; variables i32 i32 sp, sp is x2, dispatch b0
;; b0(v0: i32, v1: sp):
;;   v4: sp = get x2                                 @8e/0
;;   v5: i32 = sp.low v4                             @8e/0
;;   set x1 v5                                       @90/0
;;   v6: i32 = get x0                                @94/0
;;   branch v6 b4 b2                                 @96/0
;; b4() cold:
;;   switch v6 [] b3                                 @96/0
;; b3() cold:
;;   trap UnexpectedEntry                            @96/0
;; b2():
;;   v7: i32 = get x1                                @9a/0
;;   v8: i64 = i64.extend_i32_u v7                   @9c/0
;;   v9: i64 = i64.const 24                          @9d/0
;;   v10: i64 = i64.add v8 v9                        @9f/0
;;   v11: i32 = i32.wrap_i64 v10                     @a0/0
;;   v12: i64 = i64.const 7                          @a1/0
;;   i64.store v11 v12 +0                            @a3/0
;;   v13: i32 = i32.const 0                          @a6/0
;;   v14: sp = get x2                                @a8/0
;;   return v13 v14                                  @a8/0
;; ==== after mirror-sp
;; ; main.frame
;; function (i32, sp) -> (i32, sp)
;; variables i32 i32 sp, sp is x2
;; b0(v0: i32, v1: sp):
;;   v4: sp = get x2                                 @4d
;;   v5: i32 = sp.low v4                             @4d
;;   set x1 v5                                       @4f
;;   v6: i32 = i32.const 32                          @53
;;   v7: i32 = i32.sub v5 v6                         @55
;;   set x1 v7                                       @56
;;   v8: sp = sp.from v7                             @58
;;   set x2 v8                                       @58
;;   v9: i64 = i64.const 7                           @5c
;;   i64.store v7 v9 +8                              @5e
;;   v10: i32 = i32.const 0                          @61
;;   v11: i32, v12: sp = call 1:main.callee v10 v8   @63
;;   set x2 v12                                      @63
;;   v13: i32 = sp.low v12                           @65
;;   set x1 v13                                      @67
;;   branch v11 b3 b2                                @69
;; b3() cold:
;;   v14: i32 = i32.const 1                          @6b
;;   v15: sp = get x2                                @6d
;;   return v14 v15                                  @6d
;; b2():
;;   v22: sp = get x2                                @6f
;;   v16: i32 = sp.low v22                           @6f
;;   v17: i64 = i64.const 9                          @71
;;   i64.store v16 v17 +16                           @73
;;   v18: i32 = i32.const 40                         @78
;;   v19: i32 = i32.add v16 v18                      @7a
;;   set x1 v19                                      @7b
;;   v20: sp = sp.from v19                           @7d
;;   set x2 v20                                      @7d
;;   v21: i32 = i32.const 0                          @7f
;;   return v21 v20                                  @81
;; ; main.callee
;; function (i32, sp) -> (i32, sp)
;; variables i32 sp, sp is x1
;; b0(v0: i32, v1: sp):
;;   v4: i32 = i32.const 8                           @84
;;   v5: i32 = i32.load v4 +0                        @86
;;   v6: sp = get x1                                 @89
;;   return v5 v6                                    @89
;; ; main.slot
;; function (i32, sp) -> (i32, sp)
;; variables i32 i32 sp, sp is x2, dispatch b0
;; b0(v0: i32, v1: sp):
;;   v4: sp = get x2                                 @8e/0
;;   v5: i32 = sp.low v4                             @8e/0
;;   set x1 v5                                       @90/0
;;   v6: i32 = get x0                                @94/0
;;   branch v6 b4 b2                                 @96/0
;; b4() cold:
;;   switch v6 [] b3                                 @96/0
;; b3() cold:
;;   trap UnexpectedEntry                            @96/0
;; b2():
;;   v15: sp = get x2                                @9a/0
;;   v7: i32 = sp.low v15                            @9a/0
;;   v8: i64 = i64.extend_i32_u v7                   @9c/0
;;   v9: i64 = i64.const 24                          @9d/0
;;   v10: i64 = i64.add v8 v9                        @9f/0
;;   v11: i32 = i32.wrap_i64 v10                     @a0/0
;;   v12: i64 = i64.const 7                          @a1/0
;;   i64.store v11 v12 +0                            @a3/0
;;   v13: i32 = i32.const 0                          @a6/0
;;   v14: sp = get x2                                @a8/0
;;   return v13 v14                                  @a8/0
;; ==== after values
;; ; main.frame
;; function (i32, sp) -> (i32, sp)
;; variables i32 i32 sp, sp is x2
;; b0(v0: i32, v1: sp):
;;   v5: i32 = sp.low v1                             @4d
;;   v6: i32 = i32.const 32                          @53
;;   v7: i32 = i32.sub v5 v6                         @55
;;   v8: sp = sp.from v7                             @58
;;   v9: i64 = i64.const 7                           @5c
;;   i64.store v7 v9 +8                              @5e
;;   v10: i32 = i32.const 0                          @61
;;   v11: i32, v12: sp = call 1:main.callee v10 v8   @63
;;   v13: i32 = sp.low v12                           @65
;;   branch v11 b3 b2                                @69
;; b3() cold:
;;   v14: i32 = i32.const 1                          @6b
;;   return v14 v12                                  @6d
;; b2():
;;   v16: i32 = sp.low v12                           @6f
;;   v17: i64 = i64.const 9                          @71
;;   i64.store v16 v17 +16                           @73
;;   v18: i32 = i32.const 40                         @78
;;   v19: i32 = i32.add v16 v18                      @7a
;;   v20: sp = sp.from v19                           @7d
;;   v21: i32 = i32.const 0                          @7f
;;   return v21 v20                                  @81
;; ; main.callee
;; function (i32, sp) -> (i32, sp)
;; variables i32 sp, sp is x1
;; b0(v0: i32, v1: sp):
;;   v4: i32 = i32.const 8                           @84
;;   v5: i32 = i32.load v4 +0                        @86
;;   return v5 v1                                    @89
;; ; main.slot
;; function (i32, sp) -> (i32, sp)
;; variables i32 i32 sp, sp is x2, dispatch b0
;; b0(v0: i32, v1: sp):
;;   v5: i32 = sp.low v1                             @8e/0
;;   branch v0 b4 b2                                 @96/0
;; b4() cold:
;;   switch v0 [] b3                                 @96/0
;; b3() cold:
;;   trap UnexpectedEntry                            @96/0
;; b2():
;;   v7: i32 = sp.low v1                             @9a/0
;;   v8: i64 = i64.extend_i32_u v7                   @9c/0
;;   v9: i64 = i64.const 24                          @9d/0
;;   v10: i64 = i64.add v8 v9                        @9f/0
;;   v11: i32 = i32.wrap_i64 v10                     @a0/0
;;   v12: i64 = i64.const 7                          @a1/0
;;   i64.store v11 v12 +0                            @a3/0
;;   v13: i32 = i32.const 0                          @a6/0
;;   return v13 v1                                   @a8/0
;; ==== after slots
;; ; main.frame
;; function (i32, sp) -> (i32, sp)
;; variables i32 i32 sp, sp is x2
;; b0(v0: i32, v1: sp):
;;   v5: i32 = sp.low v1                             @4d
;;   v6: i32 = i32.const 32                          @53
;;   v23: sp = sp.add -32 v1                         @55
;;   v7: i32 = sp.low v23                            @55
;;   v8: sp = sp.from v7                             @58
;;   v9: i64 = i64.const 7                           @5c
;;   i64.store v23 v9 frame+8                        @5e
;;   v10: i32 = i32.const 0                          @61
;;   v11: i32, v12: sp = call 1:main.callee v10 v23  @63
;;   v13: i32 = sp.low v12                           @65
;;   branch v11 b3 b2                                @69
;; b3() cold:
;;   v14: i32 = i32.const 1                          @6b
;;   return v14 v12                                  @6d
;; b2():
;;   v16: i32 = sp.low v12                           @6f
;;   v17: i64 = i64.const 9                          @71
;;   i64.store v12 v17 frame+16                      @73
;;   v18: i32 = i32.const 40                         @78
;;   v24: sp = sp.add 40 v12                         @7a
;;   v19: i32 = sp.low v24                           @7a
;;   v20: sp = sp.from v19                           @7d
;;   v21: i32 = i32.const 0                          @7f
;;   return v21 v24                                  @81
;; ; main.callee
;; function (i32, sp) -> (i32, sp)
;; variables i32 sp, sp is x1
;; b0(v0: i32, v1: sp):
;;   v4: i32 = i32.const 8                           @84
;;   v5: i32 = i32.load v4 +0                        @86
;;   return v5 v1                                    @89
;; ; main.slot
;; function (i32, sp) -> (i32, sp)
;; variables i32 i32 sp, sp is x2, dispatch b0
;; b0(v0: i32, v1: sp):
;;   v5: i32 = sp.low v1                             @8e/0
;;   branch v0 b4 b2                                 @96/0
;; b4() cold:
;;   switch v0 [] b3                                 @96/0
;; b3() cold:
;;   trap UnexpectedEntry                            @96/0
;; b2():
;;   v7: i32 = sp.low v1                             @9a/0
;;   v8: i64 = i64.extend_i32_u v7                   @9c/0
;;   v9: i64 = i64.const 24                          @9d/0
;;   v10: i64 = i64.add v8 v9                        @9f/0
;;   v11: i32 = i32.wrap_i64 v10                     @a0/0
;;   v12: i64 = i64.const 7                          @a1/0
;;   i64.store v1 v12 frame+24                       @a3/0
;;   v13: i32 = i32.const 0                          @a6/0
;;   return v13 v1                                   @a8/0
