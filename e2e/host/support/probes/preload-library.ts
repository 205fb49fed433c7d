/**
 * A shared object for LD_PRELOAD that makes an empty file, mode 0644, when it is loaded by a process whose effective user
 * is root. Written as bytes, so that no compiler is needed: elf(5), x86-64.
 */
export function preloadLibrary(path: string): Buffer {
  const headerSize = 64
  const programHeaderSize = 56
  const dynamicAt = headerSize + 3 * programHeaderSize
  const symbolsAt = dynamicAt + 6 * 16
  const stringsAt = symbolsAt + 24
  const codeAt = stringsAt + 8
  const code = initialiser(path)
  const size = codeAt + code.length

  const header = Buffer.alloc(headerSize)
  Buffer.from([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1]).copy(header)
  header.writeUInt16LE(3, 16) // ET_DYN
  header.writeUInt16LE(62, 18) // EM_X86_64
  header.writeUInt32LE(1, 20)
  header.writeBigUInt64LE(BigInt(headerSize), 32)
  header.writeUInt16LE(headerSize, 52)
  header.writeUInt16LE(programHeaderSize, 54)
  header.writeUInt16LE(3, 56)
  header.writeUInt16LE(64, 58)

  const dynamic = Buffer.alloc(6 * 16)
  const entries = [
    [5, stringsAt], // DT_STRTAB
    [6, symbolsAt], // DT_SYMTAB
    [10, 1], // DT_STRSZ
    [11, 24], // DT_SYMENT
    [12, codeAt], // DT_INIT
    [0, 0],
  ] as const
  for (const [index, [tag, value]] of entries.entries()) {
    dynamic.writeBigUInt64LE(BigInt(tag), index * 16)
    dynamic.writeBigUInt64LE(BigInt(value), index * 16 + 8)
  }

  return Buffer.concat([
    header,
    programHeader(1, 7, 0, size), // PT_LOAD, everything
    programHeader(2, 6, dynamicAt, dynamic.length), // PT_DYNAMIC
    programHeader(0x6474e551, 6, 0, 0), // PT_GNU_STACK, not executable
    dynamic,
    Buffer.alloc(24 + 8), // the empty symbol, and the empty string
    code,
  ])
}

function programHeader(type: number, flags: number, offset: number, size: number): Buffer {
  const header = Buffer.alloc(56)
  header.writeUInt32LE(type, 0)
  header.writeUInt32LE(flags, 4)
  for (const at of [8, 16, 24]) header.writeBigUInt64LE(BigInt(offset), at)
  for (const at of [32, 40]) header.writeBigUInt64LE(BigInt(size), at)
  header.writeBigUInt64LE(0x1000n, 48)
  return header
}

/** `if (geteuid() == 0) creat(path, 0644)`. */
function initialiser(path: string): Buffer {
  const create = Buffer.concat([
    Buffer.from([0x48, 0x8d, 0x3d, 13, 0, 0, 0]), // lea rdi, [rip + 13]: behind the `ret`
    Buffer.from([0xbe, 0xa4, 0x01, 0, 0]), // mov esi, 0644
    Buffer.from([0xb8, 85, 0, 0, 0]), // mov eax, creat
    Buffer.from([0x0f, 0x05]), // syscall
    Buffer.from([0xc3]), // ret
  ])
  return Buffer.concat([
    Buffer.from([0xb8, 107, 0, 0, 0]), // mov eax, geteuid
    Buffer.from([0x0f, 0x05]), // syscall
    Buffer.from([0x85, 0xc0]), // test eax, eax
    Buffer.from([0x75, create.length - 1]), // jnz to the `ret`
    create,
    Buffer.from(`${path}\0`),
  ])
}
