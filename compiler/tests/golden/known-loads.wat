;;! emit = ir
;;! after = slots, known-loads
;; What was stored or loaded off the same base isn't loaded again, also in another block: a store
;; beside it changes nothing, one off another base may.
(module
  (memory 1)
  (func $kept (param i32 i32) (result i64)
    (i64.store offset=8 (local.get 0) (i64.const 7))
    (i64.store offset=16 (local.get 0) (i64.const 9))
    (if (local.get 1) (then (i64.store offset=24 (local.get 0) (i64.const 11))))
    (i64.load offset=8 (local.get 0)))
  (func $overwritten (param i32 i32) (result i64)
    (i64.store offset=8 (local.get 0) (i64.const 7))
    (i64.store offset=8 (local.get 1) (i64.const 9))
    (i64.load offset=8 (local.get 0)))
  (func $in_a_loop (param i32) (result i64)
    (i64.store offset=8 (local.get 0) (i64.const 7))
    (loop $again
      (br_if $again (i64.eqz (i64.load offset=8 (local.get 0))))
      (i64.store offset=8 (local.get 0) (i64.const 9)))
    (i64.load offset=8 (local.get 0)))
  (func (export "_start")))
;; expected:
;; ==== after slots
;; ; kept
;; function (i32, i32) -> (i64)
;; variables i32 i32
;; b0(v0: i32, v1: i32):
;;   v4: i64 = i64.const 7                           @38
;;   i64.store v0 v4 +8                              @3a
;;   v5: i64 = i64.const 9                           @3f
;;   i64.store v0 v5 +16                             @41
;;   branch v1 b3 b2                                 @46
;; b3():
;;   v8: i64 = i64.const 11                          @4a
;;   i64.store v0 v8 +24                             @4c
;;   jump b2                                         @4f
;; b2():
;;   v10: i64 = i64.load v0 +8                       @52
;;   return v10                                      @55
;; ; overwritten
;; function (i32, i32) -> (i64)
;; variables i32 i32
;; b0(v0: i32, v1: i32):
;;   v4: i64 = i64.const 7                           @5a
;;   i64.store v0 v4 +8                              @5c
;;   v6: i64 = i64.const 9                           @61
;;   i64.store v1 v6 +8                              @63
;;   v7: i64 = i64.load v0 +8                        @68
;;   return v7                                       @6b
;; ; in_a_loop
;; function (i32) -> (i64)
;; variables i32
;; b0(v0: i32):
;;   v3: i64 = i64.const 7                           @70
;;   i64.store v0 v3 +8                              @72
;;   jump b3                                         @75
;; b3():
;;   v5: i64 = i64.load v0 +8                        @79
;;   v6: i32 = i64.eqz v5                            @7c
;;   branch v6 b3 b4                                 @7d
;; b4():
;;   v8: i64 = i64.const 9                           @81
;;   i64.store v0 v8 +8                              @83
;;   v10: i64 = i64.load v0 +8                       @89
;;   return v10                                      @8c
;; ==== after known-loads
;; ; kept
;; function (i32, i32) -> (i64)
;; variables i32 i32
;; b0(v0: i32, v1: i32):
;;   v4: i64 = i64.const 7                           @38
;;   i64.store v0 v4 +8                              @3a
;;   v5: i64 = i64.const 9                           @3f
;;   i64.store v0 v5 +16                             @41
;;   branch v1 b3 b2                                 @46
;; b3():
;;   v8: i64 = i64.const 11                          @4a
;;   i64.store v0 v8 +24                             @4c
;;   jump b2                                         @4f
;; b2():
;;   return v4                                       @55
;; ; overwritten
;; function (i32, i32) -> (i64)
;; variables i32 i32
;; b0(v0: i32, v1: i32):
;;   v4: i64 = i64.const 7                           @5a
;;   i64.store v0 v4 +8                              @5c
;;   v6: i64 = i64.const 9                           @61
;;   i64.store v1 v6 +8                              @63
;;   v7: i64 = i64.load v0 +8                        @68
;;   return v7                                       @6b
;; ; in_a_loop
;; function (i32) -> (i64)
;; variables i32
;; b0(v0: i32):
;;   v3: i64 = i64.const 7                           @70
;;   i64.store v0 v3 +8                              @72
;;   jump b3                                         @75
;; b3():
;;   v5: i64 = i64.load v0 +8                        @79
;;   v6: i32 = i64.eqz v5                            @7c
;;   branch v6 b3 b4                                 @7d
;; b4():
;;   v8: i64 = i64.const 9                           @81
;;   i64.store v0 v8 +8                              @83
;;   return v8                                       @8c
