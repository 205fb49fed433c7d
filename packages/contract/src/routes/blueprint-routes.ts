import { Blueprint, BlueprintChange, NewBlueprint } from '../blueprint.ts'
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
} as const
