-- A 32-bit program of Debian's that maps memory writable and executable, as the game's own libraries do. LuaJIT calls the
-- C library directly. Prints `32-bit` and exits with 0, or fails with what the kernel said.
local ffi = require 'ffi'
ffi.cdef [[
void *mmap(void *address, size_t length, int protection, int flags, int file, long offset);
int mprotect(void *address, size_t length, int protection);
char *strerror(int number);
]]
local all, plain, private_anonymous = 7, 3, 0x22
local failed = ffi.cast('void *', -1)

local function demand(fine, what)
  if not fine then
    io.stderr:write(what, ': ', ffi.string(ffi.C.strerror(ffi.errno())), '\n')
    os.exit(3)
  end
end

demand(ffi.abi '32bit', 'not a 32-bit program')
demand(ffi.C.mmap(nil, 4096, all, private_anonymous, -1, 0) ~= failed, 'mmap')
local page = ffi.C.mmap(nil, 4096, plain, private_anonymous, -1, 0)
demand(page ~= failed, 'mmap')
demand(ffi.C.mprotect(page, 4096, all) == 0, 'mprotect')
print '32-bit'
