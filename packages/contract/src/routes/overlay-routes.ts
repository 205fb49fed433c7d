import Type from 'typebox'
import { NewOverlay, Overlay, OverlayChange, OverlayFile } from '../overlay.ts'
import { listOf, strictObject } from '../schema.ts'
import { accepted, api, byId, created, done, ok, page, route } from './route.ts'

/** A path below an overlay's root: relative, forward slashes. The host checks each component. */
const FilePath = Type.String({ minLength: 1, maxLength: 1024 })

export const overlayRoutes = {
  listOverlays: route({
    method: 'GET',
    path: `${api}/overlays`,
    access: 'signed-in',
    tag: 'overlays',
    summary: "One's own and the shared overlays",
    query: strictObject(page),
    answer: ok(listOf(Overlay)),
  }),
  createOverlay: route({
    method: 'POST',
    path: `${api}/overlays`,
    access: 'signed-in',
    tag: 'overlays',
    summary: 'Make an overlay',
    body: NewOverlay,
    answer: created(Overlay),
  }),
  getOverlay: route({
    method: 'GET',
    path: `${api}/overlays/{id}`,
    access: 'reader',
    tag: 'overlays',
    summary: 'One overlay; a shared one for everybody',
    params: byId,
    answer: ok(Overlay),
  }),
  changeOverlay: route({
    method: 'PATCH',
    path: `${api}/overlays/{id}`,
    access: 'owner',
    tag: 'overlays',
    summary: 'Change an overlay',
    params: byId,
    body: OverlayChange,
    answer: ok(Overlay),
  }),
  deleteOverlay: route({
    method: 'DELETE',
    path: `${api}/overlays/{id}`,
    access: 'owner',
    tag: 'overlays',
    summary: 'Delete an overlay that nothing uses',
    params: byId,
    answer: done,
  }),
  listOverlayFiles: route({
    method: 'GET',
    path: `${api}/overlays/{id}/files`,
    access: 'reader',
    tag: 'overlays',
    summary: 'Files of the draft, which the next build publishes',
    params: byId,
    answer: ok(listOf(OverlayFile)),
  }),
  putOverlayFile: route({
    method: 'PUT',
    path: `${api}/overlays/{id}/files/content`,
    access: 'owner',
    tag: 'overlays',
    summary: 'Put a file into the draft (the request body is the file)',
    params: byId,
    query: strictObject({ path: FilePath }),
    bodyType: 'application/octet-stream',
    answer: created(OverlayFile),
  }),
  deleteOverlayFile: route({
    method: 'DELETE',
    path: `${api}/overlays/{id}/files/content`,
    access: 'owner',
    tag: 'overlays',
    summary: 'Take a file out of the draft',
    params: byId,
    query: strictObject({ path: FilePath }),
    answer: done,
  }),
  buildOverlay: route({
    method: 'POST',
    path: `${api}/overlays/{id}/build`,
    access: 'owner',
    tag: 'overlays',
    summary: 'Publish the draft as a new immutable revision',
    params: byId,
    answer: accepted,
  }),
} as const
