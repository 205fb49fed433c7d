import { Blueprint, BlueprintChange, BlueprintText, ImportedBlueprint, NewBlueprint } from '../blueprint.ts'
import { limits } from '../limits.ts'
import { listOf, strictObject } from '../schema.ts'
import { api, byId, created, done, ok, page, route } from './route.ts'

export const blueprintRoutes = {
  listBlueprints: route({
    method: 'GET',
    path: `${api}/blueprints`,
    access: 'signed-in',
    tag: 'blueprints',
    summary: "One's own and the shared blueprints",
    query: strictObject(page),
    answer: ok(listOf(Blueprint)),
  }),
  createBlueprint: route({
    method: 'POST',
    path: `${api}/blueprints`,
    access: 'signed-in',
    tag: 'blueprints',
    summary: 'Make a blueprint',
    body: NewBlueprint,
    answer: created(Blueprint),
  }),
  getBlueprint: route({
    method: 'GET',
    path: `${api}/blueprints/{id}`,
    access: 'reader',
    tag: 'blueprints',
    summary: 'One blueprint; a shared one for everybody',
    params: byId,
    answer: ok(Blueprint),
  }),
  changeBlueprint: route({
    method: 'PATCH',
    path: `${api}/blueprints/{id}`,
    access: 'owner',
    tag: 'blueprints',
    summary: 'Change a blueprint; servers take it at their next start',
    params: byId,
    body: BlueprintChange,
    answer: ok(Blueprint),
  }),
  deleteBlueprint: route({
    method: 'DELETE',
    path: `${api}/blueprints/{id}`,
    access: 'owner',
    tag: 'blueprints',
    summary: 'Delete a blueprint that no server uses',
    params: byId,
    answer: done,
  }),
  exportBlueprint: route({
    method: 'GET',
    path: `${api}/blueprints/{id}/export`,
    access: 'reader',
    tag: 'blueprints',
    summary: 'The blueprint and the definitions of its overlays as one text',
    params: byId,
    answer: ok(BlueprintText),
  }),
  importBlueprint: route({
    method: 'POST',
    path: `${api}/blueprints/import`,
    access: 'signed-in',
    tag: 'blueprints',
    summary: 'Make a blueprint, and the overlays that it lacks, from such a text',
    body: BlueprintText,
    // A character takes up to three bytes, or two where JSON escapes it.
    bodyLimit: 3 * limits.blueprintText + 1024,
    answer: created(ImportedBlueprint),
  }),
} as const
