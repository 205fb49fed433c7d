import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ProtocolError } from '../protocol-error.ts'
import { parseSteamJson } from './json-value.ts'
import { readPlayerSummaries, readServersAtAddress, readUpToDateCheck } from './players-and-servers.ts'
import { readCollections, readPublishedFiles } from './published-files.ts'

const files = (details: string) =>
  readPublishedFiles(parseSteamJson(`{"response":{"result":1,"publishedfiledetails":${details}}}`))

describe('published files', () => {
  test('have the same meaning whether numbers are sent as numbers or as strings', () => {
    const text = files(
      '[{"publishedfileid":"3405000001","result":1,"creator":"76561197960287930","creator_app_id":550,"consumer_app_id":550,"filename":"","file_size":"5000000000","file_url":"","hcontent_file":"13773656002246465489","title":"t","description":"","time_created":1700000000,"time_updated":1700000001,"banned":0,"ban_reason":"","subscriptions":7,"tags":[{"tag":"Campaigns"},{"no":1},"x"]}]',
    )
    const numbers = files(
      '[{"publishedfileid":3405000001,"result":"1","creator":76561197960287930,"consumer_app_id":"550","file_size":5000000000,"hcontent_file":13773656002246465489,"title":"t","time_created":"1700000000","time_updated":"1700000001","banned":false,"subscriptions":"7","tags":[{"tag":"Campaigns"}]}]',
    )
    expect(text).toEqual(numbers)
    expect(text).toEqual([
      {
        found: true,
        id: '3405000001',
        title: 't',
        description: null,
        creator: '76561197960287930',
        consumerAppId: 550,
        fileName: null,
        fileSize: 5000000000,
        fileUrl: null,
        contentHandle: '13773656002246465489',
        previewUrl: null,
        createdAt: 1700000000000,
        updatedAt: 1700000001000,
        banned: false,
        banReason: null,
        subscriptions: 7,
        tags: ['Campaigns'],
      },
    ])
  })

  test('that are hidden or gone say only that', () => {
    expect(files('[{"publishedfileid":"1","result":9}]')).toEqual([{ found: false, id: '1', result: 9 }])
  })

  test('without a usable id are left out', () => {
    expect(
      files(
        '[{"result":1},{"publishedfileid":"-1","result":1},{"publishedfileid":"18446744073709551616"},5,null]',
      ),
    ).toEqual([])
    expect(files('null')).toEqual([])
  })

  test('are banned however it is written', () => {
    for (const banned of ['true', '1', '"1"']) {
      expect(files(`[{"publishedfileid":"1","result":1,"banned":${banned}}]`)).toMatchObject([
        { banned: true },
      ])
    }
  })
})

test('collections have their children in order, and say which of them are collections', () => {
  const json = parseSteamJson(
    '{"response":{"result":1,"resultcount":1,"collectiondetails":[{"publishedfileid":"100","result":1,"children":[{"publishedfileid":"300","sortorder":2,"filetype":2},{"publishedfileid":"200","sortorder":1,"filetype":0},{"sortorder":3}]},{"publishedfileid":"5","result":9}]}}',
  )
  expect(readCollections(json)).toEqual([
    {
      id: '100',
      found: true,
      children: [
        { id: '200', isCollection: false },
        { id: '300', isCollection: true },
      ],
    },
    { id: '5', found: false, children: [] },
  ])
})

test('player summaries come with what a private profile shows', () => {
  const json = parseSteamJson(
    '{"response":{"players":[{"steamid":"76561197960287930","communityvisibilitystate":3,"personaname":"fixture","profileurl":"https://steamcommunity.com/id/fixture/","avatar":"a","avatarmedium":"m","timecreated":1063407589},{"steamid":"76561197960287931","communityvisibilitystate":1,"personaname":"x"}]}}',
  )
  expect(readPlayerSummaries(json)).toEqual([
    {
      steamId: '76561197960287930',
      personaName: 'fixture',
      profileUrl: 'https://steamcommunity.com/id/fixture/',
      avatarUrl: 'm',
      public: true,
      createdAt: 1063407589000,
    },
    {
      steamId: '76561197960287931',
      personaName: 'x',
      profileUrl: null,
      avatarUrl: null,
      public: false,
      createdAt: null,
    },
  ])
})

describe('the version check', () => {
  const check = (response: string) => readUpToDateCheck(parseSteamJson(`{"response":${response}}`))

  test('tells the required version whether it is a number or text', () => {
    expect(check('{"success":true,"up_to_date":true,"version_is_listable":true}')).toEqual({
      upToDate: true,
      listable: true,
      requiredVersion: null,
      message: null,
    })
    for (const version of ['2244', '"2244"']) {
      expect(
        check(`{"success":true,"up_to_date":false,"required_version":${version},"message":"old"}`),
      ).toEqual({
        upToDate: false,
        listable: false,
        requiredVersion: '2244',
        message: 'old',
      })
    }
  })

  test('is no answer where Steam failed', () => {
    expect(() => check('{"success":false,"error":"Couldn\'t get app info"}')).toThrow(/app info/)
  })
})

test('servers at an address come with their ports', () => {
  const json = parseSteamJson(
    '{"response":{"success":true,"servers":[{"addr":"203.0.113.9:27015","gmsindex":65534,"steamid":90171234567890123,"appid":550,"gamedir":"left4dead2","region":-1,"secure":true,"lan":false,"gameport":27015,"specport":0}]}}',
  )
  expect(readServersAtAddress(json)).toEqual([
    {
      address: '203.0.113.9:27015',
      gamePort: 27015,
      appId: 550,
      gameFolder: 'left4dead2',
      steamId: '90171234567890123',
      secure: true,
      lan: false,
    },
  ])
})

test.each(['', '{', 'null', '[]', '{"response":[]}', '<html>'])('is no answer of Steam: %j', text => {
  expect(() => readPublishedFiles(parseSteamJson(text))).toThrow(ProtocolError)
})

test('any JSON is an answer or a ProtocolError', () => {
  const keys = fc.constantFrom(
    'response',
    'publishedfiledetails',
    'collectiondetails',
    'children',
    'players',
    'servers',
    'publishedfileid',
    'steamid',
    '__proto__',
    'result',
    'tags',
    'success',
  )
  const json = fc.letrec(tie => ({
    value: fc.oneof(
      fc.jsonValue({ maxDepth: 1 }),
      fc.array(tie('value'), { maxLength: 3 }),
      fc.dictionary(keys, tie('value'), { maxKeys: 3 }),
    ),
  })).value
  fc.assert(
    fc.property(json, value => {
      for (const read of [
        readPublishedFiles,
        readCollections,
        readPlayerSummaries,
        readUpToDateCheck,
        readServersAtAddress,
      ]) {
        try {
          read({ response: value })
        } catch (error) {
          expect(error).toBeInstanceOf(ProtocolError)
        }
      }
    }),
  )
})
