const magics: readonly Buffer[] = [
  Buffer.from('\x7fELF', 'latin1'),
  Buffer.from('MZ', 'latin1'),
  Buffer.from('#!', 'latin1'),
  // https://wiki.alliedmods.net/SMX_file_format
  Buffer.from('FFPS', 'latin1'),
]

/** `srcds_run` is a shell script that needs no `#!` to be run by a shell. */
const names = /(?:\.(?:so(?:\.[0-9.]+)?|dll|dylib|exe|smx|sh)|(?:^|\/)(?:srcds_run|srcds_linux|hlds_run))$/i

/** Whether a file is a program, a library or a SourceMod plugin, by its name or by its first bytes. */
export function isNativeCode(path: string, start: Buffer): boolean {
  return names.test(path) || magics.some(magic => start.subarray(0, magic.length).equals(magic))
}
