;;! emit = ir
;;! go = trusted
;;! after = give-way, mirror-sp, values, slots
;; Local 1 is a copy of SP wherever it is read (`mirror-sp`), SP is a value from call to call
;; (`values`), and accesses are off that value (`slots`).
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
  (func (export "_start")))
;; expected:
;; ==== trusted
;; ==== after give-way
;; ; main.frame
;; function (i32, sp) -> (i32, sp)
;; variables i32 i32 sp, sp is x2
;; b0(v0: i32, v1: sp):
;;   v4: sp = get x2                                 @4b
;;   v5: i32 = sp.low v4                             @4b
;;   set x1 v5                                       @4d
;;   v6: i32 = get x1                                @4f
;;   v7: i32 = i32.const 32                          @51
;;   v8: i32 = i32.sub v6 v7                         @53
;;   set x1 v8                                       @54
;;   v9: sp = sp.from v8                             @56
;;   set x2 v9                                       @56
;;   v10: i32 = get x1                               @58
;;   v11: i64 = i64.const 7                          @5a
;;   i64.store v10 v11 +8                            @5c
;;   v12: i32 = i32.const 0                          @5f
;;   v13: sp = get x2                                @61
;;   v14: i32, v15: sp = call 1:main.callee v12 v13  @61
;;   set x2 v15                                      @61
;;   v16: sp = get x2                                @63
;;   v17: i32 = sp.low v16                           @63
;;   set x1 v17                                      @65
;;   branch v14 b3 b4                                @67
;; b3() cold:
;;   v18: i32 = i32.const 1                          @69
;;   v19: sp = get x2                                @6b
;;   return v18 v19                                  @6b
;; b4():
;;   jump b2                                         @6c
;; b2():
;;   v20: i32 = get x1                               @6d
;;   v21: i64 = i64.const 9                          @6f
;;   i64.store v20 v21 +16                           @71
;;   v22: i32 = get x1                               @74
;;   v23: i32 = i32.const 40                         @76
;;   v24: i32 = i32.add v22 v23                      @78
;;   set x1 v24                                      @79
;;   v25: sp = sp.from v24                           @7b
;;   set x2 v25                                      @7b
;;   v26: i32 = i32.const 0                          @7d
;;   v27: sp = get x2                                @7f
;;   return v26 v27                                  @7f
;; ; main.callee
;; function (i32, sp) -> (i32, sp)
;; variables i32 sp, sp is x1
;; b0(v0: i32, v1: sp):
;;   v4: i32 = i32.const 8                           @82
;;   v5: i32 = i32.load v4 +0                        @84
;;   v6: sp = get x1                                 @87
;;   return v5 v6                                    @87
;; ==== after mirror-sp
;; ; main.frame
;; function (i32, sp) -> (i32, sp)
;; variables i32 i32 sp, sp is x2
;; b0(v0: i32, v1: sp):
;;   v4: sp = get x2                                 @4b
;;   v5: i32 = sp.low v4                             @4b
;;   set x1 v5                                       @4d
;;   v28: sp = get x2                                @4f
;;   v6: i32 = sp.low v28                            @4f
;;   v7: i32 = i32.const 32                          @51
;;   v8: i32 = i32.sub v6 v7                         @53
;;   set x1 v8                                       @54
;;   v9: sp = sp.from v8                             @56
;;   set x2 v9                                       @56
;;   v29: sp = get x2                                @58
;;   v10: i32 = sp.low v29                           @58
;;   v11: i64 = i64.const 7                          @5a
;;   i64.store v10 v11 +8                            @5c
;;   v12: i32 = i32.const 0                          @5f
;;   v13: sp = get x2                                @61
;;   v14: i32, v15: sp = call 1:main.callee v12 v13  @61
;;   set x2 v15                                      @61
;;   v16: sp = get x2                                @63
;;   v17: i32 = sp.low v16                           @63
;;   set x1 v17                                      @65
;;   branch v14 b3 b4                                @67
;; b3() cold:
;;   v18: i32 = i32.const 1                          @69
;;   v19: sp = get x2                                @6b
;;   return v18 v19                                  @6b
;; b4():
;;   jump b2                                         @6c
;; b2():
;;   v30: sp = get x2                                @6d
;;   v20: i32 = sp.low v30                           @6d
;;   v21: i64 = i64.const 9                          @6f
;;   i64.store v20 v21 +16                           @71
;;   v31: sp = get x2                                @74
;;   v22: i32 = sp.low v31                           @74
;;   v23: i32 = i32.const 40                         @76
;;   v24: i32 = i32.add v22 v23                      @78
;;   set x1 v24                                      @79
;;   v25: sp = sp.from v24                           @7b
;;   set x2 v25                                      @7b
;;   v26: i32 = i32.const 0                          @7d
;;   v27: sp = get x2                                @7f
;;   return v26 v27                                  @7f
;; ; main.callee
;; function (i32, sp) -> (i32, sp)
;; variables i32 sp, sp is x1
;; b0(v0: i32, v1: sp):
;;   v4: i32 = i32.const 8                           @82
;;   v5: i32 = i32.load v4 +0                        @84
;;   v6: sp = get x1                                 @87
;;   return v5 v6                                    @87
;; ==== after values
;; ; main.frame
;; function (i32, sp) -> (i32, sp)
;; variables i32 i32 sp, sp is x2
;; b0(v0: i32, v1: sp):
;;   v5: i32 = sp.low v1                             @4b
;;   v6: i32 = sp.low v1                             @4f
;;   v7: i32 = i32.const 32                          @51
;;   v8: i32 = i32.sub v6 v7                         @53
;;   v9: sp = sp.from v8                             @56
;;   v10: i32 = sp.low v9                            @58
;;   v11: i64 = i64.const 7                          @5a
;;   i64.store v10 v11 +8                            @5c
;;   v12: i32 = i32.const 0                          @5f
;;   v14: i32, v15: sp = call 1:main.callee v12 v9   @61
;;   v17: i32 = sp.low v15                           @63
;;   branch v14 b3 b4                                @67
;; b3() cold:
;;   v18: i32 = i32.const 1                          @69
;;   return v18 v15                                  @6b
;; b4():
;;   jump b2                                         @6c
;; b2():
;;   v20: i32 = sp.low v15                           @6d
;;   v21: i64 = i64.const 9                          @6f
;;   i64.store v20 v21 +16                           @71
;;   v22: i32 = sp.low v15                           @74
;;   v23: i32 = i32.const 40                         @76
;;   v24: i32 = i32.add v22 v23                      @78
;;   v25: sp = sp.from v24                           @7b
;;   v26: i32 = i32.const 0                          @7d
;;   return v26 v25                                  @7f
;; ; main.callee
;; function (i32, sp) -> (i32, sp)
;; variables i32 sp, sp is x1
;; b0(v0: i32, v1: sp):
;;   v4: i32 = i32.const 8                           @82
;;   v5: i32 = i32.load v4 +0                        @84
;;   return v5 v1                                    @87
;; ==== after slots
;; ; main.frame
;; function (i32, sp) -> (i32, sp)
;; variables i32 i32 sp, sp is x2
;; b0(v0: i32, v1: sp):
;;   v5: i32 = sp.low v1                             @4b
;;   v6: i32 = sp.low v1                             @4f
;;   v7: i32 = i32.const 32                          @51
;;   v32: sp = sp.add -32 v1                         @53
;;   v8: i32 = sp.low v32                            @53
;;   v9: sp = sp.from v8                             @56
;;   v10: i32 = sp.low v32                           @58
;;   v11: i64 = i64.const 7                          @5a
;;   i64.store v32 v11 frame+8                       @5c
;;   v12: i32 = i32.const 0                          @5f
;;   v14: i32, v15: sp = call 1:main.callee v12 v32  @61
;;   v17: i32 = sp.low v15                           @63
;;   branch v14 b3 b4                                @67
;; b3() cold:
;;   v18: i32 = i32.const 1                          @69
;;   return v18 v15                                  @6b
;; b4():
;;   jump b2                                         @6c
;; b2():
;;   v20: i32 = sp.low v15                           @6d
;;   v21: i64 = i64.const 9                          @6f
;;   i64.store v15 v21 frame+16                      @71
;;   v22: i32 = sp.low v15                           @74
;;   v23: i32 = i32.const 40                         @76
;;   v33: sp = sp.add 40 v15                         @78
;;   v24: i32 = sp.low v33                           @78
;;   v25: sp = sp.from v24                           @7b
;;   v26: i32 = i32.const 0                          @7d
;;   return v26 v33                                  @7f
;; ; main.callee
;; function (i32, sp) -> (i32, sp)
;; variables i32 sp, sp is x1
;; b0(v0: i32, v1: sp):
;;   v4: i32 = i32.const 8                           @82
;;   v5: i32 = i32.load v4 +0                        @84
;;   return v5 v1                                    @87
