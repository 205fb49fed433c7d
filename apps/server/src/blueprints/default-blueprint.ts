import type { BlueprintRows, NewBlueprintRecord } from './blueprint-rows.ts'

/** What a server is made from when nothing else is named: four survivors on the first campaign, open to direct joins. */
const defaultBlueprint: NewBlueprintRecord = {
  ownerId: null,
  name: 'Co-op',
  description: 'Four survivors play the campaigns, beginning with Dead Center. Friends can join by address.',
  shared: true,
  overlayIds: [],
  arguments: ['+mp_gamemode', 'coop', '+map', 'c1m1_hotel'],
  config: [
    '// Without this, players could only come through a matchmaking lobby, never by address.',
    'sv_allow_lobby_connect_only 0',
    'z_difficulty Normal',
    'sv_region 255',
  ],
}

/** Makes it at the first start. An admin's changes to it stay. */
export async function ensureDefaultBlueprint(blueprints: BlueprintRows): Promise<void> {
  if ((await blueprints.defaultId()) === null) await blueprints.insert(defaultBlueprint)
}
