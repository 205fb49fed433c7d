import type { Guard } from '../guarded.ts'

const table = '/opt/left4me/src/deploy/files/nftables/left4me.nft'

/** The rules that keep servers and scripts from this host and its neighbours; the marks stay. */
export const guardChain: Guard = {
  name: 'the chain “guard” of left4me.nft',
  off: async bed => {
    await bed.succeed('nft list chain inet left4me guard | grep goto; nft flush chain inet left4me guard')
    return {
      [Symbol.asyncDispose]: async () => {
        await bed.succeed(`nft --file ${table}`)
      },
    }
  },
}
