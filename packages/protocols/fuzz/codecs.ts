import type { FuzzCodec } from './codec.ts'
import { consoleCodecs } from './codecs/console.ts'
import { contentCodecs } from './codecs/content.ts'
import { fileCodecs } from './codecs/files.ts'
import { logCodecs } from './codecs/logs.ts'
import { networkCodecs } from './codecs/network.ts'

export const codecs: readonly FuzzCodec[] = [
  ...networkCodecs,
  ...consoleCodecs,
  ...logCodecs,
  ...fileCodecs,
  ...contentCodecs,
]
