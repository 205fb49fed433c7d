import { Credentials, Session, SetUp, SetUpStatus } from '../user.ts'
import { api, created, done, ok, route } from './route.ts'

export const sessionRoutes = {
  getSetUp: route({
    method: 'GET',
    path: `${api}/set-up`,
    access: 'anyone',
    tag: 'session',
    summary: 'Whether the first admin is still to be made',
    answer: ok(SetUpStatus),
  }),
  setUp: route({
    method: 'POST',
    path: `${api}/set-up`,
    access: 'anyone',
    tag: 'session',
    summary: 'Make the first admin with the one-time link and log in',
    body: SetUp,
    answer: created(Session),
  }),
  logIn: route({
    method: 'POST',
    path: `${api}/session`,
    access: 'anyone',
    tag: 'session',
    summary: 'Log in; sets the session cookie',
    body: Credentials,
    answer: ok(Session),
  }),
  getSession: route({
    method: 'GET',
    path: `${api}/session`,
    access: 'signed-in',
    tag: 'session',
    summary: 'Who is logged in',
    answer: ok(Session),
  }),
  logOut: route({
    method: 'DELETE',
    path: `${api}/session`,
    access: 'signed-in',
    tag: 'session',
    summary: 'Log out',
    answer: done,
  }),
} as const
