;; The byte loops of Go's runtime, 1.21 to 1.27, as its assembly has them: the
;; functions of a module, for the tests of what recognises and replaces them.

;; internal/bytealg/equal_wasm.s
(func $memeqbody (param i64 i64 i64) (result i64)
  local.get 0 local.get 1 i64.eq
  if i64.const 1 return end
  loop
    local.get 2 i64.eqz
    if i64.const 1 return end
    local.get 0 i32.wrap_i64 i64.load8_u
    local.get 1 i32.wrap_i64 i64.load8_u
    i64.ne
    if i64.const 0 return end
    local.get 0 i64.const 1 i64.add local.set 0
    local.get 1 i64.const 1 i64.add local.set 1
    local.get 2 i64.const 1 i64.sub local.set 2
    br 0
  end
  unreachable unreachable)

;; internal/bytealg/compare_wasm.s
(func $memcmp (param i32 i32 i32) (result i32) (local i32 i32)
  local.get 2
  if (result i32)
    loop
      local.get 0 i32.load8_s local.tee 3
      local.get 1 i32.load8_s local.tee 4
      i32.eq
      if
        local.get 0 i32.const 1 i32.add local.set 0
        local.get 1 i32.const 1 i32.add local.set 1
        i32.const 0
        local.get 2 i32.const -1 i32.add local.tee 2
        i32.eqz br_if 3
        drop br 1
      end
    end
    local.get 3 i32.const 255 i32.and
    local.get 4 i32.const 255 i32.and
    i32.sub
  else
    i32.const 0
  end
  return unreachable)

;; internal/bytealg/indexbyte_wasm.s
(func $memchr (param i32 i32 i32) (result i32) (local i32 i32)
  local.get 1 local.set 4
  block
    block
      local.get 2 i32.const 0 i32.ne local.tee 3
      local.get 0 i32.const 3 i32.and i32.const 0 i32.ne i32.and
      if
        loop
          local.get 0 i32.load8_u local.get 1 i32.eq br_if 2
          local.get 2 i32.const -1 i32.add local.tee 2 i32.const 0 i32.ne local.tee 3
          local.get 0 i32.const 1 i32.add local.tee 0
          i32.const 3 i32.and i32.const 0 i32.ne i32.and br_if 0
        end
      end
      local.get 3 br_if 0
      i32.const 0 local.set 1 br 1
    end
    local.get 0 i32.load8_u local.get 4 local.tee 3 i32.eq
    if
      local.get 2 local.set 1
    else
      local.get 4 i32.const 16843009 i32.mul local.set 4
      block
        block
          local.get 2 i32.const 3 i32.gt_u
          if
            local.get 2 local.set 1
            loop
              local.get 0 i32.load local.get 4 i32.xor local.tee 2
              i32.const -2139062144 i32.and i32.const -2139062144 i32.xor
              local.get 2 i32.const -16843009 i32.add i32.and i32.eqz
              if
                local.get 0 i32.const 4 i32.add local.set 0
                local.get 1 i32.const -4 i32.add local.tee 1
                i32.const 3 i32.gt_u br_if 1
                br 3
              end
            end
          else
            local.get 2 local.set 1 br 1
          end
          br 1
        end
        local.get 1 i32.eqz
        if i32.const 0 local.set 1 br 3 end
      end
      loop
        local.get 0 i32.load8_u local.get 3 i32.eq br_if 2
        local.get 0 i32.const 1 i32.add local.set 0
        local.get 1 i32.const -1 i32.add local.tee 1 br_if 0
        i32.const 0 local.set 1
      end
    end
  end
  local.get 0 i32.const 0 local.get 1 select
  return unreachable)
