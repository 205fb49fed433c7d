import { cvars, launchArguments } from '@left4me/protocols'
import { endpoints } from '../../http/endpoints.ts'

const known = { cvars: { items: [...cvars] }, arguments: { items: [...launchArguments] } }

/** What left4me knows of settings, for editors that explain them. The same for everybody. */
export const settingsEndpoints = endpoints({
  listCvars: () => known.cvars,
  listLaunchArguments: () => known.arguments,
})
