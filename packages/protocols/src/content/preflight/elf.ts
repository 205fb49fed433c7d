/** What a program or library was built for. Authority: elf(5). */
export interface ElfHeader {
  readonly bits: 32 | 64
  readonly machine: string
  /** Whether the server's own process, a 32-bit x86 one, can load it. */
  readonly loadable: boolean
}

/** Bytes that `readElfHeader` needs. */
export const elfHeaderBytes = 20

const machines: ReadonlyMap<number, string> = new Map([
  [3, 'x86'],
  [40, 'ARM'],
  [62, 'x86-64'],
  [183, 'ARM64'],
])
const x86 = 3

/** Reads the first bytes of a file; null when it is no ELF file. */
export function readElfHeader(start: Uint8Array): ElfHeader | null {
  if (start.length < elfHeaderBytes) return null
  const view = new DataView(start.buffer, start.byteOffset, start.byteLength)
  if (view.getUint32(0) !== 0x7f454c46) return null
  const [bitClass, order] = [view.getUint8(4), view.getUint8(5)]
  if ((bitClass !== 1 && bitClass !== 2) || (order !== 1 && order !== 2)) return null
  const machine = view.getUint16(18, order === 1)
  const bits = bitClass === 1 ? 32 : 64
  return {
    bits,
    machine: machines.get(machine) ?? `machine ${machine}`,
    loadable: bits === 32 && order === 1 && machine === x86,
  }
}
